"""Bodies that keep their keys at home: what is prepared, signed elsewhere, and submitted."""

import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from keys.holder import open_holder_keys
from keys.key_set import OPERATOR, KeySet
from keys.master import generate_master_key
from keys.signer import Purpose, generate
from registry.application.answers import Recorded
from registry.application.preparations import Preparation, Preparations
from registry.application.register import Register
from registry.application.registry import Registry
from registry.application.streams import Streams
from registry.application.submit import Signed, sign
from registry.application.waiting import WAITS
from registry.bootstrap import MIGRATIONS
from registry.commands.decisions import Basis, GrantCertification, Person, SuspendCertification, WithdrawCertification
from registry.database import Database, open_database
from registry.domain.decision import Case
from registry.domain.errors import BackdatedError, ExamInvalidatedError, TransitionError
from registry.domain.exam import ExamSession, Invalidation, Part
from registry.errors import StaleError, UnknownError
from registry.log.guard import HeadGuard
from registry.store.store import Store
from registry.vault import Vault
from verifier.checkpoint import claimed_checkpoint
from verifier.errors import SignatureError
from verifier.merkle import check_inclusion, leaf_hash

SCHEME = Path(__file__).parents[3] / "schemes" / "demo-2026.json"
DAY = timedelta(days=1)
PASSPHRASE = b"a passphrase of a test"


@dataclass
class Office:
    """A registry whose body signs at home; its clock is ours."""

    database: Database
    store: Store
    registry: Registry
    register: Register
    preparations: Preparations
    hosted: KeySet
    vault: Vault
    at: datetime

    def at_home(self, preparation: Preparation) -> Signed:
        """What the body signs at home, with keys that this registry would not have."""
        keys = self.hosted
        return sign(preparation.prepared, keys.current("uno", Purpose.EVENT), keys.current("uno", Purpose.TOKEN))

    def rows(self, table: str) -> int:
        with self.database.snapshot() as reading:
            return len(reading.rows(f"SELECT 1 FROM {table}"))


@pytest.fixture(scope="session")
def key_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key files under another tool's cheap stretching: every test opens all of them."""
    folder = tmp_path_factory.mktemp("key-files")
    names = (
        "operator/log-1",
        "operator/operator-1",
        *(f"uno/{name}.proposed" for name in ("event", "token", "recovery")),
    )
    for name in names:
        path = folder / f"{name}.pem"
        path.parent.mkdir(exist_ok=True)
        cheap = BestAvailableEncryption(PASSPHRASE)
        path.touch(mode=0o600)
        path.write_bytes(generate().private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, cheap))
    return folder


@pytest.fixture(params=["sqlite", "postgres"])
def office(tmp_path: Path, key_files: Path, request: pytest.FixtureRequest) -> Iterator[Office]:
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'registry.sqlite'}" if sqlite else request.getfixturevalue("postgres_url")
    database, guard = open_database(url), HeadGuard(tmp_path / "head.sqlite")
    database.migrate(MIGRATIONS)
    holder_keys = open_holder_keys(tmp_path / "holder-keys.sqlite", generate_master_key())
    keys = KeySet(shutil.copytree(key_files, tmp_path / "keys"), PASSPHRASE)
    made: list[Office] = []

    def clock() -> datetime:
        return made[0].at if made else datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    operator = keys.current(OPERATOR, Purpose.OPERATOR)
    store = Store(database, guard, "office.example/log", keys.current(OPERATOR, Purpose.LOG), operator, clock)
    streams, vault = Streams(database, store, operator.public_key), Vault(database, holder_keys)
    registry = Registry(database, store, streams, vault, keys, clock, secrets.token_bytes)
    register = Register(store, streams, keys, clock, secrets.token_bytes)
    preparations = Preparations(database, registry, clock, secrets.token_bytes)
    made.append(Office(database, store, registry, register, preparations, keys, vault, clock()))
    register.publish_edition(SCHEME.read_bytes())
    register.register_body("uno", "OdC Uno", "https://uno.example")
    detail = {"number": "1", "accreditation_body": "Ente", "standard": "ISO/IEC 17024:2012", "wording": "n. 1"}
    register.accredit("uno", "demo", "letter", detail)
    yield made[0]
    database.close()
    guard.close()
    holder_keys.close()


def grant(reference: str | None = None, effective_on: date | None = None, key: str | None = None) -> GrantCertification:
    person = Person("Zoë D'Angelo-Ñandú", date(1990, 11, 24), "Forlì", reference)
    case = Case("DE-1", ("ES-1",), ("FO-1",))
    return GrantCertification(
        "uno",
        "demo-2026",
        "addetto",
        person,
        case,
        "ESA-1",
        Basis("DEL-1", effective_on, key),
        received=("domanda", "esperienza"),
    )


def prepared(office: Office, reference: str | None = None) -> Preparation:
    made = office.preparations.prepare(grant(reference))
    assert isinstance(made, Preparation)
    return made


