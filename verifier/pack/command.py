"""Evidence packs on the command line: what came of one, as text or JSON, read from a file."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from verifier.encoding import Json, format_day, format_instant
from verifier.errors import FormatError
from verifier.intake.argument import load
from verifier.number import group_number
from verifier.pack.check import ItemCheck, PackCheck, check_pack
from verifier.pack.content import Pack, Unanswered, format_unanswered
from verifier.pack.document import read_seals
from verifier.pack.words import UNREAD
from verifier.report import ExitCode, Outcome
from verifier.report_text import Line, headline
from verifier.report_words import HEADLINES
from verifier.seal import Seal, SealTrust, format_seal
from verifier.tone import Tone
from verifier.trust import TrustRoot

# One of 5,000 certificates has some 80 MB.
MAX_PACK_BYTES: Final = 256 * 1024 * 1024
_TITLES: Final = {
    ExitCode.IN_FORCE: (
        Tone.GOOD,
        "THE PACK HOLDS",
        "It is as it was made, and its proofs give the same answers again.",
    ),
    ExitCode.NOT_CHECKED: (
        Tone.UNKNOWN,
        "THE PACK COULD NOT BE CHECKED WHOLLY",
        "It is as it was made, but not all of it can be checked again: see below.",
    ),
    ExitCode.FAILED: (
        Tone.BAD,
        "THE PACK DOES NOT HOLD",
        "Its proofs do not give the answers that it states: see below.",
    ),
}
# Whoever makes a pack says what it was printed with, so of pages that were not compared nothing is simply good.
_UNCOMPARED: Final = (
    Tone.CAUTION,
    "THE ANSWERS HOLD, THE PAGES WERE NOT COMPARED",
    "Its proofs give the same answers again. What its pages say may be another thing: read the answers below instead.",
)


def recheck(path: str, trust: TrustRoot, trust_file: bytes, at: datetime) -> PackCheck:
    """Check the pack in a file, at instant ``at`` (UTC); who vouches for its seal, the trust root says.

    Raises:
        FormatError: it cannot be read, or is no evidence pack.
    """
    try:
        data = load(path, MAX_PACK_BYTES)
        return check_pack(data, trust, trust_file, lambda pdf: read_seals(pdf, SealTrust(trust.seal_roots, at)))
    except FormatError as error:
        raise FormatError(f"pack {path}: {error}") from error


def pack_lines(check: PackCheck) -> Iterator[Line]:
    """What came of a pack, as text."""
    if check.pack is None:
        yield Line("THE PACK WAS ALTERED", Tone.BAD)
        yield Line(f"{check.altered}. Nothing that it says counts.")
        return
    tone, title, text = _title(check)
    yield Line(title, tone)
    yield Line(text)
    yield Line()
    yield from _made(check.pack)
    yield from _file(check)
    yield Line()
    yield Line(f"{len(check.items)} answers, by the question of then", heading=True)
    for item in check.items:
        yield from _item(item)
    if check.pack.unanswered:
        yield Line()
        count = len(check.pack.unanswered)
        yield Line(f"{count} handed in without an answer, as whoever made the pack says", heading=True)
        for place, one in enumerate(check.pack.unanswered, start=1):
            yield Line(f"  {place}  {_where(one)}: {UNREAD[one.reason]}", Tone.UNKNOWN)


def _title(check: PackCheck) -> tuple[Tone, str, str]:
    """What is said first; a seal that holds vouches for pages that cannot be printed again."""
    sealed = any(seal.outcome is Outcome.PASSED and seal.whole for seal in check.seals)
    compared = sealed or check.printed is not Outcome.NOT_CHECKED
    return _TITLES[check.exit_code] if compared or check.exit_code is not ExitCode.IN_FORCE else _UNCOMPARED


def _made(pack: Pack) -> Iterator[Line]:
    tender = pack.tender
    yield Line(f"  made      {format_instant(pack.made_at)}, by Attesto {pack.software}")
    for label, said in (("asked by", tender.committee), ("tender", tender.cig), ("lot", tender.lot)):
        if said:
            yield Line(f"  {label.ljust(8)}  {said} (as stated by whoever asked)")


def _file(check: PackCheck) -> Iterator[Line]:
    tone, said = _PRINTED[check.printed]
    yield Line(f"  pages     {said}", tone)
    own = "this very one" if check.own_trust else "another file than this one, by which everything was checked again"
    yield Line(f"  trust     the trust root that it was made with is {own}")
    if not check.seals and not check.seals_unread:
        yield Line("  seal      none: nothing proves who made the file, or when")
    for seal in check.seals:
        yield Line(f"  seal      {_sealed(seal)}", None if seal.outcome is Outcome.PASSED else Tone.UNKNOWN)
    if check.seals_unread:
        yield Line("  seal      something was appended to the file that could not be read as a seal", Tone.UNKNOWN)


_PRINTED: Final[Mapping[Outcome, tuple[Tone | None, str]]] = {
    Outcome.PASSED: (None, "show what the machine-readable part says"),
    Outcome.FAILED: (Tone.BAD, "DO NOT SHOW what the machine-readable part says: read the answers below instead"),
    Outcome.NOT_CHECKED: (
        Tone.UNKNOWN,
        "not compared with the machine-readable part, as another program made them: read the answers below instead",
    ),
}


def _sealed(seal: Seal) -> str:
    at = "" if seal.at is None else f" at {format_instant(seal.at)}{'' if seal.stamped else ' as it says itself'}"
    return f"{seal.signer or 'by nobody known'}{at}: {seal.reason}"


def _item(item: ItemCheck) -> Iterator[Line]:
    number = "no number" if item.number is None else group_number(item.number)
    words = headline(item.report)
    if item.doubtful and words.tone is Tone.GOOD:
        words = HEADLINES["to_compare"]
    edited = item.verdict is not item.report.verdict
    title, tone = ("FORGED OR ALTERED, as its document was edited", Tone.BAD) if edited else (words.title, words.tone)
    same = "" if item.same and item.proven else "  !"
    bidder = f", {item.bidder}" if item.bidder else ""
    # The pages name a profile by a title, which no bundle proves.
    profile = "" if item.report.facts is None else f", {item.report.facts.profile}"
    day = format_day(item.report.question.on)
    yield Line(f"  {item.place}  {number}{profile}{bidder}: {title} on {day}{same}", tone)
    if item.differences:
        yield Line(f"       the pack says otherwise: {', '.join(item.differences)} (verdict {item.stated})", Tone.BAD)
    for doubt in item.doubts:
        yield Line(f"       as is known by this trust root, {doubt}", Tone.BAD)
    if not item.proven:
        yield Line("       the pack holds no proof of this answer", Tone.UNKNOWN)


def _where(one: Unanswered) -> str:
    page = "" if one.page is None else f"page {one.page}"
    line = "" if one.line is None else f"line {one.line}"
    return ", ".join(filter(None, (one.source, page, line, one.bidder)))


def format_check(check: PackCheck) -> dict[str, Json]:
    """What came of a pack, as a JSON object."""
    return {
        "v": 1,
        "exit_code": int(check.exit_code),
        "altered": check.altered or None,
        "made_at": None if check.pack is None else format_instant(check.pack.made_at),
        "software": None if check.pack is None else check.pack.software,
        "printed": str(check.printed),
        "own_trust_root": check.own_trust,
        "seals": [format_seal(seal) for seal in check.seals],
        "seals_unread": check.seals_unread,
        "items": [
            {
                "number": item.number,
                "profile": None if item.report.facts is None else item.report.facts.profile,
                "bidder": item.bidder,
                "stated": str(item.stated),
                "verdict": str(item.verdict),
                "same": item.same,
                "differences": list(item.differences),
                "doubts": list(item.doubts),
                "proven": item.proven,
                "doubtful": item.doubtful,
            }
            for item in check.items
        ],
        "unanswered": [] if check.pack is None else format_unanswered(check.pack.unanswered),
    }
