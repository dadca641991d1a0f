"""What may happen to a body's accreditation for a scheme."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from registry.domain.body import CertificationBody, Registration
from registry.domain.errors import AccreditationTransitionError
from tests.registry.domain.bodies import body

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
REGISTRATION = Registration(UUID(int=1), AT, date(2026, 5, 1))
EVENTS = {
    "restored": CertificationBody.AccreditationRestored,
    "reduced": CertificationBody.AccreditationReduced,
    "suspended": CertificationBody.AccreditationSuspended,
    "withdrawn": CertificationBody.AccreditationWithdrawn,
}


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
