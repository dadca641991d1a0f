"""Reads a stream whole: every event checked, each naming the one before it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from eventsourcing.persistence import AggregateRecorder, EventStore

from registry.errors import TamperedError
from registry.store.mapper import DomainEvent, SignedMapper, domain_event
from verifier.errors import ChainError
from verifier.event import Event
from verifier.stream import check_chain


class ChainedEventStore(EventStore[UUID]):
    """An event store that hands out a stream only where its events follow each other from the first."""

    def __init__(self, mapper: SignedMapper, recorder: AggregateRecorder) -> None:
        """Read through ``mapper`` what ``recorder`` holds."""
        super().__init__(mapper, recorder)
        self._signed = mapper

    def open(self, stream: UUID) -> list[Event]:
        """The stream's events from the first, as they were signed.

        Raises:
            TamperedError: one is altered, moved, missing or out of order.
        """
        events = [self._signed.open(stored) for stored in self.recorder.select_events(stream)]
        try:
            check_chain(events)
        except ChainError as error:
            raise TamperedError(f"stream {stream}: {error}") from error
        return events

    def get(self, originator_id: UUID, **_: Any) -> Iterator[DomainEvent]:
        """The stream's domain events from the first; raises what ``open`` raises."""
        return map(domain_event, self.open(originator_id))
