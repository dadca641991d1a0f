"""A log written entry by entry with every key at hand, and the bundle that a reader of it would get.

The registry has no part in it: what it would never write, an attacker might. The story: an edition is published, a body
registered and accredited, a person certified; then whatever a test adds.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from keys.ceremony import authorise, possession
from keys.signer import Signer, generate
from keys.signing import sign_jws, sign_note, sign_token
from verifier.bundle import Bundle, Record
from verifier.certificate import Certificate, parse_token
from verifier.checkpoint import Checkpoint, format_checkpoint
from verifier.disclosure import disclosure_digest
from verifier.encoding import format_base64url, format_day, format_instant, format_json, legal_day
from verifier.event import EVENT, SNAPSHOT, TIME, TYPES, parse_event, status_leaf
from verifier.jws import chain_hash, parse_jws
from verifier.key import PublicKey
from verifier.merkle import inclusion_proof, leaf_hash, root_hash
from verifier.note import make_verifier
from verifier.report import Question, Report
from verifier.trust import KeyRecord, Policy, TrustedBody, TrustRoot
from verifier.verify import verify

ORIGIN = "story.example/log"
BODY, EDITION, PROFILE, SCHEME = "odc-uno", "demo-2026", "addetto", "demo"
EDITION_STREAM, BODY_STREAM, CERTIFICATION = (UUID(int=number) for number in (1, 2, 3))
NUMBER, OTHER_NUMBER = "0000000000000", "000000000001Y"
BEGIN = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
UNTIL = date(2029, 3, 9)
LOG, OPERATOR, EVENTS, TOKENS, RECOVERY, STRANGER = (generate() for _ in range(6))
RULES = {
    "maintenance": {"interval_months": 12, "window_days": 60, "grace_days": 30},
    "recertification": {"window_days": 120, "grace_days": 60},
    "late_recording_days": 5,
}
NUMBER_DISCLOSURE = format_base64url(f'["{"s" * 22}","number","{NUMBER}"]'.encode())
CERTIFICATE = Certificate(
    BODY, BEGIN, UNTIL, bytes(16), NUMBER, 1, EDITION, PROFILE, 2, bytes(8), "Łucja D’Angelo", 1990
)
TOKEN = sign_token(TOKENS, CERTIFICATE)


def digests(count: int, *known: str) -> dict[str, object]:
    """As many digests as an event type carries, those of ``known`` disclosures among them."""
    decoys = [format_base64url(sha256(bytes([number])).digest()) for number in range(count - len(known))]
    return {"_sd": sorted([*decoys, *map(disclosure_digest, known)]), "_sd_alg": "sha-256"} if count else {}


GRANT = {"valid_until": format_day(UNTIL), "status_index": 2, **digests(10, NUMBER_DISCLOSURE)}


def registration(
    signer: Signer = EVENTS, token: Signer = TOKENS, recovery: Signer = RECOVERY, body: str = BODY
) -> dict[str, object]:
    """What a body's registration says of its keys."""
    keys = {"event": signer, "token": token, "recovery": recovery}
    statements = [possession(key, ORIGIN, body, purpose) for purpose, key in keys.items()]
    statements.append(authorise(signer, ORIGIN, body, "enrol", "token", token.public_key.key_id))
    jwks = {f"{purpose}_key": key.public_key.jwk() for purpose, key in keys.items()}
    return {**jwks, "possession": [statement.decode() for statement in statements]}


def enrolment(new: Signer, authorising: Signer, purpose: str = "event") -> dict[str, object]:
    """What ``key.enrolled`` says."""
    key_id = new.public_key.key_id
    return {
        "purpose": purpose,
        "jwk": new.public_key.jwk(),
        "possession": possession(new, ORIGIN, BODY, purpose).decode(),
        "authorisation": authorise(authorising, ORIGIN, BODY, "enrol", purpose, key_id).decode(),
    }


def ending(
    key: Signer, authorising: Signer, purpose: str = "event", from_index: int | None = None
) -> dict[str, object]:
    """What ``key.retired`` says, or, with an index, ``key.compromised``."""
    key_id = key.public_key.key_id
    action = "retire" if from_index is None else "compromise"
    statement = authorise(authorising, ORIGIN, BODY, action, purpose, key_id, from_index).decode()
    return {"key_id": key_id, "authorisation": statement} | ({} if from_index is None else {"from_index": from_index})


