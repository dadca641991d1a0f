"""Erasure: a person with everything that is hers is gone from every table and file, and every proof stays."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from keys.errors import HolderErasedError, KeysError
from keys.holder import HolderKeys
from keys.key_set import KeySet
from keys.signer import Purpose, Signer
from registry.application.answers import Recorded
from registry.application.erasure import Erasure
from registry.application.preparations import Preparations
from registry.commands.asked import read_asked
from registry.commands.erasure import EraseHolder
from registry.commands.home_file import ToSign
from registry.domain.errors import ImmediateError
from registry.errors import (
    CommitUnknownError,
    ErasedError,
    ForeignError,
    HeadError,
    IdempotencyError,
    KeysElsewhereError,
    StaleError,
    TamperedError,
    UnknownError,
)
from registry.log.guard import Head, HeadGuard
from registry.vault import HIDDEN_COLUMNS, PERSONAL, TOMBSTONE_COLUMNS
from tests.contracts.parts import (
    ORIGIN,
    PASSPHRASE,
    Parts,
    Place,
    Wrapping,
    confirm,
    found,
    grant,
    open_parts,
    reissue,
    suspend,
    withdraw,
)
from tests.contracts.test_transfer import transfer, transfers
from tests.contracts.threads import together
from verifier.bundle import parse_record
from verifier.certificate import parse_token
from verifier.encoding import format_base64url, legal_day, parse_base64url
from verifier.errors import FormatError, SignatureError
from verifier.event import parse_event
from verifier.fetch import FolderSource, fetch_bundle, record_path
from verifier.report import Question, Report, Verdict
from verifier.status import State
from verifier.verify import verify

NAME, REFERENCE = "Wołodymyr Unverwechselbar", "REF-UNVERWECHSELBAR-77"


def erase(parts: Parts, number: str, body: str = "aurora") -> tuple[str, ...]:
    return parts.registry.erasure.erase(EraseHolder(body, number, "decider-9")).numbers


def granted(parts: Parts, key: str | None = None) -> Recorded:
    return parts.registry.decide(grant(NAME, reference=REFERENCE, key=key))


def types(parts: Parts, certification: UUID) -> list[str]:
    return [parse_event(entry.body).type for entry in parts.store.log.stream(certification)]


def columns(parts: Parts) -> set[tuple[str, str]]:
    """Every table with every column of it."""
    if urlsplit(parts.place.url).scheme == "sqlite":
        sql = "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'"
    else:
        sql = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    return {(str(table), str(column)) for table, column in parts.database.rows(sql)}


def stored(parts: Parts) -> bytes:
    """Every value of every table; on SQLite its files too, with what no table shows; and the holders' keys."""
    tables = {table for table, _ in columns(parts)}
    with parts.database.snapshot() as reading:
        rows = [row for table in sorted(tables) for row in reading.rows(f"SELECT * FROM {table}")]
    values = [v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row]
    files = [path.read_bytes() for path in parts.place.folder.iterdir() if ".sqlite" in path.name]
    return b"\0".join([*values, *files])


def published(parts: Parts) -> bytes:
    return b"\0".join(path.read_bytes() for path in sorted(parts.place.public.rglob("*")) if path.is_file())


def traces(parts: Parts, answer: Recorded) -> dict[str, bytes]:
    """What must be found nowhere afterwards, by name."""
    token = answer.token or b""
    found_here = {"name": NAME.encode(), "birth": b"1987-05-04", "reference": REFERENCE.encode()}
    found_here |= {"token": token, "token in text": format_base64url(token).encode()}
    found_here["tag"] = parse_token(token).claims.holder_tag
    for claims in parts.vault.hidden(answer.certification).values():
        for name, text in claims.items():
            found_here[f"disclosure of {name}"] = text.encode()
            if name != "token":
                salt = json.loads(parse_base64url(text))[0]
                found_here[f"salt of {name}"] = salt.encode()
    with parts.database.snapshot() as reading:
        for place, (sealed,) in enumerate(reading.rows("SELECT sealed FROM hidden")):
            assert isinstance(sealed, bytes)
            found_here[f"sealed {place}"] = sealed
        for salt, content in reading.rows("SELECT salt, content FROM answer"):
            assert isinstance(salt, bytes)
            assert isinstance(content, bytes)
            found_here |= {"answer's salt": salt, "answer's content": content}
    return found_here


