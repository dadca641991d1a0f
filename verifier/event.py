"""A signed event: a compact JWS whose payload says what was decided (RFC 7515, RFC 9901 for the digests).

    {"alg":"Ed25519","kid":"…","typ":"vnd.attesto.event.v1+sd-jwt"} . {"type":"certification.granted", …} . signature

The entry's bytes are what was signed; nothing here encodes them again. ``typ`` says who must have signed: an *event* is
a certification body's, a *registration*, *time* or *snapshot* entry the operator's.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final, TypeVar
from uuid import UUID

from verifier.encoding import (
    Json,
    is_natural,
    is_one,
    parse_base64url,
    parse_day,
    parse_instant,
    parse_json,
    parse_slug,
)
from verifier.errors import FormatError
from verifier.jws import MAX_ENTRY_BYTES, Jws, parse_jws

EVENT: Final = "vnd.attesto.event.v1+sd-jwt"
REGISTRATION: Final = "vnd.attesto.registration.v1+jwt"
TIME: Final = "vnd.attesto.time.v1+jwt"
SNAPSHOT: Final = "vnd.attesto.snapshot.v1+jwt"
_LAST_YEAR: Final = 9998


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream, as its signed payload says; ``content`` holds the type's own fields, parsed.

    ``previous`` is the SHA-256 of the signing input of the stream's event before it, None at sequence 1.
    ``decided_at`` is its signer's claim (UTC); when it was recorded, the log says.
    """

    jws: Jws
    log: str
    event_id: UUID
    type: str
    stream: UUID
    sequence: int
    previous: bytes | None
    effective_on: date
    decided_at: datetime
    content: Mapping[str, object]
    digests: tuple[str, ...]

    def text(self, name: str) -> str:
        """The field ``name``, which is a text."""
        return _typed(self.content, name, str)

    def integer(self, name: str) -> int:
        """The field ``name``, which is an integer."""
        return _typed(self.content, name, int)

    def day(self, name: str) -> date:
        """The field ``name``, which is a legal day."""
        return _typed(self.content, name, date)

    def octets(self, name: str) -> bytes:
        """The field ``name``, which is a hash."""
        return _typed(self.content, name, bytes)

    def mapping(self, name: str) -> Mapping[str, Json]:
        """The field ``name``, which is a JSON object."""
        return _typed(self.content, name, dict)

    def slugs(self, name: str) -> tuple[str, ...]:
        """The field ``name``, which is a list of slugs."""
        return _typed(self.content, name, tuple)

    def texts(self, name: str) -> list[str]:
        """The field ``name``, which is a list of texts."""
        return _typed(self.content, name, list)


T = TypeVar("T")


def _typed(content: Mapping[str, object], name: str, kind: type[T]) -> T:
    if not isinstance(value := content.get(name), kind):
        raise FormatError(f"the event has no {kind.__name__} {name}")
    return value


@dataclass(frozen=True, slots=True)
class EventType:
    """What an event of one type and version must hold: who signs (``typ``), its own fields, how many digests."""

    typ: str
    fields: Mapping[str, Callable[[Json], object]]
    digests: int = 0
    version: int = 1


def _text(value: Json) -> str:
    if not isinstance(value, str) or len(value) > 2000:
        raise FormatError("not a text of at most 2,000 characters")
    return value


def _slug(value: Json) -> str:
    return parse_slug(value if isinstance(value, str) else "")


def _natural(value: Json) -> int:
    if not isinstance(value, int) or not is_natural(value):
        raise FormatError("not a natural number")
    return value


def _day(value: Json) -> date:
    # Whoever counts one day on, from a last valid day for one, stays in the calendar.
    if (day := parse_day(_text(value))).year > _LAST_YEAR:
        raise FormatError(f"a day after the year {_LAST_YEAR}")
    return day


def _instant(value: Json) -> datetime:
    at = parse_instant(_text(value))
    # No log is older, and so the last one's legal day is a day of the calendar.
    if not 1970 <= at.year <= _LAST_YEAR:
        raise FormatError(f"an instant outside the years 1970 to {_LAST_YEAR}")
    return at


def _hash(value: Json) -> bytes:
    data = parse_base64url(_text(value))
    if len(data) != sha256().digest_size:
        raise FormatError("not a SHA-256 hash")
    return data


def _object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise FormatError("not an object")
    return value


def _texts(value: Json) -> list[str]:
    if not isinstance(value, list) or len(value) > 16:
        raise FormatError("not a list of at most 16 texts")
    return [_text(item) for item in value]


def _slugs(value: Json) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > 256:
        raise FormatError("not a list of at most 256 slugs")
    slugs = tuple(_slug(item) for item in value)
    if list(slugs) != sorted(set(slugs)):
        raise FormatError("the slugs are not sorted, or one stands twice")
    return slugs


