"""A report as text for people: the verdict first, then what it rests on, line by line.

Each line has a tone, which may be shown as a colour; nothing is said by the tone alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from verifier.accreditation import Accreditation, Coverage
from verifier.certificate import Certificate
from verifier.encoding import end_of_day, format_base64, format_day, format_instant
from verifier.finding import Difference
from verifier.gap import Gap
from verifier.headline import changed_since, headline_key, stopped_at, unmet
from verifier.number import group_number
from verifier.report import (
    CHECKS,
    Answer,
    Evidence,
    Facts,
    Kind,
    LogPlace,
    Origin,
    Outcome,
    Question,
    Report,
    Requirement,
    Verdict,
)
from verifier.report_words import (
    ADVICE,
    CAUSES,
    CONDITIONS,
    COVERAGES,
    GAPS,
    HEADLINES,
    HOLDER_ERASED,
    NOT_PROVEN,
    OTHER_PROFILE,
    OUTCOMES,
    STATES,
    Headline,
)
from verifier.status import Condition, Standing, State
from verifier.tone import Tone
from verifier.uncovered import Uncovered

_Row = tuple[str, ...]
_UNITS: Final = (("day", 24 * 60 * 60), ("hour", 60 * 60), ("minute", 60))


@dataclass(frozen=True, slots=True)
class Line:
    """A line, and how grave it is where it says so; what it quotes may hold any character, as others wrote it."""

    text: str = ""
    tone: Tone | None = None
    heading: bool = False


def headline(report: Report, today: Report | None = None) -> Headline:
    """The verdict: a few words without the day, and one sentence; ``today`` is the report for the present day."""
    words = HEADLINES[headline_key(report)]
    standing = report.answers[0].standing if report.answers else None
    # Of a day that has not come yet nothing is simply good, nor of one since which something came; a line says what.
    more = report.question.so_far or (report.verdict is Verdict.IN_FORCE and changed_since(report, today))
    tone = Tone.CAUTION if words.tone is Tone.GOOD and more else words.tone
    tone = Tone.BAD if unmet(report) else tone
    days = {**_days(standing), "until": _day(report.question.until)}
    return Headline(tone, words.title, words.text.format_map(days))


def report_lines(report: Report, snapshot_max_age: int, today: Report | None = None) -> Iterator[Line]:
    """The whole report.

    Args:
        report: what to show.
        snapshot_max_age: what the trust root allows, in seconds.
        today: the report on the present day, where another day was asked for.
    """
    verdict = headline(report, today)
    yield Line(verdict.title + _asked(report), verdict.tone)
    yield Line(verdict.text)
    if today is not None:
        yield Line(f"Today, {format_day(today.question.on)}: {headline(today).title}.", headline(today).tone)
    yield from (Line(f"! {notice}", Tone.CAUTION) for notice in _notices(report))
    if report.token is not None:
        yield from _section(_certificate_title(report), _certificate(report.token))
    if report.facts is not None:
        yield from _section("What the registry holds", _facts(report.facts))
    if report.answers:
        yield from _section(f"On {format_day(report.question.on)}, a day in Europe/Rome", _answers(report))
        yield from _requirements(report)
    yield from _checks(report)
    if report.evidence is not None:
        yield from _section("Freshness", _freshness(report.evidence, report.question, snapshot_max_age))
        yield from _section("Evidence", _evidence(report.evidence))
    for origin in report.origins:
        yield from _section(f"Evidence of what it goes on from, at {_held_at(origin)}", _places(origin.events))
    if advice := _advice(report):
        yield from (Line(), Line(advice))


def _asked(report: Report) -> str:
    """The question in the headline, where there is an answer to it."""
    if not report.answers:
        return ""
    question = report.question
    # For points the first day alone decides, whatever came later.
    last = None if question.kind is Kind.SCORING else question.until
    until = "" if last is None else f" to {format_day(last)}"
    so_far = ", so far" if question.so_far else ""
    known = "" if question.known_at == question.now else f", as known at {format_instant(question.known_at)}"
    return f" {'on' if last is None else 'from'} {format_day(question.on)}{until}{so_far}{known}"


def _notices(report: Report) -> Iterator[str]:
    if not report.answers:
        return
    first, *others = report.answers
    if report.erased:
        yield HOLDER_ERASED
    if report.question.so_far:
        day = format_day(report.question.until or first.on)
        yield f"{day} has not come yet: decisions that are not recorded so far may change this."
    for condition in report.conditions:
        if condition is not Condition.CHANGE_SCHEDULED:
            yield CONDITIONS[condition].format_map(_days(first.standing))
    yield from _transfers(report, first)
    yield from _scheduled(report)
    differing = {_gist(other): other for other in reversed(others) if _gist(other) != _gist(first)}
    if differing:
        yield f"The answers differ. {_known(first, report)}: {_gist(first)}."
        yield from (f"{_known(other, report)}: {gist}." for gist, other in differing.items())
    yield from map(_difference, report.differences)
    if all(answer.known_at != report.question.now for answer in report.answers):
        yield "What is known now cannot be said from these proofs: their snapshot is too old."


def _transfers(report: Report, first: Answer) -> Iterator[str]:
    """Which body answers for the day, and where the certification comes from or went."""
    if first.origin is not None:
        yield f"On that day it was held at {_held_at(report.origins[first.origin])}, which answers for it."
    for origin in report.origins:
        yield f"It was taken over from {_held_at(origin)} on {format_day(origin.handed_over_on)}, with all its days."
    if report.facts is not None and report.facts.receiver is not None:
        yield f"It goes on at {report.facts.receiver_name or 'another body'} ({report.facts.receiver})."


def _held_at(origin: Origin) -> str:
    return f"{origin.body_name} ({origin.body})"


def _scheduled(report: Report) -> Iterator[str]:
    for _, event, effective_on, _ in report.to_come():
        yield f"Recorded for a later day, {format_day(effective_on)}: {_event(event)}."


def _difference(found: Difference) -> str:
    days = f"effective {format_day(found.effective_on)}, recorded {format_instant(found.recorded_at)}"
    return f"They differ through entry {found.index}, {_event(found.type)}, {days}: {CAUSES[found.cause]}."


def _event(event_type: str) -> str:
    return event_type.replace(".", " ").replace("_", " ")


def _certificate_title(report: Report) -> str:
    if report.verdict is Verdict.FORGED:
        return "What its code says (do not rely on it)"
    return "What its code says (compare it with the document: whatever else stands there was not checked)"


def _certificate(certificate: Certificate) -> Iterator[_Row]:
    born = "" if certificate.birth_year is None else f", born {certificate.birth_year}"
    yield "name", certificate.name + born
    yield "number", f"{group_number(certificate.number)}, revision {certificate.revision}"
    yield "body", certificate.body
    yield "edition", certificate.edition
    yield "profile", certificate.profile
    yield "valid until", f"{format_day(certificate.valid_until)}, if maintained"
    yield "issued", format_instant(certificate.issued_at)


def _facts(facts: Facts) -> Iterator[_Row]:
    title = facts.edition_title.get("en") or next(iter(facts.edition_title.values()), "")
    yield "number", "" if facts.number is None else group_number(facts.number)
    yield "body", f"{facts.body_name} ({facts.body}, {facts.website})"
    if facts.keys_hosted:
        yield "", "the registry's operator keeps this body's keys, and could sign in its name"
    yield "edition", f"{title} ({facts.edition})"
    yield "profile", facts.profile
    yield "newest", f"certificate of revision {facts.revision}"


def _answers(report: Report) -> Iterator[_Row]:
    for answer in report.answers:
        yield _known(answer, report), _standing(answer)
        if answer.origin is not None:
            yield "", f"at {_held_at(report.origins[answer.origin])}"
        yield "", _coverage(answer.accreditation)
    yield from _particulars(report.answers[0].standing, report.events(report.answers[0]))
    yield from _accreditation(report.answers[0].accreditation)


def _particulars(standing: Standing, events: Sequence[LogPlace]) -> Iterator[_Row]:
    """What holds of the profile, and which decisions do not count."""
    if standing.scope is not None:
        yield "Scope", "only these tasks: " + ", ".join(standing.scope)
    for name, sequences in (("Reversed", standing.left_out), ("No effect", standing.without_effect)):
        for sequence in sequences:
            index, event_type, *_ = events[sequence - 1]
            yield name, f"{_event(event_type)} (event {sequence}, entry {index}){_WHY[name]}"


_WHY: Final = {
    "Reversed": ", taken back by an appeal that was upheld",
    "No effect": ", as nothing was left that it could act on",
}


def _requirements(report: Report) -> Iterator[Line]:
    """What the days come to for a tender, where more than one was asked for; the requirement decides which count."""
    until = report.question.until
    if until is None:
        return
    start, end = format_day(report.question.on), format_day(until)
    yield from _section(
        f"From {start} to {end}, day by day", (_gap(gap, report.answers[0].standing) for gap in report.gaps)
    )
    if not report.gaps:
        yield Line("  in force on every day")
    yield from _section("Accreditation, day by day", map(_not_covered, report.uncovered))
    if not report.uncovered:
        yield Line("  the body was accredited for this scheme on every day")
    kind = report.question.kind
    kinds = (Kind.PARTICIPATION, Kind.SCORING) if kind is Kind.DAY else (kind,)
    first = "signing" if kind is Kind.EXECUTION else "deadline"
    yield from _section(f"For a tender whose {first} was the first of these days", [_met(report, k) for k in kinds])


def _met(report: Report, kind: Kind) -> _Row:
    requirement = report.requirement(kind)
    first = report.answers[0].accreditation.coverage is not Coverage.COVERED
    which = "the first day" if first else "every day"
    judged = requirement is Requirement.TO_BE_JUDGED
    but = f"; but its body was not accredited for this scheme on {which}" if judged else ""
    return str(kind), f"{requirement.replace('_', ' ')}: {_wanted(report, kind)}{but}"


def _wanted(report: Report, kind: Kind) -> str:
    start = f"in force on {format_day(report.question.on)}"
    if kind is not Kind.SCORING:
        return f"{start} and on every day since"
    later = report.answers[0].standing.in_force and report.gaps
    return start + ("; the later gap is shown, and not held against it" if later else "")


def _not_covered(days: Uncovered) -> _Row:
    span, number = _told(days.starts_on, days.ends_on)
    return "not accredited", span, f"{number}, {_coverage(days.accreditation)}"


def _told(first: date, last: date) -> tuple[str, str]:
    """Days in words, and how many."""
    days = (last - first).days + 1
    return f"{format_day(first)} to {format_day(last)}", f"{days} day{'s' if days > 1 else ''}"


def _gap(gap: Gap, first: Standing) -> _Row:
    span, number = _told(gap.starts_on, gap.ends_on)
    unproven = gap.state is State.NOT_YET_EFFECTIVE and first.proven_from is not None
    words = NOT_PROVEN.format_map(_days(first)) if unproven else GAPS[gap.state]
    return "not in force", span, f"{number}, {words}"


def _known(answer: Answer, report: Report) -> str:
    """By whose knowledge an answer speaks."""
    question = report.question
    if answer.known_at == question.now:
        return "As known so far" if question.so_far else "As known now"
    if answer.known_at == question.deadline:
        return f"As known at the deadline, {format_instant(answer.known_at)}"
    if answer.known_at == end_of_day(question.on):
        return "As known at the end of that day"
    return f"As known at {format_instant(answer.known_at)}"


def _gist(answer: Answer) -> str:
    return f"{_standing(answer)}; {_coverage(answer.accreditation)}"


def _standing(answer: Answer) -> str:
    words = NOT_PROVEN if answer.only_claimed else STATES[answer.standing.state]
    return words.format_map(_days(answer.standing))


def _coverage(accreditation: Accreditation) -> str:
    words = OTHER_PROFILE if accreditation.leaves_profile_out else COVERAGES[accreditation.coverage]
    return words.format(since=_day(accreditation.since))


def _accreditation(accreditation: Accreditation) -> Iterator[_Row]:
    detail = accreditation.detail or {}
    said = [detail[name] for name in ("accreditation_body", "number", "standard", "wording") if name in detail]
    if said:
        yield "Accreditation", " · ".join(said)
    if accreditation.profiles is not None:
        yield "", "reduced to these profiles: " + (", ".join(accreditation.profiles) or "none")
    if "source" in detail:
        yield "", f"recorded by the registry's operator from {detail['source']}"


def _checks(report: Report) -> Iterator[Line]:
    made = {check.name: (*OUTCOMES[check.outcome], check.reason) for check in report.checks}
    unasked = (*OUTCOMES[Outcome.NOT_CHECKED], "no certificate was presented, only its number")
    listed = [(name, made.get(name, unasked)) for name in CHECKS]
    yield from _section("Checks", ())
    texts = _columns([(outcome, name, reason) for name, (outcome, _, reason) in listed])
    for text, (_, (_, tone, _)) in zip(texts, listed, strict=True):
        yield Line(text, tone)


def _freshness(evidence: Evidence, question: Question, snapshot_max_age: int) -> Iterator[_Row]:
    age = int((question.now - evidence.snapshot_at).total_seconds())
    yield "snapshot", f"of {format_instant(evidence.snapshot_at)}, {_span(age)} before this check"
    yield "allowed", f"{_span(snapshot_max_age)}, says the trust root"


def _evidence(evidence: Evidence) -> Iterator[_Row]:
    yield "log", f"{evidence.origin}, {evidence.tree_size} entries"
    yield "root", format_base64(evidence.root_hash)
    yield "snapshot", f"entry {evidence.snapshot_index}"
    yield from _places(evidence.events)


def _places(events: Iterable[LogPlace]) -> Iterator[_Row]:
    for index, event, effective_on, recorded_at in events:
        days = f"effective {format_day(effective_on)}, recorded {format_instant(recorded_at)}"
        yield f"entry {index}", f"{_event(event)}, {days}"


def _advice(report: Report) -> str:
    stopped_by = stopped_at(report)
    return ADVICE.get(report.verdict, ADVICE.get(stopped_by, "")) if stopped_by else ""


def _section(title: str, rows: Iterable[_Row]) -> Iterator[Line]:
    yield Line()
    yield Line(title, heading=True)
    yield from map(Line, _columns(list(rows)))


def _columns(rows: Sequence[_Row]) -> Iterator[str]:
    """Rows as lines; every column but the last as wide as it must be."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    for row in rows:
        *cells, last = row
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        yield "  " + "  ".join([*padded, last])


def _days(standing: Standing | None) -> dict[str, str]:
    """The standing's days by name, as texts ask for them."""
    names = [field.name for field in fields(Standing)]
    values = {name: getattr(standing, name, None) for name in names}
    return {name: _day(value) for name, value in values.items() if value is None or isinstance(value, date)}


def _day(day: date | None) -> str:
    return "–" if day is None else format_day(day)


def _span(seconds: int) -> str:
    for unit, length in _UNITS:
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"
