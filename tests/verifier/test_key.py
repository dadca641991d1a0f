import json
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import FormatError, SignatureError
from verifier.key import ED25519, ES256, PublicKey, check_public_signature, check_signature, parse_ed25519, parse_jwk

P = 2**255 - 19
# RFC 8032, section 7.1, test 2
RFC_KEY = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
RFC_SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)
RFC_DATA = b"\x72"
# RFC 8032, section 7.1, test 1
OTHER_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
# RFC 7515, appendix A.3
EC_JWK = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
OKP_JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


def encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def groups(vectors: Path, name: str) -> list[dict]:
    return json.loads((vectors / "wycheproof" / name).read_text())["testGroups"]


def accepts(key: PublicKey, signature: bytes, data: bytes) -> bool:
    try:
        check_signature(key, signature, data)
    except SignatureError:
        return False
    return True


def parses(raw: bytes) -> bool:
    try:
        parse_ed25519(raw)
    except FormatError:
        return False
    return True


def test_a_thumbprint_is_the_one_that_the_rfc_prints() -> None:
    # RFC 8037, appendix A.3
    key = parse_jwk(OKP_JWK)

    assert key.key_id == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert key.short_id.hex() == "90facafea9b15566"


@pytest.mark.parametrize("jwk", [OKP_JWK, EC_JWK])
def test_a_jwk_is_read_back(jwk: dict[str, str]) -> None:
    assert parse_jwk(jwk).jwk() == jwk


def test_a_signature_of_the_rfc_fits() -> None:
    check_signature(parse_ed25519(RFC_KEY), RFC_SIGNATURE, RFC_DATA)


def test_ed25519_is_decided_as_wycheproof_says(vectors: Path) -> None:
    decided = {
        test["tcId"]: accepts(
            parse_ed25519(bytes.fromhex(group["publicKey"]["pk"])),
            bytes.fromhex(test["sig"]),
            bytes.fromhex(test["msg"]),
        )
        for group in groups(vectors, "ed25519_test.json")
        for test in group["tests"]
    }

    assert decided == {
        test["tcId"]: test["result"] == "valid"
        for group in groups(vectors, "ed25519_test.json")
        for test in group["tests"]
    }
    assert len(decided) == 151


def test_es256_is_decided_as_wycheproof_says(vectors: Path) -> None:
    decided = {}
    expected = {}
    for group in groups(vectors, "ecdsa_secp256r1_sha256_p1363_test.json"):
        point = bytes.fromhex(group["publicKey"]["uncompressed"])
        key = parse_jwk({"kty": "EC", "crv": "P-256", "x": encode(point[1:33]), "y": encode(point[33:])})
        for test in group["tests"]:
            decided[test["tcId"]] = accepts(key, bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]))
            expected[test["tcId"]] = test["result"] == "valid"

    assert decided == expected
    assert len(decided) == 262


def test_keys_of_low_order_are_refused_and_the_rest_decided_as_the_flags_say(vectors: Path) -> None:
    cases = json.loads((vectors / "cctv_ed25519" / "ed25519vectors.json").read_text())

    for case in cases:
        flags = set(case["flags"] or ())
        raw = bytes.fromhex(case["key"])
        assert parses(raw) == flags.isdisjoint({"low_order_A", "non_canonical_A"}), case
        if parses(raw):
            fits = accepts(parse_ed25519(raw), bytes.fromhex(case["sig"]), case["msg"].encode())
            # The set's README: what Go, dalek and OpenSSL do is to refuse these two flags and to accept the rest.
            assert fits == flags.isdisjoint({"non_canonical_R", "low_order_residue"}), case
    assert len(cases) == 914


@pytest.mark.parametrize(
    "text",
    # C2SP CCTV ed25519, README, Low-order edwards25519 point encodings: eight points, six more spellings
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ],
)
def test_a_point_of_low_order_is_no_key_in_any_spelling(text: str) -> None:
    with pytest.raises(FormatError, match=r"low order|not canonical"):
        parse_ed25519(bytes.fromhex(text))


@pytest.mark.parametrize("y", range(P, 2**255))
@pytest.mark.parametrize("sign", [0, 1])
def test_a_coordinate_past_the_prime_is_a_second_spelling_and_refused(y: int, sign: int) -> None:
    with pytest.raises(FormatError, match="not canonical"):
        parse_ed25519((y | sign << 255).to_bytes(32, "little"))


def test_a_coordinate_that_no_point_has_is_refused() -> None:
    # RFC 8032, section 5.1.3: y = 2 has no x, as the square it asks for is none.
    with pytest.raises(FormatError, match="no point of the curve"):
        parse_ed25519((2).to_bytes(32, "little"))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_an_ed25519_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(FormatError, match="32 octets"):
        parse_ed25519(RFC_KEY.ljust(64, b"\0")[:length])


