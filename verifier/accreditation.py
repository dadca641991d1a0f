"""A body's accreditation for a scheme, as a timeline of its own: covered or not on day T, as known at instant K.

A pure function, as the status is: T is a legal day in Europe/Rome, K an instant in UTC. An accreditation is for one
scheme; a reduced one names the profiles that are left.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final


class Coverage(StrEnum):
    """Whether the body was accredited for the scheme on a day."""

    COVERED = "covered"
    SUSPENDED = "suspended"
    NOT_COVERED = "not_covered"


@dataclass(frozen=True, slots=True)
class AccreditationFact:
    """One event of a body's accreditation for one scheme; ``detail`` is what the answer quotes of it.

    ``profiles`` (reduced) are those that the accreditation still covers.
    """

    type: str
    sequence: int
    scheme: str
    effective_on: date
    recorded_at: datetime
    detail: Mapping[str, str]
    profiles: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Accreditation:
    """Whether the body was accredited for that very scheme on that day, since when, and in which words.

    ``profiles`` are those that a reduced accreditation still covers, None where it covers all.
    """

    coverage: Coverage
    since: date | None = None
    detail: Mapping[str, str] | None = None
    profiles: tuple[str, ...] | None = None

    @property
    def leaves_profile_out(self) -> bool:
        """Whether the body is accredited for the scheme, but not for the profile that was asked for."""
        return self.coverage is Coverage.NOT_COVERED and self.profiles is not None


_HELD: Final = frozenset({Coverage.COVERED, Coverage.SUSPENDED})
# Which coverage an event of an accreditation may follow; a new grant takes the place of whatever was there.
ALLOWED_FROM: Final[Mapping[str, frozenset[Coverage]]] = {
    "accreditation.granted": frozenset(Coverage),
    "accreditation.reduced": _HELD,
    "accreditation.suspended": frozenset({Coverage.COVERED}),
    "accreditation.restored": frozenset({Coverage.SUSPENDED}),
    "accreditation.withdrawn": _HELD,
}
_COVERAGE: Final = {
    "accreditation.granted": Coverage.COVERED,
    "accreditation.restored": Coverage.COVERED,
    "accreditation.suspended": Coverage.SUSPENDED,
    "accreditation.withdrawn": Coverage.NOT_COVERED,
}


def accreditation(
    facts: Iterable[AccreditationFact], scheme: str, on: date, known_at: datetime, profile: str | None = None
) -> Accreditation:
    """Whether a body was accredited for ``scheme`` on legal day ``on``, as known at ``known_at`` (UTC).

    With ``profile``, whether it was for that profile: a reduced accreditation covers only those that it names.
    """
    known = [f for f in facts if f.scheme == scheme and f.recorded_at <= known_at and f.effective_on <= on]
    answer = Accreditation(Coverage.NOT_COVERED)
    for fact in _in_order(known):
        answer = _follow(answer, fact)
    if answer.profiles is not None and profile is not None and profile not in answer.profiles:
        return Accreditation(Coverage.NOT_COVERED, answer.since, answer.detail, answer.profiles)
    return answer


def wider_profiles(before: Collection[str] | None, profiles: Collection[str]) -> str:
    """Which of a reduction's ``profiles`` were not covered ``before`` (None: all were), in words; empty for none."""
    return "" if before is None else ", ".join(sorted(set(profiles) - set(before)))[:200]


def find_wider_reduction(facts: Iterable[AccreditationFact], scheme: str) -> tuple[AccreditationFact, str] | None:
    """The first reduction, by effective day, to more than was covered for ``scheme`` before it, and what it adds.

    All facts count, whenever they were recorded: what is recorded later may take effect before what is scheduled.
    """
    answer = Accreditation(Coverage.NOT_COVERED)
    for fact in _in_order(fact for fact in facts if fact.scheme == scheme):
        applies = answer.coverage in ALLOWED_FROM[fact.type]
        if applies and fact.profiles is not None and (wider := wider_profiles(answer.profiles, fact.profiles)):
            return fact, wider
        answer = _follow(answer, fact)
    return None


def _in_order(facts: Iterable[AccreditationFact]) -> list[AccreditationFact]:
    return sorted(facts, key=lambda fact: (fact.effective_on, fact.sequence))


def _follow(answer: Accreditation, fact: AccreditationFact) -> Accreditation:
    # What was scheduled may find nothing left to act on: nobody restores what was withdrawn meanwhile.
    if answer.coverage not in ALLOWED_FROM[fact.type]:
        return answer
    granted = fact.type == "accreditation.granted"
    detail = fact.detail if granted else answer.detail
    # A new grant is for the whole scheme again; what was restored is what had been suspended.
    profiles = None if granted else answer.profiles
    if fact.type == "accreditation.reduced":
        return Accreditation(answer.coverage, fact.effective_on, detail, fact.profiles)
    if fact.type == "accreditation.withdrawn":
        profiles = None
    return Accreditation(_COVERAGE[fact.type], fact.effective_on, detail, profiles)
