"""The edges of the two times: midnights, changing clocks, leap days, several events on a day, and what K lets show."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.verifier.facts import conditions, day, life, noon, on, state
from verifier.encoding import add_months
from verifier.gap import gaps
from verifier.status import Condition, Fact, Limits, MaintenanceRule, State, breach, status

LATE = noon(date(2099, 1, 1))


def granted(effective_on: str, valid_until: str) -> Fact:
    return Fact("certification.granted", 1, day(effective_on), noon(day(effective_on)), day(valid_until))


def suspension(effective_on: str, recorded_at: datetime) -> Fact:
    return Fact("certification.suspended", 2, day(effective_on), recorded_at, deadline=day("2099-01-01"))


@pytest.mark.parametrize("last", ["2027-03-28", "2027-10-31", "2028-02-29", "2027-12-31", "2028-06-15"])
def test_the_last_valid_day_counts_whole_and_the_next_one_not(last: str) -> None:
    facts = [granted("2027-01-04", last)]
    after = day(last) + timedelta(days=1)

    assert status(facts, day(last), LATE).state is State.ACTIVE
    assert (status(facts, after, LATE).state, status(facts, after, LATE).since) == (State.EXPIRED, after)


# Midnight in Rome, 24:00 of the day: at 22:00 UTC in summer, at 23:00 in winter; the nights in which the clock changes
# begin by the old offset and end by the new one. A decision may take an hour on its way into the log.
MIDNIGHTS = {
    "winter": ("2027-01-10", datetime(2027, 1, 10, 23, tzinfo=UTC)),
    "summer": ("2027-07-10", datetime(2027, 7, 10, 22, tzinfo=UTC)),
    "before summer time": ("2027-03-27", datetime(2027, 3, 27, 23, tzinfo=UTC)),
    "first of summer time": ("2027-03-28", datetime(2027, 3, 28, 22, tzinfo=UTC)),
    "before winter time": ("2027-10-30", datetime(2027, 10, 30, 22, tzinfo=UTC)),
    "first of winter time": ("2027-10-31", datetime(2027, 10, 31, 23, tzinfo=UTC)),
    "leap day": ("2028-02-29", datetime(2028, 2, 29, 23, tzinfo=UTC)),
    "year's end": ("2027-12-31", datetime(2027, 12, 31, 23, tzinfo=UTC)),
}


@pytest.mark.parametrize(("ends", "midnight"), MIDNIGHTS.values(), ids=MIDNIGHTS)
def test_a_day_ends_at_midnight_in_rome_and_a_decision_has_an_hour_to_be_recorded(
    ends: str, midnight: datetime
) -> None:
    first = granted("2027-01-04", "2029-01-03")
    in_time = midnight + timedelta(minutes=59, seconds=59)

    assert breach([first, suspension(ends, in_time)], Limits()) is None
    assert breach([first, suspension(ends, midnight + timedelta(hours=1))], Limits()) is not None


@pytest.mark.parametrize(
    ("start", "months", "later"),
    [
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-12-31", 2, "2028-02-29"),
        ("2027-01-31", 3, "2027-04-30"),
        ("2096-02-29", 48, "2100-02-28"),
    ],
)
def test_months_later_never_leave_the_month(start: str, months: int, later: str) -> None:
    assert add_months(day(start), months) == day(later)


def test_maintenance_of_a_leap_days_grant_is_due_on_the_last_of_february_and_on_the_leap_day_again() -> None:
    rule = MaintenanceRule(12, 10, 5)
    facts = [granted("2028-02-29", "2033-02-27")]

    first = status(facts, day("2029-02-18"), LATE, rule)

    assert (first.maintenance_due_on, first.conditions) == (day("2029-02-28"), (Condition.MAINTENANCE_DUE,))
    said = {on: status(facts, day(on), LATE, rule).conditions for on in ("2029-02-17", "2029-02-28", "2029-03-01")}
    assert said == {
        "2029-02-17": (),
        "2029-02-28": (Condition.MAINTENANCE_DUE,),
        "2029-03-01": (Condition.MAINTENANCE_IN_GRACE,),
    }
    assert status(facts, day("2029-03-05"), LATE, rule).conditions == (Condition.MAINTENANCE_IN_GRACE,)
    assert status(facts, day("2029-03-06"), LATE, rule).conditions == (Condition.MAINTENANCE_OVERDUE,)
    confirmed = [
        Fact("certification.maintenance_confirmed", place, on, noon(on))
        for place, on in enumerate((day("2029-02-20"), day("2030-02-20"), day("2031-02-20")), start=2)
    ]
    assert status([*facts, *confirmed], day("2031-03-01"), LATE, rule).maintenance_due_on == day("2032-02-29")


def test_a_future_day_is_answered_by_what_is_known_now_and_by_expiry() -> None:
    facts = life("suspended 2026-09-01 recorded 2026-08-01 until 2026-12-01")

    assert state(facts, "2026-08-31", "2026-08-02") is State.ACTIVE
    assert state(facts, "2026-09-01", "2026-08-02") is State.SUSPENDED
    assert state(facts, "2029-03-09", "2026-08-02") is State.SUSPENDED
    assert state(facts, "2029-03-10", "2026-08-02") is State.EXPIRED


def test_what_is_scheduled_is_said_beforehand_and_only_where_it_is_known() -> None:
    facts = life("suspended 2026-09-01 recorded 2026-08-01 until 2026-12-01")

    known = status(facts, day("2026-08-15"), noon(day("2026-08-15")))

    assert (known.state, known.conditions) == (State.ACTIVE, (Condition.CHANGE_SCHEDULED,))
    assert status(facts, day("2026-08-15"), noon(day("2026-07-31"))).conditions == ()
    assert state(facts, "2026-09-01", "2026-07-31") is State.ACTIVE


def test_a_second_change_is_not_scheduled_while_the_first_is_to_come() -> None:
    scheduled = life("suspended 2026-09-01 recorded 2026-08-01 until 2026-12-01")
    second = life("suspended 2026-09-01", "reinstated 2026-10-01 recorded 2026-08-02")[-1]
    now = life("suspended 2026-09-01", "reinstated 2026-10-01 recorded 2026-09-01")[-1]

    assert breach([*scheduled, second], Limits()) is not None
    assert breach([*scheduled, now], Limits()) is None


def test_of_several_events_on_a_day_the_last_in_the_log_names_it() -> None:
    facts = life("suspended 2026-05-04 until 2026-08-01", "reinstated 2026-05-04")
    again = [*facts, life("a 2026-05-04", "b 2026-05-04", "withdrawn 2026-05-04")[-1]]

    assert state(facts, "2026-05-04") is State.ACTIVE
    assert state(again, "2026-05-04") is State.WITHDRAWN
    assert state(list(reversed(again)), "2026-05-04") is State.WITHDRAWN
    assert state(again, "2026-05-03") is State.ACTIVE


def test_what_was_scheduled_for_a_day_comes_before_what_was_decided_on_it() -> None:
    facts = life("suspended 2026-09-01 recorded 2026-08-01 until 2026-12-01", "reinstated 2026-09-01")

    assert state(facts, "2026-09-01") is State.ACTIVE
    assert state(facts, "2026-09-01", "2026-08-31") is State.SUSPENDED


def test_knowledge_begins_with_the_instant_of_recording() -> None:
    facts = life("withdrawn 2026-05-04")
    at = facts[-1].recorded_at

    assert status(facts, day("2026-05-04"), at).state is State.WITHDRAWN
    assert status(facts, day("2026-05-04"), at - timedelta(microseconds=1)).state is State.ACTIVE


def test_an_annulment_reaches_every_day_but_not_what_was_known_before_it() -> None:
    facts = life("suspended 2026-05-04 until 2026-08-01", "reinstated 2026-06-01", "annulled 2027-01-15")

    assert {state(facts, on) for on in ("2026-01-01", "2026-03-10", "2026-05-04", "2031-01-01")} == {State.ANNULLED}
    assert state(facts, "2026-05-04", "2027-01-14") is State.SUSPENDED
    assert state(facts, "2027-01-15", "2027-01-14") is State.ACTIVE
    assert state(facts, "2031-01-01", "2027-01-14") is State.EXPIRED


@pytest.mark.parametrize(
    ("decision", "before"),
    [
        ("suspended 2026-05-04 until 2026-08-01", State.SUSPENDED),
        ("withdrawn 2026-05-04", State.WITHDRAWN),
        ("annulled 2026-05-04", State.ANNULLED),
    ],
    ids=["suspended", "withdrawn", "annulled"],
)
def test_an_appeal_leaves_the_decision_out_and_an_earlier_knowledge_still_shows_it(
    decision: str, before: State
) -> None:
    facts = life(decision, "appeal_upheld 2026-07-01 reverses 2")

    assert (state(facts, "2026-05-10"), state(facts, "2026-07-01")) == (State.ACTIVE, State.ACTIVE)
    assert state(facts, "2026-05-10", "2026-06-30") is before
    assert state(facts, "2026-05-10", "2026-05-03") is State.ACTIVE
    assert status(facts, day("2026-05-10"), LATE).left_out == (2,)
    assert gaps([facts], day("2026-03-10"), day("2026-08-01"), LATE) == ()
    assert gaps([facts], day("2026-05-04"), day("2026-08-01"), noon(day("2026-06-30"))) != ()


def test_what_needed_a_reversed_decision_is_named_as_being_without_effect() -> None:
    facts = life(
        "suspended 2026-05-04 until 2026-08-01", "reinstated 2026-06-01", "suspended 2026-09-01 until 2026-12-01"
    )
    appeal = life("a 2026-10-01", "b 2026-10-01", "c 2026-10-01", "appeal_upheld 2026-10-01 reverses 2")[-1]

    answer = status([*facts, appeal], day("2026-10-01"), LATE)

    assert breach([*facts, appeal], Limits()) is None
    assert (answer.state, answer.since) == (State.SUSPENDED, day("2026-09-01"))
    assert (answer.left_out, answer.without_effect) == ((2,), (3,))


def test_a_decision_is_reversed_once() -> None:
    facts = life("withdrawn 2026-05-04", "appeal_upheld 2026-07-01 reverses 2", "withdrawn 2026-07-02")
    again = life("a 2026-07-03", "b 2026-07-03", "c 2026-07-03", "appeal_upheld 2026-07-03 reverses 2")[-1]

    assert state(facts, "2026-07-01") is State.ACTIVE
    assert breach([*facts, again], Limits()) is not None


def test_nothing_is_to_come_of_what_was_annulled() -> None:
    facts = life("withdrawn 2026-09-01 recorded 2026-05-01", "annulled 2026-06-01")

    assert conditions(facts, "2026-06-01") == set()
    assert on(facts, "2026-06-01", "2026-05-31").conditions == (Condition.CHANGE_SCHEDULED,)


def test_nothing_is_to_come_of_what_an_appeal_took_back() -> None:
    scheduled = ("suspended 2026-09-01 recorded 2026-05-01 until 2026-12-01", "withdrawn 2026-06-01")
    appealed = life(*scheduled, "appeal_upheld 2026-06-10 reverses 2")

    assert conditions(life(*scheduled), "2026-06-10") == {Condition.CHANGE_SCHEDULED}
    assert (state(appealed, "2026-06-10"), conditions(appealed, "2026-06-10")) == (State.WITHDRAWN, set())


def test_a_document_is_no_change_that_is_to_come() -> None:
    facts = life("issued 2026-03-10", "superseded 2026-09-01", "reissued 2026-09-01")

    assert conditions(facts, "2026-08-31") == set()
