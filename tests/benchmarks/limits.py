"""Raw limits: the same bytes, signed and stored, read and parsed, with nothing of ours around it."""

import sqlite3
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import msgspec
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.database.migration import Row

# The log's own table, under the same keys.
_TABLE: Final = """CREATE TABLE raw_entry (
    leaf_index BIGINT PRIMARY KEY, stream BYTEA, sequence INTEGER, topic TEXT NOT NULL, body BYTEA NOT NULL,
    nodes BYTEA NOT NULL, UNIQUE (stream, sequence)
)"""
_READ: Final = (
    "SELECT leaf_index, stream, sequence, topic, body FROM raw_entry "
    "WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index"
)
_PAGE: Final = 1000


class Raw(Protocol):
    """A table of entries of its own, written and read in the fastest way that is durable."""

    def append(self, rows: Sequence[Row]) -> None:
        """Insert rows in one transaction, on disk when this returns."""

    def read(self, start: int, end: int) -> list[Row]:
        """The rows with leaf indexes in [start, end)."""

    def close(self) -> None:
        """Close the connection."""


class RawSqlite:
    """A file beside the registry's, with its settings."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        self._connection.execute(_TABLE.replace("BIGINT", "INTEGER").replace("BYTEA", "BLOB"))

    def append(self, rows: Sequence[Row]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT INTO raw_entry VALUES (?, ?, ?, ?, ?, ?)", rows)
        self._connection.execute("COMMIT")

    def read(self, start: int, end: int) -> list[Row]:
        return self._connection.execute(_READ, (start, end)).fetchall()

    def close(self) -> None:
        self._connection.close()


class RawPostgres:
    """A table on the registry's server: COPY for many rows, one statement for few."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True, prepare_threshold=1)
        self._connection.execute(_TABLE.encode())

    def append(self, rows: Sequence[Row]) -> None:
        if len(rows) < 10:
            places = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))
            flat = [value for row in rows for value in row]
            self._connection.execute(f"INSERT INTO raw_entry VALUES {places}".encode(), flat)
            return
        with self._connection.cursor() as cursor, cursor.copy("COPY raw_entry FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int8", "bytea", "int4", "text", "bytea", "bytea"])
            for row in rows:
                copy.write_row(row)

    def read(self, start: int, end: int) -> list[Row]:
        return self._connection.execute(_READ.replace("?", "%s").encode(), (start, end)).fetchall()

    def close(self) -> None:
        self._connection.close()


def open_raw(url: str, place: Path) -> Raw:
    """The raw table beside a registry's database."""
    return RawPostgres(url) if url else RawSqlite(place / "raw.sqlite")


def sign_and_append(raw: Raw, rows: Sequence[Row], batch: int) -> None:
    """Sign every row's bytes and insert it, ``batch`` rows to a commit."""
    key = Ed25519PrivateKey.generate()
    for start in range(0, len(rows), batch):
        page = rows[start : start + batch]
        for row in page:
            key.sign(_body(row))
        raw.append(page)


def read_and_parse(raw: Raw, start: int, end: int) -> None:
    """Read rows page by page, and parse the payload of each."""
    for first in range(start, end, _PAGE):
        for row in raw.read(first, min(first + _PAGE, end)):
            part = _body(row).split(b".")[1]
            msgspec.json.decode(urlsafe_b64decode(part + b"=" * (-len(part) % 4)))


def _body(row: Row) -> bytes:
    return row[4] if isinstance(row[4], bytes) else b""
