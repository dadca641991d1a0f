"""A named step of the schema, and what a row is made of."""

from dataclasses import dataclass
from typing import Final

Value = str | int | bytes | None
Row = tuple[Value, ...]
MIGRATION_TABLE: Final = "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY)"


@dataclass(frozen=True, slots=True)
class Migration:
    """Statements that run once; ``sqlite`` and ``postgres`` are what only one of the two understands."""

    name: str
    statements: tuple[str, ...]
    sqlite: tuple[str, ...] = ()
    postgres: tuple[str, ...] = ()
