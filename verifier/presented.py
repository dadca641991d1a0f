"""What somebody hands in to be checked: a number, a link, a token, the codes on a document, or a bundle."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from verifier.bundle import Bundle
from verifier.certificate import MAX_LINK_CHARACTERS, parse_base32, parse_link, parse_token
from verifier.errors import FormatError
from verifier.key import SIGNATURE_BYTES
from verifier.number import parse_number

# In a link, a certificate's code has its number after this.
_MARK: Final = "/V/"


@dataclass(frozen=True, slots=True)
class Code:
    """The text of a QR code, and the page of the document that it stands on; None on a picture."""

    text: str = field(repr=False)
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Presented:
    """A certification: its normalised number, where one is known, with the token and the bundle that came along."""

    number: str | None
    token: bytes | None = field(default=None, repr=False)
    bundle: Bundle | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What one code of a document came to: something to check, or the error that its code is."""

    presented: Presented | FormatError
    page: int | None


def is_certificate_code(text: str) -> bool:
    """Whether the text of a QR code claims to be a certificate's link; other codes on a document are none of ours."""
    return _MARK in text.upper()


def reads_as_number(text: str) -> bool:
    """Whether the text is a certification's number."""
    try:
        parse_number(text)
    except FormatError:
        return False
    return True


def parse_text(text: str) -> Presented:
    """Read a link, a token in base32 or a number; lines may be broken anywhere.

    Raises:
        FormatError: none of these.
    """
    text = "".join(text.split())
    if len(text) > MAX_LINK_CHARACTERS:
        raise FormatError("too long for a certificate's number or code")
    token = _parse_long_base32(text)
    if token is not None:
        return Presented(_claimed_number(token), token)
    link = parse_link(text)
    return Presented(link.number, link.token)


def parse_codes(codes: Iterable[Code]) -> tuple[Found, ...]:
    """Every certificate's code among those of a document, each once.

    Raises:
        FormatError: there is none.
    """
    found: dict[object, Found] = {}
    for code in codes:
        if is_certificate_code(code.text):
            presented = _parse_code(code.text)
            known = presented if isinstance(presented, Presented) else code.text
            found.setdefault(known, Found(presented, code.page))
    if not found:
        raise FormatError("no certificate's code was found on it: is it sharp, whole and large enough?")
    return tuple(found.values())


def _parse_code(text: str) -> Presented | FormatError:
    try:
        link = parse_link(text)
    except FormatError as error:
        return error
    if link.token is None:
        return FormatError("its code is not signed, so that the document cannot be checked, only the number in it")
    return Presented(link.number, link.token)


def _parse_long_base32(text: str) -> bytes | None:
    """The bytes, if they are base32 and more than a signature takes; whether they are a token is for the checks."""
    try:
        data = parse_base32(text)
    except FormatError:
        return None
    return data if len(data) > SIGNATURE_BYTES else None


def _claimed_number(token: bytes) -> str | None:
    try:
        return parse_token(token).claims.number
    except FormatError:
        return None
