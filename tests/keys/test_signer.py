import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from keys.errors import KeyFileError
from keys.signer import Purpose, SoftwareSigner, generate, software_signer
from verifier.errors import SignatureError
from verifier.key import check_signature, parse_jwk

ALGORITHMS = ["Ed25519", "ES256"]


def test_ed25519_signs_as_in_rfc_8032_section_7_1_test_2() -> None:
    secret = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")

    signer = software_signer(Ed25519PrivateKey.from_private_bytes(secret))

    assert signer.public_key.raw.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert signer.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def rfc_6979_signer() -> SoftwareSigner:
    secret = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    return software_signer(ec.derive_private_key(secret, ec.SECP256R1()))


def test_es256_signs_as_in_rfc_6979_section_a_2_5() -> None:
    signer = rfc_6979_signer()

    assert signer.public_key.raw.hex().upper() == (
        "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
        "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
    )
    assert signer.sign(b"sample").hex().upper() == (
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    )
    assert signer.sign(b"test").hex().upper() == (
        "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
        "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"
    )


@pytest.mark.parametrize(("message", "half"), [(b"R", slice(0, 32)), (b"S", slice(32, 64))])
def test_a_short_half_of_an_es256_signature_is_filled_up(message: bytes, half: slice) -> None:
    signer = rfc_6979_signer()
    message = next(m for m in (message + b"%d" % n for n in range(5000)) if signer.sign(m)[half][0] == 0)

    signature = signer.sign(message)

    assert len(signature) == 64
    check_signature(signer.public_key, signature, message)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_a_new_key_signs_fits_it_and_no_other(algorithm: str) -> None:
    signer, other = generate(algorithm), generate(algorithm)

    signature = signer.sign(b"data")

    assert signer.public_key.algorithm == algorithm
    check_signature(signer.public_key, signature, b"data")
    with pytest.raises(SignatureError):
        check_signature(signer.public_key, signature, b"Data")
    with pytest.raises(SignatureError):
        check_signature(other.public_key, signature, b"data")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_new_keys_public_half_passes_the_readers_checks(algorithm: str) -> None:
    public_key = generate(algorithm).public_key

    assert parse_jwk(public_key.jwk()) == public_key


def test_an_algorithm_that_is_not_ours_makes_no_key() -> None:
    with pytest.raises(ValueError, match="unknown algorithm RS256"):
        generate("RS256")


@pytest.mark.parametrize(
    "private_key",
    [
        pytest.param(ec.generate_private_key(ec.SECP384R1()), id="P-384"),
        pytest.param(X25519PrivateKey.generate(), id="X25519, which agrees and does not sign"),
        pytest.param(rsa.generate_private_key(65537, 2048), id="RSA"),
    ],
)
def test_a_key_of_another_algorithm_is_not_taken_into_use(private_key: PrivateKeyTypes) -> None:
    with pytest.raises(KeyFileError, match="neither Ed25519 nor P-256"):
        software_signer(private_key)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_repr_shows_the_public_half_alone(algorithm: str) -> None:
    assert re.fullmatch(r"SoftwareSigner\(public_key=PublicKey\(.*\)\)", repr(generate(algorithm)), re.DOTALL)
    assert "private" not in repr(generate(algorithm)).lower()


def test_purposes_are_the_words_of_the_formats() -> None:
    assert [*Purpose] == ["event", "token", "recovery", "log", "operator"]
