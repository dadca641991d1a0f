"""Erasure over HTTP: a body erases a holder, with every certification that the holder has at it."""

from http import HTTPStatus

from flask import Blueprint, Response
from pydantic import BaseModel, Field

from registry.api.answers import Entry, Instant
from registry.api.desk import answer, authorise, the_body, the_desk
from registry.api.reading import idempotency_key, read_model
from registry.api.requests import Line, Model
from registry.application.erased import Erased
from registry.commands.erasure import EraseHolder

erasures = Blueprint("erasures", __name__)
erasures.before_request(authorise)


class Erasure(Model):
    """Erase the certified person, with every certification that the person has at this body, for ever."""

    decider: Line


class ErasedAnswer(BaseModel):
    """An erasure that is in the log, with one entry for each certification."""

    erased: list[str] = Field(description="the numbers that answer 'erased' from now on")
    recorded_at: Instant
    tree_size: int
    checkpoint: str = Field(description="C2SP checkpoint in a signed note")
    entries: list[Entry]
    repeated: bool = Field(description="it was recorded before, under this idempotency key")


@erasures.post("/certifications/<number>/erase")
def erase(number: str) -> Response:
    """Erase whom a certification is about."""
    key, asked = idempotency_key(), read_model(Erasure)
    made = the_desk().registry.erasure.erase(EraseHolder(the_body(), number, asked.decider, key))
    return answer(_erased(made), HTTPStatus.OK if made.repeated else HTTPStatus.CREATED)


def _erased(made: Erased) -> ErasedAnswer:
    receipt = made.receipt
    return ErasedAnswer(
        erased=list(made.numbers),
        recorded_at=receipt.recorded_at,
        tree_size=receipt.size,
        checkpoint=receipt.checkpoint.decode(),
        entries=[Entry(leaf_index=index, proof=receipt.proof(index)) for index in receipt.indexes],
        repeated=made.repeated,
    )
