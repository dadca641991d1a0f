"""Spreadsheets (XLSX): the first sheet that holds numbers, rather one that is seen; of others it is said."""

from collections.abc import Iterator
from io import BytesIO
from typing import Final
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from verifier.errors import FormatError
from verifier.intake.table import MAX_COLUMNS, MAX_ROWS, Line, Row, find_rows

_MAX_SHEETS: Final = 16
_SEEN: Final = "visible"
# Rows that are looked through, also where most of them are empty.
_MAX_LINES: Final = 20_000
_MORE: Final = 100


def read_sheet(content: bytes) -> tuple[tuple[Row, ...], bool]:
    """The rows of the first sheet that has a column of numbers, and whether another one has, too.

    Sheets that are hidden come last. Of a formula it is the value that was saved with it.

    Raises:
        FormatError: it cannot be read, or no sheet has numbers.
    """
    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise FormatError("the spreadsheet cannot be read: it is damaged") from error
    sheets = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != _SEEN)
    tables = filter(None, (_rows(sheet) for sheet in sheets[:_MAX_SHEETS]))
    rows = next(tables, None)
    if rows is None:
        raise FormatError("no sheet of the spreadsheet holds a column of certificates' numbers")
    return rows, next(tables, None) is not None


def _rows(sheet: ReadOnlyWorksheet) -> tuple[Row, ...]:
    """The rows of a sheet; of one without a column of numbers, none."""
    try:
        return tuple(find_rows(list(_lines(sheet))))
    except FormatError:
        return ()


def _lines(sheet: ReadOnlyWorksheet) -> Iterator[Line]:
    filled = 0
    rows = sheet.iter_rows(max_row=_MAX_LINES, max_col=MAX_COLUMNS, values_only=True)
    for place, values in enumerate(rows, start=1):
        cells = ["" if value is None else _text(value) for value in values]
        if any(cells):
            filled += 1
            yield place, cells
        if filled > MAX_ROWS + _MORE:
            return


def _text(value: object) -> str:
    """A cell as it was typed: a number of digits alone was stored as a number."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
