"""What commands have in common: the registry's folder, --json, days, and a decision's basis."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar
from unicodedata import normalize

import click

from registry.bootstrap import Attesto, open_registry
from registry.cli.exits import JSON_KEY
from registry.commands.people_cells import MAX_REASON, MAX_TEXT
from registry.settings import read_settings
from verifier.certificate import MAX_NAME_CHARACTERS
from verifier.encoding import parse_day
from verifier.errors import FormatError

F = TypeVar("F", bound=Callable[..., object])


class Day(click.ParamType[date]):
    """A legal day, Europe/Rome, as 2026-11-24."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day that was typed."""
        if isinstance(value, date):
            return value
        try:
            return parse_day(str(value))
        except FormatError as error:
            self.fail(f"{value!r} is {error}", param, ctx)


class Line(click.ParamType[str]):
    """A text of one line, written in one way: normal form C, single spaces."""

    name = "text"

    def __init__(self, longest: int = MAX_TEXT) -> None:
        """Take lines of at most ``longest`` characters."""
        self._longest = longest

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The line that was typed."""
        line = " ".join(normalize("NFC", str(value)).split())
        # The joiners are part of Persian and Indian names.
        printable = line.replace("\u200c", "").replace("\u200d", "").isprintable()
        if not 0 < len(line) <= self._longest or not printable:
            self.fail(f"{line[:_SHOWN]!r} is no line of 1 to {self._longest} printable characters", param, ctx)
        return line


_SHOWN: Final = 40
DAY: Final = Day()
LINE: Final = Line()
LONG_LINE: Final = Line(MAX_REASON)
NAME: Final = Line(MAX_NAME_CHARACTERS)


def _remember_json(ctx: click.Context, param: click.Parameter, value: bool) -> bool:
    ctx.meta[JSON_KEY] = value
    return value


def as_json(command: F) -> F:
    """The option --json, as the parameter ``json_wanted``."""
    option = click.option(
        "--json",
        "json_wanted",
        is_flag=True,
        is_eager=True,
        callback=_remember_json,
        help="Answer in JSON, for programs.",
    )
    return option(command)


def folder(command: F) -> F:
    """The argument DIR: the folder of a registry."""
    return click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))(command)


@contextmanager
def registry_in(place: Path) -> Iterator[Attesto]:
    """The registry of a folder, open.

    Raises:
        SettingError: there is none, or a setting is not what it should be.
    """
    with open_registry(read_settings(place)) as attesto:
        yield attesto
