"""Waiting for what another process or thread does."""

import time
from collections.abc import Callable
from typing import Final

# For a machine that has other work: where all is well nobody waits for so long.
LONG_SECONDS: Final = 120


def eventually(true: Callable[[], object], seconds: float = LONG_SECONDS) -> bool:
    """Whether it comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False
