"""Random lives of certifications, and what they come to when they are lived through day by day.

Written from the rules alone and in another way than ``verifier.status``: one day after the other, and on each first the
clock, then what was decided for it.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from verifier.status import Condition, Fact, MaintenanceRule, Standing, State

LATEST = datetime(9000, 1, 1, tzinfo=UTC)
FIRST_DAY = date(2027, 12, 1)
_NEXT = timedelta(days=1)
_ROME = ZoneInfo("Europe/Rome")
_NAMES = ("maintenance_confirmed", "suspended", "reinstated", "withdrawn", "relinquished", "recertified", "granted")


@dataclass(frozen=True, slots=True)
class Life:
    """The facts of a certification, the question, and the edition's rule."""

    facts: list[Fact]
    on: date
    known_at: datetime
    rule: MaintenanceRule | None


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """A life of up to nine events in one year or two, allowed or not, and a question within or near it."""
    at = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, 12, tzinfo=UTC)
    facts: list[Fact] = []
    for sequence in range(1, draw(st.integers(1, 9)) + 1):
        at += timedelta(hours=draw(st.integers(0, 24 * 60)))
        name = "granted" if sequence == 1 else draw(st.sampled_from(_NAMES))
        on = at.date() + timedelta(days=draw(st.sampled_from([0, 0, 0, -3, 1, 40]) | st.integers(-10, 90)))
        ends = on + timedelta(days=draw(st.integers(0, 500)))
        facts.append(
            Fact(
                f"certification.{name}",
                sequence,
                on,
                at,
                ends if name in {"granted", "recertified"} else None,
                ends if name == "suspended" else None,
            )
        )
    question = FIRST_DAY + timedelta(days=draw(st.integers(-20, 900)))
    known_at = draw(st.sampled_from([LATEST, *(fact.recorded_at for fact in facts)]))
    rule = draw(st.none() | st.builds(MaintenanceRule, st.integers(1, 7), st.integers(0, 40), st.integers(0, 40)))
    return Life(facts, question, known_at, rule)


class _Lived:
    """A certification on the day that has come."""

    def __init__(self) -> None:
        self.state: State | None = None
        self.since = self.granted = self.cycle = self.counted_from = self.until = date.min
        self.deadline: date | None = None
        self.confirmed = 0
        self.unheard: list[int] = []

    def wake(self, today: date) -> None:
        """At midnight the last valid day may be over."""
        if self.state in {State.ACTIVE, State.SUSPENDED} and today == self.until + _NEXT:
            self._become(State.EXPIRED, today)

    def hear(self, fact: Fact) -> None:
        """A decision takes effect, if it is one that can be taken now."""
        match fact.type.split(".")[1], self.state:
            case "granted", None:
                self.granted = self.cycle = self.counted_from = fact.effective_on
                self._begin(fact)
            case "maintenance_confirmed", State.ACTIVE | State.SUSPENDED:
                self.confirmed += 1
            case "suspended", State.ACTIVE:
                self._become(State.SUSPENDED, fact.effective_on)
                self.deadline = fact.deadline
            case "reinstated", State.SUSPENDED:
                self._become(State.ACTIVE, fact.effective_on)
            case "withdrawn", State.ACTIVE | State.SUSPENDED:
                self._become(State.WITHDRAWN, fact.effective_on)
            case "relinquished", State.ACTIVE | State.SUSPENDED:
                self._become(State.RELINQUISHED, fact.effective_on)
            case "recertified", State.ACTIVE:
                self.cycle, self.counted_from, self.confirmed = fact.effective_on, self.until + _NEXT, 0
                assert fact.valid_until is not None
                self.until = fact.valid_until
            case "recertified", State.EXPIRED:
                self.cycle = self.counted_from = fact.effective_on
                self.confirmed = 0
                self._begin(fact)
            case _:
                self.unheard.append(fact.sequence)

    def _begin(self, fact: Fact) -> None:
        assert fact.valid_until is not None
        self.until = fact.valid_until
        self._become(State.ACTIVE, fact.effective_on)

    def _become(self, state: State, today: date) -> None:
        self.state, self.since, self.deadline = state, today, None

    def due(self, rule: MaintenanceRule | None) -> date | None:
        """The day of the next maintenance, stepping month by month from where it is counted."""
        if rule is None or self.state not in {State.ACTIVE, State.SUSPENDED}:
            return None
        year, month = self.counted_from.year, self.counted_from.month
        for _ in range(rule.interval_months * (self.confirmed + 1)):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        due = date(year, month, min(self.counted_from.day, monthrange(year, month)[1]))
        return None if due > self.until else due


def live_through(life: Life) -> Standing:
    """What the rules make of a life on the day that is asked for."""
    known = [fact for fact in life.facts if fact.recorded_at <= life.known_at]
    if not known:
        return Standing(State.NOT_RECORDED)
    lived, today = _Lived(), min(fact.effective_on for fact in known)
    while today <= life.on:
        lived.wake(today)
        for fact in known:
            if fact.effective_on == today:
                lived.hear(fact)
        today += _NEXT
    if lived.state is None:
        return Standing(State.NOT_YET_EFFECTIVE, granted_on=known[0].effective_on, valid_until=known[0].valid_until)
    due = lived.due(life.rule)
    said = tuple(_said(lived, life, known, due))
    unheard = tuple(sorted(lived.unheard))
    return Standing(
        lived.state, lived.since, lived.until, lived.deadline, lived.granted, lived.cycle, due, said,
        without_effect=unheard,
    )  # fmt: skip


def _recorded_on(fact: Fact) -> date:
    # From the decision to the log it may take an hour.
    return (fact.recorded_at - timedelta(hours=1)).astimezone(_ROME).date()


def _said(lived: _Lived, life: Life, known: list[Fact], due: date | None) -> list[Condition]:
    said = []
    if due is not None and life.rule is not None:
        window = [due - timedelta(days=number) for number in range(life.rule.window_days + 1)]
        grace = [due + timedelta(days=number) for number in range(1, life.rule.grace_days + 1)]
        if life.on in window:
            said.append(Condition.MAINTENANCE_DUE)
        elif life.on in grace:
            said.append(Condition.MAINTENANCE_IN_GRACE)
        elif life.on > due:
            said.append(Condition.MAINTENANCE_OVERDUE)
    if lived.deadline is not None and life.on > lived.deadline:
        said.append(Condition.SUSPENSION_PAST_DEADLINE)
    if [fact for fact in known if fact.effective_on > life.on]:
        said.append(Condition.CHANGE_SCHEDULED)
    if [f for f in known if f.effective_on <= life.on and f.effective_on < _recorded_on(f)]:
        said.append(Condition.RECORDED_LATE)
    return said
