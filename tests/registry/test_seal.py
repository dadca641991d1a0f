"""The seal that settings name: opened, found by the verifier through its entry point, refused where it is broken."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from keys.errors import KeyMissingError, SealingError
from registry.errors import SettingError
from registry.seal import open_seal, seal_environment, seal_roots
from registry.settings import Settings, make_settings
from tests.seals import PASSPHRASE, Authority, Identity, document, now
from verifier.errors import FormatError
from verifier.report import Outcome
from verifier.seal import SealFinding, open_sealer, read_seals

AUTHORITY = Authority(now())
IDENTITY = AUTHORITY.seal_identity()
WRITTEN = {
    "seal_key_file": "seal.pem",
    "seal_passphrase_file": "seal-passphrase",
    "seal_certificate_file": "seal-chain.pem",
    "seal_roots_file": "seal-roots.pem",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return keep_seal(tmp_path, IDENTITY)


def keep_seal(folder: Path, identity: Identity) -> Path:
    files = {
        "seal.pem": identity.key_pem,
        "seal-passphrase": PASSPHRASE + b"\n",
        "seal-chain.pem": identity.pem,
        "seal-roots.pem": AUTHORITY.root.pem,
        "lists/root.crl": AUTHORITY.revocations(),
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(content)
    return folder


def settings(folder: Path, **more: str) -> Settings:
    return make_settings(folder, WRITTEN | more, {})


def test_where_no_key_is_named_nothing_is_sealed(folder: Path) -> None:
    assert open_seal(make_settings(folder, {}, {}), now) is None


def test_the_seal_of_the_settings_is_opened(folder: Path) -> None:
    sealer = open_seal(settings(folder), now)

    assert sealer is not None
    (seal,) = read_seals(sealer.seal(document()), [AUTHORITY.root.pem], now())
    assert (seal.signer, seal.outcome) == ("Registro di prova", Outcome.PASSED)


@pytest.mark.enable_socket
def test_stamps_and_revocation_lists_are_used_where_they_are_named(folder: Path) -> None:
    with AUTHORITY.serve_stamps() as url:
        sealer = open_seal(settings(folder, seal_timestamp_url=url, seal_revocations_folder="lists"), now)
        assert sealer is not None
        sealed = sealer.seal(document())

    (seal,) = read_seals(sealed, [AUTHORITY.root.pem], AUTHORITY.at + timedelta(days=900))
    assert (seal.finding, seal.stamped) == (SealFinding.HOLDS, True)


def test_the_verifier_finds_the_seal_that_the_environment_names(folder: Path) -> None:
    named = {f"ATTESTO_{name.upper()}": str(folder / file) for name, file in WRITTEN.items()}

    sealer = open_sealer(named | {"ATTESTO_ORIGIN": "NO ORIGIN", "ATTESTO_TRUST": "trust.json"})

    assert sealer is not None, "the entry point is not installed: install the package anew"
    (seal,) = read_seals(sealer.seal(document()), [AUTHORITY.root.pem], now())
    assert seal.outcome is Outcome.PASSED


def test_what_the_settings_name_is_handed_on_by_the_environment(folder: Path) -> None:
    plain = make_settings(folder, {}, {})
    named = seal_environment(
        settings(folder, seal_revocations_folder="lists", seal_timestamp_url="http://127.0.0.1:1/")
    )

    assert seal_environment(plain) == {}
    assert named == {f"ATTESTO_{name.upper()}": str(folder / file) for name, file in WRITTEN.items()} | {
        "ATTESTO_SEAL_REVOCATIONS_FOLDER": str(folder / "lists"),
        "ATTESTO_SEAL_TIMESTAMP_URL": "http://127.0.0.1:1/",
    }
    assert open_sealer(named) is not None


def test_a_broken_seal_is_said_to_be_broken(folder: Path) -> None:
    named = {f"ATTESTO_{name.upper()}": str(folder / file) for name, file in WRITTEN.items()}

    with pytest.raises(
        FormatError, match=r"^documents cannot be sealed: setting seal_key_file needs setting seal_roots"
    ):
        open_sealer({name: value for name, value in named.items() if "ROOTS" not in name})
    (folder / "seal-passphrase").write_text("another\n")
    with pytest.raises(FormatError, match=r"^documents cannot be sealed: seal key file .* passphrase does not open it"):
        open_sealer(named)


@pytest.mark.parametrize("name", WRITTEN.values())
def test_a_missing_file_is_named(name: str, folder: Path) -> None:
    (folder / name).unlink()

    with pytest.raises((SettingError, KeyMissingError), match=name):
        open_seal(settings(folder), now)


def test_a_folder_without_lists_is_refused(folder: Path) -> None:
    (folder / "lists" / "root.crl").unlink()

    with pytest.raises(SettingError, match=r"there is no list \(\*\.crl\)"):
        open_seal(settings(folder, seal_revocations_folder="lists"), now)


def test_roots_are_read_also_where_nothing_is_sealed_any_more(folder: Path) -> None:
    only_roots = make_settings(folder, {"seal_roots_file": "seal-roots.pem"}, {})

    assert seal_roots(only_roots) == (AUTHORITY.root.der,)
    assert seal_roots(make_settings(folder, {}, {})) == ()
    (folder / "seal-roots.pem").write_bytes(b"none")
    with pytest.raises(SettingError, match="it is not a certificate"):
        seal_roots(only_roots)
    with pytest.raises(SealingError, match="the roots of the seal cannot be read"):
        open_seal(settings(folder), now)


Change = Callable[[dict[str, str]], object]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda w: w.pop("seal_passphrase_file"), "seal_key_file needs setting seal_passphrase_file"),
        (lambda w: w.pop("seal_roots_file"), "seal_key_file needs setting seal_roots_file"),
        (lambda w: w.update(seal_timestamp_url="file:///etc/passwd"), "seal_timestamp_url is a URL like"),
        (lambda w: w.update(seal_timestamp_url="https://anna@stamps.example"), "seal_timestamp_url is a URL like"),
        (lambda w: w.update(seal_timestamp_url="http://["), "seal_timestamp_url is a URL like"),
    ],
)
def test_settings_that_make_no_seal_are_refused(change: Change, reason: str, tmp_path: Path) -> None:
    written = dict(WRITTEN)
    change(written)

    with pytest.raises(SettingError, match=reason):
        make_settings(tmp_path, written, {})
