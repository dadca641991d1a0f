"""The certificate's token: what the body states on paper, signed, small enough for a QR code.

    https://HOST/V/7K3M9P2XQD4W5#2KCE…     the link: number, and the token in base32 (RFC 4648, section 6)

The token is a COSE_Sign1 (RFC 9052) over CWT claims (RFC 8392) in deterministic CBOR (RFC 8949, section 4.2.1). It says
nothing of the status. ``certificate.issued`` carries the SHA-256 of what is signed, so a token that the log does not
name was made without the body's decision. The host in the link is not trusted; the keys are.
"""

import functools
import re
from base64 import b32decode, b32encode
from binascii import Error as Base32Error
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final

import cbor2

from verifier.encoding import end_of_day, legal_day
from verifier.errors import FormatError, SignatureError
from verifier.key import ED25519, ES256, SIGNATURE_BYTES, PublicKey, check_signature
from verifier.number import format_number, number_value, parse_number

MAX_TOKEN_BYTES: Final = 512
MAX_LINK_CHARACTERS: Final = 1024
MAX_NAME_CHARACTERS: Final = 60
_SIGN1_TAG: Final = 18
# Fully-specified Ed25519 (RFC 9864, section 2.2); ES256 (RFC 9053, section 2.1).
_ALGORITHMS: Final = {-19: ED25519, -7: ES256}
_ALGORITHM_IDS: Final = {name: identifier for identifier, name in _ALGORITHMS.items()}
# Claim keys of RFC 8392, section 4, and one of its private range (under -65536) that holds all of ours in a row.
_ISS, _EXP, _IAT, _CTI, _CERTIFICATE = 1, 4, 6, 7, -65537
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SECOND: Final = 253_370_764_799  # the end of 9998, so that the next day exists
_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", re.ASCII)
_LINK: Final = re.compile(
    r"(?:https?://[^/\s]+)?/V/(?P<number>[^/?#]+)/?(?:\?[^#]*)?(?:#(?P<token>.*))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate states.

    ``body``, ``edition`` and ``profile`` are slugs; ``issued_at`` is UTC, signed to the second; ``valid_until`` is the
    last valid day (Europe/Rome); ``token_id`` is 16 random bytes; ``number`` is normalised; ``holder_tag`` is 8 random
    bytes, one per holder and body; ``name`` stays out of the repr.
    """

    body: str
    issued_at: datetime
    valid_until: date
    token_id: bytes
    number: str
    revision: int
    edition: str
    profile: str
    status_index: int
    holder_tag: bytes
    name: str = field(repr=False)
    birth_year: int | None = None


@dataclass(frozen=True, slots=True)
class ParsedToken:
    """A token taken apart and not yet trusted; ``signing_input`` is the Sig_structure (RFC 9052, section 4.4)."""

    claims: Certificate
    algorithm: str
    short_id: bytes
    signing_input: bytes
    signature: bytes
    data: bytes

    @property
    def digest(self) -> bytes:
        """The token's digest, as the event that issued it carries it."""
        return token_digest(self.signing_input)


@dataclass(frozen=True, slots=True)
class Link:
    """What a link, a scan or a person's typing named: a normalised number, a token, or both."""

    number: str | None
    token: bytes | None


def signing_input(certificate: Certificate, key: PublicKey) -> bytes:
    """The bytes that the body signs: the Sig_structure of RFC 9052, section 4.4.

    Raises:
        FormatError: a certificate that no token may state.
    """
    return _sig_structure(_protected(key.algorithm, key.short_id), _payload(certificate))


def assemble_token(certificate: Certificate, key: PublicKey, signature: bytes) -> bytes:
    """The token: a tagged COSE_Sign1 (RFC 9052, section 4.2).

    Raises:
        FormatError: a certificate that no token may state.
    """
    return _token(_protected(key.algorithm, key.short_id), _payload(certificate), signature)


def signed_token(signing_input: bytes, signature: bytes) -> bytes:
    """The token of a Sig_structure that was signed, its parts as they travelled.

    Raises:
        FormatError: not a Sig_structure.
    """
    match _decode(signing_input):
        case ["Signature1", bytes(protected), b"", bytes(payload)]:
            return _token(protected, payload, signature)
    raise FormatError("not what a certificate's token is signed over")


def parse_signing_input(data: bytes) -> tuple[Certificate, bytes]:
    """What a Sig_structure states, and the short id of the key that is to sign it; for whoever is asked to.

    Raises:
        FormatError: not the Sig_structure of a certificate, or not in its one spelling.
    """
    match _decode(data):
        case ["Signature1", bytes(protected), b"", bytes(payload)]:
            _, short_id = _parse_protected(protected)
            certificate = _parse_payload(payload)
            if _sig_structure(protected, _payload(certificate)) == data:
                return certificate, short_id
    raise FormatError("not what a certificate's token is signed over")


def token_digest(signing_input: bytes) -> bytes:
    """What ``certificate.issued`` carries: SHA-256 of the Sig_structure, known before anything is signed."""
    return sha256(signing_input).digest()


def parse_token(data: bytes) -> ParsedToken:
    """Take a token apart without trusting it.

    Raises:
        FormatError: not a token, or not in its one spelling.
    """
    if len(data) > MAX_TOKEN_BYTES:
        raise FormatError(f"token of {len(data)} bytes is over the limit of {MAX_TOKEN_BYTES}")
    match _decode(data):
        case cbor2.CBORTag(tag=18, value=[bytes(protected), _, bytes(payload), bytes(signature)]):
            algorithm, short_id = _parse_protected(protected)
            certificate = _parse_payload(payload)
        case _:
            raise FormatError("the token is no COSE_Sign1")
    # Written again, it must give the same bytes: so no claim has a second spelling and nothing foreign travels along.
    if len(signature) != SIGNATURE_BYTES or _token(protected, _payload(certificate), signature) != data:
        raise FormatError("the token is not in its one spelling")
    return ParsedToken(certificate, algorithm, short_id, _sig_structure(protected, payload), signature, data)


def open_token(parsed: ParsedToken, key: PublicKey) -> Certificate:
    """The certificate, once ``key`` is known to have signed it.

    Raises:
        SignatureError: it did not, or the token names another key or algorithm.
    """
    if (parsed.algorithm, parsed.short_id) != (key.algorithm, key.short_id):
        raise SignatureError("the token names another key")
    check_signature(key, parsed.signature, parsed.signing_input)
    return parsed.claims


def format_link(host: str, number: str, token: bytes) -> str:
    """The link in the QR code: scheme and host in lower case, for phones; the rest upper case, for small codes."""
    return f"https://{host.lower()}/V/{number}#{format_base32(token)}"


def parse_link(text: str) -> Link:
    """Read a link, or a bare number, as scanned or typed; the host says nothing.

    Raises:
        FormatError: neither, or a number or token in it that is none.
    """
    text = text.strip()
    if len(text) > MAX_LINK_CHARACTERS:
        raise FormatError("too long for a certificate's link")
    if "/" not in text:
        return Link(parse_number(text), None)
    link = _LINK.fullmatch(text)
    if link is None:
        raise FormatError("not a link to a certificate")
    token = link["token"]
    return Link(parse_number(link["number"]), parse_base32(token) if token else None)


def parse_base32(text: str) -> bytes:
    """Read a token as the link carries it after its number: base32 without padding, in any case.

    Raises:
        FormatError: a foreign character, or bits left over.
    """
    text = text.upper()
    try:
        data = b32decode(text + "=" * (-len(text) % 8))
    except (Base32Error, ValueError) as error:
        raise FormatError("the link's token is not base32") from error
    if format_base32(data) != text:
        raise FormatError("the link's token is not canonical base32")
    return data


def format_base32(data: bytes) -> str:
    """Write a token as the link carries it."""
    return b32encode(data).decode("ascii").rstrip("=")


@functools.lru_cache(maxsize=1024)
def _protected(algorithm: str, short_id: bytes) -> bytes:
    return cbor2.dumps({1: _ALGORITHM_IDS[algorithm], 4: short_id})


def _payload(certificate: Certificate) -> bytes:
    _check_certificate(certificate)
    # Names in the order of RFC 8949, section 4.2.1; cbor2 keeps it and writes every number in its shortest form.
    return cbor2.dumps(
        {
            _ISS: certificate.body,
            _EXP: _expiry(certificate.valid_until),
            _IAT: int(certificate.issued_at.timestamp()),
            _CTI: certificate.token_id,
            _CERTIFICATE: [
                number_value(certificate.number),
                certificate.revision,
                certificate.edition,
                certificate.profile,
                certificate.status_index,
                certificate.holder_tag,
                certificate.name,
                certificate.birth_year,
            ],
        }
    )


def _check_certificate(certificate: Certificate) -> None:
    for slug in (certificate.body, certificate.edition, certificate.profile):
        if not _SLUG.fullmatch(slug):
            raise FormatError("body, edition and profile are slugs of a-z, 0-9 and inner hyphens")
    if (len(certificate.token_id), len(certificate.holder_tag)) != (16, 8):
        raise FormatError("a token id has 16 bytes, a holder tag has 8")
    if not (1 <= certificate.revision < 2**31 and 0 <= certificate.status_index < 2**53):
        raise FormatError("the revision or the status index is out of range")
    if certificate.birth_year is not None and not 1850 <= certificate.birth_year <= 9999:
        raise FormatError("the birth year is out of range")
    _check_name(certificate.name)


def _check_name(name: str) -> None:
    # The joiners are part of Persian and Indian names; any other invisible character would show another name.
    visible = name.replace("\u200c", "").replace("\u200d", "")
    if not visible or len(name) > MAX_NAME_CHARACTERS or not visible.isprintable() or visible.strip() != visible:
        raise FormatError(f"the name is not of 1 to {MAX_NAME_CHARACTERS} printable characters")


@functools.lru_cache(maxsize=4096)
def _expiry(valid_until: date) -> int:
    return int(end_of_day(valid_until).timestamp())


def _sig_structure(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload])


