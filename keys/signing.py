"""Signatures in the forms this project uses: compact JWS and C2SP signed note."""

from keys.signer import Signer
from verifier.encoding import format_base64url
from verifier.jws import format_header
from verifier.key import PublicKey


def jws_signing_input(public_key: PublicKey, typ: str, payload: bytes) -> bytes:
    """What is signed, header.payload, known before anybody signs (RFC 7515, section 5.1)."""
    header = format_header(public_key.algorithm, public_key.key_id, typ)
    return f"{format_base64url(header)}.{format_base64url(payload)}".encode("ascii")


def sign_jws(signer: Signer, typ: str, payload: bytes) -> bytes:
    """Sign a payload as a compact JWS of that ``typ``."""
    signing_input = jws_signing_input(signer.public_key, typ, payload)
    return signing_input + b"." + format_base64url(signer.sign(signing_input)).encode("ascii")
