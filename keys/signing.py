"""Signatures in the forms this project uses: compact JWS, C2SP signed note, COSE token."""

import functools

from keys.signer import Signer
from verifier.certificate import Certificate, assemble_token, signing_input
from verifier.encoding import format_base64url
from verifier.jws import format_header, signed_jws
from verifier.key import PublicKey
from verifier.note import format_note, format_signature_line, make_verifier


def jws_signing_input(public_key: PublicKey, typ: str, payload: bytes) -> bytes:
    """What is signed, header.payload, known before anybody signs (RFC 7515, section 5.1)."""
    return f"{_header(public_key, typ)}.{format_base64url(payload)}".encode("ascii")


def sign_jws(signer: Signer, typ: str, payload: bytes) -> bytes:
    """Sign a payload as a compact JWS of that ``typ``."""
    signed = jws_signing_input(signer.public_key, typ, payload)
    return signed_jws(signed, signer.sign(signed))


def sign_note(name: str, signer: Signer, text: str) -> bytes:
    """Sign a text, which ends with a newline, as the one line of a note.

    Raises:
        FormatError: not a name, not a note's text, or not an Ed25519 key.
    """
    verifier = make_verifier(name, signer.public_key)
    return format_note(text, [format_signature_line(verifier, signer.sign(text.encode()))])


def sign_token(signer: Signer, certificate: Certificate) -> bytes:
    """Sign what a certificate states as the COSE_Sign1 of its QR code.

    Raises:
        FormatError: a certificate that no token may state.
    """
    signature = signer.sign(signing_input(certificate, signer.public_key))
    return assemble_token(certificate, signer.public_key, signature)


@functools.lru_cache(maxsize=1024)
def _header(public_key: PublicKey, typ: str) -> str:
    return format_base64url(format_header(public_key.algorithm, public_key.key_id, typ))
