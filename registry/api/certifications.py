"""Certifications over HTTP: grant one, decide on one, look one up."""

from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, request, url_for
from pydantic import BaseModel, ValidationError

from registry.api.desk import authorise, read_body, the_body, the_desk
from registry.api.problem import Fault, RefusedError
from registry.api.requests import ACTIONS, Asked, Grant, Request
from registry.commands.decisions import Command, GrantCertification
from registry.commands.problem import format_pointer
from registry.errors import ForeignError
from verifier.encoding import parse_json
from verifier.errors import AttestoError

MAX_BODY_BYTES: Final = 64 * 1024
MAX_KEY_CHARACTERS: Final = 128
MEDIA_TYPE: Final = "application/json"

certifications = Blueprint("certifications", __name__)
certifications.before_request(authorise)


@certifications.post("/certifications")
def grant() -> Response:
    """Certify a person."""
    asked = Asked(the_body(), _idempotency_key())
    return _decide(_parse(Grant).command(asked))


@certifications.post(f"/certifications/<number>/<any({', '.join(ACTIONS)}):action>")
def decide(number: str, action: str) -> Response:
    """Decide on a certification that is there."""
    asked = Asked(the_body(), _idempotency_key(), number)
    return _decide(_parse(ACTIONS[action]).command(asked))


@certifications.get("/certifications/<number>")
def show(number: str) -> Response:
    """A certification as it stands today."""
    desk = the_desk()
    numbered, _ = desk.registry.certification(number)
    if numbered.body != the_body():
        raise ForeignError(f"certification {numbered.number} is another body's")
    return _answer(desk.answers.certification(numbered), HTTPStatus.OK)


def _decide(command: Command) -> Response:
    desk = the_desk()
    if isinstance(command, GrantCertification):
        _check_name(command)
    made = desk.registry.decide(command)
    response = _answer(desk.answers.decided(made), HTTPStatus.OK if made.repeated else HTTPStatus.CREATED)
    response.headers["Location"] = url_for("certifications.show", number=made.number)
    return response


def _check_name(command: GrantCertification) -> None:
    check = the_desk().name_check(command.body, command.edition)
    try:
        check(command.person.name)
    except AttestoError as error:
        fault = Fault(pointer="/person/name", detail=str(error), code="not-printable")
        detail = "the name cannot be printed on a certificate"
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, [fault]) from error


def _idempotency_key() -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= MAX_KEY_CHARACTERS or not key.isascii() or not key.isprintable():
        detail = f"a decision takes an Idempotency-Key of 1 to {MAX_KEY_CHARACTERS} printable ASCII characters"
        raise RefusedError(HTTPStatus.BAD_REQUEST, "idempotency-key", detail)
    return key


def _parse(model: type[Request]) -> Request:
    if request.mimetype != MEDIA_TYPE:
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "media-type", f"the request's body is {MEDIA_TYPE}")
    data = read_body(MAX_BODY_BYTES)
    parse_json(data, MAX_BODY_BYTES)  # refuses a name that stands twice, of which the model would take the last
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        faults = [
            Fault(
                pointer=format_pointer(fault["loc"]),
                detail=_sentence(fault["msg"]),
                code=fault["type"].replace("_", "-"),
            )
            for fault in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        detail = "the request's body is not what this address takes"
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, faults) from error


def _sentence(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _answer(answer: BaseModel, status: HTTPStatus) -> Response:
    return Response(answer.model_dump_json(), status, content_type=MEDIA_TYPE)
