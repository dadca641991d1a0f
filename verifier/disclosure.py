"""A disclosure: one claim of an event, shown to somebody beside the digest that was signed (RFC 9901, section 4.2).

    base64url(["<salt>", "family_name", "Möbius"])      its digest: base64url(SHA-256(that text in ASCII))

The same claim can be spelt in many ways; the text as it travelled is what was hashed, so nothing here writes it again.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from verifier.encoding import Json, format_base64url, parse_base64url, parse_json
from verifier.errors import FormatError

MAX_DISCLOSURE_BYTES: Final = 16 * 1024
SALT_CHARACTERS: Final = 22
_RESERVED: Final = frozenset({"_sd", "..."})


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A claim with the digest under which an event carries it; ``value`` stays out of the repr, it may be personal."""

    name: str
    value: Json = field(repr=False)
    digest: str


def disclosure_digest(text: str) -> str:
    """The digest of a disclosure's text (RFC 9901, section 4.2.3)."""
    return format_base64url(sha256(text.encode("ascii")).digest())


def parse_disclosure(text: str) -> Disclosure:
    """Read a disclosure of an object's claim; whether an event carries its digest is the caller's question.

    Raises:
        FormatError: not base64url of a JSON array of salt, name and value, a salt under 128 bits, a reserved name.
    """
    data = parse_base64url(text)
    # The strict rules are an object's, so the array is read inside one; what breaks out of its place shows in ``rest``.
    match parse_json(b'{"":' + data + b"}", MAX_DISCLOSURE_BYTES):
        case {"": [str(salt), str(name), value], **rest} if not rest:
            _check_parts(salt, name)
            return Disclosure(name, value, disclosure_digest(text))
    raise FormatError("a disclosure is an array of salt, name and value")


def _check_parts(salt: str, name: str) -> None:
    if len(salt) < SALT_CHARACTERS:
        raise FormatError("the disclosure's salt has fewer than 128 bits")
    # RFC 9901, section 4.2.1: a claim of such a name would be taken for a digest.
    if name in _RESERVED:
        raise FormatError(f"a disclosure must not be named {name}")
