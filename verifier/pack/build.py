"""An evidence pack put together from the answers of one call."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from verifier.answers import Answer
from verifier.document import FieldOutcome, Titles, differing
from verifier.errors import FormatError
from verifier.fetch import Source
from verifier.pack.content import (
    MAX_ITEMS,
    MAX_TEXT_CHARACTERS,
    NOT_COMPARED,
    PAGE,
    TO_COMPARE,
    Compared,
    Item,
    Missing,
    Pack,
    Tender,
    Unanswered,
)
from verifier.pack.make import make_pack, software, typesetting
from verifier.pack.words import Words
from verifier.presented import Presented
from verifier.report import Outcome, Report, Verdict
from verifier.report_json import format_report
from verifier.seal import Sealer
from verifier.titles import find_titles
from verifier.unread import why_unread


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the answers: the tender, the language, the trust root's file, the page's own URL if known.

    ``source`` is where the titles of profiles are had from; without it they go by their slugs. ``unanswered`` is what
    else was handed in, beside the inputs among the answers that are nothing to check.
    """

    tender: Tender
    language: str
    trust: bytes
    address: str = ""
    source: Source | None = None
    unanswered: tuple[Unanswered, ...] = ()


def pack_answers(answers: Sequence[Answer], frame: Frame, at: datetime, sealer: Sealer | None = None) -> bytes:
    """The pack of the answers, made at instant ``at`` (UTC); it names the inputs that were nothing to check.

    Raises:
        FormatError: none was something to check, or there are too many; a text is too long; or there is no such
            language.
        AttestoError: it cannot be sealed as configured.
    """
    pack, reports = gather(answers, frame, at)
    return make_pack(pack, reports, sealer)


def gather(answers: Sequence[Answer], frame: Frame, at: datetime) -> tuple[Pack, list[Report]]:
    """The pack's content, and the report on each of its items.

    Raises:
        FormatError: as above.
    """
    Words(frame.language)
    tender = frame.tender
    unanswered = (*_unanswered(answers), *frame.unanswered)
    _check_texts([tender.committee, tender.cig, tender.lot, tender.requirement, *(a.input.bidder for a in answers)])
    _check_texts(text for one in unanswered for text in (one.source, one.bidder))
    packed = [(_item(answer, answer.report), answer.report) for answer in answers if isinstance(answer.report, Report)]
    if not 0 < len(packed) <= MAX_ITEMS:
        raise FormatError(f"a pack has at least one answer and at most {MAX_ITEMS}, not {len(packed)}")
    if len(unanswered) > MAX_ITEMS:
        raise FormatError(f"a pack names at most {MAX_ITEMS} things without an answer, not {len(unanswered)}")
    items, reports = tuple(item for item, _ in packed), [report for _, report in packed]
    titles = _titles(answers, frame.source)
    return Pack(
        at,
        frame.language,
        software(),
        typesetting(),
        frame.address,
        frame.trust,
        tender,
        items,
        titles,
        unanswered=unanswered,
    ), reports


def _unanswered(answers: Iterable[Answer]) -> Iterator[Unanswered]:
    for one, report in ((answer.input, answer.report) for answer in answers):
        if isinstance(report, FormatError):
            yield Unanswered(one.name, one.page, one.row, one.bidder, why_unread(report))


def _titles(answers: Iterable[Answer], source: Source | None) -> dict[str, Mapping[str, str]]:
    """The titles of the profiles in the answers, by edition and profile, each edition asked for once."""
    titles: dict[str, Mapping[str, str]] = {}
    editions: dict[str, Titles] = {}
    for made in answers:
        facts = made.report.facts if isinstance(made.report, Report) else None
        if facts is None:
            continue
        if facts.edition not in editions:
            editions[facts.edition] = find_titles(source, made.bundle)
        title = editions[facts.edition].get(facts.profile)
        if title:
            titles[f"{facts.edition}/{facts.profile}"] = title
    return titles


def _check_texts(texts: Iterable[str]) -> None:
    if any(len(text) > MAX_TEXT_CHARACTERS for text in texts):
        raise FormatError(f"a text for the pack is over the limit of {MAX_TEXT_CHARACTERS} characters")


def _item(answer: Answer, report: Report) -> Item:
    presented = answer.input.presented
    if not isinstance(presented, Presented):
        raise FormatError("nothing was presented")
    said = format_report(report)
    # The name stands in the token alone, which proves it.
    del said["certificate"]
    missing = None if answer.bundle is not None else _missing(report)
    number = presented.number or (None if report.facts is None else report.facts.number)
    return Item(
        number,
        presented.token,
        answer.verdict or report.verdict,
        said,
        answer.bundle,
        missing,
        answer.input.bidder,
        tuple(_compared(answer, report)),
    )


def _compared(answer: Answer, report: Report) -> Iterator[Compared]:
    """What the document shows, held against the record; a seal that is broken differs from what was sealed."""
    if answer.uncompared and report.token is not None and report.answers:
        yield Compared(PAGE, "", "", NOT_COMPARED)
    others = differing(answer.fields)
    for one in answer.fields:
        if one.name == PAGE:
            continue
        # A pack knows no other way in which a document is no more what it was.
        outcome = FieldOutcome.DIFFERENT if one.name in others else one.outcome
        yield Compared(one.name, one.shown, one.recorded, str(outcome))
    if answer.doubtful:
        yield Compared(PAGE, "", "", TO_COMPARE)
    if answer.unsealed:
        yield Compared("seal", "", "", str(FieldOutcome.DIFFERENT))


def _missing(report: Report) -> Missing:
    if report.check("record").outcome is Outcome.FAILED:
        return Missing.BROKEN
    if report.verdict in {Verdict.NO_RECORD, Verdict.WITHHELD}:
        return Missing.NOT_FOUND
    wanted = report.verdict is Verdict.COULD_NOT_BE_CHECKED
    return Missing.UNAVAILABLE if wanted else Missing.NOT_WANTED
