"""One work over a long log, in a process of its own so that its memory is its own; prints JSON.

    python -m tests.benchmarks.long_work (project | audit | hashes) REGISTRY SMALL
    {"entries": 1000012, "seconds": 40.1, "rate": 25011.2, "limit": 60311.9, "rate_by_the_wall": 24800.3,
     "peak_mib": 412.5}

The work is done once over the small registry first, and the registry is opened before the clock runs, so that only what
grows with the log is measured. Rate, limit and seconds are of processor time: what one core does, whoever else uses the
machine. The peak is taken before the limit is measured; the limit reads no more than fits in memory at once.
"""

import json
import sqlite3
import sys
from base64 import urlsafe_b64decode
from binascii import a2b_base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from hashlib import sha256
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.bootstrap import now, open_registry
from registry.settings import read_settings
from verifier.audit import audit
from verifier.audit.hashes import audit_hashes
from verifier.checkpoint import claimed_checkpoint
from verifier.encoding import legal_day
from verifier.fetch import FolderSource
from verifier.report import Outcome
from verifier.tiles import TILE_WIDTH, entries_path, parse_entries
from verifier.trust import TrustRoot, parse_trust_root

Work = Callable[[], int]
# So many signatures say how many a second there are.
_SIGNATURES: Final = 20_000


@contextmanager
def project(place: Path) -> Iterator[Work]:
    """Drop the projection and make it anew."""
    with open_registry(read_settings(place)) as attesto:

        def rebuild() -> int:
            size = attesto.store.log.head().size
            attesto.standings.rebuild(size, legal_day(now()))
            return size

        yield rebuild


@contextmanager
def audit_all(place: Path) -> Iterator[Work]:
    """Audit everything that is published."""

    def replay() -> int:
        made = audit(FolderSource(place / "public"), _trust(place))
        assert Outcome.FAILED not in made.outcomes.values(), made.findings[:3]
        return made.size

    yield replay


@contextmanager
def audit_by_hashes(place: Path) -> Iterator[Work]:
    """Audit by hashes alone."""

    def walk() -> int:
        made = audit_hashes(FolderSource(place / "public"), _trust(place))
        assert made.outcomes["chain"] is made.outcomes["snapshot"] is Outcome.PASSED, made.findings[:3]
        return made.size

    yield walk


def _trust(place: Path) -> TrustRoot:
    return parse_trust_root((place / "public" / "trust.json").read_bytes())


def read_and_parse(place: Path) -> float:
    """Rows a second, read and parsed with nothing of ours around it."""
    (database,) = place.glob("*.sqlite")
    start, count = process_time(), 0
    with closing(sqlite3.connect(database)) as connection:
        for _, _, _, _, body in connection.execute(
            "SELECT leaf_index, stream, sequence, topic, body FROM entry ORDER BY leaf_index"
        ):
            part = body.split(b".")[1]
            msgspec.json.decode(urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
            count += 1
    return count / (process_time() - start)


def check_signatures(place: Path) -> float:
    """Signatures a second over entries as they are."""
    private = Ed25519PrivateKey.generate()
    entries = [entry for _, entry in zip(range(_SIGNATURES), _entries(place), strict=False)]
    signed = [(private.sign(entry), entry) for entry in entries]
    key, start = private.public_key(), process_time()
    for signature, entry in signed:
        key.verify(signature, entry)
    return len(signed) / (process_time() - start)


def hash_and_parse(place: Path) -> float:
    """Entries a second, read from the public files, hashed twice, and their payloads parsed."""
    start, count = process_time(), 0
    for entry in _entries(place):
        sha256(entry).digest()
        sha256(entry).digest()
        part = entry.split(b".")[1]
        msgspec.json.decode(a2b_base64(part + b"=" * (-len(part) % 4)))
        count += 1
    return count / (process_time() - start)


def _entries(place: Path) -> Iterator[bytes]:
    public = place / "public"
    size = claimed_checkpoint((public / "checkpoint").read_bytes()).size
    for start in range(0, size, TILE_WIDTH):
        width = min(TILE_WIDTH, size - start)
        yield from parse_entries((public / entries_path(start // TILE_WIDTH, width)).read_bytes(), width)


WORKS: Final[Mapping[str, tuple[Callable[[Path], AbstractContextManager[Work]], Callable[[Path], float]]]] = {
    "project": (project, read_and_parse),
    "audit": (audit_all, check_signatures),
    "hashes": (audit_by_hashes, hash_and_parse),
}


def peak_mib() -> float:
    """The most memory that this process has held, in MiB; not what its parent held before it began."""
    lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024, 1)


def run(work: str, place: Path, small: Path) -> dict[str, float]:
    """Do one work, warmed up over a small registry, and measure it beside its limit."""
    do, limit = WORKS[work]
    with do(small) as warm_up:
        warm_up()
    with do(place) as measured:
        wall, start = perf_counter(), process_time()
        entries = measured()
        seconds, by_the_wall, peak = process_time() - start, entries / (perf_counter() - wall), peak_mib()
    return {
        "entries": entries,
        "seconds": round(seconds, 3),
        "rate": entries / seconds,
        "limit": limit(place),
        "rate_by_the_wall": round(by_the_wall, 1),
        "peak_mib": peak,
    }


if __name__ == "__main__":
    json.dump(run(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])), sys.stdout)
