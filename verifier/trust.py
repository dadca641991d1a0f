"""Bodies, their keys and accreditations over time, from a trust root and what the log says.

The trust root names a body's first event key and its recovery key. Every later key must be authorised by the one
before it or by the recovery key, so whoever runs the log cannot enrol a second key for a body. What holds for an event
is the key set at the event's leaf index, never at a claimed date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from verifier.accreditation import AccreditationFact
from verifier.encoding import Json, format_json, is_natural, is_one, parse_json
from verifier.enrolment import check_authorisation, check_possession
from verifier.errors import ChainError, FormatError, KeyNotInForceError, TrustError, UnknownBodyError
from verifier.jws import check_jws, parse_jws
from verifier.key import PublicKey, parse_jwk
from verifier.note import Verifier, format_vkey, parse_vkey
from verifier.seal_roots import format_seal_roots, parse_seal_roots
from verifier.status import day_recorded
from verifier.stream import LoggedEvent

MAX_TRUST_BYTES: Final = 1024 * 1024
EVENT: Final = "event"
TOKEN: Final = "token"  # noqa: S105  a purpose, not a secret
RECOVERY: Final = "recovery"
_SEAL_ROOTS: Final = "seal_roots"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A body's key by leaf indexes: usable from ``enrolled_at`` on, before ``retired_at`` and ``doubtful_from``."""

    purpose: str
    key: PublicKey
    enrolled_at: int
    retired_at: int | None = None
    doubtful_from: int | None = None

    def in_force(self, index: int) -> bool:
        """Whether a signature at that leaf index counts."""
        ends = (end for end in (self.retired_at, self.doubtful_from) if end is not None)
        return self.enrolled_at <= index and all(index < end for end in ends)


@dataclass(frozen=True, slots=True)
class TrustedBody:
    """What the trust root says of a body; ``keys`` are those of when it was made, for offline use.

    ``hosted`` says that the operator keeps the body's keys, and so could sign in its name.
    """

    slug: str
    event_key: PublicKey
    recovery_key: PublicKey
    keys: tuple[KeyRecord, ...] = ()
    hosted: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """What a verifier demands: the age in seconds past which a snapshot says nothing about now."""

    snapshot_max_age: int = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class TrustRoot:
    """Whom a verifier believes, and what for; ``as_of_size`` is the size of the log as published when it was made.

    ``seal_roots`` are certificates in DER, of whoever vouches for the registry's seal on documents, if it has one.
    """

    origin: str
    log_key: Verifier
    operator_key: PublicKey
    policy: Policy
    bodies: Mapping[str, TrustedBody]
    as_of_size: int = 0
    seal_roots: tuple[bytes, ...] = ()

    def body(self, slug: str) -> TrustedBody:
        """The body of that slug.

        Raises:
            UnknownBodyError: it is not on the list.
        """
        try:
            return self.bodies[slug]
        except KeyError as error:
            raise UnknownBodyError(f"body {slug} is not on the list of this trust root") from error


@dataclass(frozen=True, slots=True)
class KeyAct:
    """What was done with a key at leaf index ``index``, on the word of the key of id ``by``.

    ``action`` is an authorisation's; ``record`` is the key as enrolled, for a compromise with its doubt.
    """

    action: str
    record: KeyRecord
    index: int
    by: str


@dataclass(frozen=True, slots=True)
class BodyHistory:
    """A body as the log shows it: its keys by leaf index and its accreditations over time.

    ``acts`` are what made the keys what they are, in order.
    """

    slug: str
    name: str
    website: str
    status_index: int
    keys: tuple[KeyRecord, ...]
    accreditations: tuple[AccreditationFact, ...] = ()
    hosted: bool = True
    acts: tuple[KeyAct, ...] = field(default=(), repr=False)

    def key(self, purpose: str, key_id: str, index: int) -> PublicKey:
        """The key of that id, where a signature at that leaf index counts.

        Raises:
            KeyNotInForceError: it was not enrolled, was retired, or is in doubt there.
        """
        record = next((r for r in self.keys if r.purpose == purpose and r.key.key_id == key_id), None)
        if record is None:
            raise KeyNotInForceError(f"key {key_id[:8]}… was never enrolled by body {self.slug} for {purpose}")
        _check_in_force(record, index, self.slug)
        return record.key


