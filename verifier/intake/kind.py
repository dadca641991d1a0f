"""What kind of file some bytes are, told by the bytes and not by a name."""

from enum import Enum
from typing import Final

from verifier.errors import FormatError

_PDF: Final = b"%PDF-"
_PDF_WITHIN: Final = 1024
_SHOWN_WITHIN: Final = 4096
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
_SCRIPTED: Final = (b"<svg", b"<html", b"<!doctype html")
_REFUSED: Final = {
    b"\xd0\xcf\x11\xe0": "an old or locked Office file is not read: save it as XLSX, CSV or PDF, without a password",
    b"Rar!": "a RAR file is not read: pack it as ZIP",
    b"7z\xbc\xaf": "a 7z file is not read: pack it as ZIP",
    b"\x1f\x8b": "a GZIP file is not read: unpack it, or pack it as ZIP",
}


class Kind(Enum):
    """The kinds of files that are read."""

    PDF = "pdf"
    PICTURE = "picture"
    ZIP = "zip"
    BUNDLE = "bundle"
    TEXT = "text"


def kind_of(content: bytes) -> Kind:
    """The kind of a file; a spreadsheet (XLSX) is a ZIP file until it is opened, a list (CSV) is a text.

    Raises:
        FormatError: a kind that is not read, with what to do instead.
    """
    if not content:
        raise FormatError("the file is empty")
    _check_readable(content)
    # A ZIP file that packs a PDF file without making it smaller has that one's mark near its beginning, too.
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.ZIP
    # Anything may stand before a PDF file's mark (PDF 1.7, annex H.3).
    picture = content.startswith(_PICTURES) or _is_webp(content) or _is_bmp(content)
    if _PDF in content[:_PDF_WITHIN]:
        if picture:
            raise FormatError("a picture that is a PDF file as well is not read: one program shows this, another that")
        return Kind.PDF
    if picture:
        return Kind.PICTURE
    return Kind.BUNDLE if content.lstrip()[:1] == b"{" else Kind.TEXT


def _check_readable(content: bytes) -> None:
    if content[4:8] == b"ftyp":
        raise FormatError("a HEIC picture or a video is not read: save the picture as JPEG")
    for mark, why in _REFUSED.items():
        if content.startswith(mark):
            raise FormatError(why)
    start = content[:_SHOWN_WITHIN].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_SCRIPTED) or (start.startswith((b"<?xml", b"<!")) and b"<svg" in start):
        raise FormatError("an SVG or HTML file is not read, as it may hold a program: save it as PDF or PNG")


def _is_webp(content: bytes) -> bool:
    return content.startswith(b"RIFF") and content[8:12] == b"WEBP"


def _is_bmp(content: bytes) -> bool:
    """Two letters are too little of a mark; the size of its second header is the rest."""
    return content.startswith(b"BM") and content[14:18] in {b"\x0c\0\0\0", b"\x28\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0"}
