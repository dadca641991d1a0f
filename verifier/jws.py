"""A compact JWS with the one header this project allows (RFC 7515; algorithm names of RFC 9864 and RFC 7518).

    {"alg":"Ed25519","kid":"…","typ":"vnd.attesto.…"} . payload . signature

``kid`` is the RFC 7638 thumbprint of the key. What was signed are the bytes as they travelled; nothing encodes again.
"""

import functools
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from verifier.encoding import format_base64url, format_json, parse_base64url, parse_json
from verifier.errors import FormatError, SignatureError
from verifier.key import PublicKey, check_public_signature

MAX_ENTRY_BYTES: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class Jws:
    """A compact JWS taken apart; ``signing_input`` is header.payload as it travelled (RFC 7515, section 5.2)."""

    algorithm: str
    key_id: str
    typ: str
    payload: bytes
    signing_input: bytes
    signature: bytes


def format_header(algorithm: str, key_id: str, typ: str) -> bytes:
    """The one spelling of a protected header: three names, sorted, compact."""
    return format_json({"alg": algorithm, "kid": key_id, "typ": typ})


def signed_jws(signing_input: bytes, signature: bytes) -> bytes:
    """The compact JWS of header.payload that was signed, as they travelled (RFC 7515, section 7.1)."""
    return signing_input + b"." + format_base64url(signature).encode("ascii")


def parse_jws(data: bytes, limit: int = MAX_ENTRY_BYTES) -> Jws:
    """Take a compact JWS apart without trusting it.

    Raises:
        FormatError: over ``limit`` bytes, not three canonical base64url parts, or another header than ours.
    """
    if len(data) > limit:
        raise FormatError(f"entry of {len(data)} bytes is over the limit of {limit}")
    try:
        header, payload, signature = data.decode("ascii").split(".")
    except ValueError as error:
        raise FormatError("not a compact JWS of three parts") from error
    algorithm, key_id, typ = _parse_header(header)
    signing_input = data[: len(header) + 1 + len(payload)]
    return Jws(algorithm, key_id, typ, parse_base64url(payload), signing_input, parse_base64url(signature))


@functools.lru_cache(maxsize=4096)
def _parse_header(text: str) -> tuple[str, str, str]:
    data = parse_base64url(text)
    match parse_json(data, limit=512):
        case {"alg": str(algorithm), "kid": str(key_id), "typ": str(typ)}:
            # The header is compared with its one spelling, so no further name can slip in.
            if data == format_header(algorithm, key_id, typ):
                return algorithm, key_id, typ
    raise FormatError("the JWS header is not the one this format allows")


def check_jws(jws: Jws, key: PublicKey) -> None:
    """Check that ``key`` made the signature.

    Raises:
        SignatureError: it did not, or the header names another key or algorithm.
    """
    if (jws.algorithm, jws.key_id) != (key.algorithm, key.key_id):
        raise SignatureError(f"the signature names key {jws.key_id[:8]}…, not {key.key_id[:8]}…")
    check_public_signature(key, jws.signature, jws.signing_input)


def chain_hash(jws: Jws) -> bytes:
    """What the next event of the stream names as ``previous``: SHA-256 of the signing input.

    Not of the whole entry, so that two events of one decision can be prepared before either is signed.
    """
    return sha256(jws.signing_input).digest()