def granted(office: Office) -> Recorded:
    made = prepared(office)
    recorded = office.preparations.submit("uno", made.preparation, office.at_home(made))
    assert isinstance(recorded, Recorded)
    return recorded


def test_what_is_stored_are_the_very_bytes_that_were_signed_at_home(office: Office) -> None:
    made = prepared(office)
    signed = office.at_home(made)

    recorded = office.preparations.submit("uno", made.preparation, signed)

    assert isinstance(recorded, Recorded)
    stored = office.store.log.stream(recorded.certification)
    assert [entry.body.rpartition(b".")[0] for entry in stored] == [e.signing_input for e in made.prepared.events]
    receipt = recorded.receipt
    root = claimed_checkpoint(receipt.checkpoint).root_hash
    for entry in stored:
        check_inclusion(leaf_hash(entry.body), entry.index, receipt.size, receipt.prove(entry.index), root)
    assert office.registry.certification(recorded.number)[1].revision == 1


def test_preparing_logs_nothing_and_keeps_no_personal_claim_in_clear(office: Office) -> None:
    before = office.store.log.head()

    prepared(office, "AUR-0001")

    assert office.store.log.head() == before
    assert office.rows("number") == office.rows("holder") == office.rows("hidden") == 0
    with office.database.snapshot() as reading:
        (row,) = reading.rows("SELECT * FROM preparation")
    kept = b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    assert not [claim for claim in ("D'Angelo", "1990", "Forl", "DEL-1", "ES-1", "AUR-0001") if claim.encode() in kept]


def test_submitting_twice_gives_the_first_answer(office: Office) -> None:
    made = prepared(office)
    first = office.preparations.submit("uno", made.preparation, office.at_home(made))

    second = office.preparations.submit("uno", made.preparation, office.at_home(made))

    assert isinstance(first, Recorded)
    assert isinstance(second, Recorded)
    assert (second.number, second.receipt.indexes, second.repeated) == (first.number, first.receipt.indexes, True)
    assert office.rows("number") == 1


def test_a_command_that_was_answered_is_not_prepared_again(office: Office) -> None:
    made = office.preparations.prepare(grant(key="k1"))
    assert isinstance(made, Preparation)
    first = office.preparations.submit("uno", made.preparation, office.at_home(made))

    again = office.preparations.prepare(grant(key="k1"))

    assert isinstance(first, Recorded)
    assert isinstance(again, Recorded)
    assert (again.number, again.repeated) == (first.number, True)


@pytest.mark.parametrize("part", ["event", "second event", "token", "missing token", "missing event"])
def test_signatures_that_are_not_the_bodys_over_what_was_prepared_are_refused(office: Office, part: str) -> None:
    made = prepared(office)
    good = office.at_home(made)
    first, second = good.events
    bad = {
        "event": Signed((bytes(64), second), good.token),
        "second event": Signed((first, first), good.token),
        "token": Signed(good.events, first),
        "missing token": Signed(good.events, None),
        "missing event": Signed((first,), good.token),
    }[part]
    before = office.store.log.head()

    with pytest.raises(SignatureError):
        office.preparations.submit("uno", made.preparation, bad)

    assert office.store.log.head() == before
    assert isinstance(office.preparations.submit("uno", made.preparation, good), Recorded)


def test_a_key_that_is_the_bodys_no_more_signs_for_nothing_and_the_new_one_is_asked(office: Office) -> None:
    made = prepared(office)
    old = office.at_home(made)
    office.hosted.propose("uno", Purpose.EVENT, generate())
    office.register.rotate_key("uno", Purpose.EVENT)

    stale = office.preparations.submit("uno", made.preparation, old)

    assert isinstance(stale, Preparation)
    assert stale.preparation != made.preparation
    assert isinstance(office.preparations.submit("uno", stale.preparation, office.at_home(stale)), Recorded)
    with pytest.raises(UnknownError):
        office.preparations.submit("uno", made.preparation, old)


def test_a_decision_that_would_say_another_day_is_stale_and_comes_back_with_new_bytes(office: Office) -> None:
    made = prepared(office)
    office.at += DAY

    stale = office.preparations.submit("uno", made.preparation, office.at_home(made))

    assert isinstance(stale, Preparation)
    recorded = office.preparations.submit("uno", stale.preparation, office.at_home(stale))
    assert isinstance(recorded, Recorded)
    (fact, *_) = office.registry.certification(recorded.number)[1].facts
    assert fact.effective_on == date(2026, 11, 25)


def test_a_decision_for_a_later_day_waits_without_growing_stale(office: Office) -> None:
    made = office.preparations.prepare(grant(effective_on=date(2026, 11, 27)))
    assert isinstance(made, Preparation)
    office.at += 2 * DAY

    recorded = office.preparations.submit("uno", made.preparation, office.at_home(made))

    assert isinstance(recorded, Recorded)


def test_guards_run_again_when_the_signatures_come(office: Office) -> None:
    made = office.preparations.prepare(grant(effective_on=date(2026, 11, 25)))
    assert isinstance(made, Preparation)
    office.at += 2 * DAY

    with pytest.raises(BackdatedError):
        office.preparations.submit("uno", made.preparation, office.at_home(made))


