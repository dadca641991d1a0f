"""What is drawn on a PDF file's page besides its text: whether a certificate has that, and whether it hides nothing.

A certificate has its code, lines from margin to margin and a tint, and nothing lies over its words. What else is drawn
may say what no text says: a picture, words drawn as lines, a patch that makes an 8 a 3, a layer for the printer alone.
It need not be a forgery: a stamp is drawn, too.
"""

import ctypes
from collections.abc import Iterable
from itertools import compress
from typing import Final

import pypdfium2
from PIL import Image, ImageChops, ImageDraw
from pypdfium2 import raw

from verifier.intake.leaf import Leaf
from verifier.intake.letters import is_more_than
from verifier.intake.symbol import Place

# Shades of grey, of 256, between the paper and what is seen on it; a certificate's tint is fainter.
_SEEN: Final = 24
# Dots that are surely a letter's, how much of one has to be seen, and how many may be missing.
_LETTER: Final = 64
_TRACE: Final = 16
_MISSING: Final = 2
# The least part of the page's width that a line takes, where up to four pages are put on one, and rows that are none.
_LINE: Final = 0.2
_TOO_THICK: Final = b"\1" * 7
# What lies around a code and is no part of it, by its size.
_AROUND: Final = 0.02


def is_remarked(page: pypdfium2.PdfPage) -> bool:
    """Whether remarks, stamps or fields lie over the page; a program may draw them otherwise than another."""
    return any(_lies_over(page, place) for place in range(raw.FPDFPage_GetAnnotCount(page)))


def is_drawn_on(leaf: Leaf, codes: Iterable[Place]) -> bool:
    """Whether anything but text, these codes and lines is seen on the page, or its text is not seen whole.

    Text that is drawn and is none of its letters is drawn on it, too, and so is a page that is another one when it is
    printed.
    """
    if leaf.is_printed_otherwise:
        return True
    letters, ink = _ink(leaf.text, _LETTER), _ink(leaf.bare, _SEEN)
    if _is_covered(leaf, letters, ink) or is_more_than(leaf.letters, letters, leaf.size):
        return True
    return not _has_lines_alone(_without_codes(ink, codes))


def _lies_over(page: pypdfium2.PdfPage, place: int) -> bool:
    note = raw.FPDFPage_GetAnnot(page, place)
    try:
        box = raw.FS_RECTF()
        raw.FPDFAnnot_GetRect(note, ctypes.byref(box))
        hidden = raw.FPDFAnnot_GetFlags(note) & raw.FPDF_ANNOT_FLAG_HIDDEN or box.left == box.right
        return not hidden and not _is_bare(note)
    finally:
        raw.FPDFPage_CloseAnnot(note)


def _is_bare(note: object) -> bool:
    """Whether a link has no frame, or what opens beside a remark no look: some programs draw them, others do not."""
    if raw.FPDFAnnot_HasKey(note, b"AP"):
        return False
    kind = raw.FPDFAnnot_GetSubtype(note)
    if kind != raw.FPDF_ANNOT_LINK:
        return bool(kind == raw.FPDF_ANNOT_POPUP)
    across, down, width = ctypes.c_float(), ctypes.c_float(), ctypes.c_float()
    # Without a word on it a link has a frame, and a style of one is none that is read here (ISO 32000-2, 12.5.4).
    told = raw.FPDFAnnot_GetBorder(note, across, down, width) and not raw.FPDFAnnot_HasKey(note, b"BS")
    return bool(told and width.value == 0)


def _is_covered(leaf: Leaf, letters: Image.Image, ink: Image.Image) -> bool:
    """Whether a part of the text, as it is drawn alone, makes no difference to the page, or is crossed by a line."""
    clear = ImageChops.darker(leaf.difference, ImageChops.invert(ink))
    return sum(clear.histogram(letters)[:_TRACE]) > _MISSING


def _without_codes(ink: Image.Image, codes: Iterable[Place]) -> Image.Image:
    width, height = ink.size
    for left, top, right, bottom in codes:
        across, down = _AROUND * (right - left), _AROUND * (bottom - top)
        box = (left - across) * width, (top - down) * height, (right + across) * width, (bottom + down) * height
        ImageDraw.Draw(ink).rectangle(box, fill=0)
    return ink


def _has_lines_alone(ink: Image.Image) -> bool:
    """Whether nothing is seen but lines, all of them across or all of them down."""
    return _are_lines(ink) or _are_lines(ink.transpose(Image.Transpose.TRANSPOSE))


def _ink(paper: Image.Image, least: int) -> Image.Image:
    """What is darker than white paper by so many shades at least."""
    return paper.point([255] * (257 - least) + [0] * (least - 1))


def _are_lines(ink: Image.Image) -> bool:
    _, top, _, bottom = ink.getbbox() or (0, 0, 0, 0)
    inked = bytes(ink.crop((0, top, ink.width, bottom)).getprojection()[1])
    return _TOO_THICK not in inked and all(_is_line(ink, row) for row in compress(range(top, bottom), inked))


def _is_line(ink: Image.Image, row: int) -> bool:
    # Runs of ink as words between spaces: however many spaces there are, they part two words alone.
    runs = ink.crop((0, row, ink.width, row + 1)).tobytes().replace(b"\0", b" ").split()
    return min(map(len, runs)) >= _LINE * ink.width
