"""The entry point of ``attesto``, with the registry's packages and without."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
START: Final = "import sys; sys.argv[0] = 'attesto'; from registry.start import main; main()"


def started(*options: str) -> subprocess.CompletedProcess[str]:
    """What ``attesto --version`` says to a Python with these options."""
    return subprocess.run(
        [sys.executable, *options, "-c", START, "--version"],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_without_the_registrys_packages_it_says_what_to_install() -> None:
    told = started("-S")

    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr == "attesto: it needs click, which is not here: pip install 'attesto[registry]'\n"


def test_with_them_it_is_the_command_line() -> None:
    told = started()

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("attesto ")


def test_the_installed_script_begins_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["scripts"]["attesto"] == "registry.start:main"
