"""Places: numbers ids of 16 octets in the order in which they come, at some 30 octets an id where a dict takes 130."""

from array import array
from typing import Final

from verifier.errors import ChainError

_ID_BYTES: Final = 16
_FIRST_SLOTS: Final = 1024
# Status indexes are reserved in blocks, and some are never used; one far beyond all streams would only fill memory.
_SPARE: Final = 1000


class Places:
    """A hash table with open addressing over one long run of ids; nothing is ever removed."""

    def __init__(self) -> None:
        self.ids = bytearray()
        # Each slot holds a place and one, or nothing; never more than half of them are taken.
        self._slots = array("I", bytes(4 * _FIRST_SLOTS))
        self._mask = _FIRST_SLOTS - 1

    def __len__(self) -> int:
        return len(self.ids) // _ID_BYTES

    def find(self, key: bytes) -> int | None:
        """The place of an id, None where it was not added."""
        found = self._slots[self._slot(key)]
        return found - 1 if found else None

    def add(self, key: bytes) -> int:
        """Give an id that is not there the next place."""
        if 2 * len(self) >= len(self._slots):
            self._grow()
        self.ids += key
        self._slots[self._slot_of_new(key)] = len(self)
        return len(self) - 1

    def _slot(self, key: bytes) -> int:
        # Python's own hash of octets is keyed anew in every process, so that nobody can choose ids that collide.
        slots, ids, mask = self._slots, self.ids, self._mask
        slot = hash(key) & mask
        while (found := slots[slot]) and ids[_ID_BYTES * found - _ID_BYTES : _ID_BYTES * found] != key:
            slot = slot + 1 & mask
        return slot

    def _slot_of_new(self, key: bytes) -> int:
        slot = hash(key) & self._mask
        while self._slots[slot]:
            slot = slot + 1 & self._mask
        return slot

    def _grow(self) -> None:
        self._slots = array("I", bytes(8 * len(self._slots)))
        self._mask = len(self._slots) - 1
        for place in range(len(self)):
            key = bytes(self.ids[_ID_BYTES * place : _ID_BYTES * (place + 1)])
            self._slots[self._slot_of_new(key)] = place + 1


class StatusIndexes:
    """Which status indexes are taken, an octet each."""

    def __init__(self) -> None:
        self._taken = bytearray()

    def take(self, status_index: int, seen: int) -> None:
        """Take one for a stream, when ``seen`` entries and streams were seen.

        Raises:
            ChainError: it is another stream's, or farther off than any registry reserves.
        """
        if status_index > _SPARE * (seen + _SPARE):
            raise ChainError(f"status index {status_index} is far beyond the streams")
        self._taken += bytes(max(0, status_index + 1 - len(self._taken)))
        if self._taken[status_index]:
            raise ChainError(f"status index {status_index} is another stream's already")
        self._taken[status_index] = 1
