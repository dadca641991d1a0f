"""Annulment, appeal, scope, transfer, adoption: every expected answer is read from domain.md, none from the code."""

from dataclasses import replace
from datetime import date

import pytest

from tests.verifier.facts import GRANTED_ON, conditions, day, fact, life, noon, on, state
from verifier.gap import Gap, gaps
from verifier.status import Condition, Limits, State, breach

LATER = noon(date(2099, 1, 1))


def test_an_annulment_reaches_every_day_and_no_earlier_knowledge() -> None:
    facts = life("annulled 2026-06-01")

    assert {state(facts, text) for text in ("2025-01-01", "2026-03-10", "2026-05-31", "2026-06-01", "2035-01-01")} == {
        State.ANNULLED
    }
    assert state(facts, "2026-05-20", known="2026-05-31") is State.ACTIVE
    # What was asked about a later day before the annulment was known stays what it was, too.
    assert state(facts, "2026-07-01", known="2026-05-31") is State.ACTIVE
    assert on(facts, "2026-06-01").since == GRANTED_ON


def test_an_upheld_appeal_leaves_the_named_decision_out_and_both_versions_visible() -> None:
    facts = life("withdrawn 2026-05-01", "appeal_upheld 2026-06-01 reverses 2")

    assert state(facts, "2026-05-15", known="2026-05-31") is State.WITHDRAWN
    assert state(facts, "2026-05-15", known="2026-06-02") is State.ACTIVE
    assert on(facts, "2026-05-15").left_out == (2,)
    assert on(facts, "2026-05-15", known="2026-05-31").left_out == ()


def test_events_that_needed_a_reversed_decision_are_named() -> None:
    facts = life(
        "suspended 2026-04-01 until 2026-05-01",
        "suspension_prolonged 2026-04-20 until 2026-07-01",
        "appeal_upheld 2026-06-01 reverses 2",
    )

    standing = on(facts, "2026-06-10")
    assert (standing.state, standing.left_out, standing.without_effect) == (State.ACTIVE, (2,), (3,))


def test_an_annulment_is_reversed_too() -> None:
    facts = life("annulled 2026-06-01", "appeal_upheld 2026-09-01 reverses 2")

    assert state(facts, "2026-07-01", known="2026-08-31") is State.ANNULLED
    assert state(facts, "2026-07-01") is State.ACTIVE


@pytest.mark.parametrize("named", ["1", "3", "9"])
def test_an_appeal_names_a_decision_that_can_be_reversed(named: str) -> None:
    facts = life("withdrawn 2026-05-01", "superseded 2026-05-02", f"appeal_upheld 2026-06-01 reverses {named}")

    assert "no decision that an appeal may reverse" in str(breach(facts, Limits()))


def test_a_decision_is_reversed_once() -> None:
    once = life("suspended 2026-04-01 until 2026-08-01", "withdrawn 2026-05-01", "appeal_upheld 2026-06-01 reverses 2")
    twice = [*once, fact("appeal_upheld 2026-06-02 reverses 2", 5)]

    assert breach(once, Limits()) is None
    assert "no decision that an appeal may reverse" in str(breach(twice, Limits()))


@pytest.mark.parametrize("event", ["annulled", "appeal_upheld", "corrected", "personal_data_erased"])
def test_what_concerns_the_whole_life_is_never_scheduled(event: str) -> None:
    begun = life("suspended 2026-05-01 until 2026-09-01")
    scheduled = fact(f"{event} 2026-06-10 recorded 2026-06-01 reverses 2", 3)
    dated_back = fact(f"{event} 2026-05-20 recorded 2026-06-01 reverses 2", 3)

    assert "after it was recorded on 2026-06-01" in str(breach([*begun, scheduled], Limits()))
    assert "was recorded on 2026-06-01 only" in str(breach([*begun, dated_back], Limits(late_recording_days=99)))


def test_only_one_event_is_scheduled_at_a_time() -> None:
    facts = life(
        "suspended 2026-07-01 recorded 2026-06-01 until 2026-08-01", "withdrawn 2026-09-01 recorded 2026-06-02"
    )

    assert breach(facts[:2], Limits()) is None
    assert "second event that is scheduled" in str(breach(facts, Limits()))


