"""What a grant needs before it is prepared, taken in blocks: a place in the snapshots' tree, a holder with a key.

So a single grant waits for the disk once for its events and once for the guard, not once more for each of these. What a
crash leaves unused stays unused: an empty leaf, and a key that seals nothing.
"""

from collections import deque
from threading import Lock
from typing import Final
from uuid import UUID

from keys.holder import HolderKey, HolderKeys
from registry.application.prepare import Chance, draw_id
from registry.store.store import Store

BLOCK: Final = 64


class Reserve:
    """Keeps status indexes and holders' ids at hand; several threads may share one."""

    def __init__(self, store: Store, holder_keys: HolderKeys, chance: Chance) -> None:
        """Begin empty; ids are drawn from ``chance``."""
        self._store = store
        self._holder_keys = holder_keys
        self._chance = chance
        self._indexes: deque[int] = deque()
        self._holders: deque[UUID] = deque()
        self._keys: dict[UUID, HolderKey] = {}
        self._lock = Lock()

    def fill(self, grants: int) -> None:
        """Have enough at hand for so many grants in a row."""
        with self._lock:
            self._fill_indexes(grants)
            self._fill_holders(grants)

    def status_index(self) -> int:
        """A place that no stream has."""
        with self._lock:
            self._fill_indexes(1)
            return self._indexes.popleft()

    def holder(self) -> UUID:
        """The id of a holder who is nobody yet and has a key already."""
        with self._lock:
            self._fill_holders(1)
            return self._holders.popleft()

    def give_back(self, status_index: int, holder: UUID | None) -> None:
        """Take back what a refused grant did not use."""
        with self._lock:
            self._indexes.appendleft(status_index)
            if holder is not None:
                self._holders.appendleft(holder)

    def take_key(self, holder: UUID) -> HolderKey | None:
        """The key of a holder who was given out here, once; None for any other."""
        return self._keys.pop(holder, None)

    def _fill_indexes(self, wanted: int) -> None:
        if (missing := wanted - len(self._indexes)) > 0:
            self._indexes.extend(self._store.reserve_status_indexes(max(BLOCK, missing)))

    def _fill_holders(self, wanted: int) -> None:
        if (missing := wanted - len(self._holders)) > 0:
            made = [draw_id(self._chance) for _ in range(max(BLOCK, missing))]
            self._keys |= self._holder_keys.make(made)
            self._holders.extend(made)
