"""What a transfer promises: two bodies' decisions in one submission, the same days, or nothing at all."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from keys.errors import TokenError
from keys.key_set import OPERATOR, KeySet
from keys.signer import Purpose, Signer
from registry.application.registry import Registry
from registry.application.transfer import Transfers
from registry.commands.decisions import (
    Basis,
    CorrectCertification,
    Decided,
    ExtendScope,
    GrantCertification,
    Person,
    ReduceScope,
    ReinstateCertification,
    TransferCertification,
)
from registry.database.migration import Row
from registry.domain.decision import Case
from registry.domain.errors import ConsentError, DomainError, NotAccreditedError, ReceiverError, TransitionError
from registry.errors import CommitUnknownError, ForeignError, IdempotencyError, UnknownError
from registry.store.store import Store
from tests.contracts.parts import ORIGIN, Parts, Place, Wrapping, confirm, found, grant, open_parts, suspend, withdraw
from tests.contracts.submissions import bodies
from tests.contracts.test_adoption import adopt
from tests.contracts.threads import together
from verifier.audit import audit
from verifier.certificate import parse_token
from verifier.disclosure import parse_disclosure
from verifier.encoding import legal_day
from verifier.event import Event, parse_event
from verifier.fetch import FolderSource, fetch_bundle
from verifier.jws import check_jws
from verifier.key import PublicKey, parse_jwk
from verifier.report import Question, Verdict
from verifier.status import State
from verifier.verify import verify

TODAY = date(2026, 11, 24)


def transfer(number: str, key: str | None = None, **changes: object) -> TransferCertification:
    """The transfer of a certification of aurora's to borea."""
    command = TransferCertification(
        "aurora", number, "decider-1", Basis("delibera 7", None, key), "borea", Case("decider-9"), "delibera 70", True
    )
    return replace(command, **changes)  # type: ignore[arg-type]


def transfers(parts: Parts) -> Transfers:
    return Transfers(parts.registry, secrets.token_bytes)


def events(parts: Parts, number: str) -> list[Event]:
    """The events of a number's certification, from the log."""
    stream = parts.registry.certification(number)[0].certification
    return [parse_event(entry.body) for entry in parts.store.log.stream(stream)]


def claims(parts: Parts, number: str, sequence: int) -> dict[str, object]:
    """What an event hides, by name."""
    event = events(parts, number)[sequence - 1]
    hidden = parts.vault.hidden(event.stream)[event.event_id]
    return {name: parse_disclosure(text).value for name, text in hidden.items()}


def rows(parts: Parts) -> dict[str, list[Row]]:
    """Everything that a decision may leave behind."""
    tables = ("entry", "holder", "number", "hidden", "answer")
    with parts.database.snapshot() as reading:
        return {table: sorted(reading.rows(f"SELECT * FROM {table}"), key=repr) for table in tables}


