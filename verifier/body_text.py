"""A report on a body as text for people: the verdict first, then accreditation, keys and entries, line by line."""

from collections.abc import Iterator, Mapping
from typing import Final

from verifier.accreditation import AccreditationFact
from verifier.body import BodyReport, BodyVerdict, KeyEvent, ProvenBody, RegisteredKey, SchemeAccreditation
from verifier.encoding import format_day, format_instant
from verifier.report_text import Line
from verifier.report_words import COVERAGES, HEADLINES, Headline
from verifier.stream import LoggedEvent
from verifier.tone import Tone

BODY_HEADLINES: Final[Mapping[BodyVerdict, Headline]] = {
    BodyVerdict.PROVEN: Headline(
        Tone.GOOD,
        "THE BODY'S RECORD HOLDS",
        "Every entry is in the log, every key follows from the trust root, and nothing was left out.",
    ),
    BodyVerdict.ALTERED: Headline(
        Tone.BAD,
        "THE RECORD DOES NOT HOLD",
        "What is shown of this body was altered, is not complete, or is of another registry. Do not rely on it.",
    ),
    BodyVerdict.UNKNOWN_BODY: HEADLINES["unknown_body"],
    BodyVerdict.COULD_NOT_BE_CHECKED: HEADLINES["could_not_be_checked"],
}


def body_lines(report: BodyReport) -> Iterator[Line]:
    """The whole report."""
    verdict = BODY_HEADLINES[report.verdict]
    yield Line(verdict.title, verdict.tone)
    yield Line(verdict.text)
    if report.body is None:
        yield Line(f"Why: {report.reason}.")
        return
    yield from _record(report.body)


def _record(body: ProvenBody) -> Iterator[Line]:
    history = body.history
    yield from (Line(), Line(f"{history.name} ({history.slug}, {history.website})", heading=True))
    if history.hosted:
        yield Line("  the registry's operator keeps this body's keys, and could sign in its name")
    for accredited in body.accreditations:
        yield from _scheme(accredited)
    if not body.accreditations:
        yield from (Line(), Line("No accreditation is recorded."))
    yield from (Line(), Line("Its keys over time", heading=True))
    for key in body.keys:
        yield from _key(key, body)
    yield Line(f"  recovery  {body.recovery_key.key_id}, named by the trust root")
    yield from (Line(), Line("Its entries in the log", heading=True))
    for logged in body.events:
        yield Line(
            f"  entry {logged.index}  {_event(logged.event.type)}, recorded {format_instant(logged.recorded_at)}"
        )
    head = f"{body.checkpoint.origin}, {body.checkpoint.size} entries"
    yield from (Line(), Line(f"Log {head}; snapshot of {format_instant(body.snapshot_at)}."))


def _scheme(accredited: SchemeAccreditation) -> Iterator[Line]:
    current = accredited.current
    since = "–" if current.since is None else format_day(current.since)
    yield from (Line(), Line(f"Accreditation for scheme {accredited.scheme}", heading=True))
    yield Line(f"  today: {COVERAGES[current.coverage].format(since=since)}")
    if current.profiles is not None:
        yield Line("  reduced to these profiles: " + (", ".join(current.profiles) or "none"))
    for fact, logged in accredited.events:
        yield from _fact(fact, logged)


def _fact(fact: AccreditationFact, logged: LoggedEvent) -> Iterator[Line]:
    profiles = "" if fact.profiles is None else f" ({', '.join(fact.profiles) or 'none'})"
    yield Line(f"  {format_day(fact.effective_on)}  {_event(fact.type)}{profiles}")
    said = [fact.detail[n] for n in ("accreditation_body", "number", "standard", "wording") if n in fact.detail]
    if said:
        yield Line(f"              {' · '.join(said)}")
    recorded = f"recorded {format_instant(fact.recorded_at)}, entry {logged.index}"
    yield Line(f"              {recorded}, by the registry's operator from {fact.detail['source']}")


def _key(key: RegisteredKey, body: ProvenBody) -> Iterator[Line]:
    record = key.record
    yield Line(f"  {_PURPOSES[record.purpose]}  {record.key.key_id}")
    yield Line(f"    enrolled {_act(key.enrolled, body)}")
    if key.retired is not None:
        yield Line(f"    retired {_act(key.retired, body)}")
    if record.doubtful_from is not None:
        yield Line(f"    in doubt from entry {record.doubtful_from} on", Tone.CAUTION)
    if key.compromised is not None:
        yield Line(f"    declared compromised {_act(key.compromised, body)}", Tone.CAUTION)


_PURPOSES: Final = {"event": "decisions", "token": "certificates"}


def _act(act: KeyEvent, body: ProvenBody) -> str:
    match act.by:
        case None:
            by = "named by the trust root"
        case key_id if key_id == body.recovery_key.key_id:
            by = "on the word of the recovery key"
        case key_id:
            by = f"on the word of key {key_id[:12]}…"
    return f"in entry {act.logged.index}, {format_instant(act.logged.recorded_at)}, {by}"


def _event(event_type: str) -> str:
    return event_type.replace(".", " ").replace("_", " ")
