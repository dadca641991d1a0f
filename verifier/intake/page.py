"""PDF files: the codes on their pages, the visible text beside them, what is attached, how many seals there are."""

import ctypes
from collections.abc import Callable, Iterator
from typing import Final

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from verifier.bundle import MAX_BUNDLE_BYTES
from verifier.errors import FormatError
from verifier.intake.picture import MAX_PAGES, check_pixels, pages_not_read
from verifier.intake.shown import Shown
from verifier.intake.symbol import Symbols, find_symbols, search_symbols
from verifier.intake.text import visible_lines

_COARSE: Final = 150
_FINE: Final = 300
_POINTS_PER_INCH: Final = 72
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


def read_pages(document: pypdfium2.PdfDocument, in_time: Callable[[], bool]) -> Iterator[Shown]:
    """Each page that shows a code, as it is read; where none does, or not all can be read, they are searched, in time.

    Raises:
        FormatError: pages were left out, or are too large to be drawn.
    """
    found, doubtful = False, []
    for place in range(min(len(document), MAX_PAGES)):
        page = _open_page(document, place)
        symbols = _find(page, place + 1)
        found = found or symbols.of_certificates
        if symbols.unread:
            doubtful.append(place)
        if symbols.texts:
            yield _shown(page, place + 1, symbols)
        page.close()
    for place in doubtful if found else range(min(len(document), MAX_PAGES)):
        page = _open_page(document, place)
        symbols = search_symbols(_drawn(page, _FINE, place + 1), in_time)
        if symbols.texts or symbols.unread:
            yield _shown(page, place + 1, symbols)
        page.close()
    if len(document) > MAX_PAGES:
        raise FormatError(pages_not_read(MAX_PAGES, len(document)))


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


def _open_page(document: pypdfium2.PdfDocument, place: int) -> pypdfium2.PdfPage:
    """A page as it is shown: remarks, stamps and filled fields lie over it, so they become part of it."""
    try:
        page = document[place]
        if raw.FPDFPage_GetAnnotCount(page) > 0:
            raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
            page.close()
            page = document[place]
    except pypdfium2.PdfiumError as error:
        raise FormatError(f"page {place + 1} of the PDF file cannot be opened: it is damaged") from error
    return page


def _find(page: pypdfium2.PdfPage, number: int) -> Symbols:
    """The codes of a page; what the coarse picture lacks, the fine one may show."""
    coarse = find_symbols(_drawn(page, _COARSE, number))
    if coarse.enough:
        return coarse
    fine = find_symbols(_drawn(page, _FINE, number))
    return Symbols(tuple(dict.fromkeys(coarse.texts + fine.texts)), fine.unread)


def _shown(page: pypdfium2.PdfPage, number: int, symbols: Symbols) -> Shown:
    lines = visible_lines(page) if symbols.of_certificates else ()
    return Shown(number, symbols.texts, lines, symbols.unread)


def _drawn(page: pypdfium2.PdfPage, resolution: int, number: int) -> Image.Image:
    scale = resolution / _POINTS_PER_INCH
    check_pixels(page.get_width() * page.get_height() * scale**2, f"page {number}")
    drawn: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return drawn
