"""The decisions of a certification body, as commands: parsed once at the edge, then trusted."""

from dataclasses import dataclass, field
from datetime import date

from registry.domain.decision import Case
from registry.domain.past import Past


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a certification is about. ``reference`` is the body's own id of the person, if it has one."""

    name: str = field(repr=False)
    birth_date: date | None = field(default=None, repr=False)
    birth_place: str | None = field(default=None, repr=False)
    reference: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Basis:
    """What a decision rests on: its reference at the body, its legal day (None: today), an idempotency key.

    The same key with the same content returns the first answer; with another content it is refused.
    """

    decision: str
    effective_on: date | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class GrantCertification:
    """Certify a person for a profile.

    ``valid_until`` None takes the edition's validity; ``application`` is the application's reference at the body,
    ``received`` the kinds of evidence that it holds; ``exam`` the reference of the exam session.
    """

    body: str
    edition: str
    profile: str
    person: Person
    case: Case
    exam: str
    basis: Basis
    valid_until: date | None = None
    unaccredited: bool = False
    application: str | None = None
    received: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AdoptCertification:
    """Take in a certification that the body granted before the registry; ``past`` is what the body claims of it.

    ``former_number`` is the number of the certificate that it had.
    """

    body: str
    edition: str
    profile: str
    person: Person
    case: Case
    past: Past
    basis: Basis
    former_number: str | None = None
    unaccredited: bool = False


@dataclass(frozen=True, slots=True)
class ConfirmMaintenance:
    """Confirm a certification inside its cycle, on the kinds of ``evidence`` received; none named: on the records."""

    body: str
    number: str
    decider: str
    basis: Basis
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SuspendCertification:
    """Suspend a certification; ``deadline`` is the last day by which the body must decide again."""

    body: str
    number: str
    decider: str
    basis: Basis
    reason: str
    deadline: date


@dataclass(frozen=True, slots=True)
class ReinstateCertification:
    """Lift a suspension."""

    body: str
    number: str
    decider: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class WithdrawCertification:
    """Withdraw a certification, from now on, for ever."""

    body: str
    number: str
    decider: str
    basis: Basis
    reason: str


@dataclass(frozen=True, slots=True)
class RelinquishCertification:
    """Record that the person gives the certification up."""

    body: str
    number: str
    decider: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class RecertifyCertification:
    """Begin a new cycle, with a new certificate document."""

    body: str
    number: str
    case: Case
    exam: str
    basis: Basis
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class RefuseMaintenance:
    """Refuse to confirm a certification; its status stays."""

    body: str
    number: str
    decider: str
    basis: Basis
    reason: str


@dataclass(frozen=True, slots=True)
class ExtendScope:
    """Extend the scope to ``tasks``, all that hold afterwards."""

    body: str
    number: str
    decider: str
    basis: Basis
    tasks: tuple[str, ...]
    exam: str | None = None


@dataclass(frozen=True, slots=True)
class ReduceScope:
    """Reduce the scope to ``tasks``, all that hold afterwards."""

    body: str
    number: str
    decider: str
    basis: Basis
    reason: str
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProlongSuspension:
    """Give a suspension a later ``deadline``."""

    body: str
    number: str
    decider: str
    basis: Basis
    reason: str
    deadline: date


@dataclass(frozen=True, slots=True)
class AnnulCertification:
    """Annul a certification, from the start."""

    body: str
    number: str
    decider: str
    basis: Basis
    reason: str


@dataclass(frozen=True, slots=True)
class UpholdAppeal:
    """Reverse the decision that is event ``reverses`` of the certification, counted from 1."""

    body: str
    number: str
    decider: str
    basis: Basis
    reverses: int


@dataclass(frozen=True, slots=True)
class CorrectCertification:
    """Correct what the document says of the person, and issue it anew; what is None stays as it was."""

    body: str
    number: str
    decider: str
    basis: Basis
    name: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    birth_place: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ReissueCertificate:
    """Issue a further revision of the document; the one before is superseded."""

    body: str
    number: str
    basis: Basis


# Decisions that are one event and issue no document.
Plain = (
    ConfirmMaintenance
    | RefuseMaintenance
    | ExtendScope
    | ReduceScope
    | SuspendCertification
    | ProlongSuspension
    | ReinstateCertification
    | WithdrawCertification
    | RelinquishCertification
    | AnnulCertification
    | UpholdAppeal
)
Decided = Plain | RecertifyCertification | CorrectCertification | ReissueCertificate
# What begins a certification, with its first document.
Begun = GrantCertification | AdoptCertification
Command = Begun | Decided


@dataclass(frozen=True, slots=True)
class TransferCertification:
    """Hand a certification over from ``body`` to ``receiver``: two decisions, each of its own body.

    ``basis`` is the old body's; ``case`` says who decides at the receiver, and ``receiver_decision`` is the reference
    there. ``consented``: the holder agreed that the receiver gets the personal data. ``reference`` is the receiver's
    own id of the person.
    """

    body: str
    number: str
    decider: str
    basis: Basis
    receiver: str
    case: Case
    receiver_decision: str
    consented: bool
    reference: str | None = field(default=None, repr=False)
    unaccredited: bool = False
