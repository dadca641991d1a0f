"""Signed notes: a text and lines that sign it (C2SP signed-note; key type 01, Ed25519).

    log.example.org/registry
    1
    FiHOfaiyVKSlJYyQjHADc2z8NG8kgqvmCmBlH7wRZ5E=

    — log.example.org/registry aYWMJwBaCsP8iqdMPb43Dg9zXYHb5jYOaq/P2cg1MRQaLSk77krbfxOh3…

What is signed is the text up to and with its last newline. A line holds the key's name and, in base64, four octets of
key hash and the signature. Lines of keys that nobody asked for are ignored; a line of a known key has to fit.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from verifier.encoding import format_base64, parse_base64
from verifier.errors import FormatError, SignatureError
from verifier.key import ED25519, PublicKey, check_public_signature, parse_ed25519

MAX_NOTE_BYTES: Final = 64 * 1024
_KEY_HASH_BYTES: Final = 4
_TYPE_ED25519: Final = b"\x01"
# No white space, no "+", and nothing that a note cannot hold.
_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_LINE = re.compile(r"— (\S+) (\S+)")


@dataclass(frozen=True, slots=True)
class Verifier:
    """A named key that notes are checked with; ``key_hash`` is the four octets that stand for it in a line."""

    name: str
    key: PublicKey
    key_hash: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """The text of an opened note (ends with a newline) and the verifiers whose signature it bears, in its order."""

    text: str
    signed_by: tuple[Verifier, ...]


def make_verifier(name: str, key: PublicKey) -> Verifier:
    """Name a key.

    Raises:
        FormatError: not a name, or not an Ed25519 key.
    """
    if not _NAME.fullmatch(name):
        raise FormatError("the name of a note's key is empty or has a space or a plus sign")
    if key.algorithm != ED25519:
        raise FormatError("a note's key is an Ed25519 key")
    digest = sha256(name.encode() + b"\n" + _TYPE_ED25519 + key.raw).digest()
    return Verifier(name, key, digest[:_KEY_HASH_BYTES])


def format_vkey(verifier: Verifier) -> str:
    """Write a verifier as ``name+hash+key``."""
    return f"{verifier.name}+{verifier.key_hash.hex()}+{format_base64(_TYPE_ED25519 + verifier.key.raw)}"


def fingerprint(verifier: Verifier) -> str:
    """SHA-256 of the verifier as format_vkey writes it, in hexadecimal digits, for people to compare."""
    return sha256(format_vkey(verifier).encode()).hexdigest()


def parse_vkey(text: str) -> Verifier:
    """Read a verifier written by format_vkey.

    Raises:
        FormatError: not that format, another type of key, or a hash that is not the key's.
    """
    name, _, rest = text.partition("+")
    data = parse_base64(rest.partition("+")[2])
    if data[:1] != _TYPE_ED25519:
        raise FormatError("a note's key is of type 01, Ed25519")
    verifier = make_verifier(name, parse_ed25519(data[1:]))
    if format_vkey(verifier) != text:
        raise FormatError("the hash of a note's key is not the key's")
    return verifier


def format_signature_line(verifier: Verifier, signature: bytes) -> str:
    """Write the line, newline included, that holds ``signature`` over a note's text."""
    return f"— {verifier.name} {format_base64(verifier.key_hash + signature)}\n"


def format_note(text: str, lines: Iterable[str]) -> bytes:
    """Put a text and its signature lines together.

    Raises:
        FormatError: the text does not end with a newline or has a control character.
    """
    if not text.endswith("\n") or _CONTROL.search(text):
        raise FormatError("a note's text ends with a newline and has no other control character")
    return f"{text}\n{''.join(lines)}".encode()


def open_note(data: bytes, verifiers: Iterable[Verifier]) -> Note:
    """Check the signatures of those ``verifiers`` and hand out the text.

    Raises:
        FormatError: not a signed note.
        SignatureError: the signature of one of them does not fit, or none of them signed.
    """
    text, lines = split_note(data)
    known = {(verifier.name, verifier.key_hash): verifier for verifier in verifiers}
    signed_by: list[Verifier] = []
    for name, key_hash, signature in map(_parse_line, lines):
        verifier = known.get((name, key_hash))
        if verifier is not None and verifier not in signed_by:
            check_public_signature(verifier.key, signature, text.encode())
            signed_by.append(verifier)
    if not signed_by:
        raise SignatureError("the note is signed by no key that is known")
    return Note(text, tuple(signed_by))


def split_note(data: bytes) -> tuple[str, list[str]]:
    """Part the text from the signature lines (without newlines), trusting neither.

    Raises:
        FormatError: too long, not UTF-8, a control character, or no two such parts.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise FormatError(f"note of {len(data)} bytes is over the limit of {MAX_NOTE_BYTES}")
    try:
        note = data.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise FormatError("the note is not UTF-8") from error
    if _CONTROL.search(note):
        raise FormatError("the note has a control character")
    # A text may hold empty lines, so the last one parts it from the signatures.
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise FormatError("the note has no signature lines after an empty line")
    return text + "\n", lines[:-1].split("\n")


def _parse_line(line: str) -> tuple[str, bytes, bytes]:
    match = _LINE.fullmatch(line)
    if match is None or not _NAME.fullmatch(match[1]):
        raise FormatError("a signature line is a dash, a name and base64")
    data = parse_base64(match[2])
    if len(data) <= _KEY_HASH_BYTES:
        raise FormatError("a signature line holds a key hash and a signature")
    return match[1], data[:_KEY_HASH_BYTES], data[_KEY_HASH_BYTES:]
