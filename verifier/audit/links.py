"""The link that an event is in its stream's chain, read without the rest: a third of the price of reading it whole."""

import binascii
import functools
import hashlib
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Final, NamedTuple

from verifier.encoding import Json, parse_base64url, parse_json
from verifier.errors import FormatError
from verifier.event import EVENT, NAMES, VERSIONS, event_form
from verifier.jws import MAX_ENTRY_BYTES, parse_jws

_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.ASCII)


class Link(NamedTuple):
    """What an event says of its place; a tuple, for one is made for each of millions of events.

    ``names`` are its body, edition and profile, where it has them; ``chain`` is the SHA-256 of its signing input, which
    the next event names, and ``digest`` that of the whole entry.
    """

    log: str
    type: str
    stream: bytes
    sequence: int
    previous: str | None
    status_index: int | None
    names: tuple[str | None, ...]
    chain: bytes
    digest: bytes


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


def read_link(typ: str, entry: bytes) -> Link:
    """Read the link of an event that travels as ``typ``, however its payload is spelt.

    Raises:
        FormatError: the payload is not an event's, or the link's own values are not of their form.
    """
    signing_input = entry[: entry.rindex(b".")]
    payload = signing_input.partition(b".")[2]
    said = parse_json(parse_base64url(payload.decode("latin-1")), MAX_ENTRY_BYTES)
    name, form = event_form(typ, said)
    stream = _text(said["stream"])
    if not _UUID.fullmatch(stream):
        raise FormatError("a UUID is spelt in another way than its own")
    if form.digests:
        _check_digests(said["_sd"], form.digests)
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
        sha256(signing_input).digest(),
        sha256(entry).digest(),
    )


def find_plain(entry: bytes) -> Link | None:
    """The link of an entry that is a body's event in the plain spelling that a registry writes; None of any other.

    Plain is compact, with names sorted, in printable ASCII without escapes. The whole payload is held against the
    pattern of its type and version, so that nothing is let through that the strict reader refuses. One function, for
    it is most of an audit by hashes.
    """
    start, end = entry.find(b".") + 1, entry.rfind(b".")
    header, payload = _plain_header(entry[:start]), entry[start:end]
    if header is None or len(entry) > MAX_ENTRY_BYTES:
        return None
    try:
        data = _decode(payload + _PADDING[len(payload) % 4], strict_mode=True)
    except binascii.Error:
        return None
    # The key is only a guess at the type: what it is not, its pattern does not take.
    pattern = _PATTERNS.get(data[data.rfind(b',"type":') : data.rfind(b',"v":') + 6])
    if pattern is None or not payload.endswith(_ENDS[len(data) % 3]):
        return None
    found = pattern.fullmatch(data.decode("latin-1"))
    if found is None:
        return None
    running = header.copy()
    running.update(payload)
    chain = running.digest()
    # One pass over the entry for both.
    running.update(entry[end:])
    body, edition, log, previous, profile, sequence, first, stream, name = found.groups()
    return Link(
        log, name, bytes.fromhex(stream.replace("-", "")), int(sequence), previous, int(first) if first else None,
        (body, edition, profile), chain, running.digest(),
    )  # fmt: skip


@functools.lru_cache(maxsize=4096)
def _plain_header(header: bytes) -> "hashlib._Hash | None":
    """The running hash of a header with its dot, where it is that of a body's event."""
    try:
        return sha256(header) if header_typ(header[:-1]) == EVENT else None
    except FormatError:
        return None


_decode: Final = binascii.a2b_base64
_PADDING: Final = (b"", b"===", b"==", b"=")
# How what ends in "}" ends in base64 without padding or spare bits, by the octets in the last group of three.
_ENDS: Final = (b"9", b"Q", b"0")
# All that is printable ASCII but quotation mark and reverse solidus, and but the octets 3e, 3f and 7e. Of ASCII only
# these need the two letters in which the alphabets of base64 differ: so neither alphabet's two pass.
_PLAIN: Final = r"[ !#-=@-\[\]-}]*+"
_NUMBER: Final = r"(?:0|[1-9][0-9]{0,14})"
_ANY: Final = f'(?:"{_PLAIN}"|{_NUMBER})'
_VALUES: Final = {
    **dict.fromkeys(("body", "edition", "log", "profile"), f'"({_PLAIN})"'),
    "previous": f'(?:"({_PLAIN})"|null)',
    "sequence": f"({_NUMBER})",
    "status_index": f"({_NUMBER})",
    "stream": f'"({_UUID.pattern})"',
}


def _pattern(name: str, version: int) -> re.Pattern[str]:
    names, digests = NAMES[name, version], VERSIONS[name, version].digests
    values = _VALUES | {"type": f'"({re.escape(name)})"', "v": str(version)}
    values["_sd"] = rf'\["{_PLAIN}"(?:,"{_PLAIN}"){{{digests - 1}}}\]'
    if "status_index" not in names:
        # An empty group stands in its place.
        values["sequence"] += "()"
    fields = ",".join(f'"{field}":{values.get(field, _ANY)}' for field in sorted(names))
    return re.compile(rf"\{{{fields}\}}")


_PATTERNS: Final[Mapping[bytes, re.Pattern[str]]] = {
    f',"type":"{name}","v":{version}'.encode(): _pattern(name, version)
    for (name, version), kind in VERSIONS.items()
    if kind.typ == EVENT
}


def _check_digests(value: Json, count: int) -> None:
    if not isinstance(value, list) or len(value) != count:
        raise FormatError(f"the event does not carry {count} digests")


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
