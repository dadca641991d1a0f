"""A stream as the log shows it: events that follow each other, each with its place and its recorded time."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from verifier.bundle import Record
from verifier.errors import ChainError, FormatError
from verifier.event import Event, TimeEntry, parse_event, parse_time
from verifier.jws import chain_hash, check_jws
from verifier.key import PublicKey

# How far two honest clocks may lie apart; a log that is further ahead of its reader's clock says nothing about now.
CLOCK_SKEW: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event with its leaf index and the instant (UTC) of the last time entry before it."""

    event: Event
    index: int
    recorded_at: datetime


def open_stream(record: Record, origin: str, operator: PublicKey) -> tuple[LoggedEvent, ...]:
    """The record's events: in one chain from the first, of this log, timed by the operator's time entries.

    Who signed the events is not checked here; ``verifier.trust`` knows the keys.

    Raises:
        ChainError: an event is missing, moved, doubled or belongs to another stream or log, or its time is unproven.
        FormatError: an entry is none.
        SignatureError: a time entry is not signed by the operator.
    """
    events = [(index, parse_event(entry)) for index, entry in record.entries.items()]
    if not events:
        raise FormatError("the record holds no event")
    times = _open_times(record.times, origin, operator)
    check_chain([event for _, event in events])
    for _, event in events:
        if event.stream != record.stream or event.log != origin:
            raise ChainError(f"event {event.sequence} belongs to another stream or log")
    return tuple(LoggedEvent(event, index, _recorded_at(index, times)) for index, event in events)


def check_chain(events: Sequence[Event]) -> None:
    """Check that events follow each other from sequence 1 on, each naming the hash of the one before.

    Raises:
        ChainError: they do not.
    """
    previous: Event | None = None
    for place, event in enumerate(events, start=1):
        if event.sequence != place:
            raise ChainError(
                f"event {place} of the stream is missing or moved: sequence {event.sequence} is in its place"
            )
        if event.previous != (None if previous is None else chain_hash(previous.jws)):
            raise ChainError(f"event {place} of the stream does not name the event before it")
        previous = event


def _open_times(entries: Mapping[int, bytes], origin: str, operator: PublicKey) -> list[tuple[int, TimeEntry]]:
    times = [(index, parse_time(entry)) for index, entry in entries.items()]
    for index, time in times:
        check_jws(time.jws, operator)
        if time.log != origin:
            raise ChainError(f"time entry {index} belongs to another log")
    for (_, earlier), (index, later) in pairwise(times):
        if later.at < earlier.at:
            raise ChainError(f"time entry {index} goes back in time")
    return times


def _recorded_at(index: int, times: Sequence[tuple[int, TimeEntry]]) -> datetime:
    # The entry after names the entry before, so that no time entry between the two can have been left out.
    place = bisect_left(times, index, key=lambda time: time[0])
    if not 0 < place < len(times):
        raise ChainError(f"entry {index} lacks the time entry before or after it")
    (before, time), (_, after) = times[place - 1], times[place]
    if after.previous != before:
        raise ChainError(f"a time entry next to entry {index} was left out")
    return time.at
