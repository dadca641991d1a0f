import json
from base64 import urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from verifier.encoding import parse_base64url
from verifier.errors import FormatError, SignatureError
from verifier.jws import MAX_ENTRY_BYTES, Jws, chain_hash, check_jws, format_header, parse_jws
from verifier.key import ED25519, ES256, PublicKey, parse_ed25519, parse_jwk

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY: PublicKey = parse_ed25519(PRIVATE.public_key().public_bytes_raw())
OTHER = parse_ed25519(Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw())
HEADER = {"alg": "Ed25519", "kid": KEY.key_id, "typ": "vnd.attesto.event.v1+sd-jwt"}


def encode(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def signed(payload: bytes = b"{}", header: bytes = compact(HEADER)) -> bytes:
    signing_input = encode(header) + b"." + encode(payload)
    return signing_input + b"." + encode(PRIVATE.sign(signing_input))


# RFC 8037, appendix A.4, and RFC 7515, appendix A.3: what others signed. Their headers are not ours, so the parts come
# one by one.
RFC_8037 = (
    {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    ED25519,
    b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
)
RFC_7515 = (
    {
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    },
    ES256,
    b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
)


@pytest.mark.parametrize(("jwk", "algorithm", "signing_input", "signature"), [RFC_8037, RFC_7515])
def test_a_signature_that_an_rfc_prints_fits(
    jwk: dict[str, str], algorithm: str, signing_input: bytes, signature: str
) -> None:
    key = parse_jwk(jwk)

    def jws(data: bytes) -> Jws:
        return Jws(algorithm, key.key_id, "", b"", data, parse_base64url(signature))

    check_jws(jws(signing_input), key)
    with pytest.raises(SignatureError, match="does not fit"):
        check_jws(jws(signing_input + b"A"), key)


def test_a_jws_is_taken_apart_as_it_travelled() -> None:
    data = signed(b'{"a":1}')

    jws = parse_jws(data)

    assert (jws.algorithm, jws.key_id, jws.typ) == ("Ed25519", KEY.key_id, "vnd.attesto.event.v1+sd-jwt")
    assert (jws.payload, jws.signing_input) == (b'{"a":1}', data.rpartition(b".")[0])
    check_jws(jws, KEY)


def test_a_header_has_one_spelling() -> None:
    assert format_header("Ed25519", "k", "t") == b'{"alg":"Ed25519","kid":"k","typ":"t"}'


@given(st.binary(max_size=200), st.text(st.characters(codec="utf-8"), max_size=30))
def test_what_was_signed_opens_whatever_it_says(payload: bytes, typ: str) -> None:
    jws = parse_jws(signed(payload, format_header("Ed25519", KEY.key_id, typ)))

    check_jws(jws, KEY)
    assert (jws.payload, jws.typ) == (payload, typ)


GENUINE = signed(b'{"type":"certification.granted"}')


@given(st.integers(0, 8 * len(GENUINE) - 1))
def test_no_bit_of_a_jws_can_be_changed(bit: int) -> None:
    mangled = bytearray(GENUINE)
    mangled[bit // 8] ^= 1 << bit % 8

    with pytest.raises((FormatError, SignatureError)):
        check_jws(parse_jws(bytes(mangled)), KEY)


@pytest.mark.parametrize(
    ("why", "header"),
    [
        ("empty", b""),
        ("no JSON", b"alg"),
        ("no object", b'["alg"]'),
        ("no names", b"{}"),
        ("a name missing", compact({name: HEADER[name] for name in ("alg", "kid")})),
        ("a name too many", compact(HEADER | {"jwk": "x"})),
        ("a critical extension", compact(HEADER | {"crit": ["b64"]})),
        ("the payload unencoded", compact(HEADER | {"b64": False})),
        ("a name twice", compact(HEADER)[:-1] + b',"alg":"Ed25519"}'),
        ("a number for a name", compact(HEADER | {"kid": 1})),
        ("null for a name", compact(HEADER | {"typ": None})),
        ("white space", json.dumps(HEADER, sort_keys=True).encode()),
        ("another order", json.dumps(dict(reversed(HEADER.items())), separators=(",", ":")).encode()),
        ("an escape", compact(HEADER).replace(b"vnd", b"\\u0076nd")),
        ("a newline after it", compact(HEADER) + b"\n"),
        ("over 512 octets", compact(HEADER | {"typ": "t" * 512})),
    ],
)
def test_another_header_than_ours_is_refused(why: str, header: bytes) -> None:
    with pytest.raises(FormatError):
        parse_jws(signed(header=header))


PARTS = GENUINE.split(b".")


@pytest.mark.parametrize(
    ("why", "data", "reason"),
    [
        ("empty", b"", "three parts"),
        ("two parts", b".".join(PARTS[:2]), "three parts"),
        ("four parts", GENUINE + b".", "three parts"),
        ("five parts, as an encrypted one", b"....", "three parts"),
        ("not ASCII", GENUINE + "é".encode(), "three parts"),
        ("padding", GENUINE + b"==", "base64url"),
        ("standard base64", b".".join([PARTS[0], b"a+/a", PARTS[2]]), "base64url"),
        ("bits left over", b".".join([PARTS[0], b"e31", PARTS[2]]), "not canonical"),
        ("a newline", GENUINE + b"\n", "base64url"),
        ("JSON serialisation", compact({"payload": "", "signatures": []}), "three parts"),
    ],
)
def test_what_is_no_compact_jws_is_refused(why: str, data: bytes, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        parse_jws(data)


def test_the_largest_entry_is_read_and_a_larger_one_refused() -> None:
    header = PARTS[0]
    rest = MAX_ENTRY_BYTES - len(header) - 2
    largest = header + b"." + b"A" * (rest - rest % 4) + b"."

    assert len(parse_jws(largest).payload) == (rest - rest % 4) // 4 * 3
    with pytest.raises(
        FormatError, match=f"entry of {MAX_ENTRY_BYTES + 1} bytes is over the limit of {MAX_ENTRY_BYTES}"
    ):
        parse_jws(b"A" * (MAX_ENTRY_BYTES + 1))
    # docs/formats/event.md, must 3
    assert MAX_ENTRY_BYTES == 16_384
    assert parse_jws(GENUINE, limit=len(GENUINE)) == parse_jws(GENUINE)
    with pytest.raises(FormatError, match=f"over the limit of {len(GENUINE) - 1}"):
        parse_jws(GENUINE, limit=len(GENUINE) - 1)


def test_the_key_that_the_header_names_is_the_one_that_counts() -> None:
    with pytest.raises(SignatureError, match=f"names key {KEY.key_id[:8]}…, not {OTHER.key_id[:8]}…"):
        check_jws(parse_jws(GENUINE), OTHER)


@pytest.mark.parametrize("algorithm", ["none", "EdDSA", "ES256", "HS256", "ed25519", ""])
def test_another_algorithm_than_the_keys_is_refused(algorithm: str) -> None:
    with pytest.raises(SignatureError, match="names key"):
        check_jws(parse_jws(signed(header=compact(HEADER | {"alg": algorithm}))), KEY)


def test_a_signature_over_the_same_payload_under_another_typ_is_another() -> None:
    token = parse_jws(GENUINE)
    other = encode(compact(HEADER | {"typ": "vnd.attesto.time.v1+jwt"})) + b"." + PARTS[1] + b"." + PARTS[2]

    check_jws(token, KEY)
    with pytest.raises(SignatureError, match="does not fit"):
        check_jws(parse_jws(other), KEY)


def test_the_chain_names_what_was_signed_and_not_the_signature() -> None:
    # SHA-256 of the RFC's signing input, by another tool: printf %s … | sha256sum
    jws = Jws("", "", "", b"", RFC_8037[2], b"one")

    assert chain_hash(jws).hex() == "78ce38070190e3d682ce8573db6dcde304b6108a5a4e7ccf122e2d27d2cec7a0"
    assert chain_hash(jws) == chain_hash(Jws("", "", "", b"", RFC_8037[2], b"another"))
