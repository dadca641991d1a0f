from pathlib import Path

import pytest

from keys.errors import KeyFileError, KeyMissingError, PassphraseError
from keys.key_set import OPERATOR, KeySet
from keys.signer import Purpose, SoftwareSigner, generate

PASSPHRASE = b"correct horse"


@pytest.fixture
def key_set(tmp_path: Path) -> KeySet:
    return KeySet(tmp_path / "keys", PASSPHRASE)


def enrol(key_set: KeySet, owner: str, purpose: Purpose) -> SoftwareSigner:
    signer = generate()
    key_set.propose(owner, purpose, signer)
    key_set.enrol(owner, purpose)
    return signer


def files(key_set: KeySet) -> list[str]:
    return sorted(str(path.relative_to(key_set.folder)) for path in key_set.folder.rglob("*") if path.is_file())


def test_the_newest_key_is_current_and_the_old_ones_are_kept(key_set: KeySet) -> None:
    first, second = enrol(key_set, "odc-uno", Purpose.EVENT), enrol(key_set, "odc-uno", Purpose.EVENT)

    assert key_set.generations("odc-uno", Purpose.EVENT) == [1, 2]
    assert key_set.current("odc-uno", Purpose.EVENT).public_key == second.public_key
    assert key_set.generation("odc-uno", Purpose.EVENT, 1).public_key == first.public_key


def test_file_names_say_owner_purpose_and_generation(key_set: KeySet) -> None:
    enrol(key_set, OPERATOR, Purpose.LOG)
    enrol(key_set, "odc-uno", Purpose.TOKEN)
    enrol(key_set, "odc-uno", Purpose.TOKEN)
    key_set.propose("odc-uno", Purpose.EVENT, generate())

    assert files(key_set) == [
        "odc-uno/event.proposed.pem",
        "odc-uno/token-1.pem",
        "odc-uno/token-2.pem",
        "operator/log-1.pem",
    ]
    assert (key_set.folder / "odc-uno").stat().st_mode & 0o777 == 0o700


def test_the_tenth_generation_comes_after_the_ninth(key_set: KeySet) -> None:
    newest = enrol(key_set, OPERATOR, Purpose.LOG)
    (key_set.folder / "operator" / "log-1.pem").rename(key_set.folder / "operator" / "log-10.pem")
    (key_set.folder / "operator" / "log-9.pem").touch(0o600)

    assert key_set.generations(OPERATOR, Purpose.LOG) == [9, 10]
    assert key_set.current(OPERATOR, Purpose.LOG).public_key == newest.public_key


def test_a_proposed_key_is_not_current_before_it_is_enrolled(key_set: KeySet) -> None:
    old, new = enrol(key_set, "odc-uno", Purpose.EVENT), generate("ES256")

    key_set.propose("odc-uno", Purpose.EVENT, new)

    assert key_set.current("odc-uno", Purpose.EVENT).public_key == old.public_key
    assert key_set.proposed("odc-uno", Purpose.EVENT).public_key == new.public_key
    assert key_set.enrol("odc-uno", Purpose.EVENT) == 2
    assert key_set.current("odc-uno", Purpose.EVENT).public_key == new.public_key


def test_another_process_sees_an_enrolment_at_once(key_set: KeySet) -> None:
    other = KeySet(key_set.folder, PASSPHRASE)
    enrol(key_set, "odc-uno", Purpose.EVENT)
    assert other.current("odc-uno", Purpose.EVENT)

    new = enrol(key_set, "odc-uno", Purpose.EVENT)

    assert other.current("odc-uno", Purpose.EVENT).public_key == new.public_key


def test_a_key_is_opened_once_and_kept(key_set: KeySet) -> None:
    enrol(key_set, "odc-uno", Purpose.EVENT)

    assert key_set.current("odc-uno", Purpose.EVENT) is key_set.current("odc-uno", Purpose.EVENT)


def test_a_key_is_proposed_only_once_at_a_time(key_set: KeySet) -> None:
    first = generate()
    key_set.propose("odc-uno", Purpose.EVENT, first)

    with pytest.raises(KeyFileError, match=r"event\.proposed\.pem exists already"):
        key_set.propose("odc-uno", Purpose.EVENT, generate())

    assert key_set.proposed("odc-uno", Purpose.EVENT).public_key == first.public_key


def test_owners_and_purposes_do_not_mix(key_set: KeySet) -> None:
    enrol(key_set, "odc-uno", Purpose.EVENT)

    with pytest.raises(KeyMissingError, match="odc-due has no event key"):
        key_set.current("odc-due", Purpose.EVENT)
    with pytest.raises(KeyMissingError, match="odc-uno has no token key"):
        key_set.current("odc-uno", Purpose.TOKEN)
    with pytest.raises(KeyMissingError, match=r"there is no key file .*event-2\.pem"):
        key_set.generation("odc-uno", Purpose.EVENT, 2)


def test_what_was_not_proposed_is_not_enrolled(key_set: KeySet) -> None:
    enrol(key_set, "odc-uno", Purpose.EVENT)

    with pytest.raises(KeyMissingError, match="odc-uno has no proposed event key"):
        key_set.enrol("odc-uno", Purpose.EVENT)
    with pytest.raises(KeyMissingError, match="there is no key file"):
        key_set.proposed("odc-uno", Purpose.EVENT)


@pytest.mark.parametrize("owner", ["", "..", "../operator", "a/b", "Odc", "-odc", "odc-", "odc\n", "é", "a" * 33])
def test_an_owner_that_is_no_slug_is_refused(key_set: KeySet, owner: str) -> None:
    with pytest.raises(KeyFileError, match="the owner of a key is a slug"):
        key_set.propose(owner, Purpose.EVENT, generate())

    assert not key_set.folder.exists()


def test_files_of_other_names_are_left_alone(key_set: KeySet) -> None:
    signer = enrol(key_set, "odc-uno", Purpose.EVENT)
    for name in ("event-2.pem.bak", "event-02.pem", "event-0.pem", "event--3.pem", "events-4.pem", "event-x.pem"):
        (key_set.folder / "odc-uno" / name).touch()

    assert key_set.generations("odc-uno", Purpose.EVENT) == [1]
    assert key_set.current("odc-uno", Purpose.EVENT).public_key == signer.public_key


def test_a_wrong_passphrase_opens_nothing_and_is_not_told(key_set: KeySet) -> None:
    enrol(key_set, "odc-uno", Purpose.EVENT)

    with pytest.raises(PassphraseError) as caught:
        KeySet(key_set.folder, b"battery staple").current("odc-uno", Purpose.EVENT)

    assert "staple" not in str(caught.value)


def test_the_repr_tells_the_folder_alone(key_set: KeySet) -> None:
    enrol(key_set, "odc-uno", Purpose.EVENT)
    key_set.current("odc-uno", Purpose.EVENT)

    assert repr(key_set) == f"KeySet(folder={key_set.folder!r})"
