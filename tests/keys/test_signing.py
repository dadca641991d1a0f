import json
from base64 import b64decode, urlsafe_b64decode
from datetime import UTC, date, datetime
from pathlib import Path

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey, OKPKey

from keys.signer import SoftwareSigner, generate, software_signer
from keys.signing import jws_signing_input, sign_jws, sign_note, sign_token
from verifier.certificate import Certificate, open_token, parse_token
from verifier.errors import FormatError
from verifier.jws import check_jws, parse_jws
from verifier.key import check_signature

TYP = "vnd.attesto.event.v1+sd-jwt"
SIGNERS = {algorithm: generate(algorithm) for algorithm in ("Ed25519", "ES256")}
signers = pytest.mark.parametrize("signer", SIGNERS.values(), ids=SIGNERS.keys())


def joserfc_key(signer: SoftwareSigner) -> OKPKey | ECKey:
    jwk = signer.public_key.jwk()
    return OKPKey.import_key(jwk) if jwk["kty"] == "OKP" else ECKey.import_key(jwk)


@signers
@given(payload=st.binary(max_size=200))
def test_another_jose_library_accepts_what_we_sign(signer: SoftwareSigner, payload: bytes) -> None:
    algorithm = signer.public_key.algorithm

    opened = jws.deserialize_compact(sign_jws(signer, TYP, payload), joserfc_key(signer), algorithms=[algorithm])

    assert opened.payload == payload
    assert opened.headers() == {"alg": algorithm, "kid": joserfc_key(signer).thumbprint(), "typ": TYP}


@signers
def test_another_jose_library_refuses_it_for_another_key(signer: SoftwareSigner) -> None:
    algorithm = signer.public_key.algorithm

    with pytest.raises(BadSignatureError):
        jws.deserialize_compact(sign_jws(signer, TYP, b"{}"), joserfc_key(generate(algorithm)), algorithms=[algorithm])


@signers
def test_the_header_has_one_spelling(signer: SoftwareSigner) -> None:
    header = sign_jws(signer, TYP, b"{}").split(b".")[0]

    decoded = urlsafe_b64decode(header + b"=" * (-len(header) % 4))
    names = {"alg": signer.public_key.algorithm, "kid": signer.public_key.key_id, "typ": TYP}
    assert decoded == json.dumps(names, separators=(",", ":")).encode()


@signers
def test_the_verifier_accepts_what_we_sign(signer: SoftwareSigner) -> None:
    parsed = parse_jws(sign_jws(signer, TYP, b'{"v":1}'))

    check_jws(parsed, signer.public_key)
    assert (parsed.typ, parsed.payload) == (TYP, b'{"v":1}')


@signers
def test_what_will_be_signed_is_known_before_anybody_signs(signer: SoftwareSigner) -> None:
    prepared = jws_signing_input(signer.public_key, TYP, b"{}")

    assert parse_jws(sign_jws(signer, TYP, b"{}")).signing_input == prepared


def note_signer(seed: bytes) -> SoftwareSigner:
    return software_signer(Ed25519PrivateKey.from_private_bytes(seed))


def test_a_note_has_the_bytes_that_go_wrote_over_the_same_text_with_the_same_key(vectors: Path) -> None:
    made = json.loads((vectors / "generated" / "notes.json").read_bytes())
    signer = note_signer(bytes.fromhex(made["log_seed"]))

    assert made["notes"]
    for note in made["notes"]:
        assert sign_note(made["origin"], signer, note["text"]) == note["log_signed"].encode()


def test_a_note_has_the_bytes_of_the_go_projects_own_test(vectors: Path) -> None:
    known = json.loads((vectors / "extracted" / "signed_note.json").read_bytes())["signer"]
    name, _, key = known["skey"].removeprefix("PRIVATE+KEY+").split("+", 2)

    note = sign_note(name, note_signer(b64decode(key)[1:]), known["text"])

    assert note == f"{known['text']}\n{known['line']}".encode()


@pytest.mark.parametrize(
    ("name", "algorithm", "text", "why"),
    [
        ("log.example.org", "ES256", "text\n", "is an Ed25519 key"),
        ("log example", "Ed25519", "text\n", "has a space or a plus sign"),
        ("log.example.org", "Ed25519", "text", "ends with a newline"),
        ("log.example.org", "Ed25519", "te\txt\n", "no other control character"),
    ],
)
def test_what_is_no_note_is_not_signed(name: str, algorithm: str, text: str, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        sign_note(name, SIGNERS[algorithm], text)


CERTIFICATE = Certificate(
    body="odc-uno",
    issued_at=datetime(2026, 11, 24, 8, tzinfo=UTC),
    valid_until=date(2029, 11, 23),
    token_id=bytes(16),
    number="7K3M9P2XQD4W5",
    revision=1,
    edition="demo-2026",
    profile="operatore",
    status_index=12,
    holder_tag=bytes(8),
    name="Maria Rossi",
)


@signers
def test_the_verifier_opens_a_token_that_we_sign(signer: SoftwareSigner) -> None:
    token = sign_token(signer, CERTIFICATE)

    assert open_token(parse_token(token), signer.public_key) == CERTIFICATE


@signers
def test_a_token_is_signed_over_the_sig_structure_of_rfc_9052(signer: SoftwareSigner) -> None:
    decoded = cbor2.loads(sign_token(signer, CERTIFICATE))
    protected, unprotected, payload, signature = decoded.value

    signed = b"\x84\x6aSignature1" + cbor2.dumps(protected) + b"\x40" + cbor2.dumps(payload)
    assert (decoded.tag, unprotected) == (18, {})
    check_signature(signer.public_key, signature, signed)
