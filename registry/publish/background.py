"""Publishing in the background: one thread that asks the schedule each second and never dies of an error."""

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread
from typing import Final

from registry.publish.publisher import Publisher
from registry.publish.schedule import Schedule
from verifier.errors import AttestoError

LOOK_SECONDS: Final = 1.0
MAX_PAUSE_SECONDS: Final = 60.0
_log = logging.getLogger(__name__)


class BackgroundPublisher(Thread):
    """Publishes when the schedule says so, until it is stopped."""

    def __init__(self, publisher: Publisher, schedule: Schedule, clock: Callable[[], datetime]) -> None:
        """Publish by ``publisher``; ``clock`` gives the present instant with a time zone."""
        super().__init__(name="publisher")
        self._publisher = publisher
        self._schedule = schedule
        self._clock = clock
        self._stopping = Event()
        self._failures = 0

    def run(self) -> None:
        """Look, publish, wait; look a last time once it is stopped, so that nothing adverse is left for tomorrow."""
        pause = 0.0
        stopping = False
        while not stopping:
            stopping = self._stopping.wait(pause)
            pause = self._turn()

    def stop(self) -> None:
        """Finish what is being published, and end."""
        self._stopping.set()
        self.join()

    def _turn(self) -> float:
        """Publish if it is due; return the seconds to wait before the next look."""
        try:
            if self._schedule.due_at() <= self._clock():
                made = self._publisher.publish()
                _log.info("published %d entries; the snapshot covers %d", made.size, made.covered)
        except AttestoError as error:
            return self._failed(str(error))
        except Exception as error:
            # A fault of ours: it is told with its trace, and the registry goes on.
            _log.exception("publishing met an error of its own")
            return self._failed(type(error).__name__)
        self._failures = 0
        return LOOK_SECONDS

    def _failed(self, reason: str) -> float:
        pause = min(LOOK_SECONDS * 2.0**self._failures, MAX_PAUSE_SECONDS)
        self._failures = min(self._failures + 1, 10)
        _log.error("publishing failed and is tried again in %d s: %s", pause, reason)
        return pause
