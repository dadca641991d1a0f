import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import HolderErasedError, KeyFileError, KeyMissingError, KeysError, SealError
from keys.holder import HolderKey, HolderKeys, open_holder_keys
from keys.master import MasterKey, generate_master_key

MASTER = MasterKey(bytes(range(32)))
MARIA, ANNA = UUID(int=1), UUID(int=2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "holders.sqlite"


@pytest.fixture
def keys(path: Path) -> Iterator[HolderKeys]:
    opened = open_holder_keys(path, MASTER)
    yield opened
    opened.close()


def bytes_on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


def wrapped_keys(path: Path) -> dict[UUID, bytes]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT holder, wrapped FROM holder_key WHERE wrapped IS NOT NULL").fetchall()
    connection.close()
    return {UUID(bytes=holder): wrapped for holder, wrapped in rows}


def test_what_was_sealed_for_a_holder_is_unsealed(keys: HolderKeys) -> None:
    keys.create([MARIA])

    sealed = keys.open(MARIA).seal(b"place", b"Maria Rossi")

    assert keys.unseal(MARIA, b"place", sealed) == b"Maria Rossi"
    assert b"Maria" not in sealed
    assert len(sealed) == len(b"Maria Rossi") + 28


def test_the_same_text_is_sealed_to_other_bytes_each_time(keys: HolderKeys) -> None:
    keys.create([MARIA])

    assert keys.open(MARIA).seal(b"", b"Maria") != keys.open(MARIA).seal(b"", b"Maria")


def test_a_seal_opens_as_aes_gcm_of_another_hand() -> None:
    # NIST's GCM example as in McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16
    key = bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2)
    nonce = bytes.fromhex("cafebabefacedbaddecaf888")
    aad = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    sealed = bytes.fromhex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"
    )

    assert HolderKey(AESGCM(key)).unseal(aad, nonce + sealed).hex() == (
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )


@given(st.data())
def test_no_altered_bit_opens(data: st.DataObject) -> None:
    key = HolderKey(AESGCM(bytes(32)))
    sealed = bytearray(key.seal(b"place", b"Maria Rossi"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(SealError, match="altered, moved, or another holder's"):
        key.unseal(b"place", bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12), bytes(27), bytes(28)])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(SealError):
        HolderKey(AESGCM(bytes(32))).unseal(b"place", sealed)


def test_a_seal_opens_neither_in_another_place_nor_for_another_holder(keys: HolderKeys) -> None:
    keys.create([MARIA, ANNA])
    sealed = keys.open(MARIA).seal(b"place", b"Maria Rossi")

    with pytest.raises(SealError):
        keys.unseal(MARIA, b"another place", sealed)
    with pytest.raises(SealError):
        keys.unseal(ANNA, b"place", sealed)


def test_a_holder_without_key_is_told_as_such(keys: HolderKeys) -> None:
    with pytest.raises(KeyMissingError, match=f"holder {MARIA} has no data key"):
        keys.open(MARIA)


def test_keys_outlive_the_process_and_serve_another(keys: HolderKeys, path: Path) -> None:
    keys.create([MARIA])
    sealed = keys.open(MARIA).seal(b"place", b"Maria Rossi")

    other = open_holder_keys(path, MASTER)

    assert other.unseal(MARIA, b"place", sealed) == b"Maria Rossi"
    other.close()


def test_creating_a_key_again_keeps_it(keys: HolderKeys) -> None:
    keys.create([MARIA])
    sealed = keys.open(MARIA).seal(b"place", b"Maria Rossi")

    keys.create([ANNA, MARIA, MARIA])

    assert keys.unseal(MARIA, b"place", sealed) == b"Maria Rossi"
    assert keys.open(ANNA)


def test_every_holder_has_a_key_of_his_own(keys: HolderKeys, path: Path) -> None:
    holders = [uuid4() for _ in range(1000)]

    keys.create(holders)

    opened = {MASTER.unwrap(wrapped) for holder, wrapped in wrapped_keys(path).items() if holder in set(holders)}
    assert len(opened) == 1000
    assert {len(key) for key in opened} == {32}


def test_a_destroyed_key_opens_nothing_ever_again(keys: HolderKeys, path: Path) -> None:
    keys.create([MARIA, ANNA])
    sealed = keys.open(MARIA).seal(b"place", b"Maria Rossi")

    keys.destroy(MARIA)

    with pytest.raises(HolderErasedError, match=f"the data key of holder {MARIA} was destroyed"):
        keys.unseal(MARIA, b"place", sealed)
    with pytest.raises(HolderErasedError):
        keys.open(MARIA).seal(b"place", b"again")
    other = open_holder_keys(path, MASTER)
    with pytest.raises(HolderErasedError):
        other.open(MARIA)
    other.close()
    assert keys.open(ANNA)


def test_an_erased_holder_gets_no_second_key_and_the_whole_batch_fails(keys: HolderKeys) -> None:
    keys.create([MARIA])
    keys.destroy(MARIA)

    with pytest.raises(HolderErasedError):
        keys.create([ANNA, MARIA])

    with pytest.raises(KeyMissingError):
        keys.open(ANNA)