def trust_root(**body: object) -> TrustRoot:
    """Whom a reader of the story believes; ``body`` changes what is said of its one body."""
    keys = tuple(KeyRecord(purpose, key.public_key, 2) for purpose, key in (("event", EVENTS), ("token", TOKENS)))
    trusted = replace(TrustedBody(BODY, EVENTS.public_key, RECOVERY.public_key, keys), **body)  # type: ignore[arg-type]
    log_key = make_verifier(ORIGIN, LOG.public_key)
    return TrustRoot(ORIGIN, log_key, OPERATOR.public_key, Policy(), {BODY: trusted}, 9)


@dataclass
class Story:
    """A log that grows; ``at`` is the present instant of it."""

    entries: list[bytes] = field(default_factory=list)
    streams: dict[UUID, list[int]] = field(default_factory=dict)
    at: datetime = BEGIN
    last_time: int | None = None
    covering: int = -1

    def append(self, entry: bytes) -> int:
        """Any bytes as the next entry."""
        self.entries.append(entry)
        return len(self.entries) - 1

    def time(self, signer: Signer = OPERATOR, **changes: object) -> int:
        """A time entry of the present instant."""
        said = {"at": format_instant(self.at), "log": ORIGIN, "previous": self.last_time, "type": "time", "v": 1}
        self.last_time = self.append(sign_jws(signer, TIME, format_json(said | changes)))
        return self.last_time

    def later(self, **by: float) -> None:
        """The clock moves on and the next minute begins."""
        self.at += timedelta(**by)
        self.time()

    def payload(self, stream: UUID, kind: str, **fields: object) -> dict[str, object]:
        """What the next event of a stream says."""
        before = self.streams.get(stream, [])
        previous = format_base64url(chain_hash(parse_jws(self.entries[before[-1]]))) if before else None
        event_type = TYPES[kind]
        own = {"body": BODY, "edition": EDITION, "profile": PROFILE} if event_type.typ == EVENT else {}
        return {
            "v": event_type.version,
            "log": ORIGIN,
            "id": str(uuid5(stream, str(len(self.entries)))),
            "type": kind,
            "stream": str(stream),
            "sequence": len(before) + 1,
            "previous": previous,
            "effective_on": format_day(legal_day(self.at)),
            "decided_at": format_instant(self.at),
            **own,
            **digests(event_type.digests),
            **fields,
        }

    def add(self, stream: UUID, kind: str, signer: Signer | None = None, **fields: object) -> int:
        """The next event of a stream, signed by whom its type demands unless ``signer`` is another."""
        typ = TYPES[kind].typ
        payload = self.payload(stream, kind, **fields)
        signed = sign_jws(signer or (EVENTS if typ == EVENT else OPERATOR), typ, format_json(payload))
        index = self.append(signed)
        self.streams.setdefault(stream, []).append(index)
        return index

    def snapshot(self, signer: Signer = OPERATOR, **changes: object) -> int:
        """A time entry that closes the log so far, and the snapshot of it."""
        self.time()
        size = len(self.entries)
        leaves = self.leaves(size)
        said = {
            "list": {"day": format_day(legal_day(self.at)), "sha256": format_base64url(bytes(32))},
            "log": ORIGIN,
            "root": format_base64url(root_hash(leaves)),
            "size": size,
            "streams": len(leaves),
            "type": "snapshot",
            "v": 1,
        }
        self.covering = self.append(sign_jws(signer, SNAPSHOT, format_json(said | changes)))
        return self.covering

    def leaves(self, size: int) -> list[bytes]:
        """The status leaves of the first ``size`` entries, by status index."""
        found: dict[int, bytes] = {}
        for stream, places in self.streams.items():
            if covered := [place for place in places if place < size]:
                last = self.entries[covered[-1]]
                leaf = status_leaf(stream, len(covered), covered[-1], sha256(last).digest())
                found[parse_event(self.entries[covered[0]]).integer("status_index")] = leaf_hash(leaf)
        return [found.get(index, leaf_hash(b"")) for index in range(max(found) + 1)]

    def record(self, stream: UUID, *disclosures: str) -> Record:
        """A stream as the registry would publish it."""
        times = [index for index, entry in enumerate(self.entries) if _typ(entry) == TIME]
        around = set()
        for place in self.streams[stream]:
            around |= {max(t for t in times if t < place)} | set([t for t in times if t > place][:1])
        entries = {place: self.entries[place] for place in self.streams[stream]}
        return Record(stream, entries, {t: self.entries[t] for t in sorted(around)}, disclosures)

    def checkpoint(self, signer: Signer = LOG, origin: str = ORIGIN) -> bytes:
        """The signed head."""
        root = root_hash([leaf_hash(entry) for entry in self.entries])
        return sign_note(origin, signer, format_checkpoint(Checkpoint(origin, len(self.entries), root)))

    def bundle(self, token: bytes | None = None) -> Bundle:
        """Everything to check the certification."""
        closing = self.covering - 1
        leaves = self.leaves(self.covering)
        records = {
            "certification": self.record(CERTIFICATION, NUMBER_DISCLOSURE),
            "body": self.record(BODY_STREAM),
            "edition": self.record(EDITION_STREAM),
        }
        bundle = Bundle(
            self.checkpoint(),
            (self.covering, self.entries[self.covering]),
            (closing, self.entries[closing]),
            **records,
            proofs={},
            paths={n: inclusion_proof(i, leaves) if i < len(leaves) else () for n, i in INDEXES.items()},
            token=token,
        )
        return self.prove(bundle)

    def bundle_with(self, name: str, change: Callable[[Record], Record]) -> Bundle:
        """The bundle with one of its records changed, and a proof for whatever that names."""
        bundle = self.bundle()
        return self.prove(replace(bundle, **{name: change(getattr(bundle, name))}))

    def prove(self, bundle: Bundle) -> Bundle:
        """The bundle with a proof for every place that it names."""
        hashes = [leaf_hash(entry) for entry in self.entries]
        return replace(bundle, proofs={index: inclusion_proof(index, hashes) for index, _ in bundle.entries()})

    def verify(self, bundle: Bundle | None = None, **asked: Any) -> Report:
        """A reader's verdict, on the story's last day unless asked otherwise."""
        checked = self.bundle() if bundle is None else bundle
        trust = asked.pop("trust", None) or trust_root()
        known_at = asked.pop("known_at", self.at)
        until = asked.pop("until", None)
        question = Question(asked.pop("on", legal_day(self.at)), known_at, asked.pop("now", self.at), until)
        return verify(trust, question, lambda: checked, **asked)


