"""PostgreSQL: a pool of connections, pipelined, so that a transaction makes few round trips."""

import functools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from registry.database.migration import MIGRATION_TABLE, Migration, Row, Value
from registry.errors import CommitUnknownError, ConflictError, StoreUnavailableError

POOL_SIZE: Final = 10
# From so many rows on, COPY is faster than to insert one after the other.
MANY: Final = 50
WAIT_SECONDS: Final = 30
_MIGRATION_LOCK: Final = 0x61747465  # "atte"


class PostgresTransaction:
    """A transaction in pipeline mode: a statement without rows costs no round trip."""

    def __init__(self, connection: psycopg.Connection[Row], pipeline: ExitStack) -> None:
        """Work on ``connection``, inside its transaction; ``pipeline`` is what leaves pipeline mode."""
        self._connection = connection
        self._pipeline = pipeline
        self._pipeline.enter_context(connection.pipeline())

    def execute(self, sql: str, parameters: Sequence[Value] = ()) -> None:
        """Run a statement."""
        self._connection.execute(_dialect(sql), parameters)

    def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """Run a query and return all its rows."""
        return self._connection.execute(_dialect(sql), parameters).fetchall()

    def rows_of(self, queries: Sequence[tuple[str, Sequence[Value]]]) -> list[list[Row]]:
        """Run queries one after the other, in one round trip, and return the rows of each."""
        cursors = [self._connection.execute(_dialect(sql), parameters) for sql, parameters in queries]
        return [cursor.fetchall() for cursor in cursors]

    def insert(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]], on_conflict: str = ""
    ) -> None:
        """Insert rows; ``on_conflict`` is the SQL for a row that is there already."""
        values = list(rows)
        names, places = ", ".join(columns), f"({', '.join(['%s'] * len(columns))})"
        if on_conflict:
            with self._connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES {places} {on_conflict}", values)
        elif len(values) >= MANY:
            self._copy(table, names, values)
        elif values:
            sql = f"INSERT INTO {table} ({names}) VALUES {', '.join([places] * len(values))}"
            self._connection.execute(sql.encode(), [value for row in values for value in row])

    def _copy(self, table: str, columns: str, rows: Sequence[Sequence[Value]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM {table} LIMIT 0")
            self._pipeline.close()
            # In binary every value travels in its column's own type.
            types = [column.type_code for column in cursor.description or ()]
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row(row)
        self._pipeline.enter_context(self._connection.pipeline())


class PostgresDatabase:
    """A database on a PostgreSQL server."""

    # What an UPDATE takes: a row that refers to this one by its key need not wait.
    for_update = " FOR NO KEY UPDATE"

    def __init__(self, url: str) -> None:
        """Connect to the server at ``url``; its password may come from PGPASSFILE.

        Raises:
            StoreUnavailableError: it does not answer.
        """
        self._pool: ConnectionPool[psycopg.Connection[Row]] = ConnectionPool(
            url, min_size=1, max_size=POOL_SIZE, timeout=WAIT_SECONDS, open=False, configure=_configure
        )
        try:
            self._pool.open(wait=True, timeout=WAIT_SECONDS)
        except PoolTimeout as error:
            self._pool.close()
            raise StoreUnavailableError("the database server does not answer") from error

    @contextmanager
    def transaction(self) -> Iterator[PostgresTransaction]:
        """A transaction that writes."""
        with self._connection() as connection:
            pipeline = ExitStack()
            with pipeline:
                yield PostgresTransaction(connection, pipeline)
                # In the pipeline too: the last statements and their commit are one round trip.
                self._commit(connection, pipeline)

    @contextmanager
    def snapshot(self) -> Iterator[PostgresTransaction]:
        """A transaction that reads one state of the database."""
        with self._connection() as connection, ExitStack() as pipeline:
            transaction = PostgresTransaction(connection, pipeline)
            transaction.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield transaction

    def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """Run one query by itself and return all its rows."""
        with self._connection() as connection:
            connection.set_autocommit(True)
            try:
                return connection.execute(_dialect(sql), parameters).fetchall()
            finally:
                connection.set_autocommit(False)

    def migrate(self, migrations: Sequence[Migration]) -> None:
        """Apply what is not applied yet, in order; several processes may start at once."""
        with self._connection() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
            connection.execute(MIGRATION_TABLE)
            done = {row[0] for row in connection.execute("SELECT name FROM migration").fetchall()}
            for migration in (m for m in migrations if m.name not in done):
                for statement in (*migration.statements, *migration.postgres):
                    connection.execute(statement.encode())
                connection.execute("INSERT INTO migration VALUES (%s)", (migration.name,))

    def scrub(self) -> None:
        """Do nothing: the server keeps what was deleted until it has reused its place (docs/operations.md)."""

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Row]]:
        try:
            with self._pool.connection() as connection:
                yield connection
        except psycopg.errors.IntegrityError as error:
            raise ConflictError("a row is there already") from error
        except (psycopg.Error, PoolTimeout) as error:
            raise StoreUnavailableError(f"the database cannot be used: {error}") from error

    @staticmethod
    def _commit(connection: psycopg.Connection[Row], pipeline: ExitStack) -> None:
        try:
            connection.commit()
            pipeline.close()
        except psycopg.OperationalError as error:
            raise CommitUnknownError("the database stopped answering while committing") from error


def _configure(connection: psycopg.Connection[Any]) -> None:
    connection.prepare_threshold = 2


@functools.lru_cache(maxsize=256)
def _dialect(sql: str) -> bytes:
    return sql.replace("%", "%%").replace("?", "%s").encode()
