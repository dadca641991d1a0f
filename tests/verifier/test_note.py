import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from verifier.encoding import format_base64, parse_base64
from verifier.errors import FormatError, SignatureError
from verifier.key import PublicKey, parse_ed25519
from verifier.note import (
    MAX_NOTE_BYTES,
    Verifier,
    fingerprint,
    format_note,
    format_signature_line,
    format_vkey,
    make_verifier,
    open_note,
    parse_vkey,
)

TEXT = "log.example.org/registry\n1\nFiHOfaiyVKSlJYyQjHADc2z8NG8kgqvmCmBlH7wRZ5E=\n"


class Key:
    """A named key of the test's own making."""

    def __init__(self, name: str, number: int) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        self.verifier: Verifier = make_verifier(name, parse_ed25519(self.private.public_key().public_bytes_raw()))

    def line(self, text: str) -> str:
        return format_signature_line(self.verifier, self.private.sign(text.encode()))


LOG, NAMESAKE, WITNESS = Key("log.example.org/registry", 1), Key("log.example.org/registry", 2), Key("witness", 3)
NOTE = format_note(TEXT, [LOG.line(TEXT)])
LINE = LOG.line(TEXT)


def test_notes_signed_by_others_open(vectors: Path) -> None:
    notes = json.loads((vectors / "extracted/signed_note.json").read_bytes())["valid"]

    for note in notes:
        opened = open_note(note["note"].encode(), [parse_vkey(note["vkey"])])
        assert note["note"].startswith(opened.text + "\n— ")
    assert len(notes) == 3


def test_checkpoints_with_lines_of_unknown_algorithms_open(vectors: Path) -> None:
    made = json.loads((vectors / "generated/notes.json").read_bytes())
    log = parse_vkey(made["log_vkey"])

    for note in made["notes"]:
        for form in ("log_signed", "cosigned"):
            opened = open_note(note[form].encode(), [log])
            assert (opened.text, opened.signed_by) == (note["text"], (log,))


def test_a_signature_is_written_as_go_writes_it(vectors: Path) -> None:
    signer = json.loads((vectors / "extracted/signed_note.json").read_bytes())["signer"]
    name, _, seed = signer["skey"].removeprefix("PRIVATE+KEY+").split("+", 2)
    key = Key(name, 0)
    key.private = Ed25519PrivateKey.from_private_bytes(parse_base64(seed)[1:])
    key.verifier = make_verifier(name, parse_ed25519(key.private.public_key().public_bytes_raw()))

    assert key.line(signer["text"]) == signer["line"]


def test_verifier_keys_written_by_others_are_read_and_written_alike(vectors: Path) -> None:
    known = json.loads((vectors / "extracted/signed_note.json").read_bytes())["vkeys_ok"]
    # The vectors hold keys of other types too; this project reads type 01 alone.
    ours = [text for text in known if parse_base64(text.split("+", 2)[2])[0] == 1]

    assert [format_vkey(parse_vkey(text)) for text in ours] == ours
    assert len(ours) == 2
    for text in set(known) - set(ours):
        with pytest.raises(FormatError, match="type 01"):
            parse_vkey(text)


def test_a_fingerprint_is_the_digest_of_the_text_in_the_trust_root() -> None:
    # printf %s TEXT | sha256sum, of the trust root in docs/formats/trust-root.md
    text = "registry.example/log+ad706c93+ARluHGshXrhl5YyPb14ZebU3dElw975kf5ucY78yFiSD"

    assert fingerprint(parse_vkey(text)) == "004b9e45039d35a342563ac6fff8ace29712368b540aafba7ec9fd744c0ef2f1"


def test_verifier_keys_that_others_refuse_are_refused(vectors: Path) -> None:
    made = json.loads((vectors / "extracted/signed_note.json").read_bytes())
    good = made["vkeys_ok"][0]
    parts = [good[i:j] for i in range(len(good)) for j in range(i, len(good) + 1) if good[i:j] != good]
    stepped = [good[:i] + chr(ord(good[i]) + 1) + good[i + 1 :] for i in range(len(good))]

    for text in (*made["vkeys_bad"], *parts, *stepped):
        with pytest.raises(FormatError):
            parse_vkey(text)


@pytest.mark.parametrize(
    ("vkey", "reason"),
    [
        (format_vkey(LOG.verifier).replace(LOG.verifier.key_hash.hex(), NAMESAKE.verifier.key_hash.hex()), "hash"),
        (
            f"name+{make_verifier('name', LOG.verifier.key).key_hash.hex().upper()}+{format_vkey(LOG.verifier)[-44:]}",
            "hash",
        ),
        (format_vkey(LOG.verifier) + "\n", "base64"),
        (format_vkey(LOG.verifier)[1:], "hash"),
        ("+" + format_vkey(LOG.verifier), "base64"),
        ("\ud800" + format_vkey(LOG.verifier), "name"),
        ("", "type 01"),
        ("name+00000000+" + format_base64(b"\x01" + bytes(32)), "low order"),
        ("name+00000000+" + format_base64(b"\x04" + LOG.verifier.key.raw), "type 01"),
    ],
)
def test_another_spelling_of_a_verifier_key_is_refused(vkey: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        parse_vkey(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "a\u00a0b", "a\u2003", "a\x00", "\udfff"])
def test_a_name_that_a_line_could_not_hold_is_refused(name: str) -> None:
    with pytest.raises(FormatError, match="name"):
        make_verifier(name, LOG.verifier.key)


