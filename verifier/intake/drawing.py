"""What is drawn on a PDF file's page besides its text: whether a certificate has that, and whether it hides nothing.

A certificate has its code, lines from margin to margin and a tint, and nothing lies over its words. What else is drawn
may say what no text says: a picture, words drawn as lines, a patch that makes an 8 a 3, a layer for the printer alone.
It need not be a forgery: a stamp is drawn, too.
"""

import ctypes
from collections.abc import Iterable, Sequence
from typing import Final

import pypdfium2
from PIL import Image, ImageChops, ImageDraw
from pypdfium2 import raw

from verifier.intake.letters import Letter, is_more_than
from verifier.intake.symbol import Place

# Pixels per point, and the forms in forms that are looked into.
_SCALE: Final = 1.5
_DEPTH: Final = 8
# Shades of grey, of 256, between the paper and what is seen on it; a certificate's tint is fainter.
_SEEN: Final = 24
# Dots that are surely a letter's, how much of one has to be seen, and how many may be missing.
_LETTER: Final = 64
_TRACE: Final = 16
_MISSING: Final = 2
# The least part of the page's width that a line takes, where up to four pages are put on one, and its most pixels.
_LINE: Final = 0.2
_THICKNESS: Final = 6
# What lies around a code and is no part of it, by its size.
_AROUND: Final = 0.02
# A link is drawn as nothing, and what opens beside a remark is no part of the page.
_UNSEEN: Final = frozenset({raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP})


def is_remarked(page: pypdfium2.PdfPage) -> bool:
    """Whether remarks, stamps or fields lie over the page; a program may draw them otherwise than another."""
    return any(_lies_over(page, place) for place in range(raw.FPDFPage_GetAnnotCount(page)))


def is_drawn_on(page: pypdfium2.PdfPage, codes: Iterable[Place], letters: Sequence[Letter]) -> bool:
    """Whether anything but text, these codes and lines is seen on the page, or its text is not seen whole.

    ``letters`` are those of the page: text that is drawn and is none of them is drawn on it, too, and so is a page that
    is another one when it is printed.
    """
    whole = _drawn(page)
    if ImageChops.difference(whole, _drawn(page, optimize_mode="print")).getbbox() is not None:
        return True
    parts = list(page.get_objects(max_depth=_DEPTH))
    texts = [part for part in parts if part.type == raw.FPDF_PAGEOBJ_TEXT]
    # A form is what it holds.
    others = [part for part in parts if part.type not in {raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_FORM}]
    bare, text = _without(page, texts), _without(page, others)
    if is_more_than(letters, _ink(text, _LETTER), page.get_size()) or _is_covered(whole, bare, text):
        return True
    return not _has_lines_alone(_without_codes(bare, codes))


def _lies_over(page: pypdfium2.PdfPage, place: int) -> bool:
    note = raw.FPDFPage_GetAnnot(page, place)
    try:
        box = raw.FS_RECTF()
        raw.FPDFAnnot_GetRect(note, ctypes.byref(box))
        hidden = raw.FPDFAnnot_GetFlags(note) & raw.FPDF_ANNOT_FLAG_HIDDEN or box.left == box.right
        return not hidden and raw.FPDFAnnot_GetSubtype(note) not in _UNSEEN
    finally:
        raw.FPDFPage_CloseAnnot(note)


def _is_covered(whole: Image.Image, bare: Image.Image, text: Image.Image) -> bool:
    """Whether a part of the text, as it is drawn alone, makes no difference to the page, or is crossed by a line."""
    letters = _ink(text, _LETTER)
    seen = ImageChops.difference(whole, bare).point([0] * _TRACE + [255] * (256 - _TRACE))
    clear = ImageChops.subtract(seen, _ink(bare, _SEEN))
    return sum(ImageChops.subtract(letters, clear).histogram()[1:]) > _MISSING


def _without_codes(bare: Image.Image, codes: Iterable[Place]) -> Image.Image:
    paper = bare.copy()
    width, height = paper.size
    for left, top, right, bottom in codes:
        across, down = _AROUND * (right - left), _AROUND * (bottom - top)
        box = (left - across) * width, (top - down) * height, (right + across) * width, (bottom + down) * height
        ImageDraw.Draw(paper).rectangle(box, fill=255)
    return paper


def _has_lines_alone(paper: Image.Image) -> bool:
    """Whether nothing is seen but lines, all of them across or all of them down."""
    ink = _ink(paper, _SEEN)
    return any(_are_lines(one) for one in (ink, ink.transpose(Image.Transpose.TRANSPOSE)))


def _ink(paper: Image.Image, least: int) -> Image.Image:
    """What is darker than white paper by so many shades at least."""
    return paper.point([255] * (257 - least) + [0] * (least - 1))


def _are_lines(ink: Image.Image) -> bool:
    # Runs of ink as words between spaces: however many spaces there are, they part two words alone.
    pixels, thickness = ink.tobytes().replace(b"\0", b" "), 0
    for start in range(0, len(pixels), ink.width):
        runs = pixels[start : start + ink.width].split()
        shortest = min(map(len, runs), default=0)
        thickness = thickness + 1 if shortest else 0
        if thickness > _THICKNESS or 0 < shortest < _LINE * ink.width:
            return False
    return True


def _without(page: pypdfium2.PdfPage, parts: Sequence[object]) -> Image.Image:
    """The page as it is drawn without some of its parts."""
    for part in parts:
        raw.FPDFPageObj_SetIsActive(part, False)
    drawn = _drawn(page)
    for part in parts:
        raw.FPDFPageObj_SetIsActive(part, True)
    return drawn


def _drawn(page: pypdfium2.PdfPage, **how: str) -> Image.Image:
    drawn: Image.Image = page.render(scale=_SCALE, grayscale=True, **how).to_pil()
    return drawn
