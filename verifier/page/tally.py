"""What the lines of a batch come to together: people counted once, and what is there twice.

Two certificates of one person are known by the holder in their codes, at one body. Lines that name a number alone do
not tell people apart: each certification counts as a person of its own, and how many those are is said. ``tally.js``
counts the same in the browser.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from verifier.page.attention import Attention
from verifier.page.row import Row
from verifier.report import Requirement

_COUNTS: Final = frozenset({Requirement.MET, Requirement.MET_SO_FAR})


@dataclass(frozen=True, slots=True)
class Bidder:
    """A bidder's lines: how many, and of those that meet what was asked the people, in all and by profile (slug).

    ``untold`` is how many of the people are certifications of which only the number was given; ``to_be_judged`` how
    many lines are in force without accreditation.
    """

    name: str
    lines: int
    people: int
    profiles: Mapping[str, int]
    untold: int
    to_be_judged: int
    attention: int


def flag(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The lines in their order, those flagged that name again what another line names."""
    rows = tuple(rows)
    people, bidders, lines = _people(rows), defaultdict[str, set[str]](set), defaultdict[tuple[str, str], int](int)
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
    people, by_bidder = _people(rows), defaultdict[str, list[Row]](list)
    for row in rows:
        by_bidder[row.bidder].append(row)
    return tuple(_bidder(name, of_bidder, people) for name, of_bidder in by_bidder.items())


def _bidder(name: str, rows: Sequence[Row], people: Mapping[str, str]) -> Bidder:
    meeting = [row for row in rows if row.requirement in _COUNTS]
    by_profile = defaultdict[str, set[str]](set)
    for row in meeting:
        by_profile[row.profile].add(people[row.number])
    counted = {people[row.number] for row in meeting}
    return Bidder(
        name,
        len(rows),
        len(counted),
        {profile: len(of_profile) for profile, of_profile in sorted(by_profile.items())},
        len(counted & {row.number for row in meeting}),
        sum(row.requirement == Requirement.TO_BE_JUDGED for row in rows),
        sum(bool(row.reasons) for row in rows),
    )


def _people(rows: Iterable[Row]) -> Mapping[str, str]:
    """Who holds each number: the holder that a code names, else the number itself."""
    rows = tuple(rows)
    return {row.number: row.number for row in rows} | {row.number: row.holder for row in rows if row.holder}
