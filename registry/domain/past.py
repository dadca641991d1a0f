"""The past of a certification that did not begin here: the days that it brings along."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from registry.domain.edition import Gap, Rules, check_day, last_valid_day
from registry.domain.errors import PastError, PastExpiredError, TransitionError, ValidityError
from verifier.status import Fact, MaintenanceRule, State, maintained, status


@dataclass(frozen=True, slots=True)
class Past:
    """Legal days: the first grant, the start of the running cycle, what maintenance counts from, the last valid day."""

    granted_on: date
    cycle_starts_on: date
    maintained_from: date
    valid_until: date

    def days(self) -> dict[str, date]:
        """The days by name."""
        return asdict(self)


def check_past(rules: Rules, past: Past, today: date) -> None:
    """Check what a body claims of a certificate that it granted before the registry.

    Raises:
        PastError: the days do not follow each other up to ``today``.
        PastExpiredError: the last valid day was.
        ValidityError: the last valid day is later than the edition's rule gives for that cycle.
        FarDayError: a certificate cannot state it.
    """
    if not past.granted_on <= past.cycle_starts_on <= past.maintained_from <= today:
        raise PastError(
            f"the first grant {past.granted_on}, the cycle's start {past.cycle_starts_on}, the last maintenance "
            f"{past.maintained_from} and today, {today}, do not follow each other"
        )
    if past.valid_until < today:
        raise PastExpiredError(f"it expired after {past.valid_until}: only what is in force is adopted")
    check_day(past.valid_until)
    if isinstance(rules.validity_months, Gap):
        return
    latest = last_valid_day(rules, past.cycle_starts_on)
    if past.valid_until > latest:
        raise ValidityError(
            f"a cycle from {past.cycle_starts_on} ends with {latest} at the latest by the edition's rule, "
            f"not with {past.valid_until}"
        )


def past_of(facts: Sequence[Fact], on: date, maintenance: MaintenanceRule | None) -> tuple[Past, date]:
    """The past of a certification that was handed over, as it stood on legal day ``on`` at the body that it left.

    Beside it the day whose whole months lead to that from which maintenance is counted.

    Raises:
        TransitionError: it was not.
    """
    standing = status(facts, on, datetime.max.replace(tzinfo=UTC))
    kept = maintained(facts, on, maintenance)
    match standing.state, standing.granted_on, standing.cycle_starts_on, kept, standing.valid_until:
        case State.TRANSFERRED, date() as granted, date() as begun, (
            date() as kept_from,
            date() as counted,
        ), date() as last:
            return Past(granted, begun, kept_from, last), counted
    raise TransitionError(f"a certification that is {standing.state.replace('_', ' ')} was not handed over")