def test_of_an_erased_person_nothing_is_left_in_any_table_or_file(parts: Parts) -> None:
    first, second = granted(parts, "k1"), granted(parts)
    parts.publisher.publish()
    holder = parts.vault.numbered(first.certification).holder
    wrapped = wrapped_key(parts, holder)
    wanted = traces(parts, first) | {f"second {name}": value for name, value in traces(parts, second).items()}
    before = stored(parts)
    assert {name for name in wanted if wanted[name] in before} >= {"reference", "tag", "sealed 0", "answer's content"}
    assert wrapped in before

    erased = erase(parts, first.number)
    parts.publisher.publish()

    assert set(erased) == {first.number, second.number}
    everything = stored(parts) + published(parts)
    assert {name for name, value in (wanted | {"key": wrapped}).items() if value in everything} == set()
    # The search itself finds what is there.
    assert first.number.encode() in everything


def wrapped_key(parts: Parts, holder: UUID) -> bytes:
    row = parts.holder_keys.connection.execute(
        "SELECT wrapped FROM holder_key WHERE holder = ?", (holder.bytes,)
    ).fetchone()
    return bytes(row[0])


def test_every_table_that_has_something_of_a_holder_is_in_the_list_of_an_erasure(parts: Parts) -> None:
    there = columns(parts)

    with_holder = {table for table, column in there if column == "holder"}

    # A tombstone names a holder by a random id, and nothing else of anybody.
    assert with_holder - {"tombstone"} == {table for table, _ in PERSONAL}
    assert {place for place in there if place[1] == "taken_by"} <= set(PERSONAL) <= there
    assert {column for table, column in there if table == "tombstone"} == set(TOMBSTONE_COLUMNS)


def test_each_certification_of_the_person_gets_its_event_in_one_submission_and_nobody_elses(parts: Parts) -> None:
    first, second, neighbour = granted(parts), granted(parts), parts.registry.decide(grant())
    elsewhere = parts.registry.decide(grant(NAME, "borea", reference=REFERENCE))
    parts.registry.decide(withdraw(second.number))

    made = parts.registry.erasure.erase(EraseHolder("aurora", first.number, "decider-9"))

    assert len(made.receipt.indexes) == 2
    assert made.receipt.indexes[1] == made.receipt.indexes[0] + 1
    for answer in (first, second):
        assert types(parts, answer.certification)[-1] == "certification.personal_data_erased"
    for answer in (neighbour, elsewhere):
        assert "certification.personal_data_erased" not in types(parts, answer.certification)
        parts.registry.document(answer.certification)
    with parts.database.snapshot() as reading:
        rows = reading.rows("SELECT number, body, decider FROM tombstone ORDER BY number")
    assert rows == [(number, "aurora", "decider-9") for number in sorted((first.number, second.number))]


def test_whatever_is_asked_of_an_erased_certification_the_answer_is_that_it_was_erased(parts: Parts) -> None:
    answer = granted(parts)
    erase(parts, answer.number)
    message = rf"^certification {answer.number} was erased$"

    for command in (confirm, suspend, withdraw, reissue):
        with pytest.raises(ErasedError, match=message):
            parts.registry.decide(command(answer.number))
    with pytest.raises(ErasedError, match=message):
        parts.registry.certification(answer.number)
    with pytest.raises(ErasedError, match=message):
        parts.registry.certification(answer.number.lower())
    with pytest.raises(ErasedError, match=message):
        parts.vault.numbered(answer.certification)
    for body in ("aurora", "borea"):
        with pytest.raises(ErasedError, match=message):
            erase(parts, answer.number, body)


def test_unknown_and_foreign_stay_answers_of_their_own(parts: Parts) -> None:
    answer = granted(parts)

    with pytest.raises(UnknownError, match=r"^no certification with number 0000000000000 here$"):
        erase(parts, "0000000000000")
    with pytest.raises(ForeignError, match=rf"^certification {answer.number} is another body's$"):
        erase(parts, answer.number, "borea")

    assert parts.vault.holder(parts.vault.numbered(answer.certification).holder).reference == REFERENCE


