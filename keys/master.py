"""The master key: wraps the holders' data keys (RFC 3394), and lies itself wrapped under a passphrase.

    {"salt":"…","type":"vnd.attesto.master-key.v1","wrapped":"…"}

``wrapped`` is the 32-octet key in AES key wrap under scrypt(passphrase, salt, N=2^14, r=8, p=5); all in base64url.
"""

import hmac
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from keys.errors import KeyFileError, PassphraseError, SealError
from keys.secret_file import SALT_BYTES, read_secret, stretch, write_secret
from verifier.encoding import format_base64url, format_json, parse_base64url, parse_json
from verifier.errors import FormatError

KEY_BYTES: Final = 32
_TYPE: Final = "vnd.attesto.master-key.v1"


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A 256-bit key that wraps other keys."""

    secret: bytes = field(repr=False)

    def derive(self, purpose: str) -> bytes:
        """A secret of 32 octets for one purpose, always the same, which tells nothing of this key (HMAC-SHA256)."""
        return hmac.digest(self.secret, f"attesto {purpose}".encode(), "sha256")

    def wrap(self, key: bytes) -> bytes:
        """Wrap a key of 32 octets into 40 (RFC 3394, section 2.2.1)."""
        return aes_key_wrap(self.secret, key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Open a wrapped key.

        Raises:
            SealError: another master key wrapped it, or it was altered.
        """
        try:
            return aes_key_unwrap(self.secret, wrapped)
        except InvalidUnwrap as error:
            raise SealError("this master key did not wrap that data key") from error


def generate_master_key() -> MasterKey:
    """Make a new master key."""
    return MasterKey(os.urandom(KEY_BYTES))


def write_master_key(path: Path, master: MasterKey, passphrase: bytes) -> None:
    """Write a new master key file of mode 0600; one that exists is never replaced.

    Raises:
        KeyFileError: it exists already, cannot be written, or the passphrase is empty.
    """
    salt = os.urandom(SALT_BYTES)
    wrapped = MasterKey(stretch(passphrase, salt)).wrap(master.secret)
    value = {"type": _TYPE, "salt": format_base64url(salt), "wrapped": format_base64url(wrapped)}
    write_secret(path, format_json(value) + b"\n")


def open_master_key(path: Path, passphrase: bytes) -> MasterKey:
    """Open a master key file.

    Raises:
        KeyMissingError: there is no such file.
        KeyFileError: broken, or open to others.
        PassphraseError: the passphrase is another one.
    """
    try:
        salt, wrapped = _parse(read_secret(path))
        return MasterKey(MasterKey(stretch(passphrase, salt)).unwrap(wrapped))
    except FormatError as error:
        raise KeyFileError(f"master key file {path} is broken") from error
    except SealError as error:
        raise PassphraseError(f"the passphrase does not open master key file {path}") from error


def _parse(data: bytes) -> tuple[bytes, bytes]:
    match parse_json(data, limit=1024):
        case {"type": str(kind), "salt": str(salt), "wrapped": str(wrapped), **rest} if kind == _TYPE and not rest:
            return parse_base64url(salt), parse_base64url(wrapped)
    raise FormatError("not a master key of this format")
