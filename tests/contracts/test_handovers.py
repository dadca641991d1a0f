"""A transfer whose bodies keep their keys at home: each signs its half there, and both are recorded or neither."""

import secrets
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from keys.errors import SealError
from keys.key_set import KeySet
from keys.signer import Purpose, generate
from registry.application.handovers import Handovers, WaitingHandover
from registry.application.registry import Registry
from registry.application.submit import Signed, sign
from registry.application.transfer import Transferred
from registry.application.waiting import WAITS
from registry.commands.decisions import TransferCertification
from registry.commands.erasure import EraseHolder
from registry.domain.errors import NotAccreditedError, TransitionError
from registry.errors import IdempotencyError, KeysElsewhereError, StaleError, UnknownError
from tests.contracts.parts import PASSPHRASE, Parts, Place, found, grant, open_parts, reissue, suspend, withdraw
from tests.contracts.test_transfer import events, rows, transfer
from verifier.audit import audit
from verifier.errors import SignatureError
from verifier.fetch import FolderSource

AT_HOME = {"both": ("aurora", "borea"), "the old body": ("aurora",), "the receiver": ("borea",), "neither": ()}


def handovers(parts: Parts) -> Handovers:
    return Handovers(parts.database, parts.registry, parts.clock, secrets.token_bytes)


def take_home(parts: Parts, bodies: tuple[str, ...] = ("aurora", "borea")) -> None:
    """Take bodies' keys out of the registry."""
    home(parts).mkdir()
    for slug in bodies:
        shutil.move(parts.place.folder / "keys" / slug, home(parts) / slug)


def home(parts: Parts) -> Path:
    return parts.place.folder / "home"


def signed(parts: Parts, waiting: WaitingHandover) -> dict[UUID, Signed]:
    """What the bodies whose keys are at home sign there."""
    keys = KeySet(home(parts), PASSPHRASE)
    return {
        id_: sign(part, keys.current(part.body, Purpose.EVENT), keys.current(part.body, Purpose.TOKEN))
        for id_, part in zip(waiting.ids, waiting.handover.parts, strict=True)
        if (home(parts) / part.body).exists()
    }


def prepared(parts: Parts, command: TransferCertification) -> WaitingHandover:
    made = handovers(parts).prepare(command)
    assert isinstance(made, WaitingHandover)
    return made


def submit(parts: Parts, command: TransferCertification, waiting: WaitingHandover) -> Transferred | WaitingHandover:
    return handovers(parts).submit(command, waiting.ids[0], signed(parts, waiting))


def granted(parts: Parts) -> TransferCertification:
    """The transfer of a certification that was just granted."""
    return transfer(parts.registry.decide(grant()).number)


@pytest.mark.parametrize("who", AT_HOME)
def test_the_very_bytes_that_each_body_signed_are_recorded_side_by_side(parts: Parts, who: str) -> None:
    command = granted(parts)
    take_home(parts, AT_HOME[who])
    waiting = prepared(parts, command)

    made = submit(parts, command, waiting)

    assert isinstance(made, Transferred)
    (first,) = made.out.receipt.indexes
    assert made.into.receipt.indexes == (first + 1, first + 2)
    logged = [entry.body.rpartition(b".")[0] for entry in parts.store.log.entries(first, first + 3)]
    assert logged == [data for item in waiting.to_sign for data in item.events]
    assert [item.body for item in waiting.to_sign] == ["aurora", "borea"]
    assert parts.vault.holder(parts.vault.numbered(made.into.certification).holder).body == "borea"
    parts.publisher.publish()
    public = FolderSource(parts.place.public)
    records = [path.relative_to(parts.place.public).as_posix() for path in parts.place.public.glob("record/*/*")]
    assert audit(public, parts.trust(), records).findings == ()


def test_what_waits_decides_nothing_and_shows_nothing_of_the_person(parts: Parts) -> None:
    command = replace(granted(parts), reference="BOREA-9")
    before = rows(parts)

    waiting = prepared(parts, command)

    assert rows(parts) == before
    (row,) = parts.database.rows("SELECT * FROM handover")
    kept = b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    claims = ("Àngelo", "1987", "Forl", "delibera", "decider", "BOREA-9", command.number)
    assert [claim for claim in claims if claim.encode() in kept] == []
    # In the file the token names the person, as in every preparation of a document.
    said = b"|".join(data for item in waiting.to_sign for data in item.events)
    assert [claim for claim in claims if claim.encode() in said] == []
    assert waiting.to_sign[0].token is None


