"""Checkpoints: what a log signs to commit to its entries (C2SP tlog-checkpoint).

    log.example.org/registry
    1
    FiHOfaiyVKSlJYyQjHADc2z8NG8kgqvmCmBlH7wRZ5E=

The text of a note: the log's origin, the tree size, the root hash. Extension lines are not used and not accepted.
"""

import re
from dataclasses import dataclass
from typing import Final

from verifier.encoding import format_base64, parse_base64
from verifier.errors import FormatError, TrustError
from verifier.merkle import EMPTY_ROOT, HASH_BYTES
from verifier.note import Verifier, open_note, split_note

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_SIZE_LIMIT: Final = 2**63


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's commitment to its first ``size`` entries; ``root_hash`` is 32 octets."""

    origin: str
    size: int
    root_hash: bytes


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """Write the text of the note that a log signs."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{format_base64(checkpoint.root_hash)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a note, without trusting it.

    Raises:
        FormatError: not three lines of origin, size and root, or not their one spelling.
    """
    match text.split("\n"):
        case [origin, size, root, ""] if origin:
            checkpoint = Checkpoint(origin, parse_size(size), parse_base64(root))
        case _:
            raise FormatError("a checkpoint is three lines: origin, size and root hash")
    if len(checkpoint.root_hash) != HASH_BYTES:
        raise FormatError("a root hash is 32 octets long")
    if checkpoint.size == 0 and checkpoint.root_hash != EMPTY_ROOT:
        raise FormatError("the root hash of an empty log is not that of an empty tree")
    return checkpoint


def parse_size(text: str) -> int:
    """Read a tree size or a leaf index: decimal, below 2**63, without leading zeros.

    Raises:
        FormatError: another spelling, or too large.
    """
    if not _SIZE.fullmatch(text) or int(text) >= _SIZE_LIMIT:
        raise FormatError("a size is a decimal number below 2**63 without leading zeros")
    return int(text)


def open_checkpoint(note: bytes, origin: str, verifier: Verifier) -> Checkpoint:
    """Check the log's signature and hand out the checkpoint.

    Raises:
        FormatError: not a signed checkpoint.
        SignatureError: the log's key did not sign it.
        TrustError: it is another log's.
    """
    checkpoint = parse_checkpoint(open_note(note, [verifier]).text)
    if checkpoint.origin != origin:
        raise TrustError(f"the checkpoint is of log {checkpoint.origin}, not {origin}")
    return checkpoint


def claimed_checkpoint(note: bytes) -> Checkpoint:
    """What a note claims, unchecked: enough to ask for proofs that lead to its size, never to believe it.

    Raises:
        FormatError: not a signed checkpoint.
    """
    return parse_checkpoint(split_note(note)[0])
