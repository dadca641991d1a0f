"""The time entries while the log is replayed: linked, never going back, and found again for the records."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from verifier.encoding import format_instant
from verifier.errors import ChainError, UnavailableError
from verifier.event import TimeEntry
from verifier.stream import CLOCK_SKEW

_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HASH_BYTES: Final = sha256().digest_size


class Times:
    """Keeps of every time entry its place, its instant and its hash: 48 octets."""

    def __init__(self) -> None:
        self.latest = _BEGINNING
        self._indexes = array("Q")
        self._seconds = array("q")
        self._digests = bytearray()

    def take(self, index: int, time: TimeEntry, entry: bytes) -> None:
        """Follow one time entry.

        Raises:
            ChainError: it goes back, or names another one as the one before.
        """
        previous, before = self._indexes[-1] if self._indexes else None, self.latest
        self.latest = max(time.at, before)
        self._indexes.append(index)
        self._seconds.append(int(time.at.timestamp()))
        self._digests += sha256(entry).digest()
        if time.previous != previous:
            raise ChainError(f"the time entry names entry {time.previous} as the one before, not {previous}")
        if time.at < before:
            raise ChainError("the time entry goes back in time")

    def check_past(self, now: datetime) -> None:
        """Check that the log's time is not ahead of ``now`` (UTC).

        Raises:
            UnavailableError: it is, so that one of the two clocks is wrong.
        """
        if self.latest - now > CLOCK_SKEW:
            at, here = format_instant(self.latest), format_instant(now)
            raise UnavailableError(f"it names {at}, but the clock here says {here}: one of the two clocks is wrong")

    def check_begun(self) -> None:
        """Check that there is a time entry already.

        Raises:
            ChainError: there is none.
        """
        if not self._indexes:
            raise ChainError("the log does not begin with a time entry")

    def instant(self, index: int) -> datetime:
        """The instant (UTC) of the time entry at a leaf index.

        Raises:
            ChainError: there is no time entry.
        """
        place = bisect_left(self._indexes, index)
        if place == len(self._indexes) or self._indexes[place] != index:
            raise ChainError(f"entry {index} is no time entry, but should close the snapshot")
        return datetime.fromtimestamp(self._seconds[place], UTC)

    def around(self, indexes: Iterable[int]) -> dict[int, bytes]:
        """The places and hashes of the time entries next to the given entries, before and after."""
        near: set[int] = set()
        for index in indexes:
            place = bisect_left(self._indexes, index)
            near |= {place - 1, place} & set(range(len(self._indexes)))
        return {self._indexes[i]: bytes(self._digests[_HASH_BYTES * i : _HASH_BYTES * (i + 1)]) for i in sorted(near)}
