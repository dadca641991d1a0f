"""The status rule: what a certification was on day T, as known at instant K.

This is the one place that turns events into a status. The registry's guards and projection, the page, the auditor and
the offline check all ask it. A pure function of (facts, T, K): T is a legal day in Europe/Rome, K an instant in UTC.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from verifier.encoding import add_months, legal_day


class State(StrEnum):
    """What a certification can be on a day."""

    NOT_RECORDED = "not_recorded"
    NOT_YET_EFFECTIVE = "not_yet_effective"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RELINQUISHED = "relinquished"
    ANNULLED = "annulled"
    TRANSFERRED = "transferred"


class Condition(StrEnum):
    """What is to be said beside the state; none of these changes it, only a decision or expiry does."""

    MAINTENANCE_DUE = "maintenance_due"
    MAINTENANCE_IN_GRACE = "maintenance_in_grace"
    MAINTENANCE_OVERDUE = "maintenance_overdue"
    SUSPENSION_PAST_DEADLINE = "suspension_past_deadline"
    CHANGE_SCHEDULED = "change_scheduled"
    RECORDED_LATE = "recorded_late"
    MAINTENANCE_REFUSED = "maintenance_refused"
    ADOPTED = "adopted"
    ORIGIN_ANNULLED = "origin_annulled"


HELD: Final = frozenset({State.ACTIVE, State.SUSPENDED})
TERMINAL: Final = frozenset({State.WITHDRAWN, State.RELINQUISHED, State.ANNULLED, State.TRANSFERRED})
_RECORDED: Final = frozenset(State) - {State.NOT_RECORDED}
# Which event may follow which state (domain.md, "Events of a certification"). Expiry is judged on the event's day.
ALLOWED_FROM: Final[Mapping[str, frozenset[State]]] = {
    "certification.granted": frozenset({State.NOT_RECORDED}),
    "certification.adopted": frozenset({State.NOT_RECORDED}),
    "certification.transferred_in": frozenset({State.NOT_RECORDED}),
    "certification.maintenance_confirmed": HELD,
    "certification.maintenance_refused": HELD,
    "certification.recertified": frozenset({State.ACTIVE, State.EXPIRED}),
    "certification.scope_extended": frozenset({State.ACTIVE}),
    "certification.scope_reduced": HELD,
    "certification.suspended": frozenset({State.ACTIVE}),
    "certification.suspension_prolonged": frozenset({State.SUSPENDED}),
    "certification.reinstated": frozenset({State.SUSPENDED}),
    "certification.withdrawn": HELD,
    "certification.relinquished": HELD,
    "certification.annulled": _RECORDED - {State.ANNULLED},
    "certification.transferred_out": frozenset({State.ACTIVE}),
    "certification.appeal_upheld": TERMINAL | {State.SUSPENDED},
    "certification.corrected": HELD | {State.NOT_YET_EFFECTIVE},
    "certification.personal_data_erased": _RECORDED,
    "certificate.issued": frozenset({State.NOT_YET_EFFECTIVE, State.ACTIVE}),
    "certificate.reissued": HELD | {State.NOT_YET_EFFECTIVE},
    "certificate.superseded": _RECORDED,
}
ANNULLED: Final = "certification.annulled"
APPEAL: Final = "certification.appeal_upheld"
# Decisions of the body that end or interrupt a certification; the person's own, and a transfer, are no case for appeal.
REVERSIBLE: Final = frozenset({"certification.suspended", "certification.withdrawn", ANNULLED})
# These concern the whole life or the record of it: they take effect on the day they are recorded, never on a later one.
IMMEDIATE: Final = frozenset({ANNULLED, APPEAL, "certification.corrected", "certification.personal_data_erased"})
# Granted and reinstated are never late, what goes against the holder never reaches back.
MAY_BE_LATE: Final = frozenset(
    {"certification.maintenance_confirmed", "certification.recertified", "certification.scope_extended"}
)
# From a decision to its place in the log; one taken just before midnight is not backdated for that.
RECORDING: Final = timedelta(hours=1)
ADVERSE: Final = frozenset({
    "certification.maintenance_refused", "certification.scope_reduced", "certification.suspended",
    "certification.suspension_prolonged", "certification.withdrawn", "certification.relinquished", ANNULLED,
    "certification.transferred_out",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One event of a certification, as far as the status depends on it.

    ``effective_on`` is a legal day; ``recorded_at`` an instant in UTC; ``sequence`` the place in the stream, which is
    the order of the log. ``valid_until`` (granted, recertified) is the last valid day, ``deadline`` (suspended) the
    day by which it must have been decided on, ``counted_from`` that whose whole months lead to ``maintained_from``.
    """

    type: str
    sequence: int
    effective_on: date
    recorded_at: datetime
    valid_until: date | None = None
    deadline: date | None = None
    reverses: int | None = None
    granted_on: date | None = None
    cycle_starts_on: date | None = None
    maintained_from: date | None = None
    scope: tuple[str, ...] | None = None
    counted_from: date | None = None


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
    """The answer: the state on T as known at K, since which day, and what is to be said beside it.

    ``scope`` is None while the whole profile is covered. ``left_out`` are the sequences of decisions that an appeal
    reversed, ``without_effect`` those up to T that nothing was left for. Adopted, it is proven only ``proven_from`` on.
    """

    state: State
    since: date | None = None
    valid_until: date | None = None
    deadline: date | None = None
    granted_on: date | None = None
    cycle_starts_on: date | None = None
    maintenance_due_on: date | None = None
    conditions: tuple[Condition, ...] = ()
    scope: tuple[str, ...] | None = None
    left_out: tuple[int, ...] = ()
    without_effect: tuple[int, ...] = ()
    proven_from: date | None = None

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
    counted_from: date
    valid_until: date
    deadline: date | None = None
    months_before: int = 0
    confirmations: int = 0
    refused: bool = False
    scope: tuple[str, ...] | None = None

    def months(self, periods: int, rule: MaintenanceRule | None) -> int | None:
        """From ``counted_from`` to the end of that many periods here; None where the calendar might end first."""
        months = self.months_before + (0 if rule is None else rule.interval_months * periods)
        return None if self.counted_from.year + months // 12 > self.valid_until.year else months


