"""What is done with the rows of a file of people: checked all, then recorded, prepared or reported."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Generic, TypeVar

import click

from keys.signer import Purpose
from registry.application.answers import Recorded
from registry.bootstrap import Attesto, now
from registry.cli.documents import check_printable, write_certificate
from registry.cli.exits import BAD_INPUT, REFUSED
from registry.cli.options import as_json, folder, registry_in
from registry.cli.output import emit, recorded, write_private
from registry.cli.plan import check_rows
from registry.cli.progress import Tell, progress
from registry.cli.submit import Waiting, preparing, write_prepared
from registry.cli.teaching import TeachingCommand
from registry.commands.csv_table import CellProblem
from registry.commands.decisions import Begun
from registry.commands.people_file import FileContext, PeopleFile, format_errors
from verifier.encoding import legal_day
from verifier.number import group_number

B = TypeVar("B", bound=Begun)
Read = Callable[..., PeopleFile[B]]
_FILE: Final = click.Path(path_type=Path, dir_okay=False)
_FOLDER: Final = click.Path(path_type=Path, file_okay=False)
_LISTED = 20
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Words:
    """What is done with a row, in a sentence: grant, granting, granted."""

    do: str
    doing: str
    done: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done with the rows that hold."""

    dry_run: bool
    partial: bool
    errors: Path | None
    pdf: Path | None
    prepare: Path | None


@dataclass(frozen=True, slots=True)
class Done(Generic[B]):
    """What was done with a file: what was recorded by line, and every problem."""

    people: PeopleFile[B]
    recorded: Mapping[int, Recorded]
    problems: Sequence[CellProblem]
    waiting: Waiting | None = None


def rows_command(words: Words) -> Callable[[Read[B]], click.Command]:
    """A command line around a function that reads a file of people, for a body and an edition, into its rows."""

    def decorate(read: Read[B]) -> click.Command:
        @functools.wraps(read)
        def take(  # noqa: PLR0913  the command's parameters are the user's
            *,
            folder: Path,
            file: Path,
            body: str,
            edition: str,
            unaccredited: bool,
            dry_run: bool,
            partial: bool,
            errors: Path | None,
            pdf: Path | None,
            prepare: Path | None,
            json_wanted: bool,
            **own: object,
        ) -> None:
            wanted = Wanted(dry_run, partial, errors, pdf, prepare)
            with registry_in(folder) as attesto, progress() as tell:
                context = replace(_context(attesto, body, edition, wanted), unaccredited=unaccredited)
                done = _carry_out(attesto, read(file.read_bytes(), context, **own), wanted, tell, words)
                receipts = _receipts(done, tell) if json_wanted else []
            _write_errors(errors, done)
            _report(done, receipts, dry_run, json_wanted, words)

        return _with_options(take, words)

    return decorate


def _with_options(take: Callable[..., None], words: Words) -> click.Command:
    marked = f"{words.do.title()} though the body is not accredited; every verdict will say so."
    wrong = "Write the rows that do not hold, with reasons."
    options = (
        as_json,
        preparing,
        click.option("--pdf", type=_FOLDER, help="Write the certificates into this folder."),
        click.option("--errors", type=_FILE, help=wrong),
        click.option("--unaccredited", is_flag=True, help=marked),
        click.option("--partial", is_flag=True, help=f"{words.do.title()} the rows that hold, though others do not."),
        click.option("--dry-run", is_flag=True, help="Check everything and write nothing."),
        click.option("--edition", required=True, help="The scheme edition, like demo-2026."),
        click.option("--body", required=True, help="The certification body that decides."),
        click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path, exists=True, dir_okay=False)),
        folder,
    )
    for option in options:
        take = option(take)
    return click.command(cls=TeachingCommand)(take)


