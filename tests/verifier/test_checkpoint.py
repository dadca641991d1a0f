import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from verifier.checkpoint import Checkpoint, claimed_checkpoint, format_checkpoint, open_checkpoint, parse_checkpoint
from verifier.errors import FormatError, SignatureError, TrustError
from verifier.key import parse_ed25519
from verifier.merkle import EMPTY_ROOT
from verifier.note import Verifier, format_note, format_signature_line, make_verifier, parse_vkey

ORIGIN = "log.example.org/registry"
ROOT = "FiHOfaiyVKSlJYyQjHADc2z8NG8kgqvmCmBlH7wRZ5E="
TEXT = f"{ORIGIN}\n1\n{ROOT}\n"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
LOG: Verifier = make_verifier(ORIGIN, parse_ed25519(PRIVATE.public_key().public_bytes_raw()))


def sign(text: str) -> bytes:
    return format_note(text, [format_signature_line(LOG, PRIVATE.sign(text.encode()))])


def test_checkpoints_made_by_others_open(vectors: Path) -> None:
    made = json.loads((vectors / "generated/notes.json").read_bytes())
    log = parse_vkey(made["log_vkey"])
    roots = {
        tree["size"]: tree["root"] for tree in json.loads((vectors / "generated/trees.json").read_bytes())["trees"]
    }

    for note in made["notes"]:
        checkpoint = open_checkpoint(note["cosigned"].encode(), made["origin"], log)
        assert checkpoint == claimed_checkpoint(note["log_signed"].encode())
        assert format_checkpoint(checkpoint) == note["text"] == f"{ORIGIN}\n{note['size']}\n{roots[note['size']]}\n"
    assert len(made["notes"]) == 4


def test_a_running_log_s_checkpoints_are_read_as_they_are_written(vectors: Path) -> None:
    for size in range(1, 16):
        note = (vectors / f"tessera_log/checkpoint.{size}").read_bytes()

        checkpoint = claimed_checkpoint(note)

        assert checkpoint.size == size
        assert note.startswith(format_checkpoint(checkpoint).encode() + b"\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "three lines"),
        (f"{ORIGIN}\n1\n", "three lines"),
        (f"{ORIGIN}\n1\n{ROOT}", "three lines"),
        (f"{ORIGIN}\n1\n{ROOT}\n\n", "three lines"),
        (f"{ORIGIN}\n1\n{ROOT}\nan extension\n", "three lines"),
        (f"\n1\n{ROOT}\n", "three lines"),
        (f"{ORIGIN}\n\n{ROOT}\n", "a size is"),
        (f"{ORIGIN}\n01\n{ROOT}\n", "a size is"),
        (f"{ORIGIN}\n+1\n{ROOT}\n", "a size is"),
        (f"{ORIGIN}\n-1\n{ROOT}\n", "a size is"),
        (f"{ORIGIN}\n1_0\n{ROOT}\n", "a size is"),
        (f"{ORIGIN}\n 1\n{ROOT}\n", "a size is"),
        (f"{ORIGIN}\n1 \n{ROOT}\n", "a size is"),
        (f"{ORIGIN}\n0x1\n{ROOT}\n", "a size is"),
        (f"{ORIGIN}\n\u0661\n{ROOT}\n", "a size is"),
        (f"{ORIGIN}\n{2**63}\n{ROOT}\n", "a size is"),
        (f"{ORIGIN}\n{'9' * 5000}\n{ROOT}\n", "a size is"),
        (f"{ORIGIN}\n1\n{ROOT[:-1]}\n", "not standard base64"),
        (f"{ORIGIN}\n1\n{ROOT[:-2]}F=\n", "not canonical"),
        (f"{ORIGIN}\n1\n{ROOT[:-4]}\n", "32 octets"),
        (f"{ORIGIN}\n1\nAAAA{ROOT}\n", "32 octets"),
        (f"{ORIGIN}\n1\n\n", "32 octets"),
        (f"{ORIGIN}\n0\n{ROOT}\n", "empty tree"),
    ],
)
def test_another_spelling_of_a_checkpoint_is_refused(text: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        parse_checkpoint(text)


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    for read in (claimed_checkpoint, lambda note: open_checkpoint(note, ORIGIN, LOG)):
        with pytest.raises(FormatError, match="three lines"):
            read(sign("a greeting\n"))


def test_a_checkpoint_that_the_log_did_not_sign_is_refused() -> None:
    note = sign(TEXT).replace(b"registry\n1\n", b"registry\n2\n")

    with pytest.raises(SignatureError, match="does not fit"):
        open_checkpoint(note, ORIGIN, LOG)


def test_another_log_s_checkpoint_is_refused_even_under_this_log_s_key() -> None:
    with pytest.raises(TrustError, match=r"log\.example\.org/other"):
        open_checkpoint(sign(TEXT.replace("/registry", "/other")), ORIGIN, LOG)


origins = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=40)
checkpoints = st.builds(
    Checkpoint, origins, st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32)
) | st.builds(Checkpoint, origins, st.just(0), st.just(EMPTY_ROOT))


@given(checkpoints)
def test_a_checkpoint_opens_as_it_was_signed(checkpoint: Checkpoint) -> None:
    note = sign(format_checkpoint(checkpoint))

    assert open_checkpoint(note, checkpoint.origin, LOG) == checkpoint == claimed_checkpoint(note)


@given(st.integers(0, len(sign(TEXT)) - 1), st.integers(0, 7))
def test_a_checkpoint_with_one_bit_changed_is_refused(place: int, bit: int) -> None:
    mangled = bytearray(sign(TEXT))
    mangled[place] ^= 1 << bit

    with pytest.raises((FormatError, SignatureError)):
        open_checkpoint(bytes(mangled), ORIGIN, LOG)
