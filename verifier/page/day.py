"""Days and times as people write them, in the language of the request."""

import re
from datetime import date, datetime
from typing import Final

from flask_babel import format_date, format_time

from verifier.encoding import legal_day
from verifier.page.language import language
from verifier.status import Standing

# "15 November 2028", "1er février 2028", "15. November 2028", "15 de noviembre de 2028"; no "entry 15 of the log".
_DAY_BEFORE_MONTH: Final = re.compile(r"\b\d{1,2}(?:\.|er)? (?:de )?(?=[^\W\d]+ (?:de )?\d{4})")
_DAYS: Final = ("since", "valid_until", "deadline", "granted_on", "maintenance_due_on", "proven_from")


def standing_days(standing: Standing | None) -> dict[str, str]:
    """A standing's days by name, as sentences ask for them."""
    return {name: long_day(getattr(standing, name, None)) for name in _DAYS}


def long_day(day: date | None) -> str:
    """A day as people write it in the language of the request; a dash for none."""
    if day is None:
        return "–"
    said = str(format_date(day, "long"))
    # CLDR has no ordinals, and French writes the first of a month as one.
    return said.replace("1 ", "1er ", 1) if day.day == 1 and language() == "fr" else said


def headline(text: str) -> str:
    """A text of an answer, a notice or a row, in which no day is parted from its month at the end of a line."""
    return _DAY_BEFORE_MONTH.sub(lambda day: day[0].replace(" ", "\u00a0"), text)


def rome_time(at: datetime) -> str:
    """An instant as clocks in Rome showed it."""
    return f"{long_day(legal_day(at))}, {format_time(at, 'HH:mm')}"
