"""Prepare: a command becomes the exact bytes that the body has to sign; nothing is stored yet.

Guards run, chance is drawn, claims are hidden behind digests, and the events are chained, all before a key is touched.
So a body may sign at home: what it signs is what is stored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from keys.disclosure import make_disclosures
from keys.signing import jws_signing_input
from registry.application.claims import (
    TOPICS,
    correction_claims,
    grant_claims,
    plain_claims,
    recertification_claims,
    take,
)
from registry.application.streams import Loaded, Published
from registry.commands.decisions import (
    Begun,
    CorrectCertification,
    Decided,
    GrantCertification,
    Person,
    RecertifyCertification,
    ReissueCertificate,
    TransferCertification,
)
from registry.domain.beginning import Beginning, grant
from registry.domain.body import CertificationBody
from registry.domain.certification import Certification
from registry.domain.decision import Decision
from registry.domain.edition import BirthShown, birth_shown
from registry.domain.errors import CorrectionError
from registry.domain.evidence import EvidenceRecord, check_application
from registry.domain.exam import ExamSession, check_exam, check_foundation
from registry.store.mapper import DomainEvent, SignedMapper
from registry.store.store import Clock
from registry.vault import Holder
from verifier.certificate import Certificate, signing_input, token_digest
from verifier.encoding import Json, legal_day
from verifier.errors import KeyNotInForceError
from verifier.event import EVENT, TYPES
from verifier.key import PublicKey
from verifier.number import format_number
from verifier.trust import KeyRecord

Chance = Callable[[int], bytes]
NUMBER_BITS: Final = 60


@dataclass(frozen=True, slots=True)
class Moment:
    """When a decision is prepared: the instant (UTC, to the second) and its legal day."""

    at: datetime
    today: date


def moment_of(clock: Clock, recorded_until: datetime) -> Moment:
    """Now, never before ``recorded_until``, up to which the log is known to have recorded."""
    at = max(clock().astimezone(UTC).replace(microsecond=0), recorded_until)
    return Moment(at, legal_day(at))


@dataclass(frozen=True, slots=True)
class Unsigned:
    """An event's place and the bytes to sign: header.payload of its JWS."""

    event_id: UUID
    stream: UUID
    sequence: int
    topic: str
    signing_input: bytes


@dataclass(frozen=True, slots=True)
class UnsignedToken:
    """A certificate's claims and the bytes to sign with the body's token key."""

    certificate: Certificate
    key: PublicKey
    signing_input: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A decision, ready to be signed.

    ``key`` must sign the events; ``hidden`` holds, by event id, the disclosures that go to the vault; ``expects`` the
    streams that must still stand; ``prepared_on`` is the legal day for which the guards ran; ``exam`` the reference of
    the recorded exam session that the decision rests on.
    """

    body: str
    certification: UUID
    number: str
    holder: Holder
    new_holder: bool
    key: PublicKey
    events: tuple[Unsigned, ...]
    token: UnsignedToken | None
    hidden: Mapping[UUID, Mapping[str, str]] = field(repr=False)
    expects: Mapping[UUID, int]
    prepared_on: date
    exam: str | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """What of the person a certificate shows."""

    name: str = field(repr=False)
    birth_year: int | None = field(default=None, repr=False)


class Draft:
    """Collects what one decision makes: ids, digests and what they hide."""

    def __init__(self, moment: Moment, chance: Chance) -> None:
        """Draw from ``chance`` at ``moment``."""
        self._moment = moment
        self._chance = chance
        self.hidden: dict[UUID, Mapping[str, str]] = {}

    def decision(self, topic: str, claims: Mapping[str, Json], effective_on: date | None) -> Decision:
        """A decision of its own id, its claims hidden behind as many digests as its type carries."""
        event_id = draw_id(self._chance)
        digests: tuple[str, ...] = ()
        if count := TYPES[topic].digests:
            digests, self.hidden[event_id] = make_disclosures(claims, count, self._chance)
        today = self._moment.today
        return Decision(event_id, self._moment.at, effective_on or today, today, digests)


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision is prepared in: the body, its keys, the edition, the moment, chance, the body's own records.

    ``exam`` is the recorded session that the command names, ``records`` the evidence of the running maintenance period.
    """

    mapper: SignedMapper
    body: Loaded[CertificationBody]
    keys: Sequence[KeyRecord]
    published: Published
    moment: Moment
    chance: Chance
    exam: ExamSession | None = None
    records: Sequence[EvidenceRecord] = ()

    @property
    def event_key(self) -> PublicKey:
        """The body's current event key."""
        return current_key(self.keys, "event", self.body.aggregate.body)

    @property
    def token_key(self) -> PublicKey:
        """The body's current token key."""
        return current_key(self.keys, "token", self.body.aggregate.body)

    @property
    def expects(self) -> dict[UUID, int]:
        """The streams that the guards looked at, with the sequence they stood at."""
        body, edition = self.body.aggregate, self.published.stream
        return {body.id: body.version, edition.id: edition.version}