def _token(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    return cbor2.dumps(cbor2.CBORTag(_SIGN1_TAG, [protected, {}, payload, signature]))


def _decode(data: bytes) -> object:
    try:
        return cbor2.loads(data, max_depth=4, allow_indefinite=False, allow_duplicate_keys=False)
    except cbor2.CBORError as error:
        raise FormatError("the token is not CBOR as this format wants it") from error


@functools.lru_cache(maxsize=1024)
def _parse_protected(data: bytes) -> tuple[str, bytes]:
    match _decode(data):
        case {1: int(identifier), 4: bytes(short_id)} if identifier in _ALGORITHMS and len(short_id) == 8:
            algorithm = _ALGORITHMS[identifier]
            if data == _protected(algorithm, short_id):
                return algorithm, short_id
    raise FormatError("the token's protected header is not the one this format allows")


def _parse_payload(data: bytes) -> Certificate:
    match _decode(data):
        case {1: str(body), 4: int(exp), 6: int(iat), 7: bytes(token_id), -65537: list(row), **rest} if not rest:
            return _parse_row(row, body, _parse_second(iat), legal_day(_parse_second(exp - 1)), token_id)
    raise FormatError("the token's claims are not those of a certificate")


def _parse_row(row: list[object], body: str, issued_at: datetime, valid_until: date, token_id: bytes) -> Certificate:
    match row:
        case [int(number), int(revision), str(edition), str(profile), int(index), bytes(tag), str(name), year] if (
            # True is an int to Python, and would be written again as it came.
            bool not in map(type, row) and isinstance(year, int | None)
        ):
            text = format_number(number)
            return Certificate(
                body, issued_at, valid_until, token_id, text, revision, edition, profile, index, tag, name, year
            )
    raise FormatError("the token's claims are not those of a certificate")


def _parse_second(second: int) -> datetime:
    if not 0 <= second <= _LAST_SECOND:
        raise FormatError("a time in the token is out of range")
    return _EPOCH + timedelta(seconds=second)
