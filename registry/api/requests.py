"""What a body may ask for, as JSON: strict models, each of which becomes one command."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final, TypeAlias
from unicodedata import normalize

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from registry.commands.decisions import (
    AnnulCertification,
    Basis,
    Command,
    ConfirmMaintenance,
    CorrectCertification,
    ExtendScope,
    GrantCertification,
    ProlongSuspension,
    RecertifyCertification,
    ReduceScope,
    RefuseMaintenance,
    ReinstateCertification,
    ReissueCertificate,
    RelinquishCertification,
    SuspendCertification,
    UpholdAppeal,
    WithdrawCertification,
)
from registry.commands.decisions import Person as CertifiedPerson
from registry.commands.people_cells import MAX_PEOPLE, MAX_REASON, MAX_TEXT
from registry.domain.decision import Case as CertificationCase
from verifier.certificate import MAX_NAME_CHARACTERS
from verifier.encoding import parse_day
from verifier.errors import FormatError

MAX_TASKS: Final = 256
_FIRST_BIRTH: Final = date(1850, 1, 1)


def _day(value: object) -> object:
    # One spelling; pydantic would also take "0" for a day in 1970.
    if not isinstance(value, str):
        return value
    try:
        return parse_day(value)
    except FormatError as error:
        raise ValueError(str(error)) from error


def _line(text: str) -> str:
    text = normalize("NFC", text)
    # The joiners are part of Persian and Indian names.
    if not text.replace("\u200c", "").replace("\u200d", "").isprintable():
        raise ValueError("has characters that cannot be printed")
    if text != " ".join(text.split()):
        raise ValueError("has white space at an end or twice in a row")
    return text


def _born(day: date) -> date:
    if day < _FIRST_BIRTH:
        raise ValueError(f"is before {_FIRST_BIRTH}")
    return day


Day: TypeAlias = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Line: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT), AfterValidator(_line)]
Name: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME_CHARACTERS), AfterValidator(_line)]
Reason: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=MAX_REASON), AfterValidator(_line)]
Slug: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$")]
Tasks: TypeAlias = Annotated[tuple[Slug, ...], Field(min_length=1, max_length=MAX_TASKS)]
Kinds: TypeAlias = Annotated[tuple[Slug, ...], Field(max_length=16)]
People: TypeAlias = Annotated[tuple[Line, ...], Field(max_length=MAX_PEOPLE)]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks and of what: the body, the idempotency key, the certification's number (empty for a grant)."""

    body: str
    key: str
    number: str = ""


class Model(BaseModel):
    """A request, or a part of one: nothing is converted and nothing is ignored."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Person(Model):
    """Whom the certification is about. ``reference`` is the body's own id of the person."""

    name: Name
    birth_date: Annotated[Day, AfterValidator(_born)] | None = None
    birth_place: Line | None = None
    reference: Line | None = None

    def person(self) -> CertifiedPerson:
        """The person of a command."""
        return CertifiedPerson(self.name, self.birth_date, self.birth_place, self.reference)


class Case(Model):
    """Who took part, by the body's own ids: who decides was neither examiner nor trainer."""

    decider: Line
    examiners: Annotated[People, Field(min_length=1)]
    trainers: People = ()

    def case(self) -> CertificationCase:
        """The case of a command."""
        return CertificationCase(self.decider, self.examiners, self.trainers)


class Decision(Model):
    """What every decision rests on: its reference at the body, and the day it takes effect (absent: today)."""

    decision: Line
    effective_on: Day | None = None

    def basis(self, asked: Asked) -> Basis:
        """The basis of a command."""
        return Basis(self.decision, self.effective_on, asked.key)


class Grant(Decision):
    """Certify a person for a profile of a scheme edition; ``received`` are the kinds of evidence in the application."""

    edition: Slug
    profile: Slug
    person: Person
    case: Case
    exam: Line
    valid_until: Day | None = None
    unaccredited: bool = False
    application: Line | None = None
    received: Kinds = ()

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        return GrantCertification(
            asked.body, self.edition, self.profile, self.person.person(), self.case.case(), self.exam,
            self.basis(asked), self.valid_until, self.unaccredited, self.application, self.received,
        )  # fmt: skip


class Confirmation(Decision):
    """Confirm the certification inside its cycle; ``evidence`` names the kinds received, absent: the records count."""

    decider: Line
    evidence: Kinds = ()

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        return ConfirmMaintenance(asked.body, asked.number, self.decider, self.basis(asked), self.evidence)


