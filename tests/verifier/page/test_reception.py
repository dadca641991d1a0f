"""Who may send and who may work, and how many at a time."""

import threading
from io import RawIOBase
from threading import Event, Thread

import pytest
from flask.testing import FlaskClient

from tests.waiting import eventually
from verifier.page.reception import BusyError, Senders, Turns


def test_a_few_work_and_the_next_is_turned_away_at_once() -> None:
    turns = Turns(working=2, waiting=0, seconds=60)

    with turns.take(), turns.take(), pytest.raises(BusyError, match="too many are waiting already"), turns.take():
        pass


def test_one_address_works_at_one_thing_and_another_is_not_kept_waiting() -> None:
    turns = Turns(working=2, waiting=2, seconds=0.01)

    with turns.take("a"):
        with pytest.raises(BusyError, match="no turn was to be had in time"), turns.take("a"):
            pass
        with turns.take("b"):
            pass


def test_one_address_leaves_a_place_to_wait_in() -> None:
    turns, worked, ended = Turns(working=1, waiting=2, seconds=60), threading.Event(), threading.Event()

    def work() -> None:
        with turns.take("a"):
            worked.set()
        ended.set()

    with turns.take("a"):
        threading.Thread(target=work).start()
        assert eventually(lambda: turns._inside["a"] == 2)
        assert not worked.is_set()
        with pytest.raises(BusyError, match="too many are waiting already"), turns.take("a"):
            pass
    assert ended.wait(60)


def test_who_waits_works_when_another_has_finished() -> None:
    turns, worked = Turns(working=1, waiting=1, seconds=60), threading.Event()

    def work() -> None:
        with turns.take():
            worked.set()

    with turns.take():
        waiting = threading.Thread(target=work)
        waiting.start()
        assert not worked.wait(0.05)
    waiting.join(60)

    assert worked.is_set()


def test_nobody_waits_for_ever() -> None:
    turns = Turns(working=1, waiting=1, seconds=0.01)

    with turns.take(), pytest.raises(BusyError, match="no turn was to be had in time"), turns.take():
        pass


def test_a_turn_is_given_back_whatever_happens() -> None:
    turns = Turns(working=1, waiting=0)

    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns.take():
            raise ZeroDivisionError


def test_a_few_send_at_a_time_and_fewer_from_one_address() -> None:
    senders = Senders(most=3, of_one=2)

    with senders.take("a"), senders.take("a"):
        with pytest.raises(BusyError, match="too many are sending already"), senders.take("a"):
            pass
        with senders.take("b"), pytest.raises(BusyError, match="too many are sending already"), senders.take("c"):
            pass
    with senders.take("a"), senders.take("c"), senders.take(None):
        pass


def test_a_machine_that_speaks_for_many_sends_for_as_many_as_may_send() -> None:
    senders = Senders(most=3, of_one=1)

    with senders.take(None), senders.take(None), senders.take(None):
        pass


class Unsent(RawIOBase):
    """A body of which nothing comes until it is let go."""

    def __init__(self) -> None:
        self.asked, self.gone = Event(), Event()

    def readable(self) -> bool:
        return True

    def readinto(self, _: object) -> int:
        self.asked.set()
        self.gone.wait(60)
        return 0


def test_what_is_sent_slowly_keeps_no_turn(client: FlaskClient) -> None:
    slow = [Unsent() for _ in range(2)]
    threads = [
        Thread(
            target=client.application.test_client().post,
            args=("/batch/xlsx",),
            kwargs={
                "content_type": "application/json",
                "environ_overrides": {"REMOTE_ADDR": f"192.0.2.{i}", "CONTENT_LENGTH": "9", "wsgi.input": body},
            },
        )
        for i, body in enumerate(slow)
    ]
    try:
        for thread, body in zip(threads, slow, strict=True):
            thread.start()
            assert body.asked.wait(60)
        answer = client.post("/batch/xlsx", json={"rows": []}, environ_overrides={"REMOTE_ADDR": "192.0.2.9"})
    finally:
        for body in slow:
            body.gone.set()
        for thread in threads:
            thread.join()

    assert answer.status_code == 200
