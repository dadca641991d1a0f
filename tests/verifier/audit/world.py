"""A published registry to audit, and the log that a cheat inside it would sign."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from keys.signer import Signer
from keys.signing import sign_jws, sign_note
from verifier.audit import Audit, audit
from verifier.checkpoint import Checkpoint, claimed_checkpoint, format_checkpoint
from verifier.encoding import format_base64url, format_json, parse_json
from verifier.event import EVENT, SNAPSHOT, TIME, TYPES
from verifier.fetch import FolderSource
from verifier.jws import chain_hash, parse_jws
from verifier.merkle import leaf_hash, root_hash
from verifier.report import Outcome
from verifier.tiles import entries_path, format_entries, new_tiles, parse_entries, tile_path
from verifier.trust import TrustRoot

ORIGIN = "audit.example/log"


@dataclass(frozen=True, slots=True)
class World:
    """A published registry, and the keys that a cheat inside would have."""

    public: Path
    trust: TrustRoot
    log: Signer
    operator: Signer
    body: Signer
    recovery: Signer

    def audit(self, public: Path | None = None, trust: TrustRoot | None = None) -> Audit:
        place = public or self.public
        records = sorted(path.relative_to(place).as_posix() for path in place.glob("record/*/*"))
        return audit(FolderSource(place), trust or self.trust, records)

    def entries(self) -> list[bytes]:
        size = claimed_checkpoint((self.public / "checkpoint").read_bytes()).size
        return list(parse_entries((self.public / entries_path(0, size)).read_bytes(), size))

    def last_status_index(self) -> int:
        return max(int(str(p["status_index"])) for p in map(payload, self.entries()) if "status_index" in p)

    def copy(self, place: Path) -> Path:
        shutil.copytree(self.public, place)
        return place

    def sign_again(self, place: Path, entries: Sequence[bytes]) -> Path:
        """The public files with another log, whose tiles and head fit: what only the log's own key can do."""
        self.copy(place)
        shutil.rmtree(place / "tile")
        hashes = [leaf_hash(entry) for entry in entries]
        for level, index, width in new_tiles(0, len(entries)):
            assert (level, index) == (0, 0)
            write(place / tile_path(level, index, width), b"".join(hashes))
            write(place / entries_path(index, width), format_entries(entries))
        head = Checkpoint(ORIGIN, len(entries), root_hash(hashes))
        (place / "checkpoint").write_bytes(sign_note(ORIGIN, self.log, format_checkpoint(head)))
        return place


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def failed(made: Audit) -> set[str]:
    return {finding.check for finding in made.findings if finding.outcome is Outcome.FAILED}


def files(place: Path) -> list[str]:
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())


def payload(entry: bytes) -> dict[str, object]:
    return dict(parse_json(parse_jws(entry).payload))


def signed(signer: Signer, typ: str, value: object) -> bytes:
    return sign_jws(signer, typ, format_json(value))


def places(world: World, kind: str) -> list[int]:
    return [index for index, entry in enumerate(world.entries()) if payload(entry)["type"] == kind]


def following(world: World, last: bytes, kind: str, signer: Signer | None, **fields: object) -> bytes:
    """An event after ``last``, which is its stream's last one."""
    before, typ = payload(last), parse_jws(last).typ
    common = {name: before[name] for name in ("log", "stream", "effective_on", "decided_at")}
    own = {name: before[name] for name in ("body", "edition", "profile")} if typ == EVENT else {}
    made = (
        common
        | own
        | {
            "id": "00000000-0000-4000-8000-000000000001",
            "v": TYPES[kind].version,
            "type": kind,
            "sequence": int(str(before["sequence"])) + 1,
            "previous": format_base64url(chain_hash(parse_jws(last))),
        }
    )
    return signed(signer or (world.body if typ == EVENT else world.operator), typ, made | fields)


def digests(count: int) -> dict[str, object]:
    return {"_sd": sorted(format_base64url(bytes([i]) * 32) for i in range(count)), "_sd_alg": "sha-256"}


def issued(world: World) -> bytes:
    """The last event of a certification that stands."""
    return world.entries()[places(world, "certificate.issued")[-1]]


def time_entry(world: World, **changes: object) -> bytes:
    last = places(world, "time")[-1]
    return signed(world.operator, TIME, payload(world.entries()[last]) | {"previous": last} | changes)


def snapshot(world: World, **changes: object) -> bytes:
    (last,) = places(world, "snapshot")
    return signed(world.operator, SNAPSHOT, payload(world.entries()[last]) | changes)
