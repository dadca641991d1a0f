"""The beginnings of a certification: granted here, adopted from before the registry, taken over from another body."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from eventsourcing.domain import Aggregate

from registry.domain.body import CertificationBody
from registry.domain.certification import Certification
from registry.domain.decision import Case, Decision
from registry.domain.edition import Edition, check_day, check_open, last_valid_day, maintenance_rule
from registry.domain.edition import profile as find_profile
from registry.domain.errors import BackdatedError
from registry.domain.event import Adopted, Granted, TransferredIn
from registry.domain.guards import check_accredited, check_timely
from registry.domain.past import Past, check_past, past_of


@dataclass(frozen=True, slots=True)
class Beginning:
    """What every beginning rests on: its id and decision, who took part, the body, the edition.

    ``status_index`` is the certification's place in the snapshots' tree. ``unaccredited`` marks that the body decides
    though it is not accredited; every verdict then says so.
    """

    certification: UUID
    decision: Decision
    case: Case
    body: CertificationBody
    edition: Edition
    status_index: int
    unaccredited: bool = False


def grant(beginning: Beginning, profile: str, valid_until: date | None) -> Certification:
    """Grant a certification for ``profile`` until the last valid day ``valid_until``; None takes the edition's.

    Raises:
        DomainError: a rule forbids it; its subclass says which.
    """
    decision, edition = beginning.decision, beginning.edition
    beginning.case.check_four_eyes()
    if decision.effective_on < decision.recorded_on:
        raise BackdatedError("a grant is never effective before it is recorded")
    check_day(decision.effective_on)
    _check_profile(beginning, profile)
    last_day = last_valid_day(edition.rules, decision.effective_on, valid_until)
    return _begin(Granted, beginning, profile, valid_until=last_day)


def adopt(beginning: Beginning, profile: str, past: Past) -> Certification:
    """Take in a certification for ``profile`` that the body granted before the registry; ``past`` is its claim.

    Raises:
        DomainError: a rule forbids it; its subclass says which.
    """
    beginning.case.check_four_eyes()
    check_timely(Adopted.TOPIC, beginning.decision)
    _check_profile(beginning, profile)
    check_past(beginning.edition.rules, past, beginning.decision.effective_on)
    return _begin(Adopted, beginning, profile, **past.days())


def transfer_in(beginning: Beginning, left: Certification, out_sha256: bytes) -> Certification:
    """Go on with a certification that has just left another body: with its days, for its whole profile.

    ``out_sha256`` is the chain hash of the event with which it left. What was reduced there has to be reduced here.

    Raises:
        DomainError: a rule forbids it; its subclass says which.
    """
    decision = beginning.decision
    beginning.case.check_four_eyes()
    check_timely(TransferredIn.TOPIC, decision)
    past, counted_from = past_of(left.facts, decision.effective_on, maintenance_rule(beginning.edition.rules))
    return _begin(
        TransferredIn, beginning, left.profile, origin=left.id, out_sha256=out_sha256, **past.days(),
        counted_from=counted_from,
    )  # fmt: skip


def _check_profile(beginning: Beginning, profile: str) -> None:
    find_profile(beginning.edition, profile)
    check_open(beginning.edition.rules, beginning.decision.effective_on)


def _begin(event_class: type[Aggregate.Created], beginning: Beginning, profile: str, **fields: object) -> Certification:
    decision = beginning.decision
    check_accredited(beginning.body, beginning.edition, profile, decision, unaccredited=beginning.unaccredited)
    return Certification._create(
        event_class,
        id=beginning.certification,
        timestamp=decision.decided_at,
        event_id=decision.event_id,
        effective_on=decision.effective_on,
        body=beginning.body.body,
        edition=beginning.edition.slug,
        profile=profile,
        digests=decision.digests,
        status_index=beginning.status_index,
        **fields,
    )
