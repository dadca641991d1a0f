"""What is handed to the log, and what comes back: a submission and its receipt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

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
class Submission:
    """What is stored together or not at all; ``expects`` names streams that must still stand at that sequence.

    ``prepared_on`` is the legal day for which it was prepared, where it says what held on that day.
    """

    events: tuple[NewEvent, ...]
    rows: tuple[Rows, ...] = ()
    expects: Mapping[UUID, int] = field(default_factory=dict)
    prepared_on: date | None = None


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
