"""The day that matters to a tender: up to which day is asked for, and the instant of a deadline with a time of day."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from verifier.encoding import ROME
from verifier.errors import FormatError
from verifier.report import Kind

_TIME: Final = re.compile(r"\d\d:\d\d", re.ASCII)
_INSTANT: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d))?(Z|[+-]\d\d:\d\d)?", re.ASCII)


class ClockChangeError(FormatError):
    """The clocks were changed: the time of day did not exist on that day, or came twice."""


def last_day(kind: Kind, on: date, until: date | None, today: date) -> date | None:
    """The last legal day asked for; a tender's requirement is followed to today where no other day is named."""
    return until if kind is Kind.DAY else until or max(on, today)


def parse_time_of_day(text: str) -> time | None:
    """Read a time of day as ``12:00``; None for 24:00, the end of the day, which a day without a time of day means.

    Raises:
        FormatError: another spelling, or no such time.
    """
    if text == "24:00":
        return None
    if not _TIME.fullmatch(text):
        raise FormatError("not a time of day like 12:00")
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise FormatError("no such time of day") from error


def deadline(day: date, at: time) -> datetime:
    """The instant (UTC) at which clocks in Rome show the time of day ``at`` on legal day ``day``.

    Raises:
        ClockChangeError: no instant has that time, or two have it.
        FormatError: it is before the first day there is, counted in UTC.
    """
    shown = datetime.combine(day, at, ROME)
    # Both in the gap and in the repeated hour the two readings differ (PEP 495).
    if shown.utcoffset() != shown.replace(fold=1).utcoffset():
        raise ClockChangeError("the clocks were changed: that time of day did not exist on that day, or came twice")
    try:
        return shown.astimezone(UTC)
    except OverflowError as error:
        raise FormatError("no such day") from error


def parse_said_instant(text: str) -> datetime:
    """The instant (UTC) that somebody names: ``2026-11-24T12:00`` in Europe/Rome, or ``2026-11-24T11:00:00Z``.

    24:00 is the end of that day.

    Raises:
        ClockChangeError: clocks in Rome never showed it, or showed it twice.
        FormatError: another spelling, or no such time.
    """
    said = _INSTANT.fullmatch(text)
    if said is None:
        raise FormatError("not a time like 2026-11-24T12:00 or 2026-11-24T11:00:00Z")
    day, clock, seconds, zone = said.groups("")
    over = clock == "24:00" and seconds in {"", "00"}
    begun = f"{day}T{'00:00' if over else clock}:{seconds or '00'}{zone}"
    try:
        at = datetime.fromisoformat(begun) + timedelta(days=over)
        return at.astimezone(UTC) if zone else deadline(at.date(), at.time())
    except (ValueError, OverflowError) as error:
        raise FormatError("no such time") from error
