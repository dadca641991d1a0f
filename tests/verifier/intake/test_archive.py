"""ZIP files are unpacked within limits; each file in them counts for itself."""

import struct
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_LZMA, ZIP_STORED, ZipFile

import pytest

from tests.verifier.intake.files import LINK, NUMBERS, OTHER, drawn, numbers, read, why, workbook, zipped
from tests.verifier.paper import pdf, png, sheet, symbol
from verifier.intake.archive import harmless
from verifier.intake.files import read_files


def test_each_file_in_a_zip_file_is_read_under_its_name() -> None:
    content = zipped(
        {
            "Alfa/anna.pdf": pdf([sheet(LINK)]),
            "Alfa/": b"",
            "Beta/foto.png": png(symbol(OTHER)),
            "Beta/lista.csv": f"Impresa;Numero\nBeta;{NUMBERS[2]}\n".encode(),
            "lista.xlsx": workbook([["Numero"], [NUMBERS[3]]]),
            "numero.txt": NUMBERS[4].encode(),
            "__MACOSX/Alfa/._anna.pdf": b"\0\5\x16\7",
            "Beta/.DS_Store": b"\0\0\0\1Bud1",
        }
    )

    inputs = list(read_files([("offerta.zip", content)]))

    assert numbers(inputs) == list(NUMBERS[:5])
    assert [one.place for one in inputs] == [
        "offerta.zip/Alfa/anna.pdf, page 1",
        "offerta.zip/Beta/foto.png",
        "offerta.zip/Beta/lista.csv, line 2",
        "offerta.zip/lista.xlsx, line 2",
        "offerta.zip/numero.txt",
    ]


def test_a_zip_file_that_other_programs_show_as_a_pdf_file_is_not_read() -> None:
    shown, hidden = drawn(b""), {"numero.txt": NUMBERS[1].encode()}
    behind, passed_over = zipped(hidden) + shown, zipped({"__MACOSX/._x.pdf": shown} | hidden, ZIP_STORED)

    for content in (behind, passed_over):
        assert why(read(content)).startswith("a ZIP file that is a PDF file as well is not read")
    assert numbers(read(zipped({"x.pdf": shown} | hidden, ZIP_STORED))) == list(NUMBERS[:2])


def test_a_pdf_file_that_other_programs_open_as_a_zip_file_is_not_read() -> None:
    shown, hidden = drawn(b""), zipped({"numero.txt": NUMBERS[1].encode()})

    for content in (shown + hidden, shown + hidden + b"%%EOF\n"):
        assert why(read(content)).startswith("a PDF file that is a ZIP file as well is not read")
        assert why(read(zipped({"x.pdf": content}))).startswith("a PDF file that is a ZIP file as well is not read")
    for none in (zipped({}), b"PK\5\6", hidden[-22:]):
        assert numbers(read(shown + none)) == [NUMBERS[0]]


def test_one_bad_file_does_not_hide_the_others() -> None:
    content = zipped({"a.pdf": b"%PDF-1.7", "b.txt": b"", "c.svg": b"<svg onload='x'/>", "d.png": png(symbol(LINK))})

    inputs = read(content)

    assert numbers(inputs) == [None, None, None, NUMBERS[0]]
    assert [str(one.presented) for one in inputs[:3]] == [
        "the PDF file cannot be opened: it is damaged",
        "the file is empty",
        "an SVG or HTML file is not read, as it may hold a program: save it as PDF or PNG",
    ]


def test_a_zip_file_in_a_zip_file_stays_shut() -> None:
    inner = zipped({"a.txt": NUMBERS[0].encode()})

    assert why(read(zipped({"inner.zip": inner}))) == (
        "a ZIP file inside a ZIP file is not opened: hand it in by itself"
    )


def test_an_empty_zip_file_is_not_passed_over() -> None:
    assert why(read(zipped({}))) == "there is nothing in it to check"
    assert why(read(zipped({"folder/": b""}))) == "there is nothing in it to check"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\gara\\..\\a.pdf", "C:/gara/a.pdf"),
        ("anna\x1b[31m\u202efdp.exe", "anna\ufffd[31m\ufffdfdp.exe"),
        ("..", "?"),
        ("", "?"),
        ("Zoë Ñandú.pdf", "Zoë Ñandú.pdf"),
        ("x" * 500, "…" + "x" * 199),
    ],
)
def test_a_name_is_shown_so_that_it_does_nothing(name: str, shown: str) -> None:
    assert harmless(name) == shown


def encrypted() -> bytes:
    """A ZIP file whose contents page says that its file is locked."""
    content = bytearray(zipped({"a.txt": b"secret"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    return bytes(content)


def lying(size: int) -> bytes:
    """A ZIP file whose contents page says another size than its file has."""
    content = bytearray(zipped({"a.txt": b"7" * 5000}))
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, size)
    return bytes(content)


BAD = {
    "locked": (encrypted(), "it is locked by a password: pack it without one"),
    "packed in another way": (zipped({"a": b"1" * 999}, ZIP_LZMA), "it is packed in a way that is not read"),
    "packed in yet another way": (zipped({"a": b"1" * 999}, ZIP_BZIP2), "it is packed in a way that is not read"),
    "cut off": (zipped({"a": b"1" * 999})[:-30], "the ZIP file cannot be read: it is damaged"),
    "only a mark": (b"PK\x03\x04", "the ZIP file cannot be read: it is damaged"),
    "damaged inside": (
        zipped({"a.txt": b"1234567890"}, ZIP_STORED).replace(b"1234567890", b"1234567891"),
        "it cannot be unpacked: the ZIP file is damaged",
    ),
    "smaller than it is": (lying(100), "it cannot be unpacked: the ZIP file is damaged"),
    "a thousand times its size": (zipped({"a": bytes(30_000_000)}), "it unpacks to so many times its size"),
    "larger than a file may be": (zipped({"a": bytes(33_554_433)}), "unpacked, it is over the limit of 33,554,432"),
    "larger than all may be": (
        zipped({str(place): bytes(30_000_000) for place in range(9)}),
        "unpacked, the ZIP file is over the limit of 268,435,456 bytes",
    ),
    "more files than are read": (
        zipped({str(place): b"" for place in range(5_001)}),
        "the ZIP file holds 5,001 files, over the limit of 5,000",
    ),
    "a Word document": (zipped({"word/document.xml": b"<a/>"}), "a Word document is not read: save it as PDF"),
    "an OpenDocument file": (zipped({"mimetype": b"x"}), "an OpenDocument file or e-book is not read"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_zip_file_that_is_not_read_says_why(name: str) -> None:
    content, sentence = BAD[name]

    assert why(read(content)).startswith(sentence)


def test_files_that_share_their_bytes_are_read_within_the_limits_or_refused_one_by_one() -> None:
    """As in the bombs of D. Fifield (2019), all entries are of one compressed text; here they say what they hold.

    Pythons that were released since then refuse to open such an entry.
    """
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("0", NUMBERS[0])
        archive.filelist *= 20

    made = numbers(read(content.getvalue()))

    assert len(made) == 20
    assert set(made) <= {NUMBERS[0], None}
    assert NUMBERS[0] in made
