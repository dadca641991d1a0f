"""The timeline page of a certification, and the same for programs."""

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from verifier.encoding import format_json
from verifier.errors import FormatError
from verifier.number import group_number, parse_number
from verifier.page.desk import Asked, the_desk
from verifier.page.pages import cached
from verifier.page.period import days_words
from verifier.page.problem import problem
from verifier.page.words import ACCREDITATION_EVENTS, STATES
from verifier.report import Verdict
from verifier.timeline import Timeline, format_timeline, timeline

timelines = Blueprint("timelines", __name__)
MEDIA_TYPE = "application/vnd.attesto.timeline.v1+json"


@timelines.get("/v/<number>/timeline")
@timelines.get("/V/<number>/timeline")
def page(number: str) -> BaseResponse:
    """Every event of a certification, for people; without a verified record, the way back to the answer."""
    try:
        asked = _ask(number)
    except FormatError:
        return _answer(number)
    made = _timeline(asked)
    if made is None:
        return _answer(number)
    shown = render_template(
        "timeline.html",
        asked=asked,
        number=group_number(asked.number),
        made=made,
        today=the_desk().today(),
        days_words=days_words,
        STATES=STATES,
        ACCREDITATION_EVENTS=ACCREDITATION_EVENTS,
    )
    return _unindexed(make_response(shown))


@timelines.get("/v/<number>/timeline.json")
@timelines.get("/V/<number>/timeline.json")
def document(number: str) -> BaseResponse:
    """The same for programs, with the proof for each entry."""
    try:
        asked = _ask(number)
    except FormatError as error:
        return problem(400, str(error))
    if asked.report.verdict is Verdict.ERASED:
        return problem(410, gettext("What stood under this number was erased."))
    made = _timeline(asked)
    if made is None or asked.bundle is None:
        missing = asked.report.verdict is Verdict.NO_RECORD
        return problem(404 if missing else 503, gettext("There is no timeline of this number to be had."))
    content = format_json(format_timeline(made, asked.bundle))
    return _unindexed(Response(content, content_type=MEDIA_TYPE))


def _answer(number: str) -> BaseResponse:
    return redirect(url_for("pages.certificate", number=number), 303)


def _ask(number: str) -> Asked:
    desk = the_desk()
    return desk.ask(parse_number(number), desk.question())


def _timeline(asked: Asked) -> Timeline | None:
    """The timeline of a number whose record holds in every check, None for any other."""
    if asked.bundle is None or asked.report.facts is None:
        return None
    return timeline(asked.bundle, the_desk().trust, asked.report.question.now)


def _unindexed(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return cached(response)
