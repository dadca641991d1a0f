"""The details of one answer in an evidence pack: facts, checks, events, notes, and the line for the ESPD."""

from collections.abc import Iterator

from verifier.encoding import Json, format_instant
from verifier.fonts import printable
from verifier.pack.notes import accredited_words, notes, state_words
from verifier.pack.row import NONE, Row, pairs, question_words
from verifier.pack.words import (
    CHECKS,
    EVENTS,
    KINDS,
    OUTCOMES,
    REQUIREMENTS,
    Words,
)
from verifier.report import Answer, Kind, Outcome, Report


def detail(row: Row, address: str, words: Words) -> Json:
    """What is said of one item."""
    report = row.report
    return {
        "place": str(row.place),
        "number": row.number,
        "tone": str(row.tone.value),
        "title": words(row.title),
        "facts": pairs(_facts(row, words)),
        "checks": list(_checks(report, words)),
        "stopped": next((c.reason for c in report.checks if c.outcome is not Outcome.PASSED), ""),
        "events": _events(report, words),
        "notes": list(notes(row, words)),
        "espd": _espd(row, address, words),
    }


def _checks(report: Report, words: Words) -> Iterator[Json]:
    """The checks by their outcome, the passed ones first."""
    for outcome in Outcome:
        names = [words(CHECKS[check.name]) for check in report.checks if check.outcome is outcome]
        if names:
            plain = outcome is Outcome.PASSED
            yield {"outcome": words(OUTCOMES[outcome]), "outcome_plain": plain, "names": " · ".join(names)}


def _facts(row: Row, words: Words) -> Iterator[tuple[str, str]]:
    report, facts = row.report, row.report.facts
    yield words("Question"), question_words(report.question, words)
    if row.item.bidder:
        yield words("Bidder"), row.item.bidder
    if facts is not None:
        yield words("Certification body"), f"{facts.body_name} ({facts.body})"
        edition = facts.edition_title.get(words.language) or next(iter(facts.edition_title.values()), facts.edition)
        yield words("Scheme edition"), f"{edition} ({facts.edition})"
        # The title is the word of whoever made the pack; the slug is what the body signed.
        yield words("Profile"), row.profile if row.profile == facts.profile else f"{row.profile} ({facts.profile})"
    for label, answer in _answers(report, words):
        yield label, _answered(answer, words)
    if report.answers:
        asked = report.answers[0]
        standing = asked.standing
        if standing.granted_on is not None:
            yield words("First grant"), words.day(standing.granted_on)
        if standing.scope is not None:
            yield words("Scope: only these tasks"), ", ".join(standing.scope)
        if standing.valid_until is not None:
            yield words("Last valid day"), words.day(standing.valid_until)
        if report.question.kind is not Kind.DAY and row.requirement is not None:
            yield words(KINDS[report.question.kind]), words(REQUIREMENTS[row.requirement])


def _answers(report: Report, words: Words) -> Iterator[tuple[str, Answer]]:
    question = report.question
    for answer in sorted(report.answers, key=lambda answer: answer.known_at):
        if answer.known_at == question.now:
            yield words("As known now"), answer
        elif answer.known_at == min(question.then, question.now):
            yield words("As known then"), answer
        else:
            yield words("As known on %(at)s", at=words.instant(answer.known_at)), answer


def _answered(answer: Answer, words: Words) -> str:
    said = state_words(answer.standing.state, answer, words)
    return f"{said}; {accredited_words(answer.accreditation, words)}"


def _events(report: Report, words: Words) -> Json:
    evidence = () if report.evidence is None else report.evidence.events
    places = [place for origin in reversed(report.origins) for place in origin.events]
    return [
        [str(index), words(EVENTS.get(name, name)), words.day(on), format_instant(at)]
        for index, name, on, at in (*places, *evidence)
    ]


def _espd(row: Row, address: str, words: Words) -> str:
    facts = row.report.facts
    if facts is None or row.item.number is None:
        return ""
    url = f"{address}/V/{row.item.number}" if address else NONE
    return words(
        "URL %(url)s · Code %(code)s · Issuer %(issuer)s", url=url, code=row.number, issuer=printable(facts.body_name)
    )
