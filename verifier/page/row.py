"""One line of a batch: what was handed in, and in one sentence what came of it."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from flask_babel import gettext, lazy_gettext

from verifier.answers import Answer
from verifier.certificate import Certificate, format_base32
from verifier.document import differing
from verifier.encoding import Json, format_base64url, format_day
from verifier.errors import FormatError
from verifier.number import group_number
from verifier.page.attention import Attention, attention
from verifier.page.sentence import answer_sentence
from verifier.page.unread_words import unread_text
from verifier.page.view import Result, report_result, show_result
from verifier.page.words import ONLY_CODE, Text
from verifier.presented import Presented
from verifier.report import Facts, Report
from verifier.tally import requirement
from verifier.tone import Tone
from verifier.unread import why_unread

HOLDER_KEY_BYTES: Final = 32
_HOLDER_BYTES: Final = 12
# Their titles say no days.
_HEADLINES_ALONE: Final = frozenset({"superseded", "document_differs", "unsealed"})
# A profile's title in the language of the request.
TitleOf = Callable[[Facts], tuple[str, str]]

REASONS: Final[Mapping[Attention, Text]] = {
    Attention.REFUSED: lazy_gettext("Not genuine, or of a body that is not on the list"),
    Attention.DIFFERS: lazy_gettext("The document shows something else than the record"),
    Attention.FOREIGN: lazy_gettext("The document does not look like a certificate of this registry"),
    Attention.SEAL: lazy_gettext("The file was changed after it was sealed, or its seal does not hold"),
    Attention.DRAWN: lazy_gettext("Something on the page could not be compared: look at it"),
    Attention.UNREADABLE: lazy_gettext("Nothing to check was found in it"),
    Attention.UNCHECKED: lazy_gettext("Could not be checked: neither a yes nor a no"),
    Attention.NOT_MET: lazy_gettext("Not in force as asked"),
    Attention.SUPERSEDED: lazy_gettext("An old document: ask for the newest"),
    Attention.ACCREDITATION: lazy_gettext("The body is not accredited for it on that day"),
    Attention.CONDITION: lazy_gettext("In force, with something to be noted"),
    Attention.KNOWN_LATER: lazy_gettext("Something else was known on that day"),
    Attention.CHANGED: lazy_gettext("In force then, another answer today"),
    Attention.SEVERAL: lazy_gettext("The document shows several certificates"),
    Attention.TWO_BIDDERS: lazy_gettext("The same person is named by two bidders"),
    Attention.TWICE: lazy_gettext("The same certification, a second time"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a batch, its words in the language of the request, its days as 2026-01-31.

    ``title`` is the answer and ``text`` what else is to be said; ``key`` names the result, ``requirement`` what becomes
    of the one asked for, empty where nothing is known. ``holder`` is equal for certificates of one person at one body,
    within one batch alone; it is empty where no checked code says it. ``person`` is the name in that code; ``token``
    is the code, in base32, also one that is forged; ``differing`` are the fields in which the document shows something
    else; ``uncompared`` is whether nothing of a document but its code could be checked. ``profile_language`` is the
    code of the title's language, where that is not the page's. ``unread`` names why there was nothing to check, and is
    empty where there was something.
    """

    source: str
    page: int | None
    line: int | None
    bidder: str
    number: str
    key: str
    tone: Tone
    title: str
    text: str
    requirement: str = ""
    edition: str = ""
    profile: str = ""
    profile_title: str = ""
    body: str = ""
    body_name: str = ""
    granted_on: str = ""
    valid_until: str = ""
    holder: str = ""
    person: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    differing: tuple[str, ...] = ()
    reasons: tuple[Attention, ...] = ()
    uncompared: bool = False
    profile_language: str = ""
    unread: str = ""

    def json(self) -> dict[str, Json]:
        """The row as the page's script takes it."""
        content = {name: getattr(self, name) for name in self.__slots__}
        return content | {"differing": list(self.differing), "reasons": [str(reason) for reason in self.reasons]}


def row(answer: Answer, holder_key: bytes, title_of: TitleOf) -> Row:
    """The line of an answer; ``holder_key`` is the batch's own, so that nothing tells people apart outside it."""
    one, report = answer.input, answer.report
    token = one.presented.token if isinstance(one.presented, Presented) else None
    result = answer_result(answer)
    found = Row(
        one.name,
        one.page,
        one.row,
        one.bidder,
        number_of(answer),
        result.key,
        result.tone,
        result.title,
        "" if _told(result, report) else result.text,
        token="" if token is None else format_base32(token),
        differing=differing(answer.fields),
        reasons=attention(answer),
        uncompared=answer.uncompared,
        unread=why_unread(report) if isinstance(report, FormatError) else "",
    )
    if isinstance(report, FormatError):
        return found
    if report.facts is not None:
        found = _with_facts(found, answer, report, report.facts, title_of)
    certificate = report.registered
    if certificate is None:
        return found
    return replace(found, holder=holder_id(holder_key, certificate), person=certificate.name)


def _told(result: Result, report: Report | FormatError) -> bool:
    """Whether the title is the whole answer, in one sentence."""
    return isinstance(report, Report) and bool(report.answers) and result.key not in _HEADLINES_ALONE


def answer_result(answer: Answer) -> Result:
    """The big result of an answer; a document that shows something else than its record is not genuine."""
    if isinstance(answer.report, FormatError):
        text = unread_text(answer.report)
        return Result("unreadable", Tone.UNKNOWN, str(gettext("Nothing to check")), str(text))
    if answer.edited or answer.unsealed:
        return show_result("document_differs" if answer.edited else "unsealed")
    result = report_result(answer.report, answer.today)
    if answer.doubtful and result.tone is Tone.GOOD:
        return replace(show_result("to_compare"), title=answer_sentence(answer.report, answer.today, doubtful=True))
    return replace(result, text=str(ONLY_CODE)) if answer.uncompared and result.key == "genuine" else result


def holder_id(holder_key: bytes, certificate: Certificate) -> str:
    """What stands for a person in one batch: a holder tag is one per person and body, and means nothing elsewhere."""
    person = certificate.body.encode("ascii") + b"\0" + certificate.holder_tag
    return format_base64url(hmac.digest(holder_key, person, "sha256")[:_HOLDER_BYTES])


def number_of(answer: Answer) -> str:
    """The number that an answer is of, as it is printed; empty where there is none."""
    presented = answer.input.presented
    number = presented.number if isinstance(presented, Presented) else None
    if isinstance(answer.report, Report) and answer.report.facts is not None:
        number = answer.report.facts.number
    return "" if number is None else group_number(number)


def _with_facts(found: Row, answer: Answer, report: Report, facts: Facts, title_of: TitleOf) -> Row:
    standing = report.answers[0].standing
    title, language = title_of(facts)
    return replace(
        found,
        requirement=requirement(report, answer.verdict, doubtful=answer.doubtful) or "",
        edition=facts.edition,
        profile=facts.profile,
        profile_title=title,
        profile_language=language,
        body=facts.body,
        body_name=facts.body_name,
        granted_on=_day(standing.granted_on),
        valid_until=_day(standing.valid_until),
    )


def _day(day: date | None) -> str:
    return "" if day is None else format_day(day)
