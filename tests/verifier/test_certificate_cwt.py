"""The token, as an independent library of COSE and CWT reads and writes it."""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from verifier.certificate import Certificate, assemble_token, open_token, parse_token, signing_input
from verifier.key import PublicKey, parse_jwk

pytestmark = pytest.mark.journey

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "cwt-requirements.txt"
CERTIFICATE = Certificate(
    body="ente-esempio",
    issued_at=datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC),
    valid_until=date(2099, 11, 23),
    token_id=bytes(range(16)),
    number="7K3M9P2XQD4W5",
    revision=1,
    edition="demo-2026",
    profile="operatore",
    status_index=4711,
    holder_tag=bytes(range(8)),
    name="Ελένη Παπαδοπούλου",
)


@pytest.fixture(scope="module")
def python(request: pytest.FixtureRequest) -> Path:
    """An interpreter that has ``cwt``; made once for each version of its requirements."""
    name = f"cwt-{sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]}-{sys.version_info.minor}"
    folder = request.config.cache.mkdir("environments") / name
    if not folder.exists():
        # Made beside its place and moved there whole, since another process may be making the same.
        new = folder.with_name(f"{name}.{os.getpid()}")
        venv.create(new, with_pip=True)
        install = [new / "bin" / "python", "-m", "pip", "install", "-q", "--require-hashes", "-r", REQUIREMENTS]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(new)
            pytest.skip(f"NO CWT LIBRARY: tokens are not checked against another implementation: {done.stderr[-200:]}")
        with contextlib.suppress(OSError):
            new.rename(folder)
    return folder / "bin" / "python"


def ask(python: Path, question: dict[str, object]) -> subprocess.CompletedProcess[str]:
    peer = [python, HERE / "cwt_peer.py"]
    return subprocess.run(peer, input=json.dumps(question), capture_output=True, text=True, check=False)


def b64(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode()


@dataclass(frozen=True)
class Pair:
    """A key pair: its private JWK, and how it signs."""

    jwk: dict[str, str]
    sign: Callable[[bytes], bytes]


def ed25519_pair() -> Pair:
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    x, d = (b64(int.from_bytes(raw)) for raw in (private.public_key().public_bytes_raw(), private.private_bytes_raw()))
    return Pair({"kty": "OKP", "crv": "Ed25519", "x": x, "d": d, "alg": "Ed25519"}, private.sign)


def es256_pair() -> Pair:
    private = derive_private_key(0xA77E570, SECP256R1())
    point = private.public_key().public_numbers()

    def sign(data: bytes) -> bytes:
        r, s = decode_dss_signature(private.sign(data, ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    x, y, d = b64(point.x), b64(point.y), b64(0xA77E570)
    return Pair({"kty": "EC", "crv": "P-256", "x": x, "y": y, "d": d, "alg": "ES256"}, sign)


@pytest.fixture(params=[ed25519_pair(), es256_pair()], ids=["Ed25519", "ES256"])
def pair(request: pytest.FixtureRequest) -> Pair:
    chosen: Pair = request.param
    return chosen


def public(pair: Pair) -> PublicKey:
    return parse_jwk({name: value for name, value in pair.jwk.items() if name not in ("d", "alg")})


def question(pair: Pair, token: bytes) -> dict[str, object]:
    payload = cbor2.loads(token).value[2]
    return {"jwk": pair.jwk, "token": token.hex(), "claims": payload.hex(), "short_id": public(pair).short_id.hex()}


def test_another_library_opens_our_token_and_we_open_its(python: Path, pair: Pair) -> None:
    key = public(pair)
    token = assemble_token(CERTIFICATE, key, pair.sign(signing_input(CERTIFICATE, key)))

    done = ask(python, question(pair, token))

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["protected"] == [[1, {"Ed25519": -19, "ES256": -7}[key.algorithm]], [4, key.short_id.hex()]]
    assert answer["unprotected"] == 0
    assert answer["claims"] == [-65537, 1, 4, 6, 7]
    assert open_token(parse_token(bytes.fromhex(answer["made"])), key) == CERTIFICATE


def test_another_library_refuses_a_changed_token_too(python: Path, pair: Pair) -> None:
    key = public(pair)
    token = bytearray(assemble_token(CERTIFICATE, key, pair.sign(signing_input(CERTIFICATE, key))))
    token[-70] ^= 1  # inside the claims

    done = ask(python, question(pair, bytes(token)))

    assert done.returncode != 0
    assert "VerifyError" in done.stderr
