"""Files of people to certify: each row of a CSV becomes a grant, or a list of everything that is wrong with it.

    name,birth_date,birth_place,profile,effective_on,examiners,trainers,decider,decision,exam,received,reference
    Zoë D'Angelo,24/11/1990,Forlì,addetto,,ES-05,FO-05,DE-06,DEL-2026-0401,ESA-2026-001,domanda esperienza,AUR-0001

Headers are Italian or English. ``reference`` is the body's own id of the person: with it a row of a person, profile and
decision that was granted once is not granted again, whatever else the file holds by then.
"""

import hmac
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Final, Generic, TypeVar

from registry.commands.csv_table import (
    CellProblem,
    Row,
    Table,
    cell_problem,
    format_table,
    normalise_header,
    parse_table,
)
from registry.commands.decisions import Basis, Begun, GrantCertification, Person
from registry.commands.people_cells import Cells, CheckName
from registry.domain.decision import Case
from registry.domain.edition import Edition

B = TypeVar("B", bound=Begun)
Key = Callable[[Person, str, str], str]
_COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "name": ("full name", "nome", "nominativo", "nome e cognome", "cognome e nome"),
    "birth_date": ("date of birth", "data di nascita", "nato il"),
    "birth_place": ("place of birth", "luogo di nascita", "nato a"),
    "profile": ("profilo",),
    "effective_on": ("effective date", "data di efficacia", "decorrenza"),
    "valid_until": ("last valid day", "valido fino al", "ultimo giorno di validità", "scadenza"),
    "examiners": ("examiner", "esaminatori", "esaminatore"),
    "trainers": ("trainer", "formatori", "formatore"),
    "decider": ("decision maker", "deliberante"),
    "decision": ("decision reference", "delibera", "decisione"),
    "exam": ("exam reference", "esame"),
    "application": ("application reference", "domanda"),
    "received": ("evidence received", "evidenze ricevute", "documenti ricevuti"),
    "reference": ("id", "riferimento", "matricola"),
}


@dataclass(frozen=True, slots=True)
class FileContext:
    """What a file is read for: the body, the edition, today's legal day, what a certificate can print.

    ``row_secret`` is the registry's own, for the rows' idempotency keys: they outlive an erasure, and tell whom they
    were about to nobody who has the database alone. ``received`` are kinds of evidence that every row's application
    holds, beside those that the row names.
    """

    body: str
    edition: Edition
    today: date
    check_name: CheckName
    row_secret: bytes = field(repr=False)
    unaccredited: bool = False
    received: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout(Generic[B]):
    """What a kind of file looks like: its columns with their other names, those that must be there and filled.

    ``command`` makes a row's command, with the idempotency key of a person, a profile and a decision; ``scope`` keeps
    the keys of one kind of file apart from another's.
    """

    columns: Mapping[str, Sequence[str]]
    required: Sequence[str]
    command: Callable[[Cells, FileContext, Key], B]
    scope: tuple[str, ...] = ()

    @property
    def names(self) -> Mapping[str, str]:
        """The columns by every name that a header may give them."""
        return {normalise_header(alias): name for name, also in self.columns.items() for alias in (name, *also)}


@dataclass(frozen=True, slots=True)
class PeopleFile(Generic[B]):
    """A file's commands by line, in its order, and everything that is wrong with it."""

    table: Table
    columns: Mapping[str, int]
    commands: Mapping[int, B] = field(repr=False)
    problems: tuple[CellProblem, ...]

    def refusal(self, line: int, column: str, reason: str) -> CellProblem:
        """A problem with a row that a rule refuses, at its cell in that column where the file has such a column."""
        place = self.columns.get(column)
        if place is None:
            return CellProblem(line, "", "", reason)
        rows = self.table.rows
        value = rows[bisect_left(rows, line, key=lambda row: row.line)].cells[place]
        return cell_problem(line, self.table.header[place], value, f"is refused: {reason}" if value else reason)


def parse_people(data: bytes, context: FileContext) -> PeopleFile[GrantCertification]:
    """Read a file of people to certify; nothing raises, everything that is wrong is in ``problems``."""
    return parse_file(data, context, _GRANTS)


def parse_file(data: bytes, context: FileContext, layout: Layout[B]) -> PeopleFile[B]:
    """Read a file of people laid out like that; nothing raises, everything that is wrong is in ``problems``."""
    table = parse_table(data, layout.names)
    columns, problems = _columns(table, layout)
    if table.problems or problems:
        return PeopleFile(table, columns, {}, (*table.problems, *problems))
    digest = sha256(data).hexdigest()
    reader = _Reader(context, layout, table, columns, digest)
    commands: dict[int, B] = {}
    for row in table.rows:
        command = reader.command(row)
        if command is not None:
            commands[row.line] = command
    return PeopleFile(table, columns, commands, tuple(reader.problems))


