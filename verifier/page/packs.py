"""Evidence packs over the page: what is asked for is answered anew, typeset, sent back as a PDF file and forgotten.

    {"items":[{"number":"…","token":"BASE32","bidder":"…","on":"2026-11-24","until":"…","kind":"participation",
               "at":"12:00","differing":["profile"],"uncompared":false}],
     "unanswered":[{"source":"gara.xlsx","page":null,"line":7,"bidder":"…","reason":"no_number"}],
     "tender":{"committee":"…","cig":"…","lot":"…","requirement":"…"}}

That is the field ``request`` of a form, or the body as JSON; a form without it asks for one number by its own fields.
Of an item only ``number`` or ``token`` must be there. ``differing`` names the fields of the visitor's document that
were found to differ from the record, and ``page`` says that something on it could not be compared; ``uncompared`` says
that nothing on it could, as on a photo: the page keeps no documents, and a pack must not call an edited one genuine.
``unanswered`` is what was handed in with them and cannot be asked about, so that a pack never holds silently less.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, current_app, request
from flask_babel import format_decimal, gettext

from verifier.answers import Answer, Means, answer
from verifier.certificate import parse_base32, parse_token
from verifier.document import Field, FieldOutcome, Reason
from verifier.encoding import Json, legal_day, parse_json
from verifier.errors import AttestoError, FormatError
from verifier.fetch import Sitting
from verifier.inputs import Document, Input
from verifier.number import parse_number
from verifier.pack.build import Frame, pack_answers
from verifier.pack.content import MAX_ITEMS, MAX_TEXT_CHARACTERS, PAGE, Tender, Unanswered, parse_unanswered
from verifier.page.allowance import asker
from verifier.page.desk import SECONDS, Hurried, the_desk
from verifier.page.guard import takes
from verifier.page.language import language
from verifier.page.period import asked_days
from verifier.page.problem import RefusedError, problem, refusal
from verifier.page.reception import BusyError, busy, sent, the_turns
from verifier.page.typed import number_fault
from verifier.presented import Presented
from verifier.report import Question
from verifier.seal import Sealer
from verifier.trust import format_trust_root

_log = logging.getLogger(__name__)
packs = Blueprint("packs", __name__)
packs.register_error_handler(BusyError, busy)
# 5,000 items with their codes, each percent-encoded in a form.
MAX_REQUEST_OCTETS: Final = 8 * 1024 * 1024
_FIELD: Final = "request"
_EXTENSION: Final = "attesto-sealer"
_TENDER: Final = ("committee", "cig", "lot", "requirement")
_TEXTS: Final = ("number", "token", "bidder", "on", "until", "kind", "at")
_ITEM: Final = frozenset({*_TEXTS, "differing", "uncompared"})
# A thousand answers take seconds; whoever asks for them waits longer than for one.
_ITEMS_PER_SECOND: Final = 20
_MAX_DIFFERING: Final = 32


@dataclass(frozen=True, slots=True)
class Wanted:
    """One item that is asked for."""

    input: Input
    question: Question
    differing: tuple[str, ...]


@packs.post("/pack")
@takes(MAX_REQUEST_OCTETS)
def make() -> Response:
    """The evidence pack of what is asked for."""
    desk = the_desk()
    now = desk.clock().replace(microsecond=0)
    try:
        asked = _asked()
        wanted, tender = list(_wanted(asked.get("items"), now)), _tender(asked.get("tender", {}))
        unanswered = _unanswered(asked.get("unanswered", []))
    except FormatError as error:
        return problem(422, refusal(error))
    frame = Frame(tender, language(), format_trust_root(desk.trust), desk.address, desk.source, unanswered)
    try:
        with the_turns().take(asker()):
            content = pack_answers(_answers(wanted), frame, now, _sealer())
    except BusyError:
        return busy()
    except AttestoError as error:
        _log.error("an evidence pack could not be made: %s", error)
        return problem(503, gettext("The evidence pack could not be made. Try again in some minutes."))
    return _file(content, now)


def _file(content: bytes, now: datetime) -> Response:
    response = Response(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="attesto-{now:%Y%m%d-%H%M%S}.pdf"'
    response.headers["X-Robots-Tag"] = "noindex"
    response.cache_control.no_store = True
    return response


def keep_sealer(extensions: dict[str, object], sealer: Sealer | None) -> None:
    """Keep what seals the packs that are made; without it they are not sealed, and say so."""
    extensions[_EXTENSION] = sealer


def _sealer() -> Sealer | None:
    sealer: Sealer | None = current_app.extensions.get(_EXTENSION)
    return sealer


def _asked() -> Mapping[str, Json]:
    """The request, as JSON or as the fields of a form.

    Raises:
        FormatError: not a request for a pack.
    """
    request.max_form_memory_size = MAX_REQUEST_OCTETS
    if request.mimetype == "application/json":
        asked = parse_json(sent(), MAX_REQUEST_OCTETS)
    elif _FIELD in request.form:
        asked = parse_json(request.form[_FIELD].encode(), MAX_REQUEST_OCTETS)
    else:
        return _of_fields(request.form)
    if asked.keys() - {"items", "unanswered", "tender"}:
        raise FormatError("the request has a field too many")
    return asked


def _of_fields(form: Mapping[str, str]) -> Mapping[str, Json]:
    item: dict[str, Json] = {name: form[name] for name in _TEXTS if form.get(name)}
    return {"items": [item], "tender": {name: form.get(name, "") for name in _TENDER}}


def _tender(value: Json) -> Tender:
    if not isinstance(value, dict) or value.keys() - set(_TENDER):
        raise FormatError("the tender has a field too many")
    return Tender(**{name: _text(value, name) for name in _TENDER})


def _unanswered(value: Json) -> tuple[Unanswered, ...]:
    unanswered = parse_unanswered(value)
    if any(len(text) > MAX_TEXT_CHARACTERS for one in unanswered for text in (one.source, one.bidder)):
        raise _no_text()
    return unanswered


def _wanted(value: Json, now: datetime) -> Iterator[Wanted]:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_ITEMS:
        most = format_decimal(MAX_ITEMS)
        raise RefusedError(gettext("An evidence pack has at least one certificate, and at most %(most)s.", most=most))
    for place, item in enumerate(value, start=1):
        try:
            yield _one(item, now)
        except FormatError as error:
            reason = refusal(error)
            raise RefusedError(
                gettext(
                    "In certificate %(place)s of the request: %(reason)s", place=format_decimal(place), reason=reason
                )
            ) from error


def _one(item: Json, now: datetime) -> Wanted:
    if not isinstance(item, dict) or item.keys() - _ITEM:
        raise FormatError("it has a field too many")
    said = {name: _text(item, name) for name in _TEXTS}
    token = _token(said["token"]) if said["token"] else None
    number = _number(said["number"]) if said["number"] else _claimed(token)
    days = {name: said[name] for name in ("kind", "at")} | _period(said)
    asked = asked_days(days, legal_day(now)).question(now)
    presented = Presented(number, token)
    return Wanted(Input("", presented, bidder=said["bidder"], document=_document(item)), asked, _differing(item))


def _token(text: str) -> bytes:
    try:
        return parse_base32(text)
    except FormatError as error:
        raise _no_code() from error


def _number(text: str) -> str:
    try:
        return parse_number(text)
    except FormatError as error:
        raise RefusedError(number_fault(text)) from error


def _claimed(token: bytes | None) -> str:
    if token is None:
        raise RefusedError(gettext("Neither a number nor a code is given."))
    try:
        return parse_token(token).claims.number
    except FormatError as error:
        raise _no_code() from error


def _no_code() -> RefusedError:
    return RefusedError(gettext("The code on it is not that of a certificate."))


def _period(said: Mapping[str, str]) -> dict[str, str]:
    """The days as an address says them: a plain period by its first and its last day."""
    first = "from" if said["until"] and said["kind"] in {"", "day"} else "on"
    return {first: said["on"], "to": said["until"]}


def _differing(item: Mapping[str, Json]) -> tuple[str, ...]:
    match item.get("differing", []):
        case list(names) if len(names) <= _MAX_DIFFERING and all(isinstance(n, str) and len(n) <= 32 for n in names):
            return tuple(map(str, names))
    raise FormatError("it does not name the fields of a document")


def _document(item: Mapping[str, Json]) -> Document | None:
    """A document of which the code alone was read; None for any other, and where none was handed in."""
    match item.get("uncompared", False):
        case bool(uncompared):
            return Document((), b"") if uncompared else None
    raise FormatError("it does not say whether a document was compared")


def _text(value: Mapping[str, Json], name: str) -> str:
    text = value.get(name) or ""
    if not isinstance(text, str) or len(text) > MAX_TEXT_CHARACTERS:
        raise _no_text()
    return text


def _no_text() -> RefusedError:
    most = format_decimal(MAX_TEXT_CHARACTERS)
    return RefusedError(gettext("A text is too long, or is none: at most %(most)s characters.", most=most))


def _answers(wanted: Sequence[Wanted]) -> list[Answer]:
    desk = the_desk()
    source = Sitting(Hurried(desk.source, SECONDS + len(wanted) // _ITEMS_PER_SECOND))
    return [_answer(one, Means(desk.trust, one.question, {}, source)) for one in wanted]


def _field(name: str) -> Field:
    if name == PAGE:
        return Field(name, "", "", FieldOutcome.NOT_COMPARABLE, Reason.SEVERAL)
    return Field(name, "", "", FieldOutcome.DIFFERENT)


def _answer(wanted: Wanted, means: Means) -> Answer:
    answered = answer(wanted.input, means)
    found = tuple(map(_field, wanted.differing))
    return replace(answered, fields=found) if found else answered