def test_a_key_used_for_an_erased_person_grants_nothing_a_second_time(parts: Parts) -> None:
    answer = granted(parts, "k1")
    erase(parts, answer.number)
    size = parts.store.log.head().size

    with pytest.raises(ErasedError, match=r"^what was recorded under idempotency key k1 was erased$"):
        granted(parts, "k1")

    assert parts.store.log.head().size == size


def test_who_comes_back_after_an_erasure_is_somebody_new(parts: Parts) -> None:
    before = granted(parts)
    tag = parse_token(before.token or b"").claims.holder_tag
    erase(parts, before.number)

    after = granted(parts)

    assert parse_token(after.token or b"").claims.holder_tag != tag
    assert parts.registry.certification(after.number)[0].number == after.number


def test_a_decision_that_waits_to_be_signed_goes_with_its_person(parts: Parts) -> None:
    answer = granted(parts)
    waiting = Preparations(parts.database, parts.registry, parts.clock, secrets.token_bytes)
    prepared = waiting.prepare(withdraw(answer.number))
    assert not isinstance(prepared, Recorded)

    erase(parts, answer.number)

    assert parts.database.rows("SELECT id FROM preparation") == []


def test_a_certification_granted_meanwhile_is_erased_with_the_others(place: Place) -> None:
    with open_parts(place) as one, open_parts(place, one.clock, one.key_set) as other:
        found(one)
        first = granted(one)
        late: list[Recorded] = []

        class Meanwhile(type(one.vault)):  # type: ignore[misc]
            """Another process grants between the question whose certifications there are, and the commit."""

            def certifications_of(self, holder: UUID) -> Any:
                known = super().certifications_of(holder)
                if not late:
                    late.append(granted(other))
                return known

        vault = Meanwhile(one.database, one.holder_keys)
        erasure = Erasure(
            one.database, one.store, one.streams, vault, one.registry.remains, one.key_set, one.clock,
            secrets.token_bytes,
        )  # fmt: skip

        erased = erasure.erase(EraseHolder("aurora", first.number, "decider-9")).numbers

        assert set(erased) == {first.number, late[0].number}
        assert one.database.rows("SELECT holder FROM holder") == []


def test_a_person_erased_while_a_batch_is_decided_stops_nobody_elses_decision(place: Place) -> None:
    with open_parts(place) as one:
        found(one)
        gone, other = granted(one).number, one.registry.decide(grant("Bea")).number

        class Meanwhile(KeySet):
            """Another process erases a person between the guards of a batch and its signatures."""

            def current(self, owner: str, purpose: Purpose) -> Signer:
                if purpose is Purpose.EVENT and (erased := waiting[:]):
                    waiting.clear()
                    erase(one, *erased)
                return super().current(owner, purpose)

        waiting: list[str] = []
        keys = Meanwhile(place.folder / "keys", PASSPHRASE)
        with open_parts(place, one.clock, keys) as batch:
            waiting.append(gone)

            first, second = batch.registry.decide_all([suspend(gone), suspend(other)])

        assert isinstance(first, ErasedError)
        assert isinstance(second, Recorded)


def test_of_two_processes_that_erase_one_person_the_slower_is_told_that_it_is_done(place: Place) -> None:
    with open_parts(place) as one, open_parts(place, one.clock, one.key_set) as other:
        found(one)
        number = granted(one).number

        class Meanwhile(type(one.vault)):  # type: ignore[misc]
            """The other process is faster, once."""

            def certifications_of(self, holder: UUID) -> Any:
                known = super().certifications_of(holder)
                if known and other.vault.certifications_of(holder):
                    erase(other, number)
                return known

        vault = Meanwhile(one.database, one.holder_keys)
        erasure = Erasure(
            one.database, one.store, one.streams, vault, one.registry.remains, one.key_set, one.clock,
            secrets.token_bytes,
        )  # fmt: skip

        with pytest.raises(ErasedError, match=rf"^certification {number} was erased$"):
            erasure.erase(EraseHolder("aurora", number, "decider-9"))


