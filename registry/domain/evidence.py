"""The evidence that a decision is taken on: which kinds an edition demands, and which were received."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from registry.domain.edition import Acquisition, Evidence, Gap
from registry.domain.errors import (
    EvidenceDayError,
    EvidenceHoursError,
    IncompleteApplicationError,
    MissingEvidenceError,
    TransitionError,
    UnknownEvidenceError,
)
from verifier.encoding import legal_day
from verifier.status import TERMINAL, Fact, Standing

EvidenceRule = tuple[Evidence, ...] | Gap | None
_CONFIRMED: Final = "certification.maintenance_confirmed"
# What a maintenance period begins with.
_BEGINS: Final = frozenset(
    {
        "certification.granted",
        "certification.adopted",
        "certification.transferred_in",
        "certification.recertified",
        _CONFIRMED,
    }
)
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """Evidence that a body received for a certification's maintenance.

    ``received_on`` is a legal day, ``recorded_at`` an instant (UTC, to the second); ``reference`` is the body's own.
    """

    kind: str
    received_on: date
    recorded_at: datetime
    hours: int | None = None
    reference: str | None = None


def check_evidence(rule: EvidenceRule, received: Collection[str]) -> None:
    """Check that every kind that the edition requires was received, and none that it does not know.

    An edition without such a rule, or with one that is not public, refuses nothing.

    Raises:
        MissingEvidenceError: a required kind was not received.
        UnknownEvidenceError: the edition knows no such kind.
    """
    if rule is None or isinstance(rule, Gap):
        return
    _check_known(rule, received)
    if missing := _missing(rule, received):
        raise MissingEvidenceError(f"the edition requires evidence that was not received: {', '.join(missing)}")


def check_application(rule: Acquisition | Gap | None, received: Collection[str]) -> None:
    """Check that an application holds every kind of evidence that the edition requires, and none that it does not know.

    Raises:
        IncompleteApplicationError: a required kind was not received.
        UnknownEvidenceError: the edition knows no such kind.
    """
    if not isinstance(rule, Acquisition):
        return
    _check_known(rule.evidence, received)
    if missing := _missing(rule.evidence, received):
        raise IncompleteApplicationError(f"the application lacks what the edition requires: {', '.join(missing)}")


def check_record(rule: EvidenceRule, record: EvidenceRecord, standing: Standing) -> None:
    """Check that a record of evidence fits the edition, the certification's ``standing`` and the day of recording.

    Raises:
        TransitionError: the certification has ended.
        UnknownEvidenceError: the edition knows no such kind.
        EvidenceHoursError: it names hours that the kind does not count, or none where it does.
        EvidenceDayError: it was received before the certification began, or on a day to come.
    """
    if standing.state in TERMINAL:
        raise TransitionError(f"a certification that is {standing.state} takes no evidence")
    if isinstance(rule, tuple):
        _check_known(rule, [record.kind])
        counted = next(kind.hours for kind in rule if kind.slug == record.kind) is not None
        if counted and record.hours is None:
            raise EvidenceHoursError(f"evidence {record.kind} is counted in hours: state them")
        if record.hours is not None and not counted:
            raise EvidenceHoursError(f"evidence {record.kind} is not counted in hours")
    if record.received_on > legal_day(record.recorded_at):
        raise EvidenceDayError(f"the day {record.received_on} is still to come")
    if standing.granted_on is not None and record.received_on < standing.granted_on:
        raise EvidenceDayError(f"{record.received_on} is before the certification began, {standing.granted_on}")


def of_running_period(records: Sequence[EvidenceRecord], facts: Sequence[Fact]) -> tuple[EvidenceRecord, ...]:
    """The records that count in the running maintenance period: each counts for one confirmation.

    The period began with the newest grant, recertification or confirmation. A record counts that was received from that
    decision's effective day on (from the day it was recorded, if that was earlier; from the day that an adoption or a
    transfer states), and was recorded after it.
    """
    began = max((fact for fact in facts if fact.type in _BEGINS), key=lambda fact: fact.sequence)
    first_day = began.maintained_from or min(began.effective_on, legal_day(began.recorded_at))
    # What was recorded in the second of a confirmation is what that rested on.
    earliest = began.recorded_at + (_SECOND if began.type == _CONFIRMED else timedelta())
    return tuple(record for record in records if record.received_on >= first_day and record.recorded_at >= earliest)


def find_missing(rule: EvidenceRule, records: Sequence[EvidenceRecord]) -> list[str]:
    """What the edition requires and ``records`` do not show: kinds, with their hours where these do not suffice."""
    if not isinstance(rule, tuple):
        return []
    return [_lack(kind, records) for kind in rule if kind.required and _lacks(kind, records)]


def check_records(rule: EvidenceRule, records: Sequence[EvidenceRecord]) -> None:
    """Check that the records of a period are what the edition requires; hours are summed by kind.

    Raises:
        MissingEvidenceError: a required kind lacks, or its hours do not suffice; all that is missing is named.
    """
    if missing := find_missing(rule, records):
        raise MissingEvidenceError(f"the edition requires evidence that was not received: {', '.join(missing)}")


def _check_known(rule: tuple[Evidence, ...], received: Collection[str]) -> None:
    if odd := sorted(set(received) - {kind.slug for kind in rule}):
        raise UnknownEvidenceError(f"the edition knows no evidence {', '.join(odd)[:64]}")


def _missing(rule: tuple[Evidence, ...], received: Collection[str]) -> list[str]:
    return [kind.slug for kind in rule if kind.required and kind.slug not in received]


def _lacks(kind: Evidence, records: Sequence[EvidenceRecord]) -> bool:
    return _hours(kind, records) < kind.hours if kind.hours else not any(r.kind == kind.slug for r in records)


def _lack(kind: Evidence, records: Sequence[EvidenceRecord]) -> str:
    return f"{kind.slug} ({_hours(kind, records)} of {kind.hours} hours)" if kind.hours else kind.slug


def _hours(kind: Evidence, records: Sequence[EvidenceRecord]) -> int:
    return sum(r.hours or 0 for r in records if r.kind == kind.slug)
