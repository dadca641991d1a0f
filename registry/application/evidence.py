"""The evidence that bodies receive for maintenance: records sealed under the holder's data key.

Destroying the key erases them; a row says of which holder and certification it is, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import msgspec

from keys.holder import HolderKeys
from registry.application.prepare import Chance, draw_id
from registry.database import Database, pages
from registry.database.migration import Migration, Row
from registry.domain.evidence import EvidenceRecord
from registry.errors import TamperedError, UnknownError
from registry.vault import hold

EVIDENCE: Final = Migration(
    "evidence",
    (
        """CREATE TABLE evidence_record (
            id BYTEA PRIMARY KEY, certification BYTEA NOT NULL, holder BYTEA NOT NULL, sealed BYTEA NOT NULL
        )""",
        "CREATE INDEX evidence_record_certification ON evidence_record (certification)",
        "CREATE INDEX evidence_record_holder ON evidence_record (holder)",
    ),
)
_COLUMNS: Final = ("id", "certification", "holder", "sealed")
_OF: Final = f"SELECT {', '.join(_COLUMNS)} FROM evidence_record WHERE certification = ?"
_decode: Final = msgspec.json.Decoder(EvidenceRecord).decode


@dataclass(frozen=True, slots=True)
class Filed:
    """A record of evidence, and the id under which it was filed."""

    id: UUID
    record: EvidenceRecord


@dataclass(frozen=True, slots=True)
class Received:
    """Evidence as filed; ``repeated``: the same was filed before, and is one record."""

    filed: Filed
    repeated: bool


class EvidenceRecords:
    """Files records of evidence and reads them."""

    def __init__(self, database: Database, holder_keys: HolderKeys, chance: Chance) -> None:
        """Keep them in ``database``, sealed with the keys of ``holder_keys``; ids are drawn from ``chance``."""
        self._database = database
        self._holder_keys = holder_keys
        self._chance = chance

    def add(self, certification: UUID, holder: UUID, record: EvidenceRecord) -> Received:
        """File a record, once: what is the same in kind, day, hours and reference is one.

        Raises:
            HolderErasedError: the holder was erased.
        """
        filed = Filed(draw_id(self._chance), record)
        sealed = self._holder_keys.open(holder).seal(_place(filed.id, certification), msgspec.json.encode(record))
        row = (filed.id.bytes, certification.bytes, holder.bytes, sealed)
        with self._database.transaction() as transaction:
            # One after the other for one holder, so that the same is filed once.
            hold(self._database, transaction, [holder])
            for known in map(self._filed, transaction.rows(_OF, (certification.bytes,))):
                if replace(known.record, recorded_at=record.recorded_at) == record:
                    return Received(known, repeated=True)
            transaction.insert("evidence_record", _COLUMNS, [row])
        return Received(filed, repeated=False)

    def remove(self, certification: UUID, record: UUID) -> None:
        """Remove a record that was filed by mistake; what a confirmation said of it stays in that decision's digests.

        Raises:
            UnknownError: the certification has no such record.
        """
        which = (record.bytes, certification.bytes)
        with self._database.transaction() as transaction:
            if not transaction.rows("SELECT id FROM evidence_record WHERE id = ? AND certification = ?", which):
                raise UnknownError(f"no evidence {record} of this certification is filed here")
            transaction.execute("DELETE FROM evidence_record WHERE id = ? AND certification = ?", which)

    def of(self, certification: UUID) -> list[Filed]:
        """The records of one certification, in the order of the days received.

        Raises:
            HolderErasedError: the holder was erased.
            SealError: a row was altered or moved.
        """
        return sorted(map(self._filed, self._database.rows(_OF, (certification.bytes,))), key=_order)

    def of_all(self, certifications: Sequence[UUID]) -> dict[UUID, list[Filed]]:
        """The records of many certifications by their ids, each as ``of`` gives them; one without any is left out.

        Raises:
            HolderErasedError, SealError: as for ``of``.
        """
        found: dict[UUID, list[Filed]] = {}
        with self._database.snapshot() as reading:
            for page in pages([certification.bytes for certification in certifications]):
                sql = _OF.replace("= ?", f"IN ({', '.join('?' * len(page))})")
                for row in reading.rows(sql, page):
                    match row:
                        case (_, bytes(certification), *_):
                            found.setdefault(UUID(bytes=certification), []).append(self._filed(row))
        return {certification: sorted(filed, key=_order) for certification, filed in found.items()}

    def _filed(self, row: Row) -> Filed:
        match row:
            case (bytes(id_), bytes(certification), bytes(holder), bytes(sealed)):
                record, of = UUID(bytes=id_), UUID(bytes=certification)
                plaintext = self._holder_keys.unseal(UUID(bytes=holder), _place(record, of), sealed)
                return Filed(record, _decode(plaintext))
        raise TamperedError("a row of the evidence is not one")


def _place(record: UUID, certification: UUID) -> bytes:
    return record.bytes + certification.bytes


def _order(filed: Filed) -> tuple[object, ...]:
    return filed.record.received_on, filed.record.recorded_at, filed.id
