"""What may happen to a body's accreditation for a scheme."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from registry.domain.body import CertificationBody, Registration
from registry.domain.errors import (
    AccreditationTransitionError,
    AlreadyScheduledError,
    BackdatedError,
    FarDayError,
    ReductionError,
)
from tests.registry.domain.bodies import body
from verifier.accreditation import Coverage

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
REGISTRATION = Registration(UUID(int=1), AT, date(2026, 5, 1))
EVENTS = {
    "restored": CertificationBody.AccreditationRestored,
    "reduced": CertificationBody.AccreditationReduced,
    "suspended": CertificationBody.AccreditationSuspended,
    "withdrawn": CertificationBody.AccreditationWithdrawn,
}


@pytest.mark.parametrize(
    ("before", "event", "said"),
    [
        ((), "suspended", "not granted: it cannot be suspended"),
        ((), "reduced", "not granted: it cannot be reduced"),
        ((), "withdrawn", "not granted: it cannot be withdrawn"),
        (("granted",), "restored", "granted: it cannot be restored"),
        (("granted", "suspended"), "suspended", "suspended: it cannot be suspended"),
        (("granted", "withdrawn"), "restored", "not granted: it cannot be restored"),
    ],
)
def test_what_the_accreditation_does_not_allow_is_refused(before: Sequence[str], event: str, said: str) -> None:
    with pytest.raises(AccreditationTransitionError, match=f"^the accreditation of odc-uno for demo is {said}$"):
        body(*before).check_accreditation(EVENTS[event], "demo", REGISTRATION)


@pytest.mark.parametrize(
    ("before", "event"),
    [
        (("granted",), "reduced"),
        (("granted",), "suspended"),
        (("granted", "suspended"), "restored"),
        (("granted", "suspended"), "withdrawn"),
    ],
)
def test_what_the_accreditation_allows_may_follow(before: Sequence[str], event: str) -> None:
    body(*before).check_accreditation(EVENTS[event], "demo", REGISTRATION)


def test_an_accreditation_for_another_scheme_does_not_count() -> None:
    with pytest.raises(AccreditationTransitionError):
        body("granted", scheme="other").check_accreditation(EVENTS["suspended"], "demo", REGISTRATION)


def on(day: date) -> Registration:
    """What is recorded on 1 May 2026, to take effect on that day."""
    return replace(REGISTRATION, effective_on=day)


@pytest.mark.parametrize("day", [date(2026, 5, 1), date(2026, 5, 2), date(9998, 12, 30)])
def test_it_takes_effect_today_or_later(day: date) -> None:
    body("granted").check_accreditation_day("demo", on(day))


@pytest.mark.parametrize("day", [date(2026, 4, 30), date(2026, 1, 5)])
def test_it_is_never_dated_back(day: date) -> None:
    with pytest.raises(BackdatedError, match=r"never effective before the day it is recorded$"):
        body("granted").check_accreditation_day("demo", on(day))


def test_the_day_is_romes_and_not_that_of_utc() -> None:
    # 30 April, 22:30 UTC is half past midnight of 1 May in Rome.
    late = replace(REGISTRATION, decided_at=datetime(2026, 4, 30, 22, 30, tzinfo=UTC))

    body("granted").check_accreditation_day("demo", late)
    with pytest.raises(BackdatedError):
        body("granted").check_accreditation_day("demo", replace(late, effective_on=date(2026, 4, 30)))


def test_no_day_is_later_than_a_certificate_can_state() -> None:
    with pytest.raises(FarDayError):
        body("granted").check_accreditation_day("demo", on(date(9998, 12, 31)))


def test_one_event_of_an_accreditation_is_scheduled_at_a_time() -> None:
    scheduled = body("granted", on=date(2026, 6, 1))

    with pytest.raises(
        AlreadyScheduledError, match=r"^one event of the accreditation of odc-uno for demo is scheduled"
    ):
        scheduled.check_accreditation_day("demo", on(date(2026, 7, 1)))
    # What takes effect at once is not kept waiting, and another scheme is another accreditation.
    scheduled.check_accreditation_day("demo", on(date(2026, 5, 1)))
    scheduled.check_accreditation_day("other", on(date(2026, 7, 1)))


def reduced(*reductions: tuple[str, date]) -> CertificationBody:
    """A body accredited for the demo scheme, reduced to some profiles from a day on, each recorded on 1 May."""
    held = body("granted")
    for number, (profiles, on) in enumerate(reductions, start=2):
        held.record(
            CertificationBody.AccreditationReduced,
            replace(REGISTRATION, event_id=UUID(int=number), effective_on=on),
            scheme="demo", source="letter", profiles=tuple(profiles.split()),
        )  # fmt: skip
    return held


FIRST, LATER = date(2026, 5, 1), date(2026, 6, 1)


@pytest.mark.parametrize(
    ("before", "then", "said"),
    [
        ("addetto analista", "addetto referente", "for demo does not cover referente: grant it anew"),
        ("addetto", "addetto analista referente", "for demo does not cover analista, referente: grant it anew"),
    ],
)
def test_a_reduction_to_more_than_was_covered_is_refused(before: str, then: str, said: str) -> None:
    with pytest.raises(ReductionError, match=f"^the accreditation of odc-uno {said}$"):
        reduced((before, FIRST), (then, FIRST))


def test_a_reduction_leaves_what_a_scheduled_one_still_covers() -> None:
    with pytest.raises(ReductionError, match=r"^a reduction is scheduled for 2026-06-01 that still covers analista"):
        reduced(("addetto analista", LATER), ("addetto", FIRST))

    held = reduced(("addetto", LATER), ("addetto analista", FIRST))
    assert held.accredited("demo", LATER, AT).profiles == ("addetto",)


def test_a_reduction_is_held_against_one_that_a_faster_clock_recorded() -> None:
    held = reduced(("addetto", FIRST))

    with pytest.raises(ReductionError, match=r"does not cover analista: grant it anew$"):
        held.record(
            CertificationBody.AccreditationReduced,
            replace(REGISTRATION, event_id=UUID(int=9), decided_at=AT - timedelta(seconds=1)),
            scheme="demo", source="letter", profiles=("addetto", "analista"),
        )  # fmt: skip


def test_an_accreditation_that_is_granted_anew_is_for_all_profiles_again() -> None:
    held = reduced(("addetto", FIRST))
    held.record(
        CertificationBody.Accredited, replace(REGISTRATION, event_id=UUID(int=9)), scheme="demo", source="letter",
        number="2", accreditation_body="Ente", standard="ISO/IEC 17024", wording="",
    )  # fmt: skip

    held.record(
        CertificationBody.AccreditationReduced, replace(REGISTRATION, event_id=UUID(int=10)), scheme="demo",
        source="letter", profiles=("analista",),
    )  # fmt: skip

    assert held.accredited("demo", FIRST, AT, "analista").coverage is Coverage.COVERED