def test_both_holders_keys_seal_what_waits(parts: Parts) -> None:
    waiting = prepared(parts, granted(parts))
    (row,) = parts.database.rows("SELECT sealed FROM handover")
    sealed = bytes(row[0])  # type: ignore[arg-type]
    old, new = (parts.vault.keys.open(part.holder.holder) for part in waiting.handover.parts)
    place = waiting.ids[0].bytes

    opened = new.unseal(place, old.unseal(place, sealed))

    assert "Àngelo".encode() in opened
    assert "Àngelo".encode() not in old.unseal(place, sealed)
    with pytest.raises(SealError):
        new.unseal(place, sealed)


@pytest.mark.parametrize(("missing", "body"), [(0, "aurora"), (1, "borea")])
def test_while_a_signature_is_missing_nothing_is_recorded_and_the_body_is_named(
    parts: Parts, missing: int, body: str
) -> None:
    command = granted(parts)
    take_home(parts)
    waiting, before = prepared(parts, command), rows(parts)
    halves = signed(parts, waiting)
    one = {id_: half for id_, half in halves.items() if id_ != waiting.ids[missing]}

    with pytest.raises(
        KeysElsewhereError, match=f"^the keys of body {body} are not here, and its half of the transfer"
    ):
        handovers(parts).submit(command, waiting.ids[0], one)

    assert rows(parts) == before
    assert isinstance(handovers(parts).submit(command, waiting.ids[0], halves), Transferred)


Spoil = Callable[[Signed, Signed], tuple[Signed, Signed]]
SPOILT: dict[str, tuple[Spoil, str]] = {
    "the old body's of something else": (lambda out, into: (Signed((bytes(64),)), into), "aurora"),
    "the receiver's by the old body": (lambda out, into: (out, replace(into, events=out.events * 2)), "borea"),
    "the halves exchanged": (lambda out, into: (into, out), "aurora"),
    "the receiver's without its document": (lambda out, into: (out, replace(into, token=None)), "borea"),
    "another document's": (lambda out, into: (out, replace(into, token=into.events[0])), "borea"),
    "an event too few": (lambda out, into: (out, replace(into, events=into.events[:1])), "borea"),
    "none at all": (lambda out, into: (out, replace(into, events=(b"", b""))), "borea"),
}


@pytest.mark.parametrize("case", SPOILT)
def test_a_signature_that_is_not_that_bodys_over_its_half_names_the_body_and_records_nothing(
    parts: Parts, case: str
) -> None:
    spoil, body = SPOILT[case]
    command = granted(parts)
    take_home(parts)
    waiting, before = prepared(parts, command), rows(parts)
    good = signed(parts, waiting)
    spoilt = dict(zip(waiting.ids, spoil(*(good[id_] for id_ in waiting.ids)), strict=True))

    with pytest.raises(SignatureError, match=f"^body {body} did not sign its half of the transfer: "):
        handovers(parts).submit(command, waiting.ids[0], spoilt)

    assert rows(parts) == before
    assert isinstance(handovers(parts).submit(command, waiting.ids[0], good), Transferred)


def test_what_was_signed_of_something_else_is_refused(parts: Parts) -> None:
    command = granted(parts)
    take_home(parts)
    waiting, foreign = prepared(parts, command), uuid4()
    good = signed(parts, waiting)

    with pytest.raises(SignatureError, match=f"^what was signed as {foreign} is no half of the transfer"):
        handovers(parts).submit(command, waiting.ids[0], good | {foreign: good[waiting.ids[0]]})


def test_submitted_twice_it_is_recorded_once(parts: Parts) -> None:
    command = granted(parts)
    take_home(parts)
    waiting = prepared(parts, command)
    first, before = submit(parts, command, waiting), rows(parts)

    again = submit(parts, command, waiting)

    assert isinstance(first, Transferred)
    assert isinstance(again, Transferred)
    assert (again.out.repeated, again.into.repeated) == (True, True)
    assert (again.out.receipt.indexes, again.into.number) == (first.out.receipt.indexes, first.into.number)
    assert rows(parts) == before


