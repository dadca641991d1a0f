"""The link that an event is in its stream's chain, read without the rest: a third of the price of reading it whole."""

import binascii
import functools
import re
import string
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple

from verifier.encoding import Json, parse_base64url, parse_json, parse_slug
from verifier.errors import FormatError
from verifier.event import EVENT, NAMES, VERSIONS, event_form
from verifier.jws import MAX_ENTRY_BYTES, parse_jws

try:
    from pybase64 import b64decode
except ImportError:
    # As strict, and several times as slow.
    from base64 import b64decode  # type: ignore[assignment]

# Not shorter, for a group that is repeated costs more than all its letters.
_UUID: Final = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)


# The values of a Link, before they are one: making it costs as much as finding them.
Plain = tuple[bytes | Any, ...]
# A pattern's fullmatch.
Match = Callable[[bytes, int, int], re.Match[bytes] | None]


class Link(NamedTuple):
    """What an event says of its place, each value in UTF-8.

    ``previous`` is None at the beginning, and so are ``body``, ``edition``, ``profile`` and ``status_index`` where the
    event has none.
    """

    body: bytes | None
    edition: bytes | None
    log: bytes
    previous: bytes | None
    profile: bytes | None
    sequence: bytes
    status_index: bytes | None
    stream: bytes
    type: bytes


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
        FormatError: the payload is not an event's, or one of the link's values is no text or no number.
    """
    payload = entry[entry.index(b".") + 1 : entry.rindex(b".")]
    said = parse_json(parse_base64url(payload.decode("latin-1")), MAX_ENTRY_BYTES)
    name, form = event_form(typ, said)
    if not _UUID.fullmatch(_text(said["stream"])):
        raise FormatError("a UUID is spelt in another way than its own")
    if form.digests:
        _check_digests(said["_sd"], form.digests)
    return Link(
        _spelt(said["body"]) if "body" in said else None,
        _spelt(said["edition"]) if "edition" in said else None,
        _spelt(said["log"]),
        None if said["previous"] is None else _spelt(said["previous"]),
        _spelt(said["profile"]) if "profile" in said else None,
        _natural(said["sequence"]),
        _natural(said["status_index"]) if "status_index" in said else None,
        _spelt(said["stream"]),
        name.encode("ascii"),
    )


def check_form(link: Plain) -> None:
    """Check that a link's texts are slugs and a hash: what follows an event that was checked is compared with it alone.

    Raises:
        FormatError: one of them is not.
    """
    body, edition, _, previous, profile, *_ = link
    for slug in (body, edition, profile):
        _check_slug(slug)
    if previous is not None and len(parse_base64url(previous.decode())) != sha256().digest_size:
        raise FormatError("not a SHA-256 hash")


@functools.lru_cache(maxsize=4096)
def _check_slug(text: bytes | None) -> None:
    if text is not None:
        parse_slug(text.decode())


def signing_inputs(entries: Sequence[bytes]) -> list[bytes]:
    """Header and payload of each entry, as they travelled; nothing of one that is too long or no compact JWS."""
    if _are_signed(entries) and max(map(len, entries), default=0) <= MAX_ENTRY_BYTES:
        return [entry[:-_SIGNATURE] for entry in entries]
    if len(entries) > 1:
        # One of them is odd: each by itself.
        return [part for entry in entries for part in signing_inputs([entry])]
    try:
        return [parse_jws(entry).signing_input for entry in entries]
    except FormatError:
        return [b""]


def _are_signed(entries: Sequence[bytes]) -> bool:
    """Whether each ends with a dot and 64 octets in base64url, as every one does that a registry writes."""
    start = -len(_SIGNED)
    ends = b"".join([entry[start:] for entry in entries])
    if ends.translate(_AS_A) != _SIGNED * len(entries):
        return False
    # Of the last letter of 86 four bits are spare.
    return not ends[_SIGNATURE :: len(_SIGNED)].translate(None, b"AQgw")


def chain_hashes(signed: Sequence[bytes]) -> list[bytes]:
    """What the next event of a stream names as the one before, of each signing input: its SHA-256 in base64url."""
    # With an octet more each of them fills its letters, so that one call writes them all.
    hashes = [sha256(part).digest() for part in signed]
    text = binascii.b2a_base64(b"\x00".join([*hashes, b""]), newline=False).translate(_TO_URL)
    return _CHAIN.findall(text)


def find_plain(signed: Sequence[bytes]) -> list[Plain | None]:
    """A Link's values for each signing input of a body's event in the plain spelling of a registry; None for any other.

    Plain is compact, with names sorted, in printable ASCII without escapes. The whole payload is held against the
    pattern of its type and version, so that nothing is let through that ``read_link`` refuses. One function, for it is
    most of an audit by hashes, and many at once, for one call decodes them all.
    """
    payloads, header, size = [], b".", 0
    for part in signed:
        # Most are of the same body as the one before.
        if not part.startswith(header):
            header = part.partition(b".")[0] + b"."
            size = len(header) if _is_event(header) else MAX_ENTRY_BYTES
        payload = part[size:]
        odd = len(payload) % 4
        # Filled up to whole groups of four letters with what reads as spaces, which JSON lets follow.
        if odd == 3:
            payload += b"g"
        elif odd:
            payload = payload[:-1] + b"SAg" if odd == 2 and payload.endswith(b"Q") else b""
        payloads.append(payload)
    data = _decode(b"".join(payloads))
    if data is None:
        # One of them is odd: each by itself.
        return [None] if len(signed) == 1 else [link for part in signed for link in find_plain([part])]
    links: list[Plain | None] = []
    likely: dict[int, Match] = {}
    start = 0
    for payload in payloads:
        length = len(payload) // 4 * 3
        end = start + length
        # Events of one length are mostly of one type; whichever is guessed, its pattern takes no other.
        found = likely.get(length, _no_match)(data, start, end)
        if found is None:
            version = data.rfind(b',"v":', start, end)
            match = likely[length] = _MATCHES.get(data[version - _KEY : version + 6], _no_match)
            found = match(data, start, end)
        links.append(found and found.groups())
        start = end
    return links


@functools.lru_cache(maxsize=4096)
def _is_event(header: bytes) -> bool:
    """Whether it is the header of a body's event, with its dot."""
    try:
        return header_typ(header[:-1]) == EVENT
    except FormatError:
        return False


