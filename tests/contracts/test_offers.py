"""An offer of a transfer is one however many make it at once, waits three days, and goes with its holder."""

import secrets
from dataclasses import replace
from uuid import UUID

import pytest

from keys.errors import HolderErasedError
from registry.application.offers import Offer, Offers
from registry.commands.erasure import EraseHolder
from registry.commands.offer import AcceptTransfer, OfferTransfer, TakeBackOffer
from registry.domain.decision import Case
from registry.domain.errors import TransitionError
from registry.errors import (
    ErasedError,
    ForeignError,
    IdempotencyError,
    KeysElsewhereError,
    StaleError,
    UnknownError,
)
from tests.contracts.parts import Parts, Place, found, grant, open_parts, withdraw
from tests.contracts.threads import together
from verifier.status import State

TAKEN = Case("decider-9")


def offers(parts: Parts) -> Offers:
    return Offers(parts.database, parts.registry, parts.clock, secrets.token_bytes)


def offer(number: str, key: str = "o1") -> OfferTransfer:
    return OfferTransfer("aurora", number, "decider-1", "delibera 7", "borea", consented=True, idempotency_key=key)


def accept(made: Offer) -> AcceptTransfer:
    return AcceptTransfer("borea", made.id, TAKEN, "delibera 70")


def take_back(made: Offer, body: str = "aurora") -> TakeBackOffer:
    return TakeBackOffer(body, made.id)


def unknown(id_: UUID) -> str:
    """The whole of what is said of an offer that is not there, as a pattern."""
    return f"^no offer {id_} of a transfer here: never made, or taken back, expired, or erased with its holder$"


def waiting(parts: Parts) -> list[UUID]:
    return sorted(UUID(bytes=bytes(id_)) for (id_,) in parts.database.rows("SELECT id FROM transfer_offer"))  # type: ignore[arg-type]


def state(parts: Parts, number: str) -> State:
    return parts.registry.certification(number)[1].standing(parts.registry.moment().today).state