def _check_in_force(record: KeyRecord, index: int, slug: str) -> None:
    name = f"key {record.key.key_id[:8]}… of body {slug}"
    if index < record.enrolled_at:
        raise KeyNotInForceError(f"{name} was enrolled only at index {record.enrolled_at}, after index {index}")
    if record.doubtful_from is not None and record.doubtful_from <= record.enrolled_at:
        raise KeyNotInForceError(f"{name} is in doubt from its enrolment at index {record.enrolled_at} on")
    if record.doubtful_from is not None and index >= record.doubtful_from:
        raise KeyNotInForceError(
            f"{name} is compromised from index {record.doubtful_from} on, index {index} is in doubt"
        )
    if record.retired_at is not None and index >= record.retired_at:
        raise KeyNotInForceError(f"{name} was retired at index {record.retired_at}, before index {index}")


def body_history(trusted: TrustedBody, operator: PublicKey, events: Sequence[LoggedEvent]) -> BodyHistory:
    """Follow a body's stream; every key must follow from the trust root's.

    Raises:
        TrustError: another first key than the trust root's, or a key without authorisation.
        SignatureError: an event not signed by the operator.
        ChainError: an accreditation's event takes effect before it was recorded.
        FormatError: an event out of place.
    """
    for logged in events:
        check_jws(logged.event.jws, operator)
    first, *rest = events
    history = _registered(trusted, first)
    for logged in rest:
        history = _follow(history, trusted, logged)
    return history


def _registered(trusted: TrustedBody, logged: LoggedEvent) -> BodyHistory:
    event = logged.event
    if event.type != "body.registered" or event.text("body") != trusted.slug:
        raise FormatError(f"the stream does not begin with the registration of body {trusted.slug}")
    keys = {purpose: parse_jwk(event.mapping(f"{purpose}_key")) for purpose in (EVENT, TOKEN, RECOVERY)}
    if keys[EVENT] != trusted.event_key or keys[RECOVERY] != trusted.recovery_key:
        raise TrustError(f"body {trusted.slug} is registered with other keys than the trust root names")
    # The same registration may be logged twice, as two streams; the trust root says which one is the body's.
    named = next((r.enrolled_at for r in trusted.keys if r.key == trusted.event_key), logged.index)
    if named != logged.index:
        raise TrustError(f"body {trusted.slug} is registered in entry {named}, as the trust root says, not here")
    statements = [text.encode("ascii", "replace") for text in event.texts("possession")]
    check_introduction(event.log, trusted.slug, keys, statements)
    history = BodyHistory(
        trusted.slug,
        event.text("name"),
        event.text("website"),
        event.integer("status_index"),
        (),
        hosted=trusted.hosted,
    )
    for purpose, by in ((EVENT, trusted.recovery_key), (TOKEN, trusted.event_key)):
        record = KeyRecord(purpose, keys[purpose], logged.index)
        history = _acted(history, KeyAct("enrol", record, logged.index, by.key_id))
    return history


def _acted(history: BodyHistory, act: KeyAct) -> BodyHistory:
    acts = (*history.acts, act)
    return replace(history, acts=acts, keys=_judge(acts))


def _judge(acts: Sequence[KeyAct]) -> tuple[KeyRecord, ...]:
    """The keys as all acts together leave them; what rests on the word of a key that was in doubt counts for nothing.

    Doubts rest on the recovery key alone, so they are known before the first act is judged.
    """
    doubts: dict[str, int] = {}
    for act in acts:
        key_id, doubt = act.record.key.key_id, act.record.doubtful_from
        if act.action == "compromise" and doubt is not None:
            # A later statement may widen the doubt, never narrow it.
            doubts[key_id] = min(doubt, doubts.get(key_id, doubt))
    keys: dict[str, KeyRecord] = {}
    for act in acts:
        key_id, voucher = act.record.key.key_id, keys.get(act.by)
        counts = voucher is None or voucher.in_force(act.index)
        if act.action == "enrol":
            keys[key_id] = replace(act.record, doubtful_from=doubts.get(key_id) if counts else act.index)
        elif act.action == "retire" and counts and keys[key_id].retired_at is None:
            keys[key_id] = replace(keys[key_id], retired_at=act.index)
    return tuple(keys.values())


