"""A certification: the standing of one person for one profile, decided on by a certification body.

Every guard asks the one status rule of ``verifier.status``; every event only appends a fact to what that rule folds.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, Self
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate

from registry.domain.body import CertificationBody
from registry.domain.edition import (
    Edition,
    check_day,
    check_open,
    check_recertification,
    check_suspension,
    last_valid_day,
    late_limit_days,
    maintenance_rule,
)
from registry.domain.edition import (
    profile as find_profile,
)
from registry.domain.errors import (
    AlreadyScheduledError,
    BackdatedError,
    FourEyesError,
    NotAccreditedError,
    NotDueError,
    TransitionError,
)
from verifier.status import Coverage, Fact, Standing, allowed, status

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


class Certification(Aggregate):
    """A certification, from its grant to its end."""

    TOPIC = "certification"

    class Event(Aggregate.Event):
        """What every event of a certification carries."""

        TOPIC = ""  # every class below has its own
        event_id: UUID
        effective_on: date
        body: str
        edition: str
        profile: str
        digests: Digests

        def apply(self, aggregate: "Certification") -> None:
            """Append the fact; nothing else ever happens here."""
            aggregate.facts.append(
                Fact(
                    self.TOPIC,
                    self.originator_version,
                    self.effective_on,
                    self.timestamp,
                    getattr(self, "valid_until", None),
                    getattr(self, "deadline", None),
                )
            )

    class Created(Event, Aggregate.Created):
        """Granted: the standing begins."""

        TOPIC = "certification.granted"
        valid_until: date
        status_index: int

    class MaintenanceConfirmed(Event):
        """The body confirmed the certification inside its cycle."""

        TOPIC = "certification.maintenance_confirmed"

    class Suspended(Event):
        """The body suspended the certification, with a deadline for its next decision."""

        TOPIC = "certification.suspended"
        deadline: date

    class Reinstated(Event):
        """The body lifted a suspension."""

        TOPIC = "certification.reinstated"

    class Withdrawn(Event):
        """The body withdrew the certification, from now on."""

        TOPIC = "certification.withdrawn"

    class Relinquished(Event):
        """The person gave the certification up, from now on."""

        TOPIC = "certification.relinquished"

    class Recertified(Event):
        """A new cycle began."""

        TOPIC = "certification.recertified"
        valid_until: date

    class CertificateIssued(Event):
        """The first certificate document."""

        TOPIC = "certificate.issued"
        revision: int
        token_sha256: bytes

    class CertificateReissued(Event):
        """A further revision of the document."""

        TOPIC = "certificate.reissued"
        revision: int
        token_sha256: bytes

    class CertificateSuperseded(Event):
        """A revision of the document counts no more."""

        TOPIC = "certificate.superseded"
        revision: int

    def __init__(self, body: str, edition: str, profile: str, status_index: int) -> None:
        self.body = body
        self.edition = edition
        self.profile = profile
        self.status_index = status_index
        self.facts: list[Fact] = []

    @property
    def revision(self) -> int:
        """The number of the current certificate document; 0 before the first."""
        return sum(1 for fact in self.facts if fact.type in _DOCUMENTS)

    def standing(self, on: date) -> Standing:
        """What the certification is on legal day ``on``, as known now."""
        return status(self.facts, on, _ALL)

    @classmethod
    def grant(  # noqa: PLR0913  a grant rests on this much
        cls,
        certification: UUID,
        decision: Decision,
        case: Case,
        body: CertificationBody,
        edition: Edition,
        profile: str,
        valid_until: date | None,
        status_index: int,
        *,
        unaccredited: bool = False,
    ) -> Self:
        """Grant a certification for ``profile`` until the last valid day ``valid_until``; None takes the edition's.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        case.check_four_eyes()
        if decision.effective_on < decision.recorded_on:
            raise BackdatedError("a grant is never effective before it is recorded")
        check_day(decision.effective_on)
        find_profile(edition, profile)
        check_open(edition.rules, decision.effective_on)
        last_day = last_valid_day(edition.rules, decision.effective_on, valid_until)
        _check_accredited(body, edition, decision, unaccredited)
        return cls._create(
            cls.Created,
            id=certification,
            timestamp=decision.decided_at,
            event_id=decision.event_id,
            effective_on=decision.effective_on,
            body=body.body,
            edition=edition.slug,
            profile=profile,
            digests=decision.digests,
            valid_until=last_day,
            status_index=status_index,
        )

    def confirm_maintenance(self, decision: Decision, edition: Edition) -> None:
        """Confirm the certification inside its cycle.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(self.MaintenanceConfirmed, decision, edition)
        rule = maintenance_rule(edition.rules)
        due_on = status(self.facts, decision.effective_on, _ALL, rule).maintenance_due_on
        if (
            rule is not None
            and due_on is not None
            and decision.effective_on < due_on - timedelta(days=rule.window_days)
        ):
            raise NotDueError(f"maintenance is due on {due_on} and may be confirmed {rule.window_days} days before")
        self._decide(self.MaintenanceConfirmed, decision)

    def suspend(self, decision: Decision, edition: Edition, deadline: date) -> None:
        """Suspend the certification until a decision by ``deadline``, the last day of the suspension.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(self.Suspended, decision)
        check_suspension(edition.rules, decision.effective_on, deadline)
        self._decide(self.Suspended, decision, deadline=deadline)

    def reinstate(self, decision: Decision) -> None:
        """Lift the suspension; the gap stays visible.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(self.Reinstated, decision)
        self._decide(self.Reinstated, decision)

    def withdraw(self, decision: Decision) -> None:
        """Withdraw the certification from now on; terminal.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(self.Withdrawn, decision)
        self._decide(self.Withdrawn, decision)

    def relinquish(self, decision: Decision) -> None:
        """Record that the person gives the certification up from now on; terminal.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(self.Relinquished, decision)
        self._decide(self.Relinquished, decision)

    def recertify(self, decision: Decision, case: Case, edition: Edition, valid_until: date | None) -> None:
        """Begin a new cycle until the last valid day ``valid_until``; None takes the edition's.

        Before expiry the new cycle joins the old one's last valid day; after it, the gap stays.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        case.check_four_eyes()
        self._check(self.Recertified, decision, edition)
        ends_on = self.standing(decision.effective_on).valid_until or decision.effective_on
        check_recertification(edition.rules, decision.effective_on, ends_on)
        starts_on = max(decision.effective_on, ends_on + timedelta(days=1))
        last_day = last_valid_day(edition.rules, starts_on, valid_until)
        self._decide(self.Recertified, decision, valid_until=last_day)

    def issue(self, decision: Decision, token_sha256: bytes) -> int:
        """Record a certificate document by the digest of its token; an earlier revision is superseded.

        Returns:
            The number of the new revision, from 1.

        Raises:
            TransitionError: the certification has no standing that a document could state.
        """
        revision = self.revision + 1
        issued = self.CertificateIssued if revision == 1 else self.CertificateReissued
        self._check_transition(issued, decision)
        if revision > 1:
            superseding = replace(decision, event_id=uuid5(decision.event_id, "superseded"))
            self._decide(self.CertificateSuperseded, superseding, revision=revision - 1)
        self._decide(issued, decision, revision=revision, token_sha256=token_sha256)
        return revision

    def _check(self, event_class: type[Event], decision: Decision, edition: Edition | None = None) -> None:
        late_days = 0 if edition is None else late_limit_days(edition.rules, event_class.TOPIC)
        earliest = decision.recorded_on - timedelta(days=late_days)
        if decision.effective_on < earliest:
            raise BackdatedError(f"effective on {decision.effective_on}, before {earliest}, the earliest day allowed")
        check_day(decision.effective_on)
        if decision.effective_on > decision.recorded_on and self._scheduled(decision.recorded_on):
            raise AlreadyScheduledError("one event is scheduled for a later day already")
        self._check_transition(event_class, decision)

    def _check_transition(self, event_class: type[Event], decision: Decision) -> None:
        standing = self.standing(decision.effective_on)
        if not allowed(event_class.TOPIC, standing):
            name = event_class.TOPIC.partition(".")[2].replace("_", " ")
            raise TransitionError(f"a certification that is {standing.state.replace('_', ' ')} cannot be {name}")

    def _scheduled(self, today: date) -> bool:
        return any(fact.effective_on > today for fact in self.facts if not fact.type.startswith("certificate."))

    def _decide(self, event_class: type[Event], decision: Decision, **fields: object) -> None:
        self.trigger_event(
            event_class,
            timestamp=decision.decided_at,
            event_id=decision.event_id,
            effective_on=decision.effective_on,
            body=self.body,
            edition=self.edition,
            profile=self.profile,
            digests=decision.digests,
            **fields,
        )


_ALL: Final = datetime.max.replace(tzinfo=UTC)
_DOCUMENTS: Final[Collection[str]] = frozenset({"certificate.issued", "certificate.reissued"})


def _check_accredited(body: CertificationBody, edition: Edition, decision: Decision, unaccredited: bool) -> None:
    covered = body.accredited(edition.scheme, decision.effective_on, decision.decided_at)
    if covered.coverage is not Coverage.COVERED and not unaccredited:
        raise NotAccreditedError(
            f"body {body.body} is not accredited for scheme {edition.scheme} on {decision.effective_on}; "
            "grant it marked as unaccredited, or not at all"
        )
