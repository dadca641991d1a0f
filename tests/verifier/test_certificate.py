"""The token in the QR code."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from verifier.certificate import (
    MAX_TOKEN_BYTES,
    Certificate,
    Link,
    assemble_token,
    format_link,
    open_token,
    parse_link,
    parse_signing_input,
    parse_token,
    signed_token,
    signing_input,
    token_digest,
)
from verifier.errors import FormatError, SignatureError
from verifier.key import ED25519, ES256, PublicKey, check_public_signature
from verifier.number import format_number

Sign = Callable[[bytes], bytes]

CERTIFICATE = Certificate(
    body="ente-esempio",
    issued_at=datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC),
    valid_until=date(2029, 11, 23),
    token_id=bytes(range(16)),
    number="7K3M9P2XQD4W5",
    revision=1,
    edition="demo-2026",
    profile="operatore",
    status_index=4711,
    holder_tag=bytes(range(8)),
    name="Chiara D’Àmico",
    birth_year=1984,
)
ED25519_PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ED25519_KEY = PublicKey(ED25519, ED25519_PRIVATE.public_key().public_bytes_raw())
P256_PRIVATE: EllipticCurvePrivateKey = derive_private_key(0xA77E570, SECP256R1())
ES256_KEY = PublicKey(ES256, P256_PRIVATE.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def sign_es256(data: bytes) -> bytes:
    r, s = decode_dss_signature(P256_PRIVATE.sign(data, ECDSA(SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


SIGNERS = [(ED25519_KEY, ED25519_PRIVATE.sign), (ES256_KEY, sign_es256)]


def token(
    certificate: Certificate = CERTIFICATE, key: PublicKey = ED25519_KEY, sign: Sign = ED25519_PRIVATE.sign
) -> bytes:
    return assemble_token(certificate, key, sign(signing_input(certificate, key)))


SLUGS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", fullmatch=True)
NAMES = st.text(st.characters(categories=["L", "Mn", "Nd", "Pd", "Po"]), min_size=1, max_size=60)
CERTIFICATES = st.builds(
    Certificate,
    body=SLUGS,
    issued_at=st.datetimes(datetime(1970, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
        lambda at: at.replace(microsecond=0)
    ),
    valid_until=st.dates(date(1970, 1, 1), date(9998, 12, 30)),
    token_id=st.binary(min_size=16, max_size=16),
    number=st.integers(0, 2**60 - 1).map(format_number),
    revision=st.integers(1, 2**31 - 1),
    edition=SLUGS,
    profile=SLUGS,
    status_index=st.integers(0, 2**53 - 1),
    holder_tag=st.binary(min_size=8, max_size=8),
    name=NAMES,
    birth_year=st.none() | st.integers(1850, 2026),
)


@given(CERTIFICATES, st.sampled_from(SIGNERS))
def test_a_token_is_read_as_it_was_written(certificate: Certificate, signer: tuple[PublicKey, Sign]) -> None:
    key, sign = signer
    to_sign = signing_input(certificate, key)
    data = assemble_token(certificate, key, sign(to_sign))

    parsed = parse_token(data)

    assert open_token(parsed, key) == certificate
    assert (parsed.algorithm, parsed.short_id) == (key.algorithm, key.short_id)
    assert (parsed.signing_input, parsed.data) == (to_sign, data)
    assert signed_token(to_sign, parsed.signature) == data


def test_nothing_but_what_a_token_is_signed_over_becomes_a_token() -> None:
    with pytest.raises(FormatError, match="not what a certificate's token is signed over"):
        signed_token(cbor2.dumps(["Signature", b"", b"", b""]), bytes(64))


def test_what_is_to_be_signed_is_read_before_it_is_signed() -> None:
    asked = signing_input(CERTIFICATE, ES256_KEY)

    assert parse_signing_input(asked) == (CERTIFICATE, ES256_KEY.short_id)


@pytest.mark.parametrize("change", [b"", b"\x00", b"\x84", b"more"])
def test_what_is_asked_to_be_signed_has_one_spelling(change: bytes) -> None:
    asked = signing_input(CERTIFICATE, ES256_KEY)

    with pytest.raises(FormatError):
        parse_signing_input(asked + change if change else asked[:-1])


def test_a_token_has_the_bytes_that_its_page_names() -> None:
    # Written by hand from RFC 8949, 9052, 8392 and 9864.
    protected = bytes.fromhex("a2 01 32 04 48") + ED25519_KEY.short_id  # {1: -19, 4: key id}
    claims = bytes.fromhex(
        "a5"
        "01 6c 656e74652d6573656d70696f"  # iss: "ente-esempio"
        "04 1a 70a9b170"  # exp: 2029-11-23T23:00:00Z, that is 24:00 in Rome
        "06 1a 6b054400"  # iat: 2026-11-24T08:00:00Z
        "07 50 000102030405060708090a0b0c0d0e0f"  # cti
        "3a00010000 88"  # -65537: an array of eight
        "1b 03cc744d85dbb49c"  # the 60 bits of 7K3M9P2XQD4W5
        "01"  # revision
        "69 64656d6f2d32303236"  # edition: "demo-2026"
        "69 6f70657261746f7265"  # profile: "operatore"
        "19 1267"  # status index
        "48 0001020304050607"  # holder tag
        "71 4368696172612044e28099c3806d69636f"  # name
        "19 07c0"  # birth year
    )
    signature = ED25519_PRIVATE.sign(b"\x84\x6aSignature1\x4d" + protected + b"\x40\x58\x72" + claims)

    assert token() == b"\xd2\x84\x4d" + protected + b"\xa0\x58\x72" + claims + b"\x58\x40" + signature


def test_the_digest_is_known_before_the_signature() -> None:
    to_sign = signing_input(CERTIFICATE, ED25519_KEY)

    assert token_digest(to_sign) == sha256(to_sign).digest()
    assert parse_token(token()).digest == sha256(to_sign).digest()


def test_fractions_of_a_second_are_not_signed() -> None:
    later = replace(CERTIFICATE, issued_at=CERTIFICATE.issued_at.replace(microsecond=999_999))

    assert signing_input(later, ED25519_KEY) == signing_input(CERTIFICATE, ED25519_KEY)


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        (date(2029, 7, 31), datetime(2029, 7, 31, 22, tzinfo=UTC)),
        (date(2029, 12, 31), datetime(2029, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_a_token_expires_when_its_last_valid_day_is_over_in_rome(day: date, hour: datetime) -> None:
    payload = cbor2.loads(cbor2.loads(token(replace(CERTIFICATE, valid_until=day))).value[2])

    assert payload[4] == int(hour.timestamp())


def test_the_name_stays_out_of_the_repr() -> None:
    assert "Chiara" not in repr(parse_token(token()).claims)


@pytest.mark.parametrize(("key", "sign"), SIGNERS)
def test_any_changed_bit_is_caught(key: PublicKey, sign: Sign) -> None:
    data = token(CERTIFICATE, key, sign)

    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises((FormatError, SignatureError)):
            open_token(parse_token(bytes(changed)), key)


def test_nothing_of_a_token_is_kept_once_it_was_opened() -> None:
    (key, sign), kept = SIGNERS[0], check_public_signature.cache_info().currsize
    token = assemble_token(CERTIFICATE, key, sign(signing_input(CERTIFICATE, key)))

    open_token(parse_token(token), key)

    # What is kept would keep the name.
    assert check_public_signature.cache_info().currsize == kept


def test_another_key_opens_nothing() -> None:
    other = PublicKey(ED25519, Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw())

    with pytest.raises(SignatureError, match="names another key"):
        open_token(parse_token(token()), other)
    with pytest.raises(SignatureError, match="does not fit"):
        open_token(parse_token(token(key=other)), other)


def sign1(
    protected: object = None,
    claims: object = None,
    *,
    signature: object = bytes(64),
    unprotected: object = None,
    tag: int = 18,
) -> bytes:
    """A COSE_Sign1 of any parts; those not given are right."""
    good = cbor2.loads(token()).value
    header = good[0] if protected is None else protected
    payload = good[2] if claims is None else claims
    parts = [header, {} if unprotected is None else unprotected, payload, signature]
    return cbor2.dumps(cbor2.CBORTag(tag, parts))


def claims_of(**changed: object) -> bytes:
    """The payload with some claims changed; private ones by their place in the array, as _0 to _7."""
    good = dict(cbor2.loads(cbor2.loads(token()).value[2]))
    row = good[-65537] = list(good[-65537])
    for name, value in changed.items():
        key = int(name.lstrip("_"))
        if name.startswith("_"):
            row[key] = value
        else:
            good[key] = value
    return cbor2.dumps(good)


def test_the_parts_are_right_when_nothing_is_changed() -> None:
    assert parse_token(sign1()).claims == CERTIFICATE
    assert parse_token(sign1(claims=claims_of())).claims == CERTIFICATE


SHORT = ED25519_KEY.short_id
ROW = cbor2.loads(cbor2.loads(token()).value[2])[-65537]
MUST_FAIL = {
    "nothing": b"",
    "no CBOR": b"\xff",
    "an array without the tag of COSE_Sign1": sign1()[1:],
    "another tag (COSE_Mac0)": sign1(tag=17),
    "a byte after the end": sign1() + b"\0",
    "a byte missing at the end": sign1()[:-1],
    "a longer spelling of the tag": b"\xd8\x12" + sign1()[1:],
    "an array of indefinite length": b"\xd2\x9f" + sign1()[2:] + b"\xff",
    "five parts": b"\xd2\x85" + sign1()[2:] + b"\0",
    "over the size limit": sign1(signature=bytes(MAX_TOKEN_BYTES)),
    "a short signature": sign1(signature=bytes(63)),
    "a text for a signature": sign1(signature="s" * 64),
    "an unprotected header": sign1(unprotected={4: SHORT}),
    "no map for the unprotected header": sign1(unprotected=[]),
    "an empty protected header": sign1(b""),
    "a protected header that is no map": sign1(cbor2.dumps([1, -19])),
    "an algorithm that is not allowed (EdDSA)": sign1(cbor2.dumps({1: -8, 4: SHORT})),
    "an algorithm by name": sign1(cbor2.dumps({1: "Ed25519", 4: SHORT})),
    "no key id": sign1(cbor2.dumps({1: -19})),
    "a key id of 7 bytes": sign1(cbor2.dumps({1: -19, 4: SHORT[:7]})),
    "a header besides (critical)": sign1(cbor2.dumps({1: -19, 2: [4], 4: SHORT})),
    "headers out of order": sign1(cbor2.dumps({4: SHORT, 1: -19})),
    "a header twice": sign1(b"\xa3\x01\x32\x01\x32\x04\x48" + SHORT),
    "a payload left out (detached)": sign1(claims=b""),
    "claims that are no map": sign1(claims=cbor2.dumps([1])),
    "a claim missing": sign1(claims=cbor2.dumps({1: "ente-esempio", -65537: ROW})),
    "a claim besides": sign1(claims=claims_of(**{"2": "subject"})),
    "claims out of order": sign1(claims=cbor2.dumps(dict(reversed(cbor2.loads(claims_of()).items())))),
    "iss that is no slug": sign1(claims=claims_of(**{"1": "Ente Esempio"})),
    "iss that is empty": sign1(claims=claims_of(**{"1": ""})),
    "iss in bytes": sign1(claims=claims_of(**{"1": b"ente-esempio"})),
    "exp that is no midnight in Rome": sign1(claims=claims_of(**{"4": 1890169201})),
    "exp as a fraction": sign1(claims=claims_of(**{"4": 1890169200.0})),
    "exp out of range": sign1(claims=claims_of(**{"4": 2**63})),
    "exp as a big number": sign1(claims=claims_of(**{"4": 2**64})),
    "iat before 1970": sign1(claims=claims_of(**{"6": -1})),
    "iat out of range": sign1(claims=claims_of(**{"6": 2**40})),
    "iat as a date": sign1(claims=claims_of(**{"6": datetime(2026, 11, 24, tzinfo=UTC)})),
    "cti of 15 bytes": sign1(claims=claims_of(**{"7": bytes(15)})),
    "seven private claims": sign1(claims=claims_of(**{"-65537": ROW[:7]})),
    "nine private claims": sign1(claims=claims_of(**{"-65537": [*ROW, None]})),
    "a number of 61 bits": sign1(claims=claims_of(_0=2**60)),
    "a negative number": sign1(claims=claims_of(_0=-1)),
    "revision 0": sign1(claims=claims_of(_1=0)),
    "revision true": sign1(claims=claims_of(_1=True)),
    "revision out of range": sign1(claims=claims_of(_1=2**31)),
    "edition that is no slug": sign1(claims=claims_of(_2="demo_2026")),
    "profile that is no slug": sign1(claims=claims_of(_3="-operatore")),
    "status index false": sign1(claims=claims_of(_4=False)),
    "a negative status index": sign1(claims=claims_of(_4=-1)),
    "a status index that JSON could not carry": sign1(claims=claims_of(_4=2**53)),
    "a holder tag of 9 bytes": sign1(claims=claims_of(_5=bytes(9))),
    "an empty name": sign1(claims=claims_of(_6="")),
    "a name of 61 characters": sign1(claims=claims_of(_6="a" * 61)),
    "a name with a line feed": sign1(claims=claims_of(_6="Chiara\nRossi")),
    "a name that reads backwards": sign1(claims=claims_of(_6="Chiara \u202eissoR")),
    "a name that begins with a space": sign1(claims=claims_of(_6=" Chiara")),
    "a name of joiners alone": sign1(claims=claims_of(_6="\u200d")),
    "a name that is no UTF-8": sign1(claims=claims_of().replace("À".encode(), b"\xff\xff")),
    "a birth date for a birth year": sign1(claims=claims_of(_7="1984-01-01")),
    "birth year true": sign1(claims=claims_of(_7=True)),
    "a birth year as a fraction": sign1(claims=claims_of(_7=1984.0)),
    "a birth year of two digits": sign1(claims=claims_of(_7=84)),
    "a longer spelling of a number": sign1(claims=claims_of().replace(b"\x19\x07\xc0", b"\x1a\x00\x00\x07\xc0")),
    "arrays within arrays": b"\xd2" + b"\x81" * 400 + b"\0",
}


@pytest.mark.parametrize("why", MUST_FAIL)
def test_what_is_no_token_is_refused(why: str) -> None:
    with pytest.raises(FormatError):
        parse_token(MUST_FAIL[why])


@given(st.binary(max_size=MAX_TOKEN_BYTES))
def test_foreign_bytes_are_refused_and_nothing_else_happens(data: bytes) -> None:
    with pytest.raises(FormatError):
        parse_token(data)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"body": "Ente"}, "slugs"),
        ({"edition": "a" * 33}, "slugs"),
        ({"token_id": bytes(8)}, "16 bytes"),
        ({"holder_tag": bytes(16)}, "8"),
        ({"revision": 0}, "out of range"),
        ({"number": "7K3M-9P2X-QD4W5"}, "normalised"),
        ({"number": "7K3M9P2XQD4W6"}, "check character"),
        ({"name": "Chiara\tRossi"}, "printable"),
        ({"birth_year": 26}, "birth year"),
    ],
)
def test_a_certificate_that_no_token_may_state_is_not_written(wrong: dict[str, object], why: str) -> None:
    with pytest.raises(FormatError, match=why):
        signing_input(replace(CERTIFICATE, **wrong), ED25519_KEY)


@given(st.binary(max_size=MAX_TOKEN_BYTES))
def test_a_link_is_read_as_it_was_written(data: bytes) -> None:
    link = format_link("Registro.Example.it", CERTIFICATE.number, data)

    assert link.startswith("https://registro.example.it/V/7K3M9P2XQD4W5#")
    assert parse_link(link) == Link(CERTIFICATE.number, data or None)


def test_the_token_in_the_link_is_base32_without_padding() -> None:
    # RFC 4648, section 10: BASE32("foob") = "MZXW6YQ=".
    assert format_link("example.it", "7K3M9P2XQD4W5", b"foob") == "https://example.it/V/7K3M9P2XQD4W5#MZXW6YQ"


@pytest.mark.parametrize(
    "text",
    [
        "7K3M-9P2X-QD4W5",
        " 7k3m 9p2x qd4w5 ",
        "https://example.it/V/7K3M9P2XQD4W5",
        "https://elsewhere.example/V/7K3M-9P2X-QD4W5/",
        "HTTPS://EXAMPLE.IT/V/7K3M9P2XQD4W5",
        "http://127.0.0.1:8000/v/7k3m9p2xqd4w5?lang=it",
        "/V/7K3M9P2XQD4W5#",
    ],
)
def test_a_number_is_found_in_what_people_type(text: str) -> None:
    assert parse_link(text) == Link("7K3M9P2XQD4W5", None)


def test_the_case_of_a_link_does_not_matter() -> None:
    link = format_link("example.it", "7K3M9P2XQD4W5", token())

    assert parse_link(link.lower()) == parse_link(link.upper()) == parse_link(link)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "13 symbols"),
        ("https://example.it/", "not a link"),
        ("https://example.it/W/7K3M9P2XQD4W5", "not a link"),
        ("https://example.it/V/7K3M9P2XQD4W5/more", "not a link"),
        ("ftp://example.it/V/7K3M9P2XQD4W5", "not a link"),
        ("javascript:alert(1)/V/7K3M9P2XQD4W5", "not a link"),
        ("https://example.it/V/7K3M9P2XQD4W6", "check character"),
        ("https://example.it/V/7K3M9P2XQD4W5#MZXW6YQ=", "not base32|not canonical"),
        ("https://example.it/V/7K3M9P2XQD4W5#MZXW6YR", "not canonical"),  # a bit is left over
        ("https://example.it/V/7K3M9P2XQD4W5#MZXW6Y1", "not base32"),
        ("https://example.it/V/7K3M9P2XQD4W5#M", "not base32"),
        ("https://example.it/V/7K3M9P2XQD4W5#È", "not base32"),
        ("https://example.it/V/7K3M9P2XQD4W5#" + "A" * 1024, "too long"),
    ],
)
def test_what_is_no_link_is_refused_by_name(text: str, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        parse_link(text)
