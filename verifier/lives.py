"""The lives of a certification: at its body and, where it was transferred, at the bodies before, each opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from verifier.bundle import Bundle, Placed
from verifier.errors import UnavailableError
from verifier.event import Event, Snapshot
from verifier.head import check_complete
from verifier.jws import check_jws
from verifier.link import TRANSFERRED_IN, check_link, handed_over
from verifier.stream import LoggedEvent, open_stream
from verifier.trust import BodyHistory, TrustRoot, body_history

Events = tuple[LoggedEvent, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """A certification at one body: its events, and the body with its own."""

    events: Events
    body: BodyHistory
    body_events: Events

    @property
    def first(self) -> Event:
        """The event that it begins with."""
        return self.events[0].event


def open_origins(bundle: Bundle, events: Events, trust: TrustRoot) -> tuple[tuple[Events, Events], ...]:
    """The events of the certifications that the one of ``events`` goes on from, each with its body's, newest first.

    Raises:
        ChainError: they do not follow each other, or one does not take over what the next had handed over.
        UnavailableError: the record of one is not at hand.
    """
    origins = tuple((_open(one.certification, trust), _open(one.body, trust)) for one in bundle.origins)
    streams = [events, *(left for left, _ in origins)]
    for begun, left in pairwise(streams):
        check_link(handed_over(left), begun[0])
    if streams[-1][0].event.type == TRANSFERRED_IN:
        raise UnavailableError("the certification goes on from another body's, whose record is not at hand")
    return origins


def open_life(events: Events, body_events: Events, trust: TrustRoot) -> Life:
    """A certification's life at the body that its first event names.

    Raises:
        UnknownBodyError: the body is not on the list.
        TrustError, SignatureError, FormatError: its record does not hold.
    """
    body = body_history(trust.body(events[0].event.text("body")), trust.operator_key, body_events)
    return Life(events, body, body_events)


def open_receiver(bundle: Bundle, events: Events, trust: TrustRoot) -> BodyHistory | None:
    """The body that the certification was handed over to, where the bundle holds it and the trust root names it.

    Raises:
        ChainError: the certification was never handed over.
        TrustError, SignatureError, FormatError: the body's record does not hold.
    """
    if bundle.receiver is None:
        return None
    slug = handed_over(events).event.text("receiver")
    if slug not in trust.bodies:
        # That it went there stands by the old body's word; who that is, a newer trust root says.
        return None
    return body_history(trust.body(slug), trust.operator_key, _open(bundle.receiver, trust))


def check_signed(lives: Sequence[Life]) -> None:
    """Check that every event is signed by a key of its body that was in force at its leaf index.

    Raises:
        KeyNotInForceError, SignatureError: one is not.
    """
    for life in lives:
        for logged in life.events:
            check_jws(logged.event.jws, life.body.key("event", logged.event.jws.key_id, logged.index))


def check_origins_complete(bundle: Bundle, origins: Sequence[Life], snapshot: Snapshot) -> None:
    """Check that the records which a transfer adds end where the snapshot says.

    Raises:
        ProofError: an event is left out.
        UnavailableError: the snapshot is older than a record.
    """
    for placed, life in zip(bundle.origins, origins, strict=True):
        index = life.first.integer("status_index")
        _check(placed.certification, "certification that this one goes on from", index, snapshot)
        _check(placed.body, "body that handed it over", life.body.status_index, snapshot)


def check_receiver_complete(bundle: Bundle, receiver: BodyHistory | None, snapshot: Snapshot) -> None:
    """Check that the record of the body that it was handed over to ends where the snapshot says.

    Raises:
        ProofError: an event is left out.
        UnavailableError: the snapshot is older than the record.
    """
    if bundle.receiver is not None and receiver is not None:
        _check(bundle.receiver, "body that it was handed over to", receiver.status_index, snapshot)


def _open(placed: Placed, trust: TrustRoot) -> Events:
    return open_stream(placed.record, trust.origin, trust.operator_key)


def _check(placed: Placed, name: str, status_index: int, snapshot: Snapshot) -> None:
    check_complete(name, placed.record, status_index, placed.path, snapshot)