@dataclass(frozen=True, slots=True)
class _Folded:
    """What the fold came to: the cycle, None before the first day; what it left out, and what did not fit."""

    cycle: _Cycle | None
    annulled: bool
    left_out: tuple[int, ...]
    without_effect: tuple[int, ...]

    def state(self, on: date) -> State:
        """The state on ``on``; NOT_YET_EFFECTIVE before the first day."""
        if self.annulled:
            return State.ANNULLED
        return State.NOT_YET_EFFECTIVE if self.cycle is None else _expire(self.cycle, on).state


def status(facts: Iterable[Fact], on: date, known_at: datetime, maintenance: MaintenanceRule | None = None) -> Standing:
    """What the certification was on legal day ``on``, counting only what was recorded up to ``known_at`` (UTC)."""
    known = [fact for fact in facts if fact.recorded_at <= known_at]
    if not known:
        return Standing(State.NOT_RECORDED)
    folded = _fold(known, on)
    first = min(known, key=lambda f: f.sequence)
    begun = _start(first)
    if begun is None or (folded.cycle is None and not folded.annulled):
        granted_on = first.granted_on or first.effective_on
        return _proven(Standing(State.NOT_YET_EFFECTIVE, granted_on=granted_on, valid_until=first.valid_until), first)
    cycle = _expire(folded.cycle or begun, on)
    if folded.annulled:
        # From the start: the certification never was, on any day, and nothing of it is to come.
        cycle, known = replace(cycle, state=State.ANNULLED, since=begun.since), []
    return _proven(_standing(cycle, folded, known, on, maintenance), first)


def _proven(standing: Standing, first: Fact) -> Standing:
    if first.type != "certification.adopted":
        return standing
    return replace(standing, conditions=(*standing.conditions, Condition.ADOPTED), proven_from=first.effective_on)


