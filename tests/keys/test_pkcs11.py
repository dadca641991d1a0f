import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pkcs11
import pytest
from asn1crypto.core import PrintableString
from pkcs11 import Attribute, KeyType, Mechanism
from pkcs11.util.ec import encode_named_curve_parameters

from keys.errors import TokenError
from keys.pkcs11 import open_pkcs11_signer
from keys.signing import sign_jws
from verifier.errors import SignatureError
from verifier.jws import check_jws, parse_jws
from verifier.key import check_signature, parse_jwk

PIN = "123456"
PLACES = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
]
ED25519, P256, P384 = (
    (KeyType.EC_EDWARDS, PrintableString("edwards25519").dump(), Mechanism.EC_EDWARDS_KEY_PAIR_GEN),
    (KeyType.EC, encode_named_curve_parameters("secp256r1"), Mechanism.EC_KEY_PAIR_GEN),
    (KeyType.EC, encode_named_curve_parameters("secp384r1"), Mechanism.EC_KEY_PAIR_GEN),
)
labels = pytest.mark.parametrize(("label", "algorithm"), [("event", "Ed25519"), ("token", "ES256")])


# Once in each process: the library holds on to the token that it opened first.
@pytest.fixture(scope="session")
def module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """SoftHSM2 with a token ``odc-uno`` that holds keys of several kinds, and one ``locked`` that nobody opened."""
    places = [os.environ["ATTESTO_PKCS11_MODULE"]] if "ATTESTO_PKCS11_MODULE" in os.environ else PLACES
    found = next((Path(place) for place in places if Path(place).exists()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        pytest.skip("NO SOFTHSM2: keys on a PKCS#11 token are untested; install softhsm2 or set ATTESTO_PKCS11_MODULE")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        make_tokens(found)
        make_keys(found)
        yield found


def make_tokens(module: Path) -> None:
    for token in ("odc-uno", "locked"):
        command = ["softhsm2-util", "--module", module, "--init-token", "--free", "--label", token]
        subprocess.run([*command, "--pin", PIN, "--so-pin", PIN], check=True, capture_output=True)


def make_keys(module: Path) -> None:
    with pkcs11.lib(str(module)).get_token(token_label="odc-uno").open(rw=True, user_pin=PIN) as session:
        make_pair(session, "event", ED25519)
        make_pair(session, "token", P256)
        make_pair(session, "p384", P384)
        make_pair(session, "half", P256)[1].destroy()
        # The public half of one pair beside the private half of another, under one label.
        make_pair(session, "mixed", P256)[1].destroy()
        make_pair(session, "mixed", P256)[0].destroy()


def make_pair(
    session: pkcs11.Session, label: str, kind: tuple[KeyType, bytes, Mechanism]
) -> tuple[pkcs11.PublicKey, pkcs11.PrivateKey]:
    key_type, parameters, mechanism = kind
    domain = session.create_domain_parameters(key_type, {Attribute.EC_PARAMS: parameters}, local=True)
    return domain.generate_keypair(mechanism=mechanism, store=True, label=label)


@labels
def test_a_key_on_a_token_signs_what_its_public_half_checks(module: Path, label: str, algorithm: str) -> None:
    signer = open_pkcs11_signer(module, "odc-uno", PIN, label)

    signature = signer.sign(b"data")

    assert signer.public_key.algorithm == algorithm
    assert parse_jwk(signer.public_key.jwk()) == signer.public_key
    check_signature(signer.public_key, signature, b"data")
    with pytest.raises(SignatureError):
        check_signature(signer.public_key, signature, b"Data")


@labels
def test_a_key_on_a_token_signs_events_like_any_signer(module: Path, label: str, algorithm: str) -> None:
    signer = open_pkcs11_signer(module, "odc-uno", PIN, label)

    entry = parse_jws(sign_jws(signer, "vnd.attesto.event.v1+sd-jwt", b"{}"))

    check_jws(entry, signer.public_key)
    assert entry.algorithm == algorithm


@labels
def test_several_threads_share_a_signer(module: Path, label: str, algorithm: str) -> None:
    signer = open_pkcs11_signer(module, "odc-uno", PIN, label)
    texts = [b"%d" % number for number in range(200)]

    with ThreadPoolExecutor(4) as pool:
        signatures = list(pool.map(signer.sign, texts))

    assert signer.public_key.algorithm == algorithm
    for text, signature in zip(texts, signatures, strict=True):
        check_signature(signer.public_key, signature, text)


def test_the_same_key_opens_twice(module: Path) -> None:
    first, second = (open_pkcs11_signer(module, "odc-uno", PIN, "event") for _ in range(2))

    check_signature(first.public_key, second.sign(b"data"), b"data")


@pytest.mark.parametrize(
    ("token", "pin", "label", "why"),
    [
        ("odc-due", PIN, "event", "has no token odc-due: NoSuchToken"),
        ("locked", "654321", "event", "token locked does not open: PinIncorrect"),
        ("odc-uno", PIN, "nothing", "gives no key nothing: NoSuchKey"),
        ("odc-uno", PIN, "half", "gives no key half: NoSuchKey"),
        ("odc-uno", PIN, "p384", "neither Ed25519 nor P-256"),
        ("odc-uno", PIN, "mixed", "two halves of key mixed on the PKCS#11 token do not belong together"),
    ],
)
def test_what_cannot_sign_is_an_error_in_one_sentence(module: Path, token: str, pin: str, label: str, why: str) -> None:
    with pytest.raises(TokenError, match=why) as caught:
        open_pkcs11_signer(module, token, pin, label)

    assert pin not in str(caught.value)


@pytest.mark.parametrize("name", ["missing.so", "text.so"])
def test_a_module_that_is_none_is_an_error_in_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "text.so").write_text("not a library")

    with pytest.raises(TokenError, match=f"PKCS#11 module .*{name} cannot be loaded"):
        open_pkcs11_signer(tmp_path / name, "odc-uno", PIN, "event")


def test_the_repr_shows_the_public_half_alone(module: Path) -> None:
    signer = open_pkcs11_signer(module, "odc-uno", PIN, "event")

    assert repr(signer) == f"Pkcs11Signer(public_key={signer.public_key!r})"
