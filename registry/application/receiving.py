"""Receives evidence for maintenance, and tells what the running period has and lacks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from registry.application.evidence import Filed
from registry.application.registry import Registry
from registry.commands.receiving import ReceiveEvidence
from registry.domain.certification import Certification
from registry.domain.evidence import EvidenceRecord, EvidenceRule, check_record, find_missing, of_running_period


@dataclass(frozen=True, slots=True)
class Received:
    """Evidence as filed; ``repeated``: the same was filed before, and is one record."""

    filed: Filed
    repeated: bool


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
    for filed in registry.evidence.of(numbered.certification):
        if replace(filed.record, recorded_at=moment.at) == record:
            return Received(filed, repeated=True)
    return Received(registry.evidence.add(numbered.certification, numbered.holder, record), repeated=False)


def file_of(registry: Registry, certification: Certification) -> File:
    """The evidence of a certification.

    Raises:
        HolderErasedError: the holder was erased.
    """
    records = registry.evidence.of(certification.id)
    counting = of_running_period([filed.record for filed in records], certification.facts)
    return File(records, counting, find_missing(_rule(registry, certification), counting))


def _rule(registry: Registry, certification: Certification) -> EvidenceRule:
    return registry.streams.edition(certification.edition).edition.rules.maintenance_evidence
