"""Problems (RFC 9457): every error becomes one sentence with a code of its own, and never more than that."""

import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from traceback import format_tb
from typing import Final

from flask import Flask, Response
from pydantic import BaseModel, Field
from werkzeug.exceptions import HTTPException

from keys.errors import HolderErasedError, KeyMissingError
from registry.domain.errors import AlreadyScheduledError, AppealError, DomainError, TransitionError
from registry.errors import (
    CommitUnknownError,
    ConflictError,
    ErasedError,
    ForeignError,
    HeadError,
    IdempotencyError,
    KeysElsewhereError,
    RequestError,
    SettingError,
    StaleError,
    StoreUnavailableError,
    UnknownError,
)
from verifier.encoding import format_json
from verifier.errors import AttestoError, FormatError, KeyNotInForceError, SignatureError
from verifier.number import NumberError
from verifier.page.problem import MEDIA_TYPE, phrase

TYPE: Final = "urn:attesto:problem:"
RETRY_SECONDS: Final = 5
_log = logging.getLogger(__name__)

# The first class that fits says the status; what is not here is a fault of ours.
_STATUS: Final[tuple[tuple[type[AttestoError], int], ...]] = (
    (UnknownError, 404),
    (ErasedError, 410),
    (ForeignError, 403),
    (KeysElsewhereError, 409),
    (StaleError, 409),
    (IdempotencyError, 422),
    (RequestError, 422),
    (TransitionError, 409),
    (AlreadyScheduledError, 409),
    (AppealError, 409),
    (DomainError, 422),
    (KeyMissingError, 409),
    (HolderErasedError, 410),
    (FormatError, 400),
    (ConflictError, 409),
    (KeyNotInForceError, 409),
    (SignatureError, 409),
    (CommitUnknownError, 503),
    (StoreUnavailableError, 503),
    (HeadError, 503),
    (SettingError, 503),
)
# What a client hears of the registry's own troubles; the log holds the rest.
_TROUBLES: Final[tuple[tuple[type[AttestoError], str], ...]] = (
    (
        CommitUnknownError,
        "whether this was recorded is not known: repeat the request with the same Idempotency-Key and content",
    ),
    (StoreUnavailableError, "the registry's database does not answer; nothing was recorded"),
    (HeadError, "the registry signs nothing until its operator has looked at the log; nothing was recorded"),
    (AttestoError, "the registry cannot answer; its operator finds the reason in its log"),
)


class Fault(BaseModel):
    """One thing to mend in a request: where (RFC 6901), what, and a code for programs."""

    pointer: str
    detail: str
    code: str


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str = Field(description="urn:attesto:problem: and the code; about:blank where the status says it all")
    title: str
    status: int
    detail: str
    code: str
    errors: list[Fault] = Field(default_factory=list, description="where the request is not what it should be")


class RefusedError(Exception):
    """A request that is refused before it becomes a command."""

    def __init__(self, status: int, code: str, detail: str, faults: Sequence[Fault] = ()) -> None:
        """Refuse with ``detail``, one sentence."""
        super().__init__(detail)
        self.status = status
        self.code = code
        self.faults = faults


def answer_problems(app: Flask) -> None:
    """Turn every error of ``app`` into a problem."""

    @app.errorhandler(RefusedError)
    def refused(error: RefusedError) -> Response:
        headers = {"WWW-Authenticate": 'Bearer realm="attesto"'} if error.status == HTTPStatus.UNAUTHORIZED else {}
        return _problem(error.status, error.code, str(error), error.faults, headers)

    @app.errorhandler(AttestoError)
    def failed(error: AttestoError) -> Response:
        status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
        if status < 500:
            return _problem(status, code_of(error), str(error))
        _log.error("a request could not be carried out: %s", error)
        detail = next(text for kind, text in _TROUBLES if isinstance(error, kind))
        retry = {"Retry-After": str(RETRY_SECONDS)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
        return _problem(status, code_of(error), detail, headers=retry)

    @app.errorhandler(HTTPException)
    def answered(error: HTTPException) -> Response:
        status = error.code or 500
        allow = error.get_response().headers.get("Allow")
        return _problem(status, _kebab(phrase(status)), _http_detail(status), headers={"Allow": allow} if allow else {})

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        # Without its message, which may hold what the request held: a name.
        trace = "".join(format_tb(error.__traceback__))
        _log.error("a request met a fault: %s\n%s", type(error).__name__, trace)
        return _problem(500, "internal-server-error", _TROUBLES[-1][1])


def code_of(error: AttestoError) -> str:
    """The code of an error of ours: its name, as in ``four-eyes``; which slip a number has is no code of its own."""
    if isinstance(error, NumberError):
        return "format"
    return _kebab(re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__.removesuffix("Error")))


def _kebab(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _http_detail(status: int) -> str:
    match status:
        case 404:
            return "there is nothing at this address"
        case 405:
            return "this address does not take that method"
        case 413:
            return "the request's body is too large"
        case 414:
            return "the request's address is too long"
        case 431:
            return "the request's headers are too large"
        case _ if status >= 500:
            return _TROUBLES[-1][1]
        case _:
            return "the request cannot be understood"


def _problem(
    status: int, code: str, detail: str, faults: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
) -> Response:
    made = Problem(type=TYPE + code, title=phrase(status), status=status, detail=detail, code=code, errors=list(faults))
    content = made.model_dump(exclude=None if faults else {"errors"})
    return Response(format_json(content), status, content_type=MEDIA_TYPE, headers=headers)