def _uuid(value: Json) -> UUID:
    text = _text(value)
    try:
        parsed = UUID(text)
    except ValueError as error:
        raise FormatError("not a UUID") from error
    if str(parsed) != text:
        raise FormatError("a UUID is spelt in another way than its own")
    return parsed


_CERTIFICATION: Final = {"body": _slug, "edition": _slug, "profile": _slug}
_ACCREDITATION: Final = {"scheme": _slug, "source": _text}
_KEY: Final = {"key_id": _text, "authorisation": _text}
_DOCUMENT: Final = {"revision": _natural, "token_sha256": _hash}
# What a certification that was not granted here brings along: the days that its body states.
_BROUGHT: Final = {
    "valid_until": _day,
    "status_index": _natural,
    "granted_on": _day,
    "cycle_starts_on": _day,
    "maintained_from": _day,
}
_TAKEN_OVER: Final = _BROUGHT | {"origin": _uuid, "out_sha256": _hash}


def _event(digests: int, version: int = 1, /, **fields: Callable[[Json], object]) -> EventType:
    return EventType(EVENT, _CERTIFICATION | fields, digests, version)


def _registration(**fields: Callable[[Json], object]) -> EventType:
    return EventType(REGISTRATION, fields)


TYPES: Final[Mapping[str, EventType]] = {
    "certification.granted": _event(10, 2, valid_until=_day, status_index=_natural),
    "certification.adopted": _event(9, **_BROUGHT),
    "certification.transferred_in": _event(6, 2, **_TAKEN_OVER, counted_from=_day),
    "certification.maintenance_confirmed": _event(3, 2),
    "certification.maintenance_refused": _event(3),
    "certification.recertified": _event(5, valid_until=_day),
    "certification.scope_extended": _event(3, scope=_slugs),
    "certification.scope_reduced": _event(3, scope=_slugs),
    "certification.suspended": _event(3, deadline=_day),
    "certification.suspension_prolonged": _event(3, deadline=_day),
    "certification.reinstated": _event(2),
    "certification.withdrawn": _event(3),
    "certification.relinquished": _event(2),
    "certification.annulled": _event(3),
    "certification.transferred_out": _event(2, receiver=_slug),
    "certification.appeal_upheld": _event(2, reverses=_natural),
    "certification.corrected": _event(5, corrects=_natural),
    "certification.personal_data_erased": _event(0),
    "certificate.issued": _event(0, **_DOCUMENT),
    "certificate.reissued": _event(0, **_DOCUMENT),
    "certificate.superseded": _event(0, revision=_natural),
    "body.registered": _registration(
        body=_slug,
        name=_text,
        website=_text,
        status_index=_natural,
        event_key=_object,
        token_key=_object,
        recovery_key=_object,
        possession=_texts,
    ),
    "accreditation.granted": _registration(
        **_ACCREDITATION, number=_text, accreditation_body=_text, standard=_text, wording=_text
    ),
    "accreditation.reduced": _registration(**_ACCREDITATION, profiles=_slugs),
    "accreditation.suspended": _registration(**_ACCREDITATION),
    "accreditation.restored": _registration(**_ACCREDITATION),
    "accreditation.withdrawn": _registration(**_ACCREDITATION),
    "key.enrolled": _registration(purpose=_text, jwk=_object, authorisation=_text, possession=_text),
    "key.retired": _registration(**_KEY),
    "key.compromised": _registration(**_KEY, from_index=_natural),
    "edition.published": _registration(
        edition=_slug, scheme=_slug, title=_object, sha256=_hash, status_index=_natural, rules=_object
    ),
    "edition.closed": _registration(),
    "edition.withdrawn": _registration(),
}
# Events of an earlier version are read for ever; none is written any more (docs/formats/event.md, "Versions").
EARLIER: Final[Mapping[tuple[str, int], EventType]] = {
    ("certification.granted", 1): _event(9, valid_until=_day, status_index=_natural),
    ("certification.maintenance_confirmed", 1): _event(2),
    ("certification.transferred_in", 1): _event(6, **_TAKEN_OVER),
}
VERSIONS: Final = {**{(name, kind.version): kind for name, kind in TYPES.items()}, **EARLIER}
_COMMON: Final = frozenset({"v", "log", "id", "type", "stream", "sequence", "previous", "effective_on", "decided_at"})
_DIGESTS: Final = frozenset({"_sd", "_sd_alg"})
NAMES: Final[Mapping[tuple[str, int], frozenset[str]]] = {
    version: _COMMON | kind.fields.keys() | (_DIGESTS if kind.digests else frozenset())
    for version, kind in VERSIONS.items()
}


