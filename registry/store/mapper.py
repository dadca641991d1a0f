"""Between a domain event and the JWS that is stored, logged and published.

What is to be signed is made here once; what is stored are the very bytes submitted. Reading checks the
signature before it looks at anything else, then the place: a row that was moved, altered or exchanged is refused.
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec
from eventsourcing.domain import CanMutateAggregate
from eventsourcing.persistence import Mapper, StoredEvent

from registry.domain import event as certification_event
from registry.domain.body import CertificationBody
from registry.domain.certification import Certification
from registry.domain.scheme import SchemeEdition
from registry.errors import TamperedError
from verifier.encoding import format_base64url, format_instant
from verifier.errors import AttestoError
from verifier.event import TYPES, Event, parse_event
from verifier.jws import check_jws
from verifier.key import PublicKey

DomainEvent = CanMutateAggregate[UUID]

_CLASSES: Final[Mapping[str, type[DomainEvent]]] = {
    str(vars(event_class)["TOPIC"]): event_class
    for place in (certification_event, CertificationBody, SchemeEdition)
    for event_class in vars(place).values()
    if isinstance(event_class, type) and vars(event_class).get("TOPIC") in TYPES
}
_AGGREGATES: Final = {
    "certification.granted": Certification.TOPIC,
    "certification.adopted": Certification.TOPIC,
    "certification.transferred_in": Certification.TOPIC,
    "body.registered": CertificationBody.TOPIC,
    "edition.published": SchemeEdition.TOPIC,
}
# The library's names of what every event has, and ours in the payload.
_HEADER: Final = frozenset(
    {"originator_id", "originator_version", "originator_topic", "timestamp", "event_id", "digests"}
)
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


class FindKey(Protocol):
    """Finds the key that must have signed an event."""

    def __call__(self, event: Event) -> PublicKey:
        """The key whose id the event's header names, of the signer that its type demands.

        Raises:
            TrustError: no such key.
        """


class SignedMapper(Mapper[UUID]):
    """Writes what is to be signed, and reads stored JWS into domain events, checked."""

    def __init__(self, log: str, find_key: FindKey) -> None:
        """Read events of the log named ``log``, whose keys ``find_key`` knows."""
        self._log = log
        self._find_key = find_key

    def payload(self, event: DomainEvent, previous: bytes | None) -> bytes:
        """The bytes to sign for a domain event: compact JSON, names sorted.

        ``previous`` is the SHA-256 of the signing input of the stream's event before, None for the first.
        """
        fields = vars(event)
        topic = type(event).TOPIC  # type: ignore[attr-defined]
        document: dict[str, object] = {
            "v": TYPES[topic].version,
            "log": self._log,
            "id": str(fields["event_id"]),
            "type": topic,
            "stream": str(event.originator_id),
            "sequence": event.originator_version,
            "previous": None if previous is None else format_base64url(previous),
            "decided_at": format_instant(event.timestamp),
        }
        for name, value in fields.items():
            if name not in _HEADER:
                document[name] = format_base64url(value) if isinstance(value, bytes) else value
        if TYPES[topic].digests:
            document |= {"_sd": fields["digests"], "_sd_alg": "sha-256"}
        return _ENCODER.encode(document)

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """Refuse: an event is stored as submitted, signed by its body, never made from an object."""
        raise TypeError("events are stored as they were signed; prepare and submit them")

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEvent:
        """The domain event of a stored one.

        Raises:
            TamperedError: the bytes, the signature or the place are not what was signed.
        """
        return domain_event(self.open(stored_event))

    def open(self, stored_event: StoredEvent) -> Event:
        """The event of a stored one, its signature and its place checked.

        Raises:
            TamperedError: the bytes, the signature or the place are not what was signed.
        """
        place = f"stream {stored_event.originator_id} event {stored_event.originator_version}"
        try:
            event = parse_event(stored_event.state)
            check_jws(event.jws, self._find_key(event))
        except AttestoError as error:
            raise TamperedError(f"{place} is altered: {error}") from error
        found = (event.stream, event.sequence, event.type, event.log)
        if found != (stored_event.originator_id, stored_event.originator_version, stored_event.topic, self._log):
            raise TamperedError(f"{place} is moved: it was signed as {event.type} {event.sequence} of {event.stream}")
        return event


def domain_event(event: Event) -> DomainEvent:
    """The domain event that a checked event stands for."""
    fields: dict[str, Any] = {
        "originator_id": event.stream,
        "originator_version": event.sequence,
        "timestamp": event.decided_at,
        "event_id": event.event_id,
        "effective_on": event.effective_on,
        **event.content,
    }
    if event.type in _AGGREGATES:
        fields["originator_topic"] = _AGGREGATES[event.type]
    if event.type.startswith("certifica"):
        fields["digests"] = event.digests
    return _CLASSES[event.type](**fields)