def _context(attesto: Attesto, body: str, edition: str, wanted: Wanted) -> FileContext:
    attesto.streams.body(body)
    if wanted.prepare is None and not wanted.dry_run:
        # Told once and at once, not for every row: a body at home decides by --prepare.
        attesto.key_set.current(body, Purpose.EVENT)
    check_name = check_printable(attesto, body, edition)
    row_secret = attesto.vault.keys.master.derive("row keys")
    return FileContext(body, attesto.streams.edition(edition).edition, legal_day(now()), check_name, row_secret)


def _carry_out(attesto: Attesto, people: PeopleFile[B], wanted: Wanted, tell: Tell, words: Words) -> Done[B]:
    plan = check_rows(attesto, people, tell)
    problems = sorted([*people.problems, *plan.problems])
    if wanted.dry_run or (problems and not wanted.partial):
        return Done(people, {}, problems)
    if wanted.prepare is not None:
        waiting = write_prepared(attesto, list(plan.fresh.values()), wanted.prepare, tell)
        return Done(people, plan.repeated, problems, waiting)
    outcomes = attesto.registry.decide_all(list(plan.fresh.values()), lambda n: tell(words.doing, n, len(plan.fresh)))
    made = dict(zip(plan.fresh, outcomes, strict=True))
    problems += [CellProblem(line, "", "", str(e)) for line, e in made.items() if not isinstance(e, Recorded)]
    recorded = plan.repeated | {line: outcome for line, outcome in made.items() if isinstance(outcome, Recorded)}
    if wanted.pdf is not None:
        _write_pdfs(attesto, wanted.pdf, recorded, tell)
    return Done(people, dict(sorted(recorded.items())), sorted(problems))


def _write_pdfs(attesto: Attesto, place: Path, recorded: Mapping[int, Recorded], tell: Tell) -> None:
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for done, made in enumerate(recorded.values(), start=1):
        write_certificate(attesto, made.number, place / f"{made.number}.pdf")
        tell("certificates", done, len(recorded))


def _write_errors(path: Path | None, done: Done[B]) -> None:
    if path is not None and done.problems:
        write_private(path, format_errors(done.people, done.problems))


def _receipts(done: Done[B], tell: Tell) -> list[dict[str, object]]:
    receipts: list[dict[str, object]] = []
    for line, made in done.recorded.items():
        receipts.append({"line": line, **recorded(made)})
        tell("receipts", len(receipts), len(done.recorded))
    return receipts


def _report(
    done: Done[B], receipts: Sequence[Mapping[str, object]], dry_run: bool, json_wanted: bool, words: Words
) -> None:
    value: dict[str, object] = {
        "dry_run": dry_run,
        "rows": len(done.people.table.rows),
        words.done: receipts,
        "problems": list(done.problems),
        "prepared": done.waiting,
    }
    if not json_wanted:
        _show(done.problems)
    emit(json_wanted, value, _summary(done, dry_run, words))
    if done.problems:
        raise click.exceptions.Exit(REFUSED if done.people.commands else BAD_INPUT)


def _show(problems: Sequence[CellProblem]) -> None:
    for problem in problems[:_SHOWN]:
        click.echo(f"attesto: {problem}", err=True)
    if len(problems) > _SHOWN:
        click.echo(f"attesto: … and {len(problems) - _SHOWN:,} more: --errors FILE writes them all", err=True)


def _summary(done: Done[B], dry_run: bool, words: Words) -> str:
    if done.waiting is not None:
        return done.waiting.text
    rows, bad = len(done.people.table.rows), len({problem.line for problem in done.problems})
    if not done.recorded:
        held = f"{rows - bad} of {rows} rows hold" if done.people.table.rows else "No row can be read"
        return f"{held}; nothing was written." + (f" All can be {words.done}." if dry_run and not bad else "")
    repeated = sum(made.repeated for made in done.recorded.values())
    text = f"{len(done.recorded) - repeated} {words.done}, {repeated} were {words.done} before, {bad} left out."
    numbers = [f"  line {line}: {group_number(made.number)}" for line, made in list(done.recorded.items())[:_LISTED]]
    more = ["  … and more: --json lists all"] if len(done.recorded) > _LISTED else []
    return "\n".join([text, *numbers, *more])
