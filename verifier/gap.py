"""The gap check: the days between two days on which a certification was not active."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from verifier.status import Fact, State, status

_BEFORE: Final = frozenset({State.NOT_RECORDED, State.NOT_YET_EFFECTIVE})


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
    """The legal days from ``start`` to ``end``, both included, on which none of ``lives`` was ACTIVE, as known at K.

    A certification that was transferred goes on as another: its lives are handed over in their order.
    """
    if end < start:
        return ()
    days = sorted({start} | {day for life in lives for day in turns(life) if start < day <= end})
    found: list[Gap] = []
    for day, following in zip(days, [*days[1:], end + timedelta(days=1)], strict=True):
        states = [status(life, day, known_at).state for life in lives]
        if State.ACTIVE in states:
            continue
        state = next((s for s in reversed(states) if s not in _BEFORE), min(states[:1], default=State.NOT_RECORDED))
        until = following - timedelta(days=1)
        if found and found[-1].state is state and found[-1].ends_on + timedelta(days=1) == day:
            found[-1] = replace(found[-1], ends_on=until)
        else:
            found.append(Gap(day, until, state))
    return tuple(found)
