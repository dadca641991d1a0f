"""Processes of our own program: they run one module, see nothing of our environment and find what we find."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import verifier

_ROOT: Final = str(Path(verifier.__file__).parents[1])


def command(module: str) -> list[str]:
    """The command that runs ``main()`` of a module; it reads nothing of the user's folders and keeps no files."""
    code = f"import sys; sys.path[:] = sys.argv[1:]; from {module} import main; main()"
    return [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", code, _ROOT, *filter(None, sys.path)]


def environment(**told: str) -> Mapping[str, str] | None:
    """The environment with what it is told and nothing of ours, in which there may be secrets.

    On Windows, where nothing starts without it, ours.
    """
    return None if sys.platform == "win32" else told
