"""The pages: the form, and what it answers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import format_timedelta, gettext
from werkzeug.wrappers import Response as BaseResponse

from verifier.bundle import format_bundle
from verifier.certificate import parse_link
from verifier.encoding import format_base64, format_day, format_instant, format_json
from verifier.errors import AttestoError, FormatError
from verifier.note import fingerprint
from verifier.number import group_number, parse_number
from verifier.page.check_words import REASONS
from verifier.page.day import headline, long_day, rome_time
from verifier.page.desk import Asked, the_desk
from verifier.page.evidence import browser_evidence
from verifier.page.language import told
from verifier.page.notice import body_then, notices
from verifier.page.period import (
    KINDS,
    DayError,
    asked_days,
    command_options,
    gap_lines,
    requirements,
    uncovered_lines,
    when,
)
from verifier.page.problem import problem, wants_page
from verifier.page.typed import number_fault
from verifier.page.view import (
    browser_lines,
    browser_results,
    check_lines,
    check_text,
    coverage_words,
    report_result,
    safe_link,
    same_then,
    show_result,
)
from verifier.page.words import EVENTS
from verifier.report import Kind, Outcome, Verdict
from verifier.report_json import MEDIA_TYPE, format_report

pages = Blueprint("pages", __name__)
# A number with all that people put between its groups; what is longer may be a certificate's code, and is not repeated.
MAX_TYPED: Final = 20
BUNDLE_MEDIA_TYPE: Final = "application/vnd.attesto.bundle.v1+json"
_CACHE: Final = "public, max-age=10"
# How much of the log key's fingerprint is shown to be compared at a glance: 64 bits, in groups of four digits.
_SHORT: Final = 16
_STATUS: Final[Mapping[Verdict, int]] = {
    Verdict.NO_RECORD: 404,
    Verdict.ERASED: 410,
    Verdict.WITHHELD: 503,
    Verdict.COULD_NOT_BE_CHECKED: 503,
}


@pages.get("/")
def home() -> BaseResponse:
    """The form; with a number, the way to its answer."""
    typed = request.args.get("number")
    if typed is None:
        return cached(make_response(render_template("home.html", typed="", **_asked_again())))
    try:
        number = parse_link(typed).number
        asked_days(request.args, the_desk().today())
    except DayError as error:
        shown = render_template("home.html", typed=_repeatable(typed), day_error=str(error), **_asked_again())
        return make_response(shown, 400)
    except FormatError:
        return _bad_number(typed)
    kind, on, at = (request.args.get(name) or None for name in ("kind", "on", "at"))
    return redirect(
        url_for("pages.certificate", number=number, kind=None if kind == Kind.DAY else kind, on=on, at=at), 303
    )


def _asked_again() -> dict[str, str]:
    """What a form was filled in with, to be shown in it again."""
    return {f"asked_{name}": _repeatable(request.args.get(name, "")) for name in ("kind", "on", "at")}


def _repeatable(typed: str) -> str:
    return typed if len(typed) <= MAX_TYPED else ""


@pages.get("/v/<number>")
@pages.get("/V/<number>")
def certificate(number: str) -> BaseResponse:
    """The answer for a number, on the day that matters."""
    try:
        asked = _ask(number)
    except DayError as error:
        return problem(400, str(error))
    except FormatError:
        return _bad_number(number)
    return _answered(asked, make_response(render_template("certificate.html", **_shown(asked))))


@pages.get("/v/<number>.json")
@pages.get("/V/<number>.json")
def report(number: str) -> BaseResponse:
    """The same answer for programs, with what a browser needs to check a token."""
    try:
        asked = _ask(number)
    except FormatError as error:
        return problem(400, str(error))
    content = {**format_report(asked.report), "browser": browser_evidence(asked, the_desk().trust)}
    return _answered(asked, Response(format_json(content), content_type=MEDIA_TYPE))


@pages.get("/v/<number>/bundle")
@pages.get("/V/<number>/bundle")
def bundle(number: str) -> BaseResponse:
    """Everything to check the certification offline, as a file."""
    try:
        parsed = parse_number(number)
        found = the_desk().ask(parsed, the_desk().question())
    except FormatError as error:
        return problem(400, str(error))
    if found.report.verdict is Verdict.ERASED:
        return problem(410, gettext("What stood under this number was erased."))
    if found.bundle is None:
        missing = found.report.verdict is Verdict.NO_RECORD
        return problem(404 if missing else 503, gettext("There is no bundle of this number to be had."))
    response = Response(format_bundle(found.bundle), content_type=BUNDLE_MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{parsed}.attesto.json"'
    return cached(response)


@pages.get("/healthz")
def health() -> BaseResponse:
    """Whether the public files can be read and are recent, for whoever watches over the page."""
    desk = the_desk()
    try:
        at = desk.snapshot_at()
    except AttestoError as error:
        return _health(503, {"status": "unavailable", "reason": str(error)})
    age = int((desk.clock() - at).total_seconds())
    recent = age <= desk.trust.policy.snapshot_max_age
    content = {"status": "ok" if recent else "stale", "snapshot_at": format_instant(at), "snapshot_age": age}
    return _health(200 if recent else 503, content)


def _health(status: int, content: Mapping[str, object]) -> Response:
    response = Response(format_json(content), status, content_type="application/json")
    response.cache_control.no_store = True
    return response


def _ask(number: str) -> Asked:
    desk = the_desk()
    days = asked_days(request.args, desk.today())
    return desk.ask(parse_number(number), days.question(desk.clock()))


def _bad_number(typed: str) -> Response:
    result = replace(show_result("bad_number"), text=number_fault(typed))
    if not wants_page():
        return problem(400, result.text)
    shown = render_template("number.html", result=result, typed=_repeatable(typed), **_asked_again())
    return make_response(shown, 400)


def _shown(asked: Asked) -> dict[str, object]:
    found, desk = asked.report, the_desk()
    facts, now = found.facts, desk.ask_today(asked)
    return {
        "asked": asked,
        "report": found,
        "number": group_number(asked.number),
        "result": report_result(found, now),
        "when": when(found, desk.today()),
        "asked_days": asked_days(request.args, desk.today()).arguments,
        "gap_lines": gap_lines(found),
        "uncovered_lines": uncovered_lines(found),
        "requirements": requirements(found) if found.answers else [],
        "answer": found.answers[0] if found.answers else None,
        "notices": notices(found),
        "body_then": body_then(found),
        "same_then": same_then(found),
        "now_result": report_result(now) if now else None,
        "edition_title": told(facts.edition_title, facts.edition) if facts else "",
        "profile_title": told(desk.profile_title(asked), facts.profile) if facts else "",
        "website": safe_link(facts.website) if facts else None,
        "lines": check_lines(found),
        "options": command_options(found.question),
        "snapshot_age": format_timedelta(found.question.now - found.evidence.snapshot_at) if found.evidence else "",
        "paths": [index for index, *_ in found.evidence.events] if found.evidence else [],
        "browser_lines": browser_lines(),
        "browser_results": browser_results(found, now),
        "today": desk.today(),
    }


def _answered(asked: Asked, response: Response) -> Response:
    response.status_code = _STATUS.get(asked.report.verdict, 200)
    response.headers["X-Robots-Tag"] = "noindex"
    if response.status_code == 200:
        return cached(response)
    response.cache_control.no_store = True
    if response.status_code == 503:
        response.headers["Retry-After"] = "60"
    return response


def cached(response: Response) -> Response:
    """An answer that caches may keep for some seconds, a language each."""
    response.headers["Cache-Control"] = _CACHE
    response.vary.add("Accept-Language")
    return response


def short_fingerprint(digits: str) -> str:
    """The first digits of a fingerprint, in groups, as people compare them."""
    return " ".join(digits[place : place + 4].upper() for place in range(0, _SHORT, 4))


@pages.app_context_processor
def words() -> dict[str, object]:
    """What templates say things with."""
    return {
        "EVENTS": EVENTS,
        "KINDS": KINDS,
        "MAX_TYPED": MAX_TYPED,
        "REASONS": REASONS,
        "Outcome": Outcome,
        "check_text": check_text,
        "coverage_words": coverage_words,
        "headline": headline,
        "long_day": long_day,
        "rome": rome_time,
        "short_fingerprint": short_fingerprint,
        "format_base64": format_base64,
        "format_day": format_day,
        "format_instant": format_instant,
        "address": the_desk().address,
        "log_key": fingerprint(the_desk().trust.log_key),
    }
