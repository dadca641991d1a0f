"""The seals of a document as text for people."""

from collections.abc import Iterable, Iterator
from typing import Final

from verifier.encoding import format_instant
from verifier.report import Outcome
from verifier.report_text import Line
from verifier.seal import Seal
from verifier.tone import Tone

_OUTCOMES: Final = {
    Outcome.PASSED: ("holds", Tone.GOOD),
    Outcome.FAILED: ("BROKEN", Tone.BAD),
    Outcome.NOT_CHECKED: ("not checked", Tone.UNKNOWN),
}


def seal_lines(seals: Iterable[Seal]) -> Iterator[Line]:
    """Every seal with whose it is, of when, and what came of it; nothing where there are none."""
    for place, seal in enumerate(seals):
        if not place:
            yield from (Line(), Line("The seal of the document", heading=True))
        outcome, tone = _OUTCOMES[seal.outcome]
        yield Line(f"  {outcome:<12}  {seal.signer or 'of somebody unknown'}{_made(seal)}", tone)
        yield Line(f"{'':16}{seal.reason}")


def _made(seal: Seal) -> str:
    if seal.at is None:
        return ""
    word = "time-stamped" if seal.stamped else "by its own word of"
    return f", {word} {format_instant(seal.at)}"
