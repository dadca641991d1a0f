"""Offers: a transfer that its two bodies decide apart, each with its own word; it is carried out when both are there.

An offer is sealed under the holder's key at the body that makes it, waits for three days, and is forgotten three days
later. Every guard runs when it is made, with the receiver's part left open, and again when it is accepted. Accepting it
and taking it back use one idempotency key, so that one of the two is done at most.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from registry.application.keyed import Keyed
from registry.application.prepare import Chance, draw_id
from registry.application.registry import Registry
from registry.application.transfer import Handover, Transferred, Transfers
from registry.application.waiting import WAITS, keep
from registry.commands.decisions import Basis, TransferCertification
from registry.commands.offer import AcceptTransfer, OfferTransfer, TakeBackOffer
from registry.database import Database
from registry.database.migration import Migration
from registry.domain.decision import Case
from registry.domain.errors import DomainError, TransitionError
from registry.errors import ConflictError, ForeignError, IdempotencyError, StaleError, UnknownError
from registry.store.store import Clock
from registry.store.submission import Rows
from verifier.encoding import format_instant, parse_instant
from verifier.number import parse_number

OFFERS: Final = Migration(
    "transfer_offers",
    (
        """CREATE TABLE transfer_offer (
            id BYTEA PRIMARY KEY, body TEXT NOT NULL, idempotency_key TEXT NOT NULL, receiver TEXT NOT NULL,
            holder BYTEA NOT NULL, expires_at TEXT NOT NULL, sealed BYTEA NOT NULL, UNIQUE (body, idempotency_key)
        )""",
        "CREATE INDEX transfer_offer_holder ON transfer_offer (holder)",
    ),
)
_COLUMNS: Final = ("id", "body", "idempotency_key", "receiver", "holder", "expires_at", "sealed")
_decode: Final = msgspec.json.Decoder(OfferTransfer).decode
# Who decides at the receiver is not known yet, nor whether it says that it is not accredited.
_NOBODY: Final = Case("the receiver", ())


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer: its id, by whom and to whom, until when (UTC) it can be accepted, and what it is of.

    ``repeated``: it was made before, under this idempotency key.
    """

    id: UUID
    body: str
    receiver: str
    expires_at: datetime
    edition: str
    profile: str
    granted_on: date
    valid_until: date
    repeated: bool = False


