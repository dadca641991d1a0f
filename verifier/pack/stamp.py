"""The stamp of an evidence pack: a digest of the whole file, printed into the file's own metadata.

    attesto-pack-v1:0000123456:<SHA-256 in 64 hexadecimal digits>

It stands once in the document's information and once in its XMP metadata. The first number is the length of the file as
it was made; the digest is of those octets with the digits of every stamp set to zero. What comes after them can only be
a seal. The stamp finds whatever befalls a file by accident or by a clumsy hand; whoever alters a pack on purpose can
make a new one, so what a pack says is worth what its bundles prove.
"""

import re
from hashlib import sha256
from typing import Final

from verifier.errors import AlteredError, FormatError

EMPTY: Final = "attesto-pack-v1:" + "0" * 10 + ":" + "0" * 64
_PLACES: Final = 2
_STAMP: Final = re.compile(rb"attesto-pack-v1:([0-9]{10}):([0-9a-f]{64})")


def stamp(document: bytes) -> bytes:
    """Fill the empty stamps of a document.

    Raises:
        FormatError: it has not as many as it should.
    """
    empty = EMPTY.encode()
    if document.count(empty) != _PLACES or len(_STAMP.findall(document)) != _PLACES:
        raise FormatError("the document has no place for its stamp, or one too many")
    digest = sha256(document).hexdigest()
    return document.replace(empty, f"attesto-pack-v1:{len(document):010}:{digest}".encode())


def open_stamped(data: bytes) -> bytes:
    """The document as it was made, without what was appended to it.

    Raises:
        FormatError: it bears no stamp.
        AlteredError: it is not what it was stamped as.
    """
    stamps = _STAMP.findall(data)
    if not stamps:
        raise FormatError("no evidence pack: it bears no stamp of one")
    length, digest = int(stamps[0][0]), stamps[0][1]
    document = data[:length]
    inside = _STAMP.findall(document)
    if len(document) != length or inside != [stamps[0]] * _PLACES:
        raise AlteredError("the pack was altered: its stamps are not those of a document of this length")
    emptied = _STAMP.sub(EMPTY.encode(), document)
    if sha256(emptied).hexdigest().encode() != digest:
        raise AlteredError("the pack was altered: its content is not what its stamp says")
    return document
