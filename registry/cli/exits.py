"""Exit codes: what a program hears of an error, and how people read it.

0 done · 1 refused, or a check failed · 2 bad usage, input or setting · 3 an audit's findings · 4 unavailable
"""

import json
from typing import IO, Any, Final

import click

from keys.errors import KeysError
from registry.errors import (
    CommitUnknownError,
    CsvError,
    SettingError,
    StoreUnavailableError,
    UnknownError,
)
from verifier.errors import AttestoError, FormatError, UnavailableError

DONE: Final = 0
REFUSED: Final = 1
BAD_INPUT: Final = 2
UNAVAILABLE: Final = 4
JSON_KEY: Final = "attesto.json"
_CODES: Final[tuple[tuple[tuple[type[AttestoError], ...], int], ...]] = (
    ((UnavailableError, StoreUnavailableError, CommitUnknownError), UNAVAILABLE),
    ((FormatError, SettingError, KeysError, UnknownError, CsvError), BAD_INPUT),
)


def exit_code(error: AttestoError) -> int:
    """The exit code of an error; what is neither bad input nor unavailable is a refusal."""
    return next((code for classes, code in _CODES if isinstance(error, classes)), REFUSED)


class Failure(click.ClickException):
    """An error as the command line shows it: a sentence on standard error, with --json an object on standard output."""

    def __init__(self, message: str, code: int, kind: str) -> None:
        """Show ``message`` and exit with ``code``; ``kind`` is the error's name for programs."""
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]
        self.kind = kind
        context = click.get_current_context(silent=True)
        self._json = context is not None and bool(context.meta.get(JSON_KEY))

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the sentence."""
        if self._json:
            click.echo(json.dumps({"error": {"kind": self.kind, "message": self.message}}, ensure_ascii=False))
        click.echo(f"attesto: {self.message}", file=file, err=file is None)
