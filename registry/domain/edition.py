"""A scheme edition's rules, as far as decisions depend on them.

An edition is data: it comes from a scheme file and never changes once published. A rule that the scheme does not make
public is a ``Gap``. Nothing is put in its place: what only that rule could refuse is let through unchecked, ``gaps``
names it, and what the registry needs in order to record (the last valid day) the body has to state.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from registry.domain.errors import (
    EditionNotOpenError,
    FarDayError,
    RecertificationError,
    ReductionError,
    SuspensionError,
    UnknownProfileError,
    ValidityError,
    ValidityGapError,
)
from verifier.encoding import add_months
from verifier.status import MAY_BE_LATE, MaintenanceRule

# A token states the second after it and may go no further; the rules may count a year on without leaving the calendar.
LAST_DAY: Final = date(9998, 12, 30)


@dataclass(frozen=True, slots=True)
class Gap:
    """A rule that the scheme does not make public, so that the registry cannot check it; the reason per language."""

    reason: Mapping[str, str]


class BirthShown(StrEnum):
    """What of the holder's birth stands on the certificate."""

    NOTHING = "nothing"
    YEAR = "year"
    DATE_AND_PLACE = "date_and_place"


@dataclass(frozen=True, slots=True)
class RecertificationRule:
    """When a new cycle may start: at most so many days before the last valid day, and so many days after it."""

    window_days: int
    grace_days: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """One kind of evidence that a decision is taken on: its title per language, and how many hours where it has any."""

    slug: str
    title: Mapping[str, str]
    required: bool
    hours: int | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """The earlier editions (slugs) whose holders may pass to this one, and the last day on which they may."""

    editions: tuple[str, ...]
    until: date


@dataclass(frozen=True, slots=True)
class Acquisition:
    """What an application is made of, the slugs of the exam's parts, and whether its session has to be recorded."""

    evidence: tuple[Evidence, ...]
    exam_parts: tuple[str, ...]
    exam_recorded: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of an edition; None says that the scheme has no such rule, a Gap that nobody outside knows it.

    ``open_from`` and ``open_until`` are the first and last legal days of grants. ``late_recording_days`` is how long
    after its effective day a decision may be recorded where the domain allows it at all. The last three came later
    than the first editions, which say nothing of them: None.
    """

    open_from: date | Gap
    open_until: date | Gap | None
    validity_months: int | Gap
    maintenance: MaintenanceRule | Gap | None
    recertification: RecertificationRule | Gap
    suspension_max_days: int | Gap
    late_recording_days: int | Gap
    birth_shown: BirthShown | Gap
    transition: Transition | Gap | None = None
    acquisition: Acquisition | Gap | None = None
    maintenance_evidence: tuple[Evidence, ...] | Gap | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile: its slug (at most 12 characters, it travels in the QR) and its title per language."""

    slug: str
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Edition:
    """A scheme edition: who it is, its profiles by slug, its rules, the SHA-256 of the scheme file's bytes.

    ``tasks`` are those of a profile by its slug, ``exam_parts`` the slugs of the exam's parts, where the file makes
    them public.
    """

    slug: str
    scheme: str
    title: Mapping[str, str]
    profiles: Mapping[str, Profile]
    rules: Rules
    sha256: bytes
    tasks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exam_parts: tuple[str, ...] = ()


def gaps(rules: Rules) -> Mapping[str, Gap]:
    """The rules that nobody can check, by name."""
    values = {rule.name: getattr(rules, rule.name) for rule in fields(rules)}
    return {name: value for name, value in values.items() if isinstance(value, Gap)}


def profile(edition: Edition, slug: str) -> Profile:
    """The edition's profile of that slug.

    Raises:
        UnknownProfileError: it has none.
    """
    if slug not in edition.profiles:
        raise UnknownProfileError(f"{edition.slug} has no profile {slug[:32]!r}")
    return edition.profiles[slug]


def check_profiles_known(editions: Iterable[Edition], scheme: str, profiles: Iterable[str]) -> None:
    """Check that each of ``profiles`` is in one of the scheme's editions; without any, nobody here knows its profiles.

    Raises:
        ReductionError: one is in none.
    """
    known = [set(edition.profiles) for edition in editions if edition.scheme == scheme]
    if known and (unknown := set(profiles).difference(*known)):
        raise ReductionError(f"no edition of {scheme} has a profile {', '.join(sorted(unknown))[:200]}")


