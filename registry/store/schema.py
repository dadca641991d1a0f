"""The tables of the log. An entry is a stored event, or a time or snapshot statement; nothing is changed or removed."""

from typing import Final

from registry.database.migration import Migration

ENTRY_COLUMNS: Final = ("leaf_index", "stream", "sequence", "topic", "body", "nodes")
_REFUSE: Final = "the log is append-only"

LOG: Final = Migration(
    "log",
    (
        # body: the JWS as submitted. nodes: its leaf hash, then the root of each larger subtree that it completes, so
        # that any subtree's root is one read and a proof at any size takes O(log n) of them.
        """CREATE TABLE entry (
            leaf_index BIGINT PRIMARY KEY,
            stream BYTEA,
            sequence INTEGER,
            topic TEXT NOT NULL,
            body BYTEA NOT NULL,
            nodes BYTEA NOT NULL,
            UNIQUE (stream, sequence)
        )""",
        "CREATE INDEX entry_statement ON entry (topic, leaf_index) WHERE stream IS NULL",
        """CREATE TABLE log_state (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            size BIGINT NOT NULL,
            frontier BYTEA NOT NULL,
            time_index BIGINT,
            time_at TEXT
        )""",
        "INSERT INTO log_state (id, size, frontier) VALUES (1, 0, '')",
        "CREATE TABLE status_index (id INTEGER PRIMARY KEY CHECK (id = 1), next BIGINT NOT NULL)",
        "INSERT INTO status_index VALUES (1, 0)",
    ),
    sqlite=(
        "UPDATE log_state SET frontier = x''",
        f"CREATE TRIGGER entry_kept BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END",
        f"CREATE TRIGGER entry_whole BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END",
    ),
    postgres=(
        f"""CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{_REFUSE}'; END $$""",
        """CREATE TRIGGER entry_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    ),
)
