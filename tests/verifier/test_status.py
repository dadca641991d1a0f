"""What a certification is on a day: every expected answer here is read from the rules, none from the code."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier.facts import GRANTED_ON, UNTIL, conditions, day, fact, life, on, state
from tests.verifier.lives import LATEST, Life, live_through, lives
from verifier.encoding import legal_day, parse_instant
from verifier.event import TYPES
from verifier.status import ALLOWED_FROM, Condition, Limits, Standing, State, allowed, breach, status

# domain.md, "Events of a certification": from which states an event is allowed. Time alone makes EXPIRED.
RUNNING = {State.ACTIVE, State.SUSPENDED}
ENDED = {State.WITHDRAWN, State.RELINQUISHED, State.ANNULLED, State.TRANSFERRED}
FROM = {
    "granted": {State.NOT_RECORDED},
    "maintenance_confirmed": RUNNING,
    "recertified": {State.ACTIVE, State.EXPIRED},
    "adopted": {State.NOT_RECORDED},
    "transferred_in": {State.NOT_RECORDED},
    "maintenance_refused": RUNNING,
    "scope_extended": {State.ACTIVE},
    "scope_reduced": RUNNING,
    "suspended": {State.ACTIVE},
    "suspension_prolonged": {State.SUSPENDED},
    "annulled": {*RUNNING, State.EXPIRED, *ENDED} - {State.ANNULLED},
    "transferred_out": {State.ACTIVE},
    "appeal_upheld": {*ENDED, State.SUSPENDED},
    "corrected": RUNNING,
    "personal_data_erased": {*RUNNING, State.EXPIRED, *ENDED},
    "reinstated": {State.SUSPENDED},
    "withdrawn": RUNNING,
    "relinquished": RUNNING,
}
# A decision that an appeal may reverse, though it is past.
DISPUTED = ("suspended 2026-04-01 until 2026-08-01", "reinstated 2026-04-10")
# A life that has arrived in each state on 2026-06-01; event 2 is one that an appeal may name, where there is one.
ARRIVED = {
    State.ACTIVE: life(),
    State.SUSPENDED: life("suspended 2026-05-01 until 2026-08-01"),
    State.EXPIRED: life(until=day("2026-05-31")),
    State.WITHDRAWN: life("withdrawn 2026-05-01"),
    State.RELINQUISHED: life(*DISPUTED, "relinquished 2026-05-01"),
    State.ANNULLED: life("annulled 2026-05-01"),
    State.TRANSFERRED: life(*DISPUTED, "transferred_out 2026-05-01"),
}
AFTER = {
    "annulled": State.ANNULLED,
    "transferred_out": State.TRANSFERRED,
    "recertified": State.ACTIVE,
    "suspended": State.SUSPENDED,
    "reinstated": State.ACTIVE,
    "withdrawn": State.WITHDRAWN,
    "relinquished": State.RELINQUISHED,
}
# domain.md, "Only an upheld appeal reverses a named decision": the status before it.
REVERSED = {
    State.SUSPENDED: State.ACTIVE,
    State.WITHDRAWN: State.ACTIVE,
    State.ANNULLED: State.ACTIVE,
    State.RELINQUISHED: State.RELINQUISHED,
    State.TRANSFERRED: State.TRANSFERRED,
}


@pytest.mark.parametrize("before", ARRIVED)
@pytest.mark.parametrize("event", FROM)
def test_an_event_is_allowed_from_the_states_that_the_domain_names(before: State, event: str) -> None:
    named = " reverses 2" if event == "appeal_upheld" else ""
    facts = [*ARRIVED[before], fact(f"{event} 2026-06-01 until 2031-01-01{named}", 9)]
    may = before in FROM[event]
    after = REVERSED[before] if event == "appeal_upheld" and may else AFTER.get(event, before)

    assert state(ARRIVED[before], "2026-06-01") is before
    assert allowed(facts[-1].type, on(ARRIVED[before], "2026-06-01")) is may
    assert (breach(facts, Limits()) is None) is may
    assert state(facts, "2026-06-01") is (after if may else before)


def test_only_a_grant_or_what_stands_for_one_begins_a_life() -> None:
    for event in FROM:
        alone = [fact(f"{event} 2026-06-01 until 2027-01-01")]

        begins = event in {"granted", "adopted", "transferred_in"}
        assert (breach(alone, Limits()) is None) is begins
        assert state(alone, "2026-06-01") is (State.ACTIVE if begins else State.NOT_YET_EFFECTIVE)


def test_every_event_of_a_certification_has_its_rule() -> None:
    assert {name for name in TYPES if name.startswith("certifica")} == ALLOWED_FROM.keys()


@pytest.mark.parametrize("document", ["issued", "reissued", "superseded"])
@pytest.mark.parametrize("before", ARRIVED)
def test_a_document_never_changes_the_standing(before: State, document: str) -> None:
    facts = [*ARRIVED[before], fact(f"{document} 2026-06-01", 9)]

    assert on(facts, "2026-06-01") == on(ARRIVED[before], "2026-06-01")


@pytest.mark.parametrize("end", [State.WITHDRAWN, State.RELINQUISHED, State.TRANSFERRED])
def test_terminal_means_terminal(end: State) -> None:
    facts = ARRIVED[end]
    for sequence, event in enumerate(FROM.keys() - {"annulled"}, start=9):
        facts = [*facts, fact(f"{event} 2026-06-{sequence:02} until 2031-01-01", sequence)]

    assert on(facts, "2026-12-31").state is end
    # Not even the last valid day changes it.
    assert on(facts, "2030-01-01").state is end
    assert on(facts, "2030-01-01").since == day("2026-05-01")


def test_a_certification_of_which_nothing_is_known_is_not_recorded() -> None:
    assert status([], GRANTED_ON, LATEST) == Standing(State.NOT_RECORDED)
    assert state(life(), str(GRANTED_ON), known="2026-03-09") is State.NOT_RECORDED


def test_a_grant_takes_effect_on_its_day_and_not_before() -> None:
    facts = [fact("granted 2026-03-10 recorded 2026-02-20 until 2029-03-09")]

    assert on(facts, "2026-03-09") == Standing(State.NOT_YET_EFFECTIVE, granted_on=GRANTED_ON, valid_until=UNTIL)
    assert on(facts, "2026-03-10") == Standing(
        State.ACTIVE, GRANTED_ON, UNTIL, granted_on=GRANTED_ON, cycle_starts_on=GRANTED_ON
    )


def test_only_active_counts() -> None:
    assert {state for state in State if Standing(state).in_force} == {State.ACTIVE}


# Rule 5: the last valid day counts whole, until 24:00 in Rome; the clocks change on 2026-03-29 and 2026-10-25.
@pytest.mark.parametrize(
    ("last_day", "ends_at"),
    [
        ("2026-11-24", "2026-11-24T23:00:00Z"),
        ("2026-07-01", "2026-07-01T22:00:00Z"),
        ("2026-03-28", "2026-03-28T23:00:00Z"),
        ("2026-03-29", "2026-03-29T22:00:00Z"),
        ("2026-10-24", "2026-10-24T22:00:00Z"),
        ("2026-10-25", "2026-10-25T23:00:00Z"),
        ("2028-02-29", "2028-02-29T23:00:00Z"),
        ("2026-12-31", "2026-12-31T23:00:00Z"),
    ],
)
def test_the_last_valid_day_counts_until_midnight_in_rome(last_day: str, ends_at: str) -> None:
    facts = life(until=day(last_day))
    end = parse_instant(ends_at)

    assert status(facts, legal_day(end - timedelta(seconds=1)), LATEST).state is State.ACTIVE
    assert status(facts, legal_day(end), LATEST).state is State.EXPIRED
    assert status(facts, legal_day(end), LATEST).since == day(last_day) + timedelta(days=1)


def test_suspension_does_not_stop_the_clock() -> None:
    facts = life("suspended 2029-03-01 until 2029-06-01", "reinstated 2029-03-10")

    assert state(facts, "2029-03-09") is State.SUSPENDED
    assert on(facts, "2029-03-10").state is State.EXPIRED
    assert on(facts, "2029-03-10").deadline is None
    assert "may not follow" in str(breach(facts, Limits()))


def test_a_reinstatement_leaves_the_gap() -> None:
    facts = life("suspended 2026-05-01 until 2026-08-01", "reinstated 2026-06-15")

    assert state(facts, "2026-04-30") is State.ACTIVE
    assert state(facts, "2026-06-14") is State.SUSPENDED
    assert on(facts, "2026-06-15") == Standing(
        State.ACTIVE, day("2026-06-15"), UNTIL, granted_on=GRANTED_ON, cycle_starts_on=GRANTED_ON
    )
    assert state(facts, "2026-06-14", known="2099-01-01") is State.SUSPENDED


def test_a_suspension_past_its_deadline_is_said_and_changes_nothing() -> None:
    facts = life("suspended 2026-05-01 until 2026-08-01")

    assert (on(facts, "2026-08-01").deadline, conditions(facts, "2026-08-01")) == (day("2026-08-01"), set())
    assert conditions(facts, "2026-08-02") == {Condition.SUSPENSION_PAST_DEADLINE}
    assert state(facts, "2026-08-02") is State.SUSPENDED


def test_what_was_recorded_after_the_instant_is_unknown() -> None:
    facts = life("withdrawn 2026-05-01")
    recorded_at = facts[1].recorded_at

    assert status(facts, day("2026-05-01"), recorded_at - timedelta(seconds=1)).state is State.ACTIVE
    assert status(facts, day("2026-05-01"), recorded_at).state is State.WITHDRAWN


def test_of_several_events_on_one_day_the_last_in_the_log_names_the_day() -> None:
    facts = life(
        "suspended 2026-05-01 until 2026-08-01", "reinstated 2026-05-01", "suspended 2026-05-01 until 2026-09-01"
    )

    assert [state(facts[:count], "2026-05-01") for count in (1, 2, 3, 4)] == [
        State.ACTIVE,
        State.SUSPENDED,
        State.ACTIVE,
        State.SUSPENDED,
    ]
    assert on(facts, "2026-05-01").deadline == day("2026-09-01")


def test_events_take_effect_by_day_and_not_by_the_order_in_which_they_were_recorded() -> None:
    scheduled = "suspended 2026-07-01 recorded 2026-04-01 until 2026-12-01"
    facts = life(scheduled, "suspended 2026-05-01 until 2026-06-20", "reinstated 2026-06-01")

    assert state(facts, "2026-04-30") is State.ACTIVE
    assert state(facts, "2026-05-01") is State.SUSPENDED
    assert state(facts, "2026-06-30") is State.ACTIVE
    assert on(facts, "2026-07-01").deadline == day("2026-12-01")


def test_the_order_in_which_facts_are_handed_over_says_nothing() -> None:
    facts = life("suspended 2026-05-01 until 2026-08-01", "reinstated 2026-05-01", "withdrawn 2026-06-01")

    assert status(facts[::-1], day("2026-05-20"), LATEST) == status(facts, day("2026-05-20"), LATEST)
    assert status(iter(facts), day("2026-06-01"), LATEST).state is State.WITHDRAWN


def test_a_scheduled_change_is_said_until_its_day() -> None:
    facts = life("withdrawn 2026-07-01 recorded 2026-05-01")

    assert conditions(facts, "2026-06-30") == {Condition.CHANGE_SCHEDULED}
    assert state(facts, "2026-06-30") is State.ACTIVE
    assert (state(facts, "2026-07-01"), conditions(facts, "2026-07-01")) == (State.WITHDRAWN, set())
    assert on(facts, "2026-06-30", known="2026-04-30").conditions == ()


def test_a_scheduled_event_that_a_later_one_makes_impossible_has_no_effect_and_breaks_no_rule() -> None:
    facts = life("suspended 2026-07-01 recorded 2026-05-01 until 2026-09-01", "relinquished 2026-06-01")

    assert on(facts, "2026-07-01").state is State.RELINQUISHED
    assert on(facts, "2026-07-01").since == day("2026-06-01")
    assert [breach(facts[:count], Limits()) for count in (1, 2, 3)] == [None] * 3


def test_a_new_cycle_before_expiry_joins_the_old_one() -> None:
    facts = life("recertified 2029-01-10 until 2032-03-09")

    assert on(facts, "2029-01-09").valid_until == UNTIL
    assert on(facts, "2029-01-10") == Standing(
        State.ACTIVE, GRANTED_ON, day("2032-03-09"), granted_on=GRANTED_ON, cycle_starts_on=day("2029-01-10")
    )
    assert state(facts, "2032-03-10") is State.EXPIRED


def test_a_new_cycle_decided_on_the_last_valid_day_leaves_no_gap() -> None:
    facts = life(f"recertified {UNTIL} until 2032-03-09")

    assert (on(facts, str(UNTIL)).since, state(facts, "2029-03-10")) == (GRANTED_ON, State.ACTIVE)


def test_the_grace_never_fills_the_gap() -> None:
    facts = life("recertified 2029-04-01 until 2032-03-31")

    assert [state(facts, text) for text in ("2029-03-09", "2029-03-10", "2029-03-31", "2029-04-01")] == [
        State.ACTIVE,
        State.EXPIRED,
        State.EXPIRED,
        State.ACTIVE,
    ]
    assert on(facts, "2029-04-01").since == day("2029-04-01")
    assert on(facts, "2029-04-01").granted_on == GRANTED_ON


@given(lives())
def test_the_rule_agrees_with_a_life_lived_day_by_day(lived: Life) -> None:
    standing = status(lived.facts, lived.on, lived.known_at, lived.rule)

    assert live_through(lived) == standing


@given(lives(), st.integers(0, 10**9))
def test_a_later_instant_with_nothing_recorded_between_answers_the_same(lived: Life, seconds: int) -> None:
    later = lived.known_at + timedelta(seconds=seconds)
    unseen = [f for f in lived.facts if not lived.known_at < f.recorded_at <= later]

    assert status(unseen, lived.on, later, lived.rule) == status(lived.facts, lived.on, lived.known_at, lived.rule)


@given(lives(), st.integers(1, 900))
def test_what_will_be_recorded_never_changes_what_was_known(lived: Life, days: int) -> None:
    known = [f for f in lived.facts if f.recorded_at <= lived.known_at]

    assert status(known, lived.on, LATEST, lived.rule) == status(lived.facts, lived.on, lived.known_at, lived.rule)
