"""The places of streams in the status tree."""

from typing import Final

from verifier.errors import ChainError

# Status indexes are reserved in blocks, and some are never used; one far beyond all streams would only fill memory.
_SPARE: Final = 1000


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
        taken = self._taken
        if status_index >= len(taken):
            taken += bytes(status_index + _SPARE - len(taken))
        if taken[status_index]:
            raise ChainError(f"status index {status_index} is another stream's already")
        taken[status_index] = 1
