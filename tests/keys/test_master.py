from pathlib import Path

import pytest

from keys.errors import KeyFileError, KeyMissingError, PassphraseError, SealError
from keys.master import MasterKey, generate_master_key, open_master_key, write_master_key


def test_a_key_is_wrapped_as_in_rfc_3394_section_4_6() -> None:
    master = MasterKey(bytes(range(32)))
    data = bytes.fromhex("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F")

    wrapped = master.wrap(data)

    assert wrapped.hex().upper() == ("28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21")
    assert master.unwrap(wrapped) == data


@pytest.mark.parametrize("wrapped", [b"", bytes(40), bytes(24), bytes(41)])
def test_what_another_master_key_wrapped_does_not_open(wrapped: bytes) -> None:
    with pytest.raises(SealError, match="did not wrap that data key"):
        generate_master_key().unwrap(wrapped)


def test_the_master_key_comes_back_from_its_file(tmp_path: Path) -> None:
    master = generate_master_key()
    write_master_key(tmp_path / "master.json", master, b"passphrase")

    assert open_master_key(tmp_path / "master.json", b"passphrase") == master
    assert (tmp_path / "master.json").stat().st_mode & 0o777 == 0o600
    assert master.secret not in (tmp_path / "master.json").read_bytes()


def test_a_wrong_passphrase_is_an_error_that_names_the_file_and_no_secret(tmp_path: Path) -> None:
    write_master_key(tmp_path / "master.json", generate_master_key(), b"passphrase")

    with pytest.raises(
        PassphraseError, match=r"^the passphrase does not open master key file .*master\.json$"
    ) as caught:
        open_master_key(tmp_path / "master.json", b"battery staple")

    assert "staple" not in repr(caught.value) + repr(caught.value.__cause__)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[]", id="not an object"),
        pytest.param(b'{"salt":"AAAA","wrapped":"AAAA"}', id="no type"),
        pytest.param(b'{"salt":"AAAA","type":"vnd.attesto.master-key.v2","wrapped":"AAAA"}', id="another version"),
        pytest.param(b'{"salt":"AAAA","type":"vnd.attesto.master-key.v1","wrapped":"?"}', id="not base64url"),
        pytest.param(b'{"n":1,"salt":"AA","type":"vnd.attesto.master-key.v1","wrapped":"AAAA"}', id="a field too many"),
    ],
)
def test_a_broken_file_is_told_in_one_sentence(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "master.json"
    path.touch(0o600)
    path.write_bytes(data)

    with pytest.raises(KeyFileError) as caught:
        open_master_key(path, b"passphrase")

    assert (type(caught.value), str(caught.value)) == (KeyFileError, f"master key file {path} is broken")


def test_a_missing_file_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(KeyMissingError, match="there is no key file"):
        open_master_key(tmp_path / "master.json", b"passphrase")


def test_a_master_key_is_never_replaced(tmp_path: Path) -> None:
    write_master_key(tmp_path / "master.json", generate_master_key(), b"passphrase")

    with pytest.raises(KeyFileError, match="exists already"):
        write_master_key(tmp_path / "master.json", generate_master_key(), b"passphrase")


def test_the_repr_tells_no_secret() -> None:
    assert repr(MasterKey(b"secret octets")) == "MasterKey()"


def test_a_secret_for_a_purpose_is_always_the_same_and_of_that_key_and_purpose_alone() -> None:
    master, other = MasterKey(bytes(range(32))), MasterKey(bytes(32))

    derived = master.derive("row keys")

    assert (derived, len(derived)) == (MasterKey(bytes(range(32))).derive("row keys"), 32)
    assert len({derived, master.derive("others"), other.derive("row keys"), master.secret}) == 4
