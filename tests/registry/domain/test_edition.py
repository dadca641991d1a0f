"""An edition's rules refuse what they forbid, and a gap refuses nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.edition import (
    BirthShown,
    Edition,
    Gap,
    Profile,
    RecertificationRule,
    Rules,
    birth_shown,
    check_open,
    check_recertification,
    check_suspension,
    gaps,
    last_valid_day,
    late_limit_days,
    maintenance_rule,
    profile,
)
from registry.domain.errors import (
    EditionNotOpenError,
    FarDayError,
    RecertificationError,
    SuspensionError,
    UnknownProfileError,
    ValidityError,
    ValidityGapError,
)
from verifier.status import MaintenanceRule

GAP = Gap({"it": "Non pubblico.", "en": "Not public."})
RULES = Rules(
    open_from=date(2026, 1, 1),
    open_until=date(2026, 12, 31),
    validity_months=36,
    maintenance=MaintenanceRule(12, 60, 30),
    recertification=RecertificationRule(window_days=120, grace_days=60),
    suspension_max_days=180,
    late_recording_days=5,
    birth_shown=BirthShown.YEAR,
)
OPEN = Rules(GAP, GAP, GAP, GAP, GAP, GAP, GAP, GAP)
EDITION = Edition("x-1", "x", {"it": "X", "en": "X"}, {"a": Profile("a", {"it": "A", "en": "A"})}, RULES, bytes(32))
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


def test_a_profile_is_found_by_its_slug_and_no_other_way() -> None:
    assert profile(EDITION, "a") == EDITION.profiles["a"]

    with pytest.raises(UnknownProfileError, match=r"^x-1 has no profile 'A'$"):
        profile(EDITION, "A")


@pytest.mark.parametrize("on", [date(2026, 1, 1), date(2026, 12, 31)])
def test_the_first_and_the_last_day_of_grants_both_count(on: date) -> None:
    check_open(RULES, on)


@pytest.mark.parametrize("on", [date(2025, 12, 31), date(2027, 1, 1)])
def test_grants_outside_the_edition_days_are_refused(on: date) -> None:
    with pytest.raises(EditionNotOpenError):
        check_open(RULES, on)


def test_an_edition_without_a_last_day_stays_open() -> None:
    check_open(replace(RULES, open_until=None), date(2099, 1, 1))


@pytest.mark.parametrize(
    ("starts_on", "months", "last_day"),
    [
        (date(2026, 3, 10), 36, date(2029, 3, 9)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 27)),
    ],
)
def test_a_cycle_ends_the_day_before_its_day_comes_round(starts_on: date, months: int, last_day: date) -> None:
    rules = replace(RULES, validity_months=months)

    assert last_valid_day(rules, starts_on) == last_day
    assert last_valid_day(rules, starts_on, last_day) == last_day


@given(DAYS, st.integers(-400, 400).filter(bool))
def test_a_stated_day_other_than_the_rule_gives_is_refused(starts_on: date, days: int) -> None:
    stated = last_valid_day(RULES, starts_on) + timedelta(days=days)

    with pytest.raises(ValidityError, match="by the edition's rule"):
        last_valid_day(RULES, starts_on, stated)


@given(DAYS, st.integers(0, 4000))
def test_where_the_validity_is_a_gap_the_stated_day_is_taken(starts_on: date, days: int) -> None:
    stated = starts_on + timedelta(days=days)

    assert last_valid_day(OPEN, starts_on, stated) == stated


def test_where_the_validity_is_a_gap_the_body_must_state_a_day_of_the_cycle() -> None:
    with pytest.raises(ValidityGapError, match=r"^the edition does not say how long .* state the last valid day$"):
        last_valid_day(OPEN, date(2026, 3, 10))
    with pytest.raises(ValidityError, match="before the cycle's first"):
        last_valid_day(OPEN, date(2026, 3, 10), date(2026, 3, 9))


@pytest.mark.parametrize("days", [-120, 0, 60])
def test_recertification_is_possible_from_the_window_to_the_grace(days: int) -> None:
    check_recertification(RULES, date(2029, 3, 9) + timedelta(days=days), date(2029, 3, 9))


@pytest.mark.parametrize("days", [-121, 61])
def test_recertification_outside_window_and_grace_is_refused(days: int) -> None:
    with pytest.raises(RecertificationError):
        check_recertification(RULES, date(2029, 3, 9) + timedelta(days=days), date(2029, 3, 9))


@pytest.mark.parametrize("days", [0, 180])
def test_a_suspension_within_the_maximum_is_allowed(days: int) -> None:
    check_suspension(RULES, date(2026, 3, 10), date(2026, 3, 10) + timedelta(days=days))


@pytest.mark.parametrize("days", [-1, 181])
def test_a_suspension_without_days_or_past_the_maximum_is_refused(days: int) -> None:
    with pytest.raises(SuspensionError):
        check_suspension(RULES, date(2026, 3, 10), date(2026, 3, 10) + timedelta(days=days))


def test_only_maintenance_and_recertification_may_be_recorded_late() -> None:
    late = {
        name: late_limit_days(RULES, f"certification.{name}")
        for name in (
            "granted",
            "reinstated",
            "suspended",
            "withdrawn",
            "relinquished",
            "maintenance_confirmed",
            "recertified",
        )
    }

    assert {name for name, days in late.items() if days} == {"maintenance_confirmed", "recertified"}
    assert set(late.values()) == {0, 5}


@given(DAYS, DAYS)
def test_a_gap_refuses_nothing_that_only_it_could_refuse(one: date, other: date) -> None:
    check_open(OPEN, one)
    check_recertification(OPEN, one, other)
    check_suspension(OPEN, min(one, other), max(one, other))


def test_a_gap_never_favours_anyone() -> None:
    assert late_limit_days(OPEN, "certification.recertified") == 0
    assert birth_shown(OPEN) is BirthShown.NOTHING
    assert maintenance_rule(OPEN) is None


def test_every_gap_is_named_and_nothing_else() -> None:
    assert gaps(RULES) == {}
    assert gaps(replace(RULES, validity_months=GAP, open_until=None)) == {"validity_months": GAP}
    assert len(gaps(OPEN)) == 8


FAR = date(9998, 12, 31)


def test_a_day_that_no_certificate_can_state_is_refused() -> None:
    yearly = replace(RULES, validity_months=12)

    assert last_valid_day(OPEN, date(2026, 1, 1), FAR - timedelta(days=1)) == date(9998, 12, 30)
    assert last_valid_day(yearly, date(9997, 12, 1)) == date(9998, 11, 30)
    with pytest.raises(FarDayError, match=r"^the day 9998-12-31 is after 9998-12-30, the last"):
        last_valid_day(OPEN, date(2026, 1, 1), FAR)
    with pytest.raises(FarDayError, match=r"^a cycle of 12 months from 9998-12-01 ends after 9998-12-30$"):
        last_valid_day(yearly, date(9998, 12, 1))
    with pytest.raises(FarDayError):
        check_suspension(OPEN, date(2026, 1, 1), date.max)


def test_a_limit_that_lies_beyond_the_calendar_refuses_nothing() -> None:
    rules = replace(RULES, recertification=RecertificationRule(0, 9999), suspension_max_days=9999)
    day = date(9998, 12, 30)

    check_recertification(rules, day, day)
    check_suspension(rules, day, day)
