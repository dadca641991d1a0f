"""What every database promises: whole transactions, one state per reader, migrations once."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg
import pytest

from registry.bootstrap import MIGRATIONS
from registry.database import Database, open_database, postgres
from registry.database.migration import Migration, Row
from registry.errors import CommitUnknownError, ConflictError, SettingError, StoreUnavailableError
from tests.contracts.threads import together

_THINGS: Final = Migration(
    "things",
    (
        "CREATE TABLE thing (name TEXT PRIMARY KEY, body BYTEA, number BIGINT)",
        "INSERT INTO thing VALUES ('first', NULL, 1)",
    ),
)
_DROP_AT_COMMIT: Final = Migration(
    "drop at commit",
    (),
    postgres=(
        """CREATE FUNCTION drop_connection() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$""",
        """CREATE CONSTRAINT TRIGGER drop_at_commit AFTER INSERT ON thing DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION drop_connection()""",
    ),
)
_COLUMNS: Final = ("name", "body", "number")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    database.migrate([_THINGS])
    yield database
    database.close()


def things(database: Database) -> list[Row]:
    with database.snapshot() as reading:
        return reading.rows("SELECT name, body, number FROM thing ORDER BY name")


def test_what_a_transaction_wrote_is_there_for_the_next_reader(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.insert("thing", _COLUMNS, [("a", b"\x00\xff%s?", 1 << 40), ("b", b"", None)])
        transaction.execute("UPDATE thing SET number = ? WHERE name = ?", (7, "first"))

    assert things(database) == [("a", b"\x00\xff%s?", 1 << 40), ("b", b"", None), ("first", None, 7)]


def test_a_percent_sign_in_a_statement_is_a_percent_sign(database: Database) -> None:
    with database.snapshot() as reading:
        assert reading.rows("SELECT name FROM thing WHERE name LIKE 'f%' AND number = ?", (1,)) == [("first",)]


def test_no_rows_are_inserted_without_complaint(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.insert("thing", _COLUMNS, [])

    assert len(things(database)) == 1


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.transaction() as transaction:
            transaction.insert("thing", _COLUMNS, [("a", b"", 1)])
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match=r"^half-way$"):
        fail()

    assert things(database) == [("first", None, 1)]


def test_a_row_that_is_there_already_is_a_conflict_and_nothing_else_is_written(database: Database) -> None:
    with pytest.raises(ConflictError, match=r"^a row is there already$"), database.transaction() as transaction:
        transaction.insert("thing", _COLUMNS, [("a", b"", 1), ("first", b"", 1)])

    assert things(database) == [("first", None, 1)]


def test_a_conflict_may_be_answered_in_the_statement(database: Database) -> None:
    with database.transaction() as transaction:
        again = "ON CONFLICT (name) DO UPDATE SET number = excluded.number"
        transaction.insert("thing", _COLUMNS, [("first", b"", 5), ("a", b"", 6)], again)

    assert things(database) == [("a", b"", 6), ("first", None, 5)]


def test_a_database_can_be_used_after_a_conflict_and_after_a_wrong_statement(database: Database) -> None:
    with pytest.raises(ConflictError), database.transaction() as transaction:
        transaction.insert("thing", _COLUMNS, [("first", b"", 1)])
    with pytest.raises(StoreUnavailableError), database.transaction() as transaction:
        transaction.rows("SELECT nothing FROM nowhere")

    with database.transaction() as transaction:
        transaction.insert("thing", _COLUMNS, [("a", b"", 1)])

    assert len(things(database)) == 2


def test_a_reader_sees_one_state_though_another_thread_writes(database: Database) -> None:
    def write() -> None:
        with database.transaction() as transaction:
            transaction.execute("UPDATE thing SET number = 2")

    with database.snapshot() as reading:
        before = reading.rows("SELECT number FROM thing")
        together([write])
        after = reading.rows("SELECT number FROM thing")

    assert before == after == [(1,)]
    assert things(database) == [("first", None, 2)]


def test_increments_of_many_threads_are_all_counted(database: Database) -> None:
    def count() -> None:
        for _ in range(25):
            with database.transaction() as transaction:
                ((number,),) = transaction.rows(f"SELECT number FROM thing WHERE name = 'first'{database.for_update}")
                transaction.execute("UPDATE thing SET number = ?", (int(str(number)) + 1,))

    together([count] * 4)

    assert things(database) == [("first", None, 101)]


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.migrate([_THINGS])
    database.migrate([_THINGS, Migration("more", ("INSERT INTO thing VALUES ('second', NULL, 2)",))])
    database.migrate([_THINGS, Migration("more", ("INSERT INTO thing VALUES ('second', NULL, 2)",))])

    assert things(database) == [("first", None, 1), ("second", None, 2)]


def test_a_migration_that_fails_leaves_nothing(database: Database) -> None:
    broken = Migration("broken", ("CREATE TABLE half (id BIGINT PRIMARY KEY)", "INSERT INTO nowhere VALUES (1)"))
    with pytest.raises(StoreUnavailableError):
        database.migrate([broken])

    whole = Migration("broken", ("CREATE TABLE half (id BIGINT PRIMARY KEY)",))
    database.migrate([whole])


def test_threads_that_start_at_once_migrate_once(database_url: str) -> None:
    def start() -> None:
        database = open_database(database_url)
        database.migrate(MIGRATIONS)
        database.close()

    together([start] * 6)

    assert _state_rows(database_url) == [(1, 0)]


def test_processes_that_start_at_once_migrate_once(database_url: str) -> None:
    program = (
        "import sys; from registry.bootstrap import MIGRATIONS; from registry.database import open_database\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "database = open_database(sys.argv[1]); database.migrate(MIGRATIONS); database.close()"
    )
    command = [sys.executable, "-c", program, database_url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, **pipes) for _ in range(3)]
    for process in started:
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate() for process in started]

    assert [process.returncode for process in started] == [0, 0, 0], said
    assert _state_rows(database_url) == [(1, 0)]


def test_a_closed_database_says_that_it_cannot_be_used(database_url: str) -> None:
    database = open_database(database_url)
    database.migrate([_THINGS])
    database.close()

    with pytest.raises(StoreUnavailableError, match=r"^the database cannot be used"), database.transaction():
        pass
    with pytest.raises(StoreUnavailableError, match=r"^the database cannot be used"), database.snapshot():
        pass


@pytest.mark.postgres
def test_a_server_that_drops_its_connections_is_unavailable_once_then_used_again(postgres_url: str) -> None:
    database = open_database(postgres_url)
    database.migrate([_THINGS])

    def write_while_it_drops() -> None:
        with database.transaction() as transaction:
            transaction.insert("thing", _COLUMNS, [("a", b"", 1)])
            _drop_connections(postgres_url)
            transaction.rows("SELECT name FROM thing")

    with pytest.raises(StoreUnavailableError, match=r"^the database cannot be used"):
        write_while_it_drops()

    assert things(database) == [("first", None, 1)]
    database.close()


def test_several_queries_are_answered_each_by_its_own_rows(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.insert("thing", _COLUMNS, [("a", b"x", 1), ("b", b"y", 2)])

        one, none, both = transaction.rows_of(
            [
                ("SELECT name FROM thing WHERE name = ?", ("b",)),
                ("SELECT name FROM thing WHERE name = ?", ("z",)),
                ("SELECT name FROM thing WHERE name IN (?, ?) ORDER BY name", ("a", "b")),
            ]
        )

    assert (one, none, both) == ([("b",)], [], [("a",), ("b",)])


def test_a_query_by_itself_sees_what_was_committed_and_leaves_nothing_open(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.insert("thing", _COLUMNS, [("a", b"x", 1)])

    assert database.rows("SELECT name FROM thing WHERE name = ?", ("a",)) == [("a",)]
    with pytest.raises(StoreUnavailableError):
        database.rows("SELECT nothing FROM nowhere")
    with database.transaction() as transaction:
        transaction.insert("thing", _COLUMNS, [("b", b"y", 2)])
    assert database.rows("SELECT count(*) FROM thing WHERE name IN ('a', 'b')") == [(2,)]


@pytest.mark.postgres
def test_a_connection_that_breaks_while_committing_leaves_it_unknown_whether_it_was_recorded(postgres_url: str) -> None:
    database = open_database(postgres_url)
    database.migrate([_THINGS, _DROP_AT_COMMIT])

    unknown = pytest.raises(CommitUnknownError, match=r"^the database stopped answering while committing$")
    with unknown, database.transaction() as transaction:
        transaction.insert("thing", _COLUMNS, [("a", b"", 1)])

    assert things(database) == [("first", None, 1)]
    database.close()


@pytest.mark.postgres
def test_a_server_that_does_not_answer_is_named_within_the_wait(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(postgres, "WAIT_SECONDS", 0.3)
    with pytest.raises(StoreUnavailableError, match=r"^the database server does not answer$"):
        open_database(f"postgresql://nobody@/nothing?host={tmp_path}")


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///", "sqlite://relative", "mysql://host/db", "registry.db"])
def test_another_kind_of_address_is_refused(url: str) -> None:
    with pytest.raises(SettingError, match=r"^a database is sqlite:///path or postgresql://…$"):
        open_database(url)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are notes, and long enough to be taken for the header of a database. " * 20)

    with pytest.raises(StoreUnavailableError, match=r"^the database .*notes\.txt cannot be opened: "):
        open_database(f"sqlite:///{path}")


def test_a_file_in_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match=r"nowhere.*cannot be opened: unable to open database file$"):
        open_database(f"sqlite:///{tmp_path / 'nowhere' / 'registry.sqlite'}")


def _drop_connections(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _state_rows(url: str) -> list[Row]:
    database = open_database(url)
    with database.snapshot() as reading:
        rows = reading.rows("SELECT id, size FROM log_state")
    database.close()
    return rows
