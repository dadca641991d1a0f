"""The one part of a sealed file that its seal does not cover: the room that was kept for the seal itself.

A signature's octets stand in hexadecimal in a gap of what they sign (PDF 1.7, 12.8.1), filled up with zeros. Whoever
writes there changes the file and no seal; so there has to be one spelling, and nothing but zeros after the octets. Of
these some are not signed either: version numbers and the name of the digest, which stand where a reader passes over
them (RFC 5652, sections 5.1 and 5.3); they have to be those that a seal of ours has.
"""

import re
from typing import Final

from verifier.errors import AlteredError

_CONTENTS: Final = re.compile(rb"/Contents\s*<([^>]*)>")
_SPELT: Final = re.compile(rb"(?:[0-9a-f]{2})*|(?:[0-9A-F]{2})*")
_LONG: Final = 0x80
_SIZE: Final = rb"(?:[\x00-\x7f]|\x81.|\x82..)"
_VERSION: Final = rb"\x02\x01\x01"
_SHA256: Final = re.escape(bytes.fromhex("300d06096086480165030402010500"))
_SIGNED_DATA: Final = re.escape(bytes.fromhex("06092a864886f70d010702"))
_NO_CONTENT: Final = re.escape(bytes.fromhex("300b06092a864886f70d010701"))
_HEAD: Final = re.compile(
    rb"\x30%b%b(?P<inner>\xa0)%b\x30%b%b\x31\x0f%b%b\xa0"
    % (_SIZE, _SIGNED_DATA, _SIZE, _SIZE, _VERSION, _SHA256, _NO_CONTENT),
    re.DOTALL,
)
# The signer: its number among its issuer's, the digest, and what is signed.
_SIGNER: Final = re.compile(rb"\x31%b\x30%b%b\x30.{,400}?%b\xa0" % (_SIZE, _SIZE, _VERSION, _SHA256), re.DOTALL)


def check_padding(appended: bytes) -> None:
    """Check every signature in what was appended to a document.

    Raises:
        AlteredError: something stands after a signature's octets, or in mixed spelling.
    """
    for found in _CONTENTS.finditer(appended):
        digits = found[1]
        if not _SPELT.fullmatch(digits):
            raise AlteredError("the pack was altered: its seal is spelt as none is")
        octets = bytes.fromhex(digits.decode("ascii"))
        if any(octets[_length(octets) :]):
            raise AlteredError("the pack was altered: something stands in the room that was kept for its seal")
        head = _HEAD.match(octets)
        inner = 0 if head is None else head.start("inner")
        # What holds the signed data ends where they end.
        if not inner or inner + _length(octets[inner:]) != _length(octets) or not _SIGNER.search(octets):
            raise AlteredError("the pack was altered: its seal does not begin as one does")


def _length(octets: bytes) -> int:
    """The length of the DER value that they begin with (X.690, 8.1.3)."""
    if len(octets) < 2:
        return 0
    first = octets[1]
    if first < _LONG:
        return 2 + first
    more = first - _LONG
    return 2 + more + int.from_bytes(octets[2 : 2 + more])
