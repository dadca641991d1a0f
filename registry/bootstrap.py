"""The composition root: from settings to a registry whose parts know time, chance and disk as they are given them."""

import functools
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from keys.holder import open_holder_keys
from keys.key_set import OPERATOR, KeySet
from keys.master import generate_master_key, open_master_key, write_master_key
from keys.seal import PadesSealer
from keys.signer import Purpose, generate
from registry.application.answers import ANSWERS
from registry.application.evidence import EVIDENCE
from registry.application.exams import EXAMS
from registry.application.handovers import Handovers
from registry.application.offers import OFFERS, Offers
from registry.application.preparations import HANDOVERS, PREPARATIONS, Preparations
from registry.application.register import Register
from registry.application.registry import Registry
from registry.application.remains import ERASURE
from registry.application.streams import EDITION_PLACES, SCHEMES, Streams
from registry.application.transfer import Transfers
from registry.database import Database, open_database
from registry.errors import SettingError
from registry.log.guard import HeadGuard
from registry.projections.standings import STANDINGS, Standings
from registry.publish.folder import PublicFolder
from registry.publish.publisher import PUBLISHED, Publisher
from registry.publish.statements import Statements
from registry.seal import open_seal, seal_roots
from registry.settings import SETTINGS_FILE, Settings, format_settings, make_settings
from registry.store.schema import LOG
from registry.store.store import Clock, Store
from registry.vault import TOMBSTONES, VAULT, Vault
from verifier.errors import FormatError
from verifier.event import parse_time
from verifier.note import make_verifier
from verifier.trust import Policy, TrustRoot, format_trust_root

MIGRATIONS: Final = (
    LOG, SCHEMES, VAULT, ANSWERS, STANDINGS, PUBLISHED, PREPARATIONS, EXAMS, EVIDENCE, TOMBSTONES, ERASURE,
    HANDOVERS, OFFERS, EDITION_PLACES,
)  # fmt: skip
_MASTER_KEY: Final = "master.json"


@dataclass(frozen=True, slots=True)
class Attesto:
    """A registry and everything around it, open; ``sealer`` opens the seal on documents when it is first asked for."""

    settings: Settings
    database: Database
    store: Store
    streams: Streams
    vault: Vault
    registry: Registry
    preparations: Preparations
    handovers: Handovers
    offers: Offers
    register: Register
    standings: Standings
    publisher: Publisher
    key_set: KeySet
    sealer: Callable[[], PadesSealer | None]

    @property
    def statements(self) -> Statements:
        """What bodies state of the whole of their certifications."""
        return Statements(self.store, self.streams, self.standings)

    @property
    def transfers(self) -> Transfers:
        """What hands certifications over from one body to another."""
        return Transfers(self.registry, secrets.token_bytes)

    def trust_root(self) -> TrustRoot:
        """Whom a verifier of this registry believes, as of now.

        Raises:
            SettingError: the file of the seal's roots cannot be used.
            TamperedError, TrustError: a body's stream is not what was signed.
        """
        # A projection that a crash left behind would leave bodies out. The day is of no consequence here.
        self.standings.catch_up(self.store.log.head().size, self.standings.position().day)
        origin = self.settings.origin
        log_key = make_verifier(origin, self.key_set.current(OPERATOR, Purpose.LOG).public_key)
        bodies = {s.body: self.register.trusted_body(s.body, origin) for s in self.standings.of_kind("body")}
        policy = Policy(self.settings.snapshot_max_age)
        # What is not published yet, nobody outside can hold against the log.
        size = self.publisher.size()
        roots = seal_roots(self.settings)
        return TrustRoot(origin, log_key, self.register.operator_key, policy, bodies, size, roots)

    def write_trust_root(self) -> Path:
        """Write the trust root's file, and a copy beside the public files for whoever has none yet.

        Raises:
            SettingError: a file cannot be written, or that of the seal's roots cannot be used.
            TamperedError, TrustError: a body's stream is not what was signed.
        """
        path = self.settings.path(self.settings.trust_file)
        content = format_trust_root(self.trust_root())
        PublicFolder(path.parent).write(path.name, content)
        PublicFolder(self.settings.path(self.settings.public_folder)).write("trust.json", content)
        return path


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


