"""The world, its trust root, and the command line on the world's clock."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.verifier.cli.asking import Ask, Said, written
from tests.verifier.page.world import NOW, World, build
from verifier.cli import main
from verifier.trust import format_trust_root


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A small registry, published."""
    return build(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def trust(world: World) -> Path:
    """The file of the world's trust root."""
    return written(world.public.parent / "trust.json", format_trust_root(world.trust))


@pytest.fixture
def ask(trust: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """The command line with the world's trust root, on the world's clock."""

    def ask(*arguments: object, at: datetime = NOW, trusted: object = trust) -> Said:
        code = main([*map(str, arguments), "--trust", str(trusted)], {}, lambda: at)
        return Said(code, *capsys.readouterr())

    return ask
