"""Where two answers on one day differ, and through which events."""

from datetime import UTC, date, datetime

from tests.verifier.facts import day, life, noon
from verifier.accreditation import AccreditationFact
from verifier.finding import Between, Cause, Difference, Record, accreditation_differences, certification_differences
from verifier.status import Fact, MaintenanceRule

INDEXES = range(10, 20)
EARLIER, LATER = noon(day("2026-06-01")), noon(day("2026-12-31"))


def named(facts: list[Fact], on: str = "2026-06-01", rule: MaintenanceRule | None = None) -> list[tuple[int, Cause]]:
    """What is found between the first of June and the end of the year: each event's number, and its cause."""
    by_index = dict(zip(INDEXES, facts, strict=False))
    found = certification_differences([by_index], Between(day(on), EARLIER, LATER), rule)
    return [(difference.sequence, difference.cause) for difference in found]


def test_an_annulment_changes_the_answer_on_a_day_before_it() -> None:
    assert named(life("annulled 2026-07-01")) == [(2, Cause.ANNULLED)]


def test_what_takes_effect_after_the_day_changes_nothing_on_it() -> None:
    assert named(life("suspended 2026-07-01 until 2026-09-01")) == []


def test_a_decision_later_on_the_same_day_is_named() -> None:
    at = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
    suspended = Fact("certification.suspended", 2, date(2026, 6, 1), at, deadline=date(2026, 9, 1))

    assert named([*life(), suspended]) == [(2, Cause.DECIDED_LATER)]


def test_an_appeal_that_was_upheld_later_is_named() -> None:
    facts = life("suspended 2026-05-01 until 2026-09-01", "appeal_upheld 2026-07-01 reverses 2")

    assert named(facts) == [(3, Cause.APPEAL_UPHELD)]


def test_a_maintenance_that_was_recorded_late_is_named() -> None:
    rule = MaintenanceRule(interval_months=2, window_days=30, grace_days=5)

    assert named(life("maintenance_confirmed 2026-05-30 recorded 2026-06-03"), rule=rule) == [(2, Cause.RECORDED_LATE)]


def test_each_event_that_turned_the_answer_is_named_and_no_other() -> None:
    facts = life("suspended 2026-06-20 until 2026-09-01", "annulled 2026-07-01", "appeal_upheld 2026-08-01 reverses 3")

    assert named(facts[:3]) == [(3, Cause.ANNULLED)]
    assert named(facts) == [(3, Cause.ANNULLED), (4, Cause.APPEAL_UPHELD)]


def test_what_was_known_already_is_no_difference() -> None:
    assert named(life("annulled 2026-05-01"), on="2026-04-01") == []


def test_a_difference_says_where_its_event_lies() -> None:
    by_index = dict(zip(INDEXES, life("annulled 2026-07-01"), strict=False))
    (found,) = certification_differences([by_index], Between(day("2026-06-01"), EARLIER, LATER))

    assert found == Difference(
        Record.CERTIFICATION, "certification.annulled", 2, 11, date(2026, 7, 1), noon(date(2026, 7, 1)), Cause.ANNULLED
    )


def accredited(event: str, sequence: int, on: str, recorded: str, scheme: str = "demo") -> AccreditationFact:
    return AccreditationFact(f"accreditation.{event}", sequence, scheme, day(on), noon(day(recorded)), {})


def test_an_accreditation_that_was_recorded_late_is_named_and_that_of_another_scheme_is_not() -> None:
    facts = [
        accredited("granted", 2, "2026-01-01", "2026-01-01"),
        accredited("withdrawn", 3, "2026-05-01", "2026-07-01", scheme="other"),
        accredited("withdrawn", 4, "2026-05-01", "2026-07-02"),
    ]
    found = accreditation_differences(facts, INDEXES, Between(day("2026-06-01"), EARLIER, LATER), "demo", "addetto")

    assert [(f.record, f.sequence, f.index, f.cause) for f in found] == [
        (Record.ACCREDITATION, 4, 13, Cause.RECORDED_LATE)
    ]
