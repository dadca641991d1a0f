"""Checking an evidence pack again, offline: every item from its bundle, by the question of then.

Each item is asked for what was asked when the pack was made: the same day, up to the same instant, with the same
"now". So the answer does not age: what was recorded since then is in no bundle of the pack. The trust root is the
reader's, and may be older or younger than the pack; what a younger one knows of keys stolen earlier is said apart.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from verifier.errors import AlteredError
from verifier.event import parse_event
from verifier.pack.again import ask_again
from verifier.pack.content import Item, Pack, parse_pack
from verifier.pack.difference import differences, verdict_again
from verifier.pack.document import read_content, same_pages
from verifier.pack.padding import check_padding
from verifier.pack.printed_check import check_printed
from verifier.pack.stamp import open_stamped
from verifier.report import ExitCode, Outcome, Report, Verdict
from verifier.seal import Seal
from verifier.trust import TrustRoot

ReadSeals = Callable[[bytes], Sequence[Seal]]


@dataclass(frozen=True, slots=True)
class ItemCheck:
    """One item checked again: the verdict that the pack states, and the one that its bundle proves.

    ``differences`` are the parts of the report that differ; ``doubts`` say what the trust root knows of keys that
    signed it and were in doubt already; ``proven`` is whether the pack holds what the verdict rests on;
    ``doubtful``, whether something on the document was not compared when the pack was made.
    """

    place: int
    number: str | None
    bidder: str
    stated: Verdict
    report: Report
    verdict: Verdict
    differences: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    proven: bool = True
    doubtful: bool = False

    @property
    def same(self) -> bool:
        """Whether the pack says what its proofs say."""
        return not self.differences and not self.doubts


@dataclass(frozen=True, slots=True)
class PackCheck:
    """What came of an evidence pack.

    ``altered`` says why it is not the file that was made, empty where it is. ``printed`` is whether its pages show what
    its machine-readable part says; ``own_trust`` is whether the trust root at hand is the one that it was made with.
    ``seals_unread``: something like a seal was appended, and could not be read.
    """

    altered: str
    pack: Pack | None = None
    items: tuple[ItemCheck, ...] = ()
    seals: tuple[Seal, ...] = ()
    printed: Outcome = Outcome.NOT_CHECKED
    own_trust: bool = False
    seals_unread: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """0 intact and the same verdicts · 3 altered or differing · 4 something could not be checked again."""
        if self.altered or self.printed is Outcome.FAILED or not all(item.same for item in self.items):
            return ExitCode.FAILED
        proven = all(item.proven for item in self.items) and not self.seals_unread
        return ExitCode.IN_FORCE if proven else ExitCode.NOT_CHECKED


def check_pack(
    data: bytes, trust: TrustRoot, trust_file: bytes = b"", read_seals: ReadSeals | None = None
) -> PackCheck:
    """Check an evidence pack with a trust root.

    Args:
        data: the file.
        trust: whom to believe.
        trust_file: the trust root's own bytes, to say whether the pack was made with the same.
        read_seals: checks the seals of a file, where that can be done.

    Raises:
        FormatError: it is no evidence pack.
    """
    try:
        document, seals, pack = _open(data, read_seals)
    except AlteredError as error:
        return PackCheck(str(error))
    items = tuple(_check_item(place, item, trust) for place, item in enumerate(pack.items, start=1))
    return PackCheck(
        "",
        pack,
        items,
        seals,
        check_printed(pack, document),
        sha256(pack.trust).digest() == sha256(trust_file).digest(),
        seals_unread=len(data) > len(document) and not any(seal.whole for seal in seals),
    )


def _open(data: bytes, read_seals: ReadSeals | None) -> tuple[bytes, tuple[Seal, ...], Pack]:
    """The document as it was made, the seals after it, and its machine-readable part.

    Raises:
        AlteredError: the file is not what was made, or lacks the seal that it was made for.
    """
    document = open_stamped(data)
    seals = _seals(data, document, read_seals)
    pack = parse_pack(read_content(document))
    if pack.sealed and len(data) == len(document):
        raise AlteredError("the pack was altered: it was made to be sealed, and bears no seal")
    return document, seals, pack


def _seals(data: bytes, document: bytes, read_seals: ReadSeals | None) -> tuple[Seal, ...]:
    """The seals in what stands after the document as it was made.

    Raises:
        AlteredError: something else stands there, a seal that does not hold, or pages are shown that were not made.
    """
    if len(data) == len(document):
        return ()
    check_padding(data[len(document) :])
    if not same_pages(len(document), data):
        raise AlteredError("the pack was altered: what was appended to it changes what its pages show")
    seals = () if read_seals is None else tuple(read_seals(data))
    if read_seals is not None and not seals:
        raise AlteredError("the pack was altered: something was appended to it that is no seal")
    broken = next((seal for seal in seals if seal.outcome is Outcome.FAILED), None)
    if broken is not None:
        raise AlteredError(f"the pack was altered: {broken.reason}")
    return seals


def _check_item(place: int, item: Item, trust: TrustRoot) -> ItemCheck:
    report = ask_again(item, trust)
    return ItemCheck(
        place,
        item.number,
        item.bidder,
        item.verdict,
        report,
        verdict_again(item, report),
        differences(item, report),
        tuple(_doubts(item, trust, report)),
        proven=_proven(item, report),
        doubtful=item.doubtful,
    )


def _proven(item: Item, report: Report) -> bool:
    """Whether the verdict rests on what the pack holds; a token that fails by itself needs nothing else."""
    failed = any(check.name == "token" and check.outcome is Outcome.FAILED for check in report.checks)
    return item.bundle is not None or failed


def _doubts(item: Item, trust: TrustRoot, report: Report) -> Iterator[str]:
    """What the trust root knows of keys that signed the item's events where they were in doubt already.

    A trust root that is younger than the pack may know of a theft that the pack's own records do not tell.
    """
    if item.bundle is None or report.verdict is Verdict.FORGED:
        return
    records = [record for body in trust.bodies.values() for record in body.keys]
    doubts = {record.key.key_id: record.doubtful_from for record in records}
    for index, entry in item.bundle.certification.entries.items():
        key_id = parse_event(entry).jws.key_id
        since = doubts.get(key_id)
        if since is not None and since <= index:
            yield f"entry {index} is signed with key {key_id[:8]}…, which is in doubt from entry {since} on"
