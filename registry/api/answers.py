"""What a body is answered, as JSON: the receipt of a decision, and a certification as it stands."""

from datetime import date, datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from pydantic import BaseModel, Field, PlainSerializer, WithJsonSchema

from keys.errors import HolderErasedError
from registry.application.answers import Recorded
from registry.application.preparations import Preparation
from registry.application.registry import Registry
from registry.documents.symbol import certificate_link
from registry.errors import UnknownError
from registry.store.submission import Receipt
from registry.vault import Numbered
from verifier.certificate import parse_token
from verifier.encoding import format_base64url, format_instant
from verifier.event import parse_event
from verifier.lives import Events

Instant: TypeAlias = Annotated[
    datetime, PlainSerializer(format_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
_DOCUMENTS = frozenset({"certificate.issued", "certificate.reissued"})


class Entry(BaseModel):
    """A log entry that the decision made, with its inclusion proof: keep both, they are the body's receipt."""

    leaf_index: int
    proof: str = Field(description="C2SP tlog-proof: leaf index, inclusion proof, signed checkpoint")


class Document(BaseModel):
    """A certificate document: the token, in base64url, and the link that its code holds."""

    revision: int
    token: str
    link: str


class Decided(BaseModel):
    """A decision that is in the log. ``repeated``: it was recorded before, under this idempotency key."""

    number: str
    certification: UUID
    repeated: bool
    recorded_at: Instant
    tree_size: int
    checkpoint: str = Field(description="C2SP checkpoint in a signed note")
    entries: list[Entry]
    document: Document | None = Field(
        description="the certificate that the decision issued, unless its holder was erased"
    )


class Prepared(BaseModel):
    """What waits to be signed, as ``attesto home sign`` takes it: base64url of the exact bytes."""

    preparation: UUID
    body: str
    events: list[str] = Field(description="the signing input of each event's JWS, in order")
    token: str | None = Field(description="the certificate's Sig_structure, where the decision issues one")
    expires_at: Instant


class Standing(BaseModel):
    """What a certification is on a legal day, by the status rule."""

    on: date
    state: str
    since: date | None
    valid_until: date | None
    deadline: date | None
    maintenance_due_on: date | None
    scope: list[str] | None = Field(description="the tasks covered, sorted; null where it is the whole profile")
    conditions: list[str]


class LoggedDecision(BaseModel):
    """An event of the certification. ``decided_at`` is when it was prepared."""

    leaf_index: int
    type: str
    effective_on: date
    decided_at: Instant


class Certification(BaseModel):
    """A certification of the body that asks."""

    number: str
    certification: UUID
    edition: str
    profile: str
    standing: Standing
    events: list[LoggedDecision]
    document: Document | None = Field(description="the newest certificate, unless its holder was erased")


class Answers:
    """Makes answers from a registry's records; ``address`` is the page's, for links."""

    def __init__(self, registry: Registry, address: str) -> None:
        """Answer for ``registry``."""
        self._registry = registry
        self._address = address

    def decided(self, made: Recorded) -> Decided:
        """The answer to a decision."""
        receipt = made.receipt
        return Decided(
            number=made.number,
            certification=made.certification,
            repeated=made.repeated,
            recorded_at=receipt.recorded_at,
            tree_size=receipt.size,
            checkpoint=receipt.checkpoint.decode(),
            entries=[_entry(receipt, index) for index in receipt.indexes],
            document=self._issued(made),
        )

    def certification(self, numbered: Numbered) -> Certification:
        """A certification as it stands today."""
        lives = self._registry.streams.lives(numbered.certification)
        events = lives[0]
        first = events[0].event
        return Certification(
            number=numbered.number,
            certification=numbered.certification,
            edition=first.text("edition"),
            profile=first.text("profile"),
            standing=self._standing(lives),
            events=[
                LoggedDecision(
                    leaf_index=logged.index,
                    type=logged.event.type,
                    effective_on=logged.event.effective_on,
                    decided_at=logged.event.decided_at,
                )
                for logged in events
            ],
            document=self._document(numbered.certification, numbered.number, _revision(events)),
        )

    def _standing(self, lives: tuple[Events, ...]) -> Standing:
        moment = self._registry.moment()
        _, standing = self._registry.streams.follow(lives, moment.today, moment.at)
        return Standing(
            on=moment.today,
            state=standing.state,
            since=standing.since,
            valid_until=standing.valid_until,
            deadline=standing.deadline,
            maintenance_due_on=standing.maintenance_due_on,
            scope=None if standing.scope is None else list(standing.scope),
            conditions=[str(condition) for condition in standing.conditions],
        )

    def _issued(self, made: Recorded) -> Document | None:
        """The document that a decision issued; of a repeated one it is looked up."""
        if made.token is not None:
            return self._made(made.number, made.token)
        for index in made.receipt.indexes:
            (entry,) = self._registry.store.log.entries(index, index + 1)
            if entry.topic in _DOCUMENTS:
                return self._document(made.certification, made.number, parse_event(entry.body).integer("revision"))
        return None

    def _document(self, certification: UUID, number: str, revision: int) -> Document | None:
        try:
            token, _ = self._registry.document(certification, revision)
        except (HolderErasedError, UnknownError):
            return None
        return self._made(number, token)

    def _made(self, number: str, token: bytes) -> Document:
        revision = parse_token(token).claims.revision
        return Document(
            revision=revision, token=format_base64url(token), link=certificate_link(self._address, number, token)
        )


def prepared(made: Preparation) -> Prepared:
    """The answer to a decision that waits for signatures."""
    to_sign = made.to_sign
    return Prepared(
        preparation=to_sign.preparation,
        body=to_sign.body,
        events=[format_base64url(event) for event in to_sign.events],
        token=None if to_sign.token is None else format_base64url(to_sign.token),
        expires_at=made.expires_at,
    )


def _entry(receipt: Receipt, index: int) -> Entry:
    return Entry(leaf_index=index, proof=receipt.proof(index))


def _revision(events: Events) -> int:
    return max(logged.event.integer("revision") for logged in events if logged.event.type in _DOCUMENTS)
