"""A small registry with a certification in every state, published; and what goes wrong on the way to a reader.

The registry is the real one on SQLite; only its clock is ours, so that three years pass in a second.
"""

import json
import secrets
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from keys.holder import open_holder_keys
from keys.key_set import OPERATOR, KeySet
from keys.master import generate_master_key
from keys.signer import Purpose, SoftwareSigner, generate
from keys.signing import sign_token
from registry.application.register import Register
from registry.application.registry import Registry
from registry.application.streams import Streams
from registry.application.transfer import Transfers
from registry.bootstrap import MIGRATIONS
from registry.commands.decisions import (
    Basis,
    Command,
    ConfirmMaintenance,
    GrantCertification,
    Person,
    RecertifyCertification,
    ReinstateCertification,
    RelinquishCertification,
    SuspendCertification,
    TransferCertification,
    WithdrawCertification,
)
from registry.commands.erasure import EraseHolder
from registry.database import open_database
from registry.domain.decision import Case
from registry.log.guard import HeadGuard
from registry.projections.standings import Standings
from registry.publish.folder import PublicFolder
from registry.publish.publisher import Publisher
from registry.store.store import Store
from registry.vault import Vault
from verifier.bundle import format_record, parse_record
from verifier.certificate import format_link, parse_token
from verifier.encoding import end_of_day
from verifier.errors import NotFoundError, UnavailableError
from verifier.fetch import FolderSource, Source, record_path
from verifier.key import ED25519, ES256
from verifier.note import make_verifier
from verifier.trust import Policy, TrustRoot

