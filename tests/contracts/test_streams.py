"""A stored event that was altered, moved, left out or exchanged is refused and named, whoever did it."""

from collections.abc import Callable
from uuid import UUID

import pytest

from keys.key_set import OPERATOR
from keys.signer import Purpose, Signer, generate
from keys.signing import sign_jws
from registry.application.answers import Recorded
from registry.errors import StoreError, TamperedError
from registry.store.submission import NewEvent, Submission
from tests.contracts.parts import Parts, grant, open_parts, reissue, suspend, withdraw
from tests.contracts.tampering import force
from verifier.encoding import format_base64url, format_json, parse_json
from verifier.event import EVENT, REGISTRATION
from verifier.jws import chain_hash, parse_jws

EVENTS = 6


@pytest.fixture
def number(parts: Parts) -> str:
    """The number of a certification with six events, and another with as many beside it."""
    numbers = [parts.registry.decide(grant(f"Person {place}")).number for place in range(2)]
    for command in (reissue, suspend, withdraw):
        parts.registry.decide_all([command(number) for number in numbers])
    return numbers[0]


def stream(parts: Parts, number: str) -> UUID:
    numbered = parts.vault.find_number(number)
    assert numbered is not None
    return numbered.certification


def other(parts: Parts, number: str) -> UUID:
    """The other certification's stream."""
    streams = {
        entry.stream
        for entry in parts.store.log.entries(0, parts.store.log.head().size)
        if entry.topic == "certification.granted"
    }
    (found,) = streams - {stream(parts, number)}
    assert found is not None
    return found


def refusal(parts: Parts, number: str) -> str:
    """How the certification's stream is refused, to one who reads it and to one who would decide on it."""
    id_ = stream(parts, number)
    with pytest.raises(TamperedError) as read:
        parts.streams.certification(id_)
    with pytest.raises(TamperedError) as decided:
        parts.registry.decide(reissue(number))
    assert str(read.value) == str(decided.value)
    assert str(id_) in str(read.value)
    return str(read.value).replace(str(id_), "ID")


def body_of(parts: Parts, id_: UUID, sequence: int) -> bytes:
    return parts.store.log.stream(id_)[sequence - 1].body


def rewrite(parts: Parts, id_: UUID, sequence: int, body: bytes) -> None:
    force(parts.database, "UPDATE entry SET body = ? WHERE stream = ? AND sequence = ?", body, id_.bytes, sequence)


def test_an_untouched_stream_opens(parts: Parts, number: str) -> None:
    assert parts.streams.certification(stream(parts, number)).aggregate.version == EVENTS


@pytest.mark.parametrize("sequence", [1, 3, EVENTS])
@pytest.mark.parametrize("part", [0, 1, 2], ids=["header", "payload", "signature"])
def test_one_bit_changed_anywhere_is_an_altered_event(parts: Parts, number: str, sequence: int, part: int) -> None:
    id_ = stream(parts, number)
    body = body_of(parts, id_, sequence)
    pieces = body.split(b".")
    for place in (0, len(pieces[part]) // 2, len(pieces[part]) - 5):
        at = sum(len(piece) + 1 for piece in pieces[:part]) + place
        rewrite(parts, id_, sequence, body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :])

        assert refusal(parts, number).startswith(f"stream ID event {sequence} is altered: ")
    rewrite(parts, id_, sequence, body)
    assert parts.streams.certification(id_).aggregate.version == EVENTS


@pytest.mark.parametrize("body", [b"", b"..", b"no event", b"\xff\x00.a.b", b"x" * 20_000])
def test_bytes_that_are_no_event_are_an_altered_event(parts: Parts, number: str, body: bytes) -> None:
    rewrite(parts, stream(parts, number), 2, body)

    assert refusal(parts, number).startswith("stream ID event 2 is altered: ")


def test_an_event_under_another_type_is_moved(parts: Parts, number: str) -> None:
    id_ = stream(parts, number).bytes
    force(parts.database, "UPDATE entry SET topic = 'certification.granted' WHERE stream = ? AND sequence = 3", id_)

    assert refusal(parts, number).startswith("stream ID event 3 is moved: it was signed as certificate.")


def test_an_event_from_another_stream_is_moved(parts: Parts, number: str) -> None:
    there = other(parts, number)
    rewrite(parts, stream(parts, number), 5, body_of(parts, there, 5))

    expected = f"stream ID event 5 is moved: it was signed as certification.suspended 5 of {there}"
    assert refusal(parts, number) == expected


def test_an_event_of_the_stream_in_anothers_place_is_moved(parts: Parts, number: str) -> None:
    id_ = stream(parts, number)
    rewrite(parts, id_, 4, body_of(parts, id_, 2))

    assert refusal(parts, number).startswith("stream ID event 4 is moved: it was signed as certificate.issued 2 of ID")


def test_two_rows_exchanged_are_named(parts: Parts, number: str) -> None:
    id_ = stream(parts, number).bytes
    for old, new in ((3, 99), (5, 3), (99, 5)):
        force(parts.database, "UPDATE entry SET sequence = ? WHERE stream = ? AND sequence = ?", new, id_, old)

    assert refusal(parts, number).startswith("stream ID event 3 is moved: it was signed as certification.suspended 5")


@pytest.mark.parametrize("sequence", [1, 2, EVENTS - 1])
def test_a_row_left_out_is_named(parts: Parts, number: str, sequence: int) -> None:
    id_ = stream(parts, number)
    force(parts.database, "DELETE FROM entry WHERE stream = ? AND sequence = ?", id_.bytes, sequence)

    missing = f"event {sequence} of the stream is missing or moved: sequence {sequence + 1} is in its place"
    assert refusal(parts, number) == f"stream ID: {missing}"


