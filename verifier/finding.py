"""Where two answers on one day differ, and through which events: what came to be known in between.

Two answers are for one legal day T as known at two instants K. A pure function of the facts, as the status is.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from verifier.accreditation import Accreditation, AccreditationFact, accreditation
from verifier.link import follow
from verifier.status import ANNULLED, APPEAL, Condition, Fact, MaintenanceRule, Standing, day_recorded


class Cause(StrEnum):
    """How an event changed the answer on a day that was asked before."""

    ANNULLED = "annulled"
    APPEAL_UPHELD = "appeal_upheld"
    RECORDED_LATE = "recorded_late"
    DECIDED_LATER = "decided_later"


class Record(StrEnum):
    """Whose event it was: the certification's or, of its body's accreditation, the operator's."""

    CERTIFICATION = "certification"
    ACCREDITATION = "accreditation"


@dataclass(frozen=True, slots=True)
class Difference:
    """An event through which the answers differ: recorded between their two Ks, it turned the answer on the day.

    ``sequence`` is its place in the stream of its ``record``, whose events lie in the log by ``index``.
    """

    record: Record
    type: str
    sequence: int
    index: int
    effective_on: date
    recorded_at: datetime
    cause: Cause


@dataclass(frozen=True, slots=True)
class Between:
    """Two answers to compare: on one legal day, as known at an earlier instant and at a later one (UTC)."""

    on: date
    earlier: datetime
    later: datetime


def certification_differences(
    lives: Sequence[Mapping[int, Fact]], between: Between, rule: MaintenanceRule | None = None
) -> tuple[Difference, ...]:
    """The events of a certification that turned its standing on the day.

    ``lives`` are its facts by log index and, where it was transferred, those of what it goes on from, the newest first.
    """

    def gist(known: Collection[int]) -> Standing:
        told = [[fact for index, fact in life.items() if index in known] for life in lives]
        _, standing = follow(told, between.on, between.later, rule)
        # That something else is scheduled changes nothing on the day that was asked.
        conditions = tuple(c for c in standing.conditions if c is not Condition.CHANGE_SCHEDULED)
        return replace(standing, conditions=conditions)

    facts = {index: fact for life in lives for index, fact in life.items()}
    return _differences(Record.CERTIFICATION, facts, between, gist)


def accreditation_differences(
    facts: Sequence[AccreditationFact], indexes: Sequence[int], between: Between, scheme: str, profile: str
) -> tuple[Difference, ...]:
    """The events of a body that turned its accreditation for ``scheme`` and ``profile`` on the day.

    ``indexes`` are the log indexes of the body's whole stream, in order.
    """
    by_index = {indexes[fact.sequence - 1]: fact for fact in facts}

    def gist(known: Collection[int]) -> Accreditation:
        return accreditation([by_index[index] for index in known], scheme, between.on, between.later, profile)

    return _differences(Record.ACCREDITATION, by_index, between, gist)


F = TypeVar("F", Fact, AccreditationFact)


def _differences(
    record: Record, facts: Mapping[int, F], between: Between, gist: Callable[[Collection[int]], object]
) -> tuple[Difference, ...]:
    ordered = sorted(index for index, fact in facts.items() if fact.recorded_at <= between.later)
    before = [index for index in ordered if facts[index].recorded_at <= between.earlier]
    if gist(before) == gist(ordered):
        return ()
    return tuple(
        _difference(record, facts[index], index)
        for place, index in enumerate(ordered)
        if facts[index].recorded_at > between.earlier and gist(ordered[:place]) != gist(ordered[: place + 1])
    )


def _difference(record: Record, fact: Fact | AccreditationFact, index: int) -> Difference:
    return Difference(record, fact.type, fact.sequence, index, fact.effective_on, fact.recorded_at, _cause(fact))


def _cause(fact: Fact | AccreditationFact) -> Cause:
    if fact.type == ANNULLED:
        return Cause.ANNULLED
    if fact.type == APPEAL:
        return Cause.APPEAL_UPHELD
    return Cause.RECORDED_LATE if fact.effective_on < day_recorded(fact.recorded_at) else Cause.DECIDED_LATER
