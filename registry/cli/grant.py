"""The command ``attesto grant``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

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
from registry.commands.people_file import FileContext, PeopleFile, format_errors, parse_people
from verifier.encoding import legal_day
from verifier.number import group_number

_LISTED = 20
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done with the rows that hold."""

    dry_run: bool
    partial: bool
    errors: Path | None
    pdf: Path | None
    prepare: Path | None


@dataclass(frozen=True, slots=True)
class Done:
    """What was done with a file: what was recorded by line, and every problem."""

    people: PeopleFile
    recorded: Mapping[int, Recorded]
    problems: Sequence[CellProblem]
    waiting: Waiting | None = None


@click.command(cls=TeachingCommand)
@folder
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--body", required=True, help="The certification body that decides.")
@click.option("--edition", required=True, help="The scheme edition, like demo-2026.")
@click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
@click.option("--partial", is_flag=True, help="Grant the rows that hold, though others do not.")
@click.option(
    "--unaccredited", is_flag=True, help="Grant though the body is not accredited; every verdict will say so."
)
@click.option(
    "--received", multiple=True, help="A kind of evidence in every row's application, by its slug; repeat it."
)
@click.option(
    "--errors", type=click.Path(path_type=Path, dir_okay=False), help="Write the rows that do not hold, with reasons."
)
@click.option(
    "--pdf", type=click.Path(path_type=Path, file_okay=False), help="Write the certificates into this folder."
)
@preparing
@as_json
def grant(  # noqa: PLR0913, PLR0917  the command's parameters are the user's
    folder: Path,
    file: Path,
    body: str,
    edition: str,
    dry_run: bool,
    partial: bool,
    unaccredited: bool,
    received: tuple[str, ...],
    errors: Path | None,
    pdf: Path | None,
    prepare: Path | None,
    json_wanted: bool,
) -> None:
    """Certify the people of a CSV file.

    Examples:
        attesto grant ./registry people.csv --body odc-uno --edition demo-2026 --dry-run
        attesto grant ./registry people.csv --body odc-uno --edition demo-2026 --pdf ./certificates
        attesto grant ./registry people.csv --body odc-uno --edition demo-2026 --partial --errors wrong.csv

    The first line names the columns, in English or Italian (nome, data di nascita, luogo di nascita, profilo,
    esaminatori, formatori, deliberante, delibera, esame, domanda, evidenze ricevute, riferimento …):
        name,birth_date,birth_place,profile,effective_on,examiners,trainers,decider,decision,exam,received,reference
        Zoë D'Angelo,24/11/1990,Forlì,addetto,,ES-05,FO-05,DE-06,DEL-2026-0401,ESA-2026-001,domanda esperienza,AUR-0001

    All rows are checked before one is granted, against the scheme's rules too; if one does not hold, nothing of the
    file is granted, unless --partial is given. The same file again grants nothing twice; with a reference in every row,
    neither does another file that names the same person, profile and decision. Exit code 1 says that rows were left
    out, 2 that the file is not what it should be.
    """
    with registry_in(folder) as attesto, progress() as tell:
        attesto.streams.body(body)
        if prepare is None and not dry_run:
            # Told once and at once, not for every row: a body at home decides by --prepare.
            attesto.key_set.current(body, Purpose.EVENT)
        check_name = check_printable(attesto, body, edition)
        context = FileContext(
            body, attesto.streams.edition(edition).edition, legal_day(now()), check_name, unaccredited, received
        )
        people = parse_people(file.read_bytes(), context)
        done = _grant(attesto, people, Wanted(dry_run, partial, errors, pdf, prepare), tell)
        receipts = _receipts(done, tell) if json_wanted else []
    _write_errors(errors, done)
    _report(done, receipts, dry_run, json_wanted)


def _grant(attesto: Attesto, people: PeopleFile, wanted: Wanted, tell: Tell) -> Done:
    plan = check_rows(attesto, people, tell)
    problems = sorted([*people.problems, *plan.problems])
    if wanted.dry_run or (problems and not wanted.partial):
        return Done(people, {}, problems)
    if wanted.prepare is not None:
        waiting = write_prepared(attesto, list(plan.fresh.values()), wanted.prepare, tell)
        return Done(people, plan.repeated, problems, waiting)
    outcomes = attesto.registry.decide_all(list(plan.fresh.values()), lambda n: tell("granting", n, len(plan.fresh)))
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


def _write_errors(path: Path | None, done: Done) -> None:
    if path is not None and done.problems:
        write_private(path, format_errors(done.people, done.problems))


def _receipts(done: Done, tell: Tell) -> list[dict[str, object]]:
    receipts: list[dict[str, object]] = []
    for line, made in done.recorded.items():
        receipts.append({"line": line, **recorded(made)})
        tell("receipts", len(receipts), len(done.recorded))
    return receipts


def _report(done: Done, receipts: Sequence[Mapping[str, object]], dry_run: bool, json_wanted: bool) -> None:
    value: dict[str, object] = {
        "dry_run": dry_run,
        "rows": len(done.people.table.rows),
        "granted": receipts,
        "problems": list(done.problems),
        "prepared": done.waiting,
    }
    if not json_wanted:
        _show(done.problems)
    emit(json_wanted, value, _summary(done, dry_run))
    if done.problems:
        raise click.exceptions.Exit(REFUSED if done.people.grants else BAD_INPUT)


def _show(problems: Sequence[CellProblem]) -> None:
    for problem in problems[:_SHOWN]:
        click.echo(f"attesto: {problem}", err=True)
    if len(problems) > _SHOWN:
        click.echo(f"attesto: … and {len(problems) - _SHOWN:,} more: --errors FILE writes them all", err=True)


def _summary(done: Done, dry_run: bool) -> str:
    if done.waiting is not None:
        return done.waiting.text
    rows, bad = len(done.people.table.rows), len({problem.line for problem in done.problems})
    if not done.recorded:
        held = f"{rows - bad} of {rows} rows hold" if done.people.table.rows else "No row can be read"
        return f"{held}; nothing was written." + (" All can be granted." if dry_run and not bad else "")
    repeated = sum(made.repeated for made in done.recorded.values())
    text = f"{len(done.recorded) - repeated} granted, {repeated} were granted before, {bad} left out."
    numbers = [f"  line {line}: {group_number(made.number)}" for line, made in list(done.recorded.items())[:_LISTED]]
    more = ["  … and more: --json lists all"] if len(done.recorded) > _LISTED else []
    return "\n".join([text, *numbers, *more])