class Offers:
    """Makes offers, and carries out the transfers that were accepted."""

    def __init__(self, database: Database, registry: Registry, clock: Clock, chance: Chance) -> None:
        """Keep them in ``database``; ``clock`` gives the present instant (UTC), ``chance`` random octets."""
        self._database = database
        self._registry = registry
        self._transfers = Transfers(registry, chance)
        self._clock = clock
        self._chance = chance

    def make(self, command: OfferTransfer) -> Offer:
        """Offer a transfer; repeated under its key it is one offer.

        Raises:
            DomainError: a rule forbids it.
            RequestError: it names what is not here, a body keeps its keys elsewhere, or an idempotency key is repeated
                with another content, or for what waits no more.
            HolderErasedError: the holder was erased.
        """
        try:
            return self._find(command) or self._make(command)
        except ConflictError:
            # The same command was faster in another process.
            found = self._find(command)
            if found is None:
                raise
            return found
        except UnknownError:
            # Where the holder was erased while it was looked at, that is the answer.
            self._registry.numbered(command.number, command.body)
            raise

    def offer(self, offer: UUID, body: str) -> Offer:
        """The offer of that id, which ``body`` made or was made.

        Raises:
            UnknownError: there is none; it was taken back or forgotten, or is gone with its holder.
        """
        command, expires_at = self._open(offer)
        if body not in {command.body, command.receiver}:
            raise UnknownError(_unknown(offer))
        return self._told(offer, command, expires_at)

    def rehearse(self, command: AcceptTransfer) -> Handover | None:
        """What an acceptance would come to, None where it is recorded already; raises what ``accept`` raises."""
        with self._offered(command.offer):
            transfer, expires_at = self._accepted(command)
            if self._transfers.find(transfer) is not None:
                return None
            self._check_waiting(command, expires_at)
            try:
                return self._transfers.rehearse(transfer)
            except DomainError:
                # Recorded since it was looked for.
                if self._transfers.find(transfer) is None:
                    raise
                return None

    def accept(self, command: AcceptTransfer) -> Transferred:
        """Carry out a transfer that was offered; repeated, it is carried out once.

        Raises:
            UnknownError: there is no such offer, or it was taken back or has expired.
            ForeignError: it was made to another body.
            KeysElsewhereError: a body keeps its keys elsewhere.
            DomainError, RequestError, HolderErasedError, StoreError: as for any transfer.
        """
        with self._offered(command.offer):
            transfer, expires_at = self._accepted(command)
            if (answered := self._transfers.find(transfer)) is not None:
                return answered
            self._check_waiting(command, expires_at)
            return self._transfers.transfer(transfer)

    def take_back(self, command: TakeBackOffer) -> None:
        """Take an offer back, of which nothing is left then; repeated, it stays taken back.

        Raises:
            UnknownError: there is no such offer.
            ForeignError: another body made it.
            TransitionError: it was accepted.
        """
        taken = Keyed(command.body, _key(command.offer), (TakeBackOffer.__name__,))
        try:
            self._take_back(command, taken)
        except (ConflictError, UnknownError):
            # Where it has ended already, its key says how.
            if not self._repeated(command, taken):
                raise

    def _take_back(self, command: TakeBackOffer, taken: Keyed) -> None:
        self._check_made_by(command)
        rows = taken.rows(self._chance)
        with self._database.transaction() as transaction:
            transaction.insert(rows.table, rows.columns, rows.values)
            transaction.execute("DELETE FROM transfer_offer WHERE id = ?", (command.offer.bytes,))

    def _check_made_by(self, command: TakeBackOffer) -> None:
        match self._database.rows("SELECT body, receiver FROM transfer_offer WHERE id = ?", (command.offer.bytes,)):
            case [(command.body, _)]:
                return
            case [(str(body), command.body)]:
                raise ForeignError(f"offer {command.offer} was made by body {body}")
        raise UnknownError(_unknown(command.offer))

    def _repeated(self, command: TakeBackOffer, taken: Keyed) -> bool:
        try:
            return taken.repeated(self._database)
        except IdempotencyError as error:
            raise TransitionError(f"offer {command.offer} was accepted: it cannot be taken back") from error

    @contextmanager
    def _offered(self, offer: UUID) -> Iterator[None]:
        try:
            yield
        except IdempotencyError:
            # Its key is used: where it was taken back meanwhile, there is no such offer.
            self._open(offer)
            raise

    def _check_waiting(self, command: AcceptTransfer, expires_at: datetime) -> None:
        # Before anything of the person is looked at, or a refusal would tell of the name.
        if expires_at <= self._clock():
            raise UnknownError(f"offer {command.offer} has expired: it is to be made anew")

    def _accepted(self, command: AcceptTransfer) -> tuple[TransferCertification, datetime]:
        offered, expires_at = self._open(command.offer)
        if command.body == offered.body:
            raise ForeignError(f"offer {command.offer} was made to body {offered.receiver}")
        if command.body != offered.receiver:
            raise UnknownError(_unknown(command.offer))
        made = TransferCertification(
            offered.body,
            offered.number,
            offered.decider,
            Basis(offered.decision, None, _key(command.offer)),
            offered.receiver,
            command.case,
            command.decision,
            offered.consented,
            command.reference,
            command.unaccredited,
        )
        return made, expires_at

    def _find(self, command: OfferTransfer) -> Offer | None:
        if not _keyed(command).repeated(self._database):
            return None
        rows = self._database.rows(
            "SELECT id FROM transfer_offer WHERE body = ? AND idempotency_key = ?",
            (command.body, command.idempotency_key),
        )
        match rows:
            case [(bytes(id_),)]:
                offer = UUID(bytes=id_)
                return self._told(offer, *self._open(offer), repeated=True)
        # Where it went with its holder, that is the answer.
        self._registry.numbered(command.number, command.body)
        key = command.idempotency_key
        raise StaleError(f"what was offered under idempotency key {key} waits no more: offer it under another key")

    def _make(self, command: OfferTransfer) -> Offer:
        basis = Basis(command.decision)
        whole = TransferCertification(
            command.body, command.number, command.decider, basis, command.receiver, _NOBODY, command.decision,
            command.consented, unaccredited=True,
        )  # fmt: skip
        handover = self._transfers.rehearse(whole)
        self._transfers.check_keys(handover)
        holder = handover.out.holder.holder
        offer, expires_at = draw_id(self._chance), self._clock().replace(microsecond=0) + WAITS
        sealed = self._registry.vault.keys.open(holder).seal(offer.bytes, msgspec.json.encode(command))
        row = (
            offer.bytes, command.body, command.idempotency_key, command.receiver, holder.bytes,
            format_instant(expires_at), sealed,
        )  # fmt: skip
        kept = (Rows("transfer_offer", _COLUMNS, (row,)), _keyed(command).rows(self._chance))
        keep(self._database, self._clock(), [handover.out], kept)
        return self._told(offer, command, expires_at)

    def _told(self, offer: UUID, command: OfferTransfer, expires_at: datetime, *, repeated: bool = False) -> Offer:
        _, certification = self._registry.certification(command.number, command.body)
        standing = certification.standing(self._registry.moment().today)
        if standing.granted_on is None or standing.valid_until is None:
            raise UnknownError(_unknown(offer))
        return Offer(
            offer, command.body, command.receiver, expires_at, certification.edition, certification.profile,
            standing.granted_on, standing.valid_until, repeated,
        )  # fmt: skip

    def _open(self, offer: UUID) -> tuple[OfferTransfer, datetime]:
        rows = self._database.rows("SELECT holder, expires_at, sealed FROM transfer_offer WHERE id = ?", (offer.bytes,))
        match rows:
            case [(bytes(holder), str(expires_at), bytes(sealed))]:
                plain = self._registry.vault.keys.unseal(UUID(bytes=holder), offer.bytes, sealed)
                return _decode(plain), parse_instant(expires_at)
        raise UnknownError(_unknown(offer))


def _unknown(offer: UUID) -> str:
    # Nothing is kept of an offer that is gone, so it cannot be said which.
    return f"no offer {offer} of a transfer here: never made, or taken back, expired, or erased with its holder"


def _key(offer: UUID) -> str:
    """The idempotency key, of the body that made it, under which an offer ends."""
    return f"transfer offer {offer}"


def _keyed(command: OfferTransfer) -> Keyed:
    said = (
        OfferTransfer.__name__, command.body, parse_number(command.number), command.decider, command.decision,
        command.receiver, str(command.consented),
    )  # fmt: skip
    return Keyed(command.body, command.idempotency_key, said)
