"""The text of a certificate's page, as whoever reads it gets it."""

import pypdfium2

from verifier.intake.text import visible_lines


def lines_of(pdf: bytes) -> tuple[str, ...]:
    """The visible lines of the first page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return visible_lines(document[0])
