"""What is said beside the state: maintenance by the edition's rule, what was late, and the body's accreditation."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from tests.verifier.facts import GRANTED_ON, UNTIL, conditions, day, fact, life, noon, on
from tests.verifier.lives import LATEST
from verifier.accreditation import Accreditation, AccreditationFact, Coverage, accreditation
from verifier.encoding import add_months, parse_instant
from verifier.status import Condition, Fact, Limits, MaintenanceRule, State, breach, maintained, status

YEARLY = MaintenanceRule(interval_months=12, window_days=60, grace_days=30)


# Twelve months from 2026-03-10; a window of 60 days before and a grace of 30 after.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-01-08", set()),
        ("2027-01-09", {Condition.MAINTENANCE_DUE}),
        ("2027-03-10", {Condition.MAINTENANCE_DUE}),
        ("2027-03-11", {Condition.MAINTENANCE_IN_GRACE}),
        ("2027-04-09", {Condition.MAINTENANCE_IN_GRACE}),
        ("2027-04-10", {Condition.MAINTENANCE_OVERDUE}),
        ("2029-03-09", {Condition.MAINTENANCE_OVERDUE}),
        ("2029-03-10", set()),
    ],
)
def test_maintenance_is_due_in_grace_and_overdue_by_the_editions_rule(text: str, expected: set[Condition]) -> None:
    standing = on(life(), text, rule=YEARLY)

    assert set(standing.conditions) == expected
    assert standing.maintenance_due_on == (day("2027-03-10") if text < "2029-03-10" else None)
    assert standing.state is (State.ACTIVE if text < "2029-03-10" else State.EXPIRED)


def test_maintenance_may_fall_due_on_the_last_valid_day_and_not_after() -> None:
    last, over = (life(until=day(text)) for text in ("2027-03-10", "2027-03-09"))

    assert on(last, "2026-12-01", rule=YEARLY).maintenance_due_on == day("2027-03-10")
    assert on(over, "2026-12-01", rule=YEARLY).maintenance_due_on is None


def test_each_confirmation_moves_the_due_day_by_one_interval_and_no_more() -> None:
    facts = life("maintenance_confirmed 2027-02-01", "maintenance_confirmed 2028-03-20")

    due = [on(facts, text, rule=YEARLY).maintenance_due_on for text in ("2027-01-31", "2027-02-01", "2028-03-20")]

    # A third due day, 2029-03-10, would lie past the last valid day.
    assert due == [day("2027-03-10"), day("2028-03-10"), None]


def kept_from(facts: list[Fact], on_day: date, rule: MaintenanceRule | None = None) -> date | None:
    kept = maintained(facts, on_day, rule)
    return None if kept is None else kept[0]


def test_a_transfer_takes_the_maintenance_along_that_is_due_next() -> None:
    facts = life("maintenance_confirmed 2027-02-01", "maintenance_confirmed 2028-03-20")
    asked = ("2026-03-09", "2026-03-10", "2027-02-01", "2028-03-20")

    assert [kept_from(facts, day(text), YEARLY) for text in asked] == [
        None, day("2026-03-10"), day("2027-03-10"), day("2028-03-10"),
    ]  # fmt: skip
    assert kept_from(facts, day("2028-03-20")) == day("2026-03-10")
    # What would lie past the last valid day is not counted further, however long the rule's interval is.
    assert kept_from(facts, day("2028-03-20"), MaintenanceRule(2**53 - 1, 0, 0)) == UNTIL


def test_maintenance_is_due_while_suspended_too() -> None:
    facts = life("suspended 2027-02-01 until 2027-06-01")

    assert conditions(facts, "2027-03-11", YEARLY) == {Condition.MAINTENANCE_IN_GRACE}


@pytest.mark.parametrize("end", ["withdrawn", "relinquished"])
def test_what_has_ended_needs_no_maintenance(end: str) -> None:
    standing = on(life(f"{end} 2026-05-01"), "2027-04-10", rule=YEARLY)

    assert (standing.maintenance_due_on, standing.conditions) == (None, ())


def test_an_edition_without_a_rule_asks_for_no_maintenance() -> None:
    assert on(life(), "2028-12-01").maintenance_due_on is None


def test_maintenance_of_a_joined_cycle_is_counted_from_where_the_old_one_ended() -> None:
    facts = life("recertified 2029-01-10 until 2032-03-09")

    assert on(facts, "2029-01-10", rule=YEARLY).maintenance_due_on == day("2030-03-10")
    confirmed = [*facts, fact("maintenance_confirmed 2030-03-01", 3), fact("maintenance_confirmed 2031-03-01", 4)]
    # As in the first cycle, the second confirmation is the last.
    assert on(confirmed, "2031-12-31", rule=YEARLY).maintenance_due_on is None


def test_maintenance_of_a_cycle_after_a_gap_is_counted_from_its_day() -> None:
    facts = life("maintenance_confirmed 2027-03-01", "recertified 2029-04-01 until 2032-03-31")

    assert on(facts, "2029-04-01", rule=YEARLY).maintenance_due_on == day("2030-04-01")


def test_a_due_day_on_a_leap_day_falls_on_the_last_of_february() -> None:
    facts = [fact("granted 2028-02-29 until 2033-02-27")]

    assert on(facts, "2028-02-29", rule=YEARLY).maintenance_due_on == day("2029-02-28")
    assert add_months(day("2028-02-29"), 48) == day("2032-02-29")


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-01-31", 13, "2027-02-28"),
        ("2026-10-31", 1, "2026-11-30"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-12-15", 12, "2027-12-15"),
        ("2026-11-30", 0, "2026-11-30"),
    ],
)
def test_months_are_counted_by_the_calendar(start: str, months: int, end: str) -> None:
    assert add_months(day(start), months) == day(end)


@pytest.mark.parametrize("rule", [MaintenanceRule(2**53 - 1, 0, 0), MaintenanceRule(12, 2**53 - 1, 2**53 - 1)])
def test_a_rule_past_every_calendar_is_answered(rule: MaintenanceRule) -> None:
    facts = [Fact("certification.granted", 1, date.min, noon(GRANTED_ON), date.max)]

    for on_day in (date.min, GRANTED_ON, date.max):
        assert status(facts, on_day, LATEST, rule).state is State.ACTIVE


# Rule 4: what favours the holder is effective before it was recorded only within the scheme's limit, and that is said.
def test_what_was_recorded_late_is_said() -> None:
    facts = life("maintenance_confirmed 2027-03-05 recorded 2027-03-09")

    assert conditions(facts, "2027-03-04") == {Condition.CHANGE_SCHEDULED}
    assert conditions(facts, "2027-03-05") == {Condition.RECORDED_LATE}
    assert breach(facts, Limits(late_recording_days=4)) is None
    assert "takes effect on 2027-03-05, but was recorded on 2027-03-09" in str(breach(facts, Limits(3)))


@pytest.mark.parametrize(
    ("recorded_at", "late"),
    # A decision of 10 March in Rome, that is to 23:00 UTC, and an hour to record it.
    [("2026-03-10T22:59:00Z", False), ("2026-03-10T23:00:00Z", False), ("2026-03-10T23:59:59Z", False),
     ("2026-03-11T00:00:00Z", True)],
)  # fmt: skip
def test_what_is_decided_just_before_midnight_is_neither_refused_nor_called_late(recorded_at: str, late: bool) -> None:
    granted = [replace(life()[0], recorded_at=parse_instant(recorded_at))]

    assert (breach(granted, Limits()) is not None) is late
    assert (Condition.RECORDED_LATE in status(granted, day("2026-03-12"), LATEST).conditions) is late


@pytest.mark.parametrize(
    ("event", "limit_counts"),
    [
        ("maintenance_confirmed", True),
        ("recertified", True),
        ("suspended", False),
        ("withdrawn", False),
        ("relinquished", False),
        ("reissued", False),
    ],
)
def test_only_what_may_be_late_is_let_through_late(event: str, limit_counts: bool) -> None:
    facts = life(f"{event} 2027-03-05 recorded 2027-03-06 until 2030-03-09")

    assert (breach(facts, Limits(late_recording_days=1)) is None) is limit_counts
    assert "was recorded on 2027-03-06" in str(breach(facts, Limits()))


def test_a_grant_and_a_reinstatement_are_never_late() -> None:
    granted = [fact("granted 2026-03-09 recorded 2026-03-10 until 2029-03-08")]
    suspended = life("suspended 2026-05-01 until 2026-08-01", "reinstated 2026-06-14 recorded 2026-06-15")

    assert "takes effect on 2026-03-09" in str(breach(granted, Limits(late_recording_days=99)))
    assert "takes effect on 2026-06-14" in str(breach(suspended, Limits(late_recording_days=99)))


def test_a_decision_just_before_midnight_may_be_recorded_just_after() -> None:
    (granted,) = [fact("granted 2026-03-10 until 2029-03-09")]
    midnight = parse_instant("2026-03-10T23:00:00Z")

    def recorded(at: datetime) -> str | None:
        return breach([replace(granted, recorded_at=at)], Limits())

    assert recorded(midnight + timedelta(minutes=59)) is None
    assert "takes effect on 2026-03-10" in str(recorded(midnight + timedelta(hours=1)))


def test_a_new_cycle_comes_within_the_grace_or_not_at_all() -> None:
    last, late = (life(f"recertified 2029-05-0{number} until 2032-05-07") for number in (8, 9))

    assert breach(last, Limits(recertification_grace_days=60)) is None
    assert "more than 60 days after the last valid day 2029-03-09" in str(breach(late, Limits(0, 60)))
    assert breach(late, Limits(recertification_grace_days=None)) is None
    # A document of what has expired begins no cycle.
    assert breach(life("superseded 2029-05-09"), Limits(recertification_grace_days=60)) is None


def accredited(*events: str, scheme: str = "demo") -> list[AccreditationFact]:
    facts = []
    for sequence, line in enumerate(events, start=1):
        kind, text, *recorded = line.split()
        at = noon(day(recorded[-1] if recorded else text))
        detail = {"number": str(sequence)} if kind == "granted" else {}
        facts.append(AccreditationFact(f"accreditation.{kind}", sequence, scheme, day(text), at, detail))
    return facts


def coverage(facts: list[AccreditationFact], text: str, scheme: str = "demo", known: str = "2099-01-01") -> Coverage:
    return accreditation(facts, scheme, day(text), noon(day(known))).coverage


def test_accreditation_is_a_timeline_of_its_own() -> None:
    facts = accredited(
        "granted 2026-01-01",
        "suspended 2026-04-01",
        "restored 2026-05-01",
        "withdrawn 2026-09-01",
        "granted 2027-01-01",
    )
    days = ("2025-12-31", "2026-01-01", "2026-04-01", "2026-04-30", "2026-05-01", "2026-09-01", "2027-01-01")

    assert [coverage(facts, text) for text in days] == [
        Coverage.NOT_COVERED,
        Coverage.COVERED,
        Coverage.SUSPENDED,
        Coverage.SUSPENDED,
        Coverage.COVERED,
        Coverage.NOT_COVERED,
        Coverage.COVERED,
    ]


def test_accreditation_for_one_scheme_says_nothing_of_another() -> None:
    other = accredited("granted 2026-01-01", "suspended 2026-02-01", scheme="other")
    facts = [*accredited("granted 2026-01-01"), *other]

    assert coverage(facts, "2026-03-01") is Coverage.COVERED
    assert coverage(facts, "2026-03-01", scheme="other") is Coverage.SUSPENDED
    assert coverage(facts, "2026-03-01", scheme="third") is Coverage.NOT_COVERED


def test_accreditation_is_answered_as_it_was_known() -> None:
    facts = accredited("granted 2026-01-01", "withdrawn 2026-03-01 recorded 2026-04-01")

    assert coverage(facts, "2026-03-15", known="2026-03-31") is Coverage.COVERED
    assert coverage(facts, "2026-03-15", known="2026-04-01") is Coverage.NOT_COVERED


def test_of_several_changes_of_one_day_the_last_in_the_log_counts() -> None:
    facts = accredited("granted 2026-01-01", "suspended 2026-03-01", "restored 2026-03-01")

    assert coverage(facts, "2026-03-01") is Coverage.COVERED
    assert coverage(facts[::-1], "2026-03-01") is Coverage.COVERED


def test_an_accreditation_is_quoted_in_the_words_of_its_grant() -> None:
    facts = accredited("granted 2026-01-01", "suspended 2026-04-01", "granted 2026-06-01")

    assert accreditation(facts, "demo", day("2026-04-01"), LATEST) == Accreditation(
        Coverage.SUSPENDED, day("2026-04-01"), {"number": "1"}
    )
    assert accreditation(facts, "demo", day("2026-06-01"), LATEST).detail == {"number": "3"}
    assert accreditation(facts, "demo", day("2025-01-01"), LATEST) == Accreditation(Coverage.NOT_COVERED)
