"""Runs tasks at the same time, and fails with the first error of any."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

T = TypeVar("T")


def together(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """The results of the tasks, each run in a thread of its own, all begun at once."""
    begin = Barrier(len(tasks))

    def run(task: Callable[[], T]) -> T:
        begin.wait(10)
        return task()

    with ThreadPoolExecutor(len(tasks)) as threads:
        return [future.result() for future in [threads.submit(run, task) for task in tasks]]