def test_an_erasure_that_is_repeated_under_its_key_gets_the_first_answer(parts: Parts) -> None:
    numbers = [granted(parts).number, granted(parts).number]
    command = EraseHolder("aurora", numbers[0], "decider-9", "k1")
    first = parts.registry.erasure.erase(command)
    size = parts.store.log.head().size

    again = parts.registry.erasure.erase(replace(command, number=numbers[0].lower()))

    assert (again.numbers, again.repeated, first.repeated) == (first.numbers, True, False)
    assert (set(again.numbers), again.receipt.indexes) == (set(numbers), first.receipt.indexes)
    assert parts.store.log.head().size == size
    # What the doctor erases again leaves the answer as it is.
    parts.registry.remains.complete()
    assert parts.registry.erasure.erase(command).repeated
    with pytest.raises(ErasedError, match=r" was erased$"):
        parts.registry.erasure.erase(replace(command, idempotency_key=None))


def test_a_key_is_for_one_content_whatever_the_commands_are(parts: Parts) -> None:
    number, other = granted(parts, "k1").number, parts.registry.decide(grant("Bea", key="k2")).number
    command = EraseHolder("aurora", number, "decider-9", "k3")
    used = r"^idempotency key k\d was used for another content$"
    with pytest.raises(IdempotencyError, match=used):
        parts.registry.erasure.erase(replace(command, idempotency_key="k1"))
    parts.registry.erasure.erase(command)

    for changed in (replace(command, number=other), replace(command, decider="decider-8")):
        with pytest.raises(IdempotencyError, match=used):
            parts.registry.erasure.erase(changed)
    with pytest.raises(IdempotencyError, match=used):
        parts.registry.decide(grant("Bea", key="k3"))
    with pytest.raises(IdempotencyError, match=used):
        # The key of a grant whose holder is erased by now.
        parts.registry.erasure.erase(EraseHolder("aurora", other, "decider-9", "k1"))
    assert parts.registry.certification(other)[0].number == other


def test_an_erasure_under_one_key_by_many_at_once_is_one(parts: Parts) -> None:
    command = EraseHolder("aurora", granted(parts).number, "decider-9", "k1")

    made = together([lambda: parts.registry.erasure.erase(command)] * 4)

    assert sorted(one.repeated for one in made) == [False, True, True, True]
    assert len({one.receipt.indexes for one in made}) == 1


@dataclass
class Unmoved:
    """A guard that cannot be written any more: what is committed gets no receipt."""

    guard: HeadGuard
    stuck: bool = field(default=False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.guard, name)

    def advance(self, head: Head) -> Head:
        if self.stuck:
            raise HeadError("the guard cannot be written")
        return self.guard.advance(head)


def test_an_erasure_without_a_receipt_destroys_the_key_all_the_same(place: Place) -> None:
    guards: list[Unmoved] = []

    def keep(guard: HeadGuard) -> Any:
        guards.append(Unmoved(guard))
        return guards[-1]

    with open_parts(place, wrapping=Wrapping(guard=keep)) as parts:
        found(parts)
        answer = granted(parts)
        holder = parts.vault.numbered(answer.certification).holder
        guards[-1].stuck = True

        with pytest.raises(CommitUnknownError, match="it is recorded, but no receipt can be given now"):
            erase(parts, answer.number)

        with pytest.raises(HolderErasedError):
            parts.vault.keys.open(holder)


def test_a_body_whose_key_is_elsewhere_is_told_so_and_nobody_is_erased(parts: Parts) -> None:
    answer = granted(parts)
    (parts.place.folder / "keys" / "aurora" / "event-1.pem").unlink()

    with pytest.raises(KeysElsewhereError, match=r"^body aurora keeps its event key elsewhere: nobody can sign an"):
        erase(parts, answer.number)

    parts.registry.document(answer.certification)


def at_home(parts: Parts, waiting: list[ToSign], owner: str = "aurora") -> list[bytes]:
    """What a body signs at its home: each event's JWS."""
    signer = parts.key_set.current(owner, Purpose.EVENT)
    return [
        to_sign + b"." + format_base64url(signer.sign(to_sign)).encode() for item in waiting for to_sign in item.events
    ]


