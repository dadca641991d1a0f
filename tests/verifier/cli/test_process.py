"""The command line as a process: with a terminal, without a reader, without extras."""

import os
import pty
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest

from tests.verifier.cli.asking import bundle, link, written
from tests.verifier.page.world import World
from tests.verifier.paper import png, symbol

ROOT: Final = Path(__file__).parents[3]
AT_THAT_TIME: Final = """
import sys
from datetime import UTC, datetime
from verifier.cli import main
sys.exit(main(clock=lambda: datetime(2029, 2, 1, 11, tzinfo=UTC)))
"""


def run(code: str, *arguments: object, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """A Python process that runs the code, from the checkout."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60, **options)


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colour_is_for_terminals_that_want_it_and_says_nothing_alone(
    environment: dict[str, str], coloured: bool, world: World, trust: Path
) -> None:
    ours, theirs = pty.openpty()
    arguments = [link(world, "suspended"), "--trust", trust, "--registry", world.public]
    command = [sys.executable, "-c", AT_THAT_TIME, *map(str, arguments)]
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "TERM"}}

    with subprocess.Popen(command, cwd=ROOT, stdout=theirs, env={**kept, **environment}) as process:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk

    assert process.returncode == 1
    assert (b"\x1b[31mSUSPENDED, NOT IN FORCE" in shown) == coloured
    assert (b"\x1b" in shown) == coloured
    assert b"passed" in shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other side is closed
        return b""


def test_the_text_of_a_file_has_no_colour(world: World, trust: Path) -> None:
    shown = run(AT_THAT_TIME, link(world, "suspended"), "--trust", trust, "--registry", world.public)

    assert (shown.returncode, b"\x1b" in shown.stdout, shown.stderr) == (1, False, b"")


def test_names_are_shown_where_the_terminal_knows_no_letters_of_theirs(world: World, trust: Path) -> None:
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}

    shown = run(AT_THAT_TIME, link(world, "expired"), "--trust", trust, "--registry", world.public, env=ascii_only)

    assert (shown.returncode, shown.stderr) == (1, b"")
    assert rb"\u0141ukasz \u017b\xf3\u0142\u0107" in shown.stdout


def test_a_reader_who_leaves_makes_no_noise_and_no_yes(world: World, trust: Path) -> None:
    leaving = "import os, sys; r, w = os.pipe(); os.close(r); os.dup2(w, 1)\n" + AT_THAT_TIME

    shown = run(leaving, link(world, "active"), "--trust", trust, "--registry", world.public)

    assert (shown.returncode, shown.stderr) == (4, b"")


# What the core needs; everything else that is installed is left behind.
CORE: Final = ("cryptography", "cbor2", "_cbor2", "cffi", "_cffi_backend", "pycparser")


@pytest.fixture(scope="module")
def core_only(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The start of a program that finds what the core needs and nothing else."""
    packages = tmp_path_factory.mktemp("packages")
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if path.name.partition(".")[0] in CORE:
            (packages / path.name).symlink_to(path)
    kept = [path for path in sys.path if "site-packages" not in path and path != str(ROOT)]
    return f"import sys; sys.path[:] = {[*kept, str(ROOT), str(packages)]!r}\n"


def test_bundles_links_and_lists_are_checked_where_only_the_core_is_installed(
    core_only: str, world: World, trust: Path, tmp_path: Path
) -> None:
    number = world.samples["active"].number
    files = [
        written(tmp_path / "bundle.json", bundle(world, "active", world.samples["active"].tokens[0])),
        written(tmp_path / "list.csv", f"Impresa;Numero\nAlfa;{number}\n"),
        written(tmp_path / "link.txt", link(world, "active")),
    ]

    shown = run(core_only + AT_THAT_TIME, *files, link(world, "active"), "--trust", trust, "--registry", world.public)

    assert (shown.returncode, shown.stderr) == (0, b"")
    assert b"4 answers" in shown.stdout


def test_a_document_asks_for_what_is_not_installed(core_only: str, trust: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "list.xlsx")
    files = [written(tmp_path / "certificate.png", png(symbol("A"))), tmp_path / "list.xlsx"]

    shown = [run(core_only + AT_THAT_TIME, file, "--trust", trust) for file in files]

    assert [(one.returncode, one.stdout) for one in shown] == [(2, b"")] * 2
    assert b"this kind of file wants PIL, which is not installed: pip install 'attesto[scan" in shown[0].stderr
    assert b"this kind of file wants openpyxl, which is not installed" in shown[1].stderr


def test_the_command_is_there_under_its_name(world: World, trust: Path) -> None:
    command = [Path(sys.executable).with_name("attesto-verify"), link(world, "active"), "--trust", trust]

    shown = subprocess.run(command, capture_output=True, check=False, timeout=60)

    assert (shown.returncode, shown.stdout.splitlines()[0]) == (4, b"COULD NOT BE CHECKED")
