"""Handovers: transfers that wait for the signatures of a body, or of both, that keep their keys at home.

As with preparations, what was prepared is kept for three days and every guard runs again when the signatures come. Both
holders' keys seal it, the one at the old body and the one at the receiver: with either of them erased nobody reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from keys.errors import HolderErasedError
from keys.holder import HolderKey
from registry.application.preparations import says_the_same, to_sign
from registry.application.prepare import Chance, Prepared, draw_id
from registry.application.registry import Registry
from registry.application.submit import Signed, check_signatures
from registry.application.transfer import Handover, Transferred, Transfers
from registry.application.waiting import WAITS, keep
from registry.commands.decisions import TransferCertification
from registry.commands.home_file import ToSign
from registry.database import Database
from registry.errors import ConflictError, StaleError, UnknownError
from registry.store.store import Clock
from registry.store.submission import Rows
from verifier.encoding import format_instant, parse_instant
from verifier.errors import FormatError, SignatureError

_COLUMNS: Final = ("id", "holder", "taken_by", "expires_at", "sealed")


@dataclass(frozen=True, slots=True)
class WaitingHandover:
    """A transfer that waits: under which ids its halves are signed, the old body's first, and until when (UTC)."""

    ids: tuple[UUID, UUID]
    handover: Handover
    expires_at: datetime

    @property
    def to_sign(self) -> list[ToSign]:
        """What each body has to sign, the old body first."""
        return [to_sign(id_, part) for id_, part in zip(self.ids, self.handover.parts, strict=True)]


class _Kept(msgspec.Struct, frozen=True):
    """What is sealed: the command, for the guards to run again, and what was prepared."""

    command: TransferCertification
    receivers: UUID
    handover: Handover