def check_day(day: date) -> None:
    """Check that a certificate can state a legal day.

    Raises:
        FarDayError: it is after the last such day.
    """
    if day > LAST_DAY:
        raise FarDayError(f"the day {day} is after {LAST_DAY}, the last that a certificate can state")


def check_open(rules: Rules, on: date) -> None:
    """Check that the edition takes grants on legal day ``on``; a gap refuses nothing.

    Raises:
        EditionNotOpenError: the day is before the first or after the last day of grants.
    """
    if isinstance(rules.open_from, date) and on < rules.open_from:
        raise EditionNotOpenError(f"the edition takes grants from {rules.open_from} only")
    if isinstance(rules.open_until, date) and on > rules.open_until:
        raise EditionNotOpenError(f"the edition took grants until {rules.open_until}")


def last_valid_day(rules: Rules, starts_on: date, stated: date | None = None) -> date:
    """The last valid day of a cycle that starts on legal day ``starts_on``.

    The rule gives it: 36 months from 10 March end with 9 March. What the body states must agree with the rule; where
    the rule is a gap, what the body states is taken, and nobody can check it.

    Raises:
        ValidityGapError: the rule is a gap and the body states no day.
        ValidityError: the stated day is another than the rule's, or before the cycle.
        FarDayError: a certificate cannot state it.
    """
    if stated is not None:
        check_day(stated)
    if not isinstance(rules.validity_months, Gap):
        if (starts_on.year * 12 + starts_on.month - 1 + rules.validity_months) // 12 > LAST_DAY.year:
            raise FarDayError(f"a cycle of {rules.validity_months} months from {starts_on} ends after {LAST_DAY}")
        day = add_months(starts_on, rules.validity_months) - timedelta(days=1)
        if stated not in {None, day}:
            raise ValidityError(f"the last valid day is {day} by the edition's rule, not {stated}")
        return day
    if stated is None:
        raise ValidityGapError("the edition does not say how long a certification is valid: state the last valid day")
    if stated < starts_on:
        raise ValidityError(f"the last valid day {stated} is before the cycle's first, {starts_on}")
    return stated


def check_recertification(rules: Rules, on: date, valid_until: date) -> None:
    """Check that a new cycle may start on ``on`` for a certification whose last valid day is ``valid_until``.

    Raises:
        RecertificationError: before the window or after the grace; never where the rule is a gap.
    """
    if isinstance(rules.recertification, Gap):
        return
    window, grace = rules.recertification.window_days, rules.recertification.grace_days
    # Compared as numbers of days: the last one itself may lie beyond the calendar.
    if (valid_until - on).days > window:
        first = valid_until - timedelta(days=window)
        raise RecertificationError(f"recertification is possible from {first}, not on {on}")
    if (on - valid_until).days > grace:
        last = valid_until + timedelta(days=grace)
        raise RecertificationError(f"recertification was possible until {last}, not on {on}")


def check_suspension(rules: Rules, starts_on: date, deadline: date) -> None:
    """Check that a suspension from ``starts_on`` may last until ``deadline``.

    Raises:
        SuspensionError: the deadline is before the suspension, or past the maximum where the edition makes it public.
        FarDayError: the deadline is later than any certificate's last day.
    """
    check_day(deadline)
    if deadline < starts_on:
        raise SuspensionError(f"the deadline {deadline} is before the suspension, {starts_on}")
    if isinstance(rules.suspension_max_days, Gap):
        return
    if (deadline - starts_on).days > rules.suspension_max_days:
        last = starts_on + timedelta(days=rules.suspension_max_days)
        raise SuspensionError(f"a suspension from {starts_on} ends by {last} at the latest, not by {deadline}")


def late_limit_days(rules: Rules, event_type: str) -> int:
    """How many days after its effective day an event of that type may be recorded; 0 where no limit is known."""
    if event_type not in MAY_BE_LATE or isinstance(rules.late_recording_days, Gap):
        return 0
    return rules.late_recording_days


def maintenance_rule(rules: Rules) -> MaintenanceRule | None:
    """The rule by which the status is computed; None where the scheme has none or does not make it public."""
    return None if isinstance(rules.maintenance, Gap) else rules.maintenance


def birth_shown(rules: Rules) -> BirthShown:
    """What of the birth is shown: nothing, unless the edition says so."""
    return BirthShown.NOTHING if isinstance(rules.birth_shown, Gap) else rules.birth_shown
