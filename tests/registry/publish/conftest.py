"""A registry, made once and copied for each test, open twice."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from registry.bootstrap import Attesto, open_registry
from registry.settings import Settings
from tests.registry.office import make_registry


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_registry(tmp_path_factory.mktemp("made") / "registry")


@pytest.fixture
def settings(made: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(made.folder, tmp_path / "registry")
    return replace(made, folder=tmp_path / "registry")


@pytest.fixture
def two(settings: Settings) -> Iterator[tuple[Attesto, Attesto]]:
    """One registry, open twice as in two processes."""
    with ExitStack() as stack:
        yield stack.enter_context(open_registry(settings)), stack.enter_context(open_registry(settings))
