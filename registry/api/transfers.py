"""Transfers over HTTP: one body offers a certification or takes it back, the other accepts it, with its token."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from flask import Blueprint, Response
from pydantic import BaseModel, Field

from registry.api.answers import Instant
from registry.api.certifications import answer_recorded
from registry.api.desk import answer, authorise, the_body, the_desk
from registry.api.reading import idempotency_key, read_model
from registry.api.requests import Line, Model, People, Slug
from registry.application.offers import Offer
from registry.commands.offer import AcceptTransfer, OfferTransfer, TakeBackOffer
from registry.domain.decision import Case

transfers = Blueprint("transfers", __name__)
transfers.before_request(authorise)


class TransferOffer(Model):
    """Offer the certification to another body, which gets the person's data when it accepts: the holder has agreed."""

    decision: Line
    decider: Line
    receiver: Slug
    consented: Literal[True]


class Acceptance(Model):
    """Accept what was offered: the certification ends there and goes on here, with the same days and a new number."""

    decision: Line
    decider: Line
    examiners: People = ()
    trainers: People = ()
    reference: Line | None = None
    unaccredited: bool = False


class OfferedTransfer(BaseModel):
    """An offer, as both bodies see it; ``repeated``: it was made before, under this idempotency key."""

    offer: UUID
    body: str
    receiver: str
    edition: str
    profile: str
    granted_on: date
    valid_until: date
    expires_at: Annotated[Instant, Field(description="until when it can be accepted")]
    repeated: bool


@transfers.post("/certifications/<number>/transfer")
def offer(number: str) -> Response:
    """Offer a certification to another body; nothing is recorded in the log."""
    key, asked = idempotency_key(), read_model(TransferOffer)
    command = OfferTransfer(the_body(), number, asked.decider, asked.decision, asked.receiver, asked.consented, key)
    made = the_desk().offers.make(command)
    return answer(_offered(made), HTTPStatus.OK if made.repeated else HTTPStatus.CREATED)


@transfers.get("/transfers/<uuid:offer>")
def show(offer: UUID) -> Response:
    """An offer that this body made, or that was made to it."""
    return answer(_offered(the_desk().offers.offer(offer, the_body())), HTTPStatus.OK)


@transfers.delete("/transfers/<uuid:offer>")
def take_back(offer: UUID) -> Response:
    """Take back an offer that this body made and nobody has accepted."""
    the_desk().offers.take_back(TakeBackOffer(the_body(), offer))
    taken_back = Response(status=HTTPStatus.NO_CONTENT)
    del taken_back.headers["Content-Type"]
    return taken_back


@transfers.post("/transfers/<uuid:offer>/acceptance")
def accept(offer: UUID) -> Response:
    """Accept an offer: both decisions are recorded together."""
    asked = read_model(Acceptance)
    case = Case(asked.decider, asked.examiners, asked.trainers)
    command = AcceptTransfer(the_body(), offer, case, asked.decision, asked.reference, asked.unaccredited)
    desk = the_desk()
    handover = desk.offers.rehearse(command)
    if handover is not None and handover.into.token is not None:
        certificate = handover.into.token.certificate
        desk.name_check(certificate.body, certificate.edition)(certificate.name)
    return answer_recorded(desk.offers.accept(command).into)


def _offered(made: Offer) -> OfferedTransfer:
    return OfferedTransfer(
        offer=made.id,
        body=made.body,
        receiver=made.receiver,
        edition=made.edition,
        profile=made.profile,
        granted_on=made.granted_on,
        valid_until=made.valid_until,
        expires_at=made.expires_at,
        repeated=made.repeated,
    )
