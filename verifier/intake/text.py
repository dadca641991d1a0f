"""The visible text of a PDF file's page, line by line.

What is on the page and what is in the file are two things: a text can be invisible, white, outside of the page or
covered by a picture. So the page is drawn with its text and without, and a word counts where that makes a difference;
where words lie over each other, each of them is left out by itself. A word that something else was drawn across without
hiding it, or that is drawn as lines and no text, is for verifier.intake.drawing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from PIL import Image, ImageChops
from pypdfium2 import raw

from verifier.intake.leaf import Leaf
from verifier.intake.letters import Letter

# The difference that a word makes to its place, in 256 shades of grey.
_SEEN: Final = 24
_INK: Final = [0] * _SEEN + [255] * (256 - _SEEN)
# The part of a word's width, and of its height, in which something of it has to be seen.
_MOST: Final = 0.4
# Words that lie over others, of which each is looked at by itself.
_MAX_COVERED: Final = 60
# The part of the smaller word that lies on the other, and the heights of a word between the columns of a table.
_OVER: Final = 0.2
_COLUMN: Final = 2.0
# How far from a line something is added to it, in heights of a word; to its side, less.
_BESIDE: Final = 1.5
_ACROSS: Final = 1.5
_BREAK: Final = "\n"


@dataclass(frozen=True, slots=True, eq=False)
class _Word:
    """A word with its part of the page, and its place in pixels from the top left corner."""

    text: str
    drawn_by: object
    left: int
    top: int
    right: int
    bottom: int
    letters: tuple[tuple[int, int], ...]

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def follows(self, other: "_Word") -> bool:
        """Whether it stands on the other's line, in the same column."""
        height = max(self.height, other.height)
        across = max(self.left - other.right, other.left - self.right)
        down = max(self.top - other.bottom, other.top - self.bottom)
        return across < _COLUMN * height and down < height / 2 and not self.lies_on(other)

    def in_line_with(self, other: "_Word") -> bool:
        """Whether the middle of one is as high as some part of the other; lines that are set tight are not."""
        return abs(self.top + self.bottom - other.top - other.bottom) < max(self.height, other.height)

    def lies_on(self, other: "_Word") -> bool:
        """Whether a good part of the smaller one is where the other is."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        if across <= 0 or down <= 0:
            return False
        smaller = min(self.height * (self.right - self.left), other.height * (other.right - other.left))
        return across * down > _OVER * smaller


def visible_lines(leaf: Leaf) -> tuple[str, ...]:
    """The lines of a page that a reader sees, words parted by one space, in the order in which the file has them.

    That order is a tagged file's order of reading; columns that stand side by side are lines of their own. What lies
    over a line comes after it, wherever in the file it stands: it is read in that place.
    """
    runs = _in_place(list(_runs(leaf)))
    hidden = _hidden(leaf, [word for run in runs for word in run])
    lines = (" ".join(word.text for word in run if word not in hidden) for run in runs)
    return tuple(filter(None, lines))


def _hidden(leaf: Leaf, words: Sequence[_Word]) -> set[_Word]:
    """The words that make no difference to the page."""
    ink = leaf.difference.point(_INK)
    hidden = {word for word in words if not _differs(word, ink)}
    for word, other in _covered([word for word in words if word not in hidden])[:_MAX_COVERED]:
        twice = word.text == other.text  # which is how some programs print in bold
        if twice or not _differs(word, _ink(leaf, word)):
            hidden.add(word)
    return hidden


def _covered(words: Sequence[_Word]) -> list[tuple[_Word, _Word]]:
    """The words that lie on others, or under them, each with the first of those; of a pair with one text, the later."""
    found: list[tuple[_Word, _Word]] = []
    for word, other in _overlaps(words):
        found.extend([(other, word)] if word.text == other.text else [(word, other), (other, word)])
    return list({word: (word, other) for word, other in reversed(found)}.values())


def _overlaps(words: Iterable[_Word]) -> Iterator[tuple[_Word, _Word]]:
    """The pairs of words that lie on each other, the upper one first."""
    order = sorted(words, key=lambda word: word.top)
    for place, word in enumerate(order):
        for other in order[place + 1 :]:
            if other.top >= word.bottom:
                break
            if word.lies_on(other):
                yield word, other


def _in_place(runs: Sequence[list[_Word]]) -> list[list[_Word]]:
    """The runs, each that lies over an earlier one right after it, also where that one is hidden.

    In a tagged file what has no tag was added to it: close to what has one, it is read there, too.
    """
    places = {word: place for place, run in enumerate(runs) for word in run}
    under = list(range(len(runs)))
    pairs = [sorted((places[one], places[two])) for one, two in _overlaps(places) if one.in_line_with(two)]
    for earlier, later in sorted(pairs, key=lambda pair: pair[1]):
        under[later] = min(under[later], under[earlier])
    tagged = [place for place, run in enumerate(runs) if raw.FPDFPageObj_CountMarks(run[0].drawn_by) > 0]
    for place in sorted(set(range(len(runs))).difference(tagged)) if tagged else ():
        near = min(tagged, key=lambda other: _distance(runs[place], runs[other]))
        if under[place] == place and _distance(runs[place], runs[near]) < _BESIDE:
            under[place] = under[near]
    return [runs[place] for place in sorted(range(len(runs)), key=lambda place: (under[place], place))]


def _distance(one: Sequence[_Word], other: Sequence[_Word]) -> float:
    """How far apart two runs stand, in heights of the larger one's words; beside each other counts for more."""
    across = max(one[0].left - other[-1].right, other[0].left - one[-1].right, 0)
    down = max(one[0].top - other[0].bottom, other[0].top - one[0].bottom, 0)
    return max(_ACROSS * across, down) / max(one[0].height, other[0].height, 1)


