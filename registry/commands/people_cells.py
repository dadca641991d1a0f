"""One row of a file of people: its cells by column, each parsed, each problem noted with line, column and value."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Final
from unicodedata import normalize

from registry.commands.csv_table import FORMULA_STARTS, CellProblem, Row, cell_problem
from registry.domain.edition import Edition
from verifier.certificate import MAX_NAME_CHARACTERS
from verifier.errors import AttestoError

CheckName = Callable[[str], None]
MAX_TEXT: Final = 120
MAX_REASON: Final = 500
MAX_PEOPLE: Final = 12
_ITALIAN_DAY: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_ISO_DAY: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_FIRST_BIRTH: Final = date(1850, 1, 1)


class Cells:
    """The cells of one row by column; what is wrong with one is noted."""

    def __init__(
        self,
        row: Row,
        header: Sequence[str],
        columns: Mapping[str, int],
        problems: list[CellProblem],
        required: Collection[str],
    ) -> None:
        """Read ``row``, in which the columns of ``required`` must not be empty."""
        self._row = row
        self._header = header
        self._columns = columns
        self._problems = problems
        self._required = required

    def note(self, name: str, reason: str) -> None:
        """Note a problem with the cell of a column."""
        place = self._columns[name]
        self._problems.append(cell_problem(self._row.line, self._header[place], self._row.cells[place], reason))

    def text(self, name: str, longest: int = MAX_TEXT) -> str:
        """The cell as one line in normal form C; empty where the column is missing."""
        if name not in self._columns:
            return ""
        raw = self._row.cells[self._columns[name]]
        text = " ".join(normalize("NFC", raw).split())
        if reason := _fault(raw, text, longest, required=name in self._required):
            self.note(name, reason)
            return ""
        return text

    def name(self, check_name: CheckName) -> str:
        """The person's name, which a certificate must be able to show."""
        name = self.text("name", MAX_NAME_CHARACTERS)
        if name:
            try:
                check_name(name)
            except AttestoError as error:
                self.note("name", f"cannot be printed: {error}")
        return name

    def people(self, name: str) -> tuple[str, ...]:
        """The pseudonymous ids in a cell."""
        people = self.kinds(name)
        if len(people) > MAX_PEOPLE:
            self.note(name, f"names more than {MAX_PEOPLE}")
        return people

    def kinds(self, name: str) -> tuple[str, ...]:
        """The slugs or ids in a cell, without a space inside."""
        return tuple(re.split(r"[\s,;|]+", text)) if (text := self.text(name)) else ()

    def day(self, name: str) -> date | None:
        """The legal day in a cell, None where it is empty."""
        text = self.text(name)
        if not text:
            return None
        try:
            return _parse_day(text)
        except ValueError:
            self.note(name, "is no day like 24/11/2026 or 2026-11-24")
            return None

    def birth_date(self, today: date) -> date | None:
        """The day of birth, which was."""
        born = self.day("birth_date")
        if born is not None and not _FIRST_BIRTH <= born <= today:
            self.note("birth_date", f"is no day of birth between {_FIRST_BIRTH.year} and today")
        return born

    def profile(self, edition: Edition) -> str:
        """The slug of the profile that a cell names by slug or title."""
        text = self.text("profile")
        titles = {title.casefold(): p.slug for p in edition.profiles.values() for title in (p.slug, *p.title.values())}
        slug = titles.get(text.casefold(), "")
        if text and not slug:
            self.note("profile", f"is no profile of {edition.slug}; there are {', '.join(edition.profiles)}")
        return slug


def _fault(raw: str, text: str, longest: int, *, required: bool) -> str:
    """What is wrong with a cell as a text, if anything."""
    if raw.startswith(FORMULA_STARTS):
        return "begins like a spreadsheet's formula"
    if len(text) > longest:
        return f"has {len(text)} characters, at most {longest} are possible"
    if not text.replace("\u200c", "").replace("\u200d", "").isprintable():
        return "has characters that cannot be printed"
    return "is empty" if required and not text else ""


def _parse_day(text: str) -> date:
    """The day that a text names, day first or ISO 8601; raises ValueError."""
    if italian := _ITALIAN_DAY.fullmatch(text):
        day, month, year = map(int, italian.groups())
        return date(year, month, day)
    if iso := _ISO_DAY.fullmatch(text):
        return date(*map(int, iso.groups()))
    raise ValueError(text)
