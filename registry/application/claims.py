"""What a decision says: the type of its event, and the claims that it hides behind digests."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, assert_never

from registry.commands.decisions import (
    AnnulCertification,
    ConfirmMaintenance,
    CorrectCertification,
    ExtendScope,
    GrantCertification,
    Plain,
    ProlongSuspension,
    RecertifyCertification,
    ReduceScope,
    RefuseMaintenance,
    ReinstateCertification,
    RelinquishCertification,
    SuspendCertification,
    UpholdAppeal,
    WithdrawCertification,
)
from registry.domain.certification import Certification
from registry.domain.decision import Case, Decision
from registry.domain.edition import Edition
from verifier.encoding import Json, format_day

TOPICS: Final[Mapping[type[Plain], str]] = MappingProxyType(
    {
        ConfirmMaintenance: "certification.maintenance_confirmed",
        RefuseMaintenance: "certification.maintenance_refused",
        ExtendScope: "certification.scope_extended",
        ReduceScope: "certification.scope_reduced",
        SuspendCertification: "certification.suspended",
        ProlongSuspension: "certification.suspension_prolonged",
        ReinstateCertification: "certification.reinstated",
        WithdrawCertification: "certification.withdrawn",
        RelinquishCertification: "certification.relinquished",
        AnnulCertification: "certification.annulled",
        UpholdAppeal: "certification.appeal_upheld",
    }
)


def grant_claims(command: GrantCertification, number: str) -> dict[str, Json]:
    """What a grant hides."""
    person = command.person
    claims: dict[str, Json] = {
        "number": number,
        **_person(person.name, person.birth_date, person.birth_place),
        "decision": command.basis.decision,
        "exam": command.exam,
        **_case(command.case),
    }
    return claims if command.application is None else claims | {"application": command.application}


def recertification_claims(command: RecertifyCertification) -> dict[str, Json]:
    """What a recertification hides."""
    return {"decision": command.basis.decision, "exam": command.exam, **_case(command.case)}


def correction_claims(command: CorrectCertification) -> dict[str, Json]:
    """What a correction hides: of the person only what is corrected."""
    corrected = _person(command.name, command.birth_date, command.birth_place)
    stated = {name: value for name, value in corrected.items() if value is not None}
    return {**stated, "decision": command.basis.decision, "decider": command.decider}


def plain_claims(command: Plain) -> dict[str, Json]:
    """What a decision of one event hides."""
    claims: dict[str, Json] = {"decision": command.basis.decision, "decider": command.decider}
    match command:
        case (
            SuspendCertification()
            | WithdrawCertification()
            | RefuseMaintenance()
            | ReduceScope()
            | ProlongSuspension()
            | AnnulCertification()
        ):
            claims["reason"] = command.reason
        case ConfirmMaintenance() if command.evidence:
            claims["evidence"] = [*sorted(set(command.evidence))]
        case ExtendScope() if command.exam is not None:
            claims["exam"] = command.exam
        case _:
            pass
    return claims


def take(certification: Certification, decision: Decision, command: Plain, edition: Edition) -> None:
    """Take a decision of one event.

    Raises:
        DomainError: a rule forbids it.
    """
    match command:
        case ConfirmMaintenance():
            certification.confirm_maintenance(decision, edition, command.evidence)
        case RefuseMaintenance():
            certification.refuse_maintenance(decision)
        case ExtendScope():
            certification.extend_scope(decision, edition, command.tasks)
        case ReduceScope():
            certification.reduce_scope(decision, edition, command.tasks)
        case SuspendCertification():
            certification.suspend(decision, edition, command.deadline)
        case ProlongSuspension():
            certification.prolong_suspension(decision, edition, command.deadline)
        case ReinstateCertification():
            certification.reinstate(decision)
        case WithdrawCertification():
            certification.withdraw(decision)
        case RelinquishCertification():
            certification.relinquish(decision)
        case AnnulCertification():
            certification.annul(decision)
        case UpholdAppeal():
            certification.uphold_appeal(decision, command.reverses)
        case _:
            assert_never(command)


def _person(name: str | None, born: date | None, birth_place: str | None) -> dict[str, Json]:
    return {"name": name, "birth_date": None if born is None else format_day(born), "birth_place": birth_place}


def _case(case: Case) -> dict[str, Json]:
    return {"decider": case.decider, "examiners": list(case.examiners), "trainers": list(case.trainers)}