def initialise(
    folder: Path, origin: str, address: str, database_url: str = "", database_password_file: str = ""
) -> Settings:
    """Make a registry in ``folder``: settings, passphrase, keys, database.

    Raises:
        SettingError: there is something already, or a setting is not what it should be.
        StoreError: the database does not answer.
        KeysError: a key cannot be made or used.
    """
    path = folder / SETTINGS_FILE
    if path.exists():
        raise SettingError(f"there is a registry in {folder} already")
    given = {"database_url": database_url, "database_password_file": database_password_file}
    written = {"origin": origin, "address": address} | {name: value for name, value in given.items() if value}
    settings = make_settings(folder, written, os.environ)
    for place in (settings.guard_file, settings.passphrase_file, settings.holder_keys_file, settings.keys_folder / "x"):
        settings.path(place).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make_secrets(settings)
    with open_registry(settings) as attesto:
        attesto.store.begin_guard()
        attesto.write_trust_root()
    # Last, so that what stopped half-way is no registry yet and can be made again.
    path.touch(mode=0o600)
    path.write_text(format_settings(written), encoding="utf-8")
    return settings


def _make_secrets(settings: Settings) -> None:
    path = settings.path(settings.passphrase_file)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32) + "\n", encoding="ascii")
    passphrase = read_passphrase(settings)
    key_set = KeySet(settings.path(settings.keys_folder), passphrase)
    for purpose in (Purpose.LOG, Purpose.OPERATOR):
        if not key_set.generations(OPERATOR, purpose):
            key_set.propose(OPERATOR, purpose, generate())
            key_set.enrol(OPERATOR, purpose)
    master = settings.path(settings.keys_folder) / _MASTER_KEY
    if not master.exists():
        write_master_key(master, generate_master_key(), passphrase)


def read_passphrase(settings: Settings) -> bytes:
    """The passphrase of the key files.

    Raises:
        SettingError: its file is missing, unreadable or empty.
    """
    path = settings.path(settings.passphrase_file)
    try:
        passphrase = path.read_bytes().strip()
    except OSError as error:
        raise SettingError(f"the passphrase file {path} cannot be read: {error.strerror}") from error
    if not passphrase:
        raise SettingError(f"the passphrase file {path} is empty")
    return passphrase


@contextmanager
def open_registry(settings: Settings, clock: Clock = now) -> Iterator[Attesto]:
    """Open everything, and close it at the end; ``clock`` gives the present instant (UTC).

    Raises:
        SettingError: a file is missing or not what it should be, or the log is of another origin.
        StoreError: the database does not answer.
        KeysError: a key cannot be used.
    """
    with ExitStack() as stack:
        passphrase = read_passphrase(settings)
        keys_folder = settings.path(settings.keys_folder)
        key_set = KeySet(keys_folder, passphrase)
        database = open_database(_database_url(settings))
        stack.callback(database.close)
        database.migrate(MIGRATIONS)
        guard = HeadGuard(settings.path(settings.guard_file))
        stack.callback(guard.close)
        holder_keys = open_holder_keys(
            settings.path(settings.holder_keys_file), open_master_key(keys_folder / _MASTER_KEY, passphrase)
        )
        stack.callback(holder_keys.close)
        operator = key_set.current(OPERATOR, Purpose.OPERATOR)
        log_signer = key_set.current(OPERATOR, Purpose.LOG)
        store = Store(database, guard, settings.origin, log_signer, operator, clock)
        _check_origin(store)
        streams = Streams(database, store, operator.public_key)
        vault = Vault(database, holder_keys)
        standings = Standings(database, store.log)
        folder = PublicFolder(settings.path(settings.public_folder))
        registry = Registry(database, store, streams, vault, key_set, clock, secrets.token_bytes)
        yield Attesto(
            settings,
            database,
            store,
            streams,
            vault,
            registry,
            Preparations(database, registry, clock, secrets.token_bytes),
            Handovers(database, registry, clock, secrets.token_bytes),
            Offers(database, registry, clock, secrets.token_bytes),
            Register(store, streams, key_set, clock, secrets.token_bytes),
            standings,
            Publisher(database, store, streams, standings, vault, folder, clock),
            key_set,
            functools.cache(functools.partial(open_seal, settings, clock)),
        )


def _check_origin(store: Store) -> None:
    for _, body in store.log.times(-1, 1):
        # A first entry that is none is the doctor's to name.
        with suppress(FormatError):
            if (log := parse_time(body).log) != store.origin:
                raise SettingError(f"setting origin is {store.origin}, but the log in the database is {log}")


def _database_url(settings: Settings) -> str:
    path = settings.database_password_file
    if path == Path():
        return settings.database
    if settings.database.startswith("sqlite:"):
        raise SettingError("setting database_password_file is of use with a PostgreSQL database only")
    try:
        password = settings.path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingError(f"the database's password file {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingError(f"the database's password file {path} is not UTF-8") from error
    separator = "&" if "?" in settings.database else "?"
    return f"{settings.database}{separator}password={quote(password, safe='')}"
