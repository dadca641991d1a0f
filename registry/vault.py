"""The vault: personal claims, encrypted under one data key per holder, outside what is signed and logged.

Destroying a holder's key and rows erases the person; every signature and every proof stays as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import msgspec

from keys.errors import HolderErasedError
from keys.holder import HolderKey, HolderKeys
from registry.database import Database, Transaction, pages
from registry.database.migration import Migration, Row
from registry.errors import ErasedError, UnknownError

HOLDER_TAG_BYTES: Final = 8

VAULT: Final = Migration(
    "vault",
    (
        # tag: one per holder and body, in tokens only, never in the log.
        """CREATE TABLE holder (
            holder BYTEA PRIMARY KEY, body TEXT NOT NULL, reference TEXT, tag BYTEA NOT NULL, UNIQUE (body, reference)
        )""",
        # The number's disclosure is served with the record under the number, so it lies open here. A grant whose
        # holder another grant was to bring along is a conflict where that one is not stored.
        """CREATE TABLE number (
            number TEXT PRIMARY KEY, certification BYTEA NOT NULL UNIQUE, body TEXT NOT NULL,
            holder BYTEA NOT NULL REFERENCES holder (holder), disclosure TEXT NOT NULL
        )""",
        # What one event hides: its disclosures and, where it issues a certificate, the token.
        """CREATE TABLE hidden (
            event BYTEA PRIMARY KEY, certification BYTEA NOT NULL, holder BYTEA NOT NULL, sealed BYTEA NOT NULL
        )""",
        "CREATE INDEX hidden_certification ON hidden (certification)",
    ),
)
TOMBSTONES: Final = Migration(
    "tombstones",
    (
        # A number whose holder was erased, for ever. decider: who decided, by the body's own id; NULL where a restored
        # backup had lost the row.
        """CREATE TABLE tombstone (
            number TEXT PRIMARY KEY, certification BYTEA NOT NULL UNIQUE, body TEXT NOT NULL, holder BYTEA NOT NULL,
            decider TEXT
        )""",
        "CREATE INDEX tombstone_holder ON tombstone (holder)",
        "CREATE INDEX number_holder ON number (holder)",
    ),
)
# Every table that has something of a person, in the order in which an erasure deletes its rows, and the column by which
# they are found: it names a certification, or else a holder.
PERSONAL: Final = (
    ("hidden", "certification"),
    ("preparation", "holder"),
    ("handover", "holder"),
    ("handover", "taken_by"),
    ("transfer_offer", "holder"),
    ("evidence_record", "holder"),
    ("exam_foundation", "holder"),
    ("number", "certification"),
    ("holder", "holder"),
)
HOLDER_COLUMNS: Final = ("holder", "body", "reference", "tag")
NUMBER_COLUMNS: Final = ("number", "certification", "body", "holder", "disclosure")
HIDDEN_COLUMNS: Final = ("event", "certification", "holder", "sealed")
TOMBSTONE_COLUMNS: Final = ("number", "certification", "body", "holder", "decider")


@dataclass(frozen=True, slots=True)
class Holder:
    """A person as the vault knows one: a random id and the tag that one body's tokens carry."""

    holder: UUID
    body: str
    tag: bytes
    reference: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Numbered:
    """Whose number it is: the certification, its body and its holder."""

    number: str
    certification: UUID
    body: str
    holder: UUID
    disclosure: str = field(repr=False)


def hold(database: Database, transaction: Transaction, holders: Iterable[UUID]) -> None:
    """Let nobody erase these holders of ``database`` until the transaction has ended.

    Raises:
        HolderErasedError: one was erased.
    """
    # In order, so that no two wait for each other.
    for holder in sorted(holder.bytes for holder in holders):
        # An erasure takes hold of this row first: whichever comes second sees the other.
        lock = f"SELECT holder FROM holder WHERE holder = ?{database.for_update}"
        if not transaction.rows(lock, (holder,)):
            raise HolderErasedError("the holder was erased meanwhile")


def seal_hidden(key: HolderKey, event: UUID, hidden: Mapping[str, str]) -> bytes:
    """Encrypt what one event hides, bound to the event's id."""
    return key.seal(event.bytes, msgspec.json.encode(hidden))


