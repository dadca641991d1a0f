"""What the operator registers: dated as decisions are, and heard of by every process."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from keys.signer import Purpose
from registry.domain.body import CertificationBody
from registry.domain.errors import BackdatedError, NotAccreditedError
from registry.errors import RequestError
from tests.contracts.parts import START, Clock, Parts, Place, found, grant, open_parts, propose, reissue
from verifier.errors import KeyNotInForceError
from verifier.event import parse_event
from verifier.jws import check_jws


@pytest.fixture
def two(place: Place) -> Iterator[tuple[Parts, Parts]]:
    """Two processes' views of one registry."""
    with open_parts(place) as one, open_parts(place) as other:
        found(one)
        yield one, other


def key_id(parts: Parts, purpose: Purpose) -> str:
    return parts.key_set.current("aurora", purpose).public_key.key_id


@pytest.mark.parametrize("purpose", [Purpose.EVENT, Purpose.TOKEN], ids=["event", "token"])
def test_a_key_that_another_process_recovered_is_used_from_then_on(purpose: Purpose, two: tuple[Parts, Parts]) -> None:
    one, other = two
    number = other.registry.decide(grant()).number
    one.register.declare_compromised("aurora", purpose, key_id(one, purpose), one.store.log.head().size)
    with pytest.raises(KeyNotInForceError, match=rf"^body aurora has no {purpose} key in force"):
        other.registry.decide(reissue(number))

    propose(one.place, "aurora", purpose)
    one.register.recover_key("aurora", purpose)

    # Of a body without a key in force the other process has read the end already.
    answer = other.registry.decide(reissue(number))
    event_key = one.key_set.current("aurora", Purpose.EVENT).public_key
    for index in answer.receipt.indexes:
        (entry,) = one.store.log.entries(index, index + 1)
        check_jws(parse_event(entry.body).jws, event_key)


def test_a_recovery_that_stopped_before_the_key_set_had_the_key_is_finished(parts: Parts, place: Place) -> None:
    folder = place.folder / "keys" / "aurora"
    propose(place, "aurora", Purpose.EVENT)
    proposed = (folder / "event.proposed.pem").read_bytes()
    first = parts.register.recover_key("aurora", Purpose.EVENT)
    (folder / "event-2.pem").rename(folder / "event.proposed.pem")
    assert (folder / "event.proposed.pem").read_bytes() == proposed

    again = parts.register.recover_key("aurora", Purpose.EVENT)

    assert again.indexes == first.indexes[-1:]
    parts.registry.decide(grant())


def test_a_key_that_was_enrolled_is_not_enrolled_again(parts: Parts, place: Place) -> None:
    propose(place, "aurora", Purpose.EVENT)
    again = (place.folder / "keys" / "aurora" / "event.proposed.pem").read_bytes()
    parts.register.rotate_key("aurora", Purpose.EVENT)
    propose(place, "aurora", Purpose.EVENT)
    parts.register.rotate_key("aurora", Purpose.EVENT)
    (place.folder / "keys" / "aurora" / "event.proposed.pem").write_bytes(again)
    (place.folder / "keys" / "aurora" / "event.proposed.pem").chmod(0o600)

    with pytest.raises(RequestError, match=r"^key .{8}… of body aurora was enrolled before$"):
        parts.register.recover_key("aurora", Purpose.EVENT)


def test_what_is_registered_within_a_second_counts_in_that_second(place: Place) -> None:
    with open_parts(place, Clock(START.replace(microsecond=700_000))) as parts:
        found(parts)

        parts.registry.decide(grant())

        (first, *_) = parts.streams.logged(CertificationBody.create_id("aurora"))
    assert first.event.decided_at == START


def test_a_clock_that_was_put_back_dates_nothing_registered_before_what_the_log_recorded(parts: Parts) -> None:
    parts.clock.pass_by(minutes=-48 * 60)

    parts.register.suspend_accreditation("aurora", "demo", "letter")

    (*_, last) = parts.streams.logged(CertificationBody.create_id("aurora"))
    assert last.event.decided_at == START
    assert last.event.effective_on == START.date()


def test_a_withdrawal_that_is_scheduled_lets_a_body_grant_until_its_day(parts: Parts) -> None:
    parts.register.withdraw_accreditation("aurora", "demo", "letter", START.date() + timedelta(days=2))
    parts.clock.pass_by(minutes=24 * 60)
    parts.registry.decide(grant())

    parts.clock.pass_by(minutes=24 * 60)

    with pytest.raises(NotAccreditedError):
        parts.registry.decide(grant())


def test_nothing_of_an_accreditation_is_dated_back(parts: Parts) -> None:
    before = parts.store.log.head().size

    with pytest.raises(BackdatedError):
        parts.register.accredit("aurora", "other", "letter", DETAIL, START.date() - timedelta(days=1))

    assert parts.store.log.head().size == before


DETAIL = {"number": "1", "accreditation_body": "Ente", "standard": "ISO/IEC 17024:2012", "wording": "accreditato"}


def test_what_a_stolen_key_let_in_signs_no_more_and_is_replaced(parts: Parts, place: Place) -> None:
    stolen, since = key_id(parts, Purpose.EVENT), parts.store.log.head().size
    propose(place, "aurora", Purpose.EVENT)
    parts.register.rotate_key("aurora", Purpose.EVENT)
    parts.registry.decide(grant())
    parts.register.declare_compromised("aurora", Purpose.EVENT, stolen, since)

    # Its successor was enrolled by its word, after it was stolen: whoever verifies holds it in doubt too.
    with pytest.raises(KeyNotInForceError, match=r"^body aurora has no event key in force"):
        parts.registry.decide(grant())

    propose(place, "aurora", Purpose.EVENT)
    parts.register.recover_key("aurora", Purpose.EVENT)
    index = parts.registry.decide(grant()).receipt.indexes[0]
    keys = parts.trust().bodies["aurora"].keys
    assert [record.key.key_id for record in keys if record.purpose == "event" and record.in_force(index)] == [
        key_id(parts, Purpose.EVENT)
    ]
