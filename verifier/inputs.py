"""What is handed in to be checked, each thing with where it came from."""

from dataclasses import dataclass, field

from verifier.errors import FormatError
from verifier.presented import Presented
from verifier.seal import Seal


@dataclass(frozen=True, slots=True)
class Document:
    """What else a document shows: the visible lines of the page with the code, in reading order, as a reader sees them.

    ``sha256`` is of the whole file; ``seals`` is how many signatures are embedded in it; ``checked`` is what came of
    them, where that was asked for; ``drawn`` is whether something is drawn on the page that no certificate has.
    """

    lines: tuple[str, ...] = field(repr=False)
    sha256: bytes
    seals: int = 0
    checked: tuple[Seal, ...] = ()
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to check, or why there is none.

    ``name`` is what was typed, without a token; ``page`` is where a document's code stands; ``certificates`` is how
    many different ones the same document shows. Of a list, ``row`` is the line, counted from 1, and ``bidder`` is what
    its column of bidders says.
    """

    name: str
    presented: Presented | FormatError
    page: int | None = None
    certificates: int = 1
    row: int | None = None
    bidder: str = ""
    document: Document | None = None

    @property
    def place(self) -> str:
        """The name, with the page or the list's line."""
        if self.row is not None:
            return f"{self.name}, line {self.row}"
        return self.name if self.page is None else f"{self.name}, page {self.page}"
