"""What a decision says: the type of its event, and the claims that it hides behind digests."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final, assert_never

from registry.commands.decisions import (
    AdoptCertification,
    AnnulCertification,
    ConfirmMaintenance,
    CorrectCertification,
    ExtendScope,
    GrantCertification,
    Person,
    Plain,
    ProlongSuspension,
    RecertifyCertification,
    ReduceScope,
    RefuseMaintenance,
    ReinstateCertification,
    RelinquishCertification,
    SuspendCertification,
    TransferCertification,
    UpholdAppeal,
    WithdrawCertification,
)
from registry.domain.certification import Certification
from registry.domain.decision import Case, Decision
from registry.domain.edition import Edition
from registry.domain.evidence import EvidenceRecord
from registry.domain.exam import ExamSession, examined
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


def grant_claims(command: GrantCertification, number: str, exam: ExamSession | None = None) -> dict[str, Json]:
    """What a grant hides; ``exam`` is the recorded session that it names, if it names one."""
    person, case = command.person, examined(command.case, exam)
    claims: dict[str, Json] = {
        "number": number,
        **_person(person.name, person.birth_date, person.birth_place),
        "decision": command.basis.decision,
        "exam": _exam(command.exam, exam),
        **_case(case),
    }
    application = _application(command)
    return claims if application is None else claims | {"application": application}


def adoption_claims(command: AdoptCertification, number: str) -> dict[str, Json]:
    """What an adoption hides."""
    person = command.person
    claims: dict[str, Json] = {
        "number": number,
        **_person(person.name, person.birth_date, person.birth_place),
        "decision": command.basis.decision,
        **_case(command.case),
    }
    return claims if command.former_number is None else claims | {"former_number": command.former_number}


def handover_claims(command: TransferCertification) -> dict[str, Json]:
    """What the body hides that a certification leaves."""
    return {"decision": command.basis.decision, "decider": command.decider}


def takeover_claims(command: TransferCertification, person: Person, number: str) -> dict[str, Json]:
    """What the receiver of a certification hides."""
    stated = _person(person.name, person.birth_date, person.birth_place)
    return {"number": number, **stated, "decision": command.receiver_decision, "decider": command.case.decider}


def kept_scope_claims(command: TransferCertification) -> dict[str, Json]:
    """What the receiver hides where it keeps the scope that a certification had at the old body."""
    reason = f"as at {command.body}"
    return {"reason": reason, "decision": command.receiver_decision, "decider": command.case.decider}


def recertification_claims(command: RecertifyCertification, exam: ExamSession | None = None) -> dict[str, Json]:
    """What a recertification hides; ``exam`` is the recorded session that it names, if it names one."""
    case = examined(command.case, exam)
    return {"decision": command.basis.decision, "exam": _exam(command.exam, exam), **_case(case)}


def correction_claims(command: CorrectCertification) -> dict[str, Json]:
    """What a correction hides: of the person only what is corrected."""
    corrected = _person(command.name, command.birth_date, command.birth_place)
    stated = {name: value for name, value in corrected.items() if value is not None}
    return {**stated, "decision": command.basis.decision, "decider": command.decider}


def plain_claims(
    command: Plain, exam: ExamSession | None = None, records: Sequence[EvidenceRecord] = ()
) -> dict[str, Json]:
    """What a decision of one event hides: with the recorded ``exam`` session and the ``records`` that it rests on."""
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
        case ConfirmMaintenance() if records:
            claims["evidence"] = [_record(record) for record in records]
        case ExtendScope() if command.exam is not None:
            claims["exam"] = _exam(command.exam, exam)
        case _:
            pass
    return claims


def take(
    certification: Certification,
    decision: Decision,
    command: Plain,
    edition: Edition,
    records: Sequence[EvidenceRecord] = (),
) -> None:
    """Take a decision of one event; a confirmation that names no evidence rests on the ``records``.

    Raises:
        DomainError: a rule forbids it.
    """
    match command:
        case ConfirmMaintenance():
            certification.confirm_maintenance(decision, edition, command.evidence, records)
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


def _exam(reference: str, session: ExamSession | None) -> Json:
    """An exam: its reference alone, or the recorded session with its parts and examiners."""
    if session is None:
        return reference
    parts: list[Json] = [{"form": part.form, "held_on": format_day(part.held_on)} for part in session.parts]
    return {"session": session.reference, "parts": parts, "examiners": list(session.examiners)}


def _application(command: GrantCertification) -> Json:
    """An application: its reference alone, or the kinds of evidence in it, with its reference if it has one."""
    if not command.received:
        return command.application
    reference: dict[str, Json] = {} if command.application is None else {"reference": command.application}
    return {**reference, "received": [*sorted(set(command.received))]}


def _record(record: EvidenceRecord) -> Json:
    hours: dict[str, Json] = {} if record.hours is None else {"hours": record.hours}
    reference: dict[str, Json] = {} if record.reference is None else {"reference": record.reference}
    return {"kind": record.kind, "received_on": format_day(record.received_on), **hours, **reference}


def _case(case: Case) -> dict[str, Json]:
    return {"decider": case.decider, "examiners": list(case.examiners), "trainers": list(case.trainers)}
