"""A decision of a certification body, and who took part in its case."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from registry.domain.errors import FourEyesError

Digests = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What every decision of a body has.

    ``effective_on`` and ``recorded_on`` (today, Europe/Rome) are legal days, ``decided_at`` is an instant in UTC.
    """

    event_id: UUID
    decided_at: datetime
    effective_on: date
    recorded_on: date
    digests: Digests = ()


@dataclass(frozen=True, slots=True)
class Case:
    """Who took part in a case, by pseudonymous ids; they travel in digests only."""

    decider: str
    examiners: tuple[str, ...] = ()
    trainers: tuple[str, ...] = ()

    def check_four_eyes(self) -> None:
        """Check that who decides was neither examiner nor trainer (ISO/IEC 17024, decision on certification).

        Raises:
            FourEyesError: the decision maker was.
        """
        if not self.decider.strip():
            raise FourEyesError("nobody is named as decision maker")
        if self.decider in {*self.examiners, *self.trainers}:
            raise FourEyesError(f"{self.decider} was examiner or trainer of the case and may not decide it")


def check_appeal_decider(decider: str, appealed: str | None) -> None:
    """Check that who decides an appeal is not ``appealed``, who took the decision (ISO/IEC 17024, appeals).

    Raises:
        FourEyesError: it is the same person.
    """
    if decider == appealed:
        raise FourEyesError(f"{decider} took the decision that is appealed against and may not decide the appeal")
