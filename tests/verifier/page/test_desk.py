"""How long a question waits, and how many."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from tests.verifier.public_files import Files
from verifier.errors import UnavailableError
from verifier.page.desk import Hurried, Patient


def test_a_question_waits_so_long_for_all_its_files_and_no_longer() -> None:
    time = iter([0.0, 1.0, 19.0, 20.5])
    source = Hurried(Files({"a": b"1", "b": b"2", "c": b"3"}), 20, lambda: next(time))

    assert (source.read("a"), source.read("b")) == (b"1", b"2")
    with pytest.raises(UnavailableError, match="too slowly"):
        source.read("c")


class _Slow:
    def __init__(self) -> None:
        self.asked, self.answers = Event(), Event()

    def read(self, path: str) -> bytes:
        self.asked.set()
        assert self.answers.wait(60)
        return path.encode()


@contextmanager
def _reading(source: Patient, slow: _Slow) -> Iterator[None]:
    reader = Thread(target=source.read, args=("a",))
    reader.start()
    assert slow.asked.wait(60)
    yield
    slow.answers.set()
    reader.join(60)


def test_few_wait_for_a_registry_that_is_slow_and_the_others_are_told() -> None:
    slow = _Slow()
    source = Patient(slow, 1, 0.01)

    with _reading(source, slow), pytest.raises(UnavailableError, match="the registry answers too slowly"):
        source.read("b")

    assert source.read("b") == b"b"


def test_who_waits_reads_when_another_has_read() -> None:
    slow, read = _Slow(), Event()
    source = Patient(slow, 1, 60)

    def wait() -> None:
        source.read("b")
        read.set()

    with _reading(source, slow):
        waiting = Thread(target=wait)
        waiting.start()
        assert not read.wait(0.05)

    assert read.wait(60)