class Vault:
    """Reads what is hidden; rows are written in the event's own transaction."""

    def __init__(self, database: Database, holder_keys: HolderKeys) -> None:
        """Read from ``database`` with the keys of ``holder_keys``."""
        self._database = database
        self.keys = holder_keys

    def find_holders(self, body: str, references: Sequence[str]) -> dict[str, Holder]:
        """The holders that the body knows by these references of its own."""
        if not references:
            return {}
        found: dict[str, Holder] = {}
        for page in pages(references):
            places = ", ".join("?" * len(page))
            rows = self._database.rows(
                f"SELECT holder, tag, reference FROM holder WHERE body = ? AND reference IN ({places})",
                (body, *page),
            )
            found |= {holder.reference or "": holder for holder in (_holder(body, row) for row in rows)}
        return found

    def find_number(self, number: str) -> Numbered | None:
        """Whose number it is, None where it is nobody's.

        Raises:
            ErasedError: its holder was erased.
        """
        return self._numbered("number = ?", number)

    def numbered(self, certification: UUID) -> Numbered:
        """The number of a certification.

        Raises:
            UnknownError: no such certification here.
            ErasedError: its holder was erased.
        """
        found = self._numbered("certification = ?", certification.bytes)
        if found is None:
            raise UnknownError(f"no certification {certification} here")
        return found

    def numbers(self, certifications: Iterable[UUID]) -> dict[UUID, Numbered]:
        """The numbers of many certifications; of one whose holder was erased there is none."""
        found: dict[UUID, Numbered] = {}
        wanted = [certification.bytes for certification in certifications]
        with self._database.snapshot() as reading:
            for page in pages(wanted):
                places = ", ".join("?" * len(page))
                rows = reading.rows(
                    f"SELECT {', '.join(NUMBER_COLUMNS)} FROM number WHERE certification IN ({places})",
                    page,
                )
                found |= {numbered.certification: numbered for numbered in map(_number, rows)}
        return found

    def erased(self, certifications: Iterable[UUID]) -> dict[UUID, str]:
        """The numbers that those of the certifications had whose holder was erased."""
        found: dict[UUID, str] = {}
        wanted = [certification.bytes for certification in certifications]
        with self._database.snapshot() as reading:
            for page in pages(wanted):
                places = ", ".join("?" * len(page))
                rows = reading.rows(
                    f"SELECT certification, number FROM tombstone WHERE certification IN ({places})", page
                )
                for row in rows:
                    match row:
                        case (bytes(certification), str(number)):
                            found[UUID(bytes=certification)] = number
        return found

    def certifications_of(self, holder: UUID) -> list[Numbered]:
        """Every certification of a holder, by number."""
        columns = ", ".join(NUMBER_COLUMNS)
        rows = self._database.rows(f"SELECT {columns} FROM number WHERE holder = ? ORDER BY number", (holder.bytes,))
        return [_number(row) for row in rows]

    def holder(self, holder: UUID) -> Holder:
        """The holder of that id.

        Raises:
            UnknownError: no such holder, or erased.
        """
        rows = self._database.rows("SELECT holder, tag, reference, body FROM holder WHERE holder = ?", (holder.bytes,))
        if not rows:
            raise UnknownError(f"no holder {holder} here")
        return _holder(str(rows[0][3]), rows[0][:3])

    def hidden(self, certification: UUID) -> dict[UUID, dict[str, str]]:
        """What the certification's events hide, by event id.

        Raises:
            HolderErasedError: the holder's key was destroyed.
            SealError: a row was altered or moved.
        """
        rows = self._database.rows(
            "SELECT event, holder, sealed FROM hidden WHERE certification = ?", (certification.bytes,)
        )
        return {UUID(bytes=event): self._open(event, holder, sealed) for event, holder, sealed in _octets(rows)}

    def _open(self, event: bytes, holder: bytes, sealed: bytes) -> dict[str, str]:
        plaintext = self.keys.unseal(UUID(bytes=holder), event, sealed)
        return msgspec.json.decode(plaintext, type=dict[str, str])

    def _numbered(self, condition: str, value: str | bytes) -> Numbered | None:
        rows = self._database.rows(f"SELECT {', '.join(NUMBER_COLUMNS)} FROM number WHERE {condition}", (value,))
        if rows:
            return _number(rows[0])
        # Asked second: an erasure between the two leaves no moment in which the number is nobody's.
        match self._database.rows(f"SELECT number FROM tombstone WHERE {condition}", (value,)):
            case [(str(number),)]:
                raise ErasedError(f"certification {number} was erased")
        return None


def _octets(rows: Iterable[Row]) -> Iterable[tuple[bytes, bytes, bytes]]:
    for row in rows:
        match row:
            case (bytes(event), bytes(holder), bytes(sealed)):
                yield event, holder, sealed


def _holder(body: str, row: Row) -> Holder:
    match row:
        case (bytes(holder), bytes(tag), str() | None as reference):
            return Holder(UUID(bytes=holder), body, tag, reference)
    raise UnknownError("a row of the vault is not one")


def _number(row: Row) -> Numbered:
    match row:
        case (str(number), bytes(certification), str(body), bytes(holder), str(disclosure)):
            return Numbered(number, UUID(bytes=certification), body, UUID(bytes=holder), disclosure)
    raise UnknownError("a row of the vault is not one")
