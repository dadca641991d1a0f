"""A certification: the standing of one person for one profile, decided on by a certification body.

How one begins stands in ``registry.domain.beginning``. Every guard asks the one status rule of ``verifier.status``;
every event only appends a fact to what that rule folds.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import uuid5

from eventsourcing.domain import Aggregate

from registry.domain.decision import Case, Decision
from registry.domain.edition import (
    Edition,
    check_recertification,
    check_suspension,
    last_valid_day,
    maintenance_rule,
)
from registry.domain.errors import (
    AppealError,
    CorrectionError,
    NotDueError,
    ProlongationError,
    ReceiverError,
)
from registry.domain.event import (
    Annulled,
    AppealUpheld,
    CertificateIssued,
    CertificateReissued,
    CertificateSuperseded,
    CertificationEvent,
    Corrected,
    Granted,
    MaintenanceConfirmed,
    MaintenanceRefused,
    PersonalDataErased,
    Recertified,
    Reinstated,
    Relinquished,
    ScopeExtended,
    ScopeReduced,
    Suspended,
    SuspensionProlonged,
    TransferredOut,
    Withdrawn,
)
from registry.domain.evidence import EvidenceRecord, check_evidence, check_records
from registry.domain.guards import check_timely, check_transition, check_unscheduled
from registry.domain.scope import Scope, extended, reduced
from verifier.status import REVERSIBLE, Fact, Standing, status


class Certification(Aggregate):
    """A certification, from its beginning to its end."""

    TOPIC = "certification"
    # The library makes its own of these where an aggregate names none.
    Event = CertificationEvent
    Created = Granted

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

    def confirm_maintenance(
        self,
        decision: Decision,
        edition: Edition,
        evidence: Collection[str] = (),
        records: Sequence[EvidenceRecord] = (),
    ) -> None:
        """Confirm the certification inside its cycle, on the kinds of ``evidence`` received; without, on the records.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(MaintenanceConfirmed, decision, edition)
        rule = maintenance_rule(edition.rules)
        due_on = status(self.facts, decision.effective_on, _ALL, rule).maintenance_due_on
        if (
            rule is not None
            and due_on is not None
            and decision.effective_on < due_on - timedelta(days=rule.window_days)
        ):
            raise NotDueError(f"maintenance is due on {due_on} and may be confirmed {rule.window_days} days before")
        if evidence:
            check_evidence(edition.rules.maintenance_evidence, evidence)
        else:
            check_records(edition.rules.maintenance_evidence, records)
        self._decide(MaintenanceConfirmed, decision)

    def refuse_maintenance(self, decision: Decision) -> None:
        """Refuse to confirm the certification; its status stays, the refusal shows beside it.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(MaintenanceRefused, decision)
        self._decide(MaintenanceRefused, decision)

    def extend_scope(self, decision: Decision, edition: Edition, tasks: Scope) -> None:
        """Extend the scope to ``tasks``, all that hold from then on.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(ScopeExtended, decision, edition)
        held = self.standing(decision.effective_on).scope
        self._decide(ScopeExtended, decision, scope=extended(edition, self.profile, held, tasks))

    def reduce_scope(self, decision: Decision, edition: Edition, tasks: Scope) -> None:
        """Reduce the scope to ``tasks``, all that hold from then on.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(ScopeReduced, decision)
        held = self.standing(decision.effective_on).scope
        self._decide(ScopeReduced, decision, scope=reduced(edition, self.profile, held, tasks))

    def suspend(self, decision: Decision, edition: Edition, deadline: date) -> None:
        """Suspend the certification until a decision by ``deadline``, the last day of the suspension.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(Suspended, decision)
        check_suspension(edition.rules, decision.effective_on, deadline)
        self._decide(Suspended, decision, deadline=deadline)

    def prolong_suspension(self, decision: Decision, edition: Edition, deadline: date) -> None:
        """Give the suspension a later deadline; the edition's maximum counts from its first day.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(SuspensionProlonged, decision)
        standing = self.standing(decision.effective_on)
        if standing.deadline is not None and deadline <= standing.deadline:
            raise ProlongationError(f"the suspension lasts until {standing.deadline}: {deadline} is no later deadline")
        check_suspension(edition.rules, standing.since or decision.effective_on, deadline)
        self._decide(SuspensionProlonged, decision, deadline=deadline)

    def reinstate(self, decision: Decision) -> None:
        """Lift the suspension; the gap stays visible.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(Reinstated, decision)
        self._decide(Reinstated, decision)

    def withdraw(self, decision: Decision) -> None:
        """Withdraw the certification from now on; terminal.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(Withdrawn, decision)
        self._decide(Withdrawn, decision)

    def relinquish(self, decision: Decision) -> None:
        """Record that the person gives the certification up from now on; terminal.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(Relinquished, decision)
        self._decide(Relinquished, decision)

    def recertify(self, decision: Decision, case: Case, edition: Edition, valid_until: date | None) -> None:
        """Begin a new cycle until the last valid day ``valid_until``; None takes the edition's.

        Before expiry the new cycle joins the old one's last valid day; after it, the gap stays.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        case.check_four_eyes()
        self._check(Recertified, decision, edition)
        ends_on = self.standing(decision.effective_on).valid_until or decision.effective_on
        check_recertification(edition.rules, decision.effective_on, ends_on)
        starts_on = max(decision.effective_on, ends_on + timedelta(days=1))
        last_day = last_valid_day(edition.rules, starts_on, valid_until)
        self._decide(Recertified, decision, valid_until=last_day)

    def transfer_out(self, decision: Decision, receiver: str) -> None:
        """Hand the certification over to the body ``receiver``, today; terminal here.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(TransferredOut, decision)
        if receiver == self.body:
            raise ReceiverError(f"the certification is {receiver}'s already")
        # What is scheduled here would find nothing to follow, and the receiver has not decided on it.
        check_unscheduled(self.facts, decision.recorded_on)
        self._decide(TransferredOut, decision, receiver=receiver)

    def annul(self, decision: Decision) -> None:
        """Annul the certification from the start: it never was, on any day.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(Annulled, decision)
        self._decide(Annulled, decision)

    def uphold_appeal(self, decision: Decision, reverses: int) -> None:
        """Reverse the decision of sequence ``reverses``; both stay visible.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(AppealUpheld, decision)
        if any(fact.reverses == reverses for fact in self.facts):
            raise AppealError(f"event {reverses} was reversed by an appeal already")
        if not any(fact.sequence == reverses and fact.type in REVERSIBLE for fact in self.facts):
            raise AppealError(f"event {reverses} is no suspension, withdrawal or annulment of this certification")
        self._decide(AppealUpheld, decision, reverses=reverses)

    def correct(self, decision: Decision, corrects: int) -> None:
        """Correct fields of the document that the event of sequence ``corrects`` stated.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(Corrected, decision)
        if not any(fact.sequence == corrects and fact.type in _STATES_FIELDS for fact in self.facts):
            raise CorrectionError(f"event {corrects} states nothing that could be corrected")
        self._decide(Corrected, decision, corrects=corrects)

    def erase(self, decision: Decision) -> None:
        """Record that the holder's data are erased; the status stays what it is.

        Raises:
            DomainError: a rule forbids it; its subclass says which.
        """
        self._check(PersonalDataErased, decision)
        self._decide(PersonalDataErased, decision)

    def issue(self, decision: Decision, token_sha256: bytes) -> int:
        """Record a certificate document by the digest of its token; an earlier revision is superseded.

        Returns:
            The number of the new revision, from 1.

        Raises:
            TransitionError: the certification has no standing that a document could state.
        """
        revision = self.revision + 1
        issued = CertificateIssued if revision == 1 else CertificateReissued
        check_transition(issued.TOPIC, self.standing(decision.effective_on))
        if revision > 1:
            superseding = replace(decision, event_id=uuid5(decision.event_id, "superseded"))
            self._decide(CertificateSuperseded, superseding, revision=revision - 1)
        self._decide(issued, decision, revision=revision, token_sha256=token_sha256)
        return revision

    def _check(self, event_class: type[CertificationEvent], decision: Decision, edition: Edition | None = None) -> None:
        check_timely(event_class.TOPIC, decision, edition)
        if decision.effective_on > decision.recorded_on:
            check_unscheduled(self.facts, decision.recorded_on)
        check_transition(event_class.TOPIC, self.standing(decision.effective_on))

    def _decide(self, event_class: type[CertificationEvent], decision: Decision, **fields: object) -> None:
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
_STATES_FIELDS: Final[Collection[str]] = frozenset(
    {"certification.granted", "certification.adopted", "certification.transferred_in", "certification.corrected"}
)
