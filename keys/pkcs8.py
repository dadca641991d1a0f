"""PKCS#8 under a passphrase: EncryptedPrivateKeyInfo with PBES2 (RFC 5958; RFC 8018, section 6.2; RFC 7914, section 7).

The cryptography library writes this form with 2,048 rounds of PBKDF2, which a stolen file does not withstand; this one
uses scrypt. It and the openssl command read both.
"""

import os
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import load_der_private_key
from cryptography.x509 import ObjectIdentifier

from keys.errors import KeyFileError, PassphraseError
from keys.secret_file import SALT_BYTES, SCRYPT_N, SCRYPT_P, SCRYPT_R, stretch

_BLOCK_BITS: Final = 128
_BLOCK_BYTES: Final = 16


def encrypt_private_key(private_key_info: bytes, passphrase: bytes) -> bytes:
    """Put a DER PrivateKeyInfo under a passphrase: DER EncryptedPrivateKeyInfo, scrypt and AES-256-CBC.

    Raises:
        KeyFileError: an empty passphrase.
    """
    salt, iv = os.urandom(SALT_BYTES), os.urandom(_BLOCK_BYTES)
    key = AES(stretch(passphrase, salt, SCRYPT_N))
    padder, encryptor = PKCS7(_BLOCK_BITS).padder(), Cipher(key, CBC(iv)).encryptor()
    padded = padder.update(private_key_info) + padder.finalize()
    encrypted = encryptor.update(padded) + encryptor.finalize()
    return asn1.encode_der(_EncryptedPrivateKeyInfo(algorithm=_pbes2(salt, iv), encrypted_data=encrypted))


def decrypt_private_key(encrypted_private_key_info: bytes, passphrase: bytes) -> PrivateKeyTypes:
    """Open a DER EncryptedPrivateKeyInfo of any usual cipher.

    Raises:
        KeyFileError: not one.
        PassphraseError: the passphrase is another one, or what it protects was altered.
    """
    try:
        asn1.decode_der(_AnyEncryptedPrivateKeyInfo, encrypted_private_key_info)
    except ValueError as error:
        raise KeyFileError("it is broken: not an encrypted PKCS#8 key") from error
    try:
        return load_der_private_key(encrypted_private_key_info, passphrase)
    except (ValueError, UnsupportedAlgorithm):
        # A wrong passphrase decrypts to noise, which no sign tells for sure from other faults. The cause is left out:
        # with bad luck it speaks of what was decrypted.
        raise PassphraseError("the passphrase does not open it, or it was altered or is of an unknown cipher") from None


def _pbes2(salt: bytes, iv: bytes) -> "_Pbes2":
    scrypt = _ScryptParameters(salt=salt, cost=SCRYPT_N, block_size=SCRYPT_R, parallelization=SCRYPT_P)
    return _Pbes2(
        algorithm=ObjectIdentifier("1.2.840.113549.1.5.13"),
        parameters=_Pbes2Parameters(
            key_derivation=_Scrypt(algorithm=ObjectIdentifier("1.3.6.1.4.1.11591.4.11"), parameters=scrypt),
            encryption=_Aes256Cbc(algorithm=ObjectIdentifier("2.16.840.1.101.3.4.1.42"), iv=iv),
        ),
    )


@asn1.sequence
class _ScryptParameters:
    salt: bytes
    cost: int
    block_size: int
    parallelization: int


@asn1.sequence
class _Scrypt:
    algorithm: ObjectIdentifier
    parameters: _ScryptParameters


@asn1.sequence
class _Aes256Cbc:
    algorithm: ObjectIdentifier
    iv: bytes


@asn1.sequence
class _Pbes2Parameters:
    key_derivation: _Scrypt
    encryption: _Aes256Cbc


@asn1.sequence
class _Pbes2:
    algorithm: ObjectIdentifier
    parameters: _Pbes2Parameters


@asn1.sequence
class _EncryptedPrivateKeyInfo:
    algorithm: _Pbes2
    encrypted_data: bytes


@asn1.sequence
class _AnyEncryptedPrivateKeyInfo:
    algorithm: asn1.TLV
    encrypted_data: bytes
