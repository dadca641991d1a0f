"""What the lines of a batch come to together: people counted once, and what is there twice."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from verifier.page.attention import Attention
from verifier.page.row import Row
from verifier.tally import Count, Line, people_of
from verifier.tally import tally as count


@dataclass(frozen=True, slots=True)
class Bidder:
    """A bidder's count, and how many of the lines need attention."""

    count: Count
    attention: int


def flag(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The lines in their order, those flagged that name again what another line names."""
    rows = tuple(rows)
    people = people_of([_line(row) for row in rows])
    bidders, lines = defaultdict[str, set[str]](set), defaultdict[tuple[str, str], int](int)
    for row in rows:
        if row.number:
            bidders[people[row.number]] |= {row.bidder} - {""}
            lines[row.bidder, row.number] += 1

    def reasons(row: Row) -> tuple[Attention, ...]:
        two = (Attention.TWO_BIDDERS,) if len(bidders[people[row.number]]) > 1 else ()
        twice = (Attention.TWICE,) if lines[row.bidder, row.number] > 1 else ()
        return (*row.reasons, *two, *twice)

    return tuple(replace(row, reasons=reasons(row)) if row.number else row for row in rows)


def tally(rows: Sequence[Row]) -> tuple[Bidder, ...]:
    """Every bidder's count, in the order in which they are named; of flagged lines."""
    attention = Counter(row.bidder for row in rows if row.reasons)
    return tuple(Bidder(counted, attention[counted.name]) for counted in count(map(_line, rows)))


def _line(row: Row) -> Line:
    return Line(row.bidder, row.number, row.holder, row.profile, row.requirement)
