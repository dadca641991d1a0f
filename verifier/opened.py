"""A bundle opened: its bytes are proven to be in the log, signed by whom they should be, and say what they say."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final

from verifier.bundle import Bundle, Record
from verifier.checkpoint import Checkpoint, open_checkpoint
from verifier.disclosure import parse_disclosure
from verifier.edition import EditionHistory, edition_history
from verifier.errors import FormatError
from verifier.event import Event, Snapshot, parse_event
from verifier.head import check_inclusions, open_snapshot
from verifier.lives import Life, check_signed, open_life, open_origins, open_receiver
from verifier.report import Checklist, Question
from verifier.status import Fact
from verifier.stream import LoggedEvent, open_stream
from verifier.trust import BodyHistory, TrustRoot

ERASED: Final = "certification.personal_data_erased"
_NO_NUMBER: Final = "the record discloses no number that the grant holds"


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle whose bytes are proven to be in the log, with what they say.

    ``lives`` are this certification and, where it was transferred, those that it goes on from, the newest first;
    ``receiver`` is the body that it was handed over to.
    """

    bundle: Bundle
    checkpoint: Checkpoint
    snapshot: Snapshot
    snapshot_at: datetime
    events: tuple[LoggedEvent, ...]
    body: BodyHistory
    edition: EditionHistory
    lives: tuple[Life, ...]
    receiver: BodyHistory | None = None

    @property
    def first(self) -> Event:
        """The event that the certification begins with."""
        return self.events[0].event

    @property
    def erased(self) -> bool:
        """Whether the body recorded that the holder's data were erased."""
        return any(logged.event.type == ERASED for logged in self.events)

    @property
    def nameless(self) -> bool:
        """Whether the record is an erased certification's, and nothing in it says its number any more."""
        return self.erased and not self.bundle.certification.disclosures

    @property
    def facts(self) -> tuple[dict[int, Fact], ...]:
        """What the status rule folds of each life, by log index."""
        return tuple({logged.index: fact_of(logged) for logged in life.events} for life in self.lives)

    @property
    def latest_at(self) -> datetime:
        """The latest instant that the log names in what is at hand."""
        events = [logged.recorded_at for life in self.lives for logged in life.events]
        return max(self.snapshot_at, *events, *(a.recorded_at for life in self.lives for a in life.body.accreditations))

    def known(self, question: Question, known_at: datetime) -> datetime:
        """The K to judge by: whatever is at hand is known now, also where the log's clock is a little ahead."""
        return known_at if known_at < question.now else max(known_at, self.latest_at)


def fact_of(logged: LoggedEvent) -> Fact:
    """What the status rule needs of a logged event."""
    event = logged.event
    day = partial(_day_of, event)
    return Fact(
        event.type,
        event.sequence,
        event.effective_on,
        logged.recorded_at,
        day("valid_until"),
        day("deadline"),
        event.integer("reverses") if "reverses" in event.content else None,
        day("granted_on"),
        day("cycle_starts_on"),
        day("maintained_from"),
        event.slugs("scope") if "scope" in event.content else None,
        day("counted_from"),
    )


def _day_of(event: Event, name: str) -> date | None:
    return event.day(name) if name in event.content else None


def open_bundle(checks: Checklist, trust: TrustRoot, bundle: Bundle) -> Opened:
    """Make the checks from the head's signature to the events' signatures.

    Raises:
        StoppedError: one did not pass; ``checks`` says which.
    """
    with checks.check("checkpoint"):
        checkpoint = open_checkpoint(bundle.checkpoint, trust.origin, trust.log_key)
    with checks.check("inclusion"):
        check_inclusions(bundle.entries(), bundle.proofs, checkpoint)
    with checks.check("chain"):
        snapshot, at = open_snapshot(bundle.snapshot, bundle.snapshot_time, trust)
        events, body_events, edition_events = (
            open_stream(record, trust.origin, trust.operator_key) for _, record in bundle.records
        )
        origins = open_origins(bundle, events, trust)
    with checks.check("body"):
        lives = tuple(open_life(*one, trust) for one in ((events, body_events), *origins))
        receiver = open_receiver(bundle, events, trust)
        edition = edition_history(trust.operator_key, edition_events)
    with checks.check("signatures"):
        check_signed(lives)
    return Opened(bundle, checkpoint, snapshot, at, events, lives[0].body, edition, lives, receiver)


def disclosed_number(record: Record, granted: Event) -> str:
    """The number that the record discloses and the grant's digests hold.

    Raises:
        FormatError: no such disclosure, or not one of the grant's.
    """
    disclosures = [parse_disclosure(text) for text in record.disclosures]
    for disclosure in disclosures:
        if disclosure.name == "number" and isinstance(disclosure.value, str) and disclosure.digest in granted.digests:
            return disclosure.value
    raise FormatError(_NO_NUMBER)


def bundle_names(bundle: Bundle) -> tuple[str, ...]:
    """What a bundle says, unproven, that it is of: its number or, where that was erased, the digests of its documents.

    Raises:
        FormatError: neither.
    """
    record = bundle.certification
    if record.disclosures:
        return (disclosed_number(record, parse_event(next(iter(record.entries.values()), b""))),)
    events = [parse_event(entry) for entry in record.entries.values()]
    if all(event.type != ERASED for event in events):
        raise FormatError(_NO_NUMBER)
    return tuple(event.octets("token_sha256").hex() for event in events if "token_sha256" in event.content)
