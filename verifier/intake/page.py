"""PDF files: the codes on their pages, the visible text beside them, what is attached, how many seals there are."""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from math import sqrt
from typing import Final

import pypdfium2
from pypdfium2 import raw

from verifier.bundle import MAX_BUNDLE_BYTES
from verifier.errors import FormatError
from verifier.intake.drawing import is_drawn_on, is_remarked
from verifier.intake.leaf import Leaf
from verifier.intake.letters import MAX_CHARACTERS, strange_lines
from verifier.intake.picture import MAX_PAGES, pages_not_read
from verifier.intake.shown import Shown
from verifier.intake.symbol import Symbols, find_symbols, search_symbols
from verifier.intake.text import visible_lines
from verifier.printed import is_certificate, states

_COARSE: Final = 150
_FINE: Final = 300
_POINTS_PER_INCH: Final = 72
# Twice what a page of A3 has.
_MAX_DOTS: Final = 32_000_000
_MAX_ATTACHMENTS: Final = 32


def open_pdf(content: bytes) -> pypdfium2.PdfDocument:
    """The document.

    Raises:
        FormatError: it cannot be opened.
    """
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD:
            raise FormatError("the PDF file is locked by a password: save it without one") from error
        raise FormatError("the PDF file cannot be opened: it is damaged") from error
    if not len(document):
        raise FormatError("the PDF file has no pages")
    return document


def read_pages(document: pypdfium2.PdfDocument, in_time: Callable[[], bool]) -> Iterator[Shown | FormatError]:
    """Each page that shows a code, as it is read, and what of the document is not.

    Where no page shows a certificate's code, or not every code can be read, they are searched while in time.
    """
    places = range(min(len(document), MAX_PAGES))
    found, doubtful = False, []
    for place in places:
        try:
            with _page(document, place) as (page, remarked):
                symbols = _find(page)
                found = found or symbols.of_certificates
                if symbols.unread:
                    doubtful.append(place)
                if symbols.texts:
                    yield _shown(page, place, symbols, remarked)
                elif is_certificate(lines := _all_lines(page)):
                    yield Shown(place + 1, (), lines, symbols.unread)
        except pypdfium2.PdfiumError:
            yield FormatError(f"page {place + 1} of the PDF file cannot be read: it is damaged")
    for place in doubtful if found else places:
        with suppress(pypdfium2.PdfiumError), _page(document, place) as (page, remarked):
            if in_time():
                symbols = search_symbols(_drawn(page, _FINE).to_pil(), in_time)
                if symbols.texts or symbols.unread:
                    yield _shown(page, place, symbols, remarked)
    if len(document) > MAX_PAGES:
        yield FormatError(pages_not_read(MAX_PAGES, len(document)))


def attached_bundles(document: pypdfium2.PdfDocument) -> Iterator[bytes]:
    """Whatever is attached that may be a bundle."""
    for place in range(min(document.count_attachments(), _MAX_ATTACHMENTS)):
        attachment = document.get_attachment(place)
        size = ctypes.c_ulong()
        raw.FPDFAttachment_GetFile(attachment, None, 0, size)
        if 0 < size.value <= MAX_BUNDLE_BYTES:
            content = bytes(attachment.get_data())
            if content.lstrip()[:1] == b"{":
                yield content


def count_seals(document: pypdfium2.PdfDocument) -> int:
    """How many signatures are embedded; none of them is checked here."""
    return max(0, int(raw.FPDF_GetSignatureCount(document)))


@contextmanager
def _page(document: pypdfium2.PdfDocument, place: int) -> Iterator[tuple[pypdfium2.PdfPage, bool]]:
    """A page as it is shown: remarks, stamps and filled fields lie over it, so they become part of it, if any do."""
    page = document[place]
    remarked = is_remarked(page)
    if raw.FPDFPage_GetAnnotCount(page) > 0:
        raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
        page.close()
        page = document[place]
    # Read as it was written: turned, its lines would stand upright.
    page.set_rotation(0)
    try:
        yield page, remarked
    finally:
        page.close()


def _find(page: pypdfium2.PdfPage) -> Symbols:
    """The codes of a page; what the coarse picture lacks, the fine one may show."""
    coarse = find_symbols(_dots(_drawn(page, _COARSE)))
    if coarse.enough:
        return coarse
    fine = find_symbols(_dots(_drawn(page, _FINE)))
    return Symbols(tuple(dict.fromkeys(coarse.texts + fine.texts)), fine.unread, fine.places or coarse.places)


def _all_lines(page: pypdfium2.PdfPage) -> tuple[str, ...]:
    """The lines of a page, seen or not."""
    text: str = page.get_textpage().get_text_range()
    return tuple(text[:MAX_CHARACTERS].splitlines())


def _shown(page: pypdfium2.PdfPage, place: int, symbols: Symbols, remarked: bool) -> Shown:
    leaf = Leaf(page)
    lines = visible_lines(leaf) if symbols.of_certificates else ()
    drawn = bool(lines) and (remarked or _is_doubtful(leaf, symbols, lines))
    return Shown(place + 1, symbols.texts, lines, symbols.unread, drawn)


def _is_doubtful(leaf: Leaf, symbols: Symbols, lines: Sequence[str]) -> bool:
    """Whether the page is drawn on, or what it states is drawn in letters that no certificate has."""
    strange = any(states(lines, line) for line in strange_lines(leaf.letters))
    return strange or is_drawn_on(leaf, symbols.places)


def _dots(drawn: pypdfium2.PdfBitmap) -> memoryview:
    """Its shades of grey, row by row, and no copy of them: rows have nothing between them."""
    return memoryview(drawn.buffer).cast("B").cast("B", (drawn.height, drawn.width))


def _drawn(page: pypdfium2.PdfPage, resolution: int) -> pypdfium2.PdfBitmap:
    """The page at so many dots to the inch, or at fewer where it is larger than paper is."""
    square_inches = page.get_width() * page.get_height() / _POINTS_PER_INCH**2
    dots = min(float(resolution), sqrt(_MAX_DOTS / max(1, square_inches)))
    return page.render(scale=dots / _POINTS_PER_INCH, grayscale=True)
