"""Promises about the source as a whole."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Final

import pytest

from registry.settings import Settings

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("registry", "keys", "verifier")
MAX_LINES: Final = 400
# Composed here, so that this file does not hold what it looks for.
REGISTRY_HOSTS: Final = re.compile(
    r"\b(pypi\.(org|python\.org)|files\.python" + r"hosted\.org|npm" + r"js\.(org|com)|proxy\.go" + r"lang\.org"
    r"|crates\.io|docker\.io|ghcr\.io|quay\.io)\b"
)
MACHINE_PATHS: Final = re.compile(r"(?<![\w./-])/(home/[a-z]|root/|Users/|work/|tmp/[a-z0-9])")
UNFINISHED: Final = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")


@pytest.fixture(scope="session")
def tracked() -> dict[str, str]:
    """The text of every file that git tracks, by path; an archive without git is read whole."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("NO GIT CHECKOUT: what is tracked cannot be told from what was made here")
    texts = {}
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        content = path.read_bytes() if path.is_file() else b"\0"
        if b"\0" not in content:
            texts[name] = content.decode("utf-8")
    return texts


def found(pattern: re.Pattern[str], texts: dict[str, str]) -> list[str]:
    """Every line that the pattern hits, as ``path:line: text``."""
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


def lint_imports(folder: Path) -> tuple[int, str]:
    """The exit code of import-linter in that folder, and what it says."""
    tool = Path(sys.executable).with_name("lint-imports")
    linted = subprocess.run([tool, "--no-cache"], cwd=folder, capture_output=True, check=False)
    return linted.returncode, linted.stdout.decode()


def test_imports_go_one_way_only() -> None:
    code, said = lint_imports(ROOT)

    assert code == 0, said


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("verifier/status.py", "import keys.signer"),
        ("keys/signer.py", "import registry.errors"),
        ("registry/domain/certification.py", "import registry.store.store"),
        ("registry/publish/folder.py", "import registry.bootstrap"),
        ("registry/demonstration/build.py", "import registry.cli.grant"),
        ("registry/errors.py", "import registry.settings"),
        ("verifier/verify.py", "import socket"),
        ("verifier/merkle.py", "import time"),
        ("registry/domain/body.py", "import verifier.verify"),
        ("registry/vault.py", "import cryptography"),
    ],
)
def test_an_import_the_other_way_is_told(module: str, line: str, tmp_path: Path) -> None:
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    with (tmp_path / module).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")

    code, said = lint_imports(tmp_path)

    assert code == 1
    assert line.removeprefix("import ") in said
    assert "BROKEN" in said


def test_no_module_is_too_long_to_be_read_in_one_sitting() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}

    assert lengths
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


def test_no_file_names_a_package_registry(tracked: dict[str, str]) -> None:
    assert REGISTRY_HOSTS.search("https://" + "pypi" + ".org/simple")
    assert found(REGISTRY_HOSTS, {n: t for n, t in tracked.items() if not n.startswith("tests/vendor/")}) == []


def test_no_file_names_a_path_of_somebodys_machine(tracked: dict[str, str]) -> None:
    assert MACHINE_PATHS.search("cd /" + "home/anna/attesto")
    assert found(MACHINE_PATHS, tracked) == []


def test_nothing_is_left_unfinished(tracked: dict[str, str]) -> None:
    assert UNFINISHED.search("# TO" + "DO: later")
    assert found(UNFINISHED, {name: text for name, text in tracked.items() if name.endswith((".py", ".md"))}) == []


@pytest.mark.parametrize("name", ["attesto.txt", "build.txt", "develop.txt"])
def test_every_pinned_package_carries_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", "")
    lines = [line for line in text.splitlines() if line.strip()]

    assert lines
    assert [line[:80] for line in lines if not re.match(r"[a-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []
    assert "://" not in text
    assert "index-url" not in text


def test_what_builds_the_package_is_pinned_alike_everywhere() -> None:
    pins = [_pins(name) for name in ("build.txt", "develop.txt")]

    assert pins[0].items() <= pins[1].items()
    assert _pins("attesto.txt").items() <= pins[1].items()


def _pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE))


def test_every_setting_is_documented() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", operations, re.MULTILINE))
    settings = {field.name for field in fields(Settings) if field.name != "folder"}

    assert settings - documented == set()
    assert documented - settings == set()


def test_every_decision_is_listed_once_and_no_other() -> None:
    folder = ROOT / "docs" / "adr"
    listed = re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    written = sorted(path.name for path in folder.glob("[0-9]*.md"))

    assert sorted(listed) == written
    assert [name[:4] for name in written] == [f"{number:04}" for number in range(1, len(written) + 1)]


def test_every_link_between_documents_leads_somewhere(tracked: dict[str, str]) -> None:
    dead = [
        f"{name}: {target}"
        for name, text in tracked.items()
        if name.endswith(".md")
        for target in re.findall(r"\]\((?!https?://|#)([^)#\s]+)", text)
        if not (ROOT / name).parent.joinpath(target).exists()
    ]

    assert dead == []
