"""The machine-readable part of an evidence pack, as one JSON document (docs/formats/pack.md).

    {"v":1,"made_at":"…","language":"it","software":"…",…,"trust_root":"…","tender":{…},"items":[…],"unanswered":[…],"parts":[…]}

Reading trusts nothing: what a pack says of its items is for ``verifier.pack.check`` to compare with what they prove.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from verifier.bundle import Bundle, format_bundle, parse_bundle
from verifier.encoding import (
    Json,
    format_base64url,
    format_instant,
    format_json,
    is_one,
    parse_base64url,
    parse_day,
    parse_instant,
    parse_json,
)
from verifier.errors import FormatError
from verifier.number import parse_number
from verifier.pack.parts import fold, unfold
from verifier.report import Kind, Question, Verdict
from verifier.unread import Unread

MEDIA_TYPE: Final = "application/vnd.attesto.pack.v1+json"
MAX_ITEMS: Final = 5000
# 5,000 certificates, each with a name to look at, take 50 MB and some 1.3 million values.
MAX_CONTENT_BYTES: Final = 128 * 1024 * 1024
_MAX_VALUES: Final = 8_000_000
# A part may stand in many bundles: 5,000 of them, each with all its parts, take some 100 MB.
_MAX_UNFOLDED_BYTES: Final = 512 * 1024 * 1024
MAX_TEXT_CHARACTERS: Final = 4000
# A field that stands for the whole page: something on it was not compared with the record.
PAGE: Final = "page"
TO_COMPARE: Final = "to_compare"
# Or nothing on it was, as of a photo: the answer is of the code alone.
NOT_COMPARED: Final = "not_compared"
_TENDER: Final = ("committee", "cig", "lot", "requirement")
_COMPARED: Final = ("name", "shown", "recorded", "outcome")
_ITEM: Final = frozenset({"number", "token", "bidder", "verdict", "report", "fields", "bundle", "missing"})
_MADE: Final = frozenset({"v", "made_at", "language", "software", "typesetting", "address", "sealed"})
_UNANSWERED: Final = ("source", "page", "line", "bidder", "reason")
_PACK: Final = _MADE | {"trust_root", "titles", "tender", "items", "unanswered", "parts"}
_Named = TypeVar("_Named", bound=StrEnum)


class Missing(StrEnum):
    """Why an item has no bundle."""

    NOT_FOUND = "not_found"
    BROKEN = "broken"
    UNAVAILABLE = "unavailable"
    NOT_WANTED = "not_wanted"


@dataclass(frozen=True, slots=True)
class Tender:
    """Who asked and what for, in the words of the one who asked; nothing of it was checked."""

    committee: str = ""
    cig: str = ""
    lot: str = ""
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of a document as it was compared with the record when the pack was made."""

    name: str
    shown: str = field(repr=False)
    recorded: str = field(repr=False)
    outcome: str

    @property
    def differs(self) -> bool:
        """Whether the document says otherwise than the record."""
        return self.outcome == "different"


