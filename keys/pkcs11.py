"""A key on a PKCS#11 token (a hardware security module, a smart card): it signs there and never leaves it.

Open the signer in the process that signs: a PKCS#11 module does not survive a fork.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.types import SignMixin

from keys.errors import TokenError
from verifier.errors import FormatError, SignatureError
from verifier.key import ED25519, ES256, PublicKey, check_signature, parse_jwk

_ED25519_BYTES: Final = 32
_P256_BYTES: Final = 65
_P256: Final = bytes.fromhex("06082a8648ce3d030107")  # 1.2.840.10045.3.1.7 in DER
_PROBE: Final = b"attesto: do the two halves of this key belong together?"


@dataclass(frozen=True, slots=True)
class Pkcs11Signer:
    """A key on a token; several threads may share one, python-pkcs11 lets them in one after another."""

    public_key: PublicKey
    private_key: SignMixin = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        """Sign ``data`` as Signer says.

        Raises:
            TokenError: the token does not sign.
        """
        try:
            if self.public_key.algorithm == ED25519:
                return self.private_key.sign(data, mechanism=Mechanism.EDDSA)
            return self.private_key.sign(sha256(data).digest(), mechanism=Mechanism.ECDSA)
        except pkcs11.PKCS11Error as error:
            raise TokenError(f"the PKCS#11 token does not sign: {type(error).__name__}") from error


def open_pkcs11_signer(module: Path, token: str, pin: str, label: str) -> Pkcs11Signer:
    """Open the key of that ``label``, public and private half, on the ``token`` of that label.

    Raises:
        TokenError: no such module, token or key, a wrong PIN, a key of another algorithm, or halves of two keys.
    """
    session = _open_session(module, token, pin)
    try:
        public_key = _public_key(session.get_key(ObjectClass.PUBLIC_KEY, label=label), label)
        private_key = session.get_key(ObjectClass.PRIVATE_KEY, label=label)
    except pkcs11.PKCS11Error as error:
        raise TokenError(f"PKCS#11 token {token} gives no key {label}: {type(error).__name__}") from error
    if not isinstance(private_key, SignMixin):
        raise TokenError(f"key {label} on the PKCS#11 token is not there to sign")
    signer = Pkcs11Signer(public_key, private_key)
    _check_halves(signer, label)
    return signer


def _open_session(module: Path, token: str, pin: str) -> pkcs11.Session:
    try:
        library = pkcs11.lib(str(module))
    except pkcs11.PKCS11Error as error:
        raise TokenError(f"PKCS#11 module {module} cannot be loaded") from error
    try:
        found = library.get_token(token_label=token)
    except pkcs11.PKCS11Error as error:
        raise TokenError(f"PKCS#11 module {module} has no token {token}: {type(error).__name__}") from error
    try:
        return _log_in(found, pin)
    except pkcs11.PKCS11Error as error:
        raise TokenError(f"PKCS#11 token {token} does not open: {type(error).__name__}") from error


def _log_in(token: pkcs11.Token, pin: str) -> pkcs11.Session:
    try:
        return token.open(user_pin=pin)
    except pkcs11.UserAlreadyLoggedIn:
        # A login is the whole process's (PKCS#11 2.40, section 5.6): another key of this token was opened before.
        return token.open()


def _public_key(key: pkcs11.Key, label: str) -> PublicKey:
    # EC_POINT is the point in a DER octet string, or bare where a token disregards that: so it is read from its end.
    point = key[Attribute.EC_POINT]
    match key.key_type:
        case KeyType.EC_EDWARDS if len(point) in {_ED25519_BYTES, _ED25519_BYTES + 2}:
            return PublicKey(ED25519, point[-_ED25519_BYTES:])
        case KeyType.EC if key[Attribute.EC_PARAMS] == _P256:
            return PublicKey(ES256, point[-_P256_BYTES:])
    raise TokenError(f"key {label} on the PKCS#11 token is neither Ed25519 nor P-256")


def _check_halves(signer: Pkcs11Signer, label: str) -> None:
    try:
        check_signature(parse_jwk(signer.public_key.jwk()), signer.sign(_PROBE), _PROBE)
    except (FormatError, SignatureError) as error:
        raise TokenError(f"the two halves of key {label} on the PKCS#11 token do not belong together") from error
