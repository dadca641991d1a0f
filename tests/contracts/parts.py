"""A registry's real parts over any database, with a clock that is the test's, and keys that open quickly."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from keys.holder import HolderKeys, open_holder_keys
from keys.key_set import OPERATOR, KeySet
from keys.master import MasterKey
from keys.signer import Purpose, generate
from registry.application.register import Register
from registry.application.registry import Registry
from registry.application.streams import Streams
from registry.bootstrap import MIGRATIONS
from registry.commands.decisions import (
    Basis,
    ConfirmMaintenance,
    GrantCertification,
    Person,
    ReissueCertificate,
    SuspendCertification,
    WithdrawCertification,
)
from registry.database import Database, open_database
from registry.domain.decision import Case
from registry.log.guard import HeadGuard
from registry.projections.standings import Standings
from registry.publish.folder import PublicFolder
from registry.publish.publisher import Publisher
from registry.store.store import Store
from registry.vault import Vault
from verifier.note import Verifier, make_verifier
from verifier.trust import Policy, TrustRoot

ORIGIN: Final = "registry.example/log"
PASSPHRASE: Final = b"a passphrase of a test"
SCHEME: Final = Path(__file__).parents[2] / "schemes" / "demo-2026.json"
EDITION: Final = "demo-2026"
BODIES: Final = ("aurora", "borea")
# What the edition requires of an application.
RECEIVED: Final = ("domanda", "esperienza")
CASE: Final = Case("decider-1", ("examiner-1",), ("trainer-1",))
START: Final = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
# A test's master key lies in no file; whoever opens the registry again needs the same one.
_MASTER: Final = MasterKey(b"m" * 32)


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass(frozen=True)
class Place:
    """Where everything durable of one registry is."""

    folder: Path
    url: str

    @property
    def public(self) -> Path:
        return self.folder / "public"


@dataclass(frozen=True)
class Parts:
    """One process's view of a registry."""

    place: Place
    clock: Clock
    key_set: KeySet
    database: Database
    guard: HeadGuard
    holder_keys: HolderKeys
    store: Store
    streams: Streams
    vault: Vault
    registry: Registry
    register: Register
    standings: Standings
    publisher: Publisher

    @property
    def log_verifier(self) -> Verifier:
        return make_verifier(ORIGIN, self.key_set.current(OPERATOR, Purpose.LOG).public_key)

    def trust(self) -> TrustRoot:
        """Whom a verifier believes, as of now."""
        bodies = {slug: self.register.trusted_body(slug, ORIGIN) for slug in BODIES}
        size = self.store.log.head().size
        return TrustRoot(ORIGIN, self.log_verifier, self.register.operator_key, Policy(), bodies, size)


@dataclass(frozen=True)
class Wrapping:
    """What stands between the parts; nothing, unless a test puts something there."""

    database: Callable[[Database], Database] = field(default=lambda database: database)
    guard: Callable[[HeadGuard], HeadGuard] = field(default=lambda guard: guard)
    key_set: Callable[[KeySet], KeySet] = field(default=lambda key_set: key_set)
    folder: Callable[[PublicFolder], PublicFolder] = field(default=lambda folder: folder)
    holder_keys: Callable[[HolderKeys], HolderKeys] = field(default=lambda holder_keys: holder_keys)


@contextmanager
def open_parts(
    place: Place, clock: Clock | None = None, key_set: KeySet | None = None, wrapping: Wrapping | None = None
) -> Iterator[Parts]:
    """Open a registry, as each process does, and close it at the end."""
    wrap, clock = wrapping or Wrapping(), clock or Clock()
    with ExitStack() as stack:
        keys = wrap.key_set(key_set or KeySet(place.folder / "keys", PASSPHRASE))
        opened = open_database(place.url)
        stack.callback(opened.close)
        opened.migrate(MIGRATIONS)
        database = wrap.database(opened)
        guard = HeadGuard(place.folder / "head.sqlite")
        stack.callback(guard.close)
        opened_keys = open_holder_keys(place.folder / "holder-keys.sqlite", _MASTER)
        stack.callback(opened_keys.close)
        holder_keys = wrap.holder_keys(opened_keys)
        operator = keys.current(OPERATOR, Purpose.OPERATOR)
        store = Store(database, wrap.guard(guard), ORIGIN, keys.current(OPERATOR, Purpose.LOG), operator, clock)
        streams, vault = Streams(database, store, operator.public_key), Vault(database, holder_keys)
        standings, folder = Standings(database, store.log), wrap.folder(PublicFolder(place.public))
        yield Parts(
            place,
            clock,
            keys,
            database,
            guard,
            holder_keys,
            store,
            streams,
            vault,
            Registry(database, store, streams, vault, keys, clock, secrets.token_bytes),
            Register(store, streams, keys, clock, secrets.token_bytes),
            standings,
            Publisher(database, store, streams, standings, vault, folder, clock),
        )


def make_place(folder: Path, url: str) -> Place:
    """A place with the log's and the operator's keys, and nothing logged."""
    place = Place(folder, url)
    for purpose in (Purpose.LOG, Purpose.OPERATOR):
        propose(place, OPERATOR, purpose)
        KeySet(folder / "keys", PASSPHRASE).enrol(OPERATOR, purpose)
    return place


def found(parts: Parts) -> None:
    """Publish the edition, register the bodies and record their accreditations."""
    parts.register.publish_edition(SCHEME.read_bytes())
    for slug in BODIES:
        for purpose in (Purpose.EVENT, Purpose.TOKEN, Purpose.RECOVERY):
            propose(parts.place, slug, purpose)
        parts.register.register_body(slug, slug.title(), f"https://{slug}.example")
        detail = {"number": "1", "accreditation_body": "Ente", "standard": "ISO/IEC 17024:2012", "wording": "w"}
        parts.register.accredit(slug, "demo", "https://accreditamento.example/1", detail)


def propose(place: Place, owner: str, purpose: Purpose) -> None:
    """Propose a key whose file opens quickly: another tool's cheap stretching."""
    path = place.folder / "keys" / owner / f"{purpose}.proposed.pem"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    encryption = BestAvailableEncryption(PASSPHRASE)
    path.touch(mode=0o600)
    path.write_bytes(generate().private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))


def grant(
    name: str = "Zoë D’Àngelo-Ñandú", body: str = "aurora", key: str | None = None, reference: str | None = None
) -> GrantCertification:
    person = Person(name, date(1987, 5, 4), "Forlì", reference)
    return GrantCertification(body, EDITION, "addetto", person, CASE, "esame 1", _basis(key), received=RECEIVED)


def confirm(number: str, body: str = "aurora", key: str | None = None) -> ConfirmMaintenance:
    return ConfirmMaintenance(body, number, "decider-1", _basis(key), ("continuita", "formazione", "reclami"))


def suspend(number: str, body: str = "aurora", key: str | None = None) -> SuspendCertification:
    return SuspendCertification(body, number, "decider-1", _basis(key), "reason", date(2026, 12, 20))


def withdraw(number: str, body: str = "aurora", key: str | None = None) -> WithdrawCertification:
    return WithdrawCertification(body, number, "decider-1", _basis(key), "reason")


def reissue(number: str, body: str = "aurora", key: str | None = None) -> ReissueCertificate:
    return ReissueCertificate(body, number, _basis(key))


def _basis(key: str | None) -> Basis:
    return Basis("delibera 1", None, key)
