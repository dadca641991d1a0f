"""The timeline of a certification: each event with its place in the log and its proof, and the states they came to.

No reason, no name: what is here stands in the log for anyone. It is made of what was verified, never instead of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from verifier.accreditation import AccreditationFact
from verifier.bundle import Bundle, Record
from verifier.edition import edition_history
from verifier.encoding import format_base64, format_day, format_instant
from verifier.gap import turns
from verifier.opened import fact_of
from verifier.status import Fact, State, status
from verifier.stream import LoggedEvent, open_stream
from verifier.trust import TrustRoot, body_history


@dataclass(frozen=True, slots=True)
class Span:
    """Legal days in one state, both included; ``ends_on`` None where no end is known."""

    starts_on: date
    ends_on: date | None
    state: State


@dataclass(frozen=True, slots=True)
class Timeline:
    """A certification's events in log order, its states by day, and its body's accreditation for the scheme."""

    events: tuple[LoggedEvent, ...]
    spans: tuple[Span, ...]
    accreditations: tuple[AccreditationFact, ...]


def timeline(bundle: Bundle, trust: TrustRoot, known_at: datetime) -> Timeline:
    """The timeline of a bundle that was verified, as known at an instant (UTC).

    Raises:
        AttestoError: the bundle is not what it should be.
    """
    events, body_events, edition_events = (
        open_stream(record, trust.origin, trust.operator_key) for _, record in bundle.records
    )
    body = body_history(trust.body(events[0].event.text("body")), trust.operator_key, body_events)
    scheme = edition_history(trust.operator_key, edition_events).scheme
    accreditations = tuple(fact for fact in body.accreditations if fact.scheme == scheme)
    return Timeline(events, spans([fact_of(logged) for logged in events], known_at), accreditations)


def spans(facts: Sequence[Fact], known_at: datetime) -> tuple[Span, ...]:
    """The states that a certification had and, as far as is known, will have, from its first day on."""
    found: list[Span] = []
    for day in sorted(turns(facts)):
        state = status(facts, day, known_at).state
        if found and found[-1].state is state:
            continue
        if found:
            found[-1] = Span(found[-1].starts_on, day - timedelta(days=1), found[-1].state)
        found.append(Span(day, None, state))
    return tuple(found)


def format_timeline(made: Timeline, bundle: Bundle) -> dict[str, object]:
    """The timeline for programs: every entry as it was signed, with its proof against the checkpoint beside it."""
    first = made.events[0].event
    return {
        "v": 1,
        "stream": str(first.stream),
        **{name: first.text(name) for name in ("body", "edition", "profile")},
        "checkpoint": bundle.checkpoint.decode("utf-8"),
        "events": [format_entry(logged, bundle.certification, bundle.proofs) for logged in made.events],
        "states": [
            {
                "from": format_day(span.starts_on),
                "to": None if span.ends_on is None else format_day(span.ends_on),
                "state": str(span.state),
            }
            for span in made.spans
        ],
        "accreditations": [format_accreditation(fact) for fact in made.accreditations],
    }


def format_accreditation(fact: AccreditationFact) -> dict[str, object]:
    """An event of an accreditation for programs, in its own words."""
    return {
        "type": fact.type,
        "effective_on": format_day(fact.effective_on),
        "recorded_at": format_instant(fact.recorded_at),
        "profiles": None if fact.profiles is None else list(fact.profiles),
        **fact.detail,
    }


def format_entry(logged: LoggedEvent, record: Record, proofs: Mapping[int, Sequence[bytes]]) -> dict[str, object]:
    """An event of a record for programs: as it was signed, with the proof that the log holds it."""
    event = logged.event
    return {
        "index": logged.index,
        "sequence": event.sequence,
        "type": event.type,
        "effective_on": format_day(event.effective_on),
        "recorded_at": format_instant(logged.recorded_at),
        "key_id": event.jws.key_id,
        "entry": record.entries[logged.index].decode("ascii"),
        "proof": [format_base64(item) for item in proofs[logged.index]],
    }