class Suspension(Decision):
    """Suspend the certification; ``deadline`` is the last day by which the body decides again."""

    decider: Line
    reason: Reason
    deadline: Day

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        return SuspendCertification(
            asked.body, asked.number, self.decider, self.basis(asked), self.reason, self.deadline
        )


class Reinstatement(Decision):
    """Lift a suspension; the gap stays visible."""

    decider: Line

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        return ReinstateCertification(asked.body, asked.number, self.decider, self.basis(asked))


class Withdrawal(Decision):
    """Withdraw the certification, from now on and for ever."""

    decider: Line
    reason: Reason

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        return WithdrawCertification(asked.body, asked.number, self.decider, self.basis(asked), self.reason)


class Relinquishment(Decision):
    """Record that the person gives the certification up, from now on and for ever."""

    decider: Line

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        return RelinquishCertification(asked.body, asked.number, self.decider, self.basis(asked))


class Recertification(Decision):
    """Begin a new cycle, with a new document."""

    case: Case
    exam: Line
    valid_until: Day | None = None

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        return RecertifyCertification(
            asked.body, asked.number, self.case.case(), self.exam, self.basis(asked), self.valid_until
        )


class Refusal(Decision):
    """Refuse to confirm the certification; its status stays, the refusal shows beside it."""

    decider: Line
    reason: Reason

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        return RefuseMaintenance(asked.body, asked.number, self.decider, self.basis(asked), self.reason)


class Extension(Decision):
    """Extend the scope; ``tasks`` are all that hold afterwards."""

    decider: Line
    tasks: Tasks
    exam: Line | None = None

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        return ExtendScope(asked.body, asked.number, self.decider, self.basis(asked), self.tasks, self.exam)


class Reduction(Decision):
    """Reduce the scope; ``tasks`` are all that hold afterwards."""

    decider: Line
    reason: Reason
    tasks: Tasks

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        return ReduceScope(asked.body, asked.number, self.decider, self.basis(asked), self.reason, self.tasks)


class Prolongation(Decision):
    """Give a suspension a later deadline."""

    decider: Line
    reason: Reason
    deadline: Day

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        return ProlongSuspension(asked.body, asked.number, self.decider, self.basis(asked), self.reason, self.deadline)


class Immediate(Model):
    """What a decision rests on that takes effect on the day it is recorded, and on no other."""

    decision: Line
    decider: Line

    def basis(self, asked: Asked) -> Basis:
        """The basis of a command."""
        return Basis(self.decision, None, asked.key)


class Annulment(Immediate):
    """Annul the certification, from the start: it never was, on any day."""

    reason: Reason

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        return AnnulCertification(asked.body, asked.number, self.decider, self.basis(asked), self.reason)


class Appeal(Immediate):
    """Uphold an appeal: the suspension, withdrawal or annulment that is event ``reverses``, from 1, is reversed."""

    reverses: Annotated[int, Field(ge=1, lt=2**31)]

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        return UpholdAppeal(asked.body, asked.number, self.decider, self.basis(asked), self.reverses)


class Correction(Immediate):
    """Correct what the document says of the person, and issue it anew; what is absent stays as it was."""

    name: Name | None = None
    birth_date: Annotated[Day, AfterValidator(_born)] | None = None
    birth_place: Line | None = None

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        return CorrectCertification(
            asked.body, asked.number, self.decider, self.basis(asked), self.name, self.birth_date, self.birth_place
        )


class Reissue(Model):
    """Issue the certificate's document anew; the one before is superseded."""

    decision: Line

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        return ReissueCertificate(asked.body, asked.number, Basis(self.decision, None, asked.key))


Request: TypeAlias = (
    Grant
    | Confirmation
    | Refusal
    | Extension
    | Reduction
    | Suspension
    | Prolongation
    | Reinstatement
    | Withdrawal
    | Relinquishment
    | Annulment
    | Appeal
    | Recertification
    | Correction
    | Reissue
)
# What may be done with a certification that is there, by the last part of its address.
ACTIONS: Final[Mapping[str, type[Request]]] = MappingProxyType(
    {
        "confirm": Confirmation,
        "refuse": Refusal,
        "extend": Extension,
        "reduce": Reduction,
        "suspend": Suspension,
        "prolong": Prolongation,
        "reinstate": Reinstatement,
        "withdraw": Withdrawal,
        "relinquish": Relinquishment,
        "annul": Annulment,
        "appeal": Appeal,
        "recertify": Recertification,
        "correct": Correction,
        "reissue": Reissue,
    }
)
