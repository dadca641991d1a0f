r"""Log proofs: one entry's place in the log, as a file to keep beside it (C2SP tlog-proof).

    c2sp.org/tlog-proof@v1
    index 4
    nvaYen722bym3QyfHuCInnkOfJrFhm+oNWVzCtrkMsQ=

    log.example.org/registry
    5
    …

The leaf index, the inclusion proof from the leaf upwards, and after an empty line the signed checkpoint as it is. An
``extra`` line may stand before the index; nothing vouches for it.
"""

from dataclasses import dataclass
from typing import Final

from verifier.checkpoint import parse_size
from verifier.encoding import format_base64, parse_base64
from verifier.errors import FormatError
from verifier.merkle import HASH_BYTES

MAX_PROOF_HASHES: Final = 63
_HEADER: Final = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class LogProof:
    """An inclusion proof for leaf ``index`` with the signed checkpoint (a note) whose root it leads to."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""


def format_proof(proof: LogProof) -> bytes:
    """Write a log proof."""
    extra = [f"extra {format_base64(proof.extra)}"] if proof.extra else []
    head = [_HEADER, *extra, f"index {proof.index}", *map(format_base64, proof.hashes)]
    return "\n".join(head).encode() + b"\n\n" + proof.checkpoint


def parse_proof(data: bytes) -> LogProof:
    """Read a log proof, trusting neither its hashes nor its checkpoint.

    Raises:
        FormatError: not that format.
    """
    head, _, checkpoint = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise FormatError("a log proof is ASCII up to its checkpoint") from error
    extra = b""
    match lines:
        case [header, extra_line, *rest] if header == _HEADER and extra_line.startswith("extra "):
            extra, lines = _parse_extra(extra_line), [header, *rest]
    match lines:
        case [header, index, *hashes] if header == _HEADER and index.startswith("index ") and checkpoint:
            return LogProof(parse_size(index.removeprefix("index ")), _parse_hashes(hashes), checkpoint, extra)
    raise FormatError("a log proof is a header, an index, hashes, an empty line and a checkpoint")


def _parse_extra(line: str) -> bytes:
    extra = parse_base64(line.removeprefix("extra "))
    if not extra:
        raise FormatError("the extra line of a log proof is empty")
    return extra


def _parse_hashes(lines: list[str]) -> tuple[bytes, ...]:
    hashes = tuple(parse_base64(line) for line in lines)
    if len(hashes) > MAX_PROOF_HASHES or any(len(item) != HASH_BYTES for item in hashes):
        raise FormatError(f"a log proof has at most {MAX_PROOF_HASHES} hashes of 32 octets")
    return hashes
