"""The visible text of a PDF file's page, line by line.

What is on the page and what is in the file are two things: a text can be invisible, white, outside of the page or
covered by a picture. So the page is drawn twice, with its text and without, and a word counts where that makes a
difference. What is drawn over a word without hiding it, or drawn as lines and no text, is beyond this.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pypdfium2
from PIL import Image, ImageChops
from pypdfium2 import raw

# Pixels per point: 108 dots to the inch show a text of 4 points.
_SCALE: Final = 1.5
_DEPTH: Final = 8
MAX_CHARACTERS: Final = 50_000
# The difference that a word makes to its place, in 256 shades of grey.
_SEEN: Final = 24
_BREAK: Final = "\n"


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, and its place in pixels from the top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def visible_lines(page: pypdfium2.PdfPage) -> tuple[str, ...]:
    """The lines of a page that a reader sees, words parted by one space, in the order in which the file has them.

    That order is a tagged file's order of reading; columns that stand side by side are lines of their own.
    """
    ink = _ink(page)
    seen = ([word.text for word in run if _differs(word, ink)] for run in _runs(page))
    return tuple(" ".join(words) for words in seen if words)


def _differs(word: _Word, ink: Image.Image) -> bool:
    box = (max(0, int(word.left)), max(0, int(word.top)), int(word.right) + 1, int(word.bottom) + 1)
    box = (box[0], box[1], min(ink.width, box[2]), min(ink.height, box[3]))
    return box[0] < box[2] and box[1] < box[3] and any(ink.crop(box).histogram()[_SEEN:])


def _ink(page: pypdfium2.PdfPage) -> Image.Image:
    """What the page's text adds to it."""
    whole = page.render(scale=_SCALE, grayscale=True).to_pil()
    texts = list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=_DEPTH))
    for text in texts:
        raw.FPDFPageObj_SetIsActive(text, False)
    bare = page.render(scale=_SCALE, grayscale=True).to_pil()
    for text in texts:
        raw.FPDFPageObj_SetIsActive(text, True)
    return ImageChops.difference(whole, bare)


def _runs(page: pypdfium2.PdfPage) -> Iterator[list[_Word]]:
    """The words that follow each other without a break, in the order of reading, also from right to left."""
    textpage = page.get_textpage()
    run: list[_Word] = []
    word: list[int] = []
    for place in range(min(textpage.count_chars(), MAX_CHARACTERS)):
        letter = chr(raw.FPDFText_GetUnicode(textpage, place))
        if not letter.isspace():
            word.append(place)
            continue
        if word:
            run.append(_word(page, textpage, word))
            word = []
        if letter == _BREAK and run:
            yield run
            run = []
    if word:
        run.append(_word(page, textpage, word))
    if run:
        yield run


def _word(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, places: list[int]) -> _Word:
    boxes = [textpage.get_charbox(place) for place in places]
    corners = [
        _pixel(page, min(box[0] for box in boxes), min(box[1] for box in boxes)),
        _pixel(page, max(box[2] for box in boxes), max(box[3] for box in boxes)),
    ]
    text = _joined(raw.FPDFText_GetUnicode(textpage, place) for place in places)
    (left, right), (top, bottom) = (sorted(axis) for axis in zip(*corners, strict=True))
    return _Word(text, left, top, right, bottom)


def _joined(units: Iterator[int]) -> str:
    """The letters of these code units; where a file holds half a letter (a surrogate), a mark stands for it."""
    return "".join(map(chr, units)).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _pixel(page: pypdfium2.PdfPage, across: float, up: float) -> tuple[int, int]:
    """Where a point of the page is drawn, also on a page that is shown turned."""
    x, y = ctypes.c_int(), ctypes.c_int()
    width, height = (round(length * _SCALE) for length in page.get_size())
    raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, across, up, x, y)
    return x.value, y.value
