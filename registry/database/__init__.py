"""One small face for SQLite and PostgreSQL: transactions, rows, bulk inserts, migrations.

SQL is written once, with ``?`` for a parameter and PostgreSQL's type names; ids and hashes are BYTEA.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Protocol, TypeVar

from registry.database.migration import Migration, Row, Value
from registry.database.postgres import PostgresDatabase
from registry.database.sqlite import SqliteDatabase
from registry.errors import SettingError

Query = tuple[str, Sequence[Value]]
T = TypeVar("T")
PAGE: Final = 1000


class Transaction(Protocol):
    """Statements that take effect together or not at all."""

    def execute(self, sql: str, parameters: Sequence[Value] = ()) -> None:
        """Run a statement."""

    def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """Run a query and return all its rows."""

    def rows_of(self, queries: Sequence[Query]) -> list[list[Row]]:
        """Run queries one after the other, in one round trip, and return the rows of each."""

    def insert(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]], on_conflict: str = ""
    ) -> None:
        """Insert rows; ``on_conflict`` is the SQL for a row that is there already.

        Raises:
            ConflictError: a row is there already.
        """


class Database(Protocol):
    """A database that several threads may use."""

    for_update: str

    def transaction(self) -> AbstractContextManager[Transaction]:
        """A transaction that writes.

        Raises:
            ConflictError: a row is there already.
            StoreUnavailableError: the database does not answer.
            CommitUnknownError: it stopped answering while committing.
        """

    def snapshot(self) -> AbstractContextManager[Transaction]:
        """A transaction that reads one state of the database."""

    def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """Run one query by itself and return all its rows.

        Raises:
            StoreUnavailableError: the database does not answer.
        """

    def migrate(self, migrations: Sequence[Migration]) -> None:
        """Apply what is not applied yet, in order; several processes may start at once."""

    def scrub(self) -> None:
        """Let no copy of what was deleted lie in a file beside the tables, as far as this kind of database can.

        Raises:
            StoreUnavailableError: the database does not answer.
        """

    def close(self) -> None:
        """Close every connection."""


def pages(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Values in pages of at most PAGE, which is what one query takes."""
    for start in range(0, len(values), PAGE):
        yield values[start : start + PAGE]


def open_database(url: str) -> Database:
    """Open ``sqlite:///path`` or ``postgresql://…``.

    Raises:
        SettingError: another kind of address.
        StoreUnavailableError: the database does not answer.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        return SqliteDatabase(Path(rest[1:]))
    if scheme in {"postgresql", "postgres"}:
        return PostgresDatabase(url)
    raise SettingError("a database is sqlite:///path or postgresql://…")
