"""Raw limits: the same bytes, signed and stored, read and parsed, with nothing of ours around it."""

import sqlite3
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import msgspec
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.database.migration import Row

# The registry's own tables for a grant, under the same keys; a row's columns in their order.
_TABLES: Final = (
    """CREATE TABLE raw_entry (
        leaf_index BIGINT PRIMARY KEY, stream BYTEA, sequence INTEGER, topic TEXT NOT NULL, body BYTEA NOT NULL,
        nodes BYTEA NOT NULL, UNIQUE (stream, sequence)
    )""",
    """CREATE TABLE raw_holder (
        holder BYTEA PRIMARY KEY, body TEXT NOT NULL, reference TEXT, tag BYTEA NOT NULL, UNIQUE (body, reference)
    )""",
    """CREATE TABLE raw_number (
        number TEXT PRIMARY KEY, certification BYTEA NOT NULL UNIQUE, body TEXT NOT NULL,
        holder BYTEA NOT NULL REFERENCES raw_holder (holder), disclosure TEXT NOT NULL
    )""",
    """CREATE TABLE raw_hidden (
        event BYTEA PRIMARY KEY, certification BYTEA NOT NULL, holder BYTEA NOT NULL, sealed BYTEA NOT NULL
    )""",
    "CREATE INDEX raw_hidden_certification ON raw_hidden (certification)",
)
_COLUMNS: Final = {
    "raw_entry": ("int8", "bytea", "int4", "text", "bytea", "bytea"),
    "raw_holder": ("bytea", "text", "text", "bytea"),
    "raw_number": ("text", "bytea", "text", "bytea", "text"),
    "raw_hidden": ("bytea", "bytea", "bytea", "bytea"),
}
Tables = Mapping[str, Sequence[Row]]
_READ: Final = (
    "SELECT leaf_index, stream, sequence, topic, body FROM raw_entry "
    "WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index"
)
_PAGE: Final = 1000
# As long as the part of a token that is the same for all.
_TOKEN: Final = bytes(180)


class Raw(Protocol):
    """Tables of its own, written and read in the fastest way that is durable."""

    def append(self, tables: Tables) -> None:
        """Insert rows by table in one transaction, on disk when this returns."""

    def read(self, start: int, end: int) -> list[Row]:
        """The rows with leaf indexes in [start, end)."""

    def close(self) -> None:
        """Close the connection."""


class RawSqlite:
    """A file beside the registry's, with its settings."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
        )
        for table in _TABLES:
            self._connection.execute(table.replace("BIGINT", "INTEGER").replace("BYTEA", "BLOB"))

    def append(self, tables: Tables) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for table, rows in tables.items():
            places = ", ".join("?" * len(_COLUMNS[table]))
            self._connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
        self._connection.execute("COMMIT")

    def read(self, start: int, end: int) -> list[Row]:
        return self._connection.execute(_READ, (start, end)).fetchall()

    def close(self) -> None:
        self._connection.close()


class RawPostgres:
    """A table on the registry's server: COPY for many rows, one statement for few."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True, prepare_threshold=1)
        for table in _TABLES:
            self._connection.execute(table.encode())

    def append(self, tables: Tables) -> None:
        if max(map(len, tables.values())) < 10:
            with self._connection.pipeline(), self._connection.transaction():
                for table, rows in tables.items():
                    self._insert(table, rows)
        else:
            with self._connection.transaction():
                for table, rows in tables.items():
                    self._copy(table, rows)

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        places = ", ".join([f"({', '.join(['%s'] * len(_COLUMNS[table]))})"] * len(rows))
        flat = [value for row in rows for value in row]
        self._connection.execute(f"INSERT INTO {table} VALUES {places}".encode(), flat)

    def _copy(self, table: str, rows: Sequence[Row]) -> None:
        with self._connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(list(_COLUMNS[table]))
            for row in rows:
                copy.write_row(row)

    def read(self, start: int, end: int) -> list[Row]:
        return self._connection.execute(_READ.replace("?", "%s").encode(), (start, end)).fetchall()

    def close(self) -> None:
        self._connection.close()


def open_raw(url: str, place: Path) -> Raw:
    """The raw table beside a registry's database."""
    return RawPostgres(url) if url else RawSqlite(place / "raw.sqlite")


def sign_and_append(raw: Raw, batches: Sequence[Tables]) -> None:
    """Sign what each grant signs, its events and its token, and insert what it inserts, a batch to a commit."""
    key = Ed25519PrivateKey.generate()
    for tables in batches:
        for row in tables["raw_entry"]:
            key.sign(_body(row))
        for row in tables["raw_number"]:
            key.sign(_TOKEN + _octets(row[1]))
        raw.append(tables)


def read_and_parse(raw: Raw, start: int, end: int) -> None:
    """Read rows page by page, and parse the payload of each."""
    for first in range(start, end, _PAGE):
        for row in raw.read(first, min(first + _PAGE, end)):
            part = _body(row).split(b".")[1]
            msgspec.json.decode(urlsafe_b64decode(part + b"=" * (-len(part) % 4)))


def _body(row: Row) -> bytes:
    return _octets(row[4])


def _octets(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""
