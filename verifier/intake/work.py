"""The process that reads strangers' files: it is limited first, then reads one file after the other.

Decoders are written in C, and their bytes come from strangers. So they run where a crash, a flood of pixels or an
endless page ends this process and nothing else, and where there is nothing to be had: no environment, no disk to write
on, few open files, no other process.
"""

import os
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import BinaryIO, Final
from zipfile import ZipFile

from verifier.child import confine
from verifier.encoding import Json, parse_base64, parse_instant
from verifier.errors import FormatError
from verifier.intake.archive import Entry, check_no_archive, is_spreadsheet, open_archive, read_entries
from verifier.intake.frame import read_frame, write_frame
from verifier.intake.kind import Kind, kind_of
from verifier.intake.listed import read_text
from verifier.intake.shown import Shown
from verifier.intake.table import Row
from verifier.seal import SealTrust, format_seal, read_seals

if sys.platform == "linux":
    import resource

_MAX_MEMORY: Final = 1024 * 1024 * 1024
_MAX_CELL: Final = 2048
Frame = tuple[dict[str, Json], bytes]


def main() -> None:
    """Read what comes from standard input, and answer on standard output, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who interrupts the parent ends this process too
    warnings.simplefilter("ignore")
    asked, said = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a decoder prints is no answer
    confine(_MAX_MEMORY)
    with suppress(EOFError, FormatError, OSError):
        while True:
            _serve(asked, said)


def _serve(asked: BinaryIO, said: BinaryIO) -> None:
    head, content = read_frame(asked)
    match head:
        case {"start": int(start), "seconds": int(seconds), "trust": trust}:
            for answer, body in _answers(content, start, seconds, _parse_trust(trust)):
                write_frame(said, answer, body)
            write_frame(said, {"say": "end"})


def _parse_trust(value: Json) -> SealTrust | None:
    match value:
        case {"roots": list(roots), "at": str(at)}:
            return SealTrust(tuple(parse_base64(str(root)) for root in roots), parse_instant(at))
    return None


def _answers(content: bytes, start: int, seconds: int, trust: SealTrust | None) -> Iterator[Frame]:
    """Each file that the content is or holds, from a place on: its beginning, what it shows, its end."""
    try:
        archive = _archive(content)
    except FormatError as error:
        yield from _file(Entry(0, "", error), seconds, trust)
        return
    for entry in [Entry(0, "", content)] if archive is None else read_entries(archive, start):
        yield from _file(entry, seconds, trust)


def _archive(content: bytes) -> ZipFile | None:
    """The ZIP file that is no spreadsheet."""
    if kind_of(content) is not Kind.ZIP:
        return None
    archive = open_archive(content)
    return None if is_spreadsheet(archive) else archive


def _file(entry: Entry, seconds: int, trust: SealTrust | None) -> Iterator[Frame]:
    _allow(seconds)
    digest = "" if isinstance(entry.content, FormatError) else sha256(entry.content).hexdigest()
    yield {"say": "begin", "place": entry.place, "name": entry.name, "sha256": digest}, b""
    try:
        yield from _read(entry.content, seconds)
        yield from _seals(entry.content, trust)
    except FormatError as error:
        yield {"say": "error", "why": str(error)}, b""
    except ImportError as error:
        why = f"this kind of file wants {error.name}, which is not installed: pip install 'attesto[scan,lists]'"
        yield {"say": "error", "why": why}, b""
    except Exception:  # What decoders raise over a stranger's bytes is no closed list.
        yield {"say": "error", "why": "it cannot be read: it is damaged, or too large"}, b""
    yield {"say": "done"}, b""


def _read(content: bytes | FormatError, seconds: int) -> Iterator[Frame]:
    if isinstance(content, FormatError):
        raise content
    match kind_of(content):
        case Kind.PDF:
            yield from _pdf(content, seconds)
        case Kind.PICTURE:
            yield {"say": "document", "seals": 0}, b""
            yield from map(_said, _pictures(content, seconds))
        case Kind.ZIP:
            yield from _sheet(content)
        case Kind.BUNDLE:
            yield {"say": "bundle"}, content
        case Kind.TEXT:
            found = read_text(content)
            yield ({"say": "text"}, found.encode()) if isinstance(found, str) else _rows(found)


def _pdf(content: bytes, seconds: int) -> Iterator[Frame]:
    from verifier.intake import page  # noqa: PLC0415  an extra, which texts and bundles do without

    check_no_archive(content)
    document = page.open_pdf(content)
    yield {"say": "document", "seals": page.count_seals(document)}, b""
    for bundle in page.attached_bundles(document):
        yield {"say": "attached"}, bundle
    yield from map(_said, page.read_pages(document, _search_time(seconds)))


def _seals(content: bytes | FormatError, trust: SealTrust | None) -> Iterator[Frame]:
    """What comes of a document's seals, after everything else: one that breaks this process leaves the rest."""
    if trust is not None and isinstance(content, bytes) and kind_of(content) is Kind.PDF:
        found = read_seals(content, trust.roots, trust.at)
        yield {"say": "seals", "seals": [format_seal(seal) for seal in found]}, b""


def _pictures(content: bytes, seconds: int) -> Iterator[Shown]:
    from verifier.intake import picture, symbol  # noqa: PLC0415  as above

    in_time = _search_time(seconds)
    for place, grey in picture.open_pages(content):
        symbols = symbol.find_symbols(symbol.dots_of(grey))
        if not symbols.enough:
            symbols = symbol.search_symbols(grey, in_time)
        yield Shown(place, symbols.texts, unread=symbols.unread)


def _sheet(content: bytes) -> Iterator[Frame]:
    from verifier.intake.sheet import read_sheet  # noqa: PLC0415  as above

    if not is_spreadsheet(open_archive(content)):
        raise FormatError("a ZIP file inside a ZIP file is not opened: hand it in by itself")
    rows, others = read_sheet(content)
    yield _rows(rows)
    if others:
        yield {"say": "error", "why": "other sheets of it hold numbers, too: hand them in as files of their own"}, b""


def _said(shown: Shown | FormatError) -> Frame:
    if isinstance(shown, FormatError):
        return {"say": "error", "why": str(shown)}, b""
    said: dict[str, Json] = {"say": "shown", "page": shown.page, "unread": shown.unread, "drawn": shown.drawn}
    return {**said, "texts": list(shown.texts), "lines": list(shown.lines)}, b""


def _rows(rows: Sequence[Row]) -> Frame:
    return {"say": "rows", "rows": [[row.place, row.text[:_MAX_CELL], row.bidder[:_MAX_CELL]] for row in rows]}, b""


def _search_time(seconds: int) -> Callable[[], bool]:
    """Whether there still is time to look closer: a quarter of the processor's, and half of the day's."""
    work, clock = time.process_time() + seconds / 4, time.monotonic() + seconds / 2
    return lambda: time.process_time() < work and time.monotonic() < clock


def _allow(seconds: int) -> None:
    """Let the next file take so many seconds of the processor's time."""
    if sys.platform == "linux":
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        limit = int(time.process_time()) + seconds + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit if most == resource.RLIM_INFINITY else min(limit, most), most))
