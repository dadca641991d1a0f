"""Files handed in to be checked: a photo, a PDF, many of them, a list; one form, and no script is needed.

What is sent is read by a closed-off process, answered and forgotten. Nothing of it is kept, logged or laid on a disk.
"""

from collections.abc import Iterable

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext

from verifier.answers import Answer
from verifier.certificate import format_base32
from verifier.document import differing
from verifier.encoding import Json
from verifier.errors import FormatError
from verifier.pack.content import PAGE
from verifier.page.allowance import asker
from verifier.page.asking import answer_all, holder_key, profile_titles, question, read_all, read_sent, rows_of
from verifier.page.desk import the_desk
from verifier.page.field_words import FIELDS, field_lines
from verifier.page.guard import takes
from verifier.page.language import told
from verifier.page.notice import notices
from verifier.page.pages import cached
from verifier.page.period import KINDS, asked_days, when
from verifier.page.problem import problem, refusal
from verifier.page.reception import (
    MAX_FILES,
    MAX_OCTETS,
    expect_files,
    handed_in,
    refuse,
    the_turns,
    unkept,
)
from verifier.page.row import REASONS, Row, answer_result, number_of
from verifier.page.seal_words import seal_lines
from verifier.page.tally import flag, tally
from verifier.page.view import check_lines, number_sentence
from verifier.presented import Presented
from verifier.report import Question, Report

uploads = Blueprint("uploads", __name__)
refuse(uploads)


@uploads.get("/check")
def form() -> Response:
    """The form for files."""
    shown = render_template("check.html", max_files=MAX_FILES, max_megabytes=MAX_OCTETS // 2**20)
    return cached(make_response(shown))


@uploads.post("/check")
@takes(MAX_OCTETS)
def check() -> Response:
    """What the files that are sent come to: one answer on a page of its own, several in a table."""
    expect_files()
    try:
        files, asked = handed_in(), question(request.form, the_desk().clock())
        if not files:
            return problem(422, gettext("No file was chosen. Go back and choose one."))
        with the_turns().take(asker()):
            answers = answer_all(read_all(read_sent(files)), asked)
    except FormatError as error:
        return problem(422, refusal(error))
    if len(answers) == 1:
        return unkept(render_template("check_answer.html", **_shown(answers[0])))
    return unkept(show_rows(rows_of(answers, holder_key({})), asked, url_for("uploads.form")))


def show_rows(rows: Iterable[Row], asked: Question, again: str) -> str:
    """A page with one table of what belongs together; ``again`` is the address of the form."""
    flagged = flag(rows)
    return render_template(
        "check_answers.html",
        rows=flagged,
        bidders=tally(flagged),
        titled={row.profile: row for row in flagged},
        words=REASONS,
        fields=FIELDS,
        attention=sum(bool(row.reasons) for row in flagged),
        asked=asked,
        kind=KINDS[asked.kind],
        again=again,
    )


def _shown(answer: Answer) -> dict[str, object]:
    report = answer.report if isinstance(answer.report, Report) else None
    altered = report is not None and answer.verdict is not report.verdict
    facts = report.facts if report else None
    return {
        "input": answer.input,
        "token": report.registered if report else None,
        "of_number": number_sentence(report, answer.today) if report and altered else "",
        "number": number_of(answer),
        "document": answer.input.document,
        "report": report,
        "facts": facts,
        "standing": report.answers[0].standing if report and report.answers else None,
        "days": asked_days(request.form, the_desk().today()).arguments,
        "result": answer_result(answer),
        "when": when(report, the_desk().today()) if report else "",
        "profile_title": told(profile_titles(facts), facts.profile) if facts else "",
        "seals": seal_lines(answer.input.document.checked) if answer.input.document else [],
        "fields": field_lines(answer.fields),
        "notices": notices(report) if report else [],
        "lines": check_lines(report) if report else [],
        "pack": _pack(answer),
    }


def _pack(answer: Answer) -> Json:
    """What asks for an evidence pack of the answer; None where there is nothing to put in one."""
    presented = answer.input.presented
    if not isinstance(presented, Presented) or presented.number is None:
        return None
    item: dict[str, Json] = {name: request.form.get(name, "") for name in ("kind", "on", "at")}
    item |= {"number": presented.number, "token": "" if presented.token is None else format_base32(presented.token)}
    # What was altered after it was sealed is no more genuine in a pack than here.
    others: list[Json] = [*differing(answer.fields), *(["seal"] if answer.unsealed else [])]
    if answer.doubtful:
        others.append(PAGE)
    return {"items": [item | {"differing": others, "uncompared": answer.uncompared}]}
