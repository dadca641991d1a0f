"""Receives evidence for maintenance, and tells what the running period has and lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from registry.application.evidence import Filed, Received
from registry.application.registry import Registry
from registry.commands.receiving import ReceiveEvidence
from registry.domain.certification import Certification
from registry.domain.evidence import EvidenceRecord, EvidenceRule, check_record, find_missing, of_running_period


@dataclass(frozen=True, slots=True)
class File:
    """A certification's evidence: every record, those that count in the running period, and what that lacks."""

    records: Sequence[Filed]
    counting: Sequence[EvidenceRecord]
    missing: Sequence[str]


def receive(registry: Registry, command: ReceiveEvidence) -> Received:
    """File evidence; what is the same in kind, day, hours and reference is one record.

    Raises:
        UnknownError: no such number here.
        ForeignError: it is another body's.
        HolderErasedError: the holder was erased.
        DomainError: the certification takes no such evidence.
    """
    numbered, certification = registry.certification(command.number, command.body)
    moment = registry.moment()
    received_on = command.received_on or moment.today
    record = EvidenceRecord(command.kind, received_on, moment.at, command.hours, command.reference)
    check_record(_rule(registry, certification), record, certification.standing(moment.today))
    return registry.evidence.add(numbered.certification, numbered.holder, record)


def file_of(registry: Registry, certification: Certification) -> File:
    """The evidence of a certification.

    Raises:
        HolderErasedError: the holder was erased.
    """
    return _file(registry, certification, registry.evidence.of(certification.id))


def files_of(registry: Registry, certifications: Sequence[UUID]) -> dict[UUID, File]:
    """The evidence of many certifications, by their ids.

    Raises:
        UnknownError: one is not here.
        HolderErasedError: a holder was erased.
    """
    records = registry.evidence.of_all(certifications)
    return {
        id_: _file(registry, registry.streams.certification(id_).aggregate, records.get(id_, []))
        for id_ in certifications
    }


def _file(registry: Registry, certification: Certification, records: Sequence[Filed]) -> File:
    counting = of_running_period([filed.record for filed in records], certification.facts)
    return File(records, counting, find_missing(_rule(registry, certification), counting))


def _rule(registry: Registry, certification: Certification) -> EvidenceRule:
    return registry.streams.edition(certification.edition).edition.rules.maintenance_evidence
