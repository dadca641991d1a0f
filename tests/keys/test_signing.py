import json
from base64 import urlsafe_b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey, OKPKey

from keys.signer import SoftwareSigner, generate
from keys.signing import jws_signing_input, sign_jws
from verifier.jws import check_jws, parse_jws

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
