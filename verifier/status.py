"""The status rule: what a certification was on day T, as known at instant K.

This is the one place that turns events into a status. The registry's guards and projection, the page, the auditor and
the offline check all ask it. A pure function of (facts, T, K): T is a legal day in Europe/Rome, K an instant in UTC.
"""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from verifier.encoding import legal_day


class State(StrEnum):
    """What a certification can be on a day."""

    NOT_RECORDED = "not_recorded"
    NOT_YET_EFFECTIVE = "not_yet_effective"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RELINQUISHED = "relinquished"


class Condition(StrEnum):
    """What is to be said beside the state; none of these changes it, only a decision or expiry does."""

    MAINTENANCE_DUE = "maintenance_due"
    MAINTENANCE_IN_GRACE = "maintenance_in_grace"
    MAINTENANCE_OVERDUE = "maintenance_overdue"
    SUSPENSION_PAST_DEADLINE = "suspension_past_deadline"
    CHANGE_SCHEDULED = "change_scheduled"
    RECORDED_LATE = "recorded_late"


class Coverage(StrEnum):
    """Whether the body was accredited for the scheme on a day."""

    COVERED = "covered"
    SUSPENDED = "suspended"
    NOT_COVERED = "not_covered"


# Which event may follow which state (domain.md, "Events of a certification"). Expiry is judged on the event's day.
ALLOWED_FROM: Final[Mapping[str, frozenset[State]]] = {
    "certification.granted": frozenset({State.NOT_RECORDED}),
    "certification.maintenance_confirmed": frozenset({State.ACTIVE, State.SUSPENDED}),
    "certification.suspended": frozenset({State.ACTIVE}),
    "certification.reinstated": frozenset({State.SUSPENDED}),
    "certification.withdrawn": frozenset({State.ACTIVE, State.SUSPENDED}),
    "certification.relinquished": frozenset({State.ACTIVE, State.SUSPENDED}),
    "certification.recertified": frozenset({State.ACTIVE, State.EXPIRED}),
    "certificate.issued": frozenset({State.NOT_YET_EFFECTIVE, State.ACTIVE}),
    "certificate.reissued": frozenset({State.NOT_YET_EFFECTIVE, State.ACTIVE, State.SUSPENDED}),
    "certificate.superseded": frozenset(State) - {State.NOT_RECORDED},
}
TERMINAL: Final = frozenset({State.WITHDRAWN, State.RELINQUISHED})
# Granted and reinstated are never late, what goes against the holder never reaches back.
MAY_BE_LATE: Final = frozenset({"certification.maintenance_confirmed", "certification.recertified"})
# From a decision to its place in the log; one taken just before midnight is not backdated for that.
_RECORDING: Final = timedelta(hours=1)
ADVERSE: Final = frozenset({"certification.suspended", "certification.withdrawn", "certification.relinquished"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One event of a certification, as far as the status depends on it.

    ``effective_on`` is a legal day; ``recorded_at`` an instant in UTC; ``sequence`` the place in the stream, which is
    the order of the log. ``valid_until`` (granted, recertified) is the last valid day, ``deadline`` (suspended) the
    day by which the suspension must have been decided on.
    """

    type: str
    sequence: int
    effective_on: date
    recorded_at: datetime
    valid_until: date | None = None
    deadline: date | None = None


@dataclass(frozen=True, slots=True)
class MaintenanceRule:
    """How often an edition wants a certification confirmed: months between, days of window before and grace after."""

    interval_months: int
    window_days: int
    grace_days: int


@dataclass(frozen=True, slots=True)
class Limits:
    """How many days late an edition lets a decision be recorded, and how long after expiry a new cycle may start.

    A limit that nobody outside knows is None: nothing can be held against it.
    """

    late_recording_days: int = 0
    recertification_grace_days: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer: the state on T as known at K, since which day, and what is to be said beside it."""

    state: State
    since: date | None = None
    valid_until: date | None = None
    deadline: date | None = None
    granted_on: date | None = None
    cycle_starts_on: date | None = None
    maintenance_due_on: date | None = None
    conditions: tuple[Condition, ...] = ()

    @property
    def in_force(self) -> bool:
        """Whether the certification counts on that day."""
        return self.state is State.ACTIVE


@dataclass(frozen=True, slots=True)
class _Cycle:
    state: State
    since: date
    granted_on: date
    starts_on: date
    maintained_from: date
    valid_until: date
    deadline: date | None = None
    confirmations: int = 0


def status(facts: Iterable[Fact], on: date, known_at: datetime, maintenance: MaintenanceRule | None = None) -> Standing:
    """What the certification was on legal day ``on``, counting only what was recorded up to ``known_at`` (UTC)."""
    known = [fact for fact in facts if fact.recorded_at <= known_at]
    if not known:
        return Standing(State.NOT_RECORDED)
    cycle = _fold(_effective(known, on))
    if cycle is None:
        first = min(known, key=lambda f: f.sequence)
        return Standing(State.NOT_YET_EFFECTIVE, granted_on=first.effective_on, valid_until=first.valid_until)
    return _standing(_expire(cycle, on), known, on, maintenance)


def allowed(event_type: str, standing: Standing) -> bool:
    """Whether an event of that type may follow that standing."""
    return standing.state in ALLOWED_FROM[event_type]


def breach(facts: Sequence[Fact], limits: Limits) -> str | None:
    """Which rule the last of ``facts`` breaks, given those before it in the stream; None where it breaks none."""
    *earlier, fact = facts
    cycle = _fold(_effective(earlier, fact.effective_on))
    recorded_on = day_recorded(fact.recorded_at)
    late_days = limits.late_recording_days if fact.type in MAY_BE_LATE else 0
    grace_days = limits.recertification_grace_days
    if not _fits(cycle, fact):
        return "may not follow what was there on its day"
    if (recorded_on - fact.effective_on).days > late_days:
        return f"takes effect on {fact.effective_on}, but was recorded on {recorded_on} only"
    if fact.type != "certification.recertified" or cycle is None or grace_days is None:
        return None
    if (fact.effective_on - cycle.valid_until).days > grace_days:
        return f"comes more than {grace_days} days after the last valid day {cycle.valid_until}"
    return None


def day_recorded(at: datetime) -> date:
    """The legal day that a decision recorded at that instant (UTC) must not be dated back before."""
    return legal_day(at - _RECORDING)


def _effective(facts: Iterable[Fact], on: date) -> list[Fact]:
    return sorted((f for f in facts if f.effective_on <= on), key=lambda f: (f.effective_on, f.sequence))


def _fold(effective: Sequence[Fact]) -> _Cycle | None:
    cycle: _Cycle | None = None
    for fact in effective:
        if _fits(cycle, fact):
            cycle = _start(fact) if cycle is None else _apply(cycle, fact)
    return cycle


def _fits(cycle: _Cycle | None, fact: Fact) -> bool:
    state = State.NOT_RECORDED if cycle is None else _expire(cycle, fact.effective_on).state
    return state in ALLOWED_FROM.get(fact.type, frozenset())


def _start(fact: Fact) -> _Cycle | None:
    if fact.valid_until is None:
        return None
    day = fact.effective_on
    return _Cycle(State.ACTIVE, day, day, day, day, fact.valid_until)


def _apply(cycle: _Cycle, fact: Fact) -> _Cycle:
    day = fact.effective_on
    match fact.type:
        case "certification.suspended":
            return replace(cycle, state=State.SUSPENDED, since=day, deadline=fact.deadline)
        case "certification.reinstated":
            return replace(cycle, state=State.ACTIVE, since=day, deadline=None)
        case "certification.withdrawn":
            return replace(cycle, state=State.WITHDRAWN, since=day)
        case "certification.relinquished":
            return replace(cycle, state=State.RELINQUISHED, since=day)
        case "certification.maintenance_confirmed":
            return replace(cycle, confirmations=cycle.confirmations + 1)
        case "certification.recertified":
            # After expiry within the grace the gap stays: the days before this one still answer EXPIRED.
            in_time = day <= cycle.valid_until
            # In time, the new cycle joins the old one's last valid day; its maintenance is counted from there.
            maintained_from = cycle.valid_until + timedelta(days=1) if in_time else day
            until = fact.valid_until or cycle.valid_until
            return _Cycle(State.ACTIVE, cycle.since if in_time else day, cycle.granted_on, day, maintained_from, until)
        case _:
            return cycle


def _expire(cycle: _Cycle, on: date) -> _Cycle:
    if cycle.state in TERMINAL or on <= cycle.valid_until:
        return cycle
    return replace(cycle, state=State.EXPIRED, since=cycle.valid_until + timedelta(days=1))


def _standing(cycle: _Cycle, known: Sequence[Fact], on: date, maintenance: MaintenanceRule | None) -> Standing:
    due_on = _next_due(cycle, maintenance)
    return Standing(
        cycle.state,
        cycle.since,
        cycle.valid_until,
        cycle.deadline if cycle.state is State.SUSPENDED else None,
        cycle.granted_on,
        cycle.starts_on,
        due_on,
        tuple(_conditions(cycle, known, on, due_on, maintenance)),
    )


def _next_due(cycle: _Cycle, rule: MaintenanceRule | None) -> date | None:
    if rule is None or cycle.state not in {State.ACTIVE, State.SUSPENDED}:
        return None
    months = rule.interval_months * (cycle.confirmations + 1)
    # So far away that the calendar might end first.
    if cycle.maintained_from.year + months // 12 > cycle.valid_until.year:
        return None
    due_on = add_months(cycle.maintained_from, months)
    return due_on if due_on <= cycle.valid_until else None


def _conditions(
    cycle: _Cycle, known: Sequence[Fact], on: date, due_on: date | None, rule: MaintenanceRule | None
) -> Iterable[Condition]:
    if rule is not None and due_on is not None:
        days_past = (on - due_on).days
        if days_past > rule.grace_days:
            yield Condition.MAINTENANCE_OVERDUE
        elif days_past > 0:
            yield Condition.MAINTENANCE_IN_GRACE
        elif days_past >= -rule.window_days:
            yield Condition.MAINTENANCE_DUE
    if cycle.state is State.SUSPENDED and cycle.deadline is not None and on > cycle.deadline:
        yield Condition.SUSPENSION_PAST_DEADLINE
    if any(fact.effective_on > on for fact in known):
        yield Condition.CHANGE_SCHEDULED
    if any(fact.effective_on <= on and fact.effective_on < day_recorded(fact.recorded_at) for fact in known):
        yield Condition.RECORDED_LATE


@dataclass(frozen=True, slots=True)
class AccreditationFact:
    """One event of a body's accreditation for one scheme; ``detail`` is what the answer quotes of it."""

    type: str
    sequence: int
    scheme: str
    effective_on: date
    recorded_at: datetime
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Accreditation:
    """Whether the body was accredited for that very scheme on that day, since when, and in which words."""

    coverage: Coverage
    since: date | None = None
    detail: Mapping[str, str] | None = None


_COVERAGE: Final = {
    "accreditation.granted": Coverage.COVERED,
    "accreditation.restored": Coverage.COVERED,
    "accreditation.suspended": Coverage.SUSPENDED,
    "accreditation.withdrawn": Coverage.NOT_COVERED,
}


def accreditation(facts: Iterable[AccreditationFact], scheme: str, on: date, known_at: datetime) -> Accreditation:
    """Whether a body was accredited for ``scheme`` on legal day ``on``, as known at ``known_at`` (UTC)."""
    known = [f for f in facts if f.scheme == scheme and f.recorded_at <= known_at and f.effective_on <= on]
    answer = Accreditation(Coverage.NOT_COVERED)
    for fact in sorted(known, key=lambda f: (f.effective_on, f.sequence)):
        detail = fact.detail if fact.type == "accreditation.granted" else answer.detail
        answer = Accreditation(_COVERAGE[fact.type], fact.effective_on, detail)
    return answer


def add_months(day: date, months: int) -> date:
    """The same day of the month ``months`` later, or the last day of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