INDEXES: Mapping[str, int] = {"edition": 0, "body": 1, "certification": 2}


def begin(rules: Mapping[str, object] = RULES, **body: object) -> Story:
    """Edition published, body registered and accredited; ``body`` changes what its registration says."""
    story = Story()
    story.time()
    title, file = {"it": "Dimostrativo", "en": "Demonstration"}, format_base64url(bytes(32))
    story.add(
        EDITION_STREAM, "edition.published", edition=EDITION, scheme=SCHEME, title=title, sha256=file,
        status_index=INDEXES["edition"], rules=dict(rules),
    )  # fmt: skip
    said = registration() | {"body": BODY, "name": "OdC Uno", "website": "https://odc-uno.example", "status_index": 1}
    story.add(BODY_STREAM, "body.registered", **(said | body))
    words = {"number": "1", "accreditation_body": "Ente", "standard": "ISO/IEC 17024", "wording": "accreditato"}
    story.add(BODY_STREAM, "accreditation.granted", scheme=SCHEME, source="letter", **words)
    return story


def grant(story: Story, signer: Signer = EVENTS, token: bytes = TOKEN, **fields: object) -> None:
    """The certification granted, and its certificate issued."""
    story.add(CERTIFICATION, "certification.granted", signer, **(GRANT | fields))
    digest = format_base64url(parse_token(token).digest)
    story.add(CERTIFICATION, "certificate.issued", signer, revision=1, token_sha256=digest)


def granted() -> Story:
    """The story up to a certification in force, without a snapshot yet."""
    story = begin()
    grant(story)
    story.later(days=1)
    return story


def told() -> Story:
    """The whole short story, closed by a snapshot."""
    story = granted()
    story.snapshot()
    return story


def signed_like(entry: bytes, signer: Signer, **changes: object) -> bytes:
    """An entry that says what another says but for ``changes``, signed by ``signer``."""
    jws = parse_jws(entry)
    return sign_jws(signer, jws.typ, format_json(json.loads(jws.payload) | changes))


def _typ(entry: bytes) -> str:
    return parse_jws(entry).typ


def ask_without_record(error: Exception, token: bytes | None = None) -> Report:
    """The verdict of a reader who gets ``error`` in the place of a bundle."""

    def obtain() -> Bundle:
        raise error

    return verify(trust_root(), Question(BEGIN.date(), BEGIN, BEGIN), obtain, NUMBER, token)


@dataclass(frozen=True, slots=True)
class Impostor:
    """Signs in the name of another's key: the header names that key, and the signature is a stranger's."""

    public_key: PublicKey

    def sign(self, data: bytes) -> bytes:
        """Sign ``data`` with the wrong key."""
        return STRANGER.sign(data)


def saying(**changes: object) -> Certificate:
    """What the story's certificate states, but for ``changes``."""
    return replace(CERTIFICATE, **changes)  # type: ignore[arg-type]
