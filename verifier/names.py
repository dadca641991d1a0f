"""Whether a name that somebody typed is the one that a certificate prints, and what had to be overlooked for it.

    compare_names("d'angelo giulia", "Giulia D’Àngelo")     same but for: case, accents, marks, order

The answer never says how near a miss was. Nothing is transliterated: a name in another script cannot be compared.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Final
from unicodedata import category, name, normalize

MAX_CHARACTERS: Final = 200
_LEAST_COMMON_WORDS: Final = 2


class NameOutcome(StrEnum):
    """What came of comparing two names."""

    SAME = "same"
    SAME_BUT = "same_but"
    DIFFERENT = "different"
    NOT_COMPARABLE = "not_comparable"


class Overlooked(StrEnum):
    """In what two names differ that are the same nevertheless."""

    CASE = "case"
    ACCENTS = "accents"
    MARKS = "marks"
    SPACES = "spaces"
    ORDER = "order"
    FURTHER_NAMES = "further_names"


@dataclass(frozen=True, slots=True)
class NameMatch:
    """The outcome; ``overlooked`` is empty unless the names are the same but for something."""

    outcome: NameOutcome
    overlooked: tuple[Overlooked, ...] = ()


_SPELLING: Final = frozenset(Overlooked) - {Overlooked.FURTHER_NAMES}
_SCRIPTS: Final = frozenset(
    ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "HEBREW", "ARABIC", "DEVANAGARI", "BENGALI", "GEORGIAN")
)
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Apostrophes, primes, a letter apostrophe, and full stops: none of them parts words.
_APOSTROPHES: Final = re.compile("['`.\u00b4\u02b9\u02bb\u02bc\u02bd\u05f3\u2018\u2019\u201a\u201b\u2032\uff07]")
_HYPHENS: Final = re.compile("[-_\u2010-\u2015\u2212\u05be]")
# Letters that Unicode does not take apart, and how people write them who have no key for them.
_PLAIN: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n"}
)
_PLAIN_CAPITALS: Final = str.maketrans(
    {"Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "Th", "Æ": "Ae", "Œ": "Oe", "Ħ": "H", "Ŧ": "T", "Ŋ": "N", "ẞ": "SS"}
)
# The other usual way: the German and Nordic digraphs.
_DIGRAPHS: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Å": "Aa", "Ø": "Oe"}
)
# What belongs to the word after it, whether or not a space stands between.
_PARTICLES: Final = frozenset(
    {"d", "de", "di", "da", "del", "della", "dello", "dei", "degli", "delle", "dal", "dalla", "l", "la", "le", "lo"}
    | {"li", "o", "mc", "mac", "van", "von", "der", "den", "dos", "das", "do", "du", "el", "al", "abd", "bin", "ben"}
)


def compare_names(typed: str, printed: str) -> NameMatch:
    """Whether ``typed`` is the name ``printed``."""
    typed, printed = _clean(typed), _clean(printed)
    if not _comparable(typed, printed):
        return NameMatch(NameOutcome.NOT_COMPARABLE)
    if typed == printed:
        return NameMatch(NameOutcome.SAME)
    if _equal(typed, printed, _SPELLING):
        return NameMatch(NameOutcome.SAME_BUT, _needed(typed, printed))
    if _further(typed, printed):
        return NameMatch(NameOutcome.SAME_BUT, (Overlooked.FURTHER_NAMES,))
    return NameMatch(NameOutcome.DIFFERENT)


def _clean(text: str) -> str:
    return normalize("NFKC", _INVISIBLE.sub("", text)).strip()


def _comparable(typed: str, printed: str) -> bool:
    """Whether both have letters, and of the same scripts."""
    scripts = _scripts(typed), _scripts(printed)
    return bool(scripts[0] & scripts[1]) and len(typed) <= MAX_CHARACTERS


def _scripts(text: str) -> set[str]:
    letters = (letter for letter in normalize("NFKD", text) if category(letter) in {"Lu", "Ll", "Lt", "Lo"})
    words = (name(letter, "").partition(" ")[0] for letter in letters)
    return {word if word in _SCRIPTS else "" for word in words}


def _needed(typed: str, printed: str) -> tuple[Overlooked, ...]:
    """What must be overlooked for two names to be equal, and nothing that need not."""
    needed = _SPELLING
    for what in sorted(_SPELLING):
        if _equal(typed, printed, needed - {what}):
            needed -= {what}
    return tuple(what for what in Overlooked if what in needed)


def _equal(typed: str, printed: str, overlook: frozenset[Overlooked]) -> bool:
    return not set(_keys(typed, overlook)).isdisjoint(_keys(printed, overlook))


def _keys(text: str, overlook: frozenset[Overlooked]) -> Iterator[tuple[str, ...]]:
    """Every way to write the name with those things overlooked; two names are equal that share one."""
    for spelled in _spellings(text, overlook):
        if Overlooked.ORDER in overlook:
            words = _words(spelled) if Overlooked.SPACES in overlook else spelled.split(" ")
            yield tuple(sorted(words))
        yield ("".join(spelled.split()) if Overlooked.SPACES in overlook else spelled,)


def _spellings(text: str, overlook: frozenset[Overlooked]) -> Iterator[str]:
    """The name's spellings; a hyphen is read as a space or as nothing, an umlaut as one letter or as two."""
    if Overlooked.CASE in overlook:
        text = normalize("NFC", text.casefold())
    accents = (text.translate(_DIGRAPHS), text) if Overlooked.ACCENTS in overlook else (text,)
    hyphens = (" ", "") if Overlooked.MARKS in overlook else (None,)
    for spelled, hyphen in product(accents, hyphens):
        folded = _without_accents(spelled) if Overlooked.ACCENTS in overlook else spelled
        yield folded if hyphen is None else _APOSTROPHES.sub("", _HYPHENS.sub(hyphen, folded))


def _without_accents(text: str) -> str:
    """The letters without their marks, but for the scripts of India, where marks are vowels."""
    apart = normalize("NFKD", text.translate(_PLAIN).translate(_PLAIN_CAPITALS))
    return normalize("NFC", "".join(c for c in apart if category(c) != "Mn" or "\u0900" <= c <= "\u0dff"))


def _words(text: str) -> list[str]:
    """The words, each with the particles before it."""
    words: list[str] = []
    particles = ""
    for word in text.split():
        if word.casefold() in _PARTICLES:
            particles += word
            continue
        words.append(particles + word)
        particles = ""
    return [*words, particles] if particles else words


def _further(typed: str, printed: str) -> bool:
    """Whether one has all the words of the other, at least two, and more."""
    for left in _spellings(typed, _SPELLING):
        for right in _spellings(printed, _SPELLING):
            ours, theirs = Counter(_words(left)), Counter(_words(right))
            common = ours & theirs
            if common.total() >= _LEAST_COMMON_WORDS and common in (ours, theirs):
                return True
    return False
