"""What an argument of the command line names: a text to check, or a file that holds it."""

import errno
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from verifier.errors import FormatError
from verifier.presented import (
    Code,
    Presented,
    is_document,
    parse_codes,
    parse_content,
    parse_text,
    reads_as_number,
)

MAX_INPUT_BYTES: Final = 32 * 1024 * 1024
STANDARD_INPUT: Final = "-"
_NO_FILE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL})
_SHOWN_CHARACTERS: Final = 60


class NoFileError(FormatError):
    """There is no file of that name."""


@dataclass(frozen=True, slots=True)
class Document:
    """What else a document shows: the visible lines of the page with the code, in reading order, as a reader sees them.

    ``sha256`` is of the whole file; ``seals`` is how many signatures are embedded in it, none of them checked.
    """

    lines: tuple[str, ...] = field(repr=False)
    sha256: bytes
    seals: int = 0


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


def open_input(argument: str) -> tuple[Input, ...]:
    """Everything that an argument presents: one thing, or as many as a document has certificates' codes.

    A link or a number is taken as such; anything else is a file's name before it is a token.
    """
    if argument.lower().startswith(("https://", "http://")) or reads_as_number(argument):
        return (_open_text(argument),)
    try:
        content = _read(sys.stdin.buffer, MAX_INPUT_BYTES) if argument == STANDARD_INPUT else read_file(argument)
    except NoFileError:
        return (_open_text(argument, "there is no such file, and as a number or code it does not do: "),)
    except FormatError as error:
        return (Input(argument, error),)
    return _open_content("standard input" if argument == STANDARD_INPUT else argument, content)


def read_file(path: str, limit: int = MAX_INPUT_BYTES) -> bytes:
    """The bytes of a file.

    Raises:
        NoFileError: there is none.
        FormatError: it cannot be read, or is larger than ``limit``.
    """
    try:
        with Path(path).open("rb") as file:
            return _read(file, limit)
    except ValueError as error:  # a null character
        raise NoFileError("there is no such file") from error
    except OSError as error:
        if error.errno in _NO_FILE:
            raise NoFileError("there is no such file") from error
        raise FormatError(f"it cannot be read: {error.strerror}") from error


def _read(stream: BinaryIO, limit: int) -> bytes:
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise FormatError(f"it is over the limit of {limit:,} bytes")
    return content


def _open_text(text: str, otherwise: str = "") -> Input:
    """What a text presents; its name leaves the token out, which states a person's name."""
    shown = text.partition("#")[0]
    name = shown if len(shown) <= _SHOWN_CHARACTERS else f"{shown[:12]}…"
    try:
        return Input(name, parse_text(text))
    except FormatError as error:
        return Input(name, FormatError(f"{otherwise}{error}"))


def _open_content(name: str, content: bytes) -> tuple[Input, ...]:
    try:
        if not is_document(content):
            return (Input(name, parse_content(content)),)
        found = parse_codes(_codes(content))
    except FormatError as error:
        return (Input(name, error),)
    return tuple(Input(name, one.presented, one.page, len(found)) for one in found)


def _codes(content: bytes) -> tuple[Code, ...]:
    """The document's QR codes, where what reads them is installed."""
    try:
        from verifier.qr import read_codes  # noqa: PLC0415  an extra, which texts and bundles do without
    except ImportError as error:
        sentence = f"pictures and PDF files want {error.name}, which is not installed: pip install 'attesto[scan]'"
        raise FormatError(sentence) from error
    return read_codes(content)
