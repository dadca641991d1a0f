"""A registry on each kind of database."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from tests.contracts.parts import Parts, Place, found, make_place, open_parts


@pytest.fixture
def place(tmp_path: Path, registry_url: str) -> Place:
    """A registry's place: keys, and nothing logged."""
    return make_place(tmp_path, registry_url)


@pytest.fixture
def empty(place: Place) -> Iterator[Parts]:
    """A registry whose log is empty."""
    with open_parts(place) as parts:
        yield parts


@pytest.fixture
def parts(empty: Parts) -> Parts:
    """A registry with two accredited bodies and an open edition."""
    found(empty)
    return empty


@pytest.fixture
def back_up(place: Place) -> Iterator[Callable[[], Place]]:
    """Copies the database, which nobody may have open; the copy stands beside the same guard and keys."""
    made: list[str] = []

    def copy() -> Place:
        url = urlsplit(place.url)
        if url.scheme == "sqlite":
            path = Path(url.path[1:])
            shutil.copy(path, path.with_suffix(".backup"))
            return Place(place.folder, f"sqlite:///{path.with_suffix('.backup')}")
        made.append(f"attesto_{uuid4().hex}")
        with psycopg.connect(url._replace(path="/postgres").geturl(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {made[-1]} TEMPLATE {url.path[1:]}")
        return Place(place.folder, url._replace(path=f"/{made[-1]}").geturl())

    yield copy
    for name in made:
        with psycopg.connect(place.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
