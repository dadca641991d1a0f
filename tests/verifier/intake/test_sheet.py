"""Spreadsheets are read as lists are."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import load_workbook

from tests.verifier.intake.files import LINK, NUMBERS, numbers, read, why, workbook, zipped
from verifier.number import format_number

ONE, TWO = NUMBERS[:2]


def test_the_lines_of_the_first_sheet_with_numbers_are_read() -> None:
    content = workbook(
        [["Istruzioni"], ["Compilare il secondo foglio"]],
        [["Elenco"], [], ["Impresa", "Numero certificato", "Quota"], ["Alfa", ONE, 0.5], [], ["Beta", "?", 2]],
        [["Numero"], [TWO]],
    )

    inputs = read(content)

    assert numbers(inputs) == [ONE, None, None]
    assert [(one.place, one.bidder) for one in inputs[:2]] == [("file 0, line 4", "Alfa"), ("file 0, line 6", "Beta")]
    assert str(inputs[2].presented).startswith("other sheets of it hold numbers, too")


def test_a_sheet_that_is_hidden_is_read_after_those_that_are_seen() -> None:
    book, content = load_workbook(BytesIO(workbook([["Numero"], [ONE]], [["Numero"], [TWO]]))), BytesIO()
    book.worksheets[0].sheet_state = "hidden"
    book.active = 1
    book.save(content)

    assert numbers(read(content.getvalue())) == [TWO, None]


def test_a_number_of_digits_alone_is_read_though_it_was_stored_as_a_number() -> None:
    digits = next(filter(str.isdigit, (format_number(_value(f"7{place:011}")) for place in range(1000))))

    assert numbers(read(workbook([["Numero"], [int(digits)], [float(digits)]]))) == [digits, digits]


def _value(symbols: str) -> int:
    """The bits of symbols that are digits."""
    return sum(int(symbol) << 5 * place for place, symbol in enumerate(reversed(symbols)))


def test_a_link_in_a_cell_is_read() -> None:
    assert numbers(read(workbook([["Link"], [LINK]]))) == [ONE]


def test_a_formula_is_worth_what_was_saved_with_it_and_is_never_computed() -> None:
    content = workbook([["Impresa", "Numero"], ["Alfa", ONE], ["Beta", f'=CONCATENATE("{TWO}","")']])

    inputs = read(content)

    assert numbers(inputs) == [ONE, None]
    assert str(inputs[1].presented) == "the line has no number"


def changed(content: bytes, name: str, file: bytes) -> bytes:
    """The spreadsheet with other bytes in one of its files."""
    with ZipFile(BytesIO(content)) as archive:
        files = {entry: archive.read(entry) for entry in archive.namelist()}
    return zipped({**files, name: file}, ZIP_DEFLATED)


SHEET = workbook([["Numero"], [ONE]])
LAUGHS = b"<!DOCTYPE x [<!ENTITY a '%s'>%s]>" % (
    b"ha" * 50,
    b"".join(b"<!ENTITY %c '%s'>" % (98 + place, b"&%c;" % (97 + place) * 50) for place in range(8)),
)
BAD = {
    "no numbers": (
        workbook([["a", "b"], [1, 2]]),
        "no sheet of the spreadsheet holds a column of certificates' numbers",
    ),
    "nothing": (workbook([[]]), "no sheet of the spreadsheet holds a column"),
    "no workbook in it": (zipped({"xl/workbook.xml": b"<a/>"}), "the spreadsheet cannot be read: it is damaged"),
    "broken XML": (
        changed(SHEET, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"),
        "it cannot be read: it is damaged",
    ),
    "a billion laughs": (
        changed(SHEET, "xl/worksheets/sheet1.xml", LAUGHS + b"<worksheet>&i;</worksheet>"),
        "",
    ),
    "another file that it names": (
        changed(
            SHEET,
            "xl/worksheets/sheet1.xml",
            b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><worksheet>&a;</worksheet>",
        ),
        "",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_spreadsheet_that_is_not_read_says_why(name: str) -> None:
    content, sentence = BAD[name]

    said = why(read(content))

    assert said.startswith(sentence)
    assert "root:" not in said


def test_a_spreadsheet_that_fills_the_memory_ends_that_file_only() -> None:
    cells = b"<worksheet><sheetData><row>" + b"<c/>" * 50_000_000 + b"</row></sheetData></worksheet>"

    inputs = read(changed(SHEET, "xl/worksheets/sheet1.xml", cells), SHEET, seconds=6)

    assert numbers(inputs) == [None, ONE]
