"""The command ``attesto due``."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from io import StringIO
from pathlib import Path

import click

from registry.application.due import Due, Life
from registry.application.due import due as find_due
from registry.application.receiving import File, files_of
from registry.bootstrap import Attesto, now
from registry.cli.options import DAY, as_json, folder, registry_in
from registry.cli.output import columns, emit, write_private
from registry.cli.teaching import TeachingCommand
from verifier.encoding import format_day, legal_day
from verifier.number import group_number
from verifier.status import Condition

_HEADER = ("number", "why", "day", "profile", "edition")
_EVIDENCE = ("received", "missing")
_SUSPENSION = Condition.SUSPENSION_PAST_DEADLINE


@click.command(cls=TeachingCommand)
@folder
@click.option("--body", required=True, help="The body whose certifications are looked at.")
@click.option("--on", type=DAY, help="Another day than today, like 2026-11-24.")
@click.option("--csv", "table", type=click.Path(path_type=Path, dir_okay=False), help="Write the list into this file.")
@as_json
def due(folder: Path, body: str, on: date | None, table: Path | None, json_wanted: bool) -> None:
    """List what waits for a decision: maintenance due, in grace or overdue, suspensions past their deadline.

    It is computed from the edition's rule, and changes nothing: only the body's decision does. Of a maintenance it
    tells which evidence is filed for the running period, and what the edition requires beside it, as of now.

    Examples:
        attesto due ./registry --body odc-uno
        attesto due ./registry --body odc-uno --on 2027-03-31 --csv due.csv
    """
    with registry_in(folder) as attesto:
        day = on or legal_day(now())
        waiting = find_due(_lives(attesto, body), day, now())
        numbers = attesto.vault.numbers([one.certification for one in waiting])
        # Who was erased has no number left, and nothing to decide on.
        waiting = [one for one in waiting if one.certification in numbers]
        files = files_of(attesto.registry, [one.certification for one in waiting if one.why is not _SUSPENSION])
        listed = [_listed(one, numbers[one.certification].number, files.get(one.certification)) for one in waiting]
    rows = [_row(one) for one in listed]
    if table is not None:
        write_private(table, _csv(rows))
    shown = [(group_number(number), why.replace("_", " "), *more) for number, why, *more in rows]
    text = columns((*_HEADER, *_EVIDENCE), shown) if rows else f"Nothing of {body} waits for a decision on {day}."
    emit(json_wanted, {"body": body, "on": day, "due": listed}, text)


def _lives(attesto: Attesto, body: str) -> list[Life]:
    # Refused where there is no such body: an empty list would say that nothing waits.
    attesto.streams.body(body)
    attesto.standings.catch_up(attesto.store.log.head().size, legal_day(now()))
    return [
        Life(row.stream, row.profile, attesto.streams.edition(row.edition).edition, row.facts)
        for row in attesto.standings.certifications_of(body)
    ]


def _listed(one: Due, number: str, file: File | None) -> dict[str, str | list[str]]:
    # Of a suspension that is past its deadline no evidence is told.
    told = None if one.why is _SUSPENSION else file
    received, missing = ([], []) if told is None else (sorted({r.kind for r in told.counting}), list(told.missing))
    words = (number, str(one.why), format_day(one.due_on), one.profile, one.edition)
    return {**dict(zip(_HEADER, words, strict=True)), "received": received, "missing": missing}


def _row(one: Mapping[str, str | list[str]]) -> tuple[str, ...]:
    return tuple(value if isinstance(value, str) else ", ".join(value) for value in one.values())


def _csv(rows: Sequence[tuple[str, ...]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows([(*_HEADER, *_EVIDENCE), *rows])
    return text.getvalue().encode()
