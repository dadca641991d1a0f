"""What waits for somebody's word: kept for three days under its holders' data keys, and never longer than its holders.

A decision waits for its body's signatures, a transfer for those of two bodies; an offer waits for the receiver's word.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from registry.application.prepare import Prepared
from registry.database import Database
from registry.store.submission import Rows
from registry.vault import hold
from verifier.encoding import format_instant

WAITS: Final = timedelta(hours=72)
# How long each is kept once it has expired. Of an offer both bodies hear that it has, or that it was accepted.
_KEPT: Final = {"preparation": timedelta(0), "handover": timedelta(0), "transfer_offer": WAITS}


def keep(database: Database, at: datetime, prepared: Sequence[Prepared], kept: Sequence[Rows]) -> None:
    """Keep, at ``at`` (UTC), what waits of ``prepared``, all rows together; what waited too long is forgotten.

    Raises:
        HolderErasedError: a holder was erased.
        ConflictError: a row is there already.
    """
    _forget_expired(database, at)
    with database.transaction() as transaction:
        # Who is new is nobody yet, and nobody can erase.
        hold(database, transaction, [part.holder.holder for part in prepared if not part.new_holder])
        for rows in kept:
            transaction.insert(rows.table, rows.columns, rows.values)


def _forget_expired(database: Database, at: datetime) -> None:
    # In a transaction of its own: whoever waits for one of these rows must not wait for the keeping too.
    with database.transaction() as transaction:
        for table, kept in _KEPT.items():
            transaction.execute(f"DELETE FROM {table} WHERE expires_at <= ?", (format_instant(at - kept),))
