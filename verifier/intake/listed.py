"""Texts: one link, token or number, or a list of them, line by line or as a table (CSV)."""

import csv
from contextlib import suppress
from io import StringIO
from typing import Final

from verifier.errors import FormatError
from verifier.intake.table import MAX_ROWS, Line, Row, find_rows, reads
from verifier.presented import parse_text

_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS: Final = ",;\t"
_LOOKED_AT: Final = 20
# What a title, remarks and a heading may add to the lines of a list.
_MORE: Final = 100


def read_text(content: bytes) -> str | tuple[Row, ...]:
    """The rows of a list, or else the whole text, which is one thing or nothing.

    Raises:
        FormatError: it is no text.
    """
    text = decode(content)
    lines = [line for line in text.splitlines()[: MAX_ROWS + _MORE] if line.strip()]
    if reads(text) and not (len(lines) > 1 and all(map(_is_whole, lines))):
        return text
    with suppress(FormatError):
        return tuple(find_rows(_table(text)))
    return text


def decode(content: bytes) -> str:
    """The text, in the spelling that its first octets or its letters tell.

    Raises:
        FormatError: it holds what no text does.
    """
    if content.startswith(_UTF16):
        return _strict(content, "utf-16")
    try:
        return _strict(content, "utf-8-sig")
    except FormatError:
        # What spreadsheets on Windows write in Western Europe.
        return _strict(content, "cp1252")


def _strict(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _no_text() from error
    if "\0" in text:
        raise _no_text()
    return text


def _no_text() -> FormatError:
    return FormatError("no PDF file, picture, ZIP file, list, bundle, nor text with a certificate's code or number")


def _is_whole(line: str) -> bool:
    """Whether a line is one thing by itself, and no part of a token that was broken over several lines."""
    with suppress(FormatError):
        return parse_text(line).number is not None
    return False


def _table(text: str) -> list[Line]:
    """The lines of the text with their cells, each by the place where it begins.

    Raises:
        FormatError: its cells cannot be told apart.
    """
    start = "".join(text.splitlines(keepends=True)[:_LOOKED_AT])
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=start.count))
    lines: list[Line] = []
    place = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                lines.append((place, cells))
            place = reader.line_num + 1
            if len(lines) > MAX_ROWS + _MORE:
                break
    except csv.Error as error:
        raise FormatError("the list's cells cannot be told apart") from error
    return lines