def test_a_stream_that_moved_on_makes_a_decision_stale_or_refuses_it(office: Office) -> None:
    number = granted(office).number
    suspend = SuspendCertification("uno", number, "DE-1", Basis("DEL-2"), "reason", date(2026, 12, 24))
    withdraw = WithdrawCertification("uno", number, "DE-1", Basis("DEL-3"), "reason")
    first, second = office.preparations.prepare(suspend), office.preparations.prepare(withdraw)
    third = office.preparations.prepare(replace(suspend, basis=Basis("DEL-4")))
    assert isinstance(first, Preparation)
    assert isinstance(second, Preparation)
    assert isinstance(third, Preparation)
    assert isinstance(office.preparations.submit("uno", first.preparation, office.at_home(first)), Recorded)

    stale = office.preparations.submit("uno", second.preparation, office.at_home(second))

    assert isinstance(stale, Preparation)
    assert stale.prepared.events[0].sequence == second.prepared.events[0].sequence + 1
    with pytest.raises(TransitionError):
        office.preparations.submit("uno", third.preparation, office.at_home(third))
    assert isinstance(office.preparations.submit("uno", stale.preparation, office.at_home(stale)), Recorded)


def test_a_batch_answers_item_by_item(office: Office) -> None:
    good, other, stale = prepared(office), prepared(office), prepared(office)
    office.at += DAY
    fresh = prepared(office)
    office.at -= DAY
    bad = Signed((bytes(64), bytes(64)), bytes(64))
    given = [
        (good.preparation, office.at_home(good)),
        (other.preparation, bad),
        (uuid4(), bad),
        (fresh.preparation, office.at_home(fresh)),
        (stale.preparation, office.at_home(stale)),
    ]

    outcomes = office.preparations.submit_all("uno", given)

    assert [type(outcome) for outcome in outcomes] == [Recorded, SignatureError, UnknownError, Preparation, Recorded]


def session(office: Office) -> ExamSession:
    today = office.registry.moment().today
    parts = tuple(Part(form, today) for form in ("scritta", "caso", "colloquio"))
    held = ExamSession("uno", "ESA-1", "demo-2026", parts, ("ES-9",))
    office.registry.exams.hold(held, office.registry.streams.edition("demo-2026").edition, today)
    return held


def test_a_session_that_was_recorded_meanwhile_is_what_the_next_preparation_rests_on(office: Office) -> None:
    made = prepared(office)
    held = session(office)

    stale = office.preparations.submit("uno", made.preparation, office.at_home(made))

    assert isinstance(stale, Preparation)
    assert office.registry.exams.resting_on(held) == []
    recorded = office.preparations.submit("uno", stale.preparation, office.at_home(stale))
    assert isinstance(recorded, Recorded)
    assert office.registry.exams.resting_on(held) == [recorded.certification]


def test_a_session_that_was_invalidated_meanwhile_refuses_what_was_signed(office: Office) -> None:
    held = session(office)
    made = prepared(office)
    signed = office.at_home(made)
    office.registry.exams.invalidate("uno", "ESA-1", Invalidation(held.held_on, "DE-2", "the answers were sold"))

    with pytest.raises(ExamInvalidatedError):
        office.preparations.submit("uno", made.preparation, signed)

    assert office.registry.exams.resting_on(held) == []


def test_two_preparations_for_one_new_person_end_in_one_holder(office: Office) -> None:
    first, second = prepared(office, "AUR-0001"), prepared(office, "AUR-0001")
    given = [(made.preparation, office.at_home(made)) for made in (first, second)]

    recorded, again = office.preparations.submit_all("uno", given)

    assert isinstance(recorded, Recorded)
    assert isinstance(again, Preparation)
    assert again.prepared.holder.holder == first.prepared.holder.holder
    assert isinstance(office.preparations.submit("uno", again.preparation, office.at_home(again)), Recorded)
    assert office.rows("holder") == 1


def test_nobody_elses_preparation_can_be_submitted(office: Office) -> None:
    made = prepared(office)

    with pytest.raises(UnknownError):
        office.preparations.submit("due", made.preparation, office.at_home(made))


def test_a_preparation_waits_three_days_and_is_then_gone(office: Office) -> None:
    made = office.preparations.prepare(grant(effective_on=date(2027, 1, 1)))
    assert isinstance(made, Preparation)
    assert made.expires_at == office.at + timedelta(hours=72)
    office.at += WAITS

    with pytest.raises(UnknownError):
        office.preparations.submit("uno", made.preparation, office.at_home(made))

    prepared(office)
    assert office.rows("preparation") == 1


def test_a_preparation_about_an_erased_person_decides_nothing(office: Office) -> None:
    made = prepared(office)
    office.vault.keys.destroy(made.prepared.holder.holder)

    with pytest.raises(StaleError):
        office.preparations.submit("uno", made.preparation, office.at_home(made))
