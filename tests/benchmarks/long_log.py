"""A log of a million events, made in bulk: signed as the registry signs, appended by its own store, published as files.

The lives are like those of a real register: every certification is granted with its certificate; most are maintained,
some suspended and reinstated, some withdrawn. No holders, numbers and records: what is measured is the log.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from keys.signer import Purpose, Signer
from keys.signing import sign_jws
from registry.bootstrap import Attesto, now
from registry.publish.folder import PublicFolder
from registry.publish.status_list import format_status_list
from registry.store.submission import NewEvent, Submission
from tests.benchmarks.worlds import BODY, EDITION
from verifier.encoding import format_base64url, format_day, format_instant, format_json, legal_day
from verifier.event import EVENT, TYPES
from verifier.fetch import format_latest, status_list_path
from verifier.status_tree import StatusTree
from verifier.tiles import TILE_HEIGHT, TILE_WIDTH, entries_path, format_entries, new_tiles, tile_path

_BATCH: Final = 1000
_GRANTED: Final = ("certification.granted", "certificate.issued")
_MAINTAINED: Final = ("certification.maintenance_confirmed",)
_SUSPENDED: Final = ("certification.suspended", "certification.reinstated")
# What follows the grant, for twenty certifications in turn: 67 events with the grants' own.
_LIVES: Final = (
    *[()] * 4,
    *[_MAINTAINED] * 7,
    *[_SUSPENDED] * 5,
    *[("certification.withdrawn",)] * 2,
    *[(*_MAINTAINED, *_SUSPENDED, *_MAINTAINED)] * 2,
)
_PROFILE: Final = "addetto"


def grow(attesto: Attesto, certifications: range) -> int:
    """Record the lives of so many certifications more, and return how many events they are."""
    signer = attesto.key_set.current(BODY, Purpose.EVENT)
    recorded = 0
    for start in range(certifications.start, certifications.stop, _BATCH):
        numbers = range(start, min(start + _BATCH, certifications.stop))
        indexes = attesto.store.reserve_status_indexes(len(numbers))
        made = [
            Submission(tuple(_life(signer, attesto.store.origin, number, index)))
            for number, index in zip(numbers, indexes, strict=True)
        ]
        attesto.store.append_all(made)
        recorded += sum(len(submission.events) for submission in made)
    return recorded


def _life(signer: Signer, origin: str, number: int, status_index: int) -> Iterator[NewEvent]:
    stream, at, previous = _uuid(number, 0), now(), None
    day = legal_day(at)
    for sequence, kind in enumerate((*_GRANTED, *_LIVES[number % len(_LIVES)]), start=1):
        said = {
            "v": TYPES[kind].version, "log": origin, "id": str(_uuid(number, sequence)), "type": kind,
            "stream": str(stream), "sequence": sequence, "previous": previous, "effective_on": format_day(day),
            "decided_at": format_instant(at), "body": BODY, "edition": EDITION, "profile": _PROFILE,
            **_own(kind, day, number, status_index), **_digests(kind, number, sequence),
        }  # fmt: skip
        body = sign_jws(signer, EVENT, format_json(said))
        previous = format_base64url(sha256(body.rpartition(b".")[0]).digest())
        yield NewEvent(stream, sequence, kind, body)


def _own(kind: str, day: date, number: int, status_index: int) -> dict[str, object]:
    match kind:
        case "certification.granted":
            return {"valid_until": format_day(day + timedelta(days=1000)), "status_index": status_index}
        case "certificate.issued":
            return {"revision": 1, "token_sha256": format_base64url(_digest(number, 0, 0))}
        case "certification.suspended":
            return {"deadline": format_day(day + timedelta(days=30))}
    return {}


def _digests(kind: str, number: int, sequence: int) -> dict[str, object]:
    digests = sorted(format_base64url(_digest(number, sequence, i)) for i in range(TYPES[kind].digests))
    return {"_sd": digests, "_sd_alg": "sha-256"} if digests else {}


def _digest(*numbers: int) -> bytes:
    return sha256(repr(numbers).encode()).digest()


def _uuid(number: int, sequence: int) -> UUID:
    return UUID(bytes=_digest(number, sequence)[:16], version=4)


def publish(attesto: Attesto) -> int:
    """Publish the log with a snapshot, without any record, and return how many entries that are."""
    public = PublicFolder(attesto.settings.path(attesto.settings.public_folder))
    head, day, tree = attesto.store.append_time(), legal_day(now()), StatusTree()
    attesto.standings.catch_up(head.size, day)
    for standing in attesto.standings.changed_since(0):
        tree.update(standing.status_index, standing.leaf_hash)
    root = tree.write_changes(public.write)
    listed = format_status_list(day, tree.size, attesto.standings.states())
    public.write(status_list_path(sha256(listed).digest()), listed)
    said = {
        "list": {"day": format_day(day), "sha256": format_base64url(sha256(listed).digest())},
        "log": attesto.store.origin, "root": format_base64url(root), "size": head.size, "streams": tree.size,
        "type": "snapshot", "v": 1,
    }  # fmt: skip
    (index,) = attesto.store.append_snapshot(format_json(said)).indexes
    _publish_tiles(attesto, public, index + 1)
    public.write("checkpoint", attesto.store.checkpoint())
    (entry,) = attesto.store.log.entries(index, index + 1)
    public.write("snapshot", format_latest(index, entry.body))
    attesto.write_trust_root()
    return index + 1


def _publish_tiles(attesto: Attesto, public: PublicFolder, size: int) -> None:
    log = attesto.store.log
    for level, index, width in new_tiles(0, size):
        start = index * TILE_WIDTH
        public.write(tile_path(level, index, width), log.node_hashes(level * TILE_HEIGHT, start, start + width))
        if level == 0:
            bodies = (entry.body for entry in log.entries(start, start + width))
            public.write(entries_path(index, width), format_entries(bodies))
