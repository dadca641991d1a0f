"""A registry to attack, on each kind of database where rows are attacked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.registry import Target, settle
from tests.contracts.parts import make_place, open_parts


@pytest.fixture
def target(tmp_path: Path, registry_url: str) -> Iterator[Target]:
    """A registry of one's own, on SQLite and on PostgreSQL."""
    with open_parts(make_place(tmp_path, registry_url)) as parts:
        yield settle(parts)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A registry of which the tests of a module read the public files."""
    folder = tmp_path_factory.mktemp("published")
    with open_parts(make_place(folder, f"sqlite:///{folder / 'registry.sqlite'}")) as parts:
        yield settle(parts)
