"""The timeline of a certification: each event with its place in the log and its proof, and the states they came to.

No reason, no name: what is here stands in the log for anyone. It is made of what was verified, never instead of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from verifier.accreditation import AccreditationFact
from verifier.bundle import Bundle, Record
from verifier.edition import edition_history
from verifier.encoding import format_base64, format_day, format_instant
from verifier.gap import turns
from verifier.link import follow
from verifier.lives import Life, open_life, open_origins
from verifier.opened import fact_of
from verifier.status import State
from verifier.stream import LoggedEvent, open_stream
from verifier.trust import BodyHistory, TrustRoot


@dataclass(frozen=True, slots=True)
class Span:
    """Legal days in one state, both included; ``ends_on`` None where no end is known."""

    starts_on: date
    ends_on: date | None
    state: State
    body: BodyHistory


@dataclass(frozen=True, slots=True)
class Entry:
    """An event, with the record it lies in and the body that signed it."""

    logged: LoggedEvent
    record: Record
    body: BodyHistory


@dataclass(frozen=True, slots=True)
class Timeline:
    """A certification's events in log order, its states by day, and its bodies' accreditations for the scheme.

    Of one that was transferred, also the events and the accreditation at the bodies that it comes from.
    """

    lives: tuple[Life, ...]
    events: tuple[Entry, ...]
    spans: tuple[Span, ...]
    accreditations: tuple[tuple[BodyHistory, AccreditationFact], ...]

    @property
    def transferred(self) -> bool:
        """Whether more than one body is in it."""
        return len(self.lives) > 1


def timeline(bundle: Bundle, trust: TrustRoot, known_at: datetime) -> Timeline:
    """The timeline of a bundle that was verified, as known at an instant (UTC).

    Raises:
        AttestoError: the bundle is not what it should be.
    """
    events, body_events, edition_events = (
        open_stream(record, trust.origin, trust.operator_key) for _, record in bundle.records
    )
    opened = ((events, body_events), *open_origins(bundle, events, trust))
    lives = tuple(open_life(*one, trust) for one in opened)
    records = (bundle.certification, *(origin.certification.record for origin in bundle.origins))
    entries = (Entry(e, record, life.body) for life, record in zip(lives, records, strict=True) for e in life.events)
    scheme = edition_history(trust.operator_key, edition_events).scheme
    bodies = {life.body.slug: life.body for life in reversed(lives)}.values()
    return Timeline(
        lives,
        tuple(sorted(entries, key=lambda entry: entry.logged.index)),
        _spans(lives, known_at),
        tuple((body, fact) for body in bodies for fact in body.accreditations if fact.scheme == scheme),
    )


def _spans(lives: Sequence[Life], known_at: datetime) -> tuple[Span, ...]:
    """The states that a certification had and, as far as is known, will have, from its first day on."""
    facts = [tuple(map(fact_of, life.events)) for life in lives]
    found: list[Span] = []
    for day in sorted({day for life in facts for day in turns(life)}):
        place, standing = follow(facts, day, known_at)
        state, body = standing.state, lives[place].body
        if found and (found[-1].state, found[-1].body.slug) == (state, body.slug):
            continue
        if found:
            found[-1] = replace(found[-1], ends_on=day - timedelta(days=1))
        found.append(Span(day, None, state, body))
    return tuple(found)


def format_timeline(made: Timeline, bundle: Bundle) -> dict[str, object]:
    """The timeline for programs: every entry as it was signed, with its proof against the checkpoint beside it."""
    first = made.lives[0].first
    return {
        "v": 1,
        "stream": str(first.stream),
        **{name: first.text(name) for name in ("body", "edition", "profile")},
        "checkpoint": bundle.checkpoint.decode("utf-8"),
        "events": [
            {
                "stream": str(entry.record.stream),
                "body": entry.body.slug,
                **format_entry(entry.logged, entry.record, bundle.proofs),
            }
            for entry in made.events
        ],
        "states": [
            {
                "from": format_day(span.starts_on),
                "to": None if span.ends_on is None else format_day(span.ends_on),
                "state": str(span.state),
                "body": span.body.slug,
            }
            for span in made.spans
        ],
        "accreditations": [{"body": body.slug, **format_accreditation(fact)} for body, fact in made.accreditations],
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