ORIGIN: Final = "registry.example/log"
TODAY: Final = date(2029, 2, 1)
NOW: Final = datetime(2029, 2, 1, 11, 0, tzinfo=UTC)
SCHEME: Final = Path(__file__).parents[3] / "schemes" / "demo-2026.json"
SOURCE: Final = "https://accreditamento.example/0042"
ACCREDITED: Final = {
    "number": "0042 C",
    "accreditation_body": "Ente Immaginario di Accreditamento",
    "standard": "ISO/IEC 17024:2012",
    "wording": "Accreditato per lo schema dimostrativo",
}
_CASE: Final = Case("decider-1", ("examiner-1",), ("trainer-1",))
_RECEIVED: Final = ("domanda", "esperienza")
_BODIES: Final = {
    "aurora": ("Aurora Certificazioni S.r.l.", ED25519),
    "borea": ("Istituto Boreale di Qualità", ES256),
    "cirro": ("Cirro Verifiche", ED25519),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One certification: its number, and the tokens of its documents, the oldest first."""

    number: str
    tokens: tuple[bytes, ...]

    @property
    def path(self) -> str:
        """The printed link of the newest document, without scheme and host."""
        return self.link(self.tokens[-1])

    def link(self, token: bytes) -> str:
        """A link to this number with that token."""
        return "/" + format_link("x", self.number, token).split("/", 3)[3]


@dataclass(frozen=True, slots=True)
class World:
    """The published registry: its folder, whom to trust, a sample of everything by name, and one that was erased."""

    public: Path
    trust: TrustRoot
    samples: dict[str, Sample]
    token_keys: dict[str, SoftwareSigner]
    erased: Sample

    @property
    def source(self) -> FolderSource:
        """The public files as they are."""
        return FolderSource(self.public)

    def without_body(self, slug: str) -> TrustRoot:
        """A trust root that does not know that body."""
        return replace(self.trust, bodies={s: body for s, body in self.trust.bodies.items() if s != slug})

    def token_over(self, name: str, holder: str) -> bytes:
        """A token of the sample, signed with the body's genuine token key, over another holder's name."""
        parsed = parse_token(self.samples[name].tokens[-1])
        claims = replace(parsed.claims, name=holder, token_id=secrets.token_bytes(16))
        return sign_token(self.token_keys[claims.body], claims)

    def token_by(self, name: str, signer: SoftwareSigner) -> bytes:
        """A token that says what the sample's says, signed by somebody else."""
        return sign_token(signer, parse_token(self.samples[name].tokens[-1]).claims)


class Withheld:
    """Public files of which some are not served, and others do not answer."""

    def __init__(self, source: Source, missing: str = "", silent: str = "") -> None:
        """Hide what begins with ``missing``; what begins with ``silent`` cannot be had."""
        self._source, self._missing, self._silent = source, missing, silent

    def read(self, path: str) -> bytes:
        """The file, unless it is held back."""
        if self._missing and path.startswith(self._missing):
            raise NotFoundError("there is no such file")
        if self._silent and path.startswith(self._silent):
            raise UnavailableError("the registry does not answer")
        return self._source.read(path)


class Altered:
    """Public files of which one is another than the registry published."""

    def __init__(self, source: Source, path: str, alter: Callable[[bytes], bytes]) -> None:
        """Serve what ``alter`` makes of the file at ``path``."""
        self._source, self._path, self._alter = source, path, alter

    def read(self, path: str) -> bytes:
        """The file, altered if it is the one."""
        content = self._source.read(path)
        return self._alter(content) if path == self._path else content


def without_last_event(world: World, name: str) -> Source:
    """Public files whose record of the sample leaves its last event out."""

    def alter(content: bytes) -> bytes:
        record = parse_record(content)
        return format_record(replace(record, entries=dict(list(record.entries.items())[:-1])))

    return Altered(world.source, record_path(world.samples[name].number), alter)


def with_altered_event(world: World, name: str) -> Source:
    """Public files whose record of the sample has one bit of one event changed."""

    def alter(content: bytes) -> bytes:
        value = json.loads(content)
        head, payload, signature = value["entries"][0]["entry"].split(".")
        value["entries"][0]["entry"] = ".".join((head, payload, ("B" if signature[0] == "A" else "A") + signature[1:]))
        return json.dumps(value).encode()

    return Altered(world.source, record_path(world.samples[name].number), alter)


class _Builder:
    """Builds the world, moving its clock from decision to decision."""

    def __init__(self, folder: Path) -> None:
        self.at = datetime(2026, 1, 10, 8, 0, tzinfo=UTC)
        self.public = folder / "public"
        self.key_set = KeySet(folder / "keys", b"a passphrase of a test")
        for purpose in (Purpose.LOG, Purpose.OPERATOR):
            self._enrol(OPERATOR, purpose)
        operator = self.key_set.current(OPERATOR, Purpose.OPERATOR)
        self.log_signer = self.key_set.current(OPERATOR, Purpose.LOG)
        database = open_database(f"sqlite:///{folder / 'registry.sqlite'}")
        database.migrate(MIGRATIONS)
        guard = HeadGuard(folder / "head.sqlite")
        holder_keys = open_holder_keys(folder / "holder-keys.sqlite", generate_master_key())
        self.closing: tuple[Callable[[], None], ...] = (database.close, guard.close, holder_keys.close)
        store = Store(database, guard, ORIGIN, self.log_signer, operator, self.clock)
        streams, vault = Streams(database, store, operator.public_key), Vault(database, holder_keys)
        standings, files = Standings(database, store.log), PublicFolder(self.public)
        self.store = store
        self.registry = Registry(database, store, streams, vault, self.key_set, self.clock, secrets.token_bytes)
        self.register = Register(store, streams, self.key_set, self.clock, secrets.token_bytes)
        self.publisher = Publisher(database, store, streams, standings, vault, files, self.clock)
        self.numbers: dict[str, str] = {}
        self.tokens: dict[str, list[bytes]] = {}

    def clock(self) -> datetime:
        return self.at

    def _enrol(self, owner: str, purpose: Purpose, algorithm: str = ED25519) -> None:
        self.key_set.propose(owner, purpose, generate(algorithm))
        if owner == OPERATOR:
            self.key_set.enrol(owner, purpose)

    def found(self) -> None:
        self.register.publish_edition(SCHEME.read_bytes())
        for slug, (name, algorithm) in _BODIES.items():
            for purpose in (Purpose.EVENT, Purpose.TOKEN, Purpose.RECOVERY):
                self._enrol(slug, purpose, algorithm)
            self.register.register_body(slug, name, f"https://{slug}.example")
        for slug in ("aurora", "borea"):
            self.register.accredit(slug, "demo", SOURCE, ACCREDITED)

    def change_borea(self) -> None:
        """One accreditation suspended, another reduced and withdrawn; a key replaced, and then declared compromised."""
        self.register.suspend_accreditation("borea", "demo", SOURCE)
        self.register.accredit("borea", "altro", SOURCE, {**ACCREDITED, "number": "0043 C"})
        self.register.reduce_accreditation("borea", "altro", SOURCE, ["analista", "addetto"])
        self.register.withdraw_accreditation("borea", "altro", SOURCE)
        old = self.key_set.current("borea", Purpose.EVENT).public_key.key_id
        self.key_set.propose("borea", Purpose.EVENT, generate(ES256))
        self.register.rotate_key("borea", Purpose.EVENT)
        self.register.declare_compromised("borea", Purpose.EVENT, old, self.store.log.head().size)

    def decide(self, name: str, day: date, command: Callable[[str], Command]) -> None:
        self.at = datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)
        recorded = self.registry.decide(command(self.numbers.get(name, "")))
        self.numbers[name] = recorded.number
        if recorded.token is not None:
            self.tokens.setdefault(name, []).append(recorded.token)

    def hand_over(self, name: str) -> None:
        basis = _basis()
        command = TransferCertification(
            "aurora", self.numbers[name], "decider-1", basis, "borea", Case("decider-2"), basis.decision, True
        )
        Transfers(self.registry, secrets.token_bytes).transfer(command)

    def world(self) -> World:
        """The registry as it was published last."""
        bodies = {slug: self.register.trusted_body(slug, ORIGIN) for slug in _BODIES}
        log_key = make_verifier(ORIGIN, self.log_signer.public_key)
        size = self.store.log.head().size
        trust = TrustRoot(ORIGIN, log_key, self.register.operator_key, Policy(), bodies, size)
        samples = {name: Sample(self.numbers[name], tuple(tokens)) for name, tokens in self.tokens.items()}
        erased = samples.pop("erased", Sample("", ()))
        samples.pop("handed over", None)
        token_keys = {slug: self.key_set.current(slug, Purpose.TOKEN) for slug in _BODIES}
        return World(self.public, trust, samples, token_keys, erased)

    def close(self) -> None:
        """Let go of the registry's files."""
        for close in self.closing:
            close()


