"""A group of commands whose modules are imported when a command is called, and whose errors become one sentence."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click

from registry.cli.exits import BAD_INPUT, Failure, exit_code
from registry.cli.teaching import TeachingGroup
from verifier.errors import AttestoError


@dataclass(frozen=True, slots=True)
class Lazy:
    """A command by name: where it is, as module:attribute, and what it does in a line."""

    name: str
    place: str
    help: str


class LazyGroup(TeachingGroup):
    """The root of the command line."""

    def __init__(self, *, lazy: Mapping[str, Sequence[Lazy]], **attributes: object) -> None:
        """Hold the commands of ``lazy``, by section of the help."""
        super().__init__(**attributes)  # type: ignore[arg-type]
        self._sections = lazy
        self._places = {command.name: command.place for section in lazy.values() for command in section}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in the order of the help."""
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in self._places:
            return None
        module, _, attribute = self._places[cmd_name].partition(":")
        try:
            command = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            sentence = f"the command {cmd_name} needs {error.name}, which is not here: pip install 'attesto[registry]'"
            raise Failure(sentence, BAD_INPUT, "ModuleNotFoundError") from error
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections without importing a command."""
        for section, commands in self._sections.items():
            with formatter.section(section):
                formatter.write_dl([(command.name, command.help) for command in commands])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse what was typed and is not UTF-8: no event, row or file of a registry could hold it."""
        for typed in args:
            # Python keeps octets of the command line that are no UTF-8 as lone surrogates (PEP 383).
            if any("\ud800" <= character <= "\udfff" for character in typed):
                raise click.UsageError(f"{typed!r} is not UTF-8", ctx)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; an error of ours ends it with one sentence and its exit code."""
        try:
            return super().invoke(ctx)
        except AttestoError as error:
            raise Failure(str(error), exit_code(error), type(error).__name__) from error
        except OSError as error:
            raise Failure(f"{error.filename or 'a file'}: {error.strerror or error}", 4, "OSError") from error
