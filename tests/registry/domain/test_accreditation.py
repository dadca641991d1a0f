"""What may happen to a body's accreditation for a scheme."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from registry.domain.body import CertificationBody, Registration
from registry.domain.errors import AccreditationTransitionError
from verifier.accreditation import AccreditationFact

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
REGISTRATION = Registration(UUID(int=1), AT, date(2026, 5, 1))
EVENTS = {
    "restored": CertificationBody.AccreditationRestored,
    "reduced": CertificationBody.AccreditationReduced,
    "suspended": CertificationBody.AccreditationSuspended,
    "withdrawn": CertificationBody.AccreditationWithdrawn,
}


def body(*events: str, scheme: str = "demo") -> CertificationBody:
    """A body with that timeline, all on the day before."""
    before = datetime(2026, 4, 30, 9, 0, tzinfo=UTC)
    made: CertificationBody = CertificationBody._create(
        CertificationBody.Created,
        id=CertificationBody.create_id("odc-uno"),
        timestamp=before,
        event_id=UUID(int=2),
        effective_on=before.date(),
        body="odc-uno",
        name="OdC Uno",
        website="https://odc-uno.example",
        status_index=1,
        possession=[],
        event_key={},
        token_key={},
        recovery_key={},
    )
    made.accreditations = [
        AccreditationFact(f"accreditation.{event}", sequence, scheme, date(2026, 4, 30), before, {})
        for sequence, event in enumerate(events, start=2)
    ]
    return made


@pytest.mark.parametrize(
    ("before", "event", "said"),
    [
        ((), "suspended", "not granted: it cannot be suspended"),
        ((), "reduced", "not granted: it cannot be reduced"),
        ((), "withdrawn", "not granted: it cannot be withdrawn"),
        (("granted",), "restored", "granted: it cannot be restored"),
        (("granted", "suspended"), "suspended", "suspended: it cannot be suspended"),
        (("granted", "withdrawn"), "restored", "not granted: it cannot be restored"),
    ],
)
def test_what_the_accreditation_does_not_allow_is_refused(before: Sequence[str], event: str, said: str) -> None:
    with pytest.raises(AccreditationTransitionError, match=f"^the accreditation of odc-uno for demo is {said}$"):
        body(*before).check_accreditation(EVENTS[event], "demo", REGISTRATION)


@pytest.mark.parametrize(
    ("before", "event"),
    [
        (("granted",), "reduced"),
        (("granted",), "suspended"),
        (("granted", "suspended"), "restored"),
        (("granted", "suspended"), "withdrawn"),
    ],
)
def test_what_the_accreditation_allows_may_follow(before: Sequence[str], event: str) -> None:
    body(*before).check_accreditation(EVENTS[event], "demo", REGISTRATION)


def test_an_accreditation_for_another_scheme_does_not_count() -> None:
    with pytest.raises(AccreditationTransitionError):
        body("granted", scheme="other").check_accreditation(EVENTS["suspended"], "demo", REGISTRATION)