def test_a_body_signs_an_erasure_at_home_and_everything_goes_alike(parts: Parts) -> None:
    first, second = granted(parts, "k1"), granted(parts)
    command = EraseHolder("aurora", first.number, "decider-9")

    waiting = parts.registry.erasure.prepare(command)
    made = parts.registry.erasure.submit(command, at_home(parts, waiting))

    assert {read_asked(item, ORIGIN, "aurora").events[0].type for item in waiting} == {
        "certification.personal_data_erased"
    }
    assert set(made.numbers) == {first.number, second.number}
    assert parts.registry.remains.unfinished().graves == ()
    for table, _ in PERSONAL:
        assert parts.database.rows(f"SELECT * FROM {table}") == []
    with pytest.raises(ErasedError):
        parts.registry.erasure.submit(command, at_home(parts, waiting))


def test_what_was_signed_at_home_must_be_for_every_certification_and_fit_what_is_there_now(parts: Parts) -> None:
    first, second = granted(parts), granted(parts)
    erasure, command = parts.registry.erasure, EraseHolder("aurora", first.number, "decider-9")
    signed = at_home(parts, erasure.prepare(command))

    with pytest.raises(StaleError, match=r"^what was signed is not for the 2 certifications of the holder: prepare it"):
        erasure.submit(command, signed[:1])
    with pytest.raises(SignatureError):
        erasure.submit(command, [signed[0], *at_home(parts, erasure.prepare(command), "borea")[1:]])
    with pytest.raises(FormatError):
        erasure.submit(command, [signed[0], b"nothing"])
    parts.registry.decide(withdraw(second.number))
    with pytest.raises(StaleError, match=r"^what was signed says otherwise than it would say now: prepare it anew$"):
        erasure.submit(command, signed)
    later = at_home(parts, erasure.prepare(command))
    parts.clock.pass_by(days=1)
    with pytest.raises(ImmediateError):
        erasure.submit(command, later)

    for answer in (first, second):
        parts.registry.document(answer.certification)


@dataclass
class Stopping:
    """The holders' keys of a process that dies before it destroys one."""

    keys: HolderKeys
    stopped: bool = field(default=False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.keys, name)

    def destroy(self, holder: UUID) -> None:
        self.stopped = True
        raise KeysError("killed")


def test_what_a_crash_left_of_a_person_the_next_start_erases(place: Place) -> None:
    with open_parts(place, wrapping=Wrapping(holder_keys=Stopping)) as parts:  # type: ignore[arg-type]
        found(parts)
        answer = granted(parts)
        holder = parts.vault.numbered(answer.certification).holder
        with pytest.raises(KeysError, match=r"^killed$"):
            erase(parts, answer.number)
        parts.vault.keys.open(holder)

    with open_parts(place) as parts:
        left = parts.registry.remains.complete()

        assert [(grave.number, grave.holder) for grave in left.graves] == [(answer.number, holder)]
        with pytest.raises(HolderErasedError):
            parts.vault.keys.open(holder)
        assert parts.registry.remains.complete().graves == ()


@pytest.mark.parametrize("table", ["hidden", "number", "holder", "tombstone"])
def test_what_a_restored_backup_brings_back_is_erased_again(parts: Parts, table: str) -> None:
    answer = granted(parts)
    with parts.database.snapshot() as reading:
        kept = {name: reading.rows(f"SELECT * FROM {name}") for name in ("hidden", "number", "holder")}
    erase(parts, answer.number)
    back = {"number": ("holder", "number"), "tombstone": ("holder", "number", "hidden")}.get(table, (table,))
    names = {"hidden": HIDDEN_COLUMNS, "number": NUMBERS, "holder": HOLDERS}
    with parts.database.transaction() as transaction:
        for name in back:
            transaction.insert(name, names[name], kept[name])
        if table == "tombstone":
            transaction.execute("DELETE FROM tombstone")

    assert [grave.number for grave in parts.registry.remains.complete().graves] == [answer.number]

    for name in kept:
        assert parts.database.rows(f"SELECT * FROM {name}") == []
    with pytest.raises(ErasedError):
        parts.registry.certification(answer.number)
    assert parts.registry.remains.complete().graves == ()


NUMBERS = ("number", "certification", "body", "holder", "disclosure")
HOLDERS = ("holder", "body", "reference", "tag")


