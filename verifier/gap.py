"""The gap check: the days between two days on which a certification was not active."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from verifier.link import follow
from verifier.status import Fact, State


@dataclass(frozen=True, slots=True)
class Gap:
    """Legal days from ``starts_on`` to ``ends_on``, both included, without ACTIVE, and what it was instead."""

    starts_on: date
    ends_on: date
    state: State


def turns(facts: Sequence[Fact]) -> set[date]:
    """The legal days on which the state may become another: the effective days, and those after last valid days."""
    ends = (fact.valid_until for fact in facts if fact.valid_until is not None)
    return {fact.effective_on for fact in facts} | {day + timedelta(days=1) for day in ends}


def gaps(lives: Sequence[Sequence[Fact]], start: date, end: date, known_at: datetime) -> tuple[Gap, ...]:
    """The legal days from ``start`` to ``end``, both included, without ACTIVE, as known at K.

    A certification that was transferred has several ``lives``, in their order: for each day that one counts which
    answers for it (``verifier.link``).
    """
    if end < start:
        return ()
    newest_first = lives[::-1]
    days = sorted({start} | {day for life in lives for day in turns(life) if start < day <= end})
    found: list[Gap] = []
    for day, following in zip(days, [*days[1:], end + timedelta(days=1)], strict=True):
        _, standing = follow(newest_first, day, known_at)
        if standing.in_force:
            continue
        state = standing.state
        until = following - timedelta(days=1)
        if found and found[-1].state is state and found[-1].ends_on + timedelta(days=1) == day:
            found[-1] = replace(found[-1], ends_on=until)
        else:
            found.append(Gap(day, until, state))
    return tuple(found)