def test_a_key_of_another_algorithm_has_no_verifier() -> None:
    with pytest.raises(FormatError, match="Ed25519"):
        make_verifier("log", PublicKey("ES256", b"\x04" + bytes(64)))


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (b"", "no signature lines"),
        (TEXT.encode(), "no signature lines"),
        (f"{TEXT}\n".encode(), "no signature lines"),
        (f"{TEXT}{LINE}".encode(), "no signature lines"),
        (NOTE[:-1], "no signature lines"),
        (NOTE + b"\n", "no signature lines"),
        (NOTE + b"\n\n", "no signature lines"),
        (NOTE.replace(b"\n\n", b"\n\n\xe2\x80\x94\n"), "a signature line is"),
        (NOTE.replace(b"\n", b"\r\n"), "control character"),
        (NOTE.replace(b"registry\n1", b"registry\t1"), "control character"),
        (b"\x00" + NOTE, "control character"),
        (b"\xff" + NOTE, "not UTF-8"),
        (b"\xed\xa0\x80" + NOTE, "not UTF-8"),
        (NOTE.replace("—".encode(), b"-"), "a signature line is"),
        (NOTE.replace("— ".encode(), "—  ".encode()), "a signature line is"),
        (NOTE.replace("— ".encode(), "— a+".encode()), "a signature line is"),
        (NOTE[:-1] + b" \n", "a signature line is"),
        (NOTE + "— name\n".encode(), "a signature line is"),
        (NOTE + "— name !!!!\n".encode(), "not standard base64"),
        (NOTE + "— name YWJjZGU\n".encode(), "not standard base64"),
        (NOTE + "— name YWJjZGV=\n".encode(), "not canonical"),
        (NOTE + "— name YWJjZA==\n".encode(), "holds a key hash and a signature"),
        (NOTE[:-2] + b"\n", "not standard base64"),
        (b"a" * MAX_NOTE_BYTES + NOTE, "over the limit"),
    ],
)
def test_bytes_that_are_no_note_are_refused(note: bytes, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        open_note(note, [LOG.verifier])


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([WITNESS.line(TEXT)], "no key that is known"),
        ([NAMESAKE.line(TEXT)], "no key that is known"),
        ([LOG.line("another text\n")], "does not fit"),
        ([WITNESS.line(TEXT), LOG.line("another text\n")], "does not fit"),
        ([format_signature_line(LOG.verifier, b"short")], "64 octets"),
        ([format_signature_line(LOG.verifier, NAMESAKE.private.sign(TEXT.encode()))], "does not fit"),
    ],
)
def test_a_note_without_a_good_signature_of_the_known_key_is_refused(lines: list[str], reason: str) -> None:
    with pytest.raises(SignatureError, match=reason):
        open_note(format_note(TEXT, lines), [LOG.verifier])


def test_one_bad_signature_among_known_keys_refuses_the_note() -> None:
    note = format_note(TEXT, [LOG.line(TEXT), WITNESS.line("another text\n")])

    with pytest.raises(SignatureError, match="does not fit"):
        open_note(note, [LOG.verifier, WITNESS.verifier])


def test_lines_of_unknown_keys_are_ignored_even_where_their_signature_is_nonsense() -> None:
    unknown = [format_signature_line(NAMESAKE.verifier, bytes([n])) for n in range(16)]

    note = open_note(format_note(TEXT, [*unknown, LOG.line(TEXT), WITNESS.line("another\n")]), [LOG.verifier])

    assert note.signed_by == (LOG.verifier,)


def test_a_second_line_of_a_known_key_is_ignored() -> None:
    note = open_note(format_note(TEXT, [LOG.line(TEXT), LOG.line("another text\n")]), [LOG.verifier])

    assert note.signed_by == (LOG.verifier,)


def test_seventeen_known_signatures_are_accepted() -> None:
    keys = [Key(f"witness{number}", number + 1) for number in range(17)]

    note = open_note(format_note(TEXT, [key.line(TEXT) for key in keys]), [key.verifier for key in keys])

    assert note.signed_by == tuple(key.verifier for key in keys)


@pytest.mark.parametrize("text", ["", "no newline", "carriage\r\nreturn\n", "tab\t\n", "\x00\n"])
def test_a_text_that_would_not_open_is_not_written(text: str) -> None:
    with pytest.raises(FormatError, match="ends with a newline"):
        format_note(text, [LINE])


texts = st.text(st.characters(codec="utf-8", min_codepoint=0x20) | st.just("\n"), max_size=60).map(lambda t: t + "\n")


@given(texts)
def test_what_is_signed_is_what_opens(text: str) -> None:
    note = open_note(format_note(text, [LOG.line(text)]), [LOG.verifier])

    assert note.text == text


@given(
    st.text(
        st.characters(codec="utf-8", exclude_characters="+", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1
    )
)
def test_a_verifier_key_is_read_as_it_was_written(name: str) -> None:
    verifier = make_verifier(name, LOG.verifier.key)

    assert parse_vkey(format_vkey(verifier)) == verifier


@given(st.integers(0, len(NOTE) - 1), st.integers(0, 7))
def test_a_note_with_one_bit_changed_is_refused(place: int, bit: int) -> None:
    mangled = bytearray(NOTE)
    mangled[place] ^= 1 << bit

    with pytest.raises((FormatError, SignatureError)):
        open_note(bytes(mangled), [LOG.verifier])