def _ink(leaf: Leaf, word: _Word) -> Image.Image:
    """Where the page is seen to differ from the one without this word."""
    return ImageChops.difference(leaf.whole, leaf.without([word.drawn_by])).point(_INK)


def _differs(word: _Word, ink: Image.Image) -> bool:
    """Whether a word is seen as a whole: the edge of one that is covered is none."""
    right, bottom = max(word.right, word.left + 1), max(word.bottom, word.top + 1)
    # Off the page there is nothing to be seen.
    across, down = ink.crop((word.left, word.top, right, bottom)).getprojection()
    if sum(across) <= _MOST * len(across) or sum(down) <= _MOST * len(down):
        return False
    # A letter of one pixel may be drawn in the next.
    spans = ((max(0, start - word.left - 1), end - word.left + 1) for start, end in word.letters)
    return all(1 in across[start:end] for start, end in spans)


def _runs(leaf: Leaf) -> Iterator[list[_Word]]:
    """The words that follow each other on a line, in the order of reading, also from right to left."""
    for places in _sentences(leaf.letters):
        words = [_word(leaf, word) for word in places]
        starts = [0, *(place for place, (one, two) in enumerate(pairwise(words), 1) if not two.follows(one))]
        yield from (words[start:end] for start, end in pairwise([*starts, len(words)]))


def _sentences(letters: Iterable[Letter]) -> Iterator[list[list[int]]]:
    """The places of the characters of each word, as the library parts words and lines."""
    words: list[list[int]] = [[]]
    for place, (letter, _, _) in enumerate(letters):
        if not letter.isspace():
            words[-1].append(place)
        elif words[-1]:
            words.append([])
        if letter == _BREAK and words[0]:
            yield [word for word in words if word]
            words = [[]]
    if words[0]:
        yield [word for word in words if word]


def _word(leaf: Leaf, places: Sequence[int]) -> _Word:
    letters = [leaf.letters[place] for place in places]
    height, (across, down) = leaf.size[1], leaf.scale
    lefts, bottoms, rights, tops = zip(*(letter.box for letter in letters), strict=True)
    starts, ends = [round(left * across) for left in lefts], [round(right * across) for right in rights]
    return _Word(
        _joined(letter.text for letter in letters),
        leaf.object_of(places[0]),
        min(starts),
        round((height - max(tops)) * down),
        max(ends),
        round((height - min(bottoms)) * down),
        tuple(zip(starts, ends, strict=True)),
    )


def _joined(units: Iterable[str]) -> str:
    """The letters of these code units; where a file holds half a letter (a surrogate), a mark stands for it."""
    return "".join(units).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