@pytest.mark.parametrize(
    ("why", "x", "y"),
    [
        ("off the curve", 1, 1),
        ("the point at infinity, as some write it", 0, 0),
        ("y past the prime", 5, 2**256 - 1),
    ],
)
def test_what_is_no_point_of_p256_is_refused(why: str, x: int, y: int) -> None:
    with pytest.raises(FormatError, match="no point of the curve"):
        parse_jwk({"kty": "EC", "crv": "P-256", "x": encode(x.to_bytes(32)), "y": encode(y.to_bytes(32))})


def test_a_coordinate_of_p256_past_the_prime_is_a_second_spelling_and_refused() -> None:
    # NIST SP 800-186, section 3.2.1.3: y² = x³ - 3x + b; as p = 3 mod 4, the root is a power (p + 1) / 4.
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    x = 5
    y = pow(x**3 - 3 * x + b, (p + 1) // 4, p)
    jwk = {"kty": "EC", "crv": "P-256", "x": encode(x.to_bytes(32)), "y": encode(y.to_bytes(32))}
    assert parse_jwk(jwk).jwk() == jwk

    with pytest.raises(FormatError, match="no point of the curve"):
        parse_jwk(jwk | {"x": encode((x + p).to_bytes(32))})


@pytest.mark.parametrize(
    ("why", "jwk"),
    [
        ("empty", {}),
        ("no key type", {"crv": "Ed25519", "x": OKP_JWK["x"]}),
        ("another curve", OKP_JWK | {"crv": "Ed448"}),
        ("a curve for key agreement", OKP_JWK | {"crv": "X25519"}),
        ("another curve's name", EC_JWK | {"crv": "P-384"}),
        ("a curve of Bitcoin's", EC_JWK | {"crv": "secp256k1"}),
        ("mixed up", EC_JWK | {"kty": "OKP", "crv": "Ed25519"}),
        ("a shared secret", {"kty": "oct", "k": OKP_JWK["x"]}),
        ("a private key", OKP_JWK | {"d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}),
        ("a foreign member", OKP_JWK | {"kid": "1"}),
        ("no x", {"kty": "OKP", "crv": "Ed25519"}),
        ("no y", {name: EC_JWK[name] for name in ("kty", "crv", "x")}),
        ("x is no text", OKP_JWK | {"x": 1}),
        ("x is null", OKP_JWK | {"x": None}),
        ("x with padding", OKP_JWK | {"x": OKP_JWK["x"] + "="}),
        ("x with bits left over", OKP_JWK | {"x": OKP_JWK["x"][:-1] + "p"}),
        ("x one octet short", EC_JWK | {"x": encode(bytes(31))}),
        ("a leading zero octet", EC_JWK | {"x": encode(b"\0" + bytes(32))}),
        # The two add up to the right length.
        ("x long, y short", EC_JWK | {"x": encode(bytes(33)), "y": encode(bytes(31))}),
    ],
)
def test_what_is_no_jwk_of_ours_is_refused(why: str, jwk: dict[str, object]) -> None:
    with pytest.raises(FormatError):
        parse_jwk(jwk)


def test_an_s_past_the_order_is_a_second_signature_and_refused() -> None:
    # RFC 8032, section 5.1.7: S + L would fit the same equation.
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(RFC_SIGNATURE[32:], "little")

    with pytest.raises(SignatureError, match="does not fit"):
        check_signature(parse_ed25519(RFC_KEY), RFC_SIGNATURE[:32] + (s + order).to_bytes(32, "little"), RFC_DATA)


@given(st.integers(0, 63), st.integers(1, 255))
def test_a_changed_signature_is_refused(position: int, flip: int) -> None:
    mangled = bytearray(RFC_SIGNATURE)
    mangled[position] ^= flip

    with pytest.raises(SignatureError, match="does not fit"):
        check_signature(parse_ed25519(RFC_KEY), bytes(mangled), RFC_DATA)


@pytest.mark.parametrize("key", [parse_ed25519(RFC_KEY), parse_jwk(EC_JWK)], ids=[ED25519, ES256])
@pytest.mark.parametrize("length", [0, 63, 65, 70, 72, 128])
def test_a_signature_of_another_length_is_refused(key: PublicKey, length: int) -> None:
    with pytest.raises(SignatureError, match="64 octets"):
        check_signature(key, bytes(length), RFC_DATA)


def test_what_was_found_good_once_makes_nothing_else_good() -> None:
    key = parse_ed25519(RFC_KEY)

    check_public_signature(key, RFC_SIGNATURE, RFC_DATA)
    for _ in range(2):
        with pytest.raises(SignatureError, match="does not fit"):
            check_public_signature(key, RFC_SIGNATURE, RFC_DATA + b"x")
        with pytest.raises(SignatureError, match="does not fit"):
            check_public_signature(PublicKey(ED25519, bytes.fromhex(OTHER_KEY)), RFC_SIGNATURE, RFC_DATA)
