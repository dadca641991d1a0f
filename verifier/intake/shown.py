"""What a document shows on one of its pages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """The texts of a page's QR codes, and its visible lines; ``page`` is None on a picture.

    A page without codes is one that looks like a certificate's all the same.

    ``unread`` is whether a code is on it that could not be read; ``drawn`` whether something that no certificate has is
    drawn on it, or over its words.
    """

    page: int | None
    texts: tuple[str, ...]
    lines: tuple[str, ...] = ()
    unread: bool = False
    drawn: bool = False
