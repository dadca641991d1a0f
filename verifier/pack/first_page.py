"""The first page of an evidence pack: who asked, what came of it in numbers, what it rests on; and no name."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from verifier.encoding import Json
from verifier.fonts import printable
from verifier.pack.content import Pack
from verifier.pack.row import NONE, Row, instant_words, pairs, question_words
from verifier.pack.words import HEADLINES, Words
from verifier.report import Evidence
from verifier.tally import Count, Line, tally
from verifier.tone import Tone
from verifier.trust import TrustRoot

_SEALED: Final = "This file is sealed: the reader of PDF files shows by whom and when."
_UNSEALED: Final = "This file is NOT sealed: nothing here proves who made it, or when."


def first_page(pack: Pack, rows: Sequence[Row], trust: TrustRoot, words: Words) -> Json:
    """What the first page says."""
    return {
        "lead": words(
            "What was asked about certificates, what the answers were, and the proof of each. The proofs are attached"
            " to this file, so that anybody can check it again."
        ),
        "asked_title": words("Who asked, and what for"),
        "asked": pairs(_asked(pack, rows, words)),
        "asked_note": words("In the words of whoever asked. They were not checked."),
        "results_title": words("Answers"),
        "results": [*_counts(rows, words), *_unanswered(pack, words)],
        "bidders": _bidders(pack, rows, words),
        "proof_title": words("What the answers rest on"),
        "proof": pairs(_proof(pack, rows, trust, words)),
        "again_title": words("To check this file again"),
        "again": [
            words("Without network, also years from now, with the free program attesto-verify:"),
            words(
                "Take the trust root from somebody you believe, not from this file. The file alone proves nothing:"
                " anybody can make one that looks like it. What counts is what the program finds in it."
            ),
        ],
        "command": "attesto-verify pack FILE.pdf --trust trust.json",
        "names": words("No name stands on this page. Names stand in the annex alone, on the last pages."),
    }


def _asked(pack: Pack, rows: Sequence[Row], words: Words) -> Iterator[tuple[str, str]]:
    tender = pack.tender
    yield words("Asked by"), tender.committee or NONE
    yield words("Tender (CIG)"), tender.cig or NONE
    if tender.lot:
        yield words("Lot"), tender.lot
    if tender.requirement:
        yield words("Requirement"), tender.requirement
    yield (
        words("The day that matters"),
        "; ".join(dict.fromkeys(question_words(row.report.question, words) for row in rows)),
    )
    yield words("Asked at"), instant_words(pack.made_at, words)


def _counts(rows: Sequence[Row], words: Words) -> list[Json]:
    order = list(HEADLINES)
    counted = Counter((row.key, row.tone) for row in rows)
    return [
        {"tone": str(tone.value), "title": words(HEADLINES[key][1]), "count": counted[key, tone]}
        for key, tone in sorted(counted, key=lambda one: (order.index(one[0]), one[1].value))
    ]


def _unanswered(pack: Pack, words: Words) -> Iterator[Json]:
    if pack.unanswered:
        title = words("Handed in, without an answer: see the annex")
        yield {"tone": str(Tone.UNKNOWN.value), "title": title, "count": len(pack.unanswered)}


def _bidders(pack: Pack, rows: Sequence[Row], words: Words) -> Json:
    """By bidder, the people who meet what was asked, as the page counts them: what has no answer is a line, too."""
    lines = [row.counted for row in rows] + [Line(one.bidder, "", "", "", "") for one in pack.unanswered]
    titles = {row.counted.profile: row.profile for row in rows}
    counts, again = tally(lines), _again(lines)
    note = words(
        "Of some only the number was given. A number does not say whose it is: each of those certifications counts as a"
        " person of its own, and two of one person are not noticed."
    )
    return {
        "title": words("People who meet what was asked, each counted once"),
        "head": [
            words("Bidder"),
            words("Lines"),
            words("People"),
            words("By profile"),
            words("In force, to be judged"),
            words("Named more than once"),
        ],
        "rows": [_bidder(count, titles, again[count.name]) for count in counts],
        "note": note if any(count.untold for count in counts) else "",
    }


def _again(lines: Sequence[Line]) -> Counter[str]:
    """How many lines of each bidder name a certification that another one names already."""
    named = [(line.bidder, line.number) for line in lines if line.number]
    return Counter(bidder for bidder, _ in named) - Counter(bidder for bidder, _ in set(named))


def _bidder(count: Count, titles: Mapping[str, str], again: int) -> Json:
    return [
        printable(count.name) or NONE,
        str(count.lines),
        str(count.people),
        "\n".join(f"{titles[profile]}: {people}" for profile, people in count.profiles.items()) or NONE,
        str(count.to_be_judged),
        str(again),
    ]


def _proof(pack: Pack, rows: Sequence[Row], trust: TrustRoot, words: Words) -> Iterator[tuple[str, str]]:
    yield words("Log"), trust.origin
    yield words("Log key (thumbprint)"), trust.log_key.key.key_id
    newest = max((e for row in rows if (e := row.report.evidence)), key=lambda e: e.tree_size, default=None)
    if newest is not None:
        yield from _head(newest, pack.made_at, words)
    yield words("Trust root (SHA-256)"), sha256(pack.trust).hexdigest()
    yield words("Software"), f"Attesto {pack.software}"
    yield words("Seal"), words(_SEALED if pack.sealed else _UNSEALED)


def _head(newest: Evidence, at: datetime, words: Words) -> Iterator[tuple[str, str]]:
    yield words("Entries in the log"), str(newest.tree_size)
    yield words("Root hash"), newest.root_hash.hex()
    minutes = max(0, int((at - newest.snapshot_at).total_seconds()) // 60)
    yield (
        words("Snapshot"),
        words("%(at)s, %(age)s min before it was asked", at=instant_words(newest.snapshot_at, words), age=minutes),
    )
