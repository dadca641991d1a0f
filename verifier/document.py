"""The document against the record: what a certificate's page shows, field by field, and what was recorded.

    profile     shown "Team leader"     recorded "Operatore / Operator"     different

The QR code and the attached bundle may be genuine while the words beside them were edited. Compared is the text of the
page, line by line; what only a picture shows is not seen. A field is the same only where each of its places shows it
and nothing else; text that a stamp added elsewhere on the page is no difference.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

from verifier.accreditation import Coverage
from verifier.certificate import Certificate
from verifier.encoding import format_day, legal_day
from verifier.number import group_number
from verifier.presented import reads_as_number
from verifier.printed import Printed, day_in, key, read_printed, split_off
from verifier.report import Outcome, Report, Verdict

# The titles of an edition's profiles: by slug, then by language.
Titles: TypeAlias = Mapping[str, Mapping[str, str]]


class FieldOutcome(StrEnum):
    """What came of comparing one field."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_FOUND = "not_found"
    NOT_COMPARABLE = "not_comparable"


class Reason(StrEnum):
    """Why a field cannot be compared."""

    NO_RECORD = "no_record"
    NOT_RECORDED = "not_recorded"
    SCRIPT = "script"
    SEVERAL = "several"
    OTHER_DAY = "other_day"


@dataclass(frozen=True, slots=True)
class Field:
    """What the document shows in a place, and what the code or the record says; days are ISO 8601, where recorded."""

    name: str
    shown: str = field(repr=False)
    recorded: str = field(repr=False)
    outcome: FieldOutcome
    reason: Reason | None = None


_CYCLES: Final = frozenset(
    {"certification.granted", "certification.recertified", "certification.adopted", "certification.transferred_in"}
)
_ON_EVERY_ONE: Final = frozenset({"name", "number", "profile", "body", "edition", "valid_until"})
_DOCUMENTS: Final = frozenset({"certificate.issued", "certificate.reissued"})
# Fonts of these scripts join letters to one shape, which comes back from a PDF file as other letters.
_JOINED: Final = ("\u0900", "\u0dff")


def compare(lines: Sequence[str], report: Report, titles: Titles) -> tuple[Field, ...]:
    """Every field of a certificate's page, where the report believes its code; none where it does not.

    Args:
        lines: the visible text of the page, one line each.
        report: what was found about the code on it.
        titles: of the profiles of the certificate's edition, none where they are not at hand.
    """
    token = report.token
    believed = token is not None and report.check("token").outcome is Outcome.PASSED
    if token is None or not believed or report.verdict is Verdict.FORGED or not any(map(str.strip, lines)):
        return ()
    printed = read_printed(lines)
    fields = tuple(_fields(printed, token, report, titles))
    if _several(printed):
        return tuple(replace(one, outcome=FieldOutcome.NOT_COMPARABLE, reason=Reason.SEVERAL) for one in fields)
    return fields


def foreign(fields: Sequence[Field]) -> bool:
    """Whether nothing of a certificate was found on the document: it does not look like one of this registry's."""
    return bool(fields) and all(found.outcome is FieldOutcome.NOT_FOUND for found in fields)


def several(fields: Sequence[Field]) -> bool:
    """Whether more than one certificate stands on the page, so that none of the fields could be compared."""
    return any(found.reason is Reason.SEVERAL for found in fields)


def differing(fields: Sequence[Field]) -> tuple[str, ...]:
    """The names of the fields in which the document is another than the record, though its code is genuine.

    It shows another value there; or most fields are there, and one is gone that every certificate shows.
    """
    found = sum(one.outcome in {FieldOutcome.SAME, FieldOutcome.DIFFERENT} for one in fields)
    gone = _ON_EVERY_ONE if 2 * found > len(fields) else frozenset[str]()
    return tuple(
        one.name
        for one in fields
        if one.outcome is FieldOutcome.DIFFERENT or (one.outcome is FieldOutcome.NOT_FOUND and one.name in gone)
    )


def _fields(printed: Printed, token: Certificate, report: Report, titles: Titles) -> Iterator[Field]:
    yield _name(printed, token)
    yield _text("number", printed.values("number", "typed_number", "espd"), group_number(token.number))
    yield _text("revision", printed.values("revision"), str(token.revision))
    yield _profile(printed, token, titles)
    yield _body(printed, report)
    yield _edition(printed, token, report)
    for name, days in _recorded_days(token, report).items():
        yield _day(name, printed.values(name), days)
    yield from _birth(printed, token)
    yield from _accreditation(printed, token, report)


def _text(name: str, shown: Sequence[str], *recorded: str) -> Field:
    """A field that shows one of the recorded spellings in each of its places; the first spelling is for people."""
    expected = {key(spelling) for spelling in recorded}
    others = [value for value in shown if key(value) not in expected]
    outcome = FieldOutcome.SAME if shown else FieldOutcome.NOT_FOUND
    if others:
        outcome = FieldOutcome.DIFFERENT if any(map(key, others)) else FieldOutcome.NOT_FOUND
    others.sort(key=lambda value: not key(value))
    return Field(name, next(iter(others or shown), ""), recorded[0], outcome)


def _unknown(name: str, shown: Sequence[str], reason: Reason, recorded: str = "") -> Field:
    """A field for which there is nothing to hold against."""
    if not any(map(key, shown)):
        return Field(name, "", recorded, FieldOutcome.NOT_FOUND)
    return Field(name, shown[0], recorded, FieldOutcome.NOT_COMPARABLE, reason)


