from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier.story import (
    BODY_STREAM,
    CERTIFICATION,
    OPERATOR,
    ORIGIN,
    STRANGER,
    Story,
    begin,
    grant,
    granted,
    signed_like,
    told,
)
from verifier.bundle import Record
from verifier.errors import AttestoError, ChainError, FormatError, SignatureError
from verifier.event import parse_event
from verifier.stream import LoggedEvent, check_chain, open_stream


def opened(record: Record) -> tuple[LoggedEvent, ...]:
    return open_stream(record, ORIGIN, OPERATOR.public_key)


def record(story: Story | None = None) -> Record:
    return (story or told()).record(CERTIFICATION)


def test_a_stream_is_opened_with_the_place_and_the_time_of_each_event() -> None:
    story = begin()
    grant(story)
    story.later(minutes=5)
    story.add(CERTIFICATION, "certification.maintenance_confirmed")
    story.later(minutes=1)

    assert [(logged.index, logged.event.type, logged.recorded_at) for logged in opened(record(story))] == [
        (4, "certification.granted", datetime(2026, 3, 10, 9, 0, tzinfo=UTC)),
        (5, "certificate.issued", datetime(2026, 3, 10, 9, 0, tzinfo=UTC)),
        (7, "certification.maintenance_confirmed", datetime(2026, 3, 10, 9, 5, tzinfo=UTC)),
    ]


def test_an_events_time_is_the_logs_and_not_what_its_signer_claims() -> None:
    story = begin()
    grant(story, decided_at="2020-01-01T00:00:00Z")
    story.later(minutes=1)

    assert opened(record(story))[0].recorded_at == datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8), st.data())
def test_a_stream_without_any_one_of_its_events_but_the_last_is_refused(gaps: list[int], data: st.DataObject) -> None:
    story = granted()
    for minutes in gaps:
        story.add(CERTIFICATION, "certification.maintenance_confirmed")
        story.later(minutes=minutes)
    whole = record(story)
    places = list(whole.entries)
    left_out = data.draw(st.sampled_from(places))

    rest = replace(whole, entries={place: entry for place, entry in whole.entries.items() if place != left_out})

    assert len(opened(whole)) == len(gaps) + 2
    if left_out == places[-1]:
        # What ends early is a stream as well; that nothing followed, only a snapshot says.
        assert len(opened(rest)) == len(gaps) + 1
    else:
        with pytest.raises(ChainError):
            opened(rest)


@given(st.data())
def test_a_record_without_any_one_of_its_times_is_refused(data: st.DataObject) -> None:
    story = begin()
    grant(story)
    for _ in range(3):
        story.later(minutes=1)
        story.add(CERTIFICATION, "certification.maintenance_confirmed")
    story.later(minutes=1)
    whole = record(story)
    left_out = data.draw(st.sampled_from(list(whole.times)))

    assert len(opened(whole)) == 5
    with pytest.raises(ChainError):
        opened(replace(whole, times={place: time for place, time in whole.times.items() if place != left_out}))


def with_time(change: Callable[[bytes], bytes]) -> Record:
    whole = record()
    place, entry = next(iter(whole.times.items()))
    return replace(whole, times=dict(whole.times) | {place: change(entry)})


def in_another_log() -> Story:
    story = begin()
    grant(story, log="other.example/log")
    story.later(minutes=1)
    return story


BAD: dict[str, tuple[Callable[[], Record], type[AttestoError], str]] = {
    "no event": (lambda: replace(record(), entries={}), FormatError, "the record holds no event"),
    "no time": (lambda: replace(record(), times={}), ChainError, "entry 4 lacks the time entry before or after it"),
    "no time before": (
        lambda: replace(record(), times={6: told().entries[6]}), ChainError, "entry 4 lacks the time entry"
    ),
    "another log": (lambda: record(in_another_log()), ChainError, "event 1 belongs to another stream or log"),
    "garbage for an event": (
        lambda: replace(record(), entries={4: b"garbage"}), FormatError, "not a compact JWS"
    ),
    "a time for an event": (
        lambda: replace(record(), entries=dict(record().times)), FormatError, "unknown event type 'time'"
    ),
    "an event for a time": (lambda: with_time(lambda _: told().entries[4]), FormatError, "not a time entry"),
    "a time by a stranger": (lambda: with_time(lambda e: signed_like(e, STRANGER)), SignatureError, "names key"),
    "a time of another log": (
        lambda: with_time(lambda e: signed_like(e, OPERATOR, log="other")), ChainError, "time entry 0 belongs"
    ),
    "a time that goes back": (
        lambda: with_time(lambda e: signed_like(e, OPERATOR, at="2027-01-01T00:00:00Z")),
        ChainError, "time entry 6 goes back in time",
    ),
    "another stream": (lambda: replace(record(), stream=BODY_STREAM), ChainError, "event 1 belongs to another stream"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_record_that_proves_no_stream_is_refused_with_its_reason(case: str) -> None:
    make, error, reason = BAD[case]

    with pytest.raises(error, match=reason):
        opened(make())


def test_two_times_of_one_instant_are_in_order() -> None:
    story = begin()
    grant(story)
    story.later(minutes=0)

    assert len(opened(record(story))) == 2


def test_a_chain_begins_at_one_and_names_nothing_before_it() -> None:
    events = [parse_event(entry) for entry in record().entries.values()]

    check_chain(events)
    check_chain([])
    with pytest.raises(ChainError, match="event 1 of the stream is missing or moved: sequence 2 is in its place"):
        check_chain(events[1:])
    with pytest.raises(ChainError, match="event 1 of the stream does not name the event before it"):
        check_chain([replace(events[0], previous=bytes(32))])
    with pytest.raises(ChainError, match="event 2 of the stream does not name the event before it"):
        check_chain([events[0], replace(events[1], previous=None)])
    with pytest.raises(ChainError, match="event 2 of the stream is missing or moved: sequence 1"):
        check_chain([events[0], events[0]])
