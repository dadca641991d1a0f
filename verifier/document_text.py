"""The fields of a document as text for people."""

from collections.abc import Iterator, Sequence
from typing import Final

from verifier.document import Field, FieldOutcome, Reason, foreign
from verifier.report_text import Line
from verifier.tone import Tone

_OUTCOMES: Final = {
    FieldOutcome.SAME: ("same", Tone.GOOD),
    FieldOutcome.DIFFERENT: ("DIFFERENT", Tone.BAD),
    FieldOutcome.NOT_FOUND: ("not found", Tone.UNKNOWN),
    FieldOutcome.NOT_COMPARABLE: ("not compared", Tone.UNKNOWN),
}
_NAMES: Final = {
    "granted_on": "first grant",
    "decided_on": "decision",
    "cycle_starts_on": "cycle start",
    "valid_until": "last valid day",
    "birth_year": "birth year",
    "birth_date": "birth",
}
_REASONS: Final = {
    Reason.NO_RECORD: "there is no record of it at hand",
    Reason.NOT_RECORDED: "neither the code nor a public file states it",
    Reason.SCRIPT: "letters of this script do not come back from a PDF file as they were: compare them by eye",
    Reason.SEVERAL: "the page shows several certificates",
    Reason.OTHER_DAY: "the accreditation is another one by now than on the day of issue",
}
_FOREIGN: Final = "The document does not look like a certificate of this registry: only its code was checked."


def field_lines(fields: Sequence[Field]) -> Iterator[Line]:
    """Every field with what the document shows and what was recorded; nothing where there are none."""
    if not fields:
        return
    yield from (Line(), Line("What the page shows, against the record", heading=True))
    if foreign(fields):
        yield Line(f"  {_FOREIGN}", Tone.CAUTION)
        return
    for found in fields:
        outcome, tone = _OUTCOMES[found.outcome]
        yield Line(f"  {outcome:<12}  {_NAMES.get(found.name, found.name):<14}  {_said(found)}", tone)


def _said(found: Field) -> str:
    recorded = found.recorded or "–"
    match found.outcome:
        case FieldOutcome.SAME:
            return recorded
        case FieldOutcome.NOT_FOUND:
            return f"recorded is {recorded}"
        case FieldOutcome.DIFFERENT:
            return f"it shows {found.shown}, recorded is {recorded}"
    return f"{found.shown}: {_REASONS[found.reason]}" if found.reason else found.shown
