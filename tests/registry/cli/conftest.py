"""A registry in a folder, made once and copied for each test, and the command line to try on it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from registry.cli import main

ROOT = Path(__file__).parents[3]
SCHEME = ROOT / "schemes" / "demo-2026.json"
PEOPLE = ROOT / "registry" / "demonstration" / "people.csv"
Run = Callable[..., Result]


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def done(*arguments: object) -> Any:
    """The JSON that a command answers with once it is done."""
    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry") / "made"
    done("init", folder, "--origin", "cli.example/log", "--address", "https://cli.example")
    done("scheme", "publish", folder, SCHEME)
    done("body", "add", folder, "odc-uno", "--name", "OdC Uno", "--website", "https://odc-uno.example")
    done("body", "accredit", folder, "odc-uno", "--scheme", "demo", "--number", "1", "--source", "letter")
    return folder


@pytest.fixture(scope="session")
def certified(made: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A registry that has certified three people and published, with one certification's number."""
    place = tmp_path_factory.mktemp("certified")
    folder = place / "registry"
    shutil.copytree(made, folder)
    granted = done("grant", folder, _three(place), "--body", "odc-uno", "--edition", "demo-2026")["granted"]
    done("publish", folder)
    return folder, str(granted[0]["number"])


@pytest.fixture
def folder(made: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A registry with one accredited body and one open edition; where ``number`` is asked for, certified people too."""
    if "number" in request.fixturenames:
        made, _ = request.getfixturevalue("certified")
    shutil.copytree(made, tmp_path / "registry")
    return tmp_path / "registry"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A file of three people."""
    return _three(tmp_path)


def _three(place: Path) -> Path:
    path = place / "people.csv"
    path.write_text("".join(PEOPLE.read_text(encoding="utf-8").splitlines(keepends=True)[:4]), encoding="utf-8")
    return path


@pytest.fixture
def number(certified: tuple[Path, str]) -> str:
    """The number of a certification in the registry."""
    return certified[1]
