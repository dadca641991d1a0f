"""The link that an event is in its stream's chain, read without the rest: half the price of reading an event whole."""

import binascii
import functools
import json
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from verifier.encoding import Json, format_base64url, parse_base64url, parse_json
from verifier.errors import FormatError
from verifier.event import event_form
from verifier.jws import MAX_ENTRY_BYTES, parse_jws

_FROM_URL: Final = bytes.maketrans(b"-_", b"+/")
_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.ASCII)
_SHORT: Final = 15


class Link(NamedTuple):
    """What an event says of its place; a tuple, for one is made for each of millions of events.

    ``names`` are its body, edition and profile, where it has them.
    """

    log: str
    type: str
    stream: bytes
    sequence: int
    previous: str | None
    status_index: int | None
    names: tuple[str | None, ...]


def split_entry(entry: bytes) -> tuple[bytes, bytes]:
    """The header and the payload of an entry, as they travelled.

    Raises:
        FormatError: too long, or not three parts.
    """
    if len(entry) > MAX_ENTRY_BYTES:
        raise FormatError(f"entry of {len(entry)} bytes is over the limit of {MAX_ENTRY_BYTES}")
    match entry.split(b"."):
        case [header, payload, _]:
            return header, payload
    raise FormatError("not a compact JWS of three parts")


@functools.lru_cache(maxsize=4096)
def header_typ(header: bytes) -> str:
    """The ``typ`` that a header names.

    Raises:
        FormatError: not a header of ours.
    """
    return parse_jws(header + b"..").typ


def read_link(typ: str, payload: bytes) -> Link:
    """Read the link of an event that travels as ``typ``.

    Raises:
        FormatError: the payload is not an event's, or the link's own values are not of their form.
    """
    said = _values(payload)
    name, _ = event_form(typ, said)
    stream = _text(said["stream"])
    if not _UUID.fullmatch(stream):
        raise FormatError("a UUID is spelt in another way than its own")
    previous = said["previous"]
    names = (_optional_text(said, "body"), _optional_text(said, "edition"), _optional_text(said, "profile"))
    return Link(
        _text(said["log"]),
        name,
        bytes.fromhex(stream.replace("-", "")),
        _natural(said["sequence"]),
        None if previous is None else _text(previous),
        _natural(said["status_index"]) if "status_index" in said else None,
        names,
    )


def _values(payload: bytes) -> Mapping[str, Json]:
    """What the strict reader gives, at half its price where an event is spelt as all are."""
    said = _quick_values(payload)
    return parse_json(parse_base64url(payload.decode("latin-1")), MAX_ENTRY_BYTES) if said is None else said


def _quick_values(payload: bytes) -> dict[str, Json] | None:
    """The values, or None where only the strict reader can say what they are.

    In one object without an escape, with as many names as there are ends of names, none stands twice, and the plain
    reader sees what the strict one would.
    """
    try:
        data = binascii.a2b_base64(payload.translate(_FROM_URL) + b"=" * (-len(payload) % 4), strict_mode=True)
        # The other alphabet's letters, and bits left over in the last group, are another spelling of the same octets.
        if b"+" in payload or b"/" in payload or _last_group(data) != payload[len(data) // 3 * 4 :]:
            return None
        if data.count(b"{") != 1 or b"\\" in data:
            return None
        text = data.decode("utf-8")
        said, end = _decode(text)
    except (ValueError, RecursionError):
        return None
    plain = isinstance(said, dict) and end == len(text) and len(said) == data.count(b'":')
    return said if plain else None


def _last_group(data: bytes) -> bytes:
    return format_base64url(data[len(data) // 3 * 3 :]).encode("ascii")


def _parse_int(text: str) -> int:
    if len(text) > _SHORT:
        raise ValueError(text)
    return int(text)


def _refuse(text: str) -> Json:
    raise ValueError(text)


_decode: Final = json.JSONDecoder(parse_int=_parse_int, parse_float=_refuse, parse_constant=_refuse).raw_decode


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise FormatError("not a text")
    return value


def _optional_text(said: Mapping[str, Json], name: str) -> str | None:
    value = said.get(name)
    return None if value is None else _text(value)


def _natural(value: Json) -> int:
    # Not True, which is equal to 1.
    if type(value) is not int or value < 0:
        raise FormatError("not a natural number")
    return value
