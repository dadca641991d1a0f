"""Days and times as people write them, in the language of the request."""

from datetime import date, datetime
from typing import Final

from flask_babel import format_date, format_time

from verifier.status import Standing

_DAYS: Final = ("since", "valid_until", "deadline", "granted_on", "maintenance_due_on", "proven_from")


def standing_days(standing: Standing | None) -> dict[str, str]:
    """A standing's days by name, as sentences ask for them."""
    return {name: long_day(getattr(standing, name, None)) for name in _DAYS}


def long_day(day: date | None) -> str:
    """A day as people write it in the language of the request; a dash for none."""
    return "–" if day is None else str(format_date(day, "long"))


def rome_time(at: datetime) -> str:
    """An instant as clocks in Rome showed it."""
    return f"{format_date(at, 'long')}, {format_time(at, 'HH:mm')}"
