"""An evidence pack as a PDF file: its machine-readable part is taken out, and pages are compared."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pypdfium2

from verifier.errors import AlteredError, FormatError
from verifier.pack.content import MAX_CONTENT_BYTES

NAME: Final = "pack.json"
# 36 dots to the inch: a word that was changed is seen, and a thousand pages are drawn in seconds.
_SCALE: Final = 0.5


def read_content(document: bytes) -> bytes:
    """The one attachment of a pack.

    Raises:
        FormatError: not a PDF file that can be read.
        AlteredError: it has another attachment than a pack's, or one too many.
    """
    with _opened(document) as pdf:
        return _only_attachment(pdf)


def same_pages(document: bytes, longer: bytes) -> bool:
    """Whether a document shows the same pages as one that something was appended to.

    Raises:
        FormatError: one is not a PDF file that can be read.
    """
    with _opened(document) as made, _opened(longer) as shown:
        if len(made) != len(shown):
            return False
        return all(_picture(made, number) == _picture(shown, number) for number in range(len(made)))


@contextmanager
def _opened(document: bytes) -> Iterator[pypdfium2.PdfDocument]:
    try:
        pdf = pypdfium2.PdfDocument(document)
    except pypdfium2.PdfiumError as error:
        raise FormatError("the pack is no PDF file that can be read") from error
    try:
        yield pdf
    except pypdfium2.PdfiumError as error:
        raise FormatError("the pack's PDF file cannot be read") from error
    finally:
        pdf.close()


def _picture(pdf: pypdfium2.PdfDocument, number: int) -> tuple[object, ...]:
    """A page as a reader sees it, small: its size, its text and its picture."""
    page = pdf[number]
    try:
        text, bitmap = page.get_textpage(), page.render(scale=_SCALE)
        shown = (page.get_size(), text.get_text_bounded(), bytes(bitmap.buffer))
        text.close()
        bitmap.close()
        return shown
    finally:
        page.close()


def _only_attachment(pdf: pypdfium2.PdfDocument) -> bytes:
    if pdf.count_attachments() != 1:
        raise AlteredError("the pack has not exactly one attachment")
    attachment = pdf.get_attachment(0)
    if attachment.get_name() != NAME:
        raise AlteredError(f"the pack's attachment is not called {NAME}")
    content = bytes(attachment.get_data())
    if len(content) > MAX_CONTENT_BYTES:
        raise FormatError(f"the pack's attachment is over the limit of {MAX_CONTENT_BYTES:,} bytes")
    return content
