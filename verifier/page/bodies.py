"""The pages of the certification bodies: accreditation and keys over time, for people and for programs."""

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, make_response, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from verifier.body import BodyReport, BodyVerdict
from verifier.body_json import MEDIA_TYPE, format_body_report
from verifier.bundle import parse_record
from verifier.encoding import format_json, legal_day, parse_slug
from verifier.errors import AttestoError, FormatError
from verifier.fetch import body_path
from verifier.page.body_words import BODY_EVENTS, BODY_HEADLINES, PURPOSES
from verifier.page.desk import SECONDS, Hurried, the_desk
from verifier.page.pages import cached
from verifier.page.problem import problem
from verifier.page.view import Result, safe_link
from verifier.page.words import ACCREDITATION_EVENTS
from verifier.stream import open_stream
from verifier.trust import BodyHistory, body_history

bodies = Blueprint("bodies", __name__)
LIST_MEDIA_TYPE: Final = "application/vnd.attesto.bodies.v1+json"
_STATUS: Final = {BodyVerdict.UNKNOWN_BODY: 404, BodyVerdict.COULD_NOT_BE_CHECKED: 503}


@dataclass(frozen=True, slots=True)
class Listed:
    """The bodies of the trust root whose record is signed as it should be, and the slugs of those of no such record."""

    shown: tuple[BodyHistory, ...]
    missing: tuple[str, ...]


@bodies.get("/body/", strict_slashes=False)
def index() -> BaseResponse:
    """Every body that the trust root names, for people."""
    return cached(make_response(render_template("bodies.html", listed=listed_bodies())))


@bodies.get("/body.json")
def index_document() -> BaseResponse:
    """The same for programs."""
    listed = listed_bodies()
    content = {
        "v": 1,
        "bodies": [
            {"body": body.slug, "name": body.name, "website": body.website, "keys_hosted": body.hosted}
            for body in listed.shown
        ],
        "missing": list(listed.missing),
    }
    return cached(Response(format_json(content), content_type=LIST_MEDIA_TYPE))


@bodies.get("/body/<slug>")
def page(slug: str) -> BaseResponse:
    """What the log shows of a body, for people."""
    try:
        report = the_desk().ask_body(parse_slug(slug))
    except FormatError:
        return _no_slug()
    body = report.body
    shown = render_template(
        "body.html",
        report=report,
        body=body,
        result=None if body else _result(report),
        website=safe_link(body.history.website) if body else None,
        legal_day=legal_day,
        ACCREDITATION_EVENTS=ACCREDITATION_EVENTS,
        BODY_EVENTS=BODY_EVENTS,
        PURPOSES=PURPOSES,
    )
    return _answered(report, make_response(shown))


@bodies.get("/body/<slug>.json")
def document(slug: str) -> BaseResponse:
    """The same for programs, with the proof for each entry."""
    try:
        report = the_desk().ask_body(parse_slug(slug))
    except FormatError:
        return _no_slug()
    return _answered(report, Response(format_json(format_body_report(report)), content_type=MEDIA_TYPE))


def _no_slug() -> BaseResponse:
    return problem(404, gettext("There is no such page."))


def _answered(report: BodyReport, response: Response) -> Response:
    response.status_code = _STATUS.get(report.verdict, 200)
    if response.status_code == 200:
        return cached(response)
    response.cache_control.no_store = True
    if response.status_code == 503:
        response.headers["Retry-After"] = "60"
    return response


def _result(report: BodyReport) -> Result:
    words = BODY_HEADLINES[report.verdict]
    return Result(str(report.verdict), words.tone, str(words.title), str(words.text))


def listed_bodies() -> Listed:
    """A table of contents: who is on it and under which name, not what is known of them now."""
    trust, source = the_desk().trust, Hurried(the_desk().source, SECONDS)
    shown: list[BodyHistory] = []
    missing: list[str] = []
    for slug, trusted in trust.bodies.items():
        try:
            record = parse_record(source.read(body_path(slug)))
            events = open_stream(record, trust.origin, trust.operator_key)
            shown.append(body_history(trusted, trust.operator_key, events))
        except AttestoError:
            missing.append(slug)
    return Listed(tuple(sorted(shown, key=lambda body: body.name.casefold())), tuple(missing))