def current_key(keys: Sequence[KeyRecord], purpose: str, slug: str) -> PublicKey:
    """The key of its ``keys`` with which the body ``slug`` signs now: the youngest of that purpose that is in force.

    Raises:
        KeyNotInForceError: none is.
    """
    standing = find_current_key(keys, purpose)
    if standing is None:
        raise KeyNotInForceError(f"body {slug} has no {purpose} key in force; enrol one first")
    return standing


def find_current_key(keys: Sequence[KeyRecord], purpose: str) -> PublicKey | None:
    """The key with which a body signs now, None where none is in force."""
    standing = [r.key for r in keys if r.purpose == purpose and r.retired_at is None and r.doubtful_from is None]
    return standing[-1] if standing else None


def prepare_grant(
    command: GrantCertification, context: Context, holder: Holder, *, new: bool, status_index: int
) -> Prepared:
    """Prepare a grant with its first certificate.

    Raises:
        DomainError: a rule forbids it.
    """
    draft = Draft(context.moment, context.chance)
    number = draw_number(context.chance)
    claims = grant_claims(command, number, context.exam)
    decision = draft.decision("certification.granted", claims, command.basis.effective_on)
    context.published.stream.check_open(decision.effective_on)
    check_application(context.published.edition.rules.acquisition, command.received)
    check_exam(context.exam, context.published.edition.rules.acquisition)
    _check_foundation(context, decision, command.case.decider)
    beginning = beginning_of(command, context, decision, status_index)
    certification = grant(beginning, command.profile, command.valid_until)
    token = issue_document(certification, draft, context, holder, number, printed_of(command.person, context))
    return assemble(certification, None, draft, context, holder, number, token, new=new)


def beginning_of(
    command: Begun | TransferCertification, context: Context, decision: Decision, status_index: int
) -> Beginning:
    """What a certification begins on that ``command`` grants, adopts or takes over; its id is drawn here."""
    stream = draw_id(context.chance)
    body, edition = context.body.aggregate, context.published.edition
    return Beginning(stream, decision, command.case, body, edition, status_index, command.unaccredited)


def prepare_decision(
    command: Decided, context: Context, loaded: Loaded[Certification], holder: Holder, number: str, printed: Printed
) -> Prepared:
    """Prepare a decision on a certification that is there.

    Raises:
        DomainError: a rule forbids it.
    """
    draft, certification, edition = Draft(context.moment, context.chance), loaded.aggregate, context.published.edition
    token = None
    day = command.basis.effective_on
    match command:
        case RecertifyCertification():
            claims = recertification_claims(command, context.exam)
            decision = draft.decision("certification.recertified", claims, day)
            _check_foundation(context, decision, command.case.decider)
            certification.recertify(decision, command.case, edition, command.valid_until)
            token = issue_document(certification, draft, context, holder, number, printed)
        case CorrectCertification():
            decision = draft.decision("certification.corrected", correction_claims(command), day)
            certification.correct(decision, _stated_by(certification))
            token = issue_document(certification, draft, context, holder, number, _corrected(printed, command, context))
        case ReissueCertificate():
            token = issue_document(certification, draft, context, holder, number, printed)
        case _:
            claims = plain_claims(command, context.exam, context.records)
            decision = draft.decision(TOPICS[type(command)], claims, day)
            _check_foundation(context, decision, command.decider)
            take(certification, decision, command, edition, context.records)
    return assemble(certification, loaded.chain, draft, context, holder, number, token, new=False)


