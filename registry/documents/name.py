"""Which names a certificate can show: the fonts must have their letters, and the symbol room for their bytes."""

import functools
from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Final

from registry.documents.symbol import certificate_link, fits
from verifier.certificate import MAX_NAME_CHARACTERS, MAX_TOKEN_BYTES, Certificate, assemble_token
from verifier.errors import FormatError
from verifier.fonts import check_letters
from verifier.key import ED25519, SIGNATURE_BYTES, PublicKey
from verifier.number import format_number

# In CBOR every number here is as long as it will ever be, whatever a later revision of the document says.
_LATEST: Final = datetime(2105, 1, 1, tzinfo=UTC)
_LAST_DAY: Final = date(9998, 12, 30)
_LAST_REVISION: Final = 2**31 - 1
_LAST_INDEX: Final = 2**53 - 1
_NUMBER: Final = format_number(2**60 - 1)


def name_check(address: str, body: str, edition: str, profiles: Iterable[str]) -> Callable[[str], None]:
    """A check of names for the certificates of a body under an edition, with the longest of its profiles' slugs.

    The check raises FormatError where a certificate cannot show the name.
    """
    most = max_name_bytes(address, body, edition, max(profiles, key=len))

    def check(name: str) -> None:
        size = len(name.encode())
        if size > most:
            raise FormatError(f"the name takes {size} bytes, the symbol has room for {most}")
        check_letters(name)

    return check


@functools.lru_cache(maxsize=256)
def max_name_bytes(address: str, body: str, edition: str, profile: str) -> int:
    """How many bytes of UTF-8 a name may have so that every later revision's symbol can be printed too."""
    others = _token_bytes(body, edition, profile)
    sizes = range(MAX_TOKEN_BYTES - others + 1)
    # Only the token's length matters: every byte of it takes its share of base32.
    fitting = bisect_right(sizes, False, key=lambda n: not fits(certificate_link(address, _NUMBER, bytes(others + n))))
    return max(fitting - 1, 0)


def _token_bytes(body: str, edition: str, profile: str) -> int:
    """The length of the longest token there can be, without the name's own bytes."""
    longest = Certificate(
        body=body,
        issued_at=_LATEST,
        valid_until=_LAST_DAY,
        token_id=bytes(16),
        number=_NUMBER,
        revision=_LAST_REVISION,
        edition=edition,
        profile=profile,
        status_index=_LAST_INDEX,
        holder_tag=bytes(8),
        name="x" * MAX_NAME_CHARACTERS,
        birth_year=2105,
    )
    # Both algorithms sign with 64 bytes and are named with one.
    token = assemble_token(longest, PublicKey(ED25519, bytes(32)), bytes(SIGNATURE_BYTES))
    return len(token) - MAX_NAME_CHARACTERS
