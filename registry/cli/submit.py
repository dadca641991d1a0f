"""The command ``attesto submit``, and the option --prepare of the commands whose decisions it submits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import click

from registry.application.answers import Recorded
from registry.application.preparations import Preparation
from registry.application.submit import Signed
from registry.bootstrap import Attesto
from registry.cli.exits import REFUSED
from registry.cli.options import as_json, folder, registry_in
from registry.cli.output import counted, emit, recorded, write_private
from registry.cli.progress import Tell
from registry.cli.teaching import TeachingCommand
from registry.commands.decisions import Command
from registry.commands.home_file import format_to_sign, parse_signatures
from verifier.encoding import format_instant
from verifier.errors import AttestoError
from verifier.number import group_number

F = TypeVar("F", bound=Callable[..., object])
_PATH = click.Path(path_type=Path, dir_okay=False)
_LISTED = 20


def preparing(command: F) -> F:
    """The option --prepare."""
    return click.option(
        "--prepare", type=_PATH, help="Decide nothing yet: write what the body has to sign at home into this file."
    )(command)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was written for a body to sign: how many decisions, into which file, and until when they wait (UTC)."""

    decisions: int
    file: Path
    until: datetime | None

    @property
    def text(self) -> str:
        """What people read of it."""
        by = f" to be signed and submitted by {format_instant(self.until)}" if self.until else ""
        return f"{counted(self.decisions, 'decision waits', 'decisions wait')} in {self.file}{by}."


def write_prepared(
    attesto: Attesto, commands: Sequence[Command], path: Path, tell: Tell = lambda step, done, total: None
) -> Waiting:
    """Prepare decisions for a body that keeps its keys at home, and write what it has to sign.

    Raises:
        AttestoError: one of them cannot be prepared; nothing is written.
    """
    waiting: list[Preparation] = []
    for done, command in enumerate(commands, start=1):
        made = attesto.preparations.prepare(command)
        waiting += [made] if isinstance(made, Preparation) else []
        tell("preparing", done, len(commands))
    write_private(path, format_to_sign([preparation.to_sign for preparation in waiting]))
    return Waiting(len(waiting), path, min((preparation.expires_at for preparation in waiting), default=None))


@click.command(cls=TeachingCommand)
@folder
@click.argument("file", metavar="SIGNATURES.json", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--body", required=True, help="The body that signed.")
@click.option("--stale", type=_PATH, help="Write anew, for another signature, what meanwhile would say something else.")
@as_json
def submit(folder: Path, file: Path, body: str, stale: Path | None, json_wanted: bool) -> None:
    """Submit what a body signed at home: every guard runs again, then it is recorded.

    Examples:
        attesto submit ./registry signatures.json --body odc-uno
        attesto submit ./registry signatures.json --body odc-uno --stale again.json

    Each decision is recorded by itself. One that is stale, because its certification, its body's keys or the day moved
    on, is prepared anew; exit code 1 says that there was one, or that one was refused. Submitting twice records once.
    """
    signed = parse_signatures(file.read_bytes())
    given = [(item.preparation, Signed(item.events, item.token)) for item in signed]
    with registry_in(folder) as attesto:
        outcomes = attesto.preparations.submit_all(body, given)
        done = [outcome for outcome in outcomes if isinstance(outcome, Recorded)]
        receipts = [recorded(made) for made in done] if json_wanted else []
    again = [outcome for outcome in outcomes if isinstance(outcome, Preparation)]
    refused = {
        str(item.preparation): str(outcome)
        for item, outcome in zip(signed, outcomes, strict=True)
        if isinstance(outcome, AttestoError)
    }
    if stale is not None and again:
        write_private(stale, format_to_sign([preparation.to_sign for preparation in again]))
    emit(
        json_wanted,
        {"recorded": receipts, "stale": len(again), "refused": refused},
        "\n".join(_lines(done, again, refused, stale)),
    )
    if again or refused:
        raise click.exceptions.Exit(REFUSED)


def _lines(
    done: Sequence[Recorded], again: Sequence[Preparation], refused: dict[str, str], stale: Path | None
) -> list[str]:
    lines = [f"{len(done)} recorded, {len(again)} stale, {len(refused)} refused."]
    lines += [f"  {group_number(made.number)}" for made in done[:_LISTED]]
    lines += ["  … and more: --json lists all"] if len(done) > _LISTED else []
    lines += [f"  {preparation}: {reason}" for preparation, reason in refused.items()]
    if again:
        lines.append(f"Sign {stale} at home and submit that." if stale else "--stale FILE writes what to sign anew.")
    return lines
