"""The one part of a sealed file that its seal does not cover: the room that was kept for the seal itself.

A signature's octets stand in hexadecimal in a gap of what they sign (PDF 1.7, 12.8.1), filled up with zeros. Whoever
writes there changes the file and no seal; so there has to be one spelling, and nothing but zeros after the octets.
"""

import re
from typing import Final

from verifier.errors import AlteredError

_CONTENTS: Final = re.compile(rb"/Contents\s*<([^>]*)>")
_SPELT: Final = re.compile(rb"(?:[0-9a-f]{2})*|(?:[0-9A-F]{2})*")
_LONG: Final = 0x80


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


def _length(octets: bytes) -> int:
    """The length of the DER value that they begin with (X.690, 8.1.3)."""
    if len(octets) < 2:
        return 0
    first = octets[1]
    if first < _LONG:
        return 2 + first
    more = first - _LONG
    return 2 + more + int.from_bytes(octets[2 : 2 + more])