def format_errors(people: PeopleFile[B], problems: Sequence[CellProblem]) -> bytes:
    """The rows that have problems, as they were written, each with its reasons in a further column."""
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        reasons.setdefault(problem.line, []).append(
            f"{problem.column}: {problem.reason}" if problem.column else problem.reason
        )
    table = people.table
    rows = [[*row.cells, "; ".join(reasons[row.line])] for row in table.rows if row.line in reasons]
    return format_table([*table.header, "problems"], rows, table.delimiter)


def _columns(table: Table, layout: Layout[B]) -> tuple[dict[str, int], list[CellProblem]]:
    columns: dict[str, int] = {}
    problems: list[CellProblem] = []
    line, names = table.header_line, layout.names
    for place, written in enumerate(table.header):
        name = names.get(normalise_header(written))
        if name is None:
            problems.append(
                cell_problem(
                    line, written, "", f"is no column of this format; the columns are {', '.join(layout.columns)}"
                )
            )
        elif name in columns:
            problems.append(cell_problem(line, written, "", f"stands twice, for {name}"))
        else:
            columns[name] = place
    if table.header:
        missing = [name for name in layout.required if name not in columns]
        problems += [cell_problem(line, name, "", "is missing: the file has no such column") for name in missing]
    return columns, problems


class _Reader(Generic[B]):
    """Reads the rows of one file; knows those before, so that none stands twice."""

    def __init__(
        self, context: FileContext, layout: Layout[B], table: Table, columns: Mapping[str, int], digest: str
    ) -> None:
        self.problems: list[CellProblem] = []
        self._context = context
        self._layout = layout
        self._table = table
        self._columns = columns
        self._digest = digest
        self._granted: dict[tuple[object, ...], int] = {}
        self._persons: dict[str, tuple[tuple[object, ...], int]] = {}

    def command(self, row: Row) -> B | None:
        """The row's command, None where something is wrong with it."""
        before = len(self.problems)
        header = self._table.header
        if len(row.cells) != len(header):
            reason = f"the row has {len(row.cells)} cells, the header has {len(header)}: is a delimiter inside a value?"
            self.problems.append(CellProblem(row.line, "", "", reason))
            return None
        cells = Cells(row, header, self._columns, self.problems, self._layout.required)
        command = self._layout.command(cells, self._context, partial(self._key, row.line))
        if len(self.problems) == before:
            self._check_repeated(row.line, command, cells)
        return command if len(self.problems) == before else None

    def _key(self, line: int, person: Person, profile: str, decision: str) -> str:
        # Without a reference only the very same file is known again: a key made of the person would outlive erasure.
        parts = (person.reference, profile, decision) if person.reference else (self._digest, line)
        scoped = (self._context.edition.slug, *self._layout.scope, *parts)
        return hmac.digest(self._context.row_secret, "\n".join(map(str, scoped)).encode(), "sha256").hex()

    def _check_repeated(self, line: int, command: Begun, cells: Cells) -> None:
        person = command.person
        identity = (person.name.casefold(), person.birth_date, (person.birth_place or "").casefold())
        known, first = self._persons.setdefault(person.reference or "", (identity, line))
        if person.reference and known != identity:
            cells.note("reference", f"is another person's, on line {first}")
        before = self._granted.setdefault((person.reference or identity, command.profile), line)
        if before != line:
            cells.note(
                "reference" if person.reference else "name", f"stands on line {before} already, for the same profile"
            )


def read_person(cells: Cells, context: FileContext) -> Person:
    """Whom a row is about."""
    return Person(
        cells.name(context.check_name),
        cells.birth_date(context.today),
        cells.text("birth_place") or None,
        cells.text("reference") or None,
    )


def _grant(cells: Cells, context: FileContext, key: Key) -> GrantCertification:
    person = read_person(cells, context)
    profile = cells.profile(context.edition)
    case = Case(cells.text("decider"), cells.people("examiners"), cells.people("trainers"))
    decision = cells.text("decision")
    return GrantCertification(
        context.body,
        context.edition.slug,
        profile,
        person,
        case,
        cells.text("exam"),
        Basis(decision, cells.day("effective_on"), key(person, profile, decision)),
        cells.day("valid_until"),
        context.unaccredited,
        cells.text("application") or None,
        (*context.received, *(k for k in cells.kinds("received") if k not in context.received)),
    )


_GRANTS: Final = Layout(_COLUMNS, ("name", "profile", "examiners", "decider", "decision", "exam"), _grant)
