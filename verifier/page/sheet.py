"""The table of a batch as a spreadsheet, written from the rows that the browser holds; nothing in it is a formula."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Final

from flask_babel import gettext, lazy_gettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from verifier.encoding import Json, parse_json
from verifier.page.problem import RefusedError
from verifier.page.words import Text

MAX_ROWS: Final = 5000
MAX_SHEET_OCTETS: Final = 12 * 1024 * 1024
MAX_CELL_CHARACTERS: Final = 2000
MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

COLUMNS: Final[Mapping[str, Text]] = {
    "source": lazy_gettext("Handed in"),
    "page": lazy_gettext("Page"),
    "line": lazy_gettext("Line"),
    "bidder": lazy_gettext("Bidder"),
    "number": lazy_gettext("Number"),
    "person": lazy_gettext("Name"),
    "title": lazy_gettext("Answer"),
    "text": lazy_gettext("What it means"),
    "requirement": lazy_gettext("Requirement"),
    "profile_title": lazy_gettext("Profile"),
    "body_name": lazy_gettext("Certification body"),
    "edition": lazy_gettext("Scheme"),
    "granted_on": lazy_gettext("Granted on"),
    "valid_until": lazy_gettext("Last valid day"),
    "differing": lazy_gettext("Printed otherwise than recorded"),
    "reasons": lazy_gettext("Needs attention"),
}
_WIDE: Final = {
    "source": 28,
    "person": 26,
    "title": 40,
    "text": 50,
    "profile_title": 24,
    "body_name": 28,
    "reasons": 40,
}
Cells = Sequence[str | int]


def parse_rows(data: bytes) -> list[Cells]:
    """Read the rows that are to be written, each with every column by name.

    Raises:
        FormatError: not such rows.
    """
    match parse_json(data, MAX_SHEET_OCTETS):
        case {"rows": list(rows), **rest} if not rest and len(rows) <= MAX_ROWS:
            return [_cells(row) for row in rows]
    raise RefusedError(gettext("These are no rows of a table."))


def _cells(row: Json) -> Cells:
    if not isinstance(row, dict) or row.keys() != COLUMNS.keys():
        raise RefusedError(gettext("These are no rows of a table."))
    return [_cell(row[name]) for name in COLUMNS]


def _cell(value: Json) -> str | int:
    match value:
        case None:
            return ""
        case bool():
            pass
        case int():
            return value
        case str() if len(value) <= MAX_CELL_CHARACTERS:
            return str(ILLEGAL_CHARACTERS_RE.sub("", value))
    raise RefusedError(gettext("These are no rows of a table."))


def format_sheet(rows: Iterable[Cells]) -> bytes:
    """The rows as an Office Open XML spreadsheet, under headings in the language of the request."""
    book = Workbook(write_only=True)
    sheet: WriteOnlyWorksheet = book.create_sheet("Attesto")
    sheet.freeze_panes = "A2"
    for place, name in enumerate(COLUMNS):
        sheet.column_dimensions[chr(ord("A") + place)].width = _WIDE.get(name, 16)
    sheet.append([_text(sheet, str(title), heading=True) for title in COLUMNS.values()])
    for row in rows:
        sheet.append([_text(sheet, cell) if isinstance(cell, str) else cell for cell in row])
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _text(sheet: WriteOnlyWorksheet, text: str, *, heading: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    # A text that begins with "=" would become a formula.
    cell.data_type = "s"
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if heading:
        cell.font = Font(bold=True)
    return cell
