"""Public keys: read strictly, named by thumbprint, used to check signatures (RFC 8037, RFC 7518, RFC 7638).

A key of low order would accept signatures that nobody made, and a non-canonical one has a second spelling; both are
refused where a key is read, since the signature check itself does not look.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from verifier.encoding import format_base64url, format_json, parse_base64url
from verifier.errors import FormatError, SignatureError

ED25519: Final = "Ed25519"
ES256: Final = "ES256"
SIGNATURE_BYTES: Final = 64
_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
# The y of the eight points of small order on edwards25519 (RFC 8032, section 5.1), as they are spelt canonically.
_LOW_ORDER: Final = frozenset(
    {0, 1, _P - 1}
    | {
        int.from_bytes(bytes.fromhex(y), "little")
        for y in (
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        )
    }
)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: ``raw`` is 32 octets for Ed25519, the 65 octets of an uncompressed point for ES256."""

    algorithm: str
    raw: bytes

    @property
    def key_id(self) -> str:
        """The RFC 7638 SHA-256 thumbprint, base64url."""
        return _key_id(self)

    @property
    def short_id(self) -> bytes:
        """The first eight octets of the thumbprint."""
        return _thumbprint(self)[:8]

    def jwk(self) -> dict[str, str]:
        """The key as a JWK with its required members only (RFC 8037, section 2; RFC 7518, section 6.2.1)."""
        if self.algorithm == ED25519:
            return {"crv": "Ed25519", "kty": "OKP", "x": format_base64url(self.raw)}
        x, y = self.raw[1:33], self.raw[33:]
        return {"crv": "P-256", "kty": "EC", "x": format_base64url(x), "y": format_base64url(y)}


@functools.lru_cache(maxsize=4096)
def _thumbprint(key: PublicKey) -> bytes:
    return sha256(format_json(key.jwk())).digest()


@functools.lru_cache(maxsize=4096)
def _key_id(key: PublicKey) -> str:
    return format_base64url(_thumbprint(key))


def parse_jwk(value: Mapping[str, object]) -> PublicKey:
    """Read a public key from a JWK with exactly its required members.

    Raises:
        FormatError: another kind of key, a foreign member, or a point that must not be used.
    """
    try:
        return _parse_members(frozenset(value.items()))
    except TypeError as error:
        raise FormatError("not the JWK of an Ed25519 or P-256 public key") from error


@functools.lru_cache(maxsize=1024)
def _parse_members(members: frozenset[tuple[str, object]]) -> PublicKey:
    match dict(members):
        case {"kty": "OKP", "crv": "Ed25519", "x": str(x), **rest} if not rest:
            return parse_ed25519(parse_base64url(x))
        case {"kty": "EC", "crv": "P-256", "x": str(x), "y": str(y), **rest} if not rest:
            return _parse_p256(parse_base64url(x), parse_base64url(y))
    raise FormatError("not the JWK of an Ed25519 or P-256 public key")


# Whether a point is on the curve takes longer than a signature; a refusal is not kept.
@functools.lru_cache(maxsize=1024)
def parse_ed25519(raw: bytes) -> PublicKey:
    """Read the 32 octets of an Ed25519 public key (RFC 8032, section 5.1.5).

    Raises:
        FormatError: not 32 octets, not canonical, of low order, or no point.
    """
    if len(raw) != 32:
        raise FormatError("an Ed25519 key is 32 octets long")
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _P:
        raise FormatError("the Ed25519 key is not canonical")
    if y in _LOW_ORDER:
        raise FormatError("the Ed25519 key is of low order")
    if not _on_curve(y):
        raise FormatError("the Ed25519 key is no point of the curve")
    return PublicKey(ED25519, raw)


def _on_curve(y: int) -> bool:
    # RFC 8032, section 5.1.3: x² = (y² - 1) / (d y² + 1) has a root; x = 0 is of low order and gone already.
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    return pow(square, (_P - 1) // 2, _P) == 1


@functools.lru_cache(maxsize=1024)
def _parse_p256(x: bytes, y: bytes) -> PublicKey:
    raw = b"\x04" + x + y
    if len(x) != 32 or len(y) != 32:
        raise FormatError("a P-256 key has two coordinates of 32 octets")
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)
    except ValueError as error:
        raise FormatError("the P-256 key is no point of the curve") from error
    return PublicKey(ES256, raw)


def check_signature(key: PublicKey, signature: bytes, data: bytes) -> None:
    """Check that ``key`` signed ``data``: RFC 8032 for Ed25519, r‖s of RFC 7518, section 3.4, for ES256.

    Raises:
        SignatureError: it did not.
    """
    if len(signature) != SIGNATURE_BYTES:
        raise SignatureError("a signature is 64 octets long")
    try:
        if key.algorithm == ED25519:
            _ed25519(key.raw).verify(signature, data)
        else:
            r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
            _p256(key.raw).verify(encode_dss_signature(r, s), data, ECDSA(SHA256()))
    except InvalidSignature as error:
        raise SignatureError(f"the signature of key {key.key_id[:8]}… does not fit") from error


@functools.lru_cache(maxsize=2048)
def check_public_signature(key: PublicKey, signature: bytes, data: bytes) -> None:
    """As ``check_signature``, of public ``data``: what was found good is kept, and so is ``data``; a refusal is not.

    What one body signed stands behind thousands of certificates. A certificate's token names a person: never that.

    Raises:
        SignatureError: ``key`` did not sign ``data``.
    """
    check_signature(key, signature, data)


@functools.lru_cache(maxsize=1024)
def _ed25519(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


@functools.lru_cache(maxsize=1024)
def _p256(raw: bytes) -> EllipticCurvePublicKey:
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)
