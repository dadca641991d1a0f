"""Files as people hand them in, made by other libraries than those that read them."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import typst

from tests.verifier.paper import symbol
from verifier.errors import FormatError
from verifier.inputs import Input
from verifier.intake.files import read_files
from verifier.intake.reader import SECONDS
from verifier.number import format_number
from verifier.presented import Presented

NUMBERS: Final = tuple(format_number(7_777_777_777_777 * place) for place in range(1, 10))
LINK: Final = f"https://registry.example/V/{NUMBERS[0]}#" + "MZXW6YTBOI2KCEKA" * 20
OTHER: Final = f"https://other.example/V/{NUMBERS[1]}#" + "NBSWY3DPEB3W64TM" * 20


def read(*contents: bytes, seconds: float = SECONDS) -> list[Input]:
    """What the files come to."""
    return list(read_files(((f"file {place}", content) for place, content in enumerate(contents)), seconds))


def numbers(inputs: Sequence[Input]) -> list[str | None]:
    """What each input is the number of; None where it says why there is none."""
    return [one.presented.number if isinstance(one.presented, Presented) else None for one in inputs]


def why(inputs: Sequence[Input]) -> str:
    """Why there is nothing to check in the only input."""
    (one,) = inputs
    assert isinstance(one.presented, FormatError)
    return str(one.presented)


def zipped(files: Mapping[str, bytes], compression: int = ZIP_DEFLATED) -> bytes:
    """The files as a ZIP file."""
    content = BytesIO()
    with ZipFile(content, "w", compression) as archive:
        for name, file in files.items():
            archive.writestr(name, file)
    return content.getvalue()


def workbook(*sheets: Sequence[Sequence[object]]) -> bytes:
    """The rows of each sheet as a spreadsheet."""
    book, content = openpyxl.Workbook(), BytesIO()
    book.remove(book.active)
    for place, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Foglio{place + 1}")
        for row in rows:
            sheet.append(list(row))
    book.save(content)
    return content.getvalue()


def typeset(source: str, files: Mapping[str, bytes] | None = None) -> bytes:
    """A PDF file made by typst of its source and the files that it names."""
    with TemporaryDirectory() as folder:
        for name, content in {"main.typ": source.encode(), **(files or {})}.items():
            (Path(folder) / name).write_bytes(content)
        written: bytes = typst.compile(Path(folder) / "main.typ", root=folder, format="pdf")
    return written


def drawn(contents: bytes, box: str = "0 0 595 842", more: str = "", objects: Sequence[bytes] = ()) -> bytes:
    """A PDF file of one page with a certificate's code and these contents, which may call a font F.

    ``more`` goes into the page, ``objects`` behind it, the first of them as 7.
    """
    code = symbol(LINK)
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R{more}"
        "/Resources<</Font<</F 5 0 R>>/XObject<</Q 6 0 R>>>>>>".encode(),
        stream(b"q 150 0 0 150 50 50 cm /Q Do Q\n" + contents),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        stream(
            code.tobytes(),
            f"/Type/XObject/Subtype/Image/Width {code.width}/Height {code.height}"
            "/ColorSpace/DeviceGray/BitsPerComponent 8",
        ),
        *objects,
    )


def stream(contents: bytes, more: str = "") -> bytes:
    """A PDF file's stream with these contents."""
    compressed = zlib.compress(contents)
    head = f"<</Length {len(compressed)}/Filter/FlateDecode{more}>>".encode()
    return head + b"stream\n" + compressed + b"\nendstream"


def pdf_of(*objects: bytes) -> bytes:
    """A PDF file of these objects, numbered from 1; the first is its root."""
    content, places = b"%PDF-1.7\n", []
    for number, written in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\n" % (size, table, size)
    return content + head + b"startxref\n%d\n%%%%EOF\n" % len(content)


def empty_png(width: int, height: int) -> bytes:
    """A PNG picture that says it has so many pixels, and holds none."""
    header = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    written = (
        struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)
