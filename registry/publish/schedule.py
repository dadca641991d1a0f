"""When to publish: at once after an adverse event, soon after any other, and when the newest snapshot grows old."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

from registry.domain.event import PersonalDataErased
from registry.store.reader import LogEntry, LogReader
from verifier.event import parse_time
from verifier.status import ADVERSE

# What somebody may rely on until the public hears of it, and the number that an erasure takes out of the public files.
URGENT: Final = ADVERSE | {
    "key.compromised",
    "accreditation.suspended",
    "accreditation.withdrawn",
    PersonalDataErased.TOPIC,
}
NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of the log beyond the newest snapshot, read up to ``read``; instants are recorded times (UTC).

    ``covered`` is the prefix that the snapshot covers, ``snapshot_at`` its instant.
    """

    covered: int
    snapshot_at: datetime
    read: int
    time_at: datetime
    first_at: datetime | None = None
    adverse_at: datetime | None = None


class Schedule:
    """The plan of one log's publications; several threads may ask, and each entry is read once."""

    def __init__(
        self, log: LogReader, covered: Callable[[], int], publish_seconds: int, heartbeat_seconds: int
    ) -> None:
        """Plan for ``log``, of which ``covered`` tells the prefix that the newest snapshot covers."""
        self._log = log
        self._covered = covered
        self._wait = timedelta(seconds=publish_seconds)
        self._heartbeat = timedelta(seconds=heartbeat_seconds)
        self._lock = Lock()
        self._waiting = Waiting(0, NEVER, 0, NEVER)

    def waiting(self) -> Waiting:
        """What waits to be published.

        Raises:
            StoreError: the log cannot be read.
        """
        with self._lock:
            covered, size = self._covered(), self._log.head().size
            if covered != self._waiting.covered:
                self._waiting = self._from_snapshot(covered)
            for entry in self._log.entries(self._waiting.read, size):
                self._waiting = _with(self._waiting, entry)
            return self._waiting

    def due_at(self) -> datetime:
        """The instant (UTC) from which a publication is due, past or to come.

        Raises:
            StoreError: the log cannot be read.
        """
        waiting = self.waiting()
        if waiting.covered == 0:
            return NEVER
        due = waiting.snapshot_at + self._heartbeat
        if waiting.first_at is not None:
            due = min(due, waiting.first_at + self._wait)
        return due if waiting.adverse_at is None else min(due, waiting.adverse_at)

    def _from_snapshot(self, covered: int) -> Waiting:
        if covered == 0:
            return Waiting(0, NEVER, 0, NEVER)
        # A snapshot covers a prefix that ends with a time entry.
        (last,) = self._log.entries(covered - 1, covered)
        at = parse_time(last.body).at
        return Waiting(covered, at, covered, at)


def _with(waiting: Waiting, entry: LogEntry) -> Waiting:
    time_at = parse_time(entry.body).at if entry.topic == "time" else waiting.time_at
    event = entry.stream is not None
    return Waiting(
        waiting.covered,
        waiting.snapshot_at,
        entry.index + 1,
        time_at,
        waiting.first_at or (time_at if event else None),
        waiting.adverse_at or (time_at if entry.topic in URGENT else None),
    )