def test_a_prolonged_suspension_has_the_later_deadline_only() -> None:
    facts = life("suspended 2026-05-01 until 2026-06-01", "suspension_prolonged 2026-05-20 until 2026-07-15")

    assert (on(facts, "2026-05-19").deadline, on(facts, "2026-05-20").deadline) == (
        day("2026-06-01"),
        day("2026-07-15"),
    )
    assert on(facts, "2026-06-10").since == day("2026-05-01")
    assert Condition.SUSPENSION_PAST_DEADLINE not in conditions(facts, "2026-07-15")
    # An alarm, never a change.
    assert Condition.SUSPENSION_PAST_DEADLINE in conditions(facts, "2026-07-16")
    assert state(facts, "2026-07-16") is State.SUSPENDED


def test_a_refused_maintenance_is_said_until_one_is_confirmed() -> None:
    facts = life("maintenance_refused 2027-03-10", "maintenance_confirmed 2027-04-10")

    found = [Condition.MAINTENANCE_REFUSED in conditions(facts, d) for d in ("2027-03-09", "2027-03-10", "2027-04-10")]
    assert (found, state(facts, "2027-03-10")) == ([False, True, False], State.ACTIVE)


def test_the_scope_is_what_the_last_event_left_of_it() -> None:
    reduced = replace(fact("scope_reduced 2026-05-01", 2), scope=("a",))
    extended = replace(fact("scope_extended 2026-06-01", 3), scope=("a", "b"))
    facts = [*life(), reduced, extended]

    assert [on(facts, text).scope for text in ("2026-04-30", "2026-05-01", "2026-06-01")] == [None, ("a",), ("a", "b")]


def test_an_adopted_certification_is_proven_only_from_the_day_it_was_recorded() -> None:
    facts = [
        fact("adopted 2026-06-01 until 2027-05-31 granted 2021-06-01 cycle 2024-06-01 maintained 2025-06-01"),
    ]

    assert state(facts, "2026-05-31") is State.NOT_YET_EFFECTIVE
    standing = on(facts, "2026-06-01")
    assert (standing.state, standing.since, standing.granted_on) == (State.ACTIVE, day("2026-06-01"), day("2021-06-01"))
    assert standing.cycle_starts_on == day("2024-06-01")
    assert Condition.ADOPTED in conditions(facts, "2026-06-01")


def test_the_gap_check_follows_a_transfer() -> None:
    old = life("transferred_out 2026-06-01")
    new = [fact("transferred_in 2026-06-01 until 2029-03-09 granted 2026-03-10 cycle 2026-03-10 maintained 2026-03-10")]

    assert gaps([old, new], day("2026-03-10"), day("2026-12-31"), LATER) == ()
    assert gaps([old], day("2026-05-01"), day("2026-06-30"), LATER) == (
        Gap(day("2026-06-01"), day("2026-06-30"), State.TRANSFERRED),
    )


def test_the_gap_check_names_three_days() -> None:
    facts = life("suspended 2026-05-04 until 2026-06-30", "reinstated 2026-05-07")

    found = gaps([facts], day("2026-05-01"), day("2026-05-31"), LATER)
    assert found == (Gap(day("2026-05-04"), day("2026-05-06"), State.SUSPENDED),)
    assert gaps([facts], day("2026-05-01"), day("2026-05-31"), noon(day("2026-05-03"))) == ()


def test_a_gap_goes_on_through_other_states() -> None:
    facts = life("suspended 2026-05-04 until 2026-06-30", "withdrawn 2026-05-07")

    assert gaps([facts], day("2026-03-09"), day("2026-05-08"), LATER) == (
        Gap(day("2026-03-09"), day("2026-03-09"), State.NOT_YET_EFFECTIVE),
        Gap(day("2026-05-04"), day("2026-05-06"), State.SUSPENDED),
        Gap(day("2026-05-07"), day("2026-05-08"), State.WITHDRAWN),
    )
    assert gaps([facts], day("2026-05-08"), day("2026-05-01"), LATER) == ()
