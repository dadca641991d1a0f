"""What an evidence pack prints: its content as texts in one language, laid out by pack.typ.

The same content gives the same texts. Names stand in the annexes alone: those that a presented
code states, and what those things are called that have no answer.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from verifier.encoding import Json
from verifier.fonts import printable
from verifier.pack.again import ask_for_today
from verifier.pack.content import Item, Pack
from verifier.pack.details import detail
from verifier.pack.first_page import first_page
from verifier.pack.row import NONE, PERSONAL, Row, outcome_words, question_words
from verifier.pack.stamp import EMPTY
from verifier.pack.words import STATES, UNREAD, Words
from verifier.report import Question, Report, Verdict
from verifier.trust import TrustRoot


def printed(pack: Pack, reports: Sequence[Report], trust: TrustRoot) -> dict[str, Json]:
    """What pack.typ reads; ``reports`` are those of the pack's items, ``trust`` is the pack's own trust root."""
    words = Words(pack.language)
    pairs = zip(pack.items, reports, strict=True)
    rows = [_row(place, item, report, pack, trust) for place, (item, report) in enumerate(pairs, start=1)]
    return {
        "language": pack.language,
        "colon": words.colon,
        "title": words("Evidence pack"),
        "keywords": EMPTY,
        "software": f"Attesto {pack.software}",
        "first": first_page(pack, rows, trust, words),
        "table": _table(rows, words),
        "details": [detail(row, pack.address, words) for row in rows],
        "details_title": words("Each answer"),
        "labels": _labels(words),
        "unanswered": _unanswered(pack, words),
        "annex": _annex(rows, words),
        "page": words("Page"),
        "made": words.instant(pack.made_at),
        "attachment": words("All proofs, for the program attesto-verify"),
    }


def _row(place: int, item: Item, report: Report, pack: Pack, trust: TrustRoot) -> Row:
    # Of what is not in force nothing is made better or worse by today.
    today = ask_for_today(item, trust) if report.verdict is Verdict.IN_FORCE else None
    return Row(place, item, report, _profile(report, pack), today)


def _profile(report: Report, pack: Pack) -> str:
    facts = report.facts
    if facts is None:
        return NONE
    title = pack.titles.get(f"{facts.edition}/{facts.profile}", {})
    return printable(title.get(pack.language) or title.get("en") or next(iter(title.values()), facts.profile))


def _table(rows: Iterable[Row], words: Words) -> Json:
    head = [
        words("No."),
        words("Number"),
        words("Profile"),
        words("Body"),
        words("Bidder"),
        words("The day that matters"),
        words("As known then"),
        words("As known now"),
        words("Log entries"),
    ]
    lines: list[Json] = [_line(row, words) for row in rows]
    return {"title": words("Answers, one line each"), "head": list(head), "rows": lines}


def _line(row: Row, words: Words) -> Json:
    facts, evidence, question = row.report.facts, row.report.evidence, row.report.question
    return {
        "tone": str(row.tone.value),
        "cells": [
            str(row.place),
            row.number,
            row.profile,
            NONE if facts is None else facts.body,
            printable(row.item.bidder) or NONE,
            question_words(Question(question.on, question.known_at, question.now, question.until), words),
            known(row, question.then, words),
            words(row.title),
            NONE if evidence is None else ", ".join(str(index) for index, *_ in evidence.events),
        ],
    }


def known(row: Row, at: datetime, words: Words) -> str:
    """The state as known at an instant, or now if that is earlier."""
    question = row.report.question
    answer = next((a for a in row.report.answers if a.known_at == min(at, question.now)), None)
    return NONE if answer is None else words(STATES[answer.standing.state])


def _labels(words: Words) -> dict[str, Json]:
    return {
        "checks": words("What was checked"),
        "events": words("Decisions in the log, with their times in UTC"),
        "entry": words("Entry"),
        "decision": words("Decision"),
        "from": words("Counts from"),
        "recorded": words("Recorded"),
        "espd": words("For the ESPD"),
        "stopped": words("In the program's words"),
    }


def _unanswered(pack: Pack, words: Words) -> Json:
    """What was handed in and has no answer. Files are named after people, so it stands in an annex, too."""
    lines: list[Json] = [
        [
            str(place),
            printable(one.source) or NONE,
            NONE if one.page is None else str(one.page),
            NONE if one.line is None else str(one.line),
            printable(one.bidder) or NONE,
            words(UNREAD[one.reason]),
        ]
        for place, one in enumerate(pack.unanswered, start=1)
    ]
    return {
        "title": words("Annex: handed in, without an answer"),
        "note": words(
            "These were handed in, too, and have no answer: the reason stands beside each. Nothing vouches for this"
            " list but the word of whoever made this file. A file’s name may name a person: leave these pages out"
            " wherever they are not needed."
        ),
        "head": [
            words("No."),
            words("Handed in"),
            words("Page"),
            words("Line"),
            words("Bidder"),
            words("What it means"),
        ],
        "rows": lines,
    }


def _annex(rows: Iterable[Row], words: Words) -> Json:
    """The names that presented codes state, where a body signed the code."""
    lines: list[Json] = []
    for row in rows:
        certificate = row.report.token
        if certificate is not None:
            year = NONE if certificate.birth_year is None else str(certificate.birth_year)
            lines.append([str(row.place), row.number, printable(certificate.name), year, _personal(row, words)])
    return {
        "title": words("Annex: names"),
        "note": words(
            "Only names that a presented code states. They are personal data: leave these pages out wherever they are"
            " not needed. The attached part of this file holds the codes, and so the names."
        ),
        "none": words("No code was presented, so no name is known."),
        "head": [words("No."), words("Number"), words("Name"), words("Year of birth"), words("On the document")],
        "rows": lines,
    }


def _personal(row: Row, words: Words) -> str:
    """What a document says of the person, where it was compared."""
    said = (
        f"{printable(compared.shown) or NONE} ({outcome_words(compared.outcome, words)})"
        for compared in row.item.fields
        if compared.name in PERSONAL
    )
    return "; ".join(said) or NONE
