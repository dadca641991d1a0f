"""What answers come to together: of each bidder's, how many people meet what was asked, each counted once.

Two certifications of one person are known by the holder in their codes, at one body. Lines that name a number alone do
not tell people apart: each certification counts as a person of its own, and how many those are is said. The page and
packs count by this; ``tally.js`` counts the same in the browser.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from verifier.report import Report, Requirement, Verdict

_COUNTS: Final = frozenset({Requirement.MET, Requirement.MET_SO_FAR})


@dataclass(frozen=True, slots=True)
class Line:
    """An answer as it is counted.

    ``holder`` is equal for certificates of one person at one body, and empty where no checked code says it;
    ``requirement`` is empty where nothing is known, and ``profile`` a slug.
    """

    bidder: str
    number: str
    holder: str
    profile: str
    requirement: str


@dataclass(frozen=True, slots=True)
class Count:
    """A bidder's lines: how many, and of those that meet what was asked the people, in all and by profile (slug).

    ``untold`` is how many of the people are certifications of which only the number was given; ``to_be_judged`` how
    many lines are in force, but without accreditation or on a document that has to be looked at.
    """

    name: str
    lines: int
    people: int
    profiles: Mapping[str, int]
    untold: int
    to_be_judged: int


def requirement(report: Report, verdict: Verdict | None, *, doubtful: bool) -> Requirement | None:
    """What becomes of the requirement that was asked for; None where nothing is known.

    Args:
        report: what the record says.
        verdict: that of the document, which may be an altered one: it meets nothing, whatever its number does.
        doubtful: whether something on the document has to be looked at first.
    """
    if not report.answers:
        return None
    if verdict is not report.verdict:
        return Requirement.NOT_MET
    met = report.requirement(report.question.kind)
    return Requirement.TO_BE_JUDGED if doubtful and met in _COUNTS else met


def tally(lines: Iterable[Line]) -> tuple[Count, ...]:
    """Every bidder's count, in the order in which they are named."""
    lines = tuple(lines)
    people, by_bidder = people_of(lines), defaultdict[str, list[Line]](list)
    for line in lines:
        by_bidder[line.bidder].append(line)
    return tuple(_count(name, of_bidder, people) for name, of_bidder in by_bidder.items())


def people_of(lines: Sequence[Line]) -> Mapping[str, str]:
    """Who holds each number: the holder that a code names, else the number itself."""
    return {line.number: line.number for line in lines} | {line.number: line.holder for line in lines if line.holder}


def _count(name: str, lines: Sequence[Line], people: Mapping[str, str]) -> Count:
    meeting = [line for line in lines if line.requirement in _COUNTS]
    by_profile = defaultdict[str, set[str]](set)
    for line in meeting:
        by_profile[line.profile].add(people[line.number])
    counted = {people[line.number] for line in meeting}
    return Count(
        name,
        len(lines),
        len(counted),
        {profile: len(of_profile) for profile, of_profile in sorted(by_profile.items())},
        len(counted & {line.number for line in meeting}),
        sum(line.requirement == Requirement.TO_BE_JUDGED for line in lines),
    )