def test_a_transfer_that_was_answered_is_not_prepared_again(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number
    take_home(parts)
    command = transfer(number, key="k1")
    submit(parts, command, prepared(parts, command))

    again = handovers(parts).prepare(command)

    assert isinstance(again, Transferred)
    assert again.into.repeated
    with pytest.raises(IdempotencyError):
        handovers(parts).prepare(replace(command, receiver_decision="delibera 71"))


def test_another_transfer_than_the_one_that_waits_is_not_submitted_as_it(parts: Parts) -> None:
    command = granted(parts)
    take_home(parts)
    waiting, before = prepared(parts, command), rows(parts)

    with pytest.raises(StaleError, match=r"is another transfer than this one: prepare it anew$"):
        submit(parts, replace(command, receiver_decision="delibera 71"), waiting)

    assert rows(parts) == before


def _next_day(parts: Parts, number: str) -> None:
    parts.clock.pass_by(days=1)


def _receivers_new_key(parts: Parts, number: str) -> None:
    shutil.move(home(parts) / "borea", parts.place.folder / "keys" / "borea")
    parts.key_set.propose("borea", Purpose.EVENT, generate())
    parts.register.rotate_key("borea", Purpose.EVENT)
    shutil.move(parts.place.folder / "keys" / "borea", home(parts) / "borea")


def _known_by_now(parts: Parts, number: str) -> None:
    shutil.move(home(parts) / "borea", parts.place.folder / "keys" / "borea")
    parts.registry.decide(grant(body="borea", reference="B-9"))
    shutil.move(parts.place.folder / "keys" / "borea", home(parts) / "borea")


def _old_body(parts: Parts, act: Callable[[], object]) -> None:
    """Let the old body decide with the keys that are at its home."""
    shutil.move(home(parts) / "aurora", parts.place.folder / "keys" / "aurora")
    act()
    shutil.move(parts.place.folder / "keys" / "aurora", home(parts) / "aurora")


def _new_document(parts: Parts, number: str) -> None:
    _old_body(parts, lambda: parts.registry.decide(reissue(number)))


STALE = {
    "another day": _next_day,
    "another key of the receiver's": _receivers_new_key,
    "another event before it": _new_document,
    "a person whom the receiver knows by now": _known_by_now,
}


@pytest.mark.parametrize("case", STALE)
def test_what_would_say_something_else_by_now_comes_back_to_be_signed_anew(parts: Parts, case: str) -> None:
    command = replace(granted(parts), reference="B-9")
    take_home(parts)
    waiting = prepared(parts, command)
    halves = signed(parts, waiting)
    STALE[case](parts, command.number)
    before = rows(parts)

    again = handovers(parts).submit(command, waiting.ids[0], halves)

    assert isinstance(again, WaitingHandover)
    assert not set(again.ids) & set(waiting.ids)
    assert rows(parts) == before
    with pytest.raises(UnknownError, match=f"^no transfer {waiting.ids[0]} waits: prepare it anew$"):
        handovers(parts).submit(command, waiting.ids[0], halves)
    assert isinstance(submit(parts, command, again), Transferred)


def test_guards_run_again_when_the_signatures_come(parts: Parts) -> None:
    suspended, unaccredited = granted(parts), granted(parts)
    take_home(parts)
    first, second = prepared(parts, suspended), prepared(parts, unaccredited)
    _old_body(parts, lambda: parts.registry.decide(suspend(suspended.number)))
    parts.register.suspend_accreditation("borea", "demo", "https://accreditamento.example/2")
    before = rows(parts)

    with pytest.raises(TransitionError, match=r"^a certification that is suspended cannot be transferred$"):
        submit(parts, suspended, first)
    with pytest.raises(NotAccreditedError):
        submit(parts, unaccredited, second)

    assert rows(parts) == before


def test_what_happened_to_a_body_and_changes_nothing_does_not_stop_it(parts: Parts) -> None:
    command = granted(parts)
    take_home(parts)
    waiting = prepared(parts, command)
    parts.register.suspend_accreditation("borea", "demo", "https://accreditamento.example/2")
    parts.register.restore_accreditation("borea", "demo", "https://accreditamento.example/3")

    assert isinstance(submit(parts, command, waiting), Transferred)


def test_a_decision_by_another_process_in_between_leaves_neither_half(place: Place) -> None:
    with open_parts(place) as one, open_parts(place, one.clock, one.key_set) as other:
        found(one)
        command = granted(one)
        waiting = prepared(one, command)
        acted: list[object] = []

        def chance(count: int) -> bytes:
            # Eight octets are drawn for the new number alone, after the certification was read.
            if count == 8 and not acted:
                acted.append(other.registry.decide(reissue(command.number)))
            return secrets.token_bytes(count)

        registry = Registry(one.database, one.store, one.streams, one.vault, one.key_set, one.clock, chance)
        interrupted = Handovers(one.database, registry, one.clock, secrets.token_bytes)

        again = interrupted.submit(command, waiting.ids[0], {})

        assert acted
        assert isinstance(again, WaitingHandover)
        assert events(one, command.number)[-1].type == "certificate.reissued"
        made = handovers(one).submit(command, again.ids[0], {})
        assert isinstance(made, Transferred)


def test_a_transfer_waits_three_days_and_is_then_gone(parts: Parts) -> None:
    command = granted(parts)
    waiting = prepared(parts, command)
    assert waiting.expires_at == parts.clock() + WAITS
    parts.clock.at += WAITS

    with pytest.raises(UnknownError, match=f"^no transfer {waiting.ids[0]} waits: prepare it anew$"):
        handovers(parts).submit(command, waiting.ids[0], {})

    later = prepared(parts, command)
    assert parts.database.rows("SELECT id FROM handover") == [(later.ids[0].bytes,)]


def test_who_is_erased_at_the_old_body_is_erased_from_what_waits(parts: Parts) -> None:
    command = granted(parts)
    waiting = prepared(parts, command)

    parts.registry.erasure.erase(EraseHolder("aurora", command.number, "decider-9"))

    assert parts.database.rows("SELECT id FROM handover") == []
    with pytest.raises(UnknownError):
        handovers(parts).submit(command, waiting.ids[0], {})


def test_who_is_erased_at_the_receiver_is_erased_from_what_waits(parts: Parts) -> None:
    known = parts.registry.decide(grant(body="borea", reference="B-9")).number
    command = replace(granted(parts), reference="B-9")
    waiting = prepared(parts, command)

    parts.registry.erasure.erase(EraseHolder("borea", known, "decider-9"))

    assert parts.database.rows("SELECT id FROM handover") == []
    before = rows(parts)
    with pytest.raises(UnknownError, match=f"^no transfer {waiting.ids[0]} waits: prepare it anew$"):
        handovers(parts).submit(command, waiting.ids[0], {})
    assert rows(parts) == before


@pytest.mark.parametrize("body", ["aurora", "borea"])
def test_what_a_restored_backup_brings_back_of_a_transfer_goes_with_who_was_erased(parts: Parts, body: str) -> None:
    known = parts.registry.decide(grant(body="borea", reference="B-9")).number
    command = replace(granted(parts), reference="B-9")
    prepared(parts, command)
    columns = ("id", "holder", "taken_by", "expires_at", "sealed")
    kept = parts.database.rows(f"SELECT {', '.join(columns)} FROM handover")
    number = known if body == "borea" else command.number
    parts.registry.erasure.erase(EraseHolder(body, number, "decider-9"))
    with parts.database.transaction() as transaction:
        transaction.insert("handover", columns, kept)

    left = parts.registry.remains.complete()

    assert [grave.number for grave in left.graves] == [number]
    assert parts.database.rows("SELECT id FROM handover") == []


def test_a_certification_that_is_over_is_not_handed_over(parts: Parts) -> None:
    command = granted(parts)
    parts.registry.decide(withdraw(command.number))

    with pytest.raises(TransitionError):
        handovers(parts).prepare(command)

    assert parts.database.rows("SELECT id FROM handover") == []
