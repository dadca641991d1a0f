"""The days that a visitor asks for and what for, one or every day of a period, and what the page says of a period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from flask_babel import gettext, lazy_gettext

from verifier.accreditation import Coverage
from verifier.deadline import ClockChangeError, deadline, last_day, parse_time_of_day
from verifier.encoding import ROME, end_of_day, format_day, parse_day
from verifier.errors import FormatError
from verifier.page.day import long_day, rome_time
from verifier.page.problem import RefusedError
from verifier.page.view import coverage_words
from verifier.page.words import Text, gap_state
from verifier.report import Kind, Question, Report, Requirement


class DayError(RefusedError):
    """The days that are asked for are none, or are no question."""


@dataclass(frozen=True, slots=True)
class AskedDays:
    """Legal day ``on`` (Europe/Rome) and, for a period that begins with it, its last day; ``kind`` says what for.

    ``at`` is the time of day (Europe/Rome) of a deadline on the first day.
    """

    on: date
    until: date | None = None
    kind: Kind = Kind.DAY
    at: time | None = None

    @property
    def arguments(self) -> dict[str, str]:
        """The same days in an address."""
        first = "from" if self.until is not None and self.kind is Kind.DAY else "on"
        asked = {
            "kind": "" if self.kind is Kind.DAY else str(self.kind),
            first: format_day(self.on),
            "at": "" if self.at is None else self.at.isoformat("minutes"),
            "to": "" if self.until is None else format_day(self.until),
        }
        return {name: value for name, value in asked.items() if value}

    def question(self, now: datetime) -> Question:
        """The question as known at the present instant (UTC)."""
        return Question(
            self.on, now, now, self.until, self.kind, None if self.at is None else deadline(self.on, self.at)
        )


def asked_days(arguments: Mapping[str, str], today: date) -> AskedDays:
    """The days that an address or a form asks for; today where it says none.

    ``kind`` with ``on``, ``at`` and ``to``, or for every day of a period ``from`` and ``to``.

    Raises:
        DayError: a day, time or kind is none, one day and a period are asked for, or the period ends before it begins.
    """
    kind, at = _kind(arguments.get("kind")), _time(arguments.get("at"))
    on, first, last = (_day(arguments.get(name)) for name in ("on", "from", "to"))
    if on is not None and first is not None:
        raise DayError(gettext("Ask for one day or for a period, not for both."))
    if kind is not Kind.DAY and on is None:
        raise DayError(gettext("Say the day: the deadline of the tender, or the day of signing."))
    if kind is Kind.DAY and last is not None and first is None:
        raise DayError(gettext("The period has no first day."))
    begin = first or on or today
    until = last_day(kind, begin, last, today) if first is None else last or today
    if until is not None and until < begin:
        raise DayError(gettext("The period ends before it begins."))
    _check_deadline(begin, at)
    return AskedDays(begin, until, kind, at)


def _kind(text: str | None) -> Kind:
    try:
        return Kind(text or Kind.DAY)
    except ValueError as error:
        raise DayError(gettext("There is no such kind of requirement.")) from error


def _time(text: str | None) -> time | None:
    if not text:
        return None
    try:
        return parse_time_of_day(text)
    except FormatError as error:
        raise DayError(gettext("The time of day is none: write it as 12:00.")) from error


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        day = parse_day(text)
        end_of_day(day)
    except (FormatError, OverflowError) as error:
        raise DayError(gettext("The day is not one: write it as 2026-01-31.")) from error
    return day


def _check_deadline(day: date, at: time | None) -> None:
    try:
        if at is not None:
            deadline(day, at)
    except ClockChangeError as error:
        raise DayError(
            gettext("On that day the clocks were changed: this time of day was skipped, or came twice. Choose another.")
        ) from error
    except FormatError as error:
        raise DayError(gettext("The day is not one: write it as 2026-01-31.")) from error


# What it is needed for, in the words of somebody who is asked for it, and which days then count.
KINDS: Final[Mapping[Kind, tuple[Text, Text]]] = {
    Kind.DAY: (
        lazy_gettext("Only to know"),
        lazy_gettext("In force today, or on the day you say."),
    ),
    Kind.PARTICIPATION: (
        lazy_gettext("To take part in a tender"),
        lazy_gettext("In force at the deadline, and on every day since."),
    ),
    Kind.SCORING: (
        lazy_gettext("For points in a tender"),
        lazy_gettext("In force at the deadline. What came later is shown, and not held against it."),
    ),
    Kind.EXECUTION: (
        lazy_gettext("To carry out a contract"),
        lazy_gettext("In force on every day from the signing on. What was before does not count."),
    ),
}


def when(report: Report, today: date) -> str:
    """What is asked for and of which day, in words; empty where the answer's own sentence says all of it."""
    question = report.question
    day = long_day(question.on) if question.deadline is None else rome_time(question.deadline)
    match question.kind:
        case Kind.PARTICIPATION:
            return str(gettext("To take part in a tender. Deadline: %(day)s", day=day))
        case Kind.SCORING:
            return str(gettext("For points in a tender. Deadline: %(day)s", day=day))
        case Kind.EXECUTION:
            return str(gettext("To carry out a contract. Signing: %(day)s", day=day))
    if report.answers and (question.until is not None or question.on != today):
        return ""
    if question.until is not None:
        return days_words(question.on, question.until)
    if question.on == today:
        return str(gettext("Today, %(day)s", day=day))
    return str(gettext("On %(day)s", day=day))


