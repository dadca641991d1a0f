"""What may happen to a body's accreditation for a scheme."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.body import CertificationBody, Registration
from registry.domain.errors import (
    AccreditationTransitionError,
    AlreadyScheduledError,
    BackdatedError,
    DomainError,
    FarDayError,
    ReductionError,
)
from tests.registry.domain.attempts import refusal
from tests.registry.domain.bodies import body
from tests.verifier import model
from tests.verifier.model_rules import EVER
from verifier.accreditation import AccreditationFact, Coverage

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
FIRST, LATER = date(2026, 5, 1), date(2026, 6, 1)
REGISTRATION = Registration(UUID(int=1), AT, date(2026, 5, 1))
EVENTS = {
    "restored": CertificationBody.AccreditationRestored,
    "reduced": CertificationBody.AccreditationReduced,
    "suspended": CertificationBody.AccreditationSuspended,
    "withdrawn": CertificationBody.AccreditationWithdrawn,
    "granted": CertificationBody.Accredited,
}
DETAIL = {"number": "1", "accreditation_body": "Ente", "standard": "ISO/IEC 17024:2012", "wording": "w"}


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


def test_what_a_faster_clock_recorded_counts() -> None:
    held = body("granted")
    later = replace(REGISTRATION, decided_at=AT + timedelta(minutes=5))

    held.record(EVENTS["suspended"], later, scheme="demo", source="letter")

    with pytest.raises(AccreditationTransitionError, match=r"is suspended: it cannot be suspended$"):
        held.check_accreditation(EVENTS["suspended"], "demo", REGISTRATION)
    held.check_accreditation(EVENTS["restored"], "demo", REGISTRATION)


WISHES = st.tuples(
    st.sampled_from([*sorted(EVENTS), "reduced", "reduced"]),
    st.sampled_from(["addetto", "addetto analista", "analista"]),
    st.integers(0, 2),
    st.integers(-3, 3),
)


@given(st.lists(st.tuples(st.integers(0, 1), WISHES), max_size=12))
def test_whatever_the_clocks_say_what_is_recorded_has_something_to_act_on(
    steps: list[tuple[int, tuple[str, str, int, int]]],
) -> None:
    held, at, recorded = body("granted", on=FIRST), AT, body("granted", on=FIRST).accreditations
    for days, (did, profiles, ahead, minutes) in steps:
        at += timedelta(days=days)
        clock, on = at + timedelta(minutes=minutes), at.date() + timedelta(days=ahead)
        more = {"reduced": {"profiles": tuple(profiles.split())}, "granted": DETAIL}.get(did, {})
        left = more.get("profiles")
        fact = AccreditationFact(f"accreditation.{did}", len(recorded) + 2, "demo", on, clock, {}, left)
        fault: type[DomainError] | None = None
        if ahead and any(other.effective_on > at.date() for other in recorded):
            fault = AlreadyScheduledError
        elif model.covered(recorded, on, EVER, None) not in model.WHEN_ACCREDITED[did].split():
            fault = AccreditationTransitionError
        elif model.widened([*recorded, fact], ["addetto", "analista"]):
            fault = ReductionError

        registration = Registration(UUID(int=3), clock, on)
        refused = refusal(partial(held.record, EVENTS[did], registration, scheme="demo", source="letter", **more))

        assert refused is fault
        recorded += [] if fault else [fact]


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
    assert held.accredited("demo", LATER).profiles == ("addetto",)


def test_a_reduction_is_held_against_one_that_a_faster_clock_recorded() -> None:
    held = reduced(("addetto", FIRST))

    with pytest.raises(ReductionError, match=r"does not cover analista: grant it anew$"):
        held.record(
            CertificationBody.AccreditationReduced,
            replace(REGISTRATION, event_id=UUID(int=9), decided_at=AT - timedelta(seconds=1)),
            scheme="demo", source="letter", profiles=("addetto", "analista"),
        )  # fmt: skip


def reduce(held: CertificationBody, profiles: str, on: date) -> None:
    """Record one more reduction."""
    held.record(
        CertificationBody.AccreditationReduced, replace(REGISTRATION, event_id=UUID(int=9), effective_on=on),
        scheme="demo", source="letter", profiles=tuple(profiles.split()),
    )  # fmt: skip


def old(*reductions: tuple[str, date]) -> CertificationBody:
    """A body whose reductions were recorded when nothing was held against them."""
    held = body("granted")
    for number, (profiles, on) in enumerate(reductions, start=2):
        held.trigger_event(
            CertificationBody.AccreditationReduced, event_id=UUID(int=number), timestamp=AT, effective_on=on,
            scheme="demo", source="letter", profiles=tuple(profiles.split()),
        )  # fmt: skip
    return held


def test_a_wider_reduction_in_an_old_log_stands_in_no_later_ones_way_and_permits_nothing_more() -> None:
    held = old(("addetto analista", FIRST), ("addetto referente", FIRST))

    with pytest.raises(ReductionError, match=r"^the accreditation of odc-uno for demo does not cover referente: grant"):
        reduce(held, "referente", FIRST)
    reduce(held, "addetto", FIRST)

    assert held.accredited("demo", FIRST).profiles == ("addetto",)


def test_a_reduction_before_a_scheduled_one_that_an_old_log_left_wider_does_not_count_either() -> None:
    held = old(("addetto analista", LATER), ("addetto", FIRST))

    with pytest.raises(ReductionError, match=r"^a reduction is scheduled for 2026-06-01 that still covers analista"):
        reduce(held, "addetto", FIRST)
    reduce(held, "addetto analista", FIRST)


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

    assert held.accredited("demo", FIRST, "analista").coverage is Coverage.COVERED
