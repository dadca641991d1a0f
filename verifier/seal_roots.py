"""The certificates of whoever vouches for a registry's seal, as the trust root holds them: DER in base64url."""

from collections.abc import Iterable

from cryptography.x509 import load_der_x509_certificate

from verifier.encoding import Json, format_base64url, parse_base64url
from verifier.errors import FormatError


def format_seal_roots(roots: Iterable[bytes]) -> list[Json]:
    """Write certificates in DER."""
    return [format_base64url(root) for root in roots]


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