def test_a_transfer_ends_one_stream_and_begins_another_that_names_its_end(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number

    made = transfers(parts).transfer(transfer(number))

    out, (into, issued) = events(parts, number)[-1], events(parts, made.into.number)
    assert (out.type, out.text("receiver"), out.text("body")) == ("certification.transferred_out", "borea", "aurora")
    assert (into.type, into.text("body"), into.octets("out_sha256")) == (
        "certification.transferred_in", "borea", sha256(out.jws.signing_input).digest(),
    )  # fmt: skip
    assert into.content["origin"] == out.stream
    assert issued.type == "certificate.issued"
    assert made.into.number != number == made.out.number


def test_each_body_signs_its_own_half_and_the_log_holds_the_halves_side_by_side(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number

    made = transfers(parts).transfer(transfer(number))

    assert len(made.out.receipt.indexes) == 1
    assert made.into.receipt.indexes == tuple(made.out.receipt.indexes[0] + place for place in (1, 2))
    for of_body, recorded in (("aurora", made.out), ("borea", made.into)):
        key = parse_jwk(dict(parts.streams.body(of_body).aggregate.keys)["event"])
        for index in recorded.receipt.indexes:
            (entry,) = parts.store.log.entries(index, index + 1)
            check_jws(parse_event(entry.body).jws, key)


def test_a_transfer_keeps_the_days(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number
    parts.clock.pass_by(days=400)
    parts.registry.decide(confirm(number))
    parts.clock.pass_by(days=20)

    made = transfers(parts).transfer(transfer(number))

    # Granted on 24 November 2026 for 36 months; maintenance every 12 months was confirmed once.
    into = events(parts, made.into.number)[0]
    assert into.effective_on == date(2028, 1, 18)
    days = ("granted_on", "cycle_starts_on", "maintained_from", "valid_until")
    assert {name: into.content[name] for name in days} == {
        "granted_on": TODAY, "cycle_starts_on": TODAY, "maintained_from": date(2027, 11, 24),
        "valid_until": date(2029, 11, 23),
    }  # fmt: skip
    assert made.into.token is not None
    assert parse_token(made.into.token).claims.valid_until == date(2029, 11, 23)


def test_a_transfer_keeps_a_day_that_the_month_between_did_not_have(parts: Parts) -> None:
    parts.clock.pass_by(days=462)
    number = parts.registry.decide(grant(key="leap")).number
    parts.clock.pass_by(days=365)
    parts.registry.decide(confirm(number))

    into = events(parts, transfers(parts).transfer(transfer(number)).into.number)[0]

    assert (into.day("granted_on"), into.day("maintained_from")) == (date(2028, 2, 29), date(2029, 2, 28))
    assert into.day("counted_from") == date(2028, 2, 29)


def test_the_old_certification_is_transferred_and_the_new_one_in_force_on_the_same_day(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number

    made = transfers(parts).transfer(transfer(number))

    left, begun = (parts.registry.certification(n)[1] for n in (number, made.into.number))
    assert (left.standing(TODAY).state, begun.standing(TODAY).state) == (State.TRANSFERRED, State.ACTIVE)
    with pytest.raises(TransitionError):
        parts.registry.decide(withdraw(number))
    parts.registry.decide(suspend(made.into.number, body="borea"))


def test_a_reduced_scope_stays_reduced(parts: Parts) -> None:
    number = parts.registry.decide(replace(grant(), profile="referente")).number
    parts.registry.decide(_reduce(number))

    made = transfers(parts).transfer(transfer(number))

    types = [event.type for event in events(parts, made.into.number)]
    assert types == ["certification.transferred_in", "certification.scope_reduced", "certificate.issued"]
    _, begun = parts.registry.certification(made.into.number)
    assert begun.standing(TODAY).scope == ("accogliere",)
    assert len(made.into.receipt.indexes) == 3


def test_a_scope_that_was_extended_to_the_whole_again_goes_along_as_the_whole(parts: Parts) -> None:
    number = parts.registry.decide(replace(grant(), profile="referente")).number
    parts.registry.decide(_reduce(number))
    whole = ("accogliere", "risolvere")
    parts.registry.decide(ExtendScope("aurora", number, "decider-1", Basis("delibera 3"), whole))

    made = transfers(parts).transfer(transfer(number))

    assert [event.type for event in events(parts, made.into.number)] == [
        "certification.transferred_in", "certificate.issued",
    ]  # fmt: skip


def test_the_holder_is_another_one_at_the_receiver_with_a_key_and_a_tag_of_its_own(parts: Parts) -> None:
    granted = parts.registry.decide(grant("Zoë D’Àngelo-Ñandú", reference="A-1"))

    made = transfers(parts).transfer(transfer(granted.number, reference="B-9"))

    old, new = (parts.vault.holder(parts.vault.find_number(n).holder) for n in (granted.number, made.into.number))  # type: ignore[union-attr]
    assert (old.body, new.body, new.reference) == ("aurora", "borea", "B-9")
    assert old.holder != new.holder
    assert old.tag != new.tag
    token = parse_token(made.into.token or b"").claims
    assert (token.body, token.name, token.birth_year, token.holder_tag) == (
        "borea", "Zoë D’Àngelo-Ñandú", parse_token(granted.token or b"").claims.birth_year, new.tag,
    )  # fmt: skip
    hidden = claims(parts, made.into.number, 1)
    assert hidden == {
        "number": made.into.number, "name": "Zoë D’Àngelo-Ñandú", "birth_date": "1987-05-04", "birth_place": "Forlì",
        "decision": "delibera 70", "decider": "decider-9",
    }  # fmt: skip
    assert not set(events(parts, granted.number)[0].digests) & set(events(parts, made.into.number)[0].digests)
    parts.vault.keys.destroy(old.holder)
    assert claims(parts, made.into.number, 1) == hidden


@pytest.mark.parametrize(
    ("born", "birth_place"), [(None, None), (date(1987, 5, 4), None), (None, "Forlì")], ids=["name", "day", "place"]
)
def test_of_a_person_goes_along_what_the_old_body_knows(
    parts: Parts, born: date | None, birth_place: str | None
) -> None:
    person = Person("Ada Neri", born, birth_place)
    number = parts.registry.decide(replace(grant(), person=person)).number

    made = transfers(parts).transfer(transfer(number))

    hidden, before = claims(parts, made.into.number, 1), claims(parts, number, 1)
    known = {"name", *(["birth_date"] if born else []), *(["birth_place"] if birth_place else [])}
    assert hidden.keys() == {"number", "decision", "decider", *known}
    assert {name: hidden[name] for name in known} == {name: before[name] for name in known}


def test_a_corrected_name_goes_along_as_it_was_corrected(parts: Parts) -> None:
    number = parts.registry.decide(grant("Ada Nery")).number
    corrected = CorrectCertification("aurora", number, "decider-1", Basis("delibera 4"), name="Ada Neri")
    parts.registry.decide(corrected)

    made = transfers(parts).transfer(transfer(number))

    assert claims(parts, made.into.number, 1)["name"] == "Ada Neri"
    assert parse_token(made.into.token or b"").claims.name == "Ada Neri"


def test_the_receiver_may_know_the_person_already(parts: Parts) -> None:
    known = parts.registry.decide(grant(body="borea", reference="B-9"))
    number = parts.registry.decide(grant()).number

    made = transfers(parts).transfer(transfer(number, reference="B-9"))

    assert parts.vault.numbered(made.into.certification).holder == parts.vault.numbered(known.certification).holder


REFUSED = {
    "no consent": (
        {"consented": False},
        ConsentError,
        "the holder's data go to another body: that takes the holder's consent",
    ),
    "to itself": ({"receiver": "aurora"}, ReceiverError, "the certification is aurora's already"),
    "to nobody": ({"receiver": "nobody"}, UnknownError, "no body nobody is registered here"),
    "of another's": ({"body": "borea", "receiver": "aurora"}, ForeignError, "is another body's$"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_leaves_nothing_behind(parts: Parts, case: str) -> None:
    changes, error, words = REFUSED[case]
    number = parts.registry.decide(grant()).number
    before = rows(parts)

    with pytest.raises(error, match=words):
        transfers(parts).transfer(transfer(number, key="k1", **changes))

    assert rows(parts) == before


def test_a_receiver_without_accreditation_takes_over_marked_only(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number
    parts.register.suspend_accreditation("borea", "demo", "https://accreditamento.example/2")

    with pytest.raises(NotAccreditedError, match=r"^body borea is not accredited for scheme demo, profile addetto, on"):
        transfers(parts).transfer(transfer(number))

    transfers(parts).transfer(transfer(number, unaccredited=True))


def interrupted(parts: Parts, act: Callable[[], object]) -> Transfers:
    """Transfers in whose midst something happens once: everything was read, and nothing is stored yet."""
    acted: list[object] = []

    def chance(count: int) -> bytes:
        # Eight octets are drawn for the new number alone, after both bodies and the certification were read.
        if count == 8 and not acted:
            acted.append(None)
            act()
        return secrets.token_bytes(count)

    registry = Registry(parts.database, parts.store, parts.streams, parts.vault, parts.key_set, parts.clock, chance)
    return Transfers(registry, secrets.token_bytes)


def test_a_suspension_by_another_process_meanwhile_leaves_neither_event(place: Place) -> None:
    with open_parts(place) as one, open_parts(place) as other:
        found(one)
        number = one.registry.decide(grant()).number
        before = rows(other)

        with pytest.raises(TransitionError, match=r"^a certification that is suspended cannot be transferred$"):
            interrupted(one, lambda: other.registry.decide(suspend(number))).transfer(transfer(number, key="k1"))

        after = rows(other)
        assert parse_event(bodies(other)[-1]).type == "certification.suspended"
        assert {table: len(after[table]) - len(before[table]) for table in after} == {
            "entry": 1, "holder": 0, "number": 0, "hidden": 1, "answer": 0,
        }  # fmt: skip


def test_an_accreditation_that_the_receiver_loses_meanwhile_counts(place: Place) -> None:
    with open_parts(place) as one, open_parts(place) as other:
        found(one)
        number = one.registry.decide(grant()).number
        source = "https://accreditamento.example/2"

        with pytest.raises(NotAccreditedError):
            interrupted(one, lambda: other.register.suspend_accreditation("borea", "demo", source)).transfer(
                transfer(number)
            )

        assert parse_event(bodies(other)[-1]).type == "accreditation.suspended"


def test_a_transfer_over_midnight_is_one_of_the_day_on_which_it_is_recorded(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number

    made = interrupted(parts, lambda: parts.clock.pass_by(days=1)).transfer(transfer(number))

    assert events(parts, number)[-1].effective_on == date(2026, 11, 25)
    assert events(parts, made.into.number)[0].effective_on == date(2026, 11, 25)


def test_a_refused_transfer_uses_no_place_in_the_snapshots(parts: Parts) -> None:
    number = parts.registry.decide(suspend(parts.registry.decide(grant()).number)).number
    free = parts.registry.reserve.status_index()
    parts.registry.reserve.give_back(free, None)

    with pytest.raises(TransitionError):
        transfers(parts).transfer(transfer(number))

    assert parts.registry.reserve.status_index() == free


def test_a_repeated_transfer_gets_its_first_answer(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number
    first = transfers(parts).transfer(transfer(number, key="k1"))
    before = rows(parts)

    again = transfers(parts).transfer(transfer(number, key="k1"))

    assert (again.out.repeated, again.into.repeated) == (True, True)
    assert (again.out.receipt.indexes, again.into.receipt.indexes) == (
        first.out.receipt.indexes, first.into.receipt.indexes,
    )  # fmt: skip
    assert (again.out.number, again.into.number) == (number, first.into.number)
    assert rows(parts) == before
    with pytest.raises(IdempotencyError):
        transfers(parts).transfer(transfer(number, key="k1", receiver_decision="delibera 71"))


@dataclass(frozen=True)
class Unsigning:
    """A key whose token was pulled out."""

    public_key: PublicKey

    def sign(self, data: bytes) -> bytes:
        raise TokenError("the token does not answer")


@dataclass(frozen=True)
class Pulled:
    """The key set, without one body's key of one purpose once ``out``."""

    inner: KeySet
    owner: str
    purpose: Purpose
    out: list[bool]

    def current(self, owner: str, purpose: Purpose) -> Signer:
        signer = self.inner.current(owner, purpose)
        pulled = self.out and (owner, purpose) == (self.owner, self.purpose)
        return Unsigning(signer.public_key) if pulled else signer

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


@pytest.mark.parametrize("purpose", [Purpose.EVENT, Purpose.TOKEN])
def test_what_the_receiver_cannot_sign_the_old_body_has_not_handed_over(place: Place, purpose: Purpose) -> None:
    out: list[bool] = []
    wrapping = Wrapping(key_set=lambda key_set: Pulled(key_set, "borea", purpose, out))  # type: ignore[arg-type,return-value]
    with open_parts(place, wrapping=wrapping) as parts:
        found(parts)
        number = parts.registry.decide(grant()).number
        before, free = rows(parts), parts.registry.reserve.status_index()
        parts.registry.reserve.give_back(free, None)
        out.append(True)

        with pytest.raises(TokenError):
            transfers(parts).transfer(transfer(number, key="k1"))

        assert rows(parts) == before
        assert parts.registry.reserve.status_index() == free
        parts.registry.reserve.give_back(free, None)
        out.clear()
        assert not transfers(parts).transfer(transfer(number, key="k1")).out.repeated


def test_whoever_lost_the_answer_is_told_both_halves_again(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number
    log_key = Unsigning(parts.key_set.current(OPERATOR, Purpose.LOG).public_key)
    operator = parts.key_set.current(OPERATOR, Purpose.OPERATOR)
    unable = Store(parts.database, parts.guard, ORIGIN, log_key, operator, parts.clock)
    registry = Registry(
        parts.database, unable, parts.streams, parts.vault, parts.key_set, parts.clock, secrets.token_bytes
    )
    with pytest.raises(CommitUnknownError, match=r"^it is recorded, but no receipt can be given now"):
        Transfers(registry, secrets.token_bytes).transfer(transfer(number, key="k1"))

    again = transfers(parts).transfer(transfer(number, key="k1"))

    assert (again.out.repeated, again.into.repeated) == (True, True)
    assert (len(again.out.receipt.indexes), len(again.into.receipt.indexes)) == (1, 2)
    assert [event.type for event in events(parts, again.into.number)] == [
        "certification.transferred_in", "certificate.issued",
    ]  # fmt: skip


def test_the_receivers_own_keys_are_not_taken(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number
    parts.registry.decide(grant(body="borea", key="k1"))

    made = transfers(parts).transfer(transfer(number, key="k1"))

    assert not made.into.repeated


def test_a_rehearsal_keeps_nothing(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number
    before = rows(parts)

    handover = transfers(parts).rehearse(transfer(number))

    assert [event.type for event in handover.events] == [
        "certification.transferred_out", "certification.transferred_in", "certificate.issued",
    ]  # fmt: skip
    assert rows(parts) == before


def test_of_many_that_transfer_one_certification_one_wins_and_the_others_are_refused(place: Place) -> None:
    with open_parts(place) as one, open_parts(place) as other:
        found(one)
        number = one.registry.decide(grant()).number

        def attempt(parts: Parts) -> Callable[[], object]:
            return lambda: _outcome(parts, number)

        answers = together([attempt(parts) for parts in (one, other) * 2])

        assert sorted(type(answer).__name__ for answer in answers) == ["Transferred", *["TransitionError"] * 3]
        types = [entry.topic for entry in one.store.log.entries(0, one.store.log.head().size)]
        assert types.count("certification.transferred_out") == types.count("certification.transferred_in") == 1


def _outcome(parts: Parts, number: str) -> object:
    try:
        return transfers(parts).transfer(transfer(number))
    except DomainError as error:
        return error


LIVES: dict[str, Callable[[Parts], str]] = {
    "granted": lambda parts: parts.registry.decide(grant()).number,
    "adopted": lambda parts: parts.registry.decide(adopt()).number,
    "reduced": lambda parts: _decided(parts, replace(grant(), profile="referente"), _reduce),
    "suspended and reinstated": lambda parts: _decided(parts, grant(), suspend, _reinstate),
    "handed over before": lambda parts: transfers(parts).transfer(
        transfer(parts.registry.decide(grant(body="borea")).number, body="borea", receiver="aurora")
    ).into.number,
}  # fmt: skip


def _decided(parts: Parts, begun: GrantCertification, *more: Callable[[str], Decided]) -> str:
    number = parts.registry.decide(begun).number
    for command in more:
        parts.registry.decide(command(number))
    return number


def _reduce(number: str) -> ReduceScope:
    return ReduceScope("aurora", number, "decider-1", Basis("delibera 2"), "reason", ("accogliere",))


def _reinstate(number: str) -> ReinstateCertification:
    return ReinstateCertification("aurora", number, "decider-1", Basis("delibera 3"))


@pytest.mark.parametrize("life", LIVES)
def test_an_audit_of_what_is_published_finds_nothing(parts: Parts, life: str) -> None:
    number = LIVES[life](parts)

    made = transfers(parts).transfer(transfer(number))

    parts.publisher.publish()
    public = FolderSource(parts.place.public)
    records = [path.relative_to(parts.place.public).as_posix() for path in parts.place.public.glob("record/*/*")]

    assert audit(public, parts.trust(), records).findings == ()
    bundle = fetch_bundle(public, made.into.number)
    report = verify(parts.trust(), _now(parts), lambda: bundle, made.into.number, made.into.token)
    assert report.verdict is Verdict.IN_FORCE


def _now(parts: Parts) -> Question:
    at = parts.clock()
    return Question(legal_day(at), at, at)
