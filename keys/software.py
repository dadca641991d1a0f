"""A software key's file: PKCS#8 in PEM under a passphrase, as the openssl command reads it too (RFC 7468).

-----BEGIN ENCRYPTED PRIVATE KEY-----
…
-----END ENCRYPTED PRIVATE KEY-----
"""

import binascii
import re
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from keys.errors import KeyFileError
from keys.pkcs8 import decrypt_private_key, encrypt_private_key
from keys.secret_file import read_secret, write_secret
from keys.signer import SoftwareSigner, software_signer

_LABEL: Final = b"ENCRYPTED PRIVATE KEY"
_PEM: Final = re.compile(rb"-----BEGIN %b-----\s([A-Za-z0-9+/=\s]+)-----END %b-----" % (_LABEL, _LABEL))


def format_key(signer: SoftwareSigner, passphrase: bytes) -> bytes:
    """Write a key in PEM under a passphrase; each time other bytes.

    Raises:
        KeyFileError: an empty passphrase.
    """
    plain = signer.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    body = b64encode(encrypt_private_key(plain, passphrase))
    lines = b"\n".join(body[start : start + 64] for start in range(0, len(body), 64))
    return b"-----BEGIN %b-----\n%b\n-----END %b-----\n" % (_LABEL, lines, _LABEL)


def parse_key(data: bytes, passphrase: bytes) -> SoftwareSigner:
    """Read a key in PEM under a passphrase, ours or another program's.

    Raises:
        KeyFileError: broken, without encryption, or of another algorithm.
        PassphraseError: the passphrase is another one.
    """
    return software_signer(decrypt_key(data, passphrase))


def decrypt_key(data: bytes, passphrase: bytes) -> PrivateKeyTypes:
    """Open a key of any algorithm in PEM under a passphrase.

    Raises:
        KeyFileError: broken, or without encryption.
        PassphraseError: the passphrase is another one.
    """
    match = _PEM.search(data)
    if match is None:
        raise KeyFileError("it is broken: not an encrypted PKCS#8 key in PEM")
    return decrypt_private_key(_body(match[1]), passphrase)


def _body(lines: bytes) -> bytes:
    try:
        return b64decode(b"".join(lines.split()), validate=True)
    except binascii.Error as error:
        raise KeyFileError("it is broken: not base64") from error


def write_key_file(path: Path, signer: SoftwareSigner, passphrase: bytes) -> None:
    """Write a new key file of mode 0600; one that exists is never replaced.

    Raises:
        KeyFileError: it exists already, cannot be written, or the passphrase is empty.
    """
    write_secret(path, format_key(signer, passphrase))


def open_key_file(path: Path, passphrase: bytes) -> SoftwareSigner:
    """Open a key file.

    Raises:
        KeyMissingError: there is no such file.
        KeyFileError: broken, without encryption, open to others, or of another algorithm.
        PassphraseError: the passphrase is another one.
    """
    data = read_secret(path)
    try:
        return parse_key(data, passphrase)
    except KeyFileError as error:
        raise type(error)(f"key file {path} cannot be used: {error}") from error