def test_an_offer_is_accepted_as_it_was_made_though_other_decisions_came_between(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number
    made = offers(parts).make(offer(number))
    parts.clock.pass_by(days=2)

    moved = offers(parts).accept(accept(made))

    assert (state(parts, number), state(parts, moved.into.number)) == (State.TRANSFERRED, State.ACTIVE)
    assert offers(parts).accept(accept(made)).into.number == moved.into.number
    assert (made.body, made.receiver, made.profile) == ("aurora", "borea", "addetto")


def test_an_offer_that_many_make_and_accept_at_once_is_one_transfer(place: Place) -> None:
    with open_parts(place) as one, open_parts(place, one.clock, one.key_set) as other:
        found(one)
        number = one.registry.decide(grant()).number
        tasks = [lambda: offers(one).make(offer(number)), lambda: offers(other).make(offer(number))] * 2

        made = together(tasks)
        moved = together([lambda: offers(one).accept(accept(made[0])), lambda: offers(other).accept(accept(made[0]))])

        assert len({one_of.id for one_of in made}) == 1
        assert len({transferred.into.number for transferred in moved}) == 1


def test_an_offer_waits_for_three_days(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number
    made = offers(parts).make(offer(number))
    parts.clock.pass_by(days=3)

    for take in (offers(parts).rehearse, offers(parts).accept):
        with pytest.raises(UnknownError, match=r"has expired: it is to be made anew$"):
            take(accept(made))

    assert state(parts, number) is State.ACTIVE


def test_that_an_offer_has_expired_is_told_for_three_more_days_and_then_it_is_forgotten(parts: Parts) -> None:
    number, other = (parts.registry.decide(grant(name)).number for name in ("Ada", "Bea"))
    made = offers(parts).make(offer(number))
    parts.clock.pass_by(days=6, seconds=-1)
    second = offers(parts).make(offer(other, "o2"))
    with pytest.raises(UnknownError, match=r"has expired: it is to be made anew$"):
        offers(parts).accept(accept(made))
    parts.clock.pass_by(seconds=1)

    third = offers(parts).make(offer(other, "o3"))

    assert waiting(parts) == sorted([second.id, third.id])
    with pytest.raises(UnknownError, match=unknown(made.id)):
        offers(parts).accept(accept(made))
    with pytest.raises(StaleError, match=r"^what was offered under idempotency key o1 waits no more: "):
        offers(parts).make(offer(number))
    assert offers(parts).accept(accept(offers(parts).make(offer(number, "o4")))).out.number == number


def test_what_was_offered_is_taken_back_however_often_that_is_said_and_offered_again_under_another_key(
    parts: Parts,
) -> None:
    number = parts.registry.decide(grant()).number
    made, size = offers(parts).make(offer(number)), parts.store.log.head().size

    for _ in range(2):
        offers(parts).take_back(take_back(made))

    assert waiting(parts) == []
    assert (state(parts, number), parts.store.log.head().size) == (State.ACTIVE, size)
    for take in (offers(parts).rehearse, offers(parts).accept):
        with pytest.raises(UnknownError, match=unknown(made.id)):
            take(accept(made))
    with pytest.raises(StaleError, match=r"^what was offered under idempotency key o1 waits no more: "):
        offers(parts).make(offer(number))
    again = offers(parts).make(offer(number, "o2"))
    assert offers(parts).accept(accept(again)).out.number == number


def test_only_the_body_that_made_an_offer_takes_it_back(parts: Parts) -> None:
    made = offers(parts).make(offer(parts.registry.decide(grant()).number))

    with pytest.raises(ForeignError, match=f"^offer {made.id} was made by body aurora$"):
        offers(parts).take_back(take_back(made, "borea"))
    with pytest.raises(UnknownError, match=unknown(made.id)):
        offers(parts).take_back(take_back(made, "cielo"))
    with pytest.raises(UnknownError, match=unknown(UUID(int=7))):
        offers(parts).take_back(TakeBackOffer("aurora", UUID(int=7)))

    assert waiting(parts) == [made.id]


def test_what_was_accepted_is_not_taken_back_though_the_offer_is_forgotten(parts: Parts) -> None:
    number, other = (parts.registry.decide(grant(name)).number for name in ("Ada", "Bea"))
    made = offers(parts).make(offer(number))
    moved, size = offers(parts).accept(accept(made)), parts.store.log.head().size

    with pytest.raises(TransitionError, match=r" was accepted: it cannot be taken back$"):
        offers(parts).take_back(take_back(made))
    assert offers(parts).accept(accept(made)).into.number == moved.into.number
    assert parts.store.log.head().size == size
    parts.clock.pass_by(days=6)
    kept = offers(parts).make(offer(other, "o2"))
    assert waiting(parts) == [kept.id]
    with pytest.raises(TransitionError, match=r" was accepted: it cannot be taken back$"):
        offers(parts).take_back(take_back(made))
    assert state(parts, number) is State.TRANSFERRED


def test_what_has_expired_can_be_taken_back(parts: Parts) -> None:
    made = offers(parts).make(offer(parts.registry.decide(grant()).number))
    parts.clock.pass_by(days=4)

    offers(parts).take_back(take_back(made))

    assert waiting(parts) == []


def test_an_offer_that_is_taken_back_while_it_is_accepted_is_not_accepted(place: Place) -> None:
    with open_parts(place) as one, open_parts(place, one.clock, one.key_set) as other:
        found(one)
        number = one.registry.decide(grant()).number
        made, acted = offers(one).make(offer(number)), list[None]()

        def chance(count: int) -> bytes:
            # Drawn for the receiver's new holder, after the offer was read.
            if not acted:
                acted.append(offers(other).take_back(take_back(made)))
            return secrets.token_bytes(count)

        with pytest.raises(UnknownError, match=unknown(made.id)):
            Offers(one.database, one.registry, one.clock, chance).accept(accept(made))

        assert acted
        assert state(one, number) is State.ACTIVE


def test_an_offer_that_is_accepted_while_it_is_taken_back_is_not_taken_back(place: Place) -> None:
    with open_parts(place) as one, open_parts(place, one.clock, one.key_set) as other:
        found(one)
        number = one.registry.decide(grant()).number
        made, acted = offers(one).make(offer(number)), list[object]()

        def chance(count: int) -> bytes:
            # Drawn for the row that says that it was taken back, after the offer was read.
            if not acted:
                acted.append(offers(other).accept(accept(made)))
            return secrets.token_bytes(count)

        with pytest.raises(TransitionError, match=r" was accepted: it cannot be taken back$"):
            Offers(one.database, one.registry, one.clock, chance).take_back(take_back(made))

        assert acted
        one.streams.forget()
        assert state(one, number) is State.TRANSFERRED


def test_of_an_acceptance_and_a_taking_back_at_once_exactly_one_is_done(place: Place) -> None:
    with open_parts(place) as one, open_parts(place, one.clock, one.key_set) as other:
        found(one)
        for attempt in range(4):
            number = one.registry.decide(grant(f"Ada {attempt}")).number
            made = offers(one).make(offer(number, f"o{attempt}"))

            def accepted(made: Offer = made) -> bool:
                try:
                    return bool(offers(other).accept(accept(made)))
                except UnknownError:
                    return False

            def taken_back(made: Offer = made) -> bool:
                try:
                    offers(one).take_back(take_back(made))
                except TransitionError:
                    return False
                return True

            took, *back = together([accepted, taken_back, taken_back])

            assert back == [not took, not took]
            one.streams.forget()
            assert state(one, number) is (State.TRANSFERRED if took else State.ACTIVE)
            assert (made.id in waiting(one)) is took


def test_to_a_body_that_keeps_its_keys_elsewhere_nothing_is_offered(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number
    (parts.place.folder / "keys" / "borea").rename(parts.place.folder / "elsewhere")

    with open_parts(parts.place, parts.clock) as later, pytest.raises(KeysElsewhereError):
        offers(later).make(offer(number))

    assert parts.database.rows("SELECT id FROM transfer_offer") == []


def test_a_key_is_for_one_offer_and_for_no_other_decision(parts: Parts) -> None:
    number = parts.registry.decide(grant(key="g1")).number
    with pytest.raises(IdempotencyError):
        offers(parts).make(offer(number, "g1"))
    offers(parts).make(offer(number))

    with pytest.raises(IdempotencyError):
        parts.registry.decide(withdraw(number, key="o1"))
    with pytest.raises(IdempotencyError):
        offers(parts).make(replace(offer(number), decider="decider-2"))
    assert state(parts, number) is State.ACTIVE


def test_nothing_of_an_offer_outlives_its_holder(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number
    made = offers(parts).make(offer(number))
    parts.registry.erasure.erase(EraseHolder("aurora", number, "decider-9"))

    assert parts.database.rows("SELECT id FROM transfer_offer") == []
    with pytest.raises(UnknownError):
        offers(parts).accept(accept(made))
    with pytest.raises(ErasedError):
        offers(parts).make(offer(number))


def test_of_an_offer_and_an_erasure_at_once_no_offer_is_left(place: Place) -> None:
    with open_parts(place) as one, open_parts(place, one.clock, one.key_set) as other:
        found(one)
        number = one.registry.decide(grant()).number

        def make() -> bool:
            try:
                return bool(offers(other).make(offer(number)))
            except (HolderErasedError, ErasedError):
                return False

        together([make, lambda: bool(one.registry.erasure.erase(EraseHolder("aurora", number, "decider-9")))])

        assert one.database.rows("SELECT id FROM transfer_offer") == []
