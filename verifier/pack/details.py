"""The details of one answer in an evidence pack: checks, events, differences, gaps, and the line for the ESPD."""

from collections.abc import Iterator

from verifier.accreditation import Accreditation
from verifier.encoding import Json, format_instant, legal_day
from verifier.fonts import printable
from verifier.pack.row import NONE, PERSONAL, Row, outcome_words, pairs, question_words
from verifier.pack.words import (
    CAUSES,
    CHECKS,
    COVERAGES,
    EVENTS,
    FIELDS,
    HEADLINES,
    KINDS,
    OTHER_PROFILE,
    OUTCOMES,
    REQUIREMENTS,
    STATES,
    Words,
)
from verifier.report import Answer, Kind, Outcome, Report


def detail(row: Row, address: str, words: Words) -> Json:
    """What is said of one item."""
    report = row.report
    tone, title = HEADLINES[row.key]
    return {
        "place": str(row.place),
        "number": row.number,
        "tone": str(tone.value),
        "title": words(title),
        "facts": pairs(_facts(row, words)),
        "checks": list(_checks(report, words)),
        "stopped": next((c.reason for c in report.checks if c.outcome is not Outcome.PASSED), ""),
        "events": _events(report, words),
        "notes": list(_notes(row, words)),
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
        yield words("Profile"), row.profile
    for label, answer in _answers(report, words):
        yield label, _answered(answer, words)
    if report.answers:
        asked = report.answers[0]
        standing = asked.standing
        if standing.granted_on is not None:
            yield words("First grant"), words.day(standing.granted_on)
        if standing.valid_until is not None:
            yield words("Last valid day"), words.day(standing.valid_until)
        if report.question.kind is not Kind.DAY:
            outcome = words(REQUIREMENTS[report.requirement(report.question.kind)])
            yield words(KINDS[report.question.kind]), outcome


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
    return f"{words(STATES[answer.standing.state])}; {_accredited(answer.accreditation, words)}"


def _accredited(accreditation: Accreditation, words: Words) -> str:
    return words(OTHER_PROFILE if accreditation.leaves_profile_out else COVERAGES[accreditation.coverage])


def _events(report: Report, words: Words) -> Json:
    evidence = () if report.evidence is None else report.evidence.events
    places = [place for origin in reversed(report.origins) for place in origin.events]
    return [
        [str(index), words(EVENTS.get(name, name)), words.day(on), format_instant(at)]
        for index, name, on, at in (*places, *evidence)
    ]


def _notes(row: Row, words: Words) -> Iterator[str]:
    report = row.report
    for found in report.differences:
        yield words(
            "The answers then and now differ through entry %(index)s, “%(event)s”: %(cause)s.",
            index=found.index,
            event=words(EVENTS.get(found.type, found.type)),
            cause=words(CAUSES[found.cause]),
        )
    yield from _changes(report, words)
    for gap in report.gaps:
        days = words("%(first)s to %(last)s", first=words.day(gap.starts_on), last=words.day(gap.ends_on))
        yield words("Not in force: %(days)s (%(state)s).", days=days, state=words(STATES[gap.state]))
    for span in report.uncovered:
        days = words("%(first)s to %(last)s", first=words.day(span.starts_on), last=words.day(span.ends_on))
        yield words("Accreditation: %(days)s (%(state)s).", days=days, state=_accredited(span.accreditation, words))
    for compared in row.item.fields:
        if compared.outcome == "same":
            continue
        field = words(FIELDS.get(compared.name, compared.name))
        said = words(
            "The document against the record: %(field)s, %(outcome)s.",
            field=field,
            outcome=outcome_words(compared.outcome, words),
        )
        shown = compared.name not in PERSONAL and compared.differs and compared.shown
        yield printable(said + (f" “{compared.shown}” / “{compared.recorded}”" if shown else ""))
    if row.item.fields and all(compared.outcome == "same" for compared in row.item.fields):
        yield words("The document against the record: every field is the same.")
    if row.item.bundle is None:
        yield words("There is no proof of this answer in the file: it cannot be checked again.")


def _changes(report: Report, words: Words) -> Iterator[str]:
    """What is recorded of days after the one asked for."""
    today = legal_day(report.question.now)
    for _, name, on, _ in report.to_come() if report.answers else ():
        event, day = words(EVENTS[name]), words.day(on)
        if on > today:
            yield words("Already recorded for %(day)s: %(event)s.", day=day, event=event)
        else:
            yield words("Since then, on %(day)s: %(event)s.", day=day, event=event)


def _espd(row: Row, address: str, words: Words) -> str:
    facts = row.report.facts
    if facts is None or row.item.number is None:
        return ""
    url = f"{address}/V/{row.item.number}" if address else NONE
    return words(
        "URL %(url)s · Code %(code)s · Issuer %(issuer)s", url=url, code=row.number, issuer=printable(facts.body_name)
    )
