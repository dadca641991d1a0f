"""A file with a secret: its owner's alone, written whole or not at all, its passphrase stretched."""

import os
import tempfile
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from keys.errors import KeyFileError, KeyMissingError

# scrypt with 16 MiB, five times (OWASP's equal of 128 MiB once): the most that the openssl command reads by itself.
SCRYPT_N: Final = 2**14
SCRYPT_R: Final = 8
SCRYPT_P: Final = 5
SALT_BYTES: Final = 16


def stretch(passphrase: bytes, salt: bytes, cost: int = SCRYPT_N) -> bytes:
    """Derive 32 octets from a passphrase with scrypt (RFC 7914); takes some 0.2 s and 16 MiB on purpose.

    Raises:
        KeyFileError: an empty passphrase.
    """
    if not passphrase:
        raise KeyFileError("the passphrase is empty")
    return Scrypt(salt, 32, cost, SCRYPT_R, SCRYPT_P).derive(passphrase)


def write_secret(path: Path, data: bytes) -> None:
    """Write a new file that only its owner can read, and never over another.

    Raises:
        KeyFileError: it exists already, or cannot be written.
    """
    try:
        _write_whole(path, data)
        sync_folder(path.parent)
    except FileExistsError as error:
        raise KeyFileError(f"{path} exists already and is not replaced") from error
    except OSError as error:
        raise KeyFileError(f"{path} cannot be written: {error.strerror}") from error


def _write_whole(path: Path, data: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as file:  # of mode 0600
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        # A link, unlike a rename, never takes the place of a key that is already there.
        os.link(file.name, path)


def sync_folder(folder: Path) -> None:
    """Make a folder's names as durable as the files they name."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_secret(path: Path) -> bytes:
    """Read a file that only its owner can read.

    Raises:
        KeyMissingError: there is no such file.
        KeyFileError: others may read it too, or nobody can.
    """
    try:
        with path.open("rb") as file:
            check_closed(path, file.fileno())
            return file.read()
    except FileNotFoundError as error:
        raise KeyMissingError(f"there is no key file {path}") from error
    except OSError as error:
        raise KeyFileError(f"{path} cannot be read: {error.strerror}") from error


def check_closed(path: Path, descriptor: int) -> None:
    """Check that an open file is its owner's alone.

    Raises:
        KeyFileError: others may read or write it.
    """
    if os.fstat(descriptor).st_mode & 0o077:
        raise KeyFileError(f"{path} is open to others than its owner; close it with: chmod 600 {path}")
