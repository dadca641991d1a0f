"""Whoever can sign: a protocol, and keys held in memory (Ed25519, RFC 8032; ES256, RFC 7518, section 3.4)."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys.errors import KeyFileError
from verifier.key import ED25519, ES256, PublicKey

# The nonce comes from key and message (RFC 6979), so that a weak source of chance cannot give the key away.
_ECDSA: Final = ECDSA(SHA256(), deterministic_signing=True)


class Purpose(StrEnum):
    """What a key is used for; no key has two purposes."""

    EVENT = "event"
    TOKEN = "token"  # noqa: S105  a purpose, not a secret
    RECOVERY = "recovery"
    LOG = "log"
    OPERATOR = "operator"


class Signer(Protocol):
    """A secret key that can be used and not seen."""

    @property
    def public_key(self) -> PublicKey:
        """The public half."""

    def sign(self, data: bytes) -> bytes:
        """Sign ``data``: 64 octets, for Ed25519 as in RFC 8032, for ES256 r‖s as in RFC 7518."""


@dataclass(frozen=True, slots=True)
class SoftwareSigner:
    """A secret key held in this process's memory."""

    public_key: PublicKey
    private_key: Ed25519PrivateKey | EllipticCurvePrivateKey = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        """Sign ``data`` as Signer says."""
        if isinstance(self.private_key, Ed25519PrivateKey):
            return self.private_key.sign(data)
        r, s = decode_dss_signature(self.private_key.sign(data, _ECDSA))
        return r.to_bytes(32) + s.to_bytes(32)


def software_signer(private_key: PrivateKeyTypes) -> SoftwareSigner:
    """Take a private key into use.

    Raises:
        KeyFileError: neither Ed25519 nor P-256.
    """
    match private_key:
        case Ed25519PrivateKey():
            raw = private_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            return SoftwareSigner(PublicKey(ED25519, raw), private_key)
        case EllipticCurvePrivateKey(curve=SECP256R1()):
            raw = private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            return SoftwareSigner(PublicKey(ES256, raw), private_key)
    raise KeyFileError("the key is neither Ed25519 nor P-256")


def generate(algorithm: str = ED25519) -> SoftwareSigner:
    """Make a new key; its chance is the cryptography library's own.

    Raises:
        ValueError: an algorithm that is none of ours.
    """
    if algorithm == ED25519:
        return software_signer(Ed25519PrivateKey.generate())
    if algorithm == ES256:
        return software_signer(generate_private_key(SECP256R1()))
    raise ValueError(f"unknown algorithm {algorithm}")
