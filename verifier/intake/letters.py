"""Whether the letters of a PDF file's page are drawn as what the file says they are.

A font says which letter each of its shapes is, and may lie: "responsabile" is drawn, and "coordinatore", or nothing but
spaces, is what any program reads. The fonts of certificates are here, so a shape is held against the one of its letter:
by the box around it, in parts of the font's size. What is drawn as no letter at all has no such box.
"""

import ctypes
import functools
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias
from unicodedata import category

import pypdfium2
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw
from pypdfium2 import raw

from verifier.fonts import FOLDER, NAME_FILES

# Left, bottom, right and top.
_Box: TypeAlias = tuple[float, float, float, float]
_Turn: TypeAlias = tuple[float, float, float, float]
MAX_CHARACTERS: Final = 50_000
_FILES: Final = ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf", *NAME_FILES.values())
# Parts of the font's size: letters that people confuse differ by more, and rounding by less.
_TOLERANCE: Final = 0.02
_DECIMALS: Final = 3
_NOTHING: Final = (0.0, 0.0, 0.0, 0.0)
# Pixels around a letter's box that are its edge, and dots outside of every box that may be one's.
_EDGE: Final = 2
_SPECKS: Final = 6
# Scripts that join letters, or put them together: their shapes are not those of the letters.
_JOINED: Final = (("\u0600", "\u08ff"), ("\u0900", "\u0dff"), ("\ufb50", "\ufdff"), ("\ufe70", "\ufefc"))
_LIGATURES: Final = frozenset("fil")
_BREAK: Final = "\n"
# Called for each letter of thousands, whose arguments are those of _letters alone: what checks the type of each at
# each call would take longer than the calls themselves.
_CODE: Final = ctypes.cast(raw.FPDFText_GetUnicode, ctypes.CFUNCTYPE(ctypes.c_uint))
_ORIGIN: Final = ctypes.cast(raw.FPDFText_GetCharOrigin, ctypes.CFUNCTYPE(ctypes.c_int))
_BOX: Final = ctypes.cast(raw.FPDFText_GetCharBox, ctypes.CFUNCTYPE(ctypes.c_int))
_MATRIX: Final = ctypes.cast(raw.FPDFText_GetMatrix, ctypes.CFUNCTYPE(ctypes.c_int))
_SIZE: Final = ctypes.cast(raw.FPDFText_GetFontSize, ctypes.CFUNCTYPE(ctypes.c_double))


class Letter(NamedTuple):
    """A letter with the box of its shape, in points from the page's lower left, and in parts of the font's size.

    The boxes of a space are nothing: whatever is drawn as one is no letter's.
    """

    text: str
    box: _Box
    shape: _Box


def read_letters(textpage: pypdfium2.PdfTextPage) -> tuple[Letter, ...]:
    """The letters of a page, spaces and ends of lines among them, in the order of the file."""
    return tuple(_letters(textpage))


def strange_lines(letters: Sequence[Letter]) -> Iterator[str]:
    """The lines that have a letter which is drawn otherwise than in the fonts of certificates."""
    ends = [place for place, letter in enumerate(letters) if letter.text == _BREAK]
    for start, end in pairwise([-1, *ends, len(letters)]):
        line = letters[start + 1 : end]
        seen = (place for place, letter in enumerate(line) if _is_seen(letter.text))
        if any(not _is_own(*line[place][::2]) and _is_comparable(place, line) for place in seen):
            yield "".join(letter.text for letter in line)


def is_more_than(letters: Sequence[Letter], ink: Image.Image, points: tuple[float, float]) -> bool:
    """Whether the ink of a page's text, ``points`` wide and high, is more than that of its letters."""
    rest, height = ink.copy(), ink.height
    draw, across, up = ImageDraw.Draw(rest), ink.width / points[0], height / points[1]
    for text, (left, bottom, right, top), _ in letters:
        if _is_seen(text):
            upper, lower = height - top * up, height - bottom * up
            draw.rectangle((left * across - _EDGE, upper - _EDGE, right * across + _EDGE, lower + _EDGE), fill=0)
    return sum(rest.histogram()[1:]) > _SPECKS


