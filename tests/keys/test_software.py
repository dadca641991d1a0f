import re
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from keys.errors import KeyFileError, KeyMissingError, PassphraseError
from keys.signer import SoftwareSigner, generate
from keys.software import format_key, open_key_file, parse_key, write_key_file

PASSPHRASE = b"correct horse"
SIGNERS = {algorithm: generate(algorithm) for algorithm in ("Ed25519", "ES256")}
PEM = format_key(SIGNERS["Ed25519"], PASSPHRASE)
signers = pytest.mark.parametrize("signer", SIGNERS.values(), ids=SIGNERS.keys())


def openssl(*arguments: str, stdin: bytes) -> bytes:
    return subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=True).stdout


def public_pem(signer: SoftwareSigner) -> bytes:
    return signer.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def plain_pem(signer: SoftwareSigner) -> bytes:
    return signer.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@signers
def test_a_key_comes_back_from_its_file(signer: SoftwareSigner, tmp_path: Path) -> None:
    write_key_file(tmp_path / "key.pem", signer, PASSPHRASE)

    opened = open_key_file(tmp_path / "key.pem", PASSPHRASE)

    assert opened.public_key == signer.public_key
    assert plain_pem(opened) == plain_pem(signer)
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600


@signers
def test_the_openssl_command_reads_our_file(signer: SoftwareSigner) -> None:
    data = format_key(signer, PASSPHRASE)

    assert openssl("pkey", "-passin", "pass:correct horse", "-pubout", stdin=data) == public_pem(signer)
    assert all(len(line) <= 64 for line in data.splitlines())


def test_our_file_names_scrypt_and_aes_to_others() -> None:
    structure = openssl("asn1parse", stdin=PEM).decode()

    assert re.findall(r"OBJECT\s+:(\S+)", structure) == ["PBES2", "scrypt", "aes-256-cbc"]
    assert re.findall(r"INTEGER\s+:(\S+)", structure) == ["4000", "08", "05"]  # N=2^14, r=8, p=5


@signers
@pytest.mark.parametrize("options", [["-scrypt"], ["-v2", "aes-256-cbc", "-iter", "600000"]], ids=["scrypt", "PBKDF2"])
def test_we_read_a_file_of_the_openssl_command(signer: SoftwareSigner, options: list[str]) -> None:
    data = openssl("pkcs8", "-topk8", "-passout", "pass:correct horse", *options, stdin=plain_pem(signer))

    assert parse_key(data, PASSPHRASE).public_key == signer.public_key


def test_two_files_of_one_key_have_nothing_in_common() -> None:
    first, second = (format_key(SIGNERS["Ed25519"], PASSPHRASE).splitlines()[2:-1] for _ in range(2))

    assert not set(first) & set(second)


# A wrong key's padding looks right once in 256 times, and what it decrypts to is then read: so not one passphrase.
@pytest.mark.parametrize("options", [["-v2", "aes-256-cbc", "-iter", "1"]], ids=["one round, to be quick"])
def test_no_wrong_passphrase_opens_a_key_or_is_told_back(options: list[str]) -> None:
    data = openssl("pkcs8", "-topk8", "-passout", "pass:right", *options, stdin=plain_pem(SIGNERS["Ed25519"]))

    for number in range(1500):
        with pytest.raises(PassphraseError, match=r"^the passphrase does not open it"):
            parse_key(data, b"wrong%d" % number)


def test_a_wrong_passphrase_is_an_error_that_names_the_file_and_no_secret(tmp_path: Path) -> None:
    write_key_file(tmp_path / "key.pem", SIGNERS["Ed25519"], PASSPHRASE)

    with pytest.raises(PassphraseError) as caught:
        open_key_file(tmp_path / "key.pem", b"battery staple")

    assert str(caught.value).startswith(f"key file {tmp_path}/key.pem cannot be used: the passphrase does not open it")
    told: BaseException | None = caught.value
    while told is not None:
        assert "staple" not in repr(told)
        told = told.__cause__ or (None if told.__suppress_context__ else told.__context__)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"", "not an encrypted PKCS#8 key in PEM", id="empty"),
        pytest.param(PEM[:90], "not an encrypted PKCS#8 key in PEM", id="cut short"),
        pytest.param(plain_pem(SIGNERS["ES256"]), "not an encrypted PKCS#8 key in PEM", id="not encrypted"),
        pytest.param(PEM.replace(b"ENCRYPTED ", b""), "not an encrypted PKCS#8 key in PEM", id="another label"),
        pytest.param(PEM.replace(b"\nM", b"\nMA", 1), "it is broken", id="a character too many"),
        pytest.param(PEM.replace(PEM.splitlines(True)[2], b""), "not an encrypted PKCS#8 key$", id="a line missing"),
        pytest.param(PEM.replace(b"\nM", b"\n=", 1), "not base64", id="padding in front"),
        pytest.param(
            generate_private_key(SECP384R1()).private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE)
            ),
            "neither Ed25519 nor P-256",
            id="another curve",
        ),
    ],
)
def test_a_file_that_holds_no_key_of_ours_is_told_from_a_wrong_passphrase(data: bytes, why: str) -> None:
    with pytest.raises(KeyFileError, match=why) as caught:
        parse_key(data, PASSPHRASE)

    assert type(caught.value) is KeyFileError


@pytest.mark.parametrize("options", [["-v2", "aria-256-cbc"], ["-v2", "aes-256-cfb"]])
def test_a_file_under_a_cipher_that_we_do_not_read_is_an_error(options: list[str]) -> None:
    data = openssl("pkcs8", "-topk8", "-passout", "pass:correct horse", *options, stdin=plain_pem(SIGNERS["ES256"]))

    with pytest.raises(PassphraseError, match="or is of an unknown cipher"):
        parse_key(data, PASSPHRASE)


def test_a_broken_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.touch(0o600)

    with pytest.raises(KeyFileError) as caught:
        open_key_file(path, PASSPHRASE)

    assert str(caught.value) == f"key file {path} cannot be used: it is broken: not an encrypted PKCS#8 key in PEM"


def test_a_file_that_others_can_read_is_refused_with_the_way_out(tmp_path: Path) -> None:
    write_key_file(tmp_path / "key.pem", SIGNERS["Ed25519"], PASSPHRASE)
    (tmp_path / "key.pem").chmod(0o644)

    with pytest.raises(KeyFileError, match="chmod 600"):
        open_key_file(tmp_path / "key.pem", PASSPHRASE)


def test_a_key_file_is_never_replaced_nor_written_without_passphrase(tmp_path: Path) -> None:
    write_key_file(tmp_path / "key.pem", SIGNERS["Ed25519"], PASSPHRASE)
    before = (tmp_path / "key.pem").read_bytes()

    with pytest.raises(KeyFileError, match="exists already"):
        write_key_file(tmp_path / "key.pem", SIGNERS["ES256"], PASSPHRASE)
    with pytest.raises(KeyFileError, match="passphrase is empty"):
        write_key_file(tmp_path / "other.pem", SIGNERS["ES256"], b"")

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"key.pem": before}


def test_a_missing_file_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(KeyMissingError, match=r"there is no key file .*key\.pem"):
        open_key_file(tmp_path / "key.pem", PASSPHRASE)
