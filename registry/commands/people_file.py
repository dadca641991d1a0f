"""Files of people to certify: each row of a CSV becomes a grant, or a list of everything that is wrong with it.

    name,birth_date,birth_place,profile,effective_on,examiners,trainers,decider,decision,exam,received,reference
    Zoë D'Angelo,24/11/1990,Forlì,addetto,,ES-05,FO-05,DE-06,DEL-2026-0401,ESA-2026-001,domanda esperienza,AUR-0001

Headers are Italian or English. ``reference`` is the body's own id of the person: with it a row of a person, profile and
decision that was granted once is not granted again, whatever else the file holds by then.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Final

from registry.commands.csv_table import (
    CellProblem,
    Row,
    Table,
    cell_problem,
    format_table,
    normalise_header,
    parse_table,
)
from registry.commands.decisions import Basis, GrantCertification, Person
from registry.commands.people_cells import REQUIRED, Cells, CheckName
from registry.domain.decision import Case
from registry.domain.edition import Edition

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
_NAMES: Final = {normalise_header(alias): name for name, also in _COLUMNS.items() for alias in (name, *also)}


@dataclass(frozen=True, slots=True)
class FileContext:
    """What a file is read for: the body, the edition, today's legal day, what a certificate can print.

    ``received`` are kinds of evidence that every row's application holds, beside those that the row names.
    """

    body: str
    edition: Edition
    today: date
    check_name: CheckName
    unaccredited: bool = False
    received: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """A file's grants by line, in its order, and everything that is wrong with it."""

    table: Table
    columns: Mapping[str, int]
    grants: Mapping[int, GrantCertification] = field(repr=False)
    problems: tuple[CellProblem, ...]

    def refusal(self, line: int, column: str, reason: str) -> CellProblem:
        """A problem with a row that a rule refuses, at its cell in that column where the file has such a column."""
        place = self.columns.get(column)
        if place is None:
            return CellProblem(line, "", "", reason)
        rows = self.table.rows
        value = rows[bisect_left(rows, line, key=lambda row: row.line)].cells[place]
        return cell_problem(line, self.table.header[place], value, f"is refused: {reason}" if value else reason)


def parse_people(data: bytes, context: FileContext) -> PeopleFile:
    """Read a file of people; nothing raises, everything that is wrong is in ``problems``."""
    table = parse_table(data, _NAMES)
    columns, problems = _columns(table)
    if table.problems or problems:
        return PeopleFile(table, columns, {}, (*table.problems, *problems))
    digest = sha256(data).hexdigest()
    reader = _Reader(context, table, columns, digest)
    grants: dict[int, GrantCertification] = {}
    for row in table.rows:
        grant = reader.grant(row)
        if grant is not None:
            grants[row.line] = grant
    return PeopleFile(table, columns, grants, tuple(reader.problems))


def format_errors(people: PeopleFile, problems: Sequence[CellProblem]) -> bytes:
    """The rows that have problems, as they were written, each with its reasons in a further column."""
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        reasons.setdefault(problem.line, []).append(
            f"{problem.column}: {problem.reason}" if problem.column else problem.reason
        )
    table = people.table
    rows = [[*row.cells, "; ".join(reasons[row.line])] for row in table.rows if row.line in reasons]
    return format_table([*table.header, "problems"], rows, table.delimiter)


def _columns(table: Table) -> tuple[dict[str, int], list[CellProblem]]:
    columns: dict[str, int] = {}
    problems: list[CellProblem] = []
    line = table.header_line
    for place, written in enumerate(table.header):
        name = _NAMES.get(normalise_header(written))
        if name is None:
            problems.append(
                cell_problem(line, written, "", f"is no column of this format; the columns are {', '.join(_COLUMNS)}")
            )
        elif name in columns:
            problems.append(cell_problem(line, written, "", f"stands twice, for {name}"))
        else:
            columns[name] = place
    if table.header:
        missing = [name for name in REQUIRED if name not in columns]
        problems += [cell_problem(line, name, "", "is missing: the file has no such column") for name in missing]
    return columns, problems


class _Reader:
    """Reads the rows of one file; knows those before, so that none stands twice."""

    def __init__(self, context: FileContext, table: Table, columns: Mapping[str, int], digest: str) -> None:
        self.problems: list[CellProblem] = []
        self._context = context
        self._table = table
        self._columns = columns
        self._digest = digest
        self._granted: dict[tuple[object, ...], int] = {}
        self._persons: dict[str, tuple[tuple[object, ...], int]] = {}

    def grant(self, row: Row) -> GrantCertification | None:
        """The row's grant, None where something is wrong with it."""
        before = len(self.problems)
        header = self._table.header
        if len(row.cells) != len(header):
            reason = f"the row has {len(row.cells)} cells, the header has {len(header)}: is a delimiter inside a value?"
            self.problems.append(CellProblem(row.line, "", "", reason))
            return None
        cells = Cells(row, header, self._columns, self.problems)
        grant = self._grant(row, cells)
        if len(self.problems) == before:
            self._check_repeated(row.line, grant, cells)
        return grant if len(self.problems) == before else None

    def _grant(self, row: Row, cells: Cells) -> GrantCertification:
        person = Person(
            cells.name(self._context.check_name),
            cells.birth_date(self._context.today),
            cells.text("birth_place") or None,
            cells.text("reference") or None,
        )
        profile = cells.profile(self._context.edition)
        case = Case(cells.text("decider"), cells.people("examiners"), cells.people("trainers"))
        decision = cells.text("decision")
        return GrantCertification(
            self._context.body,
            self._context.edition.slug,
            profile,
            person,
            case,
            cells.text("exam"),
            Basis(decision, cells.day("effective_on"), self._key(row.line, person, profile, decision)),
            cells.day("valid_until"),
            self._context.unaccredited,
            cells.text("application") or None,
            (*self._context.received, *(k for k in cells.kinds("received") if k not in self._context.received)),
        )

    def _key(self, line: int, person: Person, profile: str, decision: str) -> str:
        # Without a reference only the very same file is known again: a key made of the person would outlive erasure.
        parts = (person.reference, profile, decision) if person.reference else (self._digest, line)
        return sha256("\n".join(map(str, (self._context.edition.slug, *parts))).encode()).hexdigest()

    def _check_repeated(self, line: int, grant: GrantCertification, cells: Cells) -> None:
        person = grant.person
        identity = (person.name.casefold(), person.birth_date, (person.birth_place or "").casefold())
        known, first = self._persons.setdefault(person.reference or "", (identity, line))
        if person.reference and known != identity:
            cells.note("reference", f"is another person's, on line {first}")
        before = self._granted.setdefault((person.reference or identity, grant.profile), line)
        if before != line:
            cells.note(
                "reference" if person.reference else "name", f"stands on line {before} already, for the same profile"
            )
