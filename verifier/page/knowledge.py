"""What a device needs to know in order to check certificates without network, each part with its proof.

    {"v":1,"trust":{…},"log":{"checkpoint":"…","snapshot":{"index":8,"entry":"eyJ…","proof":["…"]},"time":{…},
     "consistency":{"since":4,"proof":["…"]}}}

``trust`` is this page's trust root; ``time`` is the entry that closes the snapshot's prefix and so says how old it is.
The status list is the public file that the snapshot names. The device checks the log's part, and believes none of it
unchecked; the trust root it believes the first time.
"""

from verifier.checkpoint import claimed_checkpoint
from verifier.encoding import Json, format_base64, parse_json
from verifier.errors import UnavailableError
from verifier.event import parse_snapshot
from verifier.fetch import Source, parse_latest
from verifier.merkle import Subtree, prove_consistency, prove_inclusion
from verifier.tiles import read_entry, subtree_reader
from verifier.trust import MAX_TRUST_BYTES, TrustRoot, format_trust_root


def offline_knowledge(source: Source, trust: TrustRoot, since: int = 0) -> dict[str, Json]:
    """The newest knowledge that the public files give, with the proof that its log goes on from that of size ``since``.

    There is no such proof from an empty log, nor from one that is larger.

    Raises:
        NotFoundError, UnavailableError: it cannot be had.
        FormatError: what is served is not what it should be.
    """
    index, entry = parse_latest(source.read("snapshot"))
    closed_by = parse_snapshot(entry).size - 1
    # Read after the snapshot, so that it covers it.
    checkpoint = source.read("checkpoint")
    size = claimed_checkpoint(checkpoint).size
    if max(index, closed_by) >= size:
        raise UnavailableError("the checkpoint is older than the snapshot")
    subtree = subtree_reader(size, source.read)

    def proven(place: int, content: bytes) -> Json:
        proof: list[Json] = [format_base64(node) for node in prove_inclusion(place, size, subtree)]
        return {"index": place, "entry": content.decode("ascii"), "proof": proof}

    return {
        "v": 1,
        "trust": parse_json(format_trust_root(trust), MAX_TRUST_BYTES),
        "log": {
            "checkpoint": checkpoint.decode("utf-8"),
            "snapshot": proven(index, entry),
            "time": proven(closed_by, read_entry(closed_by, size, source.read)),
            "consistency": _consistency(since, size, subtree),
        },
    }


def _consistency(since: int, size: int, subtree: Subtree) -> Json:
    if not 0 < since <= size:
        return None
    return {"since": since, "proof": [format_base64(node) for node in prove_consistency(since, size, subtree)]}
