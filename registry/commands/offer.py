"""The two halves of a transfer that two bodies decide apart: one offers it or takes that back, the other accepts."""

from dataclasses import dataclass, field
from uuid import UUID

from registry.domain.decision import Case


@dataclass(frozen=True, slots=True)
class OfferTransfer:
    """Offer the certification ``number`` of ``body`` to ``receiver``; nothing happens to it until that accepts.

    ``decision`` is its reference at the body. ``consented``: the holder agreed that the receiver gets the data.
    """

    body: str
    number: str
    decider: str
    decision: str
    receiver: str
    consented: bool
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class TakeBackOffer:
    """Take back an offer that ``body`` made."""

    body: str
    offer: UUID


@dataclass(frozen=True, slots=True)
class AcceptTransfer:
    """Accept an offer made to ``body``: ``case`` says who decides there, ``reference`` is its own id of the person."""

    body: str
    offer: UUID
    case: Case
    decision: str
    reference: str | None = field(default=None, repr=False)
    unaccredited: bool = False
