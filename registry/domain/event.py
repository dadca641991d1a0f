"""The events of a certification: each appends one fact to what the status rule folds, and does nothing else."""

from datetime import date
from typing import Protocol
from uuid import UUID

from eventsourcing.domain import Aggregate
from eventsourcing.utils import register_topic

from registry.domain.decision import Digests
from verifier.status import Fact


class _Life(Protocol):
    facts: list[Fact]


class CertificationEvent(Aggregate.Event):
    """What every event of a certification carries."""

    TOPIC = ""  # every class below has its own
    event_id: UUID
    effective_on: date
    body: str
    edition: str
    profile: str
    digests: Digests

    def __init_subclass__(cls) -> None:
        """Make the topic known to the event library."""
        super().__init_subclass__()
        register_topic(cls.TOPIC, cls)

    def apply(self, aggregate: _Life) -> None:
        """Append the fact; nothing else ever happens here."""
        fact = Fact(
            self.TOPIC,
            self.originator_version,
            self.effective_on,
            self.timestamp,
            *(getattr(self, name, None) for name in _OF_SOME),
        )
        aggregate.facts.append(fact)


_OF_SOME = (
    "valid_until", "deadline", "reverses", "granted_on", "cycle_starts_on", "maintained_from", "scope", "counted_from",
)  # fmt: skip


class Granted(CertificationEvent, Aggregate.Created):
    """Granted: the standing begins."""

    TOPIC = "certification.granted"
    valid_until: date
    status_index: int


class Adopted(CertificationEvent, Aggregate.Created):
    """A certificate granted before the registry was taken into it; the days are the body's claim."""

    TOPIC = "certification.adopted"
    valid_until: date
    status_index: int
    granted_on: date
    cycle_starts_on: date
    maintained_from: date


class TransferredIn(CertificationEvent, Aggregate.Created):
    """A certification of another body goes on here; ``out_sha256`` is the chain hash of that body's last word."""

    TOPIC = "certification.transferred_in"
    valid_until: date
    status_index: int
    granted_on: date
    cycle_starts_on: date
    maintained_from: date
    origin: UUID
    out_sha256: bytes
    counted_from: date | None = None


class MaintenanceConfirmed(CertificationEvent):
    """The body confirmed the certification inside its cycle."""

    TOPIC = "certification.maintenance_confirmed"


class MaintenanceRefused(CertificationEvent):
    """The body refused to confirm the certification; its status stays."""

    TOPIC = "certification.maintenance_refused"


class Recertified(CertificationEvent):
    """A new cycle began."""

    TOPIC = "certification.recertified"
    valid_until: date


class ScopeExtended(CertificationEvent):
    """The body extended the scope to the tasks named."""

    TOPIC = "certification.scope_extended"
    scope: tuple[str, ...]


class ScopeReduced(CertificationEvent):
    """The body reduced the scope to the tasks named."""

    TOPIC = "certification.scope_reduced"
    scope: tuple[str, ...]


class Suspended(CertificationEvent):
    """The body suspended the certification, with a deadline for its next decision."""

    TOPIC = "certification.suspended"
    deadline: date


class SuspensionProlonged(CertificationEvent):
    """The body gave a suspension a later deadline."""

    TOPIC = "certification.suspension_prolonged"
    deadline: date


class Reinstated(CertificationEvent):
    """The body lifted a suspension."""

    TOPIC = "certification.reinstated"


class Withdrawn(CertificationEvent):
    """The body withdrew the certification, from now on."""

    TOPIC = "certification.withdrawn"


class Relinquished(CertificationEvent):
    """The person gave the certification up, from now on."""

    TOPIC = "certification.relinquished"


class Annulled(CertificationEvent):
    """The body annulled the certification, from the start."""

    TOPIC = "certification.annulled"


class TransferredOut(CertificationEvent):
    """The certification goes on at another body; this stream ends."""

    TOPIC = "certification.transferred_out"
    receiver: str


class AppealUpheld(CertificationEvent):
    """An appeal against the decision of that sequence was upheld: it is reversed."""

    TOPIC = "certification.appeal_upheld"
    reverses: int


class Corrected(CertificationEvent):
    """A field of the document was corrected, as the event of that sequence had stated it."""

    TOPIC = "certification.corrected"
    corrects: int


class PersonalDataErased(CertificationEvent):
    """The holder's data were erased; what is signed and logged stays."""

    TOPIC = "certification.personal_data_erased"


class CertificateIssued(CertificationEvent):
    """The first certificate document."""

    TOPIC = "certificate.issued"
    revision: int
    token_sha256: bytes


class CertificateReissued(CertificationEvent):
    """A further revision of the document."""

    TOPIC = "certificate.reissued"
    revision: int
    token_sha256: bytes


class CertificateSuperseded(CertificationEvent):
    """A revision of the document counts no more."""

    TOPIC = "certificate.superseded"
    revision: int
