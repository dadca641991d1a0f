"""The accreditation check: the days between two days on which the body that answers was not accredited."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from verifier.accreditation import Accreditation, AccreditationFact, Coverage, accreditation
from verifier.link import follow
from verifier.status import Fact

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Legal days from ``starts_on`` to ``ends_on``, both included, without accreditation, and what it was instead."""

    starts_on: date
    ends_on: date
    accreditation: Accreditation


@dataclass(frozen=True, slots=True)
class Held:
    """A certification's life at one body: its facts, and those of the body's accreditation."""

    facts: Sequence[Fact]
    accreditations: Sequence[AccreditationFact]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What accreditation is asked for: the scheme and the profile, as known at K (UTC)."""

    scheme: str
    profile: str
    known_at: datetime


def uncovered(lives: Sequence[Held], start: date, end: date, wanted: Wanted) -> tuple[Uncovered, ...]:
    """The legal days from ``start`` to ``end``, both included, on which the body was not accredited, as known at K.

    A certification that was transferred has several ``lives``, the newest first: each day's body is that of the one
    which answers for it (``verifier.link``).
    """
    if end < start:
        return ()
    facts = [life.facts for life in lives]
    known = [[f for f in life.accreditations if f.scheme == wanted.scheme] for life in lives]
    turns = {fact.effective_on for of_one in facts for fact in of_one}
    turns |= {fact.effective_on for of_one in known for fact in of_one}
    days = sorted({start, *(day for day in turns if start < day <= end)})
    found: list[Uncovered] = []
    for day, following in zip(days, [*days[1:], end + _DAY], strict=True):
        place, _ = follow(facts, day, wanted.known_at)
        then = accreditation(known[place], wanted.scheme, day, wanted.known_at, wanted.profile)
        if then.coverage is Coverage.COVERED:
            continue
        until = following - _DAY
        if found and found[-1].ends_on + _DAY == day and _same(found[-1].accreditation, then):
            found[-1] = replace(found[-1], ends_on=until)
        else:
            found.append(Uncovered(day, until, then))
    return tuple(found)


def _same(one: Accreditation, other: Accreditation) -> bool:
    return (one.coverage, one.leaves_profile_out) == (other.coverage, other.leaves_profile_out)
