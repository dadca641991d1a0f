"""A certification body with a timeline of accreditations, all on one day."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from registry.domain.body import CertificationBody
from verifier.accreditation import AccreditationFact

SINCE: Final = date(2026, 1, 5)


def body(*events: str, slug: str = "odc-uno", scheme: str = "demo", on: date = SINCE) -> CertificationBody:
    """The body ``slug``, to whose accreditation for ``scheme`` that happened on day ``on``."""
    at = datetime(on.year, on.month, on.day, 9, 0, tzinfo=UTC)
    made: CertificationBody = CertificationBody._create(
        CertificationBody.Created,
        id=CertificationBody.create_id(slug),
        timestamp=at,
        event_id=UUID(int=2),
        effective_on=on,
        body=slug,
        name="OdC Uno",
        website="https://odc-uno.example",
        status_index=1,
        possession=[],
        event_key={},
        token_key={},
        recovery_key={},
    )
    made.accreditations = [
        AccreditationFact(f"accreditation.{event}", sequence, scheme, on, at, {})
        for sequence, event in enumerate(events, start=2)
    ]
    return made
