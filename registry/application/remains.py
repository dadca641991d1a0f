"""What is left of erased holders: rows and data keys that a crash or a restored backup leaves, erased again.

Only a signed erasure in the log lets a row of the database destroy a key.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from registry.application.answers import FORGET
from registry.application.streams import Streams
from registry.database import Database
from registry.database.migration import Migration, Row, Value
from registry.domain.event import PersonalDataErased
from registry.errors import TamperedError
from registry.store.submission import Change
from registry.vault import PERSONAL, TOMBSTONE_COLUMNS, Vault

_TOPIC: Final = PersonalDataErased.TOPIC
ERASURE: Final = Migration(
    "erasure",
    (
        f"CREATE INDEX entry_erased ON entry (stream) WHERE topic = '{_TOPIC}'",
        "CREATE INDEX answer_certification ON answer (certification)",
    ),
)
_GRAVE: Final = ("number", "certification", "body", "holder")
# The topic stands in the query as it stands in the index, or the index would not be used.
_UNBURIED: Final = f"""SELECT entry.stream, number.number, number.body, number.holder FROM entry
    LEFT JOIN tombstone ON tombstone.certification = entry.stream
    LEFT JOIN number ON number.certification = entry.stream
    WHERE entry.topic = '{_TOPIC}' AND tombstone.number IS NULL"""
_BURIED: Final = f"SELECT DISTINCT {', '.join(f'tombstone.{name}' for name in _GRAVE)} FROM tombstone"


@dataclass(frozen=True, slots=True)
class Grave:
    """An erased certification, and whose it was."""

    number: str
    certification: UUID
    body: str
    holder: UUID


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Erased certifications of which something is left: rows or a data key; ``nameless`` those whose number is lost."""

    graves: tuple[Grave, ...]
    nameless: tuple[UUID, ...]


class Remains:
    """Finds what is left of erased holders, and erases it."""

    def __init__(self, database: Database, streams: Streams, vault: Vault) -> None:
        """Look into ``database``, and believe what ``streams`` opens."""
        self._database = database
        self._streams = streams
        self._vault = vault

    def unfinished(self) -> Unfinished:
        """What is left of holders whose erasure the log or a tombstone tells of.

        Raises:
            TamperedError: a tombstone stands where the log holds no erasure, or names a holder who is certified.
        """
        unburied, nameless = self._unburied()
        graves = dict.fromkeys([*unburied, *self._with_rows(), *self._with_key()])
        for grave in graves:
            self._check_erased(grave.certification)
        erased = {grave.certification for grave in graves}
        for holder in {grave.holder for grave in graves}:
            for numbered in self._vault.certifications_of(holder):
                if numbered.certification not in erased:
                    raise TamperedError(f"certification {numbered.number} is not erased, and its holder is said to be")
        return Unfinished(tuple(graves), nameless)

    def complete(self) -> Unfinished:
        """Erase again what is left of erased holders, and say what it was; raises what ``unfinished`` raises."""
        left = self.unfinished()
        if left.graves:
            with self._database.transaction() as transaction:
                for change in changes(left.graves):
                    transaction.execute(change.sql, change.parameters)
                rows = [tombstone_row(grave, None) for grave in left.graves]
                transaction.insert("tombstone", TOMBSTONE_COLUMNS, rows, "ON CONFLICT DO NOTHING")
            self.destroy({grave.holder for grave in left.graves})
        return left

    def destroy(self, holders: Iterable[UUID]) -> None:
        """Destroy the data keys of holders whose rows are gone, and what the rows left in files.

        Raises:
            KeysError: a key could not be destroyed.
            StoreUnavailableError: the database does not answer.
        """
        for holder in holders:
            self._vault.keys.destroy(holder)
        self._database.scrub()

    def _unburied(self) -> tuple[list[Grave], tuple[UUID, ...]]:
        """Certifications whose erasure the log holds and no tombstone; apart from them those whose number is lost."""
        graves, nameless = [], []
        for stream, number, body, holder in self._database.rows(_UNBURIED):
            if number is None:
                nameless.append(UUID(bytes=bytes(stream)))  # type: ignore[arg-type]
            else:
                graves.append(_grave((number, stream, body, holder)))
        return graves, tuple(nameless)

    def _with_rows(self) -> list[Grave]:
        found: list[Row] = []
        for table, column in PERSONAL:
            named = "certification" if column == "certification" else "holder"
            found += self._database.rows(f"{_BURIED} JOIN {table} ON {table}.{column} = tombstone.{named}")
        return [_grave(row) for row in found]

    def _with_key(self) -> list[Grave]:
        graves = [_grave(row) for row in self._database.rows(_BURIED)]
        intact = set(self._vault.keys.find_intact(sorted({grave.holder for grave in graves})))
        return [grave for grave in graves if grave.holder in intact]

    def _check_erased(self, certification: UUID) -> None:
        # A row alone must not destroy a key: whoever writes into the database could erase anybody.
        if all(event.type != _TOPIC for event in self._streams.events(certification)):
            raise TamperedError(f"certification {certification} has a tombstone, and its stream holds no erasure")


def changes(graves: Sequence[Grave]) -> Iterator[Change]:
    """What takes every row of erased holders away, and makes the answers on them say nothing."""
    # First, so that whoever files something of the holder meanwhile waits for the erasure, or is waited for.
    holders = sorted({grave.holder.bytes for grave in graves})
    yield from (Change("UPDATE holder SET reference = NULL WHERE holder = ?", (holder,)) for holder in holders)
    for table, column in PERSONAL:
        ids = dict.fromkeys(grave.certification if column == "certification" else grave.holder for grave in graves)
        yield from (Change(f"DELETE FROM {table} WHERE {column} = ?", (id_.bytes,)) for id_ in ids)
    for grave in graves:
        yield Change(FORGET, (b"", b"", grave.certification.bytes))


def tombstone_row(grave: Grave, decider: str | None) -> tuple[Value, ...]:
    """The tombstone's row; ``decider`` is None where nobody knows any more who decided."""
    return grave.number, grave.certification.bytes, grave.body, grave.holder.bytes, decider


def _grave(row: Row) -> Grave:
    match row:
        case (str(number), bytes(certification), str(body), bytes(holder)):
            return Grave(number, UUID(bytes=certification), body, UUID(bytes=holder))
    raise TamperedError("a row of the tombstones or numbers is not one")
