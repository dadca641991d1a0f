"""How much one address may ask for, so that nobody's programs keep other visitors waiting.

What is answered from memory costs nothing and is not counted. The numbers are a committee's behind one office address,
many times over. Addresses are kept in memory alone, and only while they are near their limit.
"""

import ipaddress
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Final

from flask import Flask, Response, request
from flask_babel import gettext

from verifier.page.problem import problem

BURST: Final = 3000
PER_SECOND: Final = 10.0
MAX_ADDRESSES: Final = 10_000
_SIX_BITS: Final = 64


class Allowance:
    """So many of something for each of many, given back evenly over time (the generic cell rate algorithm)."""

    def __init__(self, burst: int, per_second: float, clock: Callable[[], datetime], most: int = MAX_ADDRESSES) -> None:
        """Allow ``burst`` at once and ``per_second`` on average; ``clock`` gives the present instant."""
        self._interval = 1 / per_second
        self._slack = burst * self._interval
        self._clock = clock
        self._most = most
        # For each, the second at which everything is given back.
        self._full_at: dict[str, float] = {}
        self._lock = Lock()

    def take(self, who: str) -> float:
        """Take one; 0 where it is given, else the seconds until there will be one."""
        now = self._clock().timestamp()
        with self._lock:
            full_at = max(self._full_at.get(who, 0), now) + self._interval
            if full_at - now > self._slack:
                return full_at - now - self._slack
            self._make_room(who, now)
            self._full_at[who] = full_at
        return 0

    def _make_room(self, who: str, now: float) -> None:
        if who in self._full_at or len(self._full_at) < self._most:
            return
        self._full_at = {known: at for known, at in self._full_at.items() if at > now}
        # Whoever took least loses least by being forgotten.
        by_least = sorted(self._full_at, key=self._full_at.__getitem__)
        for known in by_least[: len(by_least) - self._most // 2]:
            del self._full_at[known]


def asker() -> str | None:
    """Whose allowance a request takes from: an IPv4 address, or a network of IPv6 as one connection has it.

    None for the machine itself: there, a proxy that was not announced speaks for everybody.
    """
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return None
    if address.is_loopback:
        return None
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, _SIX_BITS), strict=False))


def limit_askers(app: Flask, clock: Callable[[], datetime]) -> None:
    """Refuse an address that asks too much."""
    allowance = Allowance(BURST, PER_SECOND, clock)

    @app.before_request
    def count() -> Response | None:
        who = asker()
        seconds = allowance.take(who) if who is not None else 0
        if not seconds:
            return None
        detail = gettext(
            "Too many questions come from your network address. Nothing was checked: try again in a minute."
        )
        response = problem(429, str(detail))
        response.headers["Retry-After"] = str(int(seconds) + 1)
        return response
