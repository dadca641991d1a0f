"""What the owner of a database can do to it, past the triggers that keep honest programs from it."""

from registry.database import Database
from registry.database.migration import Value


def force(database: Database, statement: str, *parameters: Value) -> None:
    """Run a statement on the log's entries as though nothing guarded them."""
    with database.transaction() as transaction:
        for trigger in ("entry_kept", "entry_whole"):
            on = " ON entry" if database.for_update else ""
            transaction.execute(f"DROP TRIGGER IF EXISTS {trigger}{on}")
        transaction.execute(statement, parameters)