def maintained(facts: Sequence[Fact], on: date, rule: MaintenanceRule | None = None) -> tuple[date, date] | None:
    """What a transfer takes along on ``on``: the day up to which maintenance is kept, and ``counted_from``; or None."""
    cycle = _fold(facts, on).cycle
    if cycle is None:
        return None
    months = cycle.months(cycle.confirmations, rule)
    # So far away that nothing falls due any more.
    return cycle.valid_until if months is None else add_months(cycle.counted_from, months), cycle.counted_from


def allowed(event_type: str, standing: Standing) -> bool:
    """Whether an event of that type may follow that standing."""
    return standing.state in ALLOWED_FROM[event_type]


def breach(facts: Sequence[Fact], limits: Limits) -> str | None:
    """Which rule the last of ``facts`` breaks, given those before it in the stream; None where it breaks none."""
    *earlier, fact = facts
    folded = _fold(earlier, fact.effective_on)
    state = folded.state(fact.effective_on) if earlier else State.NOT_RECORDED
    if state not in ALLOWED_FROM.get(fact.type, frozenset()):
        return "may not follow what was there on its day"
    return _untimely(earlier, fact, limits) or _against_what_it_names(earlier, folded, fact, limits)


def _untimely(earlier: Sequence[Fact], fact: Fact, limits: Limits) -> str | None:
    recorded_on = day_recorded(fact.recorded_at)
    late_days = limits.late_recording_days if fact.type in MAY_BE_LATE else 0
    if (recorded_on - fact.effective_on).days > late_days:
        return f"takes effect on {fact.effective_on}, but was recorded on {recorded_on} only"
    latest = legal_day(fact.recorded_at + RECORDING)
    if fact.effective_on <= latest or fact.type.startswith("certificate."):
        return None
    if fact.type in IMMEDIATE:
        return f"takes effect on {fact.effective_on}, after it was recorded on {recorded_on}"
    if any(f.effective_on > latest for f in earlier if not f.type.startswith("certificate.")):
        return "is a second event that is scheduled for later"
    return None


def _against_what_it_names(earlier: Sequence[Fact], folded: _Folded, fact: Fact, limits: Limits) -> str | None:
    cycle, grace_days = folded.cycle, limits.recertification_grace_days
    reversible = {f.sequence for f in earlier if f.type in REVERSIBLE} - _reversed(earlier)
    if fact.type == APPEAL and fact.reverses not in reversible:
        return f"reverses event {fact.reverses}, which is no decision that an appeal may reverse"
    claimed = [day for day in (fact.granted_on, fact.cycle_starts_on, fact.maintained_from, fact.effective_on) if day]
    if fact.type == "certification.adopted" and claimed != sorted(claimed):
        return "claims days of before the registry that do not follow each other"
    if fact.type != "certification.recertified" or cycle is None or grace_days is None:
        return None
    if (fact.effective_on - cycle.valid_until).days > grace_days:
        return f"comes more than {grace_days} days after the last valid day {cycle.valid_until}"
    return None


def day_recorded(at: datetime) -> date:
    """The legal day that a decision recorded at that instant (UTC) must not be dated back before."""
    return legal_day(at - RECORDING)


def _reversed(known: Iterable[Fact]) -> set[int]:
    return {f.reverses for f in known if f.type == APPEAL and f.reverses is not None}


def _fold(known: Sequence[Fact], on: date) -> _Folded:
    reverse = _reversed(known)
    left_out = [f for f in known if f.sequence in reverse and f.type in REVERSIBLE]
    standing = [f for f in known if f not in left_out]
    cycle: _Cycle | None = None
    without_effect: list[int] = []
    for fact in sorted((f for f in standing if f.effective_on <= on), key=lambda f: (f.effective_on, f.sequence)):
        if _fits(cycle, fact):
            cycle = _start(fact) if cycle is None else _apply(cycle, fact)
        elif not fact.type.startswith("certificate."):
            without_effect.append(fact.sequence)
    annulled = any(f.type == ANNULLED for f in standing)
    return _Folded(cycle, annulled, tuple(sorted(f.sequence for f in left_out)), tuple(sorted(without_effect)))


def _fits(cycle: _Cycle | None, fact: Fact) -> bool:
    if fact.type in IMMEDIATE:
        # None of them changes what follows on the days' own axis; an appeal and an annulment are judged apart.
        return True
    state = State.NOT_RECORDED if cycle is None else _expire(cycle, fact.effective_on).state
    return state in ALLOWED_FROM.get(fact.type, frozenset())


