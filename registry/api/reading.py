"""A request, read: its body as a model, its idempotency key, and a name that a certificate can show."""

from http import HTTPStatus
from typing import Final, TypeVar

from flask import request
from pydantic import ValidationError

from registry.api.desk import read_body, the_desk
from registry.api.problem import Fault, RefusedError
from registry.api.requests import Model
from registry.commands.decisions import Begun, Command
from registry.commands.problem import format_pointer
from verifier.encoding import parse_json
from verifier.errors import AttestoError

M = TypeVar("M", bound=Model)

MAX_BODY_BYTES: Final = 64 * 1024
MAX_KEY_CHARACTERS: Final = 128
MEDIA_TYPE: Final = "application/json"


def idempotency_key() -> str:
    """The request's idempotency key.

    Raises:
        RefusedError: there is none.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= MAX_KEY_CHARACTERS or not key.isascii() or not key.isprintable():
        detail = f"a decision takes an Idempotency-Key of 1 to {MAX_KEY_CHARACTERS} printable ASCII characters"
        raise RefusedError(HTTPStatus.BAD_REQUEST, "idempotency-key", detail)
    return key


def read_model(model: type[M]) -> M:
    """The request's body.

    Raises:
        RefusedError: it is not what the model wants; every fault is named.
        FormatError: it is no JSON object.
    """
    if request.mimetype != MEDIA_TYPE:
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "media-type", f"the request's body is {MEDIA_TYPE}")
    data = read_body(MAX_BODY_BYTES)
    parse_json(data, MAX_BODY_BYTES)  # refuses a name that stands twice, of which the model would take the last
    return parse_model(model, data)


def parse_model(model: type[M], data: bytes, place: str = "") -> M:
    """A model from JSON that stands at the pointer ``place`` of the request's body; raises RefusedError."""
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        faults = [
            Fault(
                pointer=place + format_pointer(fault["loc"]),
                detail=_sentence(fault["msg"]),
                code=fault["type"].replace("_", "-"),
            )
            for fault in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        detail = "the request's body is not what this address takes"
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, faults) from error


def check_printable(command: Command, place: str = "") -> None:
    """Check that a certificate can show the name of whom a grant or an adoption at the pointer ``place`` is about.

    Raises:
        RefusedError: it cannot.
        UnknownError: there is no such edition.
    """
    if not isinstance(command, Begun):
        return
    check = the_desk().name_check(command.body, command.edition)
    try:
        check(command.person.name)
    except AttestoError as error:
        fault = Fault(pointer=f"{place}/person/name", detail=str(error), code="not-printable")
        detail = "the name cannot be printed on a certificate"
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, [fault]) from error


def _sentence(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message[:1].lower() + message[1:]
