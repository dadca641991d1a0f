"""The guards that many decisions share: its day, what it may follow, and the body's accreditation."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from registry.domain.body import CertificationBody
from registry.domain.decision import Decision
from registry.domain.edition import Edition, check_day, late_limit_days
from registry.domain.errors import (
    AlreadyScheduledError,
    BackdatedError,
    ImmediateError,
    NotAccreditedError,
    TransitionError,
)
from verifier.accreditation import Coverage
from verifier.status import IMMEDIATE, Fact, Standing, allowed

# Besides the rule's own: an adoption proves nothing of a day to come, and a transfer leaves none without a body.
_TODAY_ONLY: Final = IMMEDIATE | {
    "certification.adopted",
    "certification.transferred_in",
    "certification.transferred_out",
}
_IN_A_SENTENCE: Final = {
    "maintenance_refused": "refused its maintenance",
    "scope_extended": "extended in scope",
    "scope_reduced": "reduced in scope",
    "suspension_prolonged": "suspended for longer",
    "transferred_out": "transferred",
    "appeal_upheld": "restored by an appeal",
}


def check_timely(event_type: str, decision: Decision, edition: Edition | None = None) -> None:
    """Check that an event of that type may take effect on the decision's day; without an edition nothing may be late.

    Raises:
        ImmediateError: it takes effect on the day it is recorded alone, and this is another.
        BackdatedError: the day is earlier than the edition allows.
        FarDayError: the day is later than a certificate can state.
    """
    if event_type in _TODAY_ONLY and decision.effective_on != decision.recorded_on:
        raise ImmediateError(f"this takes effect on the day it is recorded, {decision.recorded_on}, and on no other")
    late_days = 0 if edition is None else late_limit_days(edition.rules, event_type)
    earliest = decision.recorded_on - timedelta(days=late_days)
    if decision.effective_on < earliest:
        raise BackdatedError(f"effective on {decision.effective_on}, before {earliest}, the earliest day allowed")
    check_day(decision.effective_on)


def check_unscheduled(facts: Iterable[Fact], today: date) -> None:
    """Check that no event is scheduled for a later day than ``today``.

    Raises:
        AlreadyScheduledError: one is.
    """
    if any(fact.effective_on > today for fact in facts if not fact.type.startswith("certificate.")):
        raise AlreadyScheduledError("one event is scheduled for a later day already")


def check_transition(event_type: str, standing: Standing) -> None:
    """Check that an event of that type may follow that standing.

    Raises:
        TransitionError: it may not.
    """
    if not allowed(event_type, standing):
        name = event_type.partition(".")[2]
        name = _IN_A_SENTENCE.get(name, name.replace("_", " "))
        raise TransitionError(f"a certification that is {standing.state.replace('_', ' ')} cannot be {name}")


def check_accredited(
    body: CertificationBody, edition: Edition, profile: str, decision: Decision, *, unaccredited: bool
) -> None:
    """Check that the body is accredited for the scheme and the profile on the decision's day, or marked as not.

    Raises:
        NotAccreditedError: it is not, and ``unaccredited`` does not say so.
    """
    covered = body.accredited(edition.scheme, decision.effective_on, profile)
    if covered.coverage is not Coverage.COVERED and not unaccredited:
        raise NotAccreditedError(
            f"body {body.body} is not accredited for scheme {edition.scheme}, profile {profile}, "
            f"on {decision.effective_on}; decide it marked as unaccredited, or not at all"
        )
