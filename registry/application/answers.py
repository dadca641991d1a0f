"""Answers by idempotency key: a command that is repeated with its key gets the first answer, in a fresh receipt."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from registry.application.prepare import Chance, Prepared
from registry.commands.decisions import Command, TransferCertification
from registry.database import Database
from registry.database.migration import Migration
from registry.errors import ErasedError, IdempotencyError
from registry.store.store import Store
from registry.store.submission import Receipt, Rows

Answered: TypeAlias = Command | TransferCertification
SALT_BYTES: Final = 16

ANSWERS: Final = Migration(
    "answers",
    (
        """CREATE TABLE answer (
            body TEXT NOT NULL, idempotency_key TEXT NOT NULL, salt BYTEA NOT NULL, content BYTEA NOT NULL,
            certification BYTEA NOT NULL, sequence INTEGER NOT NULL, events INTEGER NOT NULL,
            PRIMARY KEY (body, idempotency_key)
        )""",
    ),
)
# What an erasure makes of the answers on a certification: their content could be tried against a name.
FORGET: Final = "UPDATE answer SET salt = ?, content = ? WHERE certification = ?"
COLUMNS: Final = ("body", "idempotency_key", "salt", "content", "certification", "sequence", "events")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision that is in the log: its certification and number, the receipt, the token of a new document."""

    certification: UUID
    number: str
    receipt: Receipt
    token: bytes | None = field(default=None, repr=False)
    repeated: bool = False


class Answers:
    """Finds first answers; their rows are written in the decision's own transaction."""

    def __init__(self, database: Database, store: Store, number_of: Callable[[UUID], str], chance: Chance) -> None:
        """Read from ``database``; ``number_of`` gives a certification's number, ``chance`` random octets."""
        self._database = database
        self._store = store
        self._number_of = number_of
        self._chance = chance

    def rows(self, command: Answered, prepared: Prepared, key: str | None) -> tuple[Rows, ...]:
        """The row that keeps the answer to ``command`` under ``key``; none without a key."""
        if key is None:
            return ()
        salt = self._chance(SALT_BYTES)
        place = (prepared.certification.bytes, prepared.events[0].sequence, len(prepared.events))
        return (Rows("answer", COLUMNS, ((prepared.body, key, salt, _content(command, salt), *place),)),)

    def find(self, command: Answered, key: str | None, body: str | None = None) -> Recorded | None:
        """The first answer to a command that is repeated under ``key``, None where there is none yet.

        Keys are the command's body's own, or those of ``body`` where the command is of two.

        Raises:
            IdempotencyError: the key was used for another content.
            ErasedError: the holder of what was recorded under it was erased.
        """
        if key is None:
            return None
        rows = self._database.rows(
            "SELECT salt, content, certification, sequence, events FROM answer WHERE body = ? AND idempotency_key = ?",
            (body or command.body, key),
        )
        match rows:
            case [(bytes(salt), bytes(content), bytes(certification), int(sequence), int(events))]:
                if not content:
                    raise ErasedError(f"what was recorded under idempotency key {key} was erased")
                if _content(command, salt) != content:
                    raise IdempotencyError(f"idempotency key {key} was used for another content")
                return self._recorded(UUID(bytes=certification), sequence, events)
        return None

    def _recorded(self, certification: UUID, sequence: int, events: int) -> Recorded:
        stored = self._store.log.stream(certification)[sequence - 1 : sequence - 1 + events]
        receipt = self._store.receipt(tuple(entry.index for entry in stored))
        return Recorded(certification, self._number_of(certification), receipt, repeated=True)


def _content(command: Answered, salt: bytes) -> bytes:
    # Salted, so that the row tells nobody whom the command was about.
    bare = replace(command, basis=replace(command.basis, idempotency_key=None))
    return sha256(salt + type(command).__name__.encode() + msgspec.json.encode(bare, order="sorted")).digest()