def _basis(effective_on: date | None = None) -> Basis:
    return Basis("delibera 1", effective_on)


def _grant(
    body: str = "aurora", effective_on: date | None = None, holder: str = "Giulia D’Àngelo-Ferrari", **more: bool
) -> Callable[[str], Command]:
    person = Person(holder, date(1987, 5, 4), "Forlì")
    return lambda _: GrantCertification(
        body,
        "demo-2026",
        "coordinatore",
        person,
        _CASE,
        "esame 1",
        _basis(effective_on),
        received=_RECEIVED,
        **more,
    )


def _suspend(deadline: date, body: str = "aurora") -> Callable[[str], Command]:
    return lambda number: SuspendCertification(body, number, "decider-1", _basis(), "reason", deadline)


def _withdraw(effective_on: date | None = None) -> Callable[[str], Command]:
    return lambda number: WithdrawCertification("aurora", number, "decider-1", _basis(effective_on), "reason")


def _confirm(effective_on: date | None = None) -> Callable[[str], Command]:
    return lambda number: ConfirmMaintenance(
        "aurora", number, "decider-1", _basis(effective_on), ("continuita", "formazione", "reclami")
    )


def _renew(effective_on: date | None = None) -> Callable[[str], Command]:
    return lambda number: RecertifyCertification("aurora", number, _CASE, "esame 2", _basis(effective_on))


