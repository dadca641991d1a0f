"""The head guard: the largest signed head, kept outside the database, so that a restored backup cannot sign a fork."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from registry.errors import ForkError, StoreUnavailableError

_SCHEMA: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS head (
    id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL, root BLOB NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Head:
    """A tree's size and root."""

    size: int
    root: bytes


class HeadGuard:
    """The largest head that was ever signed, in an SQLite file of its own; several processes may share it."""

    def __init__(self, path: Path) -> None:
        """Open or make the file at ``path``, best on another volume than the database.

        Raises:
            StoreUnavailableError: it cannot be opened.
        """
        self._lock = Lock()
        try:
            self._connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            self._connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise StoreUnavailableError(f"the head guard {path} cannot be opened: {error}") from error

    def read(self) -> Head | None:
        """The largest signed head, None before the first."""
        with self._lock:
            return self._read()

    def advance(self, head: Head) -> Head:
        """Move the guard to ``head`` if that is larger, and return where the guard then stands.

        Raises:
            ForkError: the guard holds another root for that size.
        """
        with self._transaction():
            held = self._read()
            if held is not None and held.size >= head.size:
                if held.size == head.size and held.root != head.root:
                    raise ForkError(f"two roots for size {head.size}: nothing is signed")
                return held
            self._connection.execute("REPLACE INTO head VALUES (1, ?, ?)", (head.size, head.root))
            return head

    def close(self) -> None:
        """Close the guard's file."""
        with self._lock:
            self._connection.close()

    def _read(self) -> Head | None:
        row = self._connection.execute("SELECT size, root FROM head").fetchone()
        return None if row is None else Head(*row)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise StoreUnavailableError(f"the head guard cannot be used: {error}") from error
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
