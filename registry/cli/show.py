"""The command ``attesto show``."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Final

import click

from registry.bootstrap import Attesto, now
from registry.cli.options import DAY, as_json, folder, registry_in
from registry.cli.output import columns, emit
from registry.cli.register import history_of
from registry.cli.teaching import TeachingCommand
from registry.vault import Numbered
from verifier.accreditation import Accreditation, accreditation
from verifier.disclosure import parse_disclosure
from verifier.encoding import format_instant, legal_day
from verifier.event import Event
from verifier.lives import Events
from verifier.number import group_number
from verifier.status import Standing
from verifier.stream import LoggedEvent


@click.command(cls=TeachingCommand)
@folder
@click.argument("number")
@click.option("--on", type=DAY, help="Another day than today, like 2026-11-24.")
@click.option("--personal", is_flag=True, help="Show the person's data and who decided, too.")
@as_json
def show(folder: Path, number: str, on: date | None, personal: bool, json_wanted: bool) -> None:
    """Show a certification's status today, and its history.

    Examples:
        attesto show ./registry 7K3M-9P2X-QD4W5
        attesto show ./registry 7K3M-9P2X-QD4W5 --personal --json
    """
    with registry_in(folder) as attesto:
        numbered, certification = attesto.registry.certification(number)
        lives = attesto.streams.lives(numbered.certification)
        events, day = lives[0], on or legal_day(now())
        place, standing = attesto.streams.follow(lives, day, now())
        held_at = lives[place][0].event.text("body")
        covered = _accreditation(attesto, held_at, certification.edition, day)
        hidden = _personal(attesto, numbered, events) if personal else {}
    value: dict[str, object] = {
        "number": numbered.number,
        "certification": numbered.certification,
        "body": certification.body,
        "edition": certification.edition,
        "profile": certification.profile,
        "revision": certification.revision,
        "on": day,
        "held_at": held_at,
        "standing": asdict(standing),
        "accreditation": asdict(covered),
        "events": [
            _event(logged) | ({"personal": hidden.get(logged.index, {})} if personal else {}) for logged in events
        ],
    }
    text = [
        f"{group_number(numbered.number)}  {certification.profile}, {certification.edition}, by {certification.body}"
    ]
    text += [f"On {day} it was held at {held_at}, which answers for it."] if place else []
    emit(json_wanted, value, "\n".join([*text, *_lines(standing, covered), "", _history(events), *_named(hidden)]))


def _accreditation(attesto: Attesto, body: str, edition: str, on: date) -> Accreditation:
    scheme = attesto.streams.edition(edition).edition.scheme
    return accreditation(history_of(attesto, body).accreditations, scheme, on, now())


def _personal(attesto: Attesto, numbered: Numbered, events: Events) -> dict[int, dict[str, object]]:
    """What each event hides, by log entry."""
    hidden = attesto.vault.hidden(numbered.certification)
    claims: dict[int, dict[str, object]] = {}
    for logged in events:
        disclosures = hidden.get(logged.event.event_id, {})
        claims[logged.index] = {
            name: parse_disclosure(disclosure).value for name, disclosure in disclosures.items() if name != "token"
        }
    return claims


def _event(logged: LoggedEvent) -> dict[str, object]:
    event = logged.event
    own = {name: value for name, value in event.content.items() if name not in {"body", "edition", "profile"}}
    return {
        "entry": logged.index,
        "sequence": event.sequence,
        "type": event.type,
        "effective_on": event.effective_on,
        "decided_at": event.decided_at,
        "content": own,
    }


def _lines(standing: Standing, covered: Accreditation) -> list[str]:
    state = standing.state.replace("_", " ")
    lines = [f"Status: {state}" + (f" since {standing.since}" if standing.since else "")]
    days = {
        "last valid day": standing.valid_until,
        "decision due by": standing.deadline,
        "maintenance due on": standing.maintenance_due_on,
    }
    lines += [f"  {name}: {day}" for name, day in days.items() if day is not None]
    lines += [f"  tasks: {' '.join(standing.scope)}"] if standing.scope is not None else []
    lines += [f"  {condition.replace('_', ' ')}" for condition in standing.conditions]
    return [*lines, f"Accreditation of the body for the scheme: {covered.coverage.replace('_', ' ')}"]


def _history(events: Events) -> str:
    rows = [
        (e.event.sequence, e.index, _said(e.event), e.event.effective_on, format_instant(e.event.decided_at))
        for e in events
    ]
    return columns(("place", "log entry", "event", "effective on", "decided at"), rows)


def _said(event: Event) -> str:
    """The event in words, with what it names: its days, tasks, the place of another event."""
    words = event.type.partition(".")[2].replace("_", " ")
    kind = "document " if event.type.startswith("certificate.") else ""
    named = [f"{label} {_value(event.content[name])}" for name, label in _NAMED.items() if name in event.content]
    return ", ".join([kind + words, *named])


def _value(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


_NAMED: Final[Mapping[str, str]] = {
    "valid_until": "valid until",
    "deadline": "decision due by",
    "scope": "tasks",
    "reverses": "reverses event",
    "corrects": "corrects event",
    "receiver": "to",
    "origin": "from",
    "revision": "revision",
}


def _named(hidden: Mapping[int, Mapping[str, object]]) -> list[str]:
    return [f"{index}: {name} = {value}" for index, claims in hidden.items() for name, value in claims.items()]
