import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.checkpoint import open_checkpoint
from verifier.encoding import format_base64
from verifier.errors import FormatError, ProofError
from verifier.merkle import check_inclusion, leaf_hash
from verifier.note import parse_vkey
from verifier.proof import MAX_PROOF_HASHES, LogProof, format_proof, parse_proof

HASH = format_base64(bytes(range(32)))


def test_log_proofs_made_by_others_lead_to_their_checkpoints(vectors: Path) -> None:
    made = json.loads((vectors / "generated/notes.json").read_bytes())
    log = parse_vkey(made["log_vkey"])

    for note in made["notes"]:
        proof = parse_proof(note["tlog_proof"].encode())
        checkpoint = open_checkpoint(proof.checkpoint, made["origin"], log)
        leaf = leaf_hash(note["entry"].encode())
        check_inclusion(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root_hash)
        with pytest.raises(ProofError):
            check_inclusion(leaf_hash(b"another"), proof.index, checkpoint.size, proof.hashes, checkpoint.root_hash)
    assert len(made["notes"]) == 4


def test_log_proofs_made_by_others_are_written_alike(vectors: Path) -> None:
    for note in json.loads((vectors / "generated/notes.json").read_bytes())["notes"]:
        data = note["tlog_proof"].encode()

        assert parse_proof(data).extra == b"extra!"
        assert format_proof(parse_proof(data)) == data


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("", "a header, an index"),
        ("c2sp.org/tlog-proof@v1", "a header, an index"),
        ("c2sp.org/tlog-proof@v2\nindex 4", "a header, an index"),
        ("\nc2sp.org/tlog-proof@v1\nindex 4", "a header, an index"),
        ("c2sp.org/tlog-proof@v1\r\nindex 4", "a header, an index"),
        (f"c2sp.org/tlog-proof@v1\n{HASH}\nindex 4", "a header, an index"),
        ("c2sp.org/tlog-proof@v1\nindex 4\nextra AAAA", "not standard base64"),
        ("c2sp.org/tlog-proof@v1\nextra AAAA\nextra AAAA\nindex 4", "a header, an index"),
        ("c2sp.org/tlog-proof@v1\nextra \nindex 4", "extra line"),
        ("c2sp.org/tlog-proof@v1\nextra AB==\nindex 4", "not canonical"),
        ("c2sp.org/tlog-proof@v1\nindex 04", "without leading zeros"),
        ("c2sp.org/tlog-proof@v1\nindex -4", "without leading zeros"),
        ("c2sp.org/tlog-proof@v1\nindex ", "without leading zeros"),
        (f"c2sp.org/tlog-proof@v1\nindex {2**63}", "below"),
        ("c2sp.org/tlog-proof@v1\nindex 4\nAAAA", "32 octets"),
        (f"c2sp.org/tlog-proof@v1\nindex 4\n {HASH}", "not standard base64"),
        (f"c2sp.org/tlog-proof@v1\nindex 4\n{HASH[:-2]}9=", "not canonical"),
        ("c2sp.org/tlog-proof@v1\nindex 4" + f"\n{HASH}" * (MAX_PROOF_HASHES + 1), "at most 63"),
        ("c2sp.org/tlog-proof@v1\nindex \u0664", "ASCII"),
    ],
)
def test_another_head_of_a_log_proof_is_refused(head: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        parse_proof(f"{head}\n\na note".encode())


def test_a_log_proof_without_its_checkpoint_is_refused() -> None:
    head = f"c2sp.org/tlog-proof@v1\nindex 4\n{HASH}"
    assert parse_proof(f"{head}\n\na note".encode()).checkpoint == b"a note"

    for end in ("", "\n", "\n\n"):
        with pytest.raises(FormatError):
            parse_proof(f"{head}{end}".encode())


hashes = st.lists(st.binary(min_size=32, max_size=32), max_size=MAX_PROOF_HASHES).map(tuple)


@given(st.builds(LogProof, st.integers(0, 2**63 - 1), hashes, st.binary(min_size=1), st.binary(max_size=40)))
def test_a_log_proof_is_read_as_it_was_written(proof: LogProof) -> None:
    assert parse_proof(format_proof(proof)) == proof
