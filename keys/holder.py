"""The holders' data keys: one per holder, so that destroying one erases whatever it sealed, in every copy.

They lie wrapped by the master key in an SQLite file of their own, outside the database and its backups. A destroyed key
leaves a row without key: erased is another answer than never known.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.errors import HolderErasedError, KeyMissingError, KeysError, SealError
from keys.master import KEY_BYTES, MasterKey
from keys.secret_file import check_closed

NONCE_BYTES: Final = 12
BUSY_SECONDS: Final = 30
_PAGE: Final = 500
_PROBE: Final = UUID(int=0)
# A table that only grows at its end: no key is ever copied to another page, so overwriting it once is enough.
_SCHEMA: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS holder_key (place INTEGER PRIMARY KEY, holder BLOB NOT NULL UNIQUE, wrapped BLOB) STRICT;
"""


@dataclass(frozen=True, slots=True)
class HolderKey:
    """One holder's data key: AES-256-GCM, a random nonce of 96 bits before each ciphertext."""

    cipher: AESGCM = field(repr=False)

    def seal(self, aad: bytes, plaintext: bytes) -> bytes:
        """Encrypt for the place that ``aad`` names: nonce, ciphertext and tag, 28 octets more than the plaintext."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self.cipher.encrypt(nonce, plaintext, aad)

    def unseal(self, aad: bytes, sealed: bytes) -> bytes:
        """Decrypt what was sealed for that place.

        Raises:
            SealError: altered, moved from another place, or sealed by another key.
        """
        try:
            return self.cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], aad)
        except (InvalidTag, ValueError) as error:
            raise SealError("what was sealed does not open: altered, moved, or another holder's") from error


@dataclass(frozen=True, slots=True)
class HolderKeys:
    """The store of the holders' keys; several threads and processes may share one."""

    connection: sqlite3.Connection = field(repr=False)
    master: MasterKey = field(repr=False)
    lock: Lock = field(default_factory=Lock, repr=False)

    def create(self, holders: Iterable[UUID]) -> None:
        """Make a key for each holder who has none yet, all in one transaction.

        Raises:
            HolderErasedError: a holder's key was destroyed; nobody gets a second one, and no key was made.
        """
        with self.lock:
            absent = [holder for holder in holders if not self._has(holder)]
        if not absent:
            return
        rows = [(holder.bytes, self.master.wrap(os.urandom(KEY_BYTES))) for holder in absent]
        with self._transaction() as connection:
            connection.executemany(
                "INSERT INTO holder_key (holder, wrapped) VALUES (?, ?) ON CONFLICT DO NOTHING", rows
            )
            for holder, _ in rows:
                self._wrapped(holder)

    def make(self, holders: Sequence[UUID]) -> dict[UUID, HolderKey]:
        """Make a key for each of these holders, who are nobody yet, in one transaction, and hand the keys out.

        Raises:
            KeysError: one of them has a key, or had one; no key was made.
        """
        keys = {holder: os.urandom(KEY_BYTES) for holder in holders}
        rows = [(holder.bytes, self.master.wrap(key)) for holder, key in keys.items()]
        with self._transaction() as connection:
            connection.executemany("INSERT INTO holder_key (holder, wrapped) VALUES (?, ?)", rows)
        return {holder: HolderKey(AESGCM(key)) for holder, key in keys.items()}

    def open(self, holder: UUID) -> HolderKey:
        """The holder's key; do not keep it, it may be destroyed meanwhile.

        Raises:
            KeyMissingError: the holder has none.
            HolderErasedError: it was destroyed.
            SealError: another master key wrapped it.
        """
        with self.lock:
            wrapped = self._wrapped(holder.bytes)
        return HolderKey(AESGCM(self.master.unwrap(wrapped)))

    def find_intact(self, holders: Sequence[UUID]) -> list[UUID]:
        """Those of the holders who have a key, which may open what it sealed; in the order of their ids."""
        found: list[UUID] = []
        for start in range(0, len(holders), _PAGE):
            page = [holder.bytes for holder in holders[start : start + _PAGE]]
            places = ", ".join("?" * len(page))
            sql = f"SELECT holder FROM holder_key WHERE wrapped IS NOT NULL AND holder IN ({places})"
            with self.lock, _usable():
                found += [UUID(bytes=row[0]) for row in self.connection.execute(sql, page)]
        return sorted(found)

    def destroy(self, holder: UUID) -> None:
        """Destroy the holder's key for ever, here; a holder without key is marked erased all the same.

        The wrapped key is overwritten in the file and in its write-ahead log. What a disk keeps below its file system
        is wrapped by the master key still.

        Raises:
            KeysError: a reader kept the write-ahead log for five seconds; destroy the key again to finish.
        """
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO holder_key (holder) VALUES (?) ON CONFLICT DO UPDATE SET wrapped = NULL", (holder.bytes,)
            )
        with self.lock:
            busy, *_ = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise KeysError("the holder's key is destroyed, but a copy is left in the write-ahead log")

    def unseal(self, holder: UUID, aad: bytes, sealed: bytes) -> bytes:
        """Decrypt with the holder's key; raises what ``open`` and ``HolderKey.unseal`` raise."""
        return self.open(holder).unseal(aad, sealed)

    def close(self) -> None:
        """Close the store's file."""
        with self.lock:
            self.connection.close()

    def _has(self, holder: UUID) -> bool:
        try:
            self._wrapped(holder.bytes)
        except KeyMissingError:
            return False
        return True

    def _wrapped(self, holder: bytes) -> bytes:
        with _usable():
            row = self.connection.execute("SELECT wrapped FROM holder_key WHERE holder = ?", (holder,)).fetchone()
        match row:
            case None:
                raise KeyMissingError(f"holder {UUID(bytes=holder)} has no data key")
            case (bytes(wrapped),):
                return wrapped
        raise HolderErasedError(f"the data key of holder {UUID(bytes=holder)} was destroyed")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self.lock, _usable(), self.connection:
            self.connection.execute("BEGIN IMMEDIATE")
            yield self.connection


@contextmanager
def _usable() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise KeysError(f"the holders' keys cannot be used: {error}") from error


def open_holder_keys(path: Path, master: MasterKey) -> HolderKeys:
    """Open the store, or make it where there is none (mode 0600).

    Raises:
        SealError: the store was made under another master key.
        KeyFileError: others than its owner may read the file.
        KeysError: the file is none, or cannot be used.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        check_closed(path, descriptor)
    finally:
        os.close(descriptor)
    with _usable():
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    keys = HolderKeys(connection, master)
    # Nobody's key, made first: it tells another master key at once, before a holder's key is wrapped by it.
    try:
        with _usable():
            connection.executescript(_SCHEMA)
        keys.create([_PROBE])
        keys.open(_PROBE)
    except KeysError:
        keys.close()
        raise
    return keys
