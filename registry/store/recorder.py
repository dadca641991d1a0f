"""The event library's view of the log: it reads streams; what is written goes through the sequencer."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import AggregateRecorder, StoredEvent

from registry.store.store import Store
from registry.store.submission import NewEvent, Submission


class EntryRecorder(AggregateRecorder):
    """Stored events are the entries of the log that have a stream."""

    def __init__(self, store: Store) -> None:
        """Read from and append to ``store``."""
        self._store = store

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int]:
        """Append events that are signed already; returns one above each leaf index, as the library counts from 1.

        Raises:
            ConflictError: somebody else wrote to a stream first.
        """
        events = (NewEvent(_uuid(e.originator_id), e.originator_version, e.topic, e.state) for e in stored_events)
        return [index + 1 for index in self._store.append(Submission(tuple(events))).indexes]

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The stored events of a stream, after sequence ``gt`` and up to ``lte``."""
        stream = _uuid(originator_id)
        stored = [
            StoredEvent(stream, entry.sequence, entry.topic, entry.body)
            for entry in self._store.log.stream(stream)
            if entry.sequence is not None and (gt or 0) < entry.sequence and (lte is None or entry.sequence <= lte)
        ]
        return (stored[::-1] if desc else stored)[:limit]


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
