"""The background publisher publishes when it is due, outlives errors, and leaves nothing adverse behind."""

import logging
import shutil
import time
from collections.abc import Iterator

import pytest

from registry.bootstrap import Attesto, now
from registry.publish.background import BackgroundPublisher
from registry.publish.schedule import NEVER, Schedule
from tests.registry.office import grant, suspend
from tests.waiting import eventually


@pytest.fixture
def attesto(two: tuple[Attesto, Attesto]) -> Attesto:
    return two[0]


@pytest.fixture
def schedule(attesto: Attesto) -> Schedule:
    return Schedule(attesto.store.log, attesto.publisher.covered, 600, 3600)


@pytest.fixture
def background(attesto: Attesto, schedule: Schedule) -> Iterator[BackgroundPublisher]:
    background = BackgroundPublisher(attesto.publisher, schedule, now)
    yield background
    if background.is_alive():
        background.stop()


def test_it_publishes_at_once_what_was_never_published(background: BackgroundPublisher, schedule: Schedule) -> None:
    background.start()

    assert eventually(lambda: schedule.due_at() > now())


def test_it_publishes_an_adverse_event_within_seconds_and_lets_others_wait(
    background: BackgroundPublisher, attesto: Attesto, schedule: Schedule
) -> None:
    number = grant(attesto)
    background.start()
    assert eventually(lambda: schedule.waiting().first_at is None)

    grant(attesto)
    time.sleep(2.5)
    waits = schedule.waiting().first_at is not None
    suspend(attesto, number)

    assert waits
    assert eventually(lambda: schedule.waiting().first_at is None)


def test_it_stops_once_what_is_adverse_is_published(
    background: BackgroundPublisher, attesto: Attesto, schedule: Schedule
) -> None:
    number = grant(attesto)
    background.start()
    assert eventually(lambda: schedule.due_at() > now())
    suspend(attesto, number)

    background.stop()

    assert not background.is_alive()
    assert schedule.waiting().adverse_at is None


def test_an_error_is_told_in_one_sentence_and_tried_again(
    background: BackgroundPublisher, attesto: Attesto, schedule: Schedule, caplog: pytest.LogCaptureFixture
) -> None:
    public = attesto.settings.path(attesto.settings.public_folder)
    shutil.rmtree(public)
    public.write_text("a file, not a folder")
    with caplog.at_level(logging.INFO):
        background.start()
        assert eventually(lambda: len(caplog.records) >= 2)
        assert schedule.due_at() == NEVER
        public.unlink()
        public.mkdir()

        assert eventually(lambda: schedule.due_at() > now())

    told = [record.getMessage() for record in caplog.records]
    assert told[0].startswith("publishing failed and is tried again in 1 s: the public file")
    assert told[1].startswith("publishing failed and is tried again in 2 s: ")
    assert told[-1].startswith("published ")
    assert all(record.exc_info is None for record in caplog.records)
