"""Lines of numbers, links or codes, as people paste them, and who names each, where a second column says so."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from verifier.errors import FormatError
from verifier.inputs import Input
from verifier.presented import Presented, parse_text

MAX_LINE_CHARACTERS: Final = 2048
MAX_BIDDER_CHARACTERS: Final = 120
# Columns of a spreadsheet are pasted with tabs between them; Excel in Italian writes lists with semicolons.
_BETWEEN: Final = re.compile(r"[\t;]")
_SHOWN_CHARACTERS: Final = 24


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list, counted from 1, and the list's name; none where the line was pasted."""

    source: str
    place: int | None
    text: str = field(repr=False)
    bidder: str = ""


def pasted(lines: Iterable[Line]) -> Iterator[Input]:
    """What each line presents."""
    return map(_input, lines)


def _input(line: Line) -> Input:
    cells = [cell.strip() for cell in _BETWEEN.split(line.text)]
    presented = [_parse(cell) for cell in cells[:8]]
    found = next((at for at, one in enumerate(presented) if isinstance(one, Presented)), 0)
    beside = next((cell for at, cell in enumerate(cells) if at != found and cell), "")
    whose = (line.bidder or beside)[:MAX_BIDDER_CHARACTERS]
    return Input(line.source or _shown(cells[found]), presented[found], row=line.place, bidder=whose)


def _parse(text: str) -> Presented | FormatError:
    if len(text) > MAX_LINE_CHARACTERS:
        return FormatError("the line is too long")
    try:
        return parse_text(text)
    except FormatError as error:
        return error


def _shown(text: str) -> str:
    """Enough of a line to find it again, and nothing of a code, which states a name."""
    return text.partition("#")[0][:_SHOWN_CHARACTERS]
