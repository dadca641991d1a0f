"""The days that a visitor asks for, one or every day of a period, and what the page says of a period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask_babel import gettext, lazy_gettext

from verifier.encoding import end_of_day, format_day, parse_day
from verifier.errors import FormatError
from verifier.page.view import long_day, result_key
from verifier.page.words import STATES, Text
from verifier.report import Kind, Report, Requirement
from verifier.status import State


class DayError(FormatError):
    """The days that are asked for are none, or are no question."""


@dataclass(frozen=True, slots=True)
class AskedDays:
    """Legal day ``on`` (Europe/Rome) and, for a period that begins with it, its last day."""

    on: date
    until: date | None = None

    @property
    def arguments(self) -> dict[str, str]:
        """The same days in an address."""
        if self.until is None:
            return {"on": format_day(self.on)}
        return {"from": format_day(self.on), "to": format_day(self.until)}


def asked_days(arguments: Mapping[str, str], today: date) -> AskedDays:
    """The days that an address asks for, as ``on`` or as ``from`` and ``to``; today where it says none.

    Raises:
        DayError: a day is none, one day and a period are asked for, or the period ends before it begins.
    """
    on, first, last = (_day(arguments.get(name)) for name in ("on", "from", "to"))
    if first is None:
        if last is not None:
            raise DayError(gettext("The period has no first day."))
        return AskedDays(on or today)
    if on is not None:
        raise DayError(gettext("Ask for one day or for a period, not for both."))
    until = last or today
    if until < first:
        raise DayError(gettext("The period ends before it begins."))
    return AskedDays(first, until)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        day = parse_day(text)
        end_of_day(day)
    except (FormatError, OverflowError) as error:
        raise DayError(gettext("The day is not one: write it as 2026-01-31.")) from error
    return day


_OF_ALL_DAYS: Final = frozenset({"in_force", "in_force_so_far", "interrupted"})


def when(report: Report, today: date) -> str:
    """Which days the big result is about, in words."""
    on, until = report.question.on, report.question.until
    if until is not None and result_key(report) in _OF_ALL_DAYS:
        return str(gettext("From %(first)s to %(last)s", first=long_day(on), last=long_day(until)))
    if until is not None:
        return str(gettext("On %(day)s, the first of the days asked for", day=long_day(on)))
    if on == today:
        return str(gettext("Today, %(day)s", day=long_day(on)))
    return str(gettext("On %(day)s", day=long_day(on)))


@dataclass(frozen=True, slots=True)
class GapLine:
    """Days without force, both included, and what the certification was instead, in words."""

    days: str
    count: int
    state: Text


@dataclass(frozen=True, slots=True)
class Met:
    """A tender's requirement, what becomes of it if the first day was its deadline, and why, in words."""

    requirement: Text
    outcome: Text
    why: Text


def gap_lines(report: Report) -> list[GapLine]:
    """The days of the period without force."""
    return [
        GapLine(
            str(gettext("From %(first)s to %(last)s", first=long_day(gap.starts_on), last=long_day(gap.ends_on))),
            (gap.ends_on - gap.starts_on).days + 1,
            _words(gap.state, report),
        )
        for gap in report.gaps
    ]


def _words(state: State, report: Report) -> Text:
    # Before an adopted certification was recorded here, its body may claim it; that it was not in force is not known.
    claimed = report.answers[0].standing.proven_from is not None and state is State.NOT_YET_EFFECTIVE
    return lazy_gettext("not proven") if claimed else STATES[state]


def requirements(report: Report) -> list[Met]:
    """What the period comes to for a tender, by the requirement: to take part, or to be given points."""
    later = lazy_gettext("In force on the first day; a later gap is shown, and not held against it.")
    never = lazy_gettext("Not in force on the first day.")
    since = lazy_gettext("It has to be in force on the first day and on every day since.")
    takes_part, points = (report.requirement(kind) for kind in (Kind.PARTICIPATION, Kind.SCORING))
    return [
        _met(lazy_gettext("Requirement to take part"), takes_part, since),
        _met(lazy_gettext("Requirement for points"), points, never if points is Requirement.NOT_MET else later),
    ]


def _met(requirement: Text, outcome: Requirement, why: Text) -> Met:
    if outcome is Requirement.TO_BE_JUDGED:
        why = lazy_gettext("It is in force, but its body was not accredited for this scheme on the first day.")
    return Met(requirement, _OUTCOMES[outcome], why)


_OUTCOMES: Final = {
    Requirement.MET: lazy_gettext("Met"),
    Requirement.MET_SO_FAR: lazy_gettext("Met so far"),
    Requirement.TO_BE_JUDGED: lazy_gettext("To be judged"),
    Requirement.NOT_MET: lazy_gettext("Not met"),
}
