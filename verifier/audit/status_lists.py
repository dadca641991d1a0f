"""The status lists while the log is replayed: two bits for each status index, as of one legal day.

    {"bits":2,"day":"2026-11-24","lst":"…"}      0 in force · 1 not in force · 2 suspended · 3 unused

Only what an event or the calendar changed is computed again.
"""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final

from verifier.audit.streams import Replayed
from verifier.encoding import format_day, parse_base64url, parse_json
from verifier.errors import FormatError, ProofError
from verifier.event import Snapshot
from verifier.status import State, status

Find = Callable[[bytes], Replayed]
_LATEST: Final = datetime.max.replace(tzinfo=UTC)
_VALUES: Final = {State.ACTIVE: 0, State.SUSPENDED: 2}
_NOT_IN_FORCE: Final = 1
_UNUSED: Final = 0b11


class StatusList:
    """What the status list of a day must say, by the status rule."""

    def __init__(self) -> None:
        self._day = date.min
        self._bits = bytearray()
        self._turns: defaultdict[date, list[bytes]] = defaultdict(list)

    def move_to(self, day: date, size: int, changed: Iterable[bytes], find: Find) -> None:
        """Become the list of ``size`` status indexes for ``day``; ``changed`` streams had events since the last.

        ``find`` hands out a stream by the octets of its id, by which they are named too.

        Raises:
            ProofError: the day is before the last one's.
        """
        if day < self._day:
            raise ProofError(f"the list of {day} follows one of {self._day}")
        self._day = day
        self._bits += b"\xff" * (-(-size // 4) - len(self._bits))
        due = [stream for turn in [t for t in self._turns if t <= day] for stream in self._turns.pop(turn)]
        for stream in (*due, *changed):
            self._update(stream, find(stream))

    def check(self, snapshot: Snapshot, published: bytes) -> None:
        """Check a published list.

        Raises:
            FormatError, ProofError: it is another one than the snapshot names, or it does not say what the rule says.
        """
        if sha256(published).digest() != snapshot.list_sha256:
            raise ProofError("the list is not the one that the snapshot names")
        found = _parse_bits(published, snapshot.list_day, len(self._bits))
        for place, (said, computed) in enumerate(zip(found, self._bits, strict=True)):
            if said != computed:
                raise ProofError(f"the list does not say what the rule says near status index {4 * place}")

    def _update(self, stream: bytes, replayed: Replayed) -> None:
        if replayed.kind != "certification":
            return
        standing = status(replayed.facts, self._day, _LATEST)
        place, shift = replayed.status_index // 4, 2 * (replayed.status_index % 4)
        value = _VALUES.get(standing.state, _NOT_IN_FORCE)
        self._bits[place] = self._bits[place] & ~(_UNUSED << shift) | value << shift
        turns = [fact.effective_on for fact in replayed.facts]
        if standing.valid_until is not None and standing.valid_until < date.max:
            turns.append(standing.valid_until + timedelta(days=1))
        if following := [turn for turn in turns if turn > self._day]:
            self._turns[min(following)].append(stream)


def _parse_bits(data: bytes, day: date, length: int) -> bytes:
    match parse_json(data):
        case {"bits": 2, "day": str(named), "lst": str(text), **rest} if not rest and named == format_day(day):
            return _inflate(parse_base64url(text), length)
    raise FormatError("not a status list of that day")


def _inflate(data: bytes, length: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        bits = inflater.decompress(data, length + 1)
    except zlib.error as error:
        raise FormatError("the status list is not compressed as it should be") from error
    if len(bits) != length or not inflater.eof or inflater.unused_data:
        raise FormatError("the status list has another size than the snapshot's streams")
    return bits
