"""The bodies' statements while the log is replayed: each must count what the log holds for its body and scheme.

What this costs: 48 octets for every event of a certification and 24 for every certification, kept until the end, and
for every statement one pass over its body's certifications and a sort of their hashes.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Final
from uuid import UUID

from verifier.audit.streams import Replayed
from verifier.errors import ProofError
from verifier.statement import Count, Statement, check_count, hash_of, is_in_force
from verifier.status import Fact

_HASH_BYTES: Final = sha256().digest_size
_ID_BYTES: Final = 16
Find = Callable[[UUID], Replayed | None]


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement that holds, with its own leaf index."""

    index: int
    statement: Statement


@dataclass(slots=True)
class _Group:
    """One body's certifications under one scheme, packed: events in the order of the log, and streams as they begin."""

    indexes: "array[int]" = field(default_factory=lambda: array("Q"))
    streams: "array[int]" = field(default_factory=lambda: array("Q"))
    hashes: bytearray = field(default_factory=bytearray)
    begun: "array[int]" = field(default_factory=lambda: array("Q"))
    ids: bytearray = field(default_factory=bytearray)


class Statements:
    """Keeps what statements are held against, and the newest one that holds of each body and scheme."""

    def __init__(self, find: Find) -> None:
        """Find a stream as of now with ``find``."""
        self._find = find
        self._groups: dict[tuple[str, str], _Group] = {}
        self._newest: dict[tuple[str, str], Stated] = {}

    @property
    def newest(self) -> tuple[Stated, ...]:
        """The newest statement of each body and scheme, sorted by them."""
        return tuple(stated for _, stated in sorted(self._newest.items()))

    def take(self, body: str, scheme: str, stream: UUID, after: Replayed) -> None:
        """Note the event that led a certification's stream to ``after``."""
        group = self._groups.setdefault((body, scheme), _Group())
        group.indexes.append(after.last_index)
        group.streams.append(after.status_index)
        group.hashes += after.last_sha256
        if after.events == 1:
            group.begun.append(after.last_index)
            group.ids += stream.bytes

    def check(self, index: int, statement: Statement, today: date) -> None:
        """Check a statement at leaf index ``index``, recorded on the legal day ``today``.

        Raises:
            ProofError: it says something else than the log, or speaks of what is not there yet.
        """
        scope = statement.scope
        if scope.size > index:
            raise ProofError(f"the statement covers {scope.size} entries, but is itself entry {index}")
        if scope.on > today:
            raise ProofError(f"the statement speaks of {scope.on}, but was recorded on {today}")
        group = self._groups.get((scope.body, scope.scheme), _Group())
        check_count(statement, self._count(group, scope.size, scope.on))
        self._newest[scope.body, scope.scheme] = Stated(index, statement)

    def _count(self, group: _Group, size: int, on: date) -> Count:
        events, granted = bisect_left(group.indexes, size), bisect_left(group.begun, size)
        # What came after the first ``size`` entries is taken off again; it is little, or nothing.
        later = Counter(group.streams[events:])
        in_force = sum(is_in_force(facts, on) for facts in self._lives(group, granted, later))
        return Count(granted, in_force, hash_of(_parts(group.hashes, _HASH_BYTES, events)))

    def _lives(self, group: _Group, granted: int, later: Counter[int]) -> Iterator[tuple[Fact, ...]]:
        for stream in _parts(group.ids, _ID_BYTES, granted):
            replayed = self._find(UUID(bytes=stream))
            if replayed is not None:
                yield replayed.facts[: len(replayed.facts) - later[replayed.status_index]]


def _parts(packed: bytearray, width: int, count: int) -> Iterator[bytes]:
    return (bytes(packed[place : place + width]) for place in range(0, count * width, width))