def _decode(letters: bytes) -> bytes | None:
    """What base64 without padding says, where all of it is plain."""
    try:
        data = b64decode(letters, validate=True)
    except binascii.Error:
        return None
    if b"=" in letters or not data.isascii() or any(map(data.__contains__, _ODD)):
        return None
    return data


_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_LETTERS: Final = (string.ascii_letters + string.digits + "-_").encode()
_AS_A: Final = bytes.maketrans(_LETTERS, b"A" * len(_LETTERS))
# A dot and a signature's 64 octets in base64url, after one letter at least.
_SIGNED: Final = b"A." + b"A" * 86
_SIGNATURE: Final = len(_SIGNED) - 1
# What a SHA-256 and an octet more are in base64: the hash's own letters and another.
_CHAIN: Final = re.compile(b"(.{43}).", re.DOTALL)
# What is not plain ASCII: controls, reverse solidus, and the octets 3e, 3f and 7e, for only those need the two letters
# in which the alphabets of base64 differ, so that neither alphabet's two pass.
_ODD: Final = bytes([*range(0x20), *b">?\\~\x7f"])
_TEXT: Final = '"[^"]*+"'
_NUMBER: Final = "(?:0|[1-9][0-9]{0,14})"
_ANY: Final = f"(?:{_TEXT}|{_NUMBER})"
_NONE: Final = "((?!))?"
_VALUES: Final = {
    **dict.fromkeys(("_sd_alg", "decided_at", "effective_on", "id"), _TEXT),
    **dict.fromkeys(("body", "edition", "log", "profile"), '"([^"]*+)"'),
    "previous": '(?:"([^"]*+)"|null)',
    "sequence": f"({_NUMBER})",
    "status_index": f"({_NUMBER})",
    "stream": f'"({_UUID.pattern})"',
}


def _pattern(name: str, version: int) -> re.Pattern[bytes]:
    names, digests = NAMES[name, version], VERSIONS[name, version].digests
    values = _VALUES | {"type": f'"({re.escape(name)})"', "v": str(version)}
    values["_sd"] = rf"\[{','.join([_TEXT] * digests)}\]"
    if "status_index" not in names:
        # A group that takes no part stands in its place.
        values["sequence"] += _NONE
    fields = ",".join(f'"{field}":{values.get(field, _ANY)}' for field in sorted(names))
    return re.compile(rf"\{{{fields}\}} *".encode("ascii"))


_no_match: Final = re.compile(b"(?!)").fullmatch
# The end of a type's name, by which no two types are the same.
_KEY: Final = 16
_MATCHES: Final[Mapping[bytes, Match]] = {
    f'"type":"{name}"'.encode()[-_KEY:] + f',"v":{version}'.encode(): _pattern(name, version).fullmatch
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


def _spelt(value: Json) -> bytes:
    return _text(value).encode()


def _natural(value: Json) -> bytes:
    # Not True, which is equal to 1.
    if type(value) is not int or value < 0:
        raise FormatError("not a natural number")
    return b"%d" % value
