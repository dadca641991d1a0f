"""A story in which a certification goes from body to body: three bodies, each with its keys, and the transfers.

The dates are those of the story's grant; a test that wants others says so.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from keys.signer import SoftwareSigner, generate
from tests.verifier.public_files import published
from tests.verifier.story import (
    BODY,
    BODY_STREAM,
    CERTIFICATION,
    EDITION_STREAM,
    EVENTS,
    GRANT,
    NUMBER_DISCLOSURE,
    RECOVERY,
    SCHEME,
    TOKENS,
    Story,
    begin,
    digests,
    registration,
    trust_root,
)
from verifier.bundle import Bundle, Origin, Placed, format_record
from verifier.encoding import format_base64url
from verifier.fetch import body_path, transferred_path
from verifier.jws import chain_hash, parse_jws
from verifier.merkle import inclusion_proof
from verifier.trust import KeyRecord, TrustedBody, TrustRoot

# Of the story's grant: 2026-03-10 for three years, maintenance counted from that day.
KEPT = {
    "granted_on": "2026-03-10",
    "cycle_starts_on": "2026-03-10",
    "maintained_from": "2026-03-10",
    "counted_from": "2026-03-10",
    "valid_until": "2029-03-09",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """A body, and the certification as it is there; status indexes are the body's and the certification's."""

    body: str
    name: str
    body_stream: UUID
    stream: UUID
    indexes: tuple[int, int]
    event: SoftwareSigner
    token: SoftwareSigner
    recovery: SoftwareSigner


def _stop(number: int, body: str, name: str) -> Stop:
    streams = UUID(int=number), UUID(int=number + 100)
    return Stop(body, name, *streams, (number, number + 1), generate(), generate(), generate())


FIRST = Stop(BODY, "OdC Uno", BODY_STREAM, CERTIFICATION, (1, 2), EVENTS, TOKENS, RECOVERY)
SECOND, THIRD = _stop(4, "odc-due", "OdC Due"), _stop(6, "odc-tre", "OdC Tre")


def trust_all(*without: Stop) -> TrustRoot:
    """A trust root that names every body but those."""
    trust = trust_root()
    others = {stop.body: _trusted(stop) for stop in (SECOND, THIRD)}
    bodies = {**trust.bodies, **others}
    return replace(trust, bodies={s: b for s, b in bodies.items() if s not in {stop.body for stop in without}})


def _trusted(stop: Stop) -> TrustedBody:
    keys = tuple(
        KeyRecord(purpose, key.public_key, _PLACES[stop.body])
        for purpose, key in (("event", stop.event), ("token", stop.token))
    )
    return TrustedBody(stop.body, stop.event.public_key, stop.recovery.public_key, keys)


# The leaf indexes of their registrations, in the order in which ``begin_all`` writes them.
_PLACES = {"odc-due": 4, "odc-tre": 6}


def begin_all() -> Story:
    """Edition published, three bodies registered and accredited."""
    story = begin()
    for stop in (SECOND, THIRD):
        said = registration(stop.event, stop.token, stop.recovery, stop.body)
        website = f"https://{stop.body}.example"
        story.add(
            stop.body_stream, "body.registered", body=stop.body, name=stop.name, website=website,
            status_index=stop.indexes[0], **said,
        )  # fmt: skip
        accredit(story, stop)
    return story


def accredit(story: Story, stop: Stop) -> None:
    words = {"accreditation_body": "Ente", "standard": "ISO/IEC 17024", "wording": f"accreditato {stop.body}"}
    story.add(stop.body_stream, "accreditation.granted", scheme=SCHEME, source="letter", number="2", **words)


def granted_first() -> Story:
    """The certification granted at the first body on 2026-03-10, 30 days ago."""
    story = begin_all()
    story.add(CERTIFICATION, "certification.granted", **GRANT)
    story.later(days=30)
    return story


def decide(story: Story, stop: Stop, kind: str, signer: SoftwareSigner | None = None, **fields: object) -> int:
    """An event of the certification at that body, signed by it."""
    return story.add(stop.stream, kind, signer or stop.event, **({"body": stop.body} | fields))


def hand_over(story: Story, left: Stop, receiver: Stop, /, **changes: object) -> int:
    """The old body's event."""
    return decide(story, left, "certification.transferred_out", **({"receiver": receiver.body} | changes))


def take_over(
    story: Story, left: Stop, out: int, receiver: Stop, signer: SoftwareSigner | None = None, **changes: object
) -> int:
    """The new body's event, which names entry ``out``."""
    said = {
        "origin": str(left.stream),
        "out_sha256": format_base64url(chain_hash(parse_jws(story.entries[out]))),
        "status_index": receiver.indexes[1],
        **KEPT,
        **digests(6, NUMBER_DISCLOSURE),
    }
    return decide(story, receiver, "certification.transferred_in", signer, **(said | changes))


def transfer(story: Story, left: Stop, receiver: Stop, **changes: object) -> None:
    """Both events, one after the other; ``changes`` are of the new body's."""
    take_over(story, left, hand_over(story, left, receiver), receiver, **changes)


def transferred() -> Story:
    """Granted on 2026-03-10 at the first body, transferred to the second on 2026-04-09; the day after is not closed."""
    story = granted_first()
    transfer(story, FIRST, SECOND)
    story.later(days=1)
    return story


def bundle_of(story: Story, *stops: Stop, receiver: Stop | None = None) -> Bundle:
    """The bundle of the certification at the last of ``stops``, which came there by way of the others, in order."""
    leaves = story.leaves(story.covering)

    def placed(stream: UUID, index: int) -> Placed:
        return Placed(story.record(stream), inclusion_proof(index, leaves) if index < len(leaves) else ())

    *before, last = stops
    closing = story.covering - 1
    indexes = {"certification": last.indexes[1], "body": last.indexes[0], "edition": 0}
    bundle = Bundle(
        story.checkpoint(),
        (story.covering, story.entries[story.covering]),
        (closing, story.entries[closing]),
        story.record(last.stream, NUMBER_DISCLOSURE),
        story.record(last.body_stream),
        story.record(EDITION_STREAM),
        proofs={},
        paths={name: inclusion_proof(index, leaves) for name, index in indexes.items()},
        origins=tuple(
            Origin(placed(stop.stream, stop.indexes[1]), placed(stop.body_stream, stop.indexes[0]))
            for stop in reversed(before)
        ),
        receiver=None if receiver is None else placed(receiver.body_stream, receiver.indexes[0]),
    )
    return story.prove(bundle)


def closed(story: Story, *stops: Stop) -> Bundle:
    """The story closed by a snapshot, and the bundle of the last of ``stops``."""
    story.snapshot()
    return bundle_of(story, *(stops or (FIRST, SECOND)))


def files_of(story: Story, *stops: Stop) -> dict[str, bytes]:
    """The public files, the certification's record being that of the last of ``stops``."""
    files = published(story)
    number = next(path for path in files if path.startswith("record/"))
    bundle = bundle_of(story, *stops)
    for stop in stops:
        files[body_path(stop.body)] = format_record(story.record(stop.body_stream))
    for stop in stops[:-1]:
        files[transferred_path(stop.stream)] = format_record(story.record(stop.stream))
    return files | {number: format_record(bundle.certification)}
