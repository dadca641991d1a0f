"""What a log's signed head and its newest snapshot prove of records: in the log, nothing left out, recent enough."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from verifier.bundle import Record
from verifier.checkpoint import Checkpoint, claimed_checkpoint
from verifier.encoding import format_instant
from verifier.errors import ChainError, ProofError, UnavailableError
from verifier.event import Snapshot, parse_snapshot, parse_time, status_leaf
from verifier.jws import check_jws
from verifier.merkle import check_inclusion, leaf_hash
from verifier.stream import CLOCK_SKEW
from verifier.trust import TrustRoot


def check_grown(checkpoint: bytes, trust: TrustRoot) -> None:
    """Check that a head that is served now is none that was replaced before the trust root was made.

    Raises:
        UnavailableError: it is, so that what was recorded since then may be held back.
        FormatError: it is no head.
    """
    size = claimed_checkpoint(checkpoint).size
    if size < trust.as_of_size:
        raise UnavailableError(f"the log has {size} entries, but had {trust.as_of_size} when the trust root was made")


def check_inclusions(
    entries: Iterable[tuple[int, bytes]], proofs: Mapping[int, Sequence[bytes]], checkpoint: Checkpoint
) -> None:
    """Check that each entry is what the log holds at its leaf index.

    Raises:
        ProofError: one is not, or has no proof.
    """
    for index, entry in entries:
        proof = proofs.get(index)
        if proof is None:
            raise ProofError(f"entry {index} has no inclusion proof")
        try:
            check_inclusion(leaf_hash(entry), index, checkpoint.size, proof, checkpoint.root_hash)
        except ProofError as error:
            raise ProofError(f"entry {index} is not what the log holds there") from error


def open_snapshot(
    snapshot_entry: tuple[int, bytes], time_entry: tuple[int, bytes], trust: TrustRoot
) -> tuple[Snapshot, datetime]:
    """The snapshot and its instant (UTC): signed by the operator, and closed by the time entry before it.

    Raises:
        ChainError: it is another log's, or another time entry closes it.
        FormatError, SignatureError: an entry is none, or not the operator's.
    """
    (index, entry), (time_index, closing) = snapshot_entry, time_entry
    snapshot, time = parse_snapshot(entry), parse_time(closing)
    for jws in (snapshot.jws, time.jws):
        check_jws(jws, trust.operator_key)
    if snapshot.log != trust.origin or time.log != trust.origin:
        raise ChainError("the snapshot belongs to another log")
    if not time_index == snapshot.size - 1 < index:
        raise ChainError("the snapshot is not closed by its time entry")
    return snapshot, time.at


def check_complete(name: str, record: Record, status_index: int, path: Sequence[bytes], snapshot: Snapshot) -> None:
    """Check that the record called ``name`` ends where the snapshot says.

    Raises:
        ProofError: an event is left out.
        UnavailableError: the snapshot is older than the record.
    """
    covered = [item for item in record.entries.items() if item[0] < snapshot.size]
    if not covered:
        raise UnavailableError(f"the newest snapshot at hand is older than this {name}")
    last_index, last = covered[-1]
    leaf = leaf_hash(status_leaf(record.stream, len(covered), last_index, sha256(last).digest()))
    try:
        check_inclusion(leaf, status_index, snapshot.streams, path, snapshot.root)
    except ProofError as error:
        raise ProofError(f"the {name}'s record is not what the snapshot names: an event is left out") from error


def check_fresh(snapshot_at: datetime, latest_at: datetime, known_at: datetime, now: datetime, max_age: int) -> None:
    """Check that a snapshot says what was known at an instant, and that the clock here is the log's (all UTC).

    Args:
        snapshot_at: when the snapshot was made.
        latest_at: the latest instant that the log names in what is at hand.
        known_at: up to when records are to count.
        now: the present instant.
        max_age: the age in seconds past which a snapshot says nothing.

    Raises:
        UnavailableError: it is too old, or one of the two clocks is wrong.
    """
    if latest_at - now > CLOCK_SKEW:
        at, here = format_instant(latest_at), format_instant(now)
        raise UnavailableError(f"the log names {at}, but the clock here says {here}: one of the two clocks is wrong")
    if not recent(snapshot_at, known_at, max_age):
        at = format_instant(snapshot_at)
        raise UnavailableError(f"the newest snapshot at hand is of {at}, too old to say what was known later")


def recent(snapshot_at: datetime, known_at: datetime, max_age: int) -> bool:
    """Whether a snapshot is no older than ``max_age`` seconds at that instant (UTC)."""
    return (known_at - snapshot_at).total_seconds() <= max_age
