"""What the log's readers promise, held to a tree that is computed from all leaves by another function."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from registry.errors import TamperedError
from registry.store.reader import PAGE
from tests.contracts.parts import Parts
from tests.contracts.submissions import ANY, bodies, event, submission
from verifier.event import parse_time
from verifier.merkle import check_consistency, check_inclusion, leaf_hash, root_hash


@pytest.fixture
def streams(empty: Parts) -> list[UUID]:
    """Seven streams whose events lie among each other, over several minutes; 141 entries."""
    streams = [uuid4() for _ in range(7)]
    for sequence in range(1, 20):
        empty.store.append_all([submission(event(stream, sequence, _body(stream, sequence))) for stream in streams])
        if sequence % 3 == 0:
            empty.clock.pass_by(seconds=70)
    return streams


def _body(stream: UUID, sequence: int) -> bytes:
    return ANY + stream.bytes + bytes([sequence])


def hashes(parts: Parts) -> list[bytes]:
    return [leaf_hash(body) for body in bodies(parts)]


def test_entries_are_read_by_index_from_any_to_any(empty: Parts, streams: Sequence[UUID]) -> None:
    log, size = empty.store.log, empty.store.log.head().size
    whole = list(log.entries(0, size))

    assert [entry.index for entry in whole] == list(range(size))
    for start, end in ((0, 0), (5, 5), (0, 1), (17, 90), (size - 1, size)):
        assert list(log.entries(start, end)) == whole[start:end]


def test_entries_are_read_across_pages(empty: Parts) -> None:
    submissions = [submission() for _ in range(2 * PAGE + 10)]
    empty.store.append_all(submissions)

    read = [entry.body for entry in empty.store.log.entries(1, 2 * PAGE + 11)]

    assert read == [made.events[0].body for made in submissions]


def test_entries_beyond_the_end_are_missing(empty: Parts, streams: Sequence[UUID]) -> None:
    size = empty.store.log.head().size

    with pytest.raises(TamperedError, match=rf"^an entry between {size - 2} and {size + 1} is missing$"):
        list(empty.store.log.entries(size - 2, size + 1))


def test_a_stream_is_read_in_order(empty: Parts, streams: Sequence[UUID]) -> None:
    entries = empty.store.log.stream(streams[3])

    assert [(entry.stream, entry.sequence) for entry in entries] == [(streams[3], place) for place in range(1, 20)]
    assert [entry.body for entry in entries] == [_body(streams[3], place) for place in range(1, 20)]
    assert empty.store.log.stream(uuid4()) == []


def test_many_streams_are_read_as_of_a_size(empty: Parts, streams: Sequence[UUID]) -> None:
    nobodys = uuid4()
    for size in (0, 1, 50, empty.store.log.head().size):
        expected: dict[UUID, dict[int, bytes]] = {stream: {} for stream in (*streams[:3], nobodys)}
        for entry in empty.store.log.entries(0, size):
            if entry.stream in expected:
                expected[entry.stream][entry.index] = entry.body

        assert empty.store.log.streams([*streams[:3], nobodys], size) == expected


def test_times_are_the_time_entries_in_order(empty: Parts, streams: Sequence[UUID]) -> None:
    log, size = empty.store.log, empty.store.log.head().size
    times = [(entry.index, entry.body) for entry in log.entries(0, size) if entry.topic == "time"]

    assert len(times) == 7
    assert log.times(-1, size) == times
    assert log.times(times[2][0], times[5][0]) == times[3:5]
    assert [parse_time(body).at for _, body in times] == sorted(parse_time(body).at for _, body in times)


def test_the_times_around_an_entry_are_the_nearest_before_and_after(empty: Parts, streams: Sequence[UUID]) -> None:
    log, size = empty.store.log, empty.store.log.head().size
    times = dict(log.times(-1, size))
    for index in (1, 2, 30, 77, size - 1):
        before = max(time for time in times if time < index)
        after = [min(time for time in times if time > index)] if index < max(times) else []

        assert log.times_around([index]) == {time: times[time] for time in (before, *after)}
    assert list(log.times_around([1, size - 1])) == sorted({0, *list(times)[1:2], max(times)})


def test_any_subtree_is_read_from_one_row(empty: Parts, streams: Sequence[UUID]) -> None:
    leaves = hashes(empty)
    for level in range(8):
        whole = len(leaves) >> level
        expected = [root_hash(leaves[place << level : (place + 1) << level]) for place in range(whole)]

        assert [empty.store.log.subtree(level, place) for place in range(whole)] == expected
        assert empty.store.log.node_hashes(level, 0, whole) == b"".join(expected)


def test_a_subtree_that_is_not_complete_is_not_read(empty: Parts, streams: Sequence[UUID]) -> None:
    with pytest.raises(TamperedError, match=r"^entry 255 is missing or does not hold its nodes$"):
        empty.store.log.subtree(8, 0)
    with pytest.raises(TamperedError, match=r"^an entry that completes a subtree is missing$"):
        empty.store.log.node_hashes(4, 0, 9)


def test_every_entry_is_proven_at_every_size(empty: Parts) -> None:
    empty.store.append_all([submission() for _ in range(70)])
    leaves = hashes(empty)
    for size in range(1, len(leaves) + 1):
        root = root_hash(leaves[:size])
        for index in {0, 1, size // 3, size // 2, size - 2, size - 1} & set(range(size)):
            check_inclusion(leaves[index], index, size, empty.store.log.inclusion(index, size), root)


def test_every_size_is_proven_to_continue_every_smaller_one(empty: Parts) -> None:
    empty.store.append_all([submission() for _ in range(40)])
    leaves = hashes(empty)
    for new in range(1, len(leaves) + 1):
        for old in {1, 2, new // 2, new - 1, new} & set(range(1, new + 1)):
            proof = empty.store.log.consistency(old, new)
            check_consistency(old, root_hash(leaves[:old]), new, root_hash(leaves[:new]), proof)
