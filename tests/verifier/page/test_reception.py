import threading

import pytest

from verifier.page.reception import BusyError, Turns


def test_a_few_work_and_the_next_is_turned_away_at_once() -> None:
    turns = Turns(working=2, waiting=0, seconds=60)

    with turns.take(), turns.take(), pytest.raises(BusyError, match="too many are waiting already"), turns.take():
        pass


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
