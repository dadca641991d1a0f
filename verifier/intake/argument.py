"""What an argument of the command line names: a text to check, a file that holds it, or a folder of such files."""

import errno
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from verifier.errors import FormatError
from verifier.inputs import Input
from verifier.intake.archive import is_system_file
from verifier.intake.files import MAX_FILE_BYTES, read_file
from verifier.intake.reader import Reader
from verifier.presented import parse_text, reads_as_number
from verifier.seal import SealTrust

STANDARD_INPUT: Final = "-"
_NO_FILE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL})
_SHOWN_CHARACTERS: Final = 60


class NoFileError(FormatError):
    """There is no file of that name."""


def open_arguments(arguments: Iterable[str], trust: SealTrust | None = None) -> Iterator[Input]:
    """Everything that the arguments present, in their order; with ``trust``, the seals of documents are checked.

    A link or a number is taken as such; anything else is a file's or a folder's name before it is a token.
    """
    with Reader(trust=trust) as reader:
        for argument in arguments:
            yield from _open(argument, reader)


def load(path: str, limit: int = MAX_FILE_BYTES) -> bytes:
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


def _open(argument: str, reader: Reader) -> Iterator[Input]:
    if argument.lower().startswith(("https://", "http://")) or reads_as_number(argument):
        yield _open_text(argument)
    elif not argument:
        yield Input("", FormatError("nothing is named"))
    elif (folder := _folder(argument)) is not None:
        yield from _open_folder(folder, reader)
    else:
        yield from _open_file(argument, reader)


def _folder(argument: str) -> Path | None:
    path = Path(argument)
    try:
        return path if path.is_dir() else None
    except (OSError, ValueError):
        return None


def _open_folder(folder: Path, reader: Reader) -> Iterator[Input]:
    """The files in a folder by name; folders in it, and what systems put there for themselves, are left out."""
    try:
        files = [path for path in sorted(folder.iterdir()) if path.is_file() and not is_system_file(path.name)]
    except OSError as error:
        yield Input(str(folder), FormatError(f"it cannot be read: {error.strerror}"))
        return
    if not files:
        yield Input(str(folder), FormatError("there is no file in the folder"))
    for path in files:
        yield from _open_file(str(path), reader)


def _open_file(argument: str, reader: Reader) -> Iterator[Input]:
    try:
        content = _read(sys.stdin.buffer, MAX_FILE_BYTES) if argument == STANDARD_INPUT else load(argument)
    except NoFileError:
        yield _open_text(argument, "there is no such file, and as a number or code it does not do: ")
    except FormatError as error:
        yield Input(argument, error)
    else:
        yield from read_file(reader, "standard input" if argument == STANDARD_INPUT else argument, content)


def _open_text(text: str, otherwise: str = "") -> Input:
    """What a text presents; its name leaves the token out, which states a person's name."""
    shown = text.partition("#")[0]
    name = shown if len(shown) <= _SHOWN_CHARACTERS else f"{shown[:12]}…"
    try:
        return Input(name, parse_text(text))
    except FormatError as error:
        return Input(name, FormatError(f"{otherwise}{error}"))