class Handovers:
    """Prepares transfers and takes both bodies' signatures back."""

    def __init__(self, database: Database, registry: Registry, clock: Clock, chance: Chance) -> None:
        """Prepare with ``registry``; ``clock`` gives the present instant (UTC), ``chance`` random octets."""
        self._database = database
        self._registry = registry
        self._transfers = Transfers(registry, chance)
        self._clock = clock
        self._chance = chance

    def prepare(self, command: TransferCertification) -> WaitingHandover | Transferred:
        """Make what both bodies sign, to be submitted within 72 hours; a transfer answered before gets its answer.

        Raises:
            DomainError: a rule forbids it.
            RequestError: it names what is not here, or repeats an idempotency key with another content.
            HolderErasedError: the holder was erased.
        """
        return self._transfers.find(command) or self._prepare(command)

    def submit(
        self, command: TransferCertification, handover: UUID, signed: Mapping[UUID, Signed]
    ) -> Transferred | WaitingHandover:
        """Record a transfer, whole or not at all; where it is stale, prepare it anew.

        ``handover`` is the id of the old body's half. A half that nobody signed is signed with keys that lie here.

        Raises:
            UnknownError: no such transfer waits.
            StaleError: another transfer waits there, or the person was erased meanwhile.
            SignatureError: a signature is not that body's over its half, or is of something else.
            KeysElsewhereError: a body that keeps its keys elsewhere has not signed.
            DomainError, RequestError, StoreError: as for any transfer.
        """
        kept = self._open(handover)
        if _without_key(kept.command) != _without_key(command):
            raise StaleError(f"what waits as {handover} is another transfer than this one: prepare it anew")
        try:
            return self._submit(handover, kept, signed)
        except ConflictError:
            # Somebody was faster. What is there now decides: recorded already, stale, or good still.
            return self._submit(handover, kept, signed)

    def _submit(self, handover: UUID, kept: _Kept, signed: Mapping[UUID, Signed]) -> Transferred | WaitingHandover:
        answered = self._transfers.find(kept.command)
        if answered is not None:
            return answered
        again, prepared = self._transfers.rehearse(kept.command), kept.handover
        if not all(map(says_the_same, prepared.parts, again.parts)):
            return self._replace(handover, kept.command)
        signatures = self._signatures(prepared, (handover, kept.receivers), signed)
        # The guards ran now, against the streams as they are: these heads must still stand, and this day.
        current = Handover(*(_as_of(now, part) for now, part in zip(again.parts, prepared.parts, strict=True)))
        return self._transfers.record(kept.command, current, signatures)

    def _signatures(self, prepared: Handover, ids: tuple[UUID, UUID], signed: Mapping[UUID, Signed]) -> list[Signed]:
        for foreign in sorted(signed.keys() - set(ids)):
            raise SignatureError(f"what was signed as {foreign} is no half of the transfer {ids[0]}")
        return [self._signed(part, signed.get(id_)) for part, id_ in zip(prepared.parts, ids, strict=True)]

    def _signed(self, part: Prepared, signed: Signed | None) -> Signed:
        if signed is None:
            return self._transfers.sign(part)
        try:
            check_signatures(part, signed)
        except (FormatError, SignatureError) as error:
            raise SignatureError(f"body {part.body} did not sign its half of the transfer: {error}") from error
        return signed

    def _prepare(self, command: TransferCertification) -> WaitingHandover:
        try:
            return self._keep(command, self._transfers.prepare(command))
        except (HolderErasedError, UnknownError):
            # Erased in another process while it was prepared: what is there now has the answer.
            return self._keep(command, self._transfers.prepare(command))

    def _keep(self, command: TransferCertification, handover: Handover) -> WaitingHandover:
        ids = draw_id(self._chance), draw_id(self._chance)
        expires_at = self._clock().replace(microsecond=0) + WAITS
        kept = _Kept(_with_key(command, ids[0]), ids[1], handover)
        outer, inner = (self._registry.holder_key(part) for part in handover.parts)
        sealed = outer.seal(ids[0].bytes, inner.seal(ids[0].bytes, msgspec.json.encode(kept)))
        holder, taken_by = (part.holder.holder.bytes for part in handover.parts)
        row = (ids[0].bytes, holder, taken_by, format_instant(expires_at), sealed)
        keep(self._database, self._clock(), handover.parts, [Rows("handover", _COLUMNS, (row,))])
        return WaitingHandover(ids, handover, expires_at)

    def _replace(self, stale: UUID, command: TransferCertification) -> WaitingHandover:
        made = self._prepare(command)
        with self._database.transaction() as transaction:
            transaction.execute("DELETE FROM handover WHERE id = ?", (stale.bytes,))
        return made

    def _open(self, handover: UUID) -> _Kept:
        rows = self._database.rows(
            "SELECT holder, taken_by, expires_at, sealed FROM handover WHERE id = ?", (handover.bytes,)
        )
        match rows:
            case [(bytes(holder), bytes(taken_by), str(expires_at), bytes(sealed))] if (
                parse_instant(expires_at) > self._clock()
            ):
                outer, inner = (self._key(UUID(bytes=id_)) for id_ in (holder, taken_by))
                plain = inner.unseal(handover.bytes, outer.unseal(handover.bytes, sealed))
                return msgspec.json.decode(plain, type=_Kept)
        raise UnknownError(f"no transfer {handover} waits: prepare it anew")

    def _key(self, holder: UUID) -> HolderKey:
        try:
            return self._registry.vault.keys.open(holder)
        except HolderErasedError as error:
            raise StaleError(
                "the person was erased meanwhile at one of the bodies: prepare the transfer anew"
            ) from error


def _as_of(now: Prepared, prepared: Prepared) -> Prepared:
    return replace(prepared, expects=now.expects, prepared_on=now.prepared_on)


def _with_key(command: TransferCertification, handover: UUID) -> TransferCertification:
    """The command under an idempotency key, its own if it has one: submitted twice, it is recorded once."""
    key = command.basis.idempotency_key or f"handover {handover}"
    return replace(command, basis=replace(command.basis, idempotency_key=key))


def _without_key(command: TransferCertification) -> TransferCertification:
    return replace(command, basis=replace(command.basis, idempotency_key=None))
