"""Errors: a problem document (RFC 9457) for programs, a friendly page for people."""

from http import HTTPStatus
from typing import Final

from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from verifier.encoding import format_json
from verifier.errors import FormatError

MEDIA_TYPE = "application/problem+json"
# As RFC 9110, section 15.5, calls them; Pythons before 3.13 call them otherwise.
_PHRASES: Final = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}


class RefusedError(FormatError):
    """A request is none that can be answered; the message is for the visitor, a sentence in his language."""


def refusal(error: FormatError) -> str:
    """What a visitor is told of a request that is none: words that are not meant for him say nothing to him."""
    return str(error) if isinstance(error, RefusedError) else str(gettext("The request cannot be understood."))


def phrase(status: int) -> str:
    """What a status is called (RFC 9110, section 15), in every Python alike."""
    return _PHRASES.get(status) or HTTPStatus(status).phrase


def problem(status: int, detail: str) -> Response:
    """The answer to a request that gets none: one sentence, as a document or as a page."""
    if wants_page():
        response = make_response(render_template("problem.html", status=status, detail=detail), status)
    else:
        content = {"type": "about:blank", "title": phrase(status), "status": status, "detail": detail}
        response = Response(format_json(content), status, content_type=MEDIA_TYPE)
    response.cache_control.no_store = True
    return response


def wants_page() -> bool:
    """Whether the request comes from a browser that shows pages."""
    api = request.path.startswith(("/public/", "/healthz")) or request.path.endswith((".json", "/bundle"))
    return not api and request.accept_mimetypes.best_match([MEDIA_TYPE, "text/html"]) == "text/html"


def answer_problems(app: Flask) -> None:
    """Turn every error of ``app`` into a problem."""

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response | HTTPException:
        status = error.code or 500
        if status < 400:
            return error
        response = problem(status, _detail(status))
        allowed = error.get_response().headers.get("Allow")
        if allowed:
            response.headers["Allow"] = allowed
        return response


def _detail(status: int) -> str:
    match status:
        case 404:
            return str(gettext("There is no such page."))
        case 405:
            return str(gettext("This page can only be read."))
        case 413 | 414 | 431:
            return str(gettext("The request is too large."))
        case _ if status >= 500:
            return str(gettext("The page could not answer. It says nothing about any certificate."))
        case _:
            return str(gettext("The request cannot be understood."))
