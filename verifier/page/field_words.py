"""What the page says of a document's fields: what was printed, what is recorded, and what came of comparing them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext

from verifier.document import Field, FieldOutcome, Reason
from verifier.encoding import parse_day
from verifier.errors import FormatError
from verifier.page.day import long_day
from verifier.page.words import Text
from verifier.tone import Tone

FIELDS: Final[Mapping[str, Text]] = {
    "name": lazy_gettext("Name"),
    "number": lazy_gettext("Number"),
    "revision": lazy_gettext("Issue of the document"),
    "profile": lazy_gettext("Profile"),
    "body": lazy_gettext("Certification body"),
    "edition": lazy_gettext("Scheme"),
    "granted_on": lazy_gettext("Granted on"),
    "decided_on": lazy_gettext("Decided on"),
    "cycle_starts_on": lazy_gettext("Valid from"),
    "valid_until": lazy_gettext("Last valid day"),
    "birth_year": lazy_gettext("Year of birth"),
    "birth_date": lazy_gettext("Day and place of birth"),
    "accreditation": lazy_gettext("Accreditation"),
}
_OUTCOMES: Final[Mapping[FieldOutcome, tuple[Tone, Text]]] = {
    FieldOutcome.SAME: (Tone.GOOD, lazy_gettext("Same")),
    FieldOutcome.DIFFERENT: (Tone.BAD, lazy_gettext("Different")),
    FieldOutcome.NOT_FOUND: (Tone.UNKNOWN, lazy_gettext("Not found on the page")),
    FieldOutcome.NOT_COMPARABLE: (Tone.UNKNOWN, lazy_gettext("Could not be compared")),
}
_REASONS: Final[Mapping[Reason, Text]] = {
    Reason.NO_RECORD: lazy_gettext("Nothing of it is recorded, or the record could not be had."),
    Reason.NOT_RECORDED: lazy_gettext("The registry does not publish it: ask for the person's papers."),
    Reason.SCRIPT: lazy_gettext("Letters of this script cannot be read back from a PDF file: compare them yourself."),
    Reason.SEVERAL: lazy_gettext("The page shows several certificates: which value is whose cannot be told."),
    Reason.OTHER_DAY: lazy_gettext("It is as on the day of issue; since then it has changed."),
}


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field as shown: what the document says, what is recorded, and what came of comparing the two."""

    name: str
    label: str
    shown: str
    recorded: str
    tone: Tone
    outcome: str
    reason: str


def field_lines(fields: Iterable[Field]) -> list[FieldLine]:
    """The fields in words, those that differ first."""
    lines = [_line(field) for field in fields]
    return sorted(lines, key=lambda line: line.tone is not Tone.BAD)


def _line(field: Field) -> FieldLine:
    tone, outcome = _OUTCOMES[field.outcome]
    reason = "" if field.reason is None else str(_REASONS[field.reason])
    label, recorded = str(FIELDS[field.name]), _recorded(field.recorded)
    return FieldLine(field.name, label, field.shown, recorded, tone, str(outcome), reason)


def _recorded(text: str) -> str:
    try:
        return long_day(parse_day(text))
    except FormatError:
        return text
