"""The certificates of whoever vouches for a registry's seal: DER in base64url in a trust root, DER or PEM in a file."""

from collections.abc import Iterable

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificates

from verifier.encoding import Json, format_base64url, parse_base64url
from verifier.errors import FormatError


def format_seal_roots(roots: Iterable[bytes]) -> list[Json]:
    """Write certificates in DER."""
    return [format_base64url(root) for root in roots]


def read_seal_roots(data: bytes) -> tuple[bytes, ...]:
    """The certificates (DER) in a file: one in DER, or any number in PEM.

    Raises:
        FormatError: there are none.
    """
    try:
        if not data.lstrip().startswith(b"-----BEGIN"):
            return (load_der_x509_certificate(data).public_bytes(Encoding.DER),)
        return tuple(certificate.public_bytes(Encoding.DER) for certificate in load_pem_x509_certificates(data))
    except ValueError as error:
        raise FormatError("not a certificate in DER or PEM") from error


def parse_seal_roots(value: Json) -> tuple[bytes, ...]:
    """Read certificates, one at least.

    Raises:
        FormatError: they are none.
    """
    match value:
        case [str(), *_]:
            return tuple(map(_parse, value))
    raise FormatError("the trust root's seal roots are not certificates")


def _parse(value: Json) -> bytes:
    if not isinstance(value, str):
        raise FormatError("the trust root's seal roots are not certificates")
    der = parse_base64url(value)
    try:
        load_der_x509_certificate(der)
    except ValueError as error:
        raise FormatError("a seal root of the trust root is not a certificate") from error
    return der
