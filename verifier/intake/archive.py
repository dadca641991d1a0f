"""ZIP files: their entries, one after the other, within limits that no honest one meets."""

import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from verifier.errors import FormatError

MAX_ENTRIES: Final = 5_000
MAX_UNPACKED: Final = 256 * 1024 * 1024
MAX_ENTRY: Final = 32 * 1024 * 1024
# Deflate packs a thousand equal octets into one; no document is that even.
_MAX_RATIO: Final = 200
_EVEN_BELOW: Final = 1024 * 1024
_ENCRYPTED: Final = 0x1
_SPREADSHEET: Final = "xl/workbook.xml"
_OTHERS: Final = {
    "word/document.xml": "a Word document is not read: save it as PDF",
    "ppt/presentation.xml": "a presentation is not read: save it as PDF",
    "mimetype": "an OpenDocument file or e-book is not read: save it as PDF, XLSX or CSV",
}
_MAX_NAME: Final = 200
# Where a program that shows PDF files looks for their mark.
_PDF: Final = b"%PDF-"
_PDF_WITHIN: Final = 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a ZIP file: its place and name there, and its bytes or why they cannot be had."""

    place: int
    name: str
    content: bytes | FormatError


def open_archive(content: bytes) -> ZipFile:
    """The ZIP file, once its contents page keeps the limits.

    Raises:
        FormatError: it cannot be read, or holds more than is read.
    """
    try:
        archive = ZipFile(BytesIO(content))
    except (BadZipFile, NotImplementedError, ValueError) as error:
        raise FormatError("the ZIP file cannot be read: it is damaged") from error
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise FormatError(f"the ZIP file holds {len(entries):,} files, over the limit of {MAX_ENTRIES:,}")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise FormatError(f"unpacked, the ZIP file is over the limit of {MAX_UNPACKED:,} bytes")
    place = content.find(_PDF, 0, _PDF_WITHIN)
    if place >= 0 and not any(_holds(entry, place, content) for entry in entries if not _is_ignored(entry)):
        raise FormatError("a ZIP file that is a PDF file as well is not read: one program opens this, another that")
    return archive


def check_no_archive(content: bytes) -> None:
    """See that a PDF file is no ZIP file as well, as one is that a ZIP file was appended to.

    Raises:
        FormatError: programs that open ZIP files find files in it.
    """
    with suppress(BadZipFile, NotImplementedError, ValueError):
        if ZipFile(BytesIO(content)).infolist():
            raise FormatError("a PDF file that is a ZIP file as well is not read: one program shows this, another that")


def is_spreadsheet(archive: ZipFile) -> bool:
    """Whether it is an XLSX file, which is a ZIP file.

    Raises:
        FormatError: another kind of file that is one, and is not read.
    """
    names = set(archive.namelist())
    for name, why in _OTHERS.items():
        if name in names:
            raise FormatError(why)
    return _SPREADSHEET in names


def read_entries(archive: ZipFile, start: int) -> Iterator[Entry]:
    """The files from a place on; folders and what systems add for themselves are none."""
    for place, entry in enumerate(archive.infolist()):
        if place >= start and not _is_ignored(entry):
            yield Entry(place, harmless(entry.filename), _content(archive, entry))


def harmless(name: str) -> str:
    """A stranger's name of a file, to be shown: without steps upwards, controls, and what turns a text round."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", ".", ".."}]
    shown = (
        "?"
        if not parts
        else "".join("\ufffd" if unicodedata.category(letter)[0] == "C" else letter for letter in "/".join(parts))
    )
    return shown if len(shown) <= _MAX_NAME else f"…{shown[1 - _MAX_NAME :]}"


def is_system_file(name: str) -> bool:
    """Whether a system keeps a file of that name in folders for itself."""
    return name in {".DS_Store", "Thumbs.db", "desktop.ini"} or name.startswith("._")


def _is_ignored(entry: ZipInfo) -> bool:
    parts = entry.filename.split("/")
    return entry.is_dir() or parts[0] == "__MACOSX" or is_system_file(parts[-1])


def _holds(entry: ZipInfo, place: int, content: bytes) -> bool:
    """Whether the octets of an entry, as they are packed, are at that place (APPNOTE 4.3.7)."""
    lengths = content[entry.header_offset + 26 : entry.header_offset + 30]
    start = entry.header_offset + 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
    return start <= place < start + entry.compress_size


def _content(archive: ZipFile, entry: ZipInfo) -> bytes | FormatError:
    if entry.flag_bits & _ENCRYPTED:
        return FormatError("it is locked by a password: pack it without one")
    if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        return FormatError("it is packed in a way that is not read: pack it as an ordinary ZIP file")
    if entry.file_size > MAX_ENTRY:
        return FormatError(f"unpacked, it is over the limit of {MAX_ENTRY:,} bytes")
    if entry.file_size > max(_EVEN_BELOW, _MAX_RATIO * entry.compress_size):
        return FormatError("it unpacks to so many times its size that it is not opened")
    try:
        with archive.open(entry) as file:
            return file.read(MAX_ENTRY)
    except (BadZipFile, EOFError, NotImplementedError, OSError, ValueError, zlib.error) as error:
        return FormatError(f"it cannot be unpacked: the ZIP file is damaged ({type(error).__name__})")
