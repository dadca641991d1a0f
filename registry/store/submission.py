"""What is handed to the log, and what comes back: a submission and its receipt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, groupby
from uuid import UUID

from registry.database import Transaction
from registry.database.migration import Value
from verifier.proof import LogProof, format_proof


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to store at its place: ``body`` is the signed JWS."""

    stream: UUID
    sequence: int
    topic: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of another table for the same transaction."""

    table: str
    columns: tuple[str, ...]
    values: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A statement that deletes or blanks rows of another table, for the same transaction."""

    sql: str
    parameters: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Submission:
    """What is stored together or not at all; ``expects`` names streams that must still stand at that sequence.

    ``changes`` are made in their order, before ``rows`` are inserted; the first takes hold of whom they are about.
    ``prepared_on`` is the legal day for which it was prepared, where it says what held on that day.
    """

    events: tuple[NewEvent, ...]
    rows: tuple[Rows, ...] = ()
    expects: Mapping[UUID, int] = field(default_factory=dict)
    prepared_on: date | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof that a submission is in the log: leaf indexes, the signed checkpoint, inclusion proofs on demand.

    ``recorded_at`` is the instant (UTC) of the time entry before them.
    """

    indexes: tuple[int, ...]
    size: int
    checkpoint: bytes = field(repr=False)
    recorded_at: datetime
    prove: Callable[[int], tuple[bytes, ...]] = field(repr=False, compare=False)

    def proof(self, index: int) -> str:
        """The C2SP tlog-proof of one of the entries, for whoever keeps it; made while the registry is open."""
        return format_proof(LogProof(index, self.prove(index), self.checkpoint)).decode()


def write_beside(transaction: Transaction, submissions: Sequence[Submission]) -> None:
    """Write what goes beside the events of these submissions: changes, then rows, those of a table at once.

    Raises:
        ConflictError: a row is there already, or one that a change removes is needed by another.
    """
    # In the order in which whoever keeps what waits takes hold of holders, or the two could wait for each other.
    changes = sorted((s.changes for s in submissions if s.changes), key=lambda made: made[0].parameters)
    for change in chain.from_iterable(changes):
        transaction.execute(change.sql, change.parameters)
    rows = sorted((r for submission in submissions for r in submission.rows), key=lambda r: (r.table, r.columns))
    for (table, columns), group in groupby(rows, key=lambda r: (r.table, r.columns)):
        transaction.insert(table, columns, [values for item in group for values in item.values])
