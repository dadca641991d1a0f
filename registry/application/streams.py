"""Aggregates from their streams: every event checked; bodies and editions kept at hand while their head stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

from eventsourcing.domain import Aggregate

from registry.commands.scheme_file import parse_scheme
from registry.database import Database
from registry.database.migration import Migration
from registry.domain.body import CertificationBody
from registry.domain.certification import Certification
from registry.domain.edition import Edition, maintenance_rule
from registry.domain.scheme import SchemeEdition
from registry.errors import TamperedError, UnknownError
from registry.store.event_store import ChainedEventStore
from registry.store.mapper import SignedMapper, domain_event
from registry.store.recorder import EntryRecorder
from registry.store.store import Store
from verifier.errors import KeyNotInForceError
from verifier.event import REGISTRATION, Event
from verifier.jws import chain_hash
from verifier.key import PublicKey, parse_jwk
from verifier.link import follow
from verifier.lives import Events
from verifier.opened import fact_of
from verifier.status import Standing
from verifier.stream import LoggedEvent
from verifier.trust import KeyRecord, TrustedBody, body_history

A = TypeVar("A", bound=Aggregate)

SCHEMES = Migration("schemes", ("CREATE TABLE scheme_file (sha256 BYTEA PRIMARY KEY, content BYTEA NOT NULL)",))
# How many editions one was published beside: of two that were read beside the same ones, the second is a conflict.
EDITION_PLACES = Migration("edition places", ("CREATE TABLE edition_place (place INTEGER PRIMARY KEY)",))


@dataclass(frozen=True, slots=True)
class Loaded(Generic[A]):
    """An aggregate with the chain hash of its last event, which the next one names."""

    aggregate: A
    chain: bytes


@dataclass(frozen=True, slots=True)
class Published:
    """A scheme edition: its stream, and its rules from the file that the stream names by hash."""

    stream: SchemeEdition
    edition: Edition


class Streams:
    """Loads aggregates; finds the key that must have signed an event."""

    def __init__(self, database: Database, store: Store, operator: PublicKey) -> None:
        """Read the streams of ``store``; ``operator`` signs bodies and editions."""
        self._database = database
        self._store = store
        self._operator = operator
        self.mapper = SignedMapper(store.origin, self._key_of)
        self._events = ChainedEventStore(self.mapper, EntryRecorder(store))
        self._bodies: dict[str, Loaded[CertificationBody]] = {}
        self._keys: dict[str, tuple[KeyRecord, ...]] = {}
        self._editions: dict[str, Published] = {}

    def certification(self, stream: UUID) -> Loaded[Certification]:
        """The certification of that id.

        Raises:
            UnknownError: no such certification here.
            TamperedError: its stream is not what was signed.
        """
        return self._load(stream, Certification, f"no certification {stream} here")

    def body(self, slug: str) -> Loaded[CertificationBody]:
        """The body of that slug.

        Raises:
            UnknownError: no such body here.
        """
        # Another thread may forget meanwhile: the dictionary is asked once and told once.
        known = self._bodies.get(slug)
        if known is None:
            known = self._bodies[slug] = self.body_stream(slug)
        return known

    def keys(self, slug: str) -> tuple[KeyRecord, ...]:
        """The keys of the body of that slug, as whoever verifies judges them.

        Raises:
            UnknownError: no such body here.
        """
        known = self._keys.get(slug)
        if known is None:
            known = self._keys[slug] = self.trusted_body(slug).keys
        return known

    def trusted_body(self, slug: str) -> TrustedBody:
        """What a trust root says of the body of that slug, with its keys, read anew.

        Raises:
            UnknownError: no such body here.
            TrustError, SignatureError, FormatError: its stream is not what it should be.
        """
        logged = self.logged(CertificationBody.create_id(slug))
        if not logged:
            raise UnknownError(f"no body {slug} is registered here")
        first = logged[0].event
        event_key, recovery_key = (parse_jwk(first.mapping(name)) for name in ("event_key", "recovery_key"))
        trusted = TrustedBody(slug, event_key, recovery_key)
        return replace(trusted, keys=body_history(trusted, self._operator, logged).keys)

    def body_stream(self, slug: str) -> Loaded[CertificationBody]:
        """The stream of the body of that slug, read anew and nobody else's.

        Raises:
            UnknownError: no such body here.
        """
        stream = CertificationBody.create_id(slug)
        return self._load(stream, CertificationBody, f"no body {slug} is registered here")

    def edition(self, slug: str) -> Published:
        """The published edition of that slug.

        Raises:
            UnknownError: no such edition here.
            TamperedError: its file is not the one that was published.
        """
        known = self._editions.get(slug)
        if known is None:
            stream = self.edition_stream(slug).aggregate
            known = self._editions[slug] = Published(stream, parse_scheme(self.scheme_file(stream.sha256)))
        return known

    def editions(self) -> list[Published]:
        """Every published edition, as it stands now.

        Raises:
            TamperedError: one is not what was published.
        """
        self._editions.clear()
        with self._database.snapshot() as reading:
            files = reading.rows("SELECT content FROM scheme_file")
        slugs = sorted(parse_scheme(content).slug for (content,) in files if isinstance(content, bytes))
        return [self.edition(slug) for slug in slugs]

    def edition_stream(self, slug: str) -> Loaded[SchemeEdition]:
        """The stream of the edition of that slug, read anew.

        Raises:
            UnknownError: no such edition here.
        """
        stream = SchemeEdition.create_id(slug)
        return self._load(stream, SchemeEdition, f"no edition {slug} is published here")

    def scheme_file(self, sha256: bytes) -> bytes:
        """The scheme file of that hash.

        Raises:
            TamperedError: it is missing.
        """
        with self._database.snapshot() as reading:
            rows = reading.rows("SELECT content FROM scheme_file WHERE sha256 = ?", (sha256,))
        match rows:
            case [(bytes(content),)]:
                return content
        raise TamperedError(f"the scheme file {sha256.hex()} is missing")

    def forget(self) -> None:
        """Read bodies and editions anew: one of them has moved on."""
        self._bodies.clear()
        self._keys.clear()
        self._editions.clear()

    def logged(self, stream: UUID) -> Events:
        """A stream's events, checked, each with its place in the log.

        ``recorded_at`` is what the signer claims, since no snapshot need have followed yet.
        """
        events = self._events.open(stream)
        # Another process may have added to the stream between the two; that an entry lacks is never right.
        entries = self._store.log.stream(stream)[: len(events)]
        return tuple(LoggedEvent(e, entry.index, e.decided_at) for e, entry in zip(events, entries, strict=True))

    def lives(self, certification: UUID) -> tuple[Events, ...]:
        """A certification's events and, where it was transferred, those of the ones it goes on from, the newest first.

        Raises:
            TamperedError: one is not what was signed.
        """
        lives = [self.logged(certification)]
        while isinstance(origin := lives[-1][0].event.content.get("origin"), UUID):
            lives.append(self.logged(origin))
        return tuple(lives)

    def follow(self, lives: Sequence[Events], on: date, known_at: datetime) -> tuple[int, Standing]:
        """Which of ``lives`` answers for legal day ``on`` as known at ``known_at`` (UTC), and its standing."""
        edition = self.edition(lives[0][0].event.text("edition")).edition
        facts = [[fact_of(logged) for logged in life] for life in lives]
        return follow(facts, on, known_at, maintenance_rule(edition.rules))

    def events(self, stream: UUID) -> Sequence[Event]:
        """A stream's events, checked.

        Raises:
            TamperedError: one is not what was signed.
        """
        return self._events.open(stream)

    def _load(self, stream: UUID, kind: type[A], missing: str) -> Loaded[A]:
        events = self._events.open(stream)
        if not events:
            raise UnknownError(missing)
        aggregate: A | None = None
        for event in events:
            aggregate = domain_event(event).mutate(aggregate)
        if not isinstance(aggregate, kind):
            raise TamperedError(f"stream {stream} is of another kind")
        return Loaded(aggregate, chain_hash(events[-1].jws))

    def _key_of(self, event: Event) -> PublicKey:
        if event.jws.typ == REGISTRATION:
            return self._operator
        slug, key_id = event.text("body"), event.jws.key_id
        found = _event_key(self.body(slug).aggregate, key_id)
        if found is None:
            # Another process may have enrolled it since the body was read.
            self._bodies.pop(slug, None)
            found = _event_key(self.body(slug).aggregate, key_id)
        if found is None:
            raise KeyNotInForceError(f"key {key_id[:8]}… was never enrolled by body {slug}")
        return found


def _event_key(body: CertificationBody, key_id: str) -> PublicKey | None:
    keys = (parse_jwk(jwk) for purpose, jwk in body.keys if purpose == "event")
    return next((key for key in keys if key.key_id == key_id), None)