def _letters(textpage: pypdfium2.PdfTextPage) -> Iterator[Letter]:
    handle, (west, south, _, _) = textpage.raw, textpage.page.get_bbox()
    x, y, left, bottom, right, top = numbers = [ctypes.c_double() for _ in range(6)]
    to_x, to_y, to_left, to_bottom, to_right, to_top = map(ctypes.byref, numbers)
    matrix = raw.FS_MATRIX()
    to_matrix = ctypes.byref(matrix)
    for place in range(min(textpage.count_chars(), MAX_CHARACTERS)):
        text = chr(_CODE(handle, place))
        if text.isspace():
            yield Letter(text, _NOTHING, _NOTHING)
            continue
        _ORIGIN(handle, place, to_x, to_y)
        _BOX(handle, place, to_left, to_right, to_bottom, to_top)
        _MATRIX(handle, place, to_matrix)
        box = left.value, bottom.value, right.value, top.value
        turn = _turn(_SIZE(handle, place), matrix.a, matrix.b, matrix.c, matrix.d)
        yield Letter(
            text,
            (box[0] - west, box[1] - south, box[2] - west, box[3] - south),
            _shape_of(box, x.value, y.value, turn),
        )


@functools.lru_cache(maxsize=1024)
def _turn(size: float, a: float, b: float, c: float, d: float) -> _Turn | None:
    """How a letter is turned back into what its font has, with what is across and up the page, to the side and up."""
    unit = size * (a * d - b * c)
    return (d / unit, -c / unit, -b / unit, a / unit) if unit else None


def _shape_of(box: _Box, x: float, y: float, turn: _Turn | None) -> _Box:
    """The box of a letter as its font has it, whatever the page makes it: smaller, turned or mirrored."""
    if turn is None:
        return _NOTHING
    west, south, east, north = box[0] - x, box[1] - y, box[2] - x, box[3] - y
    left, right = west * turn[0] + south * turn[1], east * turn[0] + north * turn[1]
    bottom, top = west * turn[2] + south * turn[3], east * turn[2] + north * turn[3]
    if left > right:
        left, right = right, left
    if bottom > top:
        bottom, top = top, bottom
    return round(left, _DECIMALS), round(bottom, _DECIMALS), round(right, _DECIMALS), round(top, _DECIMALS)


def _is_comparable(place: int, line: Sequence[Letter]) -> bool:
    """Whether a letter's shape is its own: not that of a ligature, nor with a mark on it, nor joined to others."""
    letter = line[place].text
    if any(first <= letter <= last for first, last in _JOINED):
        return False
    beside = [other.text for other in line[max(0, place - 1) : place + 2]]
    if letter in _LIGATURES and "f" in beside and sum(text in _LIGATURES for text in beside) > 1:
        return False
    return all(category(text)[0] != "M" for text in beside)


@functools.cache
def _is_seen(letter: str) -> bool:
    """Whether it is a letter, and neither a space nor a mark without a shape."""
    return not letter.isspace() and category(letter)[0] != "C"


@functools.lru_cache(maxsize=16384)
def _is_own(letter: str, shape: _Box) -> bool:
    """Whether the shape is the one of that letter in a font of certificates."""
    return any(all(abs(a - b) <= _TOLERANCE for a, b in zip(shape, own, strict=True)) for own in _shapes(letter))


def _shapes(letter: str) -> Iterator[_Box]:
    """The boxes of a letter in each font that has it, in parts of the font's size; most pages want the first fonts."""
    return (box for name in _FILES if (box := _shape(name, letter)) is not None)


@functools.cache
def _shape(name: str, letter: str) -> _Box | None:
    font = _font(name)
    glyph_name, unit = font.getBestCmap().get(ord(letter)), font["head"].unitsPerEm
    glyph = None if glyph_name is None else font["glyf"][glyph_name]
    if glyph is None or not glyph.numberOfContours:
        return None
    return glyph.xMin / unit, glyph.yMin / unit, glyph.xMax / unit, glyph.yMax / unit


@functools.cache
def _font(name: str) -> TTFont:
    return TTFont(FOLDER / name, lazy=True)
