"""A certification body: registered, accredited per scheme, with keys over time.

Its stream is signed by the operator; the statements inside it (possession, authorisation) are signed by the body's own
keys, and the verifier follows those: which of the keys are in force is its answer alone (``verifier.trust``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from registry.domain.edition import check_day
from registry.domain.errors import (
    AccreditationTransitionError,
    AlreadyScheduledError,
    BackdatedError,
    ReductionError,
)
from verifier.accreditation import (
    ALLOWED_FROM,
    Accreditation,
    AccreditationFact,
    Coverage,
    accreditation,
    find_wider_reduction,
)
from verifier.encoding import legal_day

Jwk = Mapping[str, str]
_ALL: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Registration:
    """What every event of the operator's has: its id, when it was decided (UTC), its legal day."""

    event_id: UUID
    decided_at: datetime
    effective_on: date

    @property
    def recorded_on(self) -> date:
        """The legal day on which it is recorded."""
        return legal_day(self.decided_at)


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

    def accredited(self, scheme: str, on: date, profile: str | None = None, known_at: datetime = _ALL) -> Accreditation:
        """Whether the body is accredited for ``scheme``, and ``profile``, on day ``on``.

        As all that is recorded says, also by a process whose clock is ahead, or else as known at ``known_at`` (UTC).
        """
        return accreditation(self.accreditations, scheme, on, known_at, profile)

    def check_accreditation(self, event_class: type[Event], scheme: str, registration: Registration) -> None:
        """Check that an event may follow what the accreditation for ``scheme`` is.

        Raises:
            AccreditationTransitionError: it may not.
        """
        coverage = self.accredited(scheme, registration.effective_on).coverage
        if coverage not in ALLOWED_FROM[event_class.TOPIC]:
            act = event_class.TOPIC.partition(".")[2]
            raise AccreditationTransitionError(
                f"the accreditation of {self.body} for {scheme} is {_COVERAGES[coverage]}: it cannot be {act}"
            )

    def check_accreditation_day(self, scheme: str, registration: Registration) -> None:
        """Check that an event of the accreditation for ``scheme`` may take effect on its day.

        Never before it is recorded, in whoever's favour: the accreditation body's own day belongs in the source.

        Raises:
            BackdatedError: it is over.
            FarDayError: it is later than a certificate can state.
            AlreadyScheduledError: it is to come, and so is another event of this accreditation.
        """
        on, today = registration.effective_on, registration.recorded_on
        if on < today:
            raise BackdatedError("what happens to an accreditation is never effective before the day it is recorded")
        check_day(on)
        if on > today and any(f.scheme == scheme and f.effective_on > today for f in self.accreditations):
            raise AlreadyScheduledError(
                f"one event of the accreditation of {self.body} for {scheme} is scheduled already"
            )

    def record(self, event_class: type[Event], registration: Registration, **fields: object) -> None:
        """Append an event of the body's register; what its statements say is checked before.

        Raises:
            BackdatedError, FarDayError, AlreadyScheduledError: it may not happen to the accreditation on that day.
            AccreditationTransitionError: it does not fit what the accreditation is.
            ReductionError: it names a profile that the accreditation does not cover.
        """
        if issubclass(event_class, self.AccreditationEvent):
            scheme = str(fields["scheme"])
            self.check_accreditation_day(scheme, registration)
            self.check_accreditation(event_class, scheme, registration)
            if isinstance(profiles := fields.get("profiles"), tuple):
                self._check_reduction(scheme, profiles, registration)
        self.trigger_event(
            event_class,
            event_id=registration.event_id,
            timestamp=registration.decided_at,
            effective_on=registration.effective_on,
            **fields,
        )

    def _check_reduction(self, scheme: str, profiles: tuple[str, ...], registration: Registration) -> None:
        reduced = AccreditationFact(
            self.AccreditationReduced.TOPIC, self.version + 1, scheme, registration.effective_on,
            registration.decided_at, {}, profiles,
        )  # fmt: skip
        # A wider one that an old log holds is left out, as in the audit, or nothing lawful could follow it.
        lawful: list[AccreditationFact] = []
        for fact in self.accreditations:
            if find_wider_reduction([*lawful, fact], scheme) is None:
                lawful.append(fact)
        match find_wider_reduction([*lawful, reduced], scheme):
            case (fact, wider) if fact is reduced:
                raise ReductionError(
                    f"the accreditation of {self.body} for {scheme} does not cover {wider}: grant it anew"
                )
            case (fact, wider):
                raise ReductionError(
                    f"a reduction is scheduled for {fact.effective_on} that still covers {wider}: leave it in"
                )


_COVERAGES: Mapping[Coverage, str] = {
    Coverage.COVERED: "granted",
    Coverage.SUSPENDED: "suspended",
    Coverage.NOT_COVERED: "not granted",
}