def test_a_last_row_left_out_is_found_out_by_the_log_and_never_published(parts: Parts, number: str) -> None:
    id_ = stream(parts, number)
    index = parts.store.log.stream(id_)[-1].index
    force(parts.database, "DELETE FROM entry WHERE stream = ? AND sequence = ?", id_.bytes, EVENTS)

    with pytest.raises(TamperedError, match=r"^an entry between \d+ and \d+ is missing$"):
        parts.publisher.publish()
    with pytest.raises(TamperedError, match=rf"^an entry between {index} and {index + 1} is missing$"):
        list(parts.store.log.entries(index, index + 1))


def resigned(parts: Parts, id_: UUID, sequence: int, signer: Signer, typ: str = EVENT, **changes: str) -> bytes:
    """The stream's event anew, as somebody with another key would write it."""
    payload = parse_json(parse_jws(body_of(parts, id_, sequence)).payload)
    return sign_jws(signer, typ, format_json(payload | changes))


SIGNERS: dict[str, Callable[[Parts], tuple[Signer, str]]] = {
    "a key that nobody enrolled": lambda parts: (generate(), EVENT),
    "another body's key": lambda parts: (parts.key_set.current("borea", Purpose.EVENT), EVENT),
    "the body's token key": lambda parts: (parts.key_set.current("aurora", Purpose.TOKEN), EVENT),
    "the body's recovery key": lambda parts: (parts.key_set.current("aurora", Purpose.RECOVERY), EVENT),
    "the operator's key": lambda parts: (parts.key_set.current(OPERATOR, Purpose.OPERATOR), EVENT),
    "the operator's key, as a registration": lambda parts: (
        parts.key_set.current(OPERATOR, Purpose.OPERATOR),
        REGISTRATION,
    ),
    "the log's key": lambda parts: (parts.key_set.current(OPERATOR, Purpose.LOG), EVENT),
}


@pytest.mark.parametrize("whose", SIGNERS)
def test_an_event_signed_by_another_key_is_altered(parts: Parts, number: str, whose: str) -> None:
    id_ = stream(parts, number)
    signer, typ = SIGNERS[whose](parts)
    rewrite(parts, id_, EVENTS, resigned(parts, id_, EVENTS, signer, typ))

    assert refusal(parts, number).startswith(f"stream ID event {EVENTS} is altered: ")


def test_an_event_of_another_log_is_moved_though_the_body_signed_it(parts: Parts, number: str) -> None:
    id_ = stream(parts, number)
    body = parts.key_set.current("aurora", Purpose.EVENT)
    rewrite(parts, id_, EVENTS, resigned(parts, id_, EVENTS, body, log="another.example/log"))

    assert refusal(parts, number).startswith(f"stream ID event {EVENTS} is moved: ")


def test_an_event_that_names_another_before_it_breaks_the_chain_though_the_body_signed_it(
    parts: Parts, number: str
) -> None:
    id_ = stream(parts, number)
    body = parts.key_set.current("aurora", Purpose.EVENT)
    previous = format_base64url(chain_hash(parse_jws(body_of(parts, other(parts, number), EVENTS - 1))))
    rewrite(parts, id_, EVENTS, resigned(parts, id_, EVENTS, body, previous=previous))

    assert refusal(parts, number) == f"stream ID: event {EVENTS} of the stream does not name the event before it"


def test_a_bodys_or_editions_event_that_is_altered_is_refused_by_whoever_opens_the_registry(
    parts: Parts, number: str
) -> None:
    for table, words in (("body.registered", r"event 1 is altered"), ("edition.published", r"event 1 is altered")):
        (entry, *_) = [e for e in parts.store.log.entries(0, parts.store.log.head().size) if e.topic == table]
        altered = entry.body[:-6] + bytes([entry.body[-6] ^ 1]) + entry.body[-5:]
        force(parts.database, "UPDATE entry SET body = ? WHERE leaf_index = ?", altered, entry.index)

        with open_parts(parts.place, parts.clock) as anew, pytest.raises(TamperedError, match=words):
            anew.registry.decide(grant())
        force(parts.database, "UPDATE entry SET body = ? WHERE leaf_index = ?", entry.body, entry.index)


def test_a_scheme_file_that_is_exchanged_or_missing_is_refused(parts: Parts) -> None:
    with parts.database.transaction() as transaction:
        transaction.execute("DELETE FROM scheme_file")

    with (
        open_parts(parts.place, parts.clock) as anew,
        pytest.raises(TamperedError, match=r"^the scheme file [0-9a-f]+ is m"),
    ):
        anew.registry.decide(grant())


def test_a_tampered_certification_fails_its_own_decision_and_no_neighbours(parts: Parts, number: str) -> None:
    rewrite(parts, stream(parts, number), 2, b"no event")
    there = parts.registry.decide(grant()).number

    refused, decided, granted = parts.registry.decide_all([reissue(number), withdraw(there), grant()])

    assert isinstance(refused, StoreError)
    assert isinstance(decided, Recorded)
    assert isinstance(granted, Recorded)


def test_the_sequencer_takes_a_body_of_any_kind_but_no_reader_takes_it_for_an_event(parts: Parts, number: str) -> None:
    id_ = stream(parts, number)
    parts.store.append(Submission((NewEvent(id_, EVENTS + 1, "certification.reinstated", b"e30.e30.e30"),)))

    assert refusal(parts, number).startswith(f"stream ID event {EVENTS + 1} is altered: ")
