"""A body's statement of completeness: how many certifications it has under one scheme, as of the log's first N entries.

    {"alg":"Ed25519","kid":"…","typ":"vnd.attesto.statement.v1+jwt"} . {"type":"statement", …} . signature

The body counts by its own receipts and signs with its event key; whoever replays the log counts by the log. Where
something was hidden from one of the two, the counts or the hash over all entries differ.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Final

from verifier.encoding import (
    Json,
    format_base64url,
    format_day,
    format_instant,
    format_json,
    is_natural,
    is_one,
    parse_base64url,
    parse_day,
    parse_instant,
    parse_json,
)
from verifier.errors import FormatError, ProofError
from verifier.event import parse_event
from verifier.jws import MAX_ENTRY_BYTES, Jws, parse_jws
from verifier.opened import fact_of
from verifier.status import Fact, status
from verifier.stream import LoggedEvent

STATEMENT: Final = "vnd.attesto.statement.v1+jwt"
# The log's first entries are named by their number, so that no instant takes part in what they say.
_EVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted: certifications begun, those in force on the day, and the hash over all their entries."""

    granted: int
    in_force: int
    events_sha256: bytes

    def __str__(self) -> str:
        return f"{self.granted} granted, {self.in_force} in force, entries {self.events_sha256.hex()[:16]}…"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a statement is about: a body's certifications under a scheme, in the log's first ``size`` entries, on a day.

    ``on`` is a legal day (Europe/Rome).
    """

    log: str
    body: str
    scheme: str
    size: int
    on: date


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as its signed payload says; ``decided_at`` is its signer's claim (UTC)."""

    jws: Jws
    scope: Scope
    count: Count
    decided_at: datetime

    @property
    def log(self) -> str:
        """The origin of the log that it speaks of."""
        return self.scope.log


def format_statement(scope: Scope, count: Count, decided_at: datetime) -> bytes:
    """Write the payload of a statement, which the body signs."""
    return format_json(
        {
            "v": 1,
            "type": "statement",
            "log": scope.log,
            "body": scope.body,
            "scheme": scope.scheme,
            "size": scope.size,
            "on": format_day(scope.on),
            "granted": count.granted,
            "in_force": count.in_force,
            "events_sha256": format_base64url(count.events_sha256),
            "decided_at": format_instant(decided_at),
        }
    )


def parse_statement(data: bytes) -> Statement:
    """Read a statement without trusting it; check the signature with ``check_jws(statement.jws, key)``.

    Raises:
        FormatError: not a statement of this format.
    """
    jws = parse_jws(data)
    if jws.typ != STATEMENT:
        raise FormatError(f"a statement does not travel as {jws.typ[:60]!r}")
    match parse_json(jws.payload, limit=MAX_ENTRY_BYTES):
        case {
            "v": version,
            "type": "statement",
            "log": str(log),
            "body": str(body),
            "scheme": str(scheme),
            "size": int(size),
            "on": str(on),
            "granted": int(granted),
            "in_force": int(in_force),
            "events_sha256": str(digest),
            "decided_at": str(decided_at),
            **rest,
        } if not rest and is_one(version) and all(map(is_natural, (size, granted, in_force))):
            count = Count(granted, in_force, _hash(digest))
            return Statement(jws, Scope(log, body, scheme, size, parse_day(on)), count, parse_instant(decided_at))
    raise FormatError("not a statement of this format: a field is missing, too many or of another kind")


def _hash(text: Json) -> bytes:
    data = parse_base64url(str(text))
    if len(data) != sha256().digest_size:
        raise FormatError("not a SHA-256 hash")
    return data


def count_streams(streams: Iterable[Mapping[int, bytes]], on: date) -> Count:
    """Count certifications from their entries by leaf index, each stream's from its first on.

    Raises:
        FormatError: an entry is no event.
    """
    granted, in_force, hashes = 0, 0, list[bytes]()
    for entries in streams:
        if entries:
            granted += 1
            in_force += is_in_force([_fact(index, entry) for index, entry in entries.items()], on)
            hashes += [sha256(entry).digest() for entry in entries.values()]
    return Count(granted, in_force, hash_of(hashes))


def _fact(index: int, entry: bytes) -> Fact:
    event = parse_event(entry)
    # No state depends on when something was recorded, once it is settled what was.
    return fact_of(LoggedEvent(event, index, event.decided_at))


def is_in_force(facts: Sequence[Fact], on: date) -> bool:
    """Whether a certification is in force on the legal day ``on``, by all of its facts."""
    return status(facts, on, _EVER).in_force


def hash_of(hashes: Iterable[bytes]) -> bytes:
    """The one hash over the SHA-256 hashes of many entries, in whatever order they come."""
    return sha256(b"".join(sorted(hashes))).digest()


def check_count(statement: Statement, counted: Count) -> None:
    """Check that a statement says what was counted.

    Raises:
        ProofError: it says something else.
    """
    if statement.count != counted:
        scope = statement.scope
        raise ProofError(
            f"body {scope.body[:40]} states for scheme {scope.scheme[:40]}: {statement.count}; "
            f"but the log's first {scope.size} entries hold: {counted}"
        )
