"""Recorded events are read for ever: the frozen set of signed events of every type and version, made once and kept."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

import pytest

from registry.store.mapper import domain_event
from tests.verifier.frozen.specimen import FROZEN
from verifier.encoding import format_base64url, format_day, format_instant
from verifier.event import EARLIER, TYPES, parse_event
from verifier.jws import check_jws
from verifier.key import parse_jwk

LINES: list[dict[str, str]] = [json.loads(line) for line in FROZEN.read_text(encoding="ascii").splitlines()]
# The hash of the set as it was frozen: lines are only ever added, so that of the first lines never changes.
FIRST = 35
FIRST_SHA256 = "c7ead90aa9cd24eb34edf3313d45615f90b27f685ca74885b14f147ff1345579"


def told(value: object) -> object:
    """A parsed field, as its payload spells it."""
    match value:
        case bytes():
            return format_base64url(value)
        case datetime():
            return format_instant(value)
        case date():
            return format_day(value)
        case UUID():
            return str(value)
        case tuple():
            return list(value)
    return value


def test_every_type_and_version_is_in_the_frozen_set() -> None:
    known = {(name, kind.version) for name, kind in TYPES.items()} | EARLIER.keys()

    assert {(line["type"], line["v"]) for line in LINES} == known


def test_the_frozen_set_is_what_it_was() -> None:
    lines = FROZEN.read_text(encoding="ascii").splitlines(keepends=True)[:FIRST]

    assert len(lines) == FIRST
    assert sha256("".join(lines).encode()).hexdigest() == FIRST_SHA256


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line['type']} {line['v']}")
def test_a_frozen_event_is_read_as_what_it_said(line: Mapping[str, str]) -> None:
    entry, said = line["entry"].encode("ascii"), dict(json.loads(json.dumps(line["says"])))

    event = parse_event(entry)

    assert sha256(entry).hexdigest() == line["sha256"]
    check_jws(event.jws, parse_jwk(json.loads(json.dumps(line["key"]))))
    common = {
        "id": event.event_id, "log": event.log, "type": event.type, "stream": event.stream, "sequence": event.sequence,
        "previous": event.previous, "effective_on": event.effective_on, "decided_at": event.decided_at,
    }  # fmt: skip
    read = {name: told(value) for name, value in (common | dict(event.content)).items()}
    read |= {"_sd": list(event.digests), "_sd_alg": "sha-256"} if event.digests else {}
    assert read | {"v": line["v"]} == said
    assert domain_event(event).originator_version == event.sequence