@functools.lru_cache(maxsize=2048)
def parse_event(data: bytes) -> Event:
    """Read one event or registration without trusting it; check the signature with ``check_jws(event.jws, key)``.

    Raises:
        FormatError: not an event of this format, a type we do not know, a field missing or too many.
    """
    jws = parse_jws(data)
    payload = parse_json(jws.payload, limit=MAX_ENTRY_BYTES)
    name, event_type = event_form(jws.typ, payload)
    return Event(
        jws,
        _text(payload["log"]),
        _uuid(payload["id"]),
        name,
        _uuid(payload["stream"]),
        _natural(payload["sequence"]),
        None if payload["previous"] is None else _hash(payload["previous"]),
        _day(payload["effective_on"]),
        _instant(payload["decided_at"]),
        {field: parse(payload[field]) for field, parse in event_type.fields.items()},
        _digests(payload, event_type.digests),
    )


def event_form(typ: str, payload: Mapping[str, Json]) -> tuple[str, EventType]:
    """The type that an event travelling as ``typ`` says it is of, by name, and the version's form; values are not read.

    Raises:
        FormatError: a type or version we do not know, one that travels otherwise, a field missing or too many.
    """
    name = _text(payload.get("type"))
    event_type = _version(name, payload.get("v"))
    if typ != event_type.typ:
        raise FormatError(f"an event {name} does not travel as {typ[:60]!r}")
    _check_names(payload, NAMES[name, event_type.version])
    return name, event_type


def _version(name: str, version: Json) -> EventType:
    if name not in TYPES:
        raise FormatError(f"unknown event type {name[:60]!r}")
    # Not True, which is equal to 1.
    if type(version) is not int or (name, version) not in VERSIONS:
        raise FormatError("unknown version of the event format")
    return VERSIONS[name, version]


def _check_names(payload: Mapping[str, Json], names: frozenset[str]) -> None:
    if odd := names ^ payload.keys():
        raise FormatError(f"the event has a field missing or too many: {', '.join(sorted(odd))[:100]}")


def _digests(payload: Mapping[str, Json], count: int) -> tuple[str, ...]:
    if not count:
        return ()
    values = _texts(payload["_sd"])
    if payload["_sd_alg"] != "sha-256" or len(values) != count or values != sorted(set(values)):
        raise FormatError(f"the event does not carry {count} sorted SHA-256 digests")
    return tuple(values)


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """The operator's word on the time: entries after this one were recorded at ``at`` (UTC) or later."""

    jws: Jws
    log: str
    at: datetime
    previous: int | None


@functools.lru_cache(maxsize=2048)
def parse_time(data: bytes) -> TimeEntry:
    """Read a time entry without trusting it.

    Raises:
        FormatError: not a time entry.
    """
    jws = parse_jws(data)
    payload = _statement(jws, TIME, "time", {"at", "log", "previous", "type", "v"})
    previous = payload["previous"]
    return TimeEntry(
        jws,
        _text(payload["log"]),
        _instant(payload["at"]),
        None if previous is None else _natural(previous),
    )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The operator's word on the whole: for the log's first ``size`` entries, the root over ``streams`` status leaves.

    ``list_day`` and ``list_sha256`` name the status list derived for one legal day.
    """

    jws: Jws
    log: str
    size: int
    streams: int
    root: bytes
    list_day: date
    list_sha256: bytes


def parse_snapshot(data: bytes) -> Snapshot:
    """Read a snapshot entry without trusting it.

    Raises:
        FormatError: not a snapshot entry.
    """
    jws = parse_jws(data)
    payload = _statement(jws, SNAPSHOT, "snapshot", {"list", "log", "root", "size", "streams", "type", "v"})
    listed = _object(payload["list"])
    if listed.keys() != {"day", "sha256"}:
        raise FormatError("the snapshot names its status list in another way")
    return Snapshot(
        jws,
        _text(payload["log"]),
        _natural(payload["size"]),
        _natural(payload["streams"]),
        _hash(payload["root"]),
        _day(listed["day"]),
        _hash(listed["sha256"]),
    )


def _statement(jws: Jws, typ: str, name: str, names: set[str]) -> dict[str, Json]:
    payload = parse_json(jws.payload, limit=MAX_ENTRY_BYTES)
    if jws.typ != typ or payload.keys() != names or payload["type"] != name or not is_one(payload["v"]):
        raise FormatError(f"not a {name} entry of this format")
    return payload


def status_leaf(stream: UUID, events: int, last_index: int, last_sha256: bytes) -> bytes:
    """The 60 bytes that a snapshot's tree holds for one stream; an unused status index holds none."""
    return stream.bytes + events.to_bytes(4) + last_index.to_bytes(8) + last_sha256
