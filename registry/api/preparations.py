"""Preparations over HTTP, for a body that keeps its keys at home: what to sign, and what was signed."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from flask import Blueprint, Response
from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from registry.api.adoption import BEGINNINGS, Beginning
from registry.api.answers import prepared
from registry.api.certifications import answer_recorded
from registry.api.desk import answer, authorise, the_body, the_desk
from registry.api.problem import RefusedError
from registry.api.reading import check_printable, idempotency_key, parse_model, read_model
from registry.api.requests import ACTIONS, Asked, Model, Request
from registry.application.answers import Recorded
from registry.application.submit import Signed
from verifier.encoding import format_json, parse_base64url
from verifier.errors import FormatError, SignatureError
from verifier.key import SIGNATURE_BYTES

_CONTENT: Final = "/content"

preparations = Blueprint("preparations", __name__)
preparations.before_request(authorise)


def _signature(text: str) -> str:
    try:
        size = len(parse_base64url(text))
    except FormatError as error:
        raise ValueError(str(error)) from error
    if size != SIGNATURE_BYTES:
        raise ValueError(f"is not of {SIGNATURE_BYTES} octets")
    return text


Signature: TypeAlias = Annotated[
    str, AfterValidator(_signature), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9_-]{86}$"})
]


class Preparing(Model):
    """Prepare a decision: ``content`` is what the decision's own address takes, ``number`` whose it is."""

    action: Annotated[str, StringConstraints(pattern=f"^({'|'.join((*BEGINNINGS, *ACTIONS))})$")]
    number: str = Field(default="", description="the certification's number; absent for a grant or an adoption")
    content: dict[str, Any]


class Submitting(Model):
    """The body's signatures, in base64url: one per event, in order, and the token's where there is one to sign."""

    events: Annotated[tuple[Signature, ...], Field(min_length=1, max_length=16)]
    token: Signature | None = None

    def signed(self) -> Signed:
        """The signatures."""
        token = None if self.token is None else parse_base64url(self.token)
        return Signed(tuple(map(parse_base64url, self.events)), token)


@preparations.post("/preparations")
def prepare() -> Response:
    """Make the exact bytes to sign; nothing is recorded."""
    desk, key, asked = the_desk(), idempotency_key(), read_model(Preparing)
    models: Mapping[str, type[Beginning | Request]] = {**BEGINNINGS, **ACTIONS}
    content = parse_model(models[asked.action], format_json(asked.content), _CONTENT)
    command = content.command(Asked(the_body(), key, asked.number))
    check_printable(command, _CONTENT)
    made = desk.preparations.prepare(command)
    return answer_recorded(made) if isinstance(made, Recorded) else answer(prepared(made), HTTPStatus.CREATED)


@preparations.post("/preparations/<uuid:preparation>/submission")
def submit(preparation: UUID) -> Response:
    """Record what was signed; every guard runs again."""
    signed = read_model(Submitting).signed()
    try:
        made = the_desk().preparations.submit(the_body(), preparation, signed)
    except SignatureError as error:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "signature", str(error)) from error
    if isinstance(made, Recorded):
        return answer_recorded(made)
    # By now the same decision would say something else: the answer holds what to sign instead.
    return answer(prepared(made), HTTPStatus.CONFLICT)
