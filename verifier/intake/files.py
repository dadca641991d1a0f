"""Files of any kind, parsed by a process of its own, become things to check."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from math import inf
from typing import Final

from verifier.bundle import Bundle, parse_bundle
from verifier.errors import FormatError
from verifier.inputs import Document, Input
from verifier.intake.kind import Kind, kind_of
from verifier.intake.reader import SECONDS, Part, Reader
from verifier.opened import bundle_names
from verifier.presented import Code, Found, Presented, parse_codes, parse_text
from verifier.seal import SealTrust

MAX_FILE_BYTES: Final = 32 * 1024 * 1024
MAX_INPUTS: Final = 5_000
_NONE_FOUND: Final = "no certificate's code was found on it"
_SHARP: Final = "is it sharp, whole and large enough?"


def read_files(
    files: Iterable[tuple[str, bytes]], seconds: float = SECONDS, trust: SealTrust | None = None, within: float = inf
) -> Iterator[Input]:
    """Everything that the files, each with its name, present, as it is found.

    ``seconds`` is what one file may take, ``within`` what all together may. With ``trust``, the seals of documents are
    checked.

    A file is a PDF document, a picture, a list, a spreadsheet, a bundle, a text, or a ZIP file of these. One that
    cannot be read is an input that says why. Past MAX_INPUTS inputs, the last one says that others were left out.
    """
    with Reader(seconds, trust, within) as reader:
        inputs = (one for name, content in files for one in read_file(reader, name, content))
        yield from islice(inputs, MAX_INPUTS)
        if (left := next(inputs, None)) is not None:
            why = f"this and what follows was not read: {MAX_INPUTS:,} certificates are checked at a time"
            yield Input(left.name, FormatError(why), left.page, row=left.row)


def read_file(reader: Reader, name: str, content: bytes) -> Iterator[Input]:
    """Everything that one file presents; it is parsed by the reader's process."""
    if len(content) > MAX_FILE_BYTES:
        yield Input(name, FormatError(f"it is over the limit of {MAX_FILE_BYTES:,} bytes"))
        return
    try:
        kind = kind_of(content)
    except FormatError as error:
        yield Input(name, error)
        return
    # A bundle is parsed here in any case, being no text that a process could hand over.
    parts = [Part(bundle=content)] if kind is Kind.BUNDLE else reader.parts(content)
    inputs = (one for part in parts for one in _inputs(f"{name}/{part.name}" if part.name else name, part))
    first = next(inputs, None)
    yield Input(name, FormatError("there is nothing in it to check")) if first is None else first
    yield from inputs


def _inputs(name: str, part: Part) -> Iterator[Input]:
    if part.bundle is not None:
        yield Input(name, _opened(part.bundle))
    if part.text is not None:
        yield Input(name, _read(part.text))
    for row in part.rows:
        presented = _read(row.text) if row.text else FormatError("the line has no number")
        yield Input(name, presented, row=row.place, bidder=row.bidder)
    if part.seals is not None:
        yield from _documents(name, part)
    yield from (Input(name, FormatError(why)) for why in part.errors)


def _documents(name: str, part: Part) -> Iterator[Input]:
    """What the codes of a document come to, and which of them could not be read."""
    unread = {shown.page: shown.unread for shown in part.shown}
    try:
        found = parse_codes(Code(text, shown.page) for shown in part.shown for text in shown.texts)
    except FormatError:
        if not part.errors:
            yield Input(name, FormatError(_hint(part, unread)))
        return
    yield from (_document(name, part, one, len(found)) for one in (*found, *_other_pages(part, found)))
    for page in (page for page, doubtful in unread.items() if doubtful):
        yield Input(name, FormatError(f"one more code is on it and cannot be read: {_SHARP}"), page)
    for shown in (shown for shown in part.shown if shown.lines and not shown.texts):
        yield Input(name, FormatError("this page looks like a certificate, and no code is on it"), shown.page)


def _document(name: str, part: Part, found: Found, certificates: int) -> Input:
    lines, drawn = next(((shown.lines, shown.drawn) for shown in part.shown if shown.page == found.page), ((), False))
    presented = found.presented
    if isinstance(presented, Presented) and presented.number is not None:
        presented = replace(presented, bundle=_attached(part).get(presented.number))
    document = Document(lines, part.sha256, part.seals or 0, part.checked, drawn)
    return Input(name, presented, found.page, certificates, document=document)


def _other_pages(part: Part, found: Sequence[Found]) -> Iterator[Found]:
    """The same codes on other pages, where other words stand beside them."""
    lines = {shown.page: shown.lines for shown in part.shown}
    first = {one.presented: one.page for one in found}
    for shown in part.shown:
        codes = [Code(text, shown.page) for text in shown.texts]
        with suppress(FormatError):
            for again in parse_codes(codes):
                page = first.get(again.presented, shown.page)
                if page != shown.page and lines[page] != shown.lines:
                    yield again


def _hint(part: Part, unread: Mapping[int | None, bool]) -> str:
    if any(unread.values()):
        return f"{_NONE_FOUND}: there is a code that cannot be read; {_SHARP}"
    if any(shown.texts for shown in part.shown):
        return f"{_NONE_FOUND}: the code on it is another one"
    return f"{_NONE_FOUND}: {_SHARP}"


def _attached(part: Part) -> dict[str, Bundle]:
    """The bundles that lie in the document, by number; they prove what they prove wherever they came from."""
    bundles: dict[str, Bundle] = {}
    for content in part.attached:
        with suppress(FormatError):
            bundle = parse_bundle(content)
            bundles |= dict.fromkeys(bundle_names(bundle), bundle)
    return bundles


def _opened(content: bytes) -> Presented | FormatError:
    try:
        bundle = parse_bundle(content)
    except FormatError as error:
        return error
    return Presented(None, bundle.token, bundle)


def _read(text: str) -> Presented | FormatError:
    try:
        return parse_text(text)
    except FormatError as error:
        return error