def _name(printed: Printed, token: Certificate) -> Field:
    found = _text("name", printed.values("name"), token.name)
    if found.outcome is FieldOutcome.DIFFERENT and _joined(found.shown) and _joined(token.name):
        return _unknown("name", (found.shown,), Reason.SCRIPT, token.name)
    return found


def _joined(text: str) -> bool:
    first, last = _JOINED
    return any(first <= letter <= last for letter in text)


def _several(printed: Printed) -> bool:
    """Whether the page shows more than one whole certificate, so that a value may be another one's."""
    numbers = {key(value) for value in printed.values("number") if reads_as_number(value)}
    return len(numbers) > 1 and len(printed.values("name")) > 1


def _profile(printed: Printed, token: Certificate, titles: Titles) -> Field:
    shown = printed.values("profile")
    own = titles.get(token.profile)
    if own is None:
        # A slug may be the title without its capitals and spaces; what is not is another word, or another language's.
        found = _text("profile", shown, token.profile)
        different = found.outcome is FieldOutcome.DIFFERENT
        return _unknown("profile", shown, Reason.NO_RECORD, token.profile) if different else found
    others = {key(title) for slug, other in titles.items() if slug != token.profile for title in other.values()}
    others -= set(map(key, own.values()))
    # Another profile's title that was laid over this one comes last in the text of the page.
    stray = [line for lines in (printed.top, *printed.issuers) for line in lines if key(line) in others]
    return _text("profile", (*shown, *stray), " / ".join(_in_both_languages(own)))


def _in_both_languages(title: Mapping[str, str]) -> tuple[str, ...]:
    """A title as the page shows it: Italian, with English below where that is another."""
    return tuple(dict.fromkeys(title[language] for language in ("it", "en") if language in title))


def _body(printed: Printed, report: Report) -> Field:
    places = [lines for lines in (printed.top, *printed.issuers) if lines]
    shown = [" ".join(lines) for lines in places]
    if report.facts is None:
        return _unknown("body", shown, Reason.NO_RECORD)
    name = report.facts.body_name
    # Below its name stands the body's website, and below the issuer's name whatever a stamp has added.
    return _text("body", [name if split_off(lines, name) is not None else " ".join(lines) for lines in places], name)


def _edition(printed: Printed, token: Certificate, report: Report) -> Field:
    shown = printed.values("edition")
    if report.facts is None:
        found = _text("edition", [value.rpartition(" / ")[2] for value in shown], token.edition)
        same = found.outcome is FieldOutcome.SAME
        return _unknown("edition", shown, Reason.NO_RECORD, token.edition) if same else found
    title = _in_both_languages(report.facts.edition_title)
    return _text("edition", shown, " / ".join((*title, token.edition)))


def _recorded_days(token: Certificate, report: Report) -> dict[str, tuple[date, ...]]:
    """The days by field; any of several is right, as an adopted certification's first grant is told in two ways."""
    days: dict[str, tuple[date, ...]] = {"granted_on": (), "decided_on": (), "cycle_starts_on": ()}
    events = () if report.evidence is None else report.evidence.events
    issued = [place for place, (_, event_type, _, _) in enumerate(events) if event_type in _DOCUMENTS]
    if report.answers and len(issued) >= token.revision:
        # A document states the cycle that it was issued in, though another one has begun since.
        before = events[: issued[token.revision - 1]]
        _, _, starts_on, recorded_at = next(event for event in reversed(before) if event[1] in _CYCLES)
        granted_on = report.answers[0].standing.granted_on or events[0][2]
        days = {
            "granted_on": (events[0][2], granted_on),
            "decided_on": (legal_day(recorded_at),),
            "cycle_starts_on": (starts_on,),
        }
    return days | {"valid_until": (token.valid_until,)}


def _day(name: str, shown: Sequence[str], recorded: tuple[date, ...]) -> Field:
    if not recorded:
        return _unknown(name, shown, Reason.NO_RECORD)
    # What is a day of the record in whatever words is written as the record does; any other word stays.
    written = [format_day(day) if (day := day_in(value)) in recorded else value for value in shown]
    found = _text(name, written, *map(format_day, recorded))
    return replace(found, shown=shown[0]) if found.outcome is FieldOutcome.SAME else found


def _birth(printed: Printed, token: Certificate) -> Iterator[Field]:
    years, days = printed.values("birth_year"), printed.values("birth_date")
    year = "" if token.birth_year is None else str(token.birth_year)
    if years or (year and not days):
        yield _text("birth_year", years, year)
    if days:
        # The code holds the year alone; day and place are for whoever holds the person's papers.
        known = not year or any(year in value for value in days)
        unknown = _unknown("birth_date", days, Reason.NOT_RECORDED, year)
        yield unknown if known else _text("birth_date", days, year)


def _accreditation(printed: Printed, token: Certificate, report: Report) -> Iterator[Field]:
    """The accreditation as printed, which is that of the day of issue; compared where that one still stands."""
    shown = printed.values("accreditation")
    if not report.answers or report.answers[0].origin is not None:
        return
    issued_on, answer = legal_day(token.issued_at), report.answers[0]
    held = answer.accreditation
    detail = held.detail or {}
    parts = [detail.get(name, "") for name in ("number", "accreditation_body", "standard", "wording")]
    recorded = "" if not detail else f"n. {parts[0]}, {parts[1]} {parts[2]} {parts[3]}".strip()
    since_then = held.coverage is Coverage.COVERED and held.since is not None and held.since <= issued_on
    never = not detail and answer.on >= issued_on
    found = _text("accreditation", shown, recorded)
    if found.outcome is FieldOutcome.DIFFERENT and not (since_then or never):
        yield _unknown("accreditation", shown, Reason.OTHER_DAY, recorded)
    elif shown or since_then:
        yield found
