"""The process that opens a stranger's pack: it is limited first, then does the one thing that it is asked for.

A few octets of a PDF file may unpack to any number, and a page may be of any size. So whatever has to look into the
file runs where it ends this process and nothing else. Asked is a line of JSON with the file behind it; the answer is a
plus sign and what was found, or else why there is nothing: after a tilde, as the file was altered; after an exclamation
mark, as it cannot be read.
"""

import ctypes
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pypdfium2
from pypdfium2 import raw

from verifier.child import confine
from verifier.encoding import Json, format_json, parse_base64, parse_instant, parse_json
from verifier.errors import AlteredError, FormatError
from verifier.pack.content import MAX_CONTENT_BYTES
from verifier.seal import format_seal, read_seals

NAME: Final = "pack.json"
_FOUND: Final = b"+"
_ALTERED: Final = b"~"
_UNREADABLE: Final = b"!"
# The largest file, and what is attached to it several times over.
_MAX_MEMORY: Final = 1024**3
# 36 dots to the inch: a word that was changed is seen, and a thousand pages are drawn in seconds.
_SCALE: Final = 0.5
# Of 36 dots to the inch: A3 twice over. Ours are A4.
_MAX_SIDE: Final = 2400


def main() -> None:
    """Do what standard input asks for; standard output gets a mark and what came of it."""
    warnings.simplefilter("ignore")
    head = parse_json(sys.stdin.buffer.readline())
    confine(_MAX_MEMORY, _whole(head["seconds"]))
    said = _answer(head, sys.stdin.buffer.read())
    sys.stdout.buffer.write(said)


def _answer(head: dict[str, Json], data: bytes) -> bytes:
    try:
        match head["wanted"]:
            case "content":
                return _FOUND + _content(data)
            case "pages":
                return _FOUND + (b"true" if _same_pages(data[: _whole(head["length"])], data) else b"false")
            case _:
                return _FOUND + _seals(head, data)
    except AlteredError as error:
        return _ALTERED + str(error).encode()
    except FormatError as error:
        return _UNREADABLE + str(error).encode()
    except pypdfium2.PdfiumError:
        return _UNREADABLE + b"the pack's PDF file cannot be read"


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _content(data: bytes) -> bytes:
    with _opened(data) as pdf:
        if pdf.count_attachments() != 1:
            raise AlteredError("the pack has not exactly one attachment")
        attachment = pdf.get_attachment(0)
        if attachment.get_name() != NAME:
            raise AlteredError(f"the pack's attachment is not called {NAME}")
        size = ctypes.c_ulong()
        raw.FPDFAttachment_GetFile(attachment, None, 0, size)
        if size.value > MAX_CONTENT_BYTES:
            raise FormatError(f"the pack's attachment is over the limit of {MAX_CONTENT_BYTES:,} bytes")
        return bytes(attachment.get_data())


def _same_pages(document: bytes, longer: bytes) -> bool:
    """Whether a document shows the same pages as one that something was appended to."""
    with _opened(document) as made, _opened(longer) as shown:
        if len(made) != len(shown):
            return False
        return all(_picture(made, number) == _picture(shown, number) for number in range(len(made)))


def _seals(head: dict[str, Json], data: bytes) -> bytes:
    roots = head["roots"]
    trusted = [parse_base64(str(root)) for root in roots] if isinstance(roots, list) else []
    found = read_seals(data, trusted, parse_instant(str(head["at"])))
    return format_json({"seals": [format_seal(seal) for seal in found]})


@contextmanager
def _opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD:
            raise FormatError("the pack is locked by a password, which no pack is") from error
        raise FormatError("the pack is no PDF file that can be read") from error
    try:
        yield pdf
    finally:
        pdf.close()


def _picture(pdf: pypdfium2.PdfDocument, number: int) -> tuple[object, ...]:
    """A page as a reader sees it, small: its size, its text and its picture."""
    page = pdf[number]
    try:
        if max(page.get_size()) * _SCALE > _MAX_SIDE:
            raise FormatError(f"page {number + 1} of the pack is larger than any of a pack")
        text, bitmap = page.get_textpage(), page.render(scale=_SCALE)
        shown = (page.get_size(), text.get_text_bounded(), bytes(bitmap.buffer))
        text.close()
        bitmap.close()
        return shown
    finally:
        page.close()