def _start(fact: Fact) -> _Cycle | None:
    if fact.valid_until is None:
        return None
    day = fact.effective_on
    granted_on, starts_on = fact.granted_on or day, fact.cycle_starts_on or day
    kept = fact.maintained_from or starts_on
    counted = fact.counted_from or kept
    months = (kept.year - counted.year) * 12 + kept.month - counted.month
    return _Cycle(State.ACTIVE, day, granted_on, starts_on, counted, fact.valid_until, months_before=months)


def _apply(cycle: _Cycle, fact: Fact) -> _Cycle:  # noqa: PLR0911  one event, one line
    day = fact.effective_on
    match fact.type.partition(".")[2]:
        case "suspended":
            return replace(cycle, state=State.SUSPENDED, since=day, deadline=fact.deadline)
        case "suspension_prolonged":
            return replace(cycle, deadline=fact.deadline)
        case "reinstated":
            return replace(cycle, state=State.ACTIVE, since=day, deadline=None)
        case "withdrawn" | "relinquished" | "transferred_out" as ended:
            return replace(cycle, state=_ENDS[ended], since=day)
        case "maintenance_confirmed":
            return replace(cycle, confirmations=cycle.confirmations + 1, refused=False)
        case "maintenance_refused":
            return replace(cycle, refused=True)
        case "scope_extended" | "scope_reduced":
            return replace(cycle, scope=fact.scope)
        case "recertified":
            return _next_cycle(cycle, fact)
        case _:
            return cycle


_ENDS: Final = {
    "withdrawn": State.WITHDRAWN, "relinquished": State.RELINQUISHED, "transferred_out": State.TRANSFERRED,
}  # fmt: skip


def _next_cycle(cycle: _Cycle, fact: Fact) -> _Cycle:
    day = fact.effective_on
    # After expiry within the grace the gap stays: the days before this one still answer EXPIRED.
    in_time = day <= cycle.valid_until
    # In time, the new cycle joins the old one's last valid day; its maintenance is counted from there.
    counted = cycle.valid_until + timedelta(days=1) if in_time else day
    until, since = fact.valid_until or cycle.valid_until, cycle.since if in_time else day
    return _Cycle(State.ACTIVE, since, cycle.granted_on, day, counted, until, scope=cycle.scope)


def _expire(cycle: _Cycle, on: date) -> _Cycle:
    if cycle.state in TERMINAL or on <= cycle.valid_until:
        return cycle
    return replace(cycle, state=State.EXPIRED, since=cycle.valid_until + timedelta(days=1))


def _standing(
    cycle: _Cycle, folded: _Folded, known: Sequence[Fact], on: date, maintenance: MaintenanceRule | None
) -> Standing:
    due_on = _next_due(cycle, maintenance)
    deadline = cycle.deadline if cycle.state is State.SUSPENDED else None
    known = [f for f in known if f.type.startswith("certification.") and f.sequence not in folded.left_out]
    return Standing(
        cycle.state, cycle.since, cycle.valid_until, deadline, cycle.granted_on, cycle.starts_on, due_on,
        tuple(_conditions(cycle, known, on, due_on, maintenance)), cycle.scope, folded.left_out, folded.without_effect,
    )  # fmt: skip


def _next_due(cycle: _Cycle, rule: MaintenanceRule | None) -> date | None:
    if rule is None or cycle.state not in HELD:
        return None
    if (months := cycle.months(cycle.confirmations + 1, rule)) is None:
        return None
    return due_on if (due_on := add_months(cycle.counted_from, months)) <= cycle.valid_until else None


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
    if cycle.refused and cycle.state in HELD:
        yield Condition.MAINTENANCE_REFUSED
    if any(fact.effective_on > on and fact.type not in IMMEDIATE for fact in known):
        yield Condition.CHANGE_SCHEDULED
    if any(fact.effective_on <= on and fact.effective_on < day_recorded(fact.recorded_at) for fact in known):
        yield Condition.RECORDED_LATE
