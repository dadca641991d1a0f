"""SQLite: one file, no server; a connection for each transaction under way, WAL, every commit on disk."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Final

from registry.database.migration import MIGRATION_TABLE, Migration, Row, Value
from registry.errors import ConflictError, StoreUnavailableError

BUSY_SECONDS: Final = 30
_SWITCH_SECONDS: Final = 0.02
# Room for what one batch of a projection changes: in SQLite's own 2,000 a page is written and read several times in one
# transaction.
_CACHE_KIB: Final = 16_384


class SqliteTransaction:
    """A transaction on a connection of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Work on ``connection``, which has begun."""
        self._connection = connection

    def execute(self, sql: str, parameters: Sequence[Value] = ()) -> None:
        """Run a statement."""
        self._connection.execute(sql, parameters)

    def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """Run a query and return all its rows."""
        return self._connection.execute(sql, parameters).fetchall()

    def rows_of(self, queries: Sequence[tuple[str, Sequence[Value]]]) -> list[list[Row]]:
        """Run queries one after the other and return the rows of each."""
        return [self.rows(*query) for query in queries]

    def insert(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]], on_conflict: str = ""
    ) -> None:
        """Insert rows; ``on_conflict`` is the SQL for a row that is there already."""
        places = ", ".join("?" * len(columns))
        self._connection.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) {on_conflict}", rows
        )


class SqliteDatabase:
    """A database in one file."""

    for_update = ""

    def __init__(self, path: Path) -> None:
        """Open or make the file at ``path``.

        Raises:
            StoreUnavailableError: it cannot be opened.
        """
        self._path = path
        # Not one for each thread: a server's threads come and go, and each would leave an open file behind.
        self._idle = [self._open()]
        self._closed = False

    @contextmanager
    def transaction(self) -> Iterator[SqliteTransaction]:
        """A transaction that writes."""
        with self._begun("BEGIN IMMEDIATE") as transaction:
            yield transaction

    @contextmanager
    def snapshot(self) -> Iterator[SqliteTransaction]:
        """A transaction that reads one state of the database."""
        with self._begun("BEGIN") as transaction:
            yield transaction

    def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """Run one query by itself and return all its rows."""
        try:
            with self._connection() as connection:
                return connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise StoreUnavailableError(f"the database cannot be used: {error}") from error

    def migrate(self, migrations: Sequence[Migration]) -> None:
        """Apply what is not applied yet, in order; several processes may start at once."""
        with self.transaction() as transaction:
            transaction.execute(MIGRATION_TABLE)
            done = {row[0] for row in transaction.rows("SELECT name FROM migration")}
            for migration in (m for m in migrations if m.name not in done):
                for statement in (*migration.statements, *migration.sqlite):
                    transaction.execute(_dialect(statement))
                transaction.insert("migration", ["name"], [(migration.name,)])

    def scrub(self) -> None:
        """Empty the write-ahead log, which holds pages as they were, but for what somebody is reading."""
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection; no thread may be using one."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _begun(self, begin: str) -> Iterator[SqliteTransaction]:
        with self._connection() as connection:
            try:
                connection.execute(begin)
                try:
                    yield SqliteTransaction(connection)
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
            except sqlite3.IntegrityError as error:
                raise ConflictError("a row is there already") from error
            except sqlite3.Error as error:
                raise StoreUnavailableError(f"the database cannot be used: {error}") from error

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if self._closed:
            raise StoreUnavailableError("the database cannot be used: it is closed")
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._open()
        try:
            yield connection
        finally:
            self._idle.append(connection)

    def _open(self) -> sqlite3.Connection:
        try:
            return connect(self._path)
        except sqlite3.Error as error:
            raise StoreUnavailableError(f"the database {self._path} cannot be opened: {error}") from error


def connect(path: Path, schema: str = "") -> sqlite3.Connection:
    """A connection to the file at ``path``, made where there is none: WAL, every commit on disk, foreign keys checked.

    What is deleted is overwritten with zeros. ``schema`` is run on it before it is handed out.

    Raises:
        sqlite3.Error: it is no database, or another process keeps it locked.
    """
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _switch_to_wal(connection)
        connection.executescript("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.executescript(schema)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    # Of processes that make the file at once only one can switch, and SQLite's own timeout does not wait for it.
    for _ in range(int(BUSY_SECONDS / _SWITCH_SECONDS)):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            sleep(_SWITCH_SECONDS)
        else:
            return
    raise sqlite3.OperationalError("it is locked")


def _dialect(statement: str) -> str:
    return statement.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY").replace("BYTEA", "BLOB")
