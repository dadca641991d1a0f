"""Commands beside the decisions that are repeated under an idempotency key: that it was used, and for what.

Keys are a body's own and for all of its commands, so the rows lie among those of the decisions' answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from registry.application.answers import COLUMNS, SALT_BYTES
from registry.application.prepare import Chance
from registry.database import Database
from registry.errors import IdempotencyError
from registry.store.submission import Rows


@dataclass(frozen=True, slots=True)
class Keyed:
    """A command under its key: the body whose key it is, and what the command says, its kind first."""

    body: str
    key: str
    said: Sequence[str]

    def rows(self, chance: Chance) -> Rows:
        """The row that keeps that the key was used for it; ``chance`` gives its salt."""
        salt = chance(SALT_BYTES)
        # Of no certification: what an erasure makes of the answers on one leaves this one as it is.
        return Rows("answer", COLUMNS, ((self.body, self.key, salt, self._content(salt), b"", 0, 0),))

    def repeated(self, database: Database) -> bool:
        """Whether the key was used for it before.

        Raises:
            IdempotencyError: it was used for another content.
        """
        rows = database.rows(
            "SELECT salt, content, certification FROM answer WHERE body = ? AND idempotency_key = ?",
            (self.body, self.key),
        )
        match rows:
            case [(bytes(salt), bytes(content), bytes(certification))]:
                if certification or content != self._content(salt):
                    raise IdempotencyError(f"idempotency key {self.key} was used for another content")
                return True
        return False

    def _content(self, salt: bytes) -> bytes:
        return sha256(salt + msgspec.json.encode(self.said)).digest()
