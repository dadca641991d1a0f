"""A publication is due at once after an adverse event, soon after another, and when the snapshot grows old."""

from datetime import datetime, timedelta

import pytest

from registry.bootstrap import Attesto
from registry.commands.erasure import EraseHolder
from registry.publish.schedule import NEVER, URGENT, Schedule
from tests.registry.office import DETAIL, grant, suspend
from verifier.event import TYPES

WAIT, HEARTBEAT = timedelta(seconds=600), timedelta(seconds=3600)


@pytest.fixture
def attesto(two: tuple[Attesto, Attesto]) -> Attesto:
    return two[0]


@pytest.fixture
def schedule(attesto: Attesto) -> Schedule:
    return Schedule(attesto.store.log, attesto.publisher.covered, 600, 3600)


def snapshot_at(schedule: Schedule) -> datetime:
    return schedule.waiting().snapshot_at


def test_what_was_never_published_is_due(schedule: Schedule) -> None:
    assert schedule.due_at() == NEVER


def test_when_nothing_happens_the_heartbeat_is_due(attesto: Attesto, schedule: Schedule) -> None:
    attesto.publisher.publish()

    assert schedule.due_at() == snapshot_at(schedule) + HEARTBEAT


def test_the_first_event_after_the_snapshot_says_when_and_no_later_one(attesto: Attesto, schedule: Schedule) -> None:
    attesto.publisher.publish()

    first = attesto.register.accredit("odc-uno", "another", "letter", DETAIL).recorded_at
    due = schedule.due_at()
    grant(attesto)

    assert due == first + WAIT
    assert schedule.due_at() == due


def test_an_erasure_is_due_at_once_since_the_public_record_names_the_number(
    attesto: Attesto, schedule: Schedule
) -> None:
    number = grant(attesto)
    attesto.publisher.publish()

    attesto.registry.erasure.erase(EraseHolder("odc-uno", number, "DE-06"))

    assert schedule.due_at() == schedule.waiting().adverse_at


def test_an_adverse_event_is_due_at_once_and_no_more_once_it_is_published(attesto: Attesto, schedule: Schedule) -> None:
    number = grant(attesto)
    attesto.publisher.publish()
    grant(attesto)

    suspend(attesto, number)

    waiting = schedule.waiting()
    assert schedule.due_at() == waiting.adverse_at
    assert waiting.adverse_at is not None
    assert waiting.adverse_at - waiting.snapshot_at < timedelta(minutes=1)
    attesto.publisher.publish()
    assert schedule.due_at() == snapshot_at(schedule) + HEARTBEAT


def test_what_another_process_publishes_counts(two: tuple[Attesto, Attesto], schedule: Schedule) -> None:
    _, other = two
    grant(other)
    before = schedule.due_at()

    other.publisher.publish()

    assert before == NEVER
    assert schedule.due_at() == snapshot_at(schedule) + HEARTBEAT


def test_what_is_urgent_takes_something_away_and_is_an_events_type() -> None:
    assert {
        "certification.suspended", "certification.withdrawn", "certification.relinquished", "key.compromised",
        "accreditation.suspended", "accreditation.withdrawn", "certification.annulled", "certification.scope_reduced",
        "certification.maintenance_refused", "certification.suspension_prolonged", "certification.transferred_out",
        "certification.personal_data_erased",
    } == URGENT  # fmt: skip
    assert URGENT - TYPES.keys() == set()
