"""Many rows at once: however they reach the database, they are whole, in their types, and refused together."""

from collections.abc import Iterator
from typing import Final

import pytest

from registry.database import Database, open_database
from registry.database.migration import Migration, Row
from registry.errors import ConflictError

_THINGS: Final = Migration(
    "things", ("CREATE TABLE thing (place BIGINT PRIMARY KEY, small INTEGER, name TEXT NOT NULL, body BYTEA)",)
)
_COLUMNS: Final = ("place", "small", "name", "body")
_ROWS: Final[list[Row]] = [
    (
        (1 << 40) + place,
        None if place % 7 == 0 else place,
        f"Zoë\t\\N {place}",
        None if place % 5 == 0 else b"\x00\xff\n",
    )
    for place in range(2000)
]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    database.migrate([_THINGS])
    yield database
    database.close()


def _things(database: Database) -> list[Row]:
    with database.snapshot() as reading:
        return reading.rows("SELECT place, small, name, body FROM thing ORDER BY place")


def _insert_all(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.execute("INSERT INTO thing VALUES (1, 1, 'before', NULL)")
        transaction.insert("thing", _COLUMNS, _ROWS)


def test_many_rows_are_read_as_they_were_inserted_between_other_statements(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.execute("INSERT INTO thing VALUES (1, 1, 'before', NULL)")
        transaction.insert("thing", _COLUMNS, iter(_ROWS))
        transaction.execute("INSERT INTO thing VALUES (2, 2, 'after', NULL)")
        counted = transaction.rows("SELECT count(*) FROM thing")

    assert counted == [(2002,)]
    assert _things(database) == [(1, 1, "before", None), (2, 2, "after", None), *_ROWS]


def test_of_many_rows_none_is_kept_where_one_is_there_already(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.insert("thing", _COLUMNS, _ROWS[-1:])

    with pytest.raises(ConflictError):
        _insert_all(database)

    assert _things(database) == _ROWS[-1:]


def test_many_rows_that_are_there_already_may_be_answered_in_the_statement(database: Database) -> None:
    for _ in range(2):
        with database.transaction() as transaction:
            transaction.insert("thing", _COLUMNS, _ROWS, "ON CONFLICT DO NOTHING")

    assert _things(database) == _ROWS