def _life() -> Iterable[tuple[date, str, Callable[[str], Command]]]:
    yield date(2026, 1, 12), "expired", _grant(holder="Łukasz Żółć")
    yield date(2026, 1, 14), "renewed late", _grant()
    yield date(2026, 1, 20), "renewed", _grant(holder="María José Núñez de la Peña")
    yield date(2027, 12, 1), "overdue", _grant()
    yield date(2028, 1, 15), "in grace", _grant()
    yield date(2028, 2, 1), "late", _grant()
    yield date(2028, 3, 10), "due", _grant()
    yield date(2028, 4, 3), "reinstated", _grant()
    yield date(2028, 5, 1), "suspended", _grant()
    yield date(2028, 5, 1), "past deadline", _grant()
    yield date(2028, 6, 1), "active", _grant()
    yield date(2028, 6, 1), "ends soon", _grant()
    yield date(2028, 6, 2), "withdrawn", _grant()
    yield date(2028, 6, 2), "relinquished", _grant(holder="Nguyễn Thị Ánh Tuyết")
    yield date(2028, 6, 5), "accreditation suspended", _grant("borea", holder="Søren Åkesson")
    yield date(2028, 6, 6), "unaccredited", _grant("cirro", unaccredited=True)
    yield date(2028, 9, 1), "past deadline", _suspend(date(2029, 1, 15))
    yield date(2028, 10, 1), "reinstated", _suspend(date(2028, 12, 1))
    yield date(2028, 11, 1), "reinstated", lambda number: ReinstateCertification("aurora", number, "d", _basis())
    yield date(2028, 12, 10), "suspended", _suspend(date(2029, 3, 1))
    yield date(2029, 1, 8), "withdrawn", _withdraw()
    yield date(2029, 1, 9), "relinquished", lambda n: RelinquishCertification("aurora", n, "d", _basis())
    yield date(2029, 1, 10), "renewed", _renew()
    yield date(2029, 1, 12), "late", _confirm(date(2029, 1, 9))
    yield date(2029, 1, 18), "renewed late", _renew(date(2029, 1, 15))
    yield date(2029, 1, 20), "not yet", _grant(effective_on=date(2029, 3, 1))
    yield date(2029, 1, 25), "ends soon", _withdraw(date(2029, 2, 15))


def build(folder: Path) -> World:
    """Build the world below ``folder``, published an hour before NOW."""
    builder = _Builder(folder)
    builder.found()
    for day, name, command in _life():
        builder.decide(name, day, command)
    builder.decide("erased", date(2029, 1, 25), _grant(holder="Ottavia Dimenticata"))
    builder.registry.erasure.erase(EraseHolder("aurora", builder.numbers["erased"], "decider-1"))
    builder.decide("handed over", date(2029, 1, 25), _grant(holder="Agnese Trasferita"))
    builder.hand_over("handed over")
    builder.change_borea()
    builder.at = NOW - timedelta(hours=1)
    builder.publisher.publish()
    world = builder.world()
    builder.close()
    return world


def before_and_after_a_withdrawal(folder: Path) -> tuple[World, World]:
    """A registry an hour before NOW, and three hours later, when "active" is withdrawn and "newer" is granted."""
    builder = _Builder(folder)
    builder.found()
    builder.decide("active", date(2029, 1, 20), _grant())
    builder.at = NOW - timedelta(hours=1)
    builder.publisher.publish()
    shutil.copytree(builder.public, folder / "before")
    before = replace(builder.world(), public=folder / "before")
    builder.at = NOW + timedelta(hours=1)
    builder.registry.decide(_withdraw()(builder.numbers["active"]))
    granted = builder.registry.decide(_grant()(""))
    builder.numbers["newer"], builder.tokens["newer"] = granted.number, [granted.token or b""]
    builder.at = NOW + timedelta(hours=2)
    builder.publisher.publish()
    after = builder.world()
    builder.close()
    return before, after


def too_late() -> datetime:
    """An instant at which the world's snapshot is too old to say anything about it."""
    return end_of_day(TODAY + timedelta(days=2))
