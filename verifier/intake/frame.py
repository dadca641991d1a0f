"""How the process that reads files and the one that started it talk: JSON with bytes behind it, through pipes.

    head length, 4 octets · body length, 4 octets · head, a JSON object · body

Text and bytes are all that passes, and no objects: so what has taken over the reading process hands over nothing that
runs here.
"""

import struct
from collections.abc import Mapping
from typing import IO, Final

from verifier.encoding import Json, format_json, parse_json
from verifier.errors import FormatError

MAX_BODY_BYTES: Final = 32 * 1024 * 1024
_MAX_HEAD_BYTES: Final = 16 * 1024 * 1024
_LENGTHS: Final = struct.Struct("!II")


def write_frame(stream: IO[bytes] | None, head: Mapping[str, Json], body: bytes = b"") -> None:
    """Say something, with bytes behind it.

    Raises:
        OSError: nobody reads.
    """
    if stream is None:
        raise BrokenPipeError
    written = format_json(head)
    stream.write(_LENGTHS.pack(len(written), len(body)) + written)
    stream.write(body)
    stream.flush()


def read_frame(stream: IO[bytes] | None) -> tuple[dict[str, Json], bytes]:
    """The next thing that the other side says.

    Raises:
        EOFError: it ended, also in the middle of a frame.
        FormatError: a frame is over the limits, or its head no JSON object.
    """
    head, body = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    if head > _MAX_HEAD_BYTES or body > MAX_BODY_BYTES:
        raise FormatError("a frame is over the limit")
    return parse_json(_exactly(stream, head)), _exactly(stream, body)


def _exactly(stream: IO[bytes] | None, size: int) -> bytes:
    content = b"" if stream is None else stream.read(size)
    if len(content) < size:
        raise EOFError
    return content
