"""Every stream's state while the log is replayed, packed: some 200 octets, so that millions of them fit in memory."""

import functools
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from struct import Struct
from typing import Final

from verifier.event import TYPES, Event
from verifier.jws import chain_hash
from verifier.status import Fact

_HEAD: Final = Struct(">BIIQQ32s32s32s")
# What a status leaf can count; whoever claims more is refused for it.
_MOST_EVENTS: Final = 2**32 - 1
_FACT: Final = Struct(">BIqIIIIIII")
_TYPES: Final = tuple(TYPES)
_TYPE_NUMBERS: Final = {name: number for number, name in enumerate(_TYPES)}
KINDS: Final = ("certification", "body", "edition")


@dataclass(frozen=True, slots=True)
class Replayed:
    """One stream as far as it was read.

    ``names`` is the number of its body, edition and profile; ``chain`` is what the next event must name; ``digest``
    runs over every event's leaf index and bytes; ``facts`` are a certification's.
    """

    kind: str
    names: int
    events: int
    status_index: int
    last_index: int
    last_sha256: bytes
    chain: bytes
    digest: bytes
    facts: tuple[Fact, ...] = ()


def kind_of(event_type: str) -> str:
    """In which kind of stream an event of that type belongs."""
    aggregate = event_type.partition(".")[0]
    return {"certificate": "certification", "accreditation": "body", "key": "body"}.get(aggregate, aggregate)


def pack(stream: Replayed) -> bytes:
    """Write a stream's state."""
    head = _HEAD.pack(
        KINDS.index(stream.kind), stream.names, stream.events, stream.status_index, stream.last_index,
        stream.last_sha256, stream.chain, stream.digest,
    )  # fmt: skip
    return head + b"".join(map(_pack_fact, stream.facts))


def unpack(data: bytes) -> Replayed:
    """Read a stream's state."""
    kind, names, events, status_index, last_index, last_sha256, chain, digest = _HEAD.unpack_from(data)
    facts = tuple(_fact(*values, sequence=i) for i, values in enumerate(_FACT.iter_unpack(data[_HEAD.size :]), start=1))
    return Replayed(KINDS[kind], names, events, status_index, last_index, last_sha256, chain, digest, facts)


def next_digest(digest: bytes, index: int, entry_sha256: bytes) -> bytes:
    """The running digest after one more event."""
    return sha256(digest + index.to_bytes(8) + entry_sha256).digest()


def following(before: Replayed, event: Event, index: int, entry: bytes, fact: Fact | None) -> Replayed:
    """The stream with one event more."""
    digest = sha256(entry).digest()
    facts = before.facts if fact is None else (*before.facts, fact)
    return Replayed(
        before.kind, before.names, min(event.sequence, _MOST_EVENTS), before.status_index, index, digest,
        chain_hash(event.jws), next_digest(before.digest, index, digest), facts,
    )  # fmt: skip


def _pack_fact(fact: Fact) -> bytes:
    return _FACT.pack(
        _TYPE_NUMBERS[fact.type],
        fact.effective_on.toordinal(),
        int(fact.recorded_at.timestamp()),
        _ordinal(fact.valid_until),
        _ordinal(fact.deadline),
        min(fact.reverses or 0, _MOST_EVENTS),
        _ordinal(fact.granted_on),
        _ordinal(fact.cycle_starts_on),
        _ordinal(fact.maintained_from),
        _ordinal(fact.counted_from),
    )


def _ordinal(day: date | None) -> int:
    return 0 if day is None else day.toordinal()


def _fact(  # noqa: PLR0913, PLR0917  the packed fields in their order; the scope decides on no state and is not kept
    number: int,
    effective_on: int,
    recorded_at: int,
    valid_until: int,
    deadline: int,
    reverses: int,
    granted_on: int,
    cycle_starts_on: int,
    maintained_from: int,
    counted_from: int,
    *,
    sequence: int,
) -> Fact:
    return Fact(
        _TYPES[number],
        sequence,
        date.fromordinal(effective_on),
        _instant(recorded_at),
        _day(valid_until),
        _day(deadline),
        reverses or None,
        _day(granted_on),
        _day(cycle_starts_on),
        _day(maintained_from),
        counted_from=_day(counted_from),
    )


@functools.lru_cache(maxsize=4096)
def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None
