"""The fonts that documents are printed with: vendored, named by hash in fonts/fonts.json, never a machine's own."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from unicodedata import category

from fontTools.ttLib import TTFont

from verifier.errors import FormatError

FOLDER: Final = Path(__file__).with_name("fonts")
TEXT_FAMILY: Final = "Noto Sans"
NAME_FAMILY: Final = "Noto Serif Display"
# The families that a name may need, in the order in which they are asked for a letter.
NAME_FILES: Final = {
    NAME_FAMILY: "NotoSerifDisplay-Regular.ttf",
    "Noto Naskh Arabic": "NotoNaskhArabic-Regular.ttf",
    "Noto Serif Armenian": "NotoSerifArmenian-Regular.ttf",
    "Noto Serif Bengali": "NotoSerifBengali-Regular.ttf",
    "Noto Serif Devanagari": "NotoSerifDevanagari-Regular.ttf",
    "Noto Serif Georgian": "NotoSerifGeorgian-Regular.ttf",
    "Noto Serif Hebrew": "NotoSerifHebrew-Regular.ttf",
}
SCRIPTS: Final = "Latin, Greek, Cyrillic, Arabic, Armenian, Bengali, Devanagari, Georgian and Hebrew"
_JOINERS: Final = "\u200c\u200d"


def check_letters(text: str) -> None:
    """Check that a font has every letter of a text, each with its marks, so that nothing is printed as a box.

    Raises:
        FormatError: no font has one; names the first three.
    """
    fonts = _letters_by_font()
    missing = [letter for letter in _clusters(text) if not any(font.issuperset(letter) for font in fonts)]
    if missing:
        named = ", ".join(dict.fromkeys(f"{letter} ({_code_points(letter)})" for letter in missing[:3]))
        raise FormatError(f"no font here has {named}; there are letters for {SCRIPTS}")


def printable(text: str) -> str:
    """The text in one line, with a question mark for each letter that no font has; what reorders text is left out."""
    fonts = _letters_by_font()
    line = "".join(c for c in " ".join(text.split()) if category(c) != "Cf" or c in _JOINERS)
    if fonts[0].issuperset(line):
        return line
    there = [(letter, any(font.issuperset(letter) for font in fonts)) for letter in _clusters(line)]
    # Joiners are kept where nothing has to be replaced.
    return line if all(printed for _, printed in there) else "".join(c if printed else "?" for c, printed in there)


@functools.cache
def _letters_by_font() -> tuple[frozenset[str], ...]:
    return tuple(_letters(FOLDER / name) for name in NAME_FILES.values())


def _letters(path: Path) -> frozenset[str]:
    with TTFont(path, lazy=True) as font:
        # Some have signs for controls, which are no letters, and which no PDF/A may hold.
        return frozenset(letter for letter in map(chr, font.getBestCmap()) if category(letter) != "Cc")


def _clusters(text: str) -> Iterator[str]:
    """Each letter with the marks that stand on it, which must come from the same font; joiners need none."""
    cluster = ""
    for character in text:
        if character in _JOINERS:
            continue
        if cluster and not category(character).startswith("M"):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _code_points(letter: str) -> str:
    return " ".join(f"U+{ord(character):04X}" for character in letter)
