"""Tables that other people's spreadsheets write: bytes become rows, each with its line, or problems.

UTF-8 with or without a byte order mark, or Windows-1252; commas, semicolons or tabs. A file that is half of one
encoding and half of another is refused, since a wrong guess would change people's names.
"""

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_ROWS: Final = 100_000
DELIMITERS: Final = (",", ";", "\t")
# What makes a spreadsheet compute a cell instead of showing it (OWASP, CSV injection).
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_SHOWN: Final = 40
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, order=True)
class CellProblem:
    """One thing to mend: the line (from 1), the column as the file names it, the value (shortened), the reason."""

    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        place = f"line {self.line}" + (f", column {self.column!r}" if self.column else "")
        return f"{place}: {self.value!r} {self.reason}" if self.value else f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row as written, from the line where it begins."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows with its header and its delimiter, and what is wrong with the file as a whole."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str
    problems: tuple[CellProblem, ...] = ()
    header_line: int = 1


def cell_problem(line: int, column: str, value: str, reason: str) -> CellProblem:
    """A problem with its value shortened and made printable."""
    shown = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    return CellProblem(line, column, "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown), reason)


def parse_table(data: bytes, known: Collection[str]) -> Table:
    """Read a table; the delimiter is the one with which the first line names most of the ``known`` columns."""
    decoded = _decode(data)
    if isinstance(decoded, CellProblem):
        return Table((), (), ",", (decoded,))
    delimiter = max(DELIMITERS, key=lambda mark: _known_columns(decoded, mark, known))
    rows, problems = _rows(decoded, delimiter)
    if not rows:
        return Table((), (), delimiter, (*problems, CellProblem(1, "", "", "the file is empty")))
    header, *body = rows
    if not body and not problems:
        problems = [CellProblem(header.line, "", "", "the file has a header and no row")]
    return Table(header.cells, tuple(body), delimiter, tuple(problems), header.line)


def format_table(header: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str) -> bytes:
    """Write a table for a spreadsheet, in UTF-8 with a byte order mark; what would be a formula becomes a text."""
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows([[f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell for cell in row] for row in rows])
    return _BOM + text.getvalue().encode()


def normalise_header(name: str) -> str:
    """A column's name without case, underscores and spaces around it."""
    return " ".join(name.replace("_", " ").replace("-", " ").casefold().split())


def _decode(data: bytes) -> str | CellProblem:
    if len(data) > MAX_BYTES:
        return CellProblem(1, "", "", f"the file is over the limit of {MAX_BYTES // 1024**2} MiB")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return CellProblem(1, "", "", "the file is a spreadsheet's own: save it as CSV (UTF-8)")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        return CellProblem(1, "", "", "the file is UTF-16 or no text: save it as CSV (UTF-8)")
    try:
        return data.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError:
        return _decode_windows(data)


def _decode_windows(data: bytes) -> str | CellProblem:
    # Text of Windows-1252 is hardly ever valid UTF-8: where one line is and another is not, the file is broken.
    lines = [(number, line) for number, line in enumerate(data.split(b"\n"), start=1) if not line.isascii()]
    broken = [number for number, line in lines if not _is_utf8(line)]
    if len(broken) < len(lines) or data.startswith(_BOM):
        return CellProblem(broken[0], "", "", "the line is not UTF-8, though the rest of the file is")
    for number, line in lines:
        if not _is_windows(line):
            return CellProblem(number, "", "", "the line is neither UTF-8 nor Windows-1252")
    return data.decode("cp1252")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_windows(line: bytes) -> bool:
    try:
        line.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return True


def _known_columns(text: str, delimiter: str, known: Collection[str]) -> int:
    first = text.lstrip("\r\n").partition("\n")[0]
    return sum(normalise_header(name.strip(' "\r')) in known for name in first.split(delimiter))


def _rows(text: str, delimiter: str) -> tuple[list[Row], list[CellProblem]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(line, tuple(cells)))
            line = reader.line_num + 1
            if len(rows) > MAX_ROWS + 1:
                return rows[:1], [CellProblem(line - 1, "", "", f"the file has more than {MAX_ROWS:,} rows")]
    except csv.Error as error:
        return rows[:1], [CellProblem(line, "", "", f"the row is not CSV: {error}")]
    return rows, []
