"""What the API's views work with, and who speaks to them: the one place where a request gets its body."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Final

from flask import Response, abort, current_app, g, request
from pydantic import BaseModel

from registry.api.answers import Answers
from registry.api.problem import RefusedError
from registry.api.tokens import TokenFile
from registry.application.offers import Offers
from registry.application.preparations import Preparations
from registry.application.registry import Registry

PATIENCE_SECONDS: Final = 0.5
_EXTENSION: Final = "attesto"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a request meets.

    ``name_check`` makes the check of a body's names under an edition; ``readers`` is taken while a body is read: a
    client that sends slowly holds a thread, and some threads must be left for everybody else.
    """

    registry: Registry
    preparations: Preparations
    offers: Offers
    tokens: TokenFile
    answers: Answers
    name_check: Callable[[str, str], Callable[[str], None]]
    readers: BoundedSemaphore


def keep_desk(extensions: dict[str, object], desk: Desk) -> None:
    """Keep the desk where ``the_desk`` finds it."""
    extensions[_EXTENSION] = desk


def the_desk() -> Desk:
    """The desk of the application that answers."""
    desk: Desk = current_app.extensions[_EXTENSION]
    return desk


def read_body(limit: int) -> bytes:
    """The request's body.

    Raises:
        RefusedError: it is larger than ``limit``, or others have been sending theirs for too long.
    """
    readers = the_desk().readers
    if not readers.acquire(timeout=PATIENCE_SECONDS):
        raise RefusedError(
            HTTPStatus.SERVICE_UNAVAILABLE, "busy", "too many requests are being read; nothing was recorded"
        )
    try:
        data = request.get_data(cache=False)
    finally:
        readers.release()
    if len(data) > limit:
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return data


def authorise() -> None:
    """Find out for which body the request speaks; everything it asks is asked as that body.

    Raises:
        RefusedError: it holds no token in force.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    client = the_desk().tokens.find(token.strip()) if scheme.lower() == "bearer" and token else None
    if client is None:
        raise RefusedError(
            HTTPStatus.UNAUTHORIZED, "unauthorised", "this address takes a body's API token as bearer token"
        )
    g.body = client.body


def the_body() -> str:
    """The slug of the body that asks."""
    body: str = g.body
    return body


def answer(content: BaseModel, status: HTTPStatus) -> Response:
    """An answer in JSON."""
    return Response(content.model_dump_json(), status, content_type="application/json")
