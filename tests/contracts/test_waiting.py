"""What waits for somebody's word never outlives its holder, whoever erases the holder while it is being kept."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from time import sleep
from typing import Any
from uuid import UUID

import pytest

from keys.errors import HolderErasedError
from keys.holder import HolderKey, HolderKeys
from registry.application.handovers import Handovers, WaitingHandover
from registry.application.offers import Offers
from registry.application.preparations import Preparation, Preparations
from registry.application.remains import Grave, changes
from registry.application.transfer import Transferred
from registry.application.waiting import keep
from registry.commands.decisions import TransferCertification
from registry.commands.erasure import EraseHolder
from registry.database.migration import Row, Value
from registry.errors import ErasedError, StaleError
from registry.store.store import Clock
from registry.store.submission import Rows, Submission, write_beside
from registry.vault import NUMBER_COLUMNS, Numbered
from tests.contracts.parts import Parts, Place, Wrapping, found, grant, open_parts, withdraw
from tests.contracts.test_offers import offer
from tests.contracts.test_transfer import transfer
from tests.contracts.threads import together

Keep = Callable[[Parts, Clock, str], object]


def _prepare(parts: Parts, clock: Clock, number: str) -> object:
    return Preparations(parts.database, parts.registry, clock, secrets.token_bytes).prepare(withdraw(number))


def _hand_over(parts: Parts, clock: Clock, number: str) -> object:
    return Handovers(parts.database, parts.registry, clock, secrets.token_bytes).prepare(transfer(number))


def _offer(parts: Parts, clock: Clock, number: str) -> object:
    return Offers(parts.database, parts.registry, clock, secrets.token_bytes).make(offer(number, f"o-{number}"))


KINDS: dict[str, Keep] = {"preparation": _prepare, "handover": _hand_over, "transfer_offer": _offer}


def erase(parts: Parts, number: str, body: str = "aurora") -> bool:
    return bool(parts.registry.erasure.erase(EraseHolder(body, number, "decider-9")).numbers)


@contextmanager
def erased_while_kept(one: Parts, number: str, body: str = "aurora") -> Iterator[tuple[Parts, Clock]]:
    """Another process, in which a holder is erased by ``one`` as soon as a key was opened to seal what waits.

    Until when it waits is asked of the clock right before.
    """
    asked: list[datetime] = []

    class Meanwhile(HolderKeys):
        def open(self, holder: UUID) -> HolderKey:
            key = super().open(holder)
            if asked and one.vault.find_holders(body, ["R-1"]):
                erase(one, number, body)
            return key

    def clock() -> datetime:
        asked.append(one.clock())
        return asked[-1]

    wrapping = Wrapping(holder_keys=lambda keys: Meanwhile(keys.connection, keys.master, keys.lock))
    with open_parts(one.place, one.clock, one.key_set, wrapping) as other:
        yield other, clock
        assert asked


@pytest.mark.parametrize("table", KINDS)
def test_what_is_kept_while_its_holder_is_erased_is_not_kept(place: Place, table: str) -> None:
    with open_parts(place) as one:
        found(one)
        number = one.registry.decide(grant(reference="R-1")).number

        with erased_while_kept(one, number) as (other, clock), pytest.raises((ErasedError, HolderErasedError)):
            KINDS[table](other, clock, number)

        assert one.database.rows(f"SELECT id FROM {table}") == []


@pytest.mark.parametrize("table", KINDS)
def test_of_what_is_kept_and_an_erasure_at_once_nothing_waits(place: Place, table: str) -> None:
    with open_parts(place) as one, open_parts(place, one.clock, one.key_set) as other:
        found(one)
        for attempt in range(3):
            number = one.registry.decide(grant(f"Ada {attempt}")).number

            def wait(number: str = number) -> bool:
                try:
                    return bool(KINDS[table](other, other.clock, number))
                except (ErasedError, HolderErasedError):
                    return False

            def erased(number: str = number) -> bool:
                return erase(one, number)

            together([wait, erased, wait])

            assert one.database.rows(f"SELECT id FROM {table}") == []


def test_of_a_transfer_that_is_kept_and_an_erasure_at_the_receiver_at_once_nothing_of_the_person_waits(
    place: Place,
) -> None:
    with open_parts(place) as one, open_parts(place, one.clock, one.key_set) as other:
        found(one)
        for attempt in range(3):
            known = one.registry.decide(grant(body="borea", reference="R-1"))
            holder = one.vault.numbered(known.certification).holder
            command = transfer(one.registry.decide(grant(f"Ada {attempt}")).number, reference="R-1")
            handovers = Handovers(other.database, other.registry, other.clock, secrets.token_bytes)

            def wait(command: TransferCertification = command, handovers: Handovers = handovers) -> bool:
                return bool(handovers.prepare(command))

            def erased(number: str = known.number) -> bool:
                return erase(one, number, "borea")

            together([wait, erased, wait])

            assert one.database.rows("SELECT id FROM handover WHERE taken_by = ?", (holder.bytes,)) == []


def test_who_is_erased_at_the_receiver_while_both_signatures_come_is_not_taken_over(place: Place) -> None:
    with open_parts(place) as one:
        found(one)
        known = one.registry.decide(grant(body="borea", reference="R-1"))
        command = transfer(one.registry.decide(grant()).number, reference="R-1")
        waiting = Handovers(one.database, one.registry, one.clock, secrets.token_bytes).prepare(command)
        assert isinstance(waiting, WaitingHandover)

        with (
            erased_while_kept(one, known.number, "borea") as (other, clock),
            pytest.raises(StaleError, match=r"^the person was erased meanwhile at one of the bodies"),
        ):
            Handovers(other.database, other.registry, clock, secrets.token_bytes).submit(command, waiting.ids[0], {})


@dataclass
class Slow:
    """A database, and each transaction of it, that takes its time after it took hold of a row, and says so."""

    real: Any
    held: Event = field(default_factory=Event)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with self.real.transaction() as transaction:
            yield Slow(transaction, self.held)

    def rows(self, sql: str, parameters: Sequence[Value]) -> list[Row]:
        found: list[Row] = self.real.rows(sql, parameters)
        self.held.set()
        sleep(0.5)
        return found


def _erasure(of: Numbered) -> Submission:
    return Submission((), changes=tuple(changes([Grave(of.number, of.certification, of.body, of.holder)])))


def _another_number(of: Numbered) -> Submission:
    row = (f"another of {of.number}", of.holder.bytes, of.body, of.holder.bytes, "")
    return Submission((), rows=(Rows("number", NUMBER_COLUMNS, (row,)),))


WRITTEN = {"erasures": _erasure, "numbers": _another_number}


@pytest.mark.parametrize("what", WRITTEN)
def test_a_transfer_that_is_kept_and_what_is_recorded_of_its_two_holders_do_not_wait_for_each_other(
    place: Place, what: str
) -> None:
    with open_parts(place) as one:
        found(one)
        made = one.registry.decide(grant()), one.registry.decide(grant(body="borea", reference="R-1"))
        command = transfer(made[0].number, reference="R-1")
        waiting = Handovers(one.database, one.registry, one.clock, secrets.token_bytes).prepare(command)
        assert isinstance(waiting, WaitingHandover)
        slow, parts = Slow(one.database), waiting.handover.parts
        numbered = [one.vault.numbered(answer.certification) for answer in made]
        # In one group, and the other way round.
        numbered.sort(key=lambda of: of.holder.bytes, reverse=True)
        group = [WRITTEN[what](of) for of in numbered]

        def recorded() -> None:
            slow.held.wait(10)
            with one.database.transaction() as transaction:
                write_beside(transaction, group)

        together([lambda: keep(slow, one.clock(), parts, []), recorded])

        assert len(one.vault.certifications_of(numbered[0].holder)) == {"erasures": 0, "numbers": 2}[what]


def test_who_was_erased_while_a_grant_was_prepared_is_granted_it_as_somebody_new(place: Place) -> None:
    with open_parts(place) as one:
        found(one)
        known = one.registry.decide(grant(reference="R-1"))
        before = one.vault.numbered(known.certification).holder

        with erased_while_kept(one, known.number) as (other, clock):
            made = Preparations(other.database, other.registry, clock, secrets.token_bytes).prepare(
                grant(reference="R-1")
            )

        assert isinstance(made, Preparation)
        assert made.prepared.new_holder
        assert made.prepared.holder.holder != before
        assert one.database.rows("SELECT holder FROM preparation") == [(made.prepared.holder.holder.bytes,)]


def test_who_was_erased_at_the_receiver_while_a_transfer_was_prepared_comes_there_as_somebody_new(place: Place) -> None:
    with open_parts(place) as one:
        found(one)
        known = one.registry.decide(grant(body="borea", reference="R-1"))
        command = transfer(one.registry.decide(grant()).number, reference="R-1")

        with erased_while_kept(one, known.number, "borea") as (other, clock):
            made = Handovers(other.database, other.registry, clock, secrets.token_bytes).prepare(command)

        assert isinstance(made, WaitingHandover)
        assert made.handover.into.new_holder
        again = Handovers(one.database, one.registry, one.clock, secrets.token_bytes).submit(command, made.ids[0], {})
        assert isinstance(again, Transferred)