def _check_foundation(context: Context, decision: Decision, decider: str) -> None:
    if context.exam is not None:
        check_foundation(context.exam, context.published.edition.slug, decision.effective_on, decider)


def draw_id(chance: Chance) -> UUID:
    """A random id: a UUID of version 4 (RFC 9562, section 5.4)."""
    return UUID(bytes=chance(16), version=4)


def draw_number(chance: Chance) -> str:
    """A number that nobody can guess."""
    return format_number(int.from_bytes(chance(8)) >> 64 - NUMBER_BITS)


def printed_of(person: Person, context: Context) -> Printed:
    """What a certificate shows of a person under the edition."""
    return Printed(person.name, shown_birth_year(person.birth_date, context))


def shown_birth_year(born: date | None, context: Context) -> int | None:
    """The year of birth, where the edition wants it on the certificate."""
    shown = birth_shown(context.published.edition.rules)
    return None if born is None or shown is BirthShown.NOTHING else born.year


def _stated_by(certification: Certification) -> int:
    """The sequence of the event whose fields hold: the newest correction, or the first event."""
    corrections = [fact.sequence for fact in certification.facts if fact.type == "certification.corrected"]
    return max(corrections, default=1)


def _corrected(printed: Printed, command: CorrectCertification, context: Context) -> Printed:
    if command.name is None and command.birth_date is None and command.birth_place is None:
        raise CorrectionError("a correction names what it corrects: the name, the day or the place of birth")
    year = printed.birth_year if command.birth_date is None else shown_birth_year(command.birth_date, context)
    return Printed(command.name or printed.name, year)


def issue_document(
    certification: Certification, draft: Draft, context: Context, holder: Holder, number: str, printed: Printed
) -> UnsignedToken:
    """Issue the next document of a certification, which states what its events so far came to.

    Raises:
        TransitionError: there is nothing that a document could state.
        KeyNotInForceError: the body has no key that could sign it.
    """
    latest = max(certification.facts, key=lambda fact: (fact.valid_until is not None, fact.sequence))
    decision = draft.decision("certificate.issued", {}, max(latest.effective_on, context.moment.today))
    certificate = Certificate(
        body=certification.body,
        issued_at=context.moment.at,
        valid_until=latest.valid_until or decision.effective_on,
        token_id=context.chance(16),
        number=number,
        revision=certification.revision + 1,
        edition=certification.edition,
        profile=certification.profile,
        status_index=certification.status_index,
        holder_tag=holder.tag,
        name=printed.name,
        birth_year=printed.birth_year,
    )
    key = context.token_key
    to_sign = signing_input(certificate, key)
    certification.issue(decision, token_digest(to_sign))
    return UnsignedToken(certificate, key, to_sign)


def assemble(
    certification: Certification,
    chain: bytes | None,
    draft: Draft,
    context: Context,
    holder: Holder,
    number: str,
    token: UnsignedToken | None,
    *,
    new: bool,
) -> Prepared:
    """What a draft came to: the certification's new events, chained from ``chain`` on, with everything beside them.

    Raises:
        KeyNotInForceError: the body has no key that could sign them.
    """
    key, body = context.event_key, certification.body
    events = _unsigned(certification.collect_events(), chain, key, context.mapper)
    expects, today = context.expects, context.moment.today
    exam = None if context.exam is None else context.exam.reference
    return Prepared(body, certification.id, number, holder, new, key, events, token, draft.hidden, expects, today, exam)


def _unsigned(
    events: Sequence[DomainEvent], chain: bytes | None, key: PublicKey, mapper: SignedMapper
) -> tuple[Unsigned, ...]:
    unsigned = []
    for event in events:
        to_sign = jws_signing_input(key, EVENT, mapper.payload(event, chain))
        chain = sha256(to_sign).digest()
        topic = type(event).TOPIC  # type: ignore[attr-defined]
        unsigned.append(
            Unsigned(vars(event)["event_id"], event.originator_id, event.originator_version, topic, to_sign)
        )
    return tuple(unsigned)
