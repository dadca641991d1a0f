"""Many certificates at once: numbers, lists and files, in one table.

With a script the browser sends them bit by bit and keeps the table itself; without one a form is answered by a page. A
list of thousands of lines is read at once and handed back, to be asked for bit by bit:

    {"rows":[{…}],"left":[{"source":"gara.xlsx","line":102,"text":"7K3M9P2XQD4W5","bidder":"Alfa"}]}
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Final

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext

from verifier.certificate import format_base32
from verifier.encoding import Json, format_json, parse_json
from verifier.errors import FormatError
from verifier.inputs import Input
from verifier.page.allowance import asker
from verifier.page.asking import MAX_ANSWERS, answer_all, holder_key, question, read_all, read_sent, rows_of
from verifier.page.desk import the_desk
from verifier.page.field_words import FIELDS
from verifier.page.guard import takes
from verifier.page.pages import cached
from verifier.page.pasted import MAX_BIDDER_CHARACTERS, Line, pasted
from verifier.page.problem import problem, refusal
from verifier.page.reception import (
    MAX_FILES,
    MAX_OCTETS,
    TooManyError,
    expect_files,
    handed_in,
    refuse,
    sent,
    the_turns,
    unkept,
)
from verifier.page.row import REASONS
from verifier.page.sentence import REQUIREMENTS
from verifier.page.sheet import COLUMNS, MAX_SHEET_OCTETS, MEDIA_TYPE, format_sheet, parse_rows
from verifier.page.uploads import show_rows
from verifier.presented import Presented

batches = Blueprint("batches", __name__)
refuse(batches)
MAX_ITEMS: Final = 5000
# As many numbers as are answered while nobody loses patience, or a place in the queue.
AT_ONCE: Final = 50
MAX_LINES_OCTETS: Final = 256 * 1024


@batches.get("/batch")
def form() -> Response:
    """The form for numbers, lists and files."""
    shown = render_template(
        "batch.html",
        max_items=MAX_ITEMS,
        max_answers=MAX_ANSWERS,
        max_files=MAX_FILES,
        max_octets=MAX_OCTETS,
        at_once=AT_ONCE,
        words=REASONS,
        fields=FIELDS,
        columns=COLUMNS,
        requirements=REQUIREMENTS,
    )
    return cached(make_response(shown))


@batches.post("/batch")
@takes(MAX_OCTETS)
def check() -> Response:
    """Everything that the form holds, answered at once, for a browser without a script."""
    expect_files()
    try:
        files, asked, key = handed_in(), question(request.form, the_desk().clock()), holder_key(request.form)
        with the_turns().take(asker()):
            inputs = chain(pasted(_typed(request.form.get("numbers", ""))), read_sent(files))
            answers = answer_all(read_all(_whose(inputs, request.form)), asked)
    except FormatError as error:
        return problem(422, refusal(error))
    if not answers:
        return problem(422, gettext("There is nothing to check. Go back and write a number, or choose a file."))
    return unkept(show_rows(rows_of(answers, key), asked, url_for("batches.form")))


@batches.post("/batch/rows")
@takes(MAX_OCTETS)
def rows() -> Response:
    """The rows of some lines or files of a batch, and what is left to be asked for."""
    try:
        inputs, fields = _sent()
        asked, key = question(fields, the_desk().clock()), holder_key(fields)
        with the_turns().take(asker()):
            now, later = _split(read_all(inputs, MAX_ITEMS))
            answers = answer_all(now, asked)
    except FormatError as error:
        return problem(422, refusal(error))
    content = {"rows": [row.json() for row in rows_of(answers, key)], "left": [_left(one) for one in later]}
    response = Response(format_json(content), content_type="application/json")
    response.cache_control.no_store = True
    return response


@batches.post("/batch/xlsx")
@takes(MAX_SHEET_OCTETS)
def sheet() -> Response:
    """The rows that are sent, as a spreadsheet."""
    try:
        # What is sent slowly keeps no turn.
        given = sent()
        with the_turns().take(asker()):
            content = format_sheet(parse_rows(given))
    except FormatError as error:
        return problem(422, refusal(error))
    response = Response(content, content_type=MEDIA_TYPE)
    response.cache_control.no_store = True
    return response


def _typed(text: str) -> Iterator[Line]:
    return (Line("", place, line) for place, line in enumerate(text.splitlines(), 1) if line.strip())


def _sent() -> tuple[Iterable[Input], Mapping[str, str]]:
    """What a part of a batch presents, and what its fields ask.

    Raises:
        FormatError, TooManyError: it is none.
    """
    if request.mimetype != "application/json":
        expect_files()
        return _whose(read_sent(handed_in()), request.form), request.form
    match parse_json(sent(), MAX_LINES_OCTETS):
        case {"items": list(items), "asked": dict(asked), **rest} if not rest:
            if len(items) > AT_ONCE:
                raise TooManyError(gettext("That is too much at once: at most %(most)s certificates.", most=AT_ONCE))
            fields = {name: str(value) for name, value in asked.items()}
            return _whose(pasted([_line(item) for item in items]), fields), fields
    raise FormatError("not a part of a batch")


def _line(item: Json) -> Line:
    match item:
        case {"source": str(source), "line": int() | None as place, "text": str(text), "bidder": str(bidder), **rest}:
            if not rest and not isinstance(place, bool):
                return Line(source, place, text, bidder)
    raise FormatError("not a line of a batch")


def _whose(inputs: Iterable[Input], fields: Mapping[str, str]) -> Iterator[Input]:
    """The inputs, of the form's bidder where none is named in them."""
    bidder = fields.get("bidder", "").strip()[:MAX_BIDDER_CHARACTERS]
    return (one if one.bidder else replace(one, bidder=bidder) for one in inputs)


def _split(inputs: Iterable[Input]) -> tuple[list[Input], list[Input]]:
    """What is answered now, and the lines of lists that are handed back because there are too many of them."""
    read = list(inputs)
    listed = [one for one in read if one.row is not None]
    if len(listed) <= AT_ONCE:
        return read, []
    return [one for one in read if one.row is None], listed


def _left(one: Input) -> Json:
    return {"source": one.name, "line": one.row, "text": _text(one.presented), "bidder": one.bidder}


def _text(presented: Presented | FormatError) -> str:
    """What a line presents, for the line to be asked for again; of one that presents nothing that comes again, too."""
    if isinstance(presented, FormatError):
        return ""
    token = "" if presented.token is None else format_base32(presented.token)
    if presented.number is None:
        return token
    return f"/V/{presented.number}#{token}" if token else presented.number