def check_introduction(log: str, body: str, keys: Mapping[str, PublicKey], statements: Sequence[bytes]) -> None:
    """Check what registers a body: possession of each key, in order, and the event key's word for the token key.

    Raises:
        TrustError, SignatureError, FormatError: a statement is missing or another, or one key has two purposes.
    """
    if len({key.key_id for key in keys.values()}) != len(keys):
        raise TrustError(f"body {body} has one key for two purposes")
    if len(statements) != len(keys) + 1:
        raise FormatError("a registration holds a possession per key and the authorisation of the token key")
    for statement, (purpose, key) in zip(statements, keys.items(), strict=False):
        check_possession(statement, key, log, body, purpose)
    check_authorisation(statements[-1], [keys[EVENT]], log, body, "enrol", TOKEN, keys[TOKEN].key_id)


def _follow(history: BodyHistory, trusted: TrustedBody, logged: LoggedEvent) -> BodyHistory:
    match logged.event.type:
        case "key.enrolled":
            return _enrolled(history, trusted, logged)
        case "key.retired" | "key.compromised":
            return _ended(history, trusted, logged)
        case name if name.startswith("accreditation."):
            return replace(history, accreditations=(*history.accreditations, _accreditation(logged)))
    raise FormatError(f"an event {logged.event.type} does not belong in a body's stream")


def _enrolled(history: BodyHistory, trusted: TrustedBody, logged: LoggedEvent) -> BodyHistory:
    event, purpose = logged.event, logged.event.text("purpose")
    if purpose not in {EVENT, TOKEN}:
        raise FormatError(f"a key is enrolled for events or tokens, not for {purpose[:20]!r}")
    key = parse_jwk(event.mapping("jwk"))
    if key == trusted.recovery_key:
        raise TrustError(f"key {key.key_id[:8]}… of body {history.slug} is its recovery key")
    if any(record.key == key for record in history.keys):
        raise TrustError(f"key {key.key_id[:8]}… of body {history.slug} is enrolled twice")
    check_possession(event.text("possession").encode(), key, event.log, history.slug, purpose)
    authorising = _authorising(history, trusted, purpose, logged.index)
    statement = event.text("authorisation").encode()
    check_authorisation(statement, authorising, event.log, history.slug, "enrol", purpose, key.key_id)
    return _acted(history, KeyAct("enrol", KeyRecord(purpose, key, logged.index), logged.index, _signer(statement)))


def _signer(statement: bytes) -> str:
    return parse_jws(statement).key_id


def _authorising(history: BodyHistory, trusted: TrustedBody, purpose: str, index: int) -> list[PublicKey]:
    # The event key may also vouch for a token key: it did so for the first one.
    current = [r.key for r in history.keys if r.purpose in {purpose, EVENT} and r.in_force(index)]
    return [*current, trusted.recovery_key]


def _ended(history: BodyHistory, trusted: TrustedBody, logged: LoggedEvent) -> BodyHistory:
    event, key_id = logged.event, logged.event.text("key_id")
    record = next((record for record in history.keys if record.key.key_id == key_id), None)
    if record is None:
        raise TrustError(f"key {key_id[:8]}… was never enrolled by body {history.slug}")
    statement = event.text("authorisation").encode()
    if event.type == "key.retired":
        authorising = _authorising(history, trusted, record.purpose, logged.index)
        check_authorisation(statement, authorising, event.log, history.slug, "retire", record.purpose, key_id)
        return _acted(history, KeyAct("retire", record, logged.index, _signer(statement)))
    since = event.integer("from_index")
    check_authorisation(
        statement, [trusted.recovery_key], event.log, history.slug, "compromise", record.purpose, key_id, since
    )
    doubted = replace(record, doubtful_from=since)
    return _acted(history, KeyAct("compromise", doubted, logged.index, _signer(statement)))


