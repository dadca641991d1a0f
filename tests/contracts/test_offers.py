"""An offer of a transfer is one however many make it at once, waits three days, and goes with its holder."""

import secrets
from dataclasses import replace

import pytest

from keys.errors import HolderErasedError
from registry.application.offers import Offer, Offers
from registry.commands.erasure import EraseHolder
from registry.commands.offer import AcceptTransfer, OfferTransfer
from registry.domain.decision import Case
from registry.errors import ErasedError, IdempotencyError, KeysElsewhereError, UnknownError
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
