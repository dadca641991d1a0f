"""A certification body: registered, accredited per scheme, with keys over time.

Its stream is signed by the operator; the statements inside it (possession, authorisation) are signed by the body's own
keys, and the verifier follows those: which of the keys are in force is its answer alone (``verifier.trust``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from registry.domain.errors import AccreditationTransitionError
from verifier.accreditation import Accreditation, AccreditationFact, Coverage, accreditation

Jwk = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Registration:
    """What every event of the operator's has: its id, when it was decided (UTC), its legal day."""

    event_id: UUID
    decided_at: datetime
    effective_on: date


class CertificationBody(Aggregate):
    """A certification body (organismo di certificazione), by its slug."""

    TOPIC = "body"

    class Event(Aggregate.Event):
        """What every event of a body carries."""

        TOPIC = ""  # every class below has its own
        event_id: UUID
        effective_on: date

    class Created(Event, Aggregate.Created):
        """The body was registered with its first keys."""

        TOPIC = "body.registered"
        body: str
        name: str
        website: str
        status_index: int
        event_key: Jwk
        token_key: Jwk
        recovery_key: Jwk
        possession: list[str]

    class AccreditationEvent(Event):
        """What every event of an accreditation carries: whose scheme, and where the operator has it from."""

        TOPIC = "accreditation"
        scheme: str
        source: str

        def apply(self, aggregate: "CertificationBody") -> None:
            """Keep the fact."""
            detail = {
                name: str(value)
                for name, value in vars(self).items()
                if name in {"number", "accreditation_body", "standard", "wording", "source"}
            }
            profiles = getattr(self, "profiles", None)
            fact = AccreditationFact(
                self.TOPIC, self.originator_version, self.scheme, self.effective_on, self.timestamp, detail, profiles
            )
            aggregate.accreditations.append(fact)

    class Accredited(AccreditationEvent):
        """Accreditation for a scheme was granted."""

        TOPIC = "accreditation.granted"
        number: str
        accreditation_body: str
        standard: str
        wording: str

    class AccreditationReduced(AccreditationEvent):
        """Accreditation for a scheme was reduced to some of its profiles."""

        TOPIC = "accreditation.reduced"
        profiles: tuple[str, ...]

    class AccreditationSuspended(AccreditationEvent):
        """Accreditation for a scheme was suspended."""

        TOPIC = "accreditation.suspended"

    class AccreditationRestored(AccreditationEvent):
        """Accreditation for a scheme was restored."""

        TOPIC = "accreditation.restored"

    class AccreditationWithdrawn(AccreditationEvent):
        """Accreditation for a scheme was withdrawn."""

        TOPIC = "accreditation.withdrawn"

    class KeyEnrolled(Event):
        """A later key was enrolled, authorised by an earlier one."""

        TOPIC = "key.enrolled"
        purpose: str
        jwk: Jwk
        authorisation: str
        possession: str

        def apply(self, aggregate: "CertificationBody") -> None:
            """Keep the fact."""
            aggregate.keys.append((self.purpose, self.jwk))

    class KeyRetired(Event):
        """A key signs no more from here on."""

        TOPIC = "key.retired"
        key_id: str
        authorisation: str

    class KeyCompromised(Event):
        """A key's signatures are in doubt from a leaf index on."""

        TOPIC = "key.compromised"
        key_id: str
        from_index: int
        authorisation: str

    def __init__(
        self, body: str, name: str, website: str, status_index: int, event_key: Jwk, token_key: Jwk, recovery_key: Jwk
    ) -> None:
        self.body = body
        self.name = name
        self.website = website
        self.status_index = status_index
        self.recovery_key = recovery_key
        self.keys: list[tuple[str, Jwk]] = [("event", event_key), ("token", token_key)]
        self.accreditations: list[AccreditationFact] = []

    @staticmethod
    def create_id(body: str) -> UUID:
        """The stream id of the body of that slug."""
        return uuid5(NAMESPACE_URL, f"attesto:body:{body}")

    def accredited(self, scheme: str, on: date, now: datetime, profile: str | None = None) -> Accreditation:
        """Whether the body is accredited for ``scheme``, and ``profile``, on day ``on``, as known ``now`` (UTC)."""
        return accreditation(self.accreditations, scheme, on, now, profile)

    def check_accreditation(self, event_class: type[Event], scheme: str, registration: Registration) -> None:
        """Check that an event may follow what the accreditation for ``scheme`` is.

        Raises:
            AccreditationTransitionError: it may not.
        """
        coverage = self.accredited(scheme, registration.effective_on, registration.decided_at).coverage
        if coverage not in _ACCREDITATION_FROM[event_class.TOPIC]:
            act = event_class.TOPIC.partition(".")[2]
            raise AccreditationTransitionError(
                f"the accreditation of {self.body} for {scheme} is {_COVERAGES[coverage]}: it cannot be {act}"
            )

    def record(self, event_class: type[Event], registration: Registration, **fields: object) -> None:
        """Append an event of the body's register; what its statements say is checked before.

        Raises:
            AccreditationTransitionError: it does not fit what the accreditation is.
        """
        if issubclass(event_class, self.AccreditationEvent):
            self.check_accreditation(event_class, str(fields["scheme"]), registration)
        self.trigger_event(
            event_class,
            event_id=registration.event_id,
            timestamp=registration.decided_at,
            effective_on=registration.effective_on,
            **fields,
        )


_HELD = frozenset({Coverage.COVERED, Coverage.SUSPENDED})
# Which coverage an event of an accreditation may follow; a new grant takes the place of whatever was there.
_ACCREDITATION_FROM: Mapping[str, frozenset[Coverage]] = {
    "accreditation.granted": frozenset(Coverage),
    "accreditation.reduced": _HELD,
    "accreditation.suspended": frozenset({Coverage.COVERED}),
    "accreditation.restored": frozenset({Coverage.SUSPENDED}),
    "accreditation.withdrawn": _HELD,
}
_COVERAGES: Mapping[Coverage, str] = {
    Coverage.COVERED: "granted",
    Coverage.SUSPENDED: "suspended",
    Coverage.NOT_COVERED: "not granted",
}