def _accreditation(logged: LoggedEvent) -> AccreditationFact:
    event, recorded_on = logged.event, day_recorded(logged.recorded_at)
    if event.effective_on < recorded_on:
        raise ChainError(f"{event.type} takes effect on {event.effective_on}, but was recorded on {recorded_on} only")
    names = ("number", "accreditation_body", "standard", "wording", "source")
    detail = {name: event.text(name) for name in names if name in event.content}
    return AccreditationFact(
        event.type, event.sequence, event.text("scheme"), event.effective_on, logged.recorded_at, detail,
        event.slugs("profiles") if "profiles" in event.content else None,
    )  # fmt: skip


def format_trust_root(trust: TrustRoot) -> bytes:
    """Write a trust root as JSON."""
    return format_json(
        {
            "v": 1,
            "origin": trust.origin,
            "log_key": format_vkey(trust.log_key),
            "operator_key": trust.operator_key.jwk(),
            "policy": {"snapshot_max_age": trust.policy.snapshot_max_age},
            "as_of_size": trust.as_of_size,
            "bodies": {slug: _format_body(body) for slug, body in trust.bodies.items()},
        }
        | ({_SEAL_ROOTS: format_seal_roots(trust.seal_roots)} if trust.seal_roots else {})
    )


def _format_body(body: TrustedBody) -> dict[str, object]:
    keys = [
        {
            "purpose": record.purpose,
            "jwk": record.key.jwk(),
            "enrolled_at": record.enrolled_at,
            "retired_at": record.retired_at,
            "doubtful_from": record.doubtful_from,
        }
        for record in body.keys
    ]
    return {
        "event_key": body.event_key.jwk(),
        "recovery_key": body.recovery_key.jwk(),
        "keys": keys,
        "hosted": body.hosted,
    }


def parse_trust_root(data: bytes) -> TrustRoot:
    """Read a trust root. Whoever hands it over is trusted with all it says.

    Raises:
        FormatError: not a trust root, or a key in it that must not be used.
    """
    match parse_json(data, MAX_TRUST_BYTES):
        case {
            "v": version,
            "origin": str(origin),
            "log_key": str(log_key),
            "operator_key": dict(operator_key),
            "policy": {"snapshot_max_age": int(age)},
            "as_of_size": int(size),
            "bodies": dict(bodies),
            **rest,
        } if not rest.keys() - {_SEAL_ROOTS} and is_one(version) and age > 0 and all(map(is_natural, (age, size))):
            verifier = parse_vkey(log_key)
            if verifier.name != origin:
                raise FormatError("the trust root's log key does not bear the origin's name")
            parsed = {slug: _parse_body(slug, body) for slug, body in bodies.items()}
            roots = parse_seal_roots(rest[_SEAL_ROOTS]) if rest else ()
            return TrustRoot(origin, verifier, parse_jwk(operator_key), Policy(age), parsed, size, roots)
    raise FormatError("not a trust root: a field is missing, too many, or of another version")


def _parse_body(slug: str, value: Json) -> TrustedBody:
    match value:
        case {
            "event_key": dict(event_key),
            "recovery_key": dict(recovery_key),
            "keys": list(keys),
            "hosted": bool(hosted),
            **rest,
        } if not rest:
            records = tuple(_parse_key(record) for record in keys)
            return TrustedBody(slug, parse_jwk(event_key), parse_jwk(recovery_key), records, hosted)
    raise FormatError(f"the trust root's entry of body {slug[:40]!r} is not one")


def _parse_key(value: Json) -> KeyRecord:
    match value:
        case {
            "purpose": "event" | "token" as purpose,
            "jwk": dict(jwk),
            "enrolled_at": int(enrolled),
            "retired_at": int() | None as retired,
            "doubtful_from": int() | None as doubtful,
            **rest,
        } if not rest and all(at is None or is_natural(at) for at in (enrolled, retired, doubtful)):
            return KeyRecord(purpose, parse_jwk(jwk), enrolled, retired, doubtful)
    raise FormatError("a key record of the trust root is not one")