def days_words(first: date, last: date) -> str:
    """The days from the first to the last, in words."""
    if first == last:
        return str(gettext("On %(day)s", day=long_day(first)))
    return str(gettext("From %(first)s to %(last)s", first=long_day(first), last=long_day(last)))


def command_options(question: Question) -> str:
    """The same question for the command line."""
    on, until = format_day(question.on), "" if question.until is None else f" --to {format_day(question.until)}"
    at = "" if question.deadline is None else f" --at {question.deadline.astimezone(ROME):%H:%M}"
    if question.kind is not Kind.DAY:
        return f"--kind {question.kind} --on {on}{at}{until}"
    return f"--from {on}{until}" if until else f"--on {on}{at}"


@dataclass(frozen=True, slots=True)
class GapLine:
    """Days without force or accreditation, both included, and what it was instead, in words."""

    days: str
    count: int
    state: Text


def uncovered_lines(report: Report) -> list[GapLine]:
    """The days of the period on which the body was not accredited."""
    return [
        GapLine(
            days_words(days.starts_on, days.ends_on),
            (days.ends_on - days.starts_on).days + 1,
            coverage_words(days.accreditation),
        )
        for days in report.uncovered
    ]


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
            days_words(gap.starts_on, gap.ends_on),
            (gap.ends_on - gap.starts_on).days + 1,
            gap_state(gap.state, report),
        )
        for gap in report.gaps
    ]


def requirements(report: Report) -> list[Met]:
    """What the period comes to for a tender, by the requirement: to take part, or to be given points."""
    later = lazy_gettext("In force on the first day; a later gap is shown, and not held against it.")
    never = lazy_gettext("Not in force on the first day.")
    since = lazy_gettext("It has to be in force on the first day and on every day since.")
    takes_part, points = (report.requirement(kind) for kind in (Kind.PARTICIPATION, Kind.SCORING))
    return [
        _met(report, lazy_gettext("Requirement to take part"), takes_part, since),
        _met(report, lazy_gettext("Requirement for points"), points, never if points is Requirement.NOT_MET else later),
    ]


def _met(report: Report, requirement: Text, outcome: Requirement, why: Text) -> Met:
    if outcome is Requirement.TO_BE_JUDGED:
        why = lazy_gettext("It is in force, but its body was not accredited for this scheme on every day.")
        if report.answers[0].accreditation.coverage is not Coverage.COVERED:
            why = lazy_gettext("It is in force, but its body was not accredited for this scheme on the first day.")
    return Met(requirement, _OUTCOMES[outcome], why)


_OUTCOMES: Final = {
    Requirement.MET: lazy_gettext("Met"),
    Requirement.MET_SO_FAR: lazy_gettext("Met so far"),
    Requirement.TO_BE_JUDGED: lazy_gettext("To be judged"),
    Requirement.NOT_MET: lazy_gettext("Not met"),
}
