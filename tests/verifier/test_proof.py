import json
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.checkpoint import open_checkpoint
from verifier.errors import AttestoError, FormatError
from verifier.merkle import check_inclusion, leaf_hash
from verifier.note import parse_vkey
from verifier.proof import LogProof, format_proof, parse_proof

HASH = b64encode(bytes(32)).decode()
NOTE = "log.example.org\n2\nnot looked at here\n"


def documents(vectors: Path) -> dict:
    return json.loads((vectors / "generated" / "notes.json").read_text())


def open_entry(data: bytes, entry: bytes, origin: str, vkey: str) -> None:
    proof = parse_proof(data)
    checkpoint = open_checkpoint(proof.checkpoint, origin, parse_vkey(vkey))
    check_inclusion(leaf_hash(entry), proof.index, checkpoint.size, proof.hashes, checkpoint.root_hash)


def test_a_proof_that_go_wrote_leads_from_its_entry_to_the_signed_root(vectors: Path) -> None:
    made = documents(vectors)

    for note in made["notes"]:
        open_entry(note["tlog_proof"].encode(), note["entry"].encode(), made["origin"], made["log_vkey"])


def test_a_proof_that_go_wrote_is_written_the_same_way_here(vectors: Path) -> None:
    for note in documents(vectors)["notes"]:
        proof = parse_proof(note["tlog_proof"].encode())

        assert format_proof(proof) == note["tlog_proof"].encode()
        assert proof.extra == b"extra!"
        assert proof.checkpoint == note["cosigned"].encode()


def test_a_proof_serves_no_other_entry(vectors: Path) -> None:
    made = documents(vectors)

    for note in made["notes"]:
        with pytest.raises(AttestoError, match="another root"):
            open_entry(note["tlog_proof"].encode(), b"another entry", made["origin"], made["log_vkey"])


def test_no_octet_of_a_proof_can_be_changed(vectors: Path) -> None:
    made = documents(vectors)
    note = made["notes"][1]
    proof = parse_proof(note["tlog_proof"].encode())
    # Without an extra line and other keys' lines, for which nothing vouches.
    data = format_proof(LogProof(proof.index, proof.hashes, note["log_signed"].encode()))
    open_entry(data, note["entry"].encode(), made["origin"], made["log_vkey"])

    for position in range(len(data)):
        for flip in (1, 0x20, 0x80):
            mangled = data[:position] + bytes([data[position] ^ flip]) + data[position + 1 :]
            with pytest.raises(AttestoError):
                open_entry(mangled, note["entry"].encode(), made["origin"], made["log_vkey"])
    for length in range(len(data)):
        with pytest.raises(AttestoError):
            open_entry(data[:length], note["entry"].encode(), made["origin"], made["log_vkey"])


@given(
    index=st.integers(0, 2**63 - 1),
    hashes=st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple),
    checkpoint=st.binary(min_size=1),
    extra=st.binary(max_size=100),
)
def test_what_is_written_is_read_back(index: int, hashes: tuple[bytes, ...], checkpoint: bytes, extra: bytes) -> None:
    proof = LogProof(index, hashes, checkpoint, extra)

    assert parse_proof(format_proof(proof)) == proof


@pytest.mark.parametrize(
    ("why", "data"),
    [
        ("empty", ""),
        ("no header", f"index 0\n\n{NOTE}"),
        ("another version", f"c2sp.org/tlog-proof@v2\nindex 0\n\n{NOTE}"),
        ("no index", f"c2sp.org/tlog-proof@v1\n\n{NOTE}"),
        ("no index, but a hash", f"c2sp.org/tlog-proof@v1\n{HASH}\n\n{NOTE}"),
        ("index without its word", f"c2sp.org/tlog-proof@v1\n0\n\n{NOTE}"),
        ("leading zero", f"c2sp.org/tlog-proof@v1\nindex 00\n\n{NOTE}"),
        ("sign", f"c2sp.org/tlog-proof@v1\nindex +1\n\n{NOTE}"),
        ("two spaces", f"c2sp.org/tlog-proof@v1\nindex  1\n\n{NOTE}"),
        ("digits of another script", f"c2sp.org/tlog-proof@v1\nindex \u0661\n\n{NOTE}"),
        ("index past 2**63", f"c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\n{NOTE}"),
        ("extra after the index", f"c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\n{NOTE}"),
        ("extra twice", f"c2sp.org/tlog-proof@v1\nextra AAAA\nextra AAAA\nindex 0\n\n{NOTE}"),
        ("empty extra", f"c2sp.org/tlog-proof@v1\nextra \nindex 0\n\n{NOTE}"),
        ("extra not canonical", f"c2sp.org/tlog-proof@v1\nextra AB==\nindex 0\n\n{NOTE}"),
        ("short hash", f"c2sp.org/tlog-proof@v1\nindex 0\n{b64encode(bytes(31)).decode()}\n\n{NOTE}"),
        ("long hash", f"c2sp.org/tlog-proof@v1\nindex 0\n{b64encode(bytes(33)).decode()}\n\n{NOTE}"),
        ("hash not canonical", f"c2sp.org/tlog-proof@v1\nindex 0\n{HASH[:-2]}B=\n\n{NOTE}"),
        ("64 hashes, more than any tree needs", f"c2sp.org/tlog-proof@v1\nindex 0\n{(HASH + chr(10)) * 64}\n{NOTE}"),
        ("carriage returns", f"c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\n{NOTE}"),
        ("byte order mark", f"\ufeffc2sp.org/tlog-proof@v1\nindex 0\n\n{NOTE}"),
        ("no checkpoint", "c2sp.org/tlog-proof@v1\nindex 0\n\n"),
        ("no empty line", "c2sp.org/tlog-proof@v1\nindex 0\n"),
    ],
)
def test_what_is_no_proof_is_refused(why: str, data: str) -> None:
    with pytest.raises(FormatError):
        parse_proof(data.encode())
