"""The event library's view of the log.

The library ships a contract of its own, eventsourcing.tests.persistence.AggregateRecorderTestCase. It does not fit: it
starts streams at 0 and skips versions, where here a stream runs from 1 without gaps; it wants the library's
IntegrityError, where the sequencer's ConflictError tells one submission's fault from its neighbours'; and it cannot be
imported without a cipher library that nothing here uses. Its steps are kept.
"""

from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import StoredEvent

from registry.errors import ConflictError
from registry.store.mapper import SignedMapper
from registry.store.recorder import EntryRecorder
from tests.contracts.parts import Parts


@pytest.fixture
def recorder(empty: Parts) -> EntryRecorder:
    return EntryRecorder(empty.store)


def stored(stream: UUID, version: int) -> StoredEvent:
    return StoredEvent(stream, version, f"topic{version}", f"state{version}".encode())


def test_what_is_inserted_is_selected(recorder: EntryRecorder) -> None:
    stream, other = uuid4(), uuid4()
    first, second, third, others = *(stored(stream, version) for version in (1, 2, 3)), stored(other, 1)

    assert recorder.insert_events([]) == []
    assert recorder.select_events(stream, desc=True, limit=1) == []
    # Leaf 0 is a time entry, and the library counts from 1.
    assert recorder.insert_events([first]) == [2]
    assert recorder.insert_events([second, third]) == [3, 4]
    assert recorder.insert_events([others]) == [5]

    assert recorder.select_events(stream) == [first, second, third]
    assert recorder.select_events(other) == [others]


def test_a_selection_has_bounds_a_direction_and_a_limit(recorder: EntryRecorder) -> None:
    stream = uuid4()
    events = [stored(stream, version) for version in range(1, 6)]
    recorder.insert_events(events)

    assert recorder.select_events(stream, gt=2) == events[2:]
    assert recorder.select_events(stream, lte=2) == events[:2]
    assert recorder.select_events(stream, lte=0) == []
    assert recorder.select_events(stream, gt=0, lte=5) == events
    assert recorder.select_events(stream, gt=1, lte=3, desc=True) == events[2:0:-1]
    assert recorder.select_events(stream, limit=2) == events[:2]
    assert recorder.select_events(stream, desc=True, limit=1) == events[-1:]
    assert recorder.select_events(str(stream), limit=1) == events[:1]


def test_an_event_that_is_there_already_is_a_conflict_and_nothing_of_its_batch_is_stored(
    recorder: EntryRecorder,
) -> None:
    stream = uuid4()
    first, second, third = (stored(stream, version) for version in (1, 2, 3))
    recorder.insert_events([first])

    for batch in ([first], [first, second], [second, second], [third], [second, first]):
        with pytest.raises(ConflictError):
            recorder.insert_events(batch)
    assert recorder.select_events(stream) == [first]


def test_an_event_is_never_stored_from_an_object(empty: Parts) -> None:
    mapper = SignedMapper(empty.store.origin, lambda event: empty.register.operator_key)

    with pytest.raises(TypeError, match=r"^events are stored as they were signed; prepare and submit them$"):
        mapper.to_stored_event(object())
