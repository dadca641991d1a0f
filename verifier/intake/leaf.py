"""A page of a PDF file that is read once and drawn once in each way, for all who look at it."""

from collections.abc import Iterable
from functools import cached_property
from typing import Final

import pypdfium2
from PIL import Image, ImageChops
from pypdfium2 import raw

from verifier.intake.letters import Letter, read_letters

# Pixels per point: 108 dots to the inch show a text of 4 points.
_SCALE: Final = 1.5
# The forms in forms that are looked into.
_DEPTH: Final = 8


class Leaf:
    """The page, which must not be turned, as long as it is open."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        """Look at a page."""
        self._page = page
        self.size: tuple[float, float] = page.get_size()  # in points
        across, down = self.size
        self.scale = round(across * _SCALE) / across, round(down * _SCALE) / down  # in pixels per point

    @cached_property
    def letters(self) -> tuple[Letter, ...]:
        """Its letters, spaces and ends of lines among them, in the order of the file."""
        return read_letters(self._textpage)

    @cached_property
    def whole(self) -> Image.Image:
        """The page as it is seen."""
        return self._drawn()

    @cached_property
    def bare(self) -> Image.Image:
        """The page without its text."""
        return self.without(part for part in self._parts if part.type == raw.FPDF_PAGEOBJ_TEXT)

    @cached_property
    def text(self) -> Image.Image:
        """The page's text alone; a form is what it holds."""
        kept = {raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_FORM}
        return self.without(part for part in self._parts if part.type not in kept)

    @cached_property
    def difference(self) -> Image.Image:
        """How much the text changes each dot, in shades of grey."""
        return ImageChops.difference(self.whole, self.bare)

    @property
    def is_printed_otherwise(self) -> bool:
        """Whether any dot of it is another one on paper."""
        return ImageChops.difference(self.whole, self._drawn(optimize_mode="print")).getbbox() is not None

    def without(self, parts: Iterable[object]) -> Image.Image:
        """The page as it is drawn without some of its parts."""
        left_out = list(parts)
        for part in left_out:
            raw.FPDFPageObj_SetIsActive(part, False)
        drawn = self._drawn()
        for part in left_out:
            raw.FPDFPageObj_SetIsActive(part, True)
        return drawn

    def object_of(self, place: int) -> object:
        """The part of the page that draws the letter in this place."""
        return raw.FPDFText_GetTextObject(self._textpage, place)

    @cached_property
    def _textpage(self) -> pypdfium2.PdfTextPage:
        return self._page.get_textpage()

    @cached_property
    def _parts(self) -> list[pypdfium2.PdfObject]:
        return list(self._page.get_objects(max_depth=_DEPTH))

    def _drawn(self, **how: str) -> Image.Image:
        drawn: Image.Image = self._page.render(scale=_SCALE, grayscale=True, **how).to_pil()
        return drawn
