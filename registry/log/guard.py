"""The head guard: the largest signed head, kept outside the database, so that a restored backup cannot sign a fork."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from registry.database.sqlite import connect
from registry.errors import ForkError, StoreUnavailableError

_SCHEMA: Final = """
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
            self._connection = connect(path, _SCHEMA)
        except sqlite3.Error as error:
            raise StoreUnavailableError(f"the head guard {path} cannot be opened: {error}") from error

    def read(self) -> Head | None:
        """The largest signed head, None before the first.

        Raises:
            StoreUnavailableError: the guard's file cannot be read.
        """
        with self._transaction("BEGIN"):
            return self._read()

    def advance(self, head: Head) -> Head:
        """Move the guard to ``head`` if that is larger, and return where the guard then stands.

        Raises:
            ForkError: the guard holds another root for that size.
            StoreUnavailableError: the guard's file cannot be written.
        """
        with self._transaction("BEGIN IMMEDIATE"):
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
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._lock:
            try:
                self._connection.execute(begin)
                try:
                    yield
                    self._connection.execute("COMMIT")
                finally:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                raise StoreUnavailableError(f"the head guard cannot be used: {error}") from error
