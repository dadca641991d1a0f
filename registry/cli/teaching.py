"""Commands whose help keeps its examples: a paragraph with an indented line is shown as it was written."""

from inspect import cleandoc
from typing import Final

import click

# Click keeps a paragraph as it is after this mark.
_VERBATIM: Final = "\b\n"


def _keep_examples(text: str) -> str:
    paragraphs = cleandoc(text).split("\n\n")
    return "\n\n".join(_VERBATIM + part if "\n    " in part or part.startswith("    ") else part for part in paragraphs)


class TeachingCommand(click.Command):
    """A command with examples in its help."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help, its examples as they are."""
        self.help = _keep_examples(self.help or "")
        super().format_help_text(ctx, formatter)


class TeachingGroup(click.Group):
    """A group of such commands."""

    command_class = TeachingCommand

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help, its examples as they are."""
        self.help = _keep_examples(self.help or "")
        super().format_help_text(ctx, formatter)
