import hashlib
from pathlib import Path

import pytest

from keys.errors import KeyFileError, KeyMissingError
from keys.secret_file import read_secret, stretch, write_secret


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_secret(tmp_path / "secret", b"bytes")

    assert read_secret(tmp_path / "secret") == b"bytes"


def test_a_secret_is_its_owners_alone_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_secret(tmp_path / "secret", b"bytes")

    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_a_secret_never_replaces_another(tmp_path: Path) -> None:
    write_secret(tmp_path / "secret", b"first")

    with pytest.raises(KeyFileError, match="exists already and is not replaced"):
        write_secret(tmp_path / "secret", b"second")

    assert read_secret(tmp_path / "secret") == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_a_secret_that_cannot_be_written_is_an_error_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="cannot be written: No such file or directory"):
        write_secret(tmp_path / "nowhere" / "secret", b"bytes")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644])
def test_a_secret_that_is_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    write_secret(tmp_path / "secret", b"bytes")
    (tmp_path / "secret").chmod(mode)

    with pytest.raises(KeyFileError, match="open to others than its owner; close it with: chmod 600"):
        read_secret(tmp_path / "secret")


def test_a_secret_that_only_its_owner_can_read_and_not_write_is_fine(tmp_path: Path) -> None:
    write_secret(tmp_path / "secret", b"bytes")
    (tmp_path / "secret").chmod(0o400)

    assert read_secret(tmp_path / "secret") == b"bytes"


def test_a_secret_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(KeyMissingError, match="there is no key file"):
        read_secret(tmp_path / "secret")


def test_a_folder_is_no_secret(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="cannot be read: Is a directory"):
        read_secret(tmp_path)


def test_a_passphrase_is_stretched_as_another_scrypt_does() -> None:
    expected = hashlib.scrypt(b"passphrase", salt=b"0123456789abcdef", n=16384, r=8, p=5, dklen=32)

    assert stretch(b"passphrase", b"0123456789abcdef") == expected


def test_an_empty_passphrase_protects_nothing() -> None:
    with pytest.raises(KeyFileError, match="the passphrase is empty"):
        stretch(b"", b"0123456789abcdef")
