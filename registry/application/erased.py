"""The first answer to an erasure that is repeated under its idempotency key.

What it states the tombstones tell.
"""

from dataclasses import dataclass
from uuid import UUID

from registry.application.keyed import Keyed
from registry.application.prepare import Chance
from registry.commands.erasure import EraseHolder
from registry.database import Database
from registry.domain.event import PersonalDataErased
from registry.store.store import Store
from registry.store.submission import Receipt, Rows
from verifier.number import parse_number


@dataclass(frozen=True, slots=True)
class Erased:
    """A holder erased: the numbers of all certifications that the holder had at the body, and the receipt."""

    numbers: tuple[str, ...]
    receipt: Receipt
    repeated: bool = False


class ErasureAnswers:
    """Finds first answers to erasures; their rows are written in the erasure's own transaction."""

    def __init__(self, database: Database, store: Store, chance: Chance) -> None:
        """Read from ``database``; ``chance`` gives random octets."""
        self._database = database
        self._store = store
        self._chance = chance

    def rows(self, command: EraseHolder) -> tuple[Rows, ...]:
        """The row that keeps the answer to ``command``; none without a key."""
        keyed = _keyed(command)
        return () if keyed is None else (keyed.rows(self._chance),)

    def find(self, command: EraseHolder) -> Erased | None:
        """The first answer to a command that is repeated under its key, None where there is none yet.

        Raises:
            IdempotencyError: the key was used for another content.
            FormatError: no number.
        """
        keyed = _keyed(command)
        if keyed is None or not keyed.repeated(self._database):
            return None
        return self._erased(parse_number(command.number))

    def body_of(self, number: str) -> str | None:
        """The body that erased the holder of that number, None where nobody did."""
        rows = self._database.rows("SELECT body FROM tombstone WHERE number = ?", (parse_number(number),))
        return str(rows[0][0]) if rows else None

    def _erased(self, number: str) -> Erased:
        rows = self._database.rows(
            "SELECT number, certification FROM tombstone WHERE holder = (SELECT holder FROM tombstone WHERE number = ?)"
            " ORDER BY number",
            (number,),
        )
        numbers: list[str] = []
        indexes: list[int] = []
        for row in rows:
            match row:
                case (str(erased), bytes(certification)):
                    numbers.append(erased)
                    indexes.append(self._place(UUID(bytes=certification)))
        return Erased(tuple(numbers), self._store.receipt(tuple(indexes)), repeated=True)

    def _place(self, certification: UUID) -> int:
        entries = self._store.log.stream(certification)
        return next(entry.index for entry in entries if entry.topic == PersonalDataErased.TOPIC)


def _keyed(command: EraseHolder) -> Keyed | None:
    if command.idempotency_key is None:
        return None
    said = (EraseHolder.__name__, command.body, parse_number(command.number), command.decider)
    return Keyed(command.body, command.idempotency_key, said)
