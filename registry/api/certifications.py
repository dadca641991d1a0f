"""Certifications over HTTP: grant one, decide on one, look one up."""

from http import HTTPStatus

from flask import Blueprint, Response, url_for

from registry.api.adoption import Adoption
from registry.api.desk import answer, authorise, the_body, the_desk
from registry.api.reading import check_printable, idempotency_key, read_model
from registry.api.requests import ACTIONS, Asked, Grant
from registry.application.answers import Recorded
from registry.commands.decisions import Command

certifications = Blueprint("certifications", __name__)
certifications.before_request(authorise)


@certifications.post("/certifications")
def grant() -> Response:
    """Certify a person."""
    asked = Asked(the_body(), idempotency_key())
    return _decide(read_model(Grant).command(asked))


@certifications.post("/adoptions")
def adopt() -> Response:
    """Take in a certification of before the registry."""
    asked = Asked(the_body(), idempotency_key())
    return _decide(read_model(Adoption).command(asked))


@certifications.post(f"/certifications/<number>/<any({', '.join(ACTIONS)}):action>")
def decide(number: str, action: str) -> Response:
    """Decide on a certification that is there."""
    asked = Asked(the_body(), idempotency_key(), number)
    return _decide(read_model(ACTIONS[action]).command(asked))


@certifications.get("/certifications/<number>")
def show(number: str) -> Response:
    """A certification as it stands today."""
    desk = the_desk()
    return answer(desk.answers.certification(desk.registry.numbered(number, the_body())), HTTPStatus.OK)


def _decide(command: Command) -> Response:
    check_printable(command)
    return answer_recorded(the_desk().registry.decide(command))


def answer_recorded(made: Recorded) -> Response:
    """The answer to a decision that is in the log."""
    response = answer(the_desk().answers.decided(made), HTTPStatus.OK if made.repeated else HTTPStatus.CREATED)
    response.headers["Location"] = url_for("certifications.show", number=made.number)
    return response