def test_who_has_a_key_is_told_of_many_at_once_and_nobody_else_is_named(keys: HolderKeys) -> None:
    many = [UUID(int=number) for number in range(10, 710)]
    keys.create([MARIA, *many])
    gone = [many[0], many[600], ANNA]
    for holder in gone:
        keys.destroy(holder)

    assert keys.find_intact([ANNA, *many, UUID(int=9), MARIA]) == sorted({MARIA, *many} - set(gone))
    assert keys.find_intact([]) == []


def test_destroying_again_or_before_there_is_a_key_marks_the_holder_erased(keys: HolderKeys) -> None:
    for _ in range(2):
        keys.destroy(MARIA)

    with pytest.raises(HolderErasedError):
        keys.create([MARIA])


def test_a_destroyed_key_is_left_in_no_file(keys: HolderKeys, path: Path) -> None:
    # Many batches, so that pages fill, split and move while keys come and go.
    holders = [uuid4() for _ in range(3000)]
    for start in range(0, len(holders), 100):
        keys.create(holders[start : start + 100])
    wrapped = wrapped_keys(path)
    assert all(wrapped[holder] in bytes_on_disk(path.parent) for holder in holders[:10])

    for holder in holders[::10]:
        keys.destroy(holder)

    left = bytes_on_disk(path.parent)
    assert not [holder for holder in holders[::10] if wrapped[holder] in left]
    assert wrapped[holders[1]] in left


def test_an_erasure_that_a_reader_holds_up_is_not_called_done(path: Path) -> None:
    keys = open_holder_keys(path, MASTER)
    keys.connection.execute("PRAGMA busy_timeout = 10")
    keys.create([MARIA])
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM holder_key").fetchall()

    with pytest.raises(KeysError, match="a copy is left in the write-ahead log"):
        keys.destroy(MARIA)

    with pytest.raises(HolderErasedError):
        keys.open(MARIA)
    reader.close()
    keys.destroy(MARIA)
    keys.close()


def test_another_master_key_is_refused_at_once(keys: HolderKeys, path: Path) -> None:
    keys.create([MARIA])

    with pytest.raises(SealError, match="did not wrap"):
        open_holder_keys(path, generate_master_key())


def test_the_store_is_its_owners_alone(keys: HolderKeys, path: Path) -> None:
    keys.create([MARIA])

    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_store_that_is_open_to_others_is_refused(keys: HolderKeys, path: Path, mode: int) -> None:
    keys.close()
    path.chmod(mode)

    with pytest.raises(KeyFileError, match="open to others than its owner; close it with: chmod 600"):
        open_holder_keys(path, generate_master_key())


def test_the_store_is_synchronous_and_overwrites_what_it_deletes(keys: HolderKeys) -> None:
    def pragma(name: str) -> object:
        return keys.connection.execute(f"PRAGMA {name}").fetchone()[0]

    assert (pragma("journal_mode"), pragma("synchronous"), pragma("secure_delete")) == ("wal", 2, 1)


def test_several_threads_share_a_store(keys: HolderKeys) -> None:
    holders = [uuid4() for _ in range(40)]

    def work(holder: UUID) -> bytes:
        keys.create([holder])
        return keys.unseal(holder, b"place", keys.open(holder).seal(b"place", holder.bytes))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, holders)) == [holder.bytes for holder in holders]


def test_reprs_tell_no_secret(keys: HolderKeys) -> None:
    keys.create([MARIA])

    assert repr(keys) == "HolderKeys()"
    assert repr(keys.open(MARIA)) == "HolderKey()"


def test_a_store_that_is_closed_or_no_store_is_named(tmp_path: Path) -> None:
    master = generate_master_key()
    keys = open_holder_keys(tmp_path / "keys.sqlite", master)
    keys.close()
    (tmp_path / "notes").touch(mode=0o600)
    (tmp_path / "notes").write_bytes(b"no database, but long enough to be looked at as one" * 40)

    with pytest.raises(KeysError, match="cannot be used"):
        keys.open(uuid4())
    with pytest.raises(KeysError, match="cannot be used"):
        keys.create([uuid4()])
    with pytest.raises(KeysError, match="cannot be used"):
        open_holder_keys(tmp_path / "notes", master)


def test_keys_for_holders_who_are_nobody_yet_are_handed_out_and_kept(keys: HolderKeys) -> None:
    made = keys.make([MARIA, ANNA])

    assert keys.unseal(MARIA, b"place", made[MARIA].seal(b"place", b"claim")) == b"claim"
    assert keys.unseal(ANNA, b"place", made[ANNA].seal(b"place", b"claim")) == b"claim"


def test_nobody_gets_a_second_key(keys: HolderKeys) -> None:
    keys.make([MARIA])
    keys.destroy(MARIA)

    with pytest.raises(KeysError):
        keys.make([ANNA, MARIA])

    with pytest.raises(KeyMissingError):
        keys.open(ANNA)