@dataclass(frozen=True, slots=True)
class Item:
    """One answer: what was presented, the verdict, the report without the name, and the bundle that it rests on.

    ``missing`` says why there is no bundle.
    """

    number: str | None
    token: bytes | None = field(repr=False)
    verdict: Verdict
    report: Mapping[str, Json]
    bundle: Bundle | None = field(default=None, repr=False)
    missing: Missing | None = None
    bidder: str = ""
    fields: tuple[Compared, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether something on the document was not compared with the record, so that it has to be looked at."""
        return any(compared.outcome == TO_COMPARE for compared in self.fields)

    @property
    def question(self) -> Question:
        """What was asked.

        Raises:
            FormatError: the report says none.
        """
        return _parse_question(self.report.get("question"))


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Something that was handed in and has no answer: a file, a document's page or a list's line, and why.

    ``source`` is a file's name or what was typed, either of which may name a person.
    """

    source: str = field(repr=False)
    page: int | None
    line: int | None
    bidder: str
    reason: Unread


@dataclass(frozen=True, slots=True)
class Pack:
    """An evidence pack: made at an instant (UTC) by a version of this software, in a language.

    ``typesetting`` is the digest of what it was printed with, in hexadecimal; ``address`` is the page's own URL, where
    one is known; ``trust`` is the trust root's file; ``titles`` are those of profiles, by ``edition/profile`` and
    language; ``sealed`` says that the file was to be sealed when it was made; ``unanswered`` is what was handed in
    together with the items, by the word of whoever made the pack.
    """

    made_at: datetime
    language: str
    software: str
    typesetting: str
    address: str
    trust: bytes = field(repr=False)
    tender: Tender
    items: tuple[Item, ...] = field(repr=False)
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    sealed: bool = False
    unanswered: tuple[Unanswered, ...] = field(default=(), repr=False)


def format_pack(pack: Pack) -> bytes:
    """Write a pack's machine-readable part."""
    parts: list[Json] = []
    known: dict[bytes, int] = {}
    items = [_item(item, parts, known) for item in pack.items]
    return format_json(
        {
            "v": 1,
            "made_at": format_instant(pack.made_at),
            "language": pack.language,
            "software": pack.software,
            "typesetting": pack.typesetting,
            "address": pack.address,
            "trust_root": pack.trust.decode(),
            "sealed": pack.sealed,
            "titles": {place: dict(title) for place, title in pack.titles.items()},
            "tender": {name: getattr(pack.tender, name) for name in _TENDER},
            "items": items,
            "unanswered": format_unanswered(pack.unanswered),
            "parts": parts,
        }
    )


def parse_pack(data: bytes) -> Pack:
    """Read a pack's machine-readable part without trusting it.

    Raises:
        FormatError: not one, or a bundle in it is none.
    """
    # A value may take two octets, and far more once it is read.
    if sum(map(data.count, (b",", b"[", b"{"))) > _MAX_VALUES:
        raise FormatError(f"the pack holds more than {_MAX_VALUES:,} values")
    value = parse_json(data, MAX_CONTENT_BYTES)
    if value.keys() != _PACK or not is_one(value["v"]):
        raise FormatError("not an evidence pack: a field is missing, too many, or of another version")
    items, parts = value["items"], value["parts"]
    if not (isinstance(items, list) and isinstance(parts, list) and 0 < len(items) <= MAX_ITEMS):
        raise FormatError(f"an evidence pack has at least one item and at most {MAX_ITEMS}")
    return Pack(
        parse_instant(_text(value["made_at"])),
        _text(value["language"]),
        _text(value["software"]),
        _text(value["typesetting"]),
        _text(value["address"]),
        _text(value["trust_root"]).encode(),
        Tender(*_texts(value["tender"], _TENDER)),
        tuple(_parse_items(items, parts)),
        {place: _title(title) for place, title in _object(value["titles"]).items()},
        sealed=value["sealed"] is True,
        unanswered=parse_unanswered(value["unanswered"]),
    )


def format_unanswered(unanswered: Iterable[Unanswered]) -> list[Json]:
    """What was handed in and has no answer, as JSON."""
    return [{name: getattr(one, name) for name in _UNANSWERED} for one in unanswered]


def parse_unanswered(value: Json) -> tuple[Unanswered, ...]:
    """Read what was handed in and has no answer.

    Raises:
        FormatError: it is something else, or too much.
    """
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        raise FormatError(f"an evidence pack names at most {MAX_ITEMS} things without an answer, as a list")
    return tuple(map(_parse_unanswered, value))


def _item(item: Item, parts: list[Json], known: dict[bytes, int]) -> dict[str, object]:
    folded: Json = None
    if item.bundle is not None:
        # The token stands beside the bundle, once.
        folded = fold(parse_json(format_bundle(replace(item.bundle, token=None))), parts, known)
    return {
        "number": item.number,
        "token": None if item.token is None else format_base64url(item.token),
        "bidder": item.bidder,
        "verdict": str(item.verdict),
        "report": dict(item.report),
        "fields": [{name: getattr(compared, name) for name in _COMPARED} for compared in item.fields],
        "bundle": folded,
        "missing": None if item.missing is None else str(item.missing),
    }


def _parse_items(values: Sequence[Json], parts: Sequence[Json]) -> Iterator[Item]:
    left = _MAX_UNFOLDED_BYTES
    for value in values:
        item, octets = _parse_item(value, parts)
        left -= octets
        if left < 0:
            raise FormatError(f"the bundles of the pack unfold to more than {_MAX_UNFOLDED_BYTES:,} bytes")
        yield item


def _parse_item(value: Json, parts: Sequence[Json]) -> tuple[Item, int]:
    """An item, and how many octets its bundle has."""
    if not isinstance(value, dict) or value.keys() != _ITEM:
        raise FormatError("an item of the pack has a field too few or too many")
    report, number, token, folded = value["report"], value["number"], value["token"], value["bundle"]
    if not isinstance(report, dict) or (folded is None) != (value["missing"] is not None):
        raise FormatError("an item of the pack has no report, or neither a bundle nor a reason why not")
    fields = value["fields"]
    bundle = b"" if folded is None else format_json(unfold(folded, parts))
    item = Item(
        None if number is None else _number(number),
        None if token is None else parse_base64url(_text(token)),
        _member(Verdict, value["verdict"]),
        report,
        None if folded is None else parse_bundle(bundle),
        None if folded is not None else _member(Missing, value["missing"]),
        _text(value["bidder"]),
        tuple(Compared(*_texts(one, _COMPARED)) for one in fields) if isinstance(fields, list) else (),
    )
    return item, len(bundle)


def _parse_unanswered(value: Json) -> Unanswered:
    if not isinstance(value, dict) or value.keys() != set(_UNANSWERED):
        raise FormatError("what the pack has no answer for has a field too few or too many")
    return Unanswered(
        _text(value["source"]),
        _place(value["page"]),
        _place(value["line"]),
        _text(value["bidder"]),
        _member(Unread, value["reason"]),
    )


def _parse_question(value: Json) -> Question:
    match value:
        case {
            "on": str(on),
            "known_at": str(known_at),
            "now": str(now),
            "until": str() | None as until,
            "kind": str(kind),
            "deadline": str() | None as deadline,
            "so_far": bool(),
            **rest,
        } if not rest:
            return Question(
                parse_day(on),
                parse_instant(known_at),
                parse_instant(now),
                None if until is None else parse_day(until),
                _member(Kind, kind),
                None if deadline is None else parse_instant(deadline),
            )
    raise FormatError("an item of the pack does not say what was asked")


def _number(value: Json) -> str:
    text = _text(value)
    if parse_number(text) != text:
        raise FormatError("an item of the pack has a number in another spelling than its own")
    return text


def _texts(value: Json, names: Sequence[str]) -> list[str]:
    if not isinstance(value, dict) or value.keys() != set(names):
        raise FormatError("the pack has a field too few or too many")
    return [_text(value[name]) for name in names]


def _title(value: Json) -> dict[str, str]:
    return {language: _text(text) for language, text in _object(value).items()}


def _object(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise FormatError("the pack has something else where an object belongs")
    return value


def _place(value: Json) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise FormatError("the pack has something else where a page or a line belongs")
    return value


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise FormatError("the pack has something else where a text belongs")
    return value


def _member(names: type[_Named], value: Json) -> _Named:
    try:
        return names(_text(value))
    except ValueError as error:
        raise FormatError("the pack has a word that this program does not know") from error
