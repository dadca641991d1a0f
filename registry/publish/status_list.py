"""The status list of one legal day: two bits per status index, for readers without a status rule.

    {"bits":2,"day":"2026-11-24","lst":"…"}      0 in force · 1 not in force · 2 suspended · 3 unused

``lst`` is base64url of zlib over the bits, index i in octet i // 4 from the lowest bits up (IETF Token Status List).
"""

import zlib
from collections.abc import Iterable
from datetime import date
from typing import Final

from verifier.encoding import format_base64url, format_day, format_json
from verifier.status import State

IN_FORCE: Final = 0
NOT_IN_FORCE: Final = 1
SUSPENDED: Final = 2
UNUSED: Final = 3
_VALUES: Final = {State.ACTIVE: IN_FORCE, State.SUSPENDED: SUSPENDED}


def format_status_list(day: date, size: int, states: Iterable[tuple[int, State]]) -> bytes:
    """Write the list of ``size`` status indexes for a legal day."""
    bits = bytearray(b"\xff" * -(-size // 4))
    for index, state in states:
        shift = 2 * (index % 4)
        bits[index // 4] &= ~(3 << shift) | _VALUES.get(state, NOT_IN_FORCE) << shift
    return format_json({"bits": 2, "day": format_day(day), "lst": format_base64url(zlib.compress(bytes(bits), 6))})