def test_an_erased_certification_whose_number_is_lost_is_named(parts: Parts) -> None:
    answer = granted(parts)
    erase(parts, answer.number)
    with parts.database.transaction() as transaction:
        transaction.execute("DELETE FROM tombstone")

    assert parts.registry.remains.complete().nameless == (answer.certification,)
    with pytest.raises(TamperedError, match="has neither a number nor a tombstone"):
        parts.publisher.publish()


def test_a_tombstone_that_somebody_wrote_into_the_database_destroys_no_key(parts: Parts) -> None:
    victim, erased = granted(parts), parts.registry.decide(grant())
    holder = parts.vault.numbered(victim.certification).holder
    row = (victim.number, victim.certification.bytes, "aurora", holder.bytes, None)
    with parts.database.transaction() as transaction:
        transaction.insert("tombstone", TOMBSTONE_COLUMNS, [row])

    with pytest.raises(TamperedError, match="has a tombstone, and its stream holds no erasure"):
        parts.registry.remains.complete()

    with parts.database.transaction() as transaction:
        transaction.execute("DELETE FROM tombstone")
    erase(parts, erased.number)
    with parts.database.transaction() as transaction:
        transaction.execute("UPDATE tombstone SET holder = ?", (holder.bytes,))
    with pytest.raises(TamperedError, match=rf"^certification {victim.number} is not erased, and its holder is said"):
        parts.registry.remains.complete()
    parts.registry.document(victim.certification)


def test_the_record_of_an_erased_certification_discloses_nothing_and_stays_where_it_was(parts: Parts) -> None:
    answer = granted(parts)
    parts.publisher.publish()
    path = parts.place.public / record_path(answer.number)
    assert len(parse_record(path.read_bytes()).disclosures) == 1

    erase(parts, answer.number)
    parts.publisher.publish()

    record = parse_record(path.read_bytes())
    assert record.disclosures == ()
    assert [parse_event(entry).type for entry in record.entries.values()] == types(parts, answer.certification)
    assert fetch_bundle(FolderSource(parts.place.public), answer.number).certification == record
    parts.publisher.publish_again()
    assert parse_record(path.read_bytes()) == record


def test_an_erasure_while_it_is_being_published_leaves_no_record_that_fails(parts: Parts) -> None:
    answer = granted(parts)
    path = parts.place.public / record_path(answer.number)
    steps: Iterator[int] = iter([0])

    def erase_on_the_way(step: str, done: int, total: int) -> None:
        if step == "tiles" and next(steps, None) is not None:
            erase(parts, answer.number)

    parts.publisher.publish(erase_on_the_way)
    assert not path.exists()
    parts.publisher.publish()

    assert parse_record(path.read_bytes()).disclosures == ()


def test_what_was_handed_over_before_goes_on_at_its_new_body(parts: Parts) -> None:
    old = granted(parts)
    new = transfers(parts).transfer(transfer(old.number)).into
    parts.publisher.publish()
    before = asked(parts, new.number)

    erase(parts, old.number)
    parts.publisher.publish()

    after = asked(parts, new.number)
    assert (before.verdict, after.verdict, after.trusted, after.erased) == (
        Verdict.IN_FORCE, Verdict.IN_FORCE, True, False,
    )  # fmt: skip
    assert after.answers[0].standing == before.answers[0].standing
    assert asked(parts, old.number).verdict is Verdict.ERASED
    assert parse_token(parts.registry.document(new.certification)[0]).claims.name == NAME


def test_an_erasure_at_the_new_body_leaves_the_old_number_transferred(parts: Parts) -> None:
    old = granted(parts)
    new = transfers(parts).transfer(transfer(old.number)).into

    erase(parts, new.number, "borea")
    parts.publisher.publish()

    assert asked(parts, new.number).verdict is Verdict.ERASED
    assert asked(parts, old.number).answers[0].standing.state is State.TRANSFERRED


def asked(parts: Parts, number: str) -> Report:
    """What a reader of the public files is answered."""
    now = parts.clock()
    question = Question(legal_day(now), now, now)
    return verify(parts.trust(), question, lambda: fetch_bundle(FolderSource(parts.place.public), number), number)
