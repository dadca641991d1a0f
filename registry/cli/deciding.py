"""What the commands that decide on a certification have in common: each makes one command of the registry's."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import click

from registry.cli.options import DAY, LINE, LONG_LINE, as_json, folder, registry_in
from registry.cli.output import emit, recorded, recorded_text
from registry.cli.submit import preparing, write_prepared
from registry.cli.teaching import TeachingCommand
from registry.commands.decisions import Basis, Decided

Make = Callable[..., Decided]
Option = Callable[[Callable[..., None]], Callable[..., None]]


@dataclass(frozen=True, slots=True)
class Given:
    """What every decision names: the body, the certification's number, what it rests on."""

    body: str
    number: str
    basis: Basis


DECIDER: Final = click.option("--decider", required=True, type=LINE, help="Who decides, by the body's own id.")
REASON: Final = click.option(
    "--reason", required=True, type=LONG_LINE, help="Why; it is kept encrypted and never public."
)
_ON: Final = click.option("--on", type=DAY, help="The day it takes effect, like 2026-11-24; without it, today.")


def decision_command(done: str) -> Callable[[Make], click.Command]:
    """A command line around a function that makes the decision; ``done`` says what was done."""
    return _command(done, _ON)


def immediate_command(done: str) -> Callable[[Make], click.Command]:
    """The same for a decision that takes effect on the day it is recorded, and on no other."""
    return _command(done)


def _command(done: str, *more: Option) -> Callable[[Make], click.Command]:
    def decorate(make: Make) -> click.Command:
        @functools.wraps(make)
        def decide(
            *,
            folder: Path,
            number: str,
            decision: str,
            idempotency_key: str | None,
            prepare: Path | None,
            json_wanted: bool,
            on: date | None = None,
            **own: object,
        ) -> None:
            with registry_in(folder) as attesto:
                numbered = attesto.registry.numbered(number)
                given = Given(numbered.body, numbered.number, Basis(decision, on, idempotency_key))
                command = make(given, **own)
                if prepare is not None:
                    waiting = write_prepared(attesto, [command], prepare)
                    emit(json_wanted, {"prepared": waiting}, waiting.text)
                    return
                made = attesto.registry.decide(command)
                value = recorded(made) if json_wanted else {}
            text = f"{recorded_text(done, made)}\nThe public sees it once it is published: attesto publish {folder}"
            emit(json_wanted, value, text)

        return _with_common_options(decide, more)

    return decorate


def _with_common_options(decide: Callable[..., None], more: tuple[Option, ...]) -> click.Command:
    options: tuple[Option, ...] = (
        as_json,
        preparing,
        click.option(
            "--key", "idempotency_key", type=LINE, help="An idempotency key: the same command again is recorded once."
        ),
        *more,
        click.option("--decision", required=True, type=LINE, help="The decision's reference at the body."),
        click.argument("number"),
        folder,
    )
    for option in options:
        decide = option(decide)
    return click.command(cls=TeachingCommand)(decide)
