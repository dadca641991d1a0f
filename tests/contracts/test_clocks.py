"""Processes whose clocks differ date nothing back: the log's time is everybody's."""

from datetime import UTC, datetime, timedelta

import pytest

from registry.application.answers import Recorded
from registry.domain.body import CertificationBody
from registry.domain.errors import AccreditationTransitionError, NotAccreditedError
from registry.errors import ConflictError
from tests.contracts.parts import Clock, Place, found, grant, open_parts, withdraw
from verifier.status import day_recorded

EVENING = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)


def test_a_clock_that_is_behind_the_logs_past_midnight_dates_nothing_back(place: Place) -> None:
    with open_parts(place, Clock(EVENING)) as ahead, open_parts(place, Clock(EVENING)) as behind:
        found(ahead)
        number = behind.registry.decide(grant()).number
        # In Rome it is half past one; the other process still has half past eleven, and has seen no later entry.
        ahead.clock.pass_by(minutes=120)
        ahead.registry.decide(grant(body="borea"))

        outcomes = behind.registry.decide_all([withdraw(number), grant()])

        for outcome in outcomes:
            assert isinstance(outcome, Recorded)
            fact = behind.registry.certification(outcome.number)[1].facts[-1]
            assert fact.effective_on >= day_recorded(outcome.receipt.recorded_at)


def test_nothing_of_an_accreditation_is_dated_back_by_a_clock_that_is_behind_the_logs_past_midnight(
    place: Place,
) -> None:
    with open_parts(place, Clock(EVENING)) as ahead, open_parts(place, Clock(EVENING)) as behind:
        found(ahead)
        behind.registry.decide(grant())
        ahead.clock.pass_by(minutes=120)
        ahead.registry.decide(grant(body="borea"))

        with pytest.raises(ConflictError, match=r"^it was prepared for 2026-11-24, but the log is at 2026-11-25$"):
            behind.register.suspend_accreditation("aurora", "demo", "letter")
        # By now it has heard of the new day.
        behind.register.suspend_accreditation("aurora", "demo", "letter")

        (*_, last) = behind.streams.logged(CertificationBody.create_id("aurora"))
        assert last.event.effective_on == EVENING.date() + timedelta(days=1)


def test_what_a_clock_that_is_ahead_recorded_of_an_accreditation_counts_for_one_that_is_behind(place: Place) -> None:
    with open_parts(place) as ahead, open_parts(place) as behind:
        found(ahead)
        behind.registry.decide(grant())
        ahead.clock.pass_by(minutes=5)
        ahead.register.suspend_accreditation("aurora", "demo", "letter")

        with pytest.raises(AccreditationTransitionError):
            behind.register.suspend_accreditation("aurora", "demo", "letter")
        with pytest.raises(NotAccreditedError):
            behind.registry.decide(grant())
        behind.register.restore_accreditation("aurora", "demo", "letter")

        behind.registry.decide(grant())


def test_a_decision_of_the_last_minute_keeps_its_day(place: Place) -> None:
    with open_parts(place, Clock(EVENING)) as ahead, open_parts(place, Clock(EVENING)) as behind:
        found(ahead)
        behind.registry.decide(grant())
        # A quarter past midnight.
        ahead.clock.pass_by(minutes=45)
        ahead.registry.decide(grant(body="borea"))

        number = behind.registry.decide(grant()).number

        assert behind.registry.certification(number)[1].facts[0].effective_on == EVENING.date()
