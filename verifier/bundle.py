"""Records and bundles: what is needed to check one certification, as one JSON document.

A *record* is one stream as it is published. A *bundle* holds the records of a certification, its body and its scheme
edition together with every proof, so that it can be checked offline, years later, with a trust root alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from verifier.encoding import (
    Json,
    format_base64,
    format_base64url,
    format_json,
    is_natural,
    is_one,
    parse_base64,
    parse_base64url,
    parse_json,
)
from verifier.errors import FormatError

MAX_RECORD_BYTES: Final = 1024 * 1024
MAX_BUNDLE_BYTES: Final = 4 * 1024 * 1024
MAX_ORIGINS: Final = 16
_STREAMS: Final = ("certification", "body", "edition")


@dataclass(frozen=True, slots=True)
class Record:
    """One stream as published: its events by leaf index in order, the time entries around them, its disclosures."""

    stream: UUID
    entries: Mapping[int, bytes]
    times: Mapping[int, bytes]
    disclosures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A record, and the inclusion proof of its status leaf in the snapshot's tree."""

    record: Record
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """A certification that another body handed over: its record there, without a number, and that body's."""

    certification: Placed
    body: Placed


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything to check one certification offline.

    ``checkpoint`` is the signed note; ``proofs`` holds an inclusion proof for every leaf index that the records and
    ``snapshot`` (leaf index, entry) name; ``snapshot_time`` is the time entry that closes the snapshot's prefix;
    ``paths`` lead from each record's status leaf to the snapshot's root. ``token`` is the presented certificate token.
    Of a certification that was transferred, ``origins`` are those that it goes on from, the newest first, and
    ``receiver`` is the body that it was handed over to.
    """

    checkpoint: bytes
    snapshot: tuple[int, bytes]
    snapshot_time: tuple[int, bytes]
    certification: Record
    body: Record
    edition: Record
    proofs: Mapping[int, tuple[bytes, ...]]
    paths: Mapping[str, tuple[bytes, ...]]
    token: bytes | None = None
    origins: tuple[Origin, ...] = ()
    receiver: Placed | None = None

    @property
    def records(self) -> tuple[tuple[str, Record], ...]:
        """The three records, each with its name."""
        return tuple(zip(_STREAMS, (self.certification, self.body, self.edition), strict=True))

    def entries(self) -> tuple[tuple[int, bytes], ...]:
        """Every log entry that the bundle carries with its leaf index, each once.

        An index stands twice where two places of the bundle hold other bytes under it: each is to be proven.
        """
        records = [*(record for _, record in self.records), *(placed.record for placed in self.linked)]
        return _carried(self.snapshot, self.snapshot_time, records)

    @property
    def linked(self) -> tuple[Placed, ...]:
        """The records that a transfer adds."""
        of_origins = [placed for origin in self.origins for placed in (origin.certification, origin.body)]
        return (*of_origins, *([] if self.receiver is None else [self.receiver]))


@dataclass(frozen=True, slots=True)
class BodyBundle:
    """Everything to check one certification body: as a bundle, for its record alone; ``path`` is its status leaf's."""

    checkpoint: bytes
    snapshot: tuple[int, bytes]
    snapshot_time: tuple[int, bytes]
    body: Record
    proofs: Mapping[int, tuple[bytes, ...]]
    path: tuple[bytes, ...]

    def entries(self) -> tuple[tuple[int, bytes], ...]:
        """Every log entry that it carries with its leaf index, as a bundle does."""
        return _carried(self.snapshot, self.snapshot_time, [self.body])


def _carried(
    snapshot: tuple[int, bytes], snapshot_time: tuple[int, bytes], records: Iterable[Record]
) -> tuple[tuple[int, bytes], ...]:
    held = [snapshot, snapshot_time]
    for record in records:
        held += [*record.entries.items(), *record.times.items()]
    return tuple(dict.fromkeys(held))


def format_record(record: Record) -> bytes:
    """Write a record as JSON."""
    return format_json(_record(record))


def parse_record(data: bytes) -> Record:
    """Read a record without trusting it.

    Raises:
        FormatError: not a record.
    """
    return _parse_record(parse_json(data, MAX_RECORD_BYTES))


def format_bundle(bundle: Bundle) -> bytes:
    """Write a bundle as JSON."""
    value: dict[str, object] = {
        "v": 1,
        "checkpoint": bundle.checkpoint.decode("utf-8"),
        "snapshot": _entry(*bundle.snapshot),
        "snapshot_time": _entry(*bundle.snapshot_time),
        "records": {name: _record(record) for name, record in bundle.records},
        "proofs": {str(index): [format_base64(h) for h in proof] for index, proof in sorted(bundle.proofs.items())},
        "paths": {name: [format_base64(h) for h in path] for name, path in bundle.paths.items()},
    }
    if bundle.token is not None:
        value["token"] = format_base64url(bundle.token)
    if bundle.origins:
        value["origins"] = [
            {"certification": _placed(origin.certification), "body": _placed(origin.body)} for origin in bundle.origins
        ]
    if bundle.receiver is not None:
        value["receiver"] = _placed(bundle.receiver)
    return format_json(value)


def parse_bundle(data: bytes) -> Bundle:
    """Read a bundle without trusting it.

    Raises:
        FormatError: not a bundle.
    """
    value = parse_json(data, MAX_BUNDLE_BYTES)
    names = {"v", "checkpoint", "snapshot", "snapshot_time", "records", "proofs", "paths"}
    if value.keys() - {"token", "origins", "receiver"} != names or not is_one(value["v"]):
        raise FormatError("not a bundle: a field is missing, too many, or of another version")
    records = _mapping(value["records"], _STREAMS)
    certification, body, edition = (_parse_record(_mapping(records[name])) for name in _STREAMS)
    return Bundle(
        _text(value["checkpoint"]).encode(),
        _parse_entry(value["snapshot"]),
        _parse_entry(value["snapshot_time"]),
        certification,
        body,
        edition,
        {_index(index): _hashes(proof) for index, proof in _mapping(value["proofs"]).items()},
        {name: _hashes(path) for name, path in _mapping(value["paths"], _STREAMS).items()},
        parse_base64url(_text(value["token"])) if "token" in value else None,
        _parse_origins(value["origins"]) if "origins" in value else (),
        _parse_placed(value["receiver"]) if "receiver" in value else None,
    )


def _record(record: Record) -> dict[str, object]:
    return {
        "stream": str(record.stream),
        "entries": [_entry(index, entry) for index, entry in record.entries.items()],
        "times": [_entry(index, entry) for index, entry in record.times.items()],
        "disclosures": list(record.disclosures),
    }


def _entry(index: int, entry: bytes) -> dict[str, object]:
    return {"index": index, "entry": entry.decode("ascii")}


def _placed(placed: Placed) -> dict[str, object]:
    return {"record": _record(placed.record), "path": [format_base64(h) for h in placed.path]}


def _parse_origins(value: Json) -> tuple[Origin, ...]:
    origins = [_mapping(item, ("certification", "body")) for item in _list(value)]
    if not 0 < len(origins) <= MAX_ORIGINS:
        raise FormatError(f"not a list of at least one origin and at most {MAX_ORIGINS}")
    return tuple(Origin(_parse_placed(item["certification"]), _parse_placed(item["body"])) for item in origins)


def _parse_placed(value: Json) -> Placed:
    item = _mapping(value, ("record", "path"))
    return Placed(_parse_record(_mapping(item["record"])), _hashes(item["path"]))


def _parse_record(value: Mapping[str, Json]) -> Record:
    if value.keys() != {"stream", "entries", "times", "disclosures"}:
        raise FormatError("not a record: a field is missing or too many")
    return Record(
        _uuid(_text(value["stream"])),
        _ascending(_parse_entry(item) for item in _list(value["entries"])),
        _ascending(_parse_entry(item) for item in _list(value["times"])),
        tuple(_text(item) for item in _list(value["disclosures"])),
    )


def _uuid(text: str) -> UUID:
    try:
        parsed = UUID(text)
    except ValueError as error:
        raise FormatError("the record's stream is not a UUID") from error
    if str(parsed) != text:
        raise FormatError("the record's stream is a UUID in another spelling than its own")
    return parsed


def _parse_entry(value: Json) -> tuple[int, bytes]:
    match value:
        case {"index": int(index), "entry": str(entry), **rest} if not rest and entry.isascii() and is_natural(index):
            return index, entry.encode("ascii")
    raise FormatError("not a log entry with its leaf index")


def _ascending(pairs: Iterable[tuple[int, bytes]]) -> dict[int, bytes]:
    listed = list(pairs)
    indexes = [index for index, _ in listed]
    if indexes != sorted(set(indexes)):
        raise FormatError("log entries are not in ascending order")
    return dict(listed)


def _mapping(value: Json, names: Sequence[str] | None = None) -> dict[str, Json]:
    if not isinstance(value, dict) or (names is not None and value.keys() != set(names)):
        raise FormatError("not the object that this format wants")
    return value


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list) or len(value) > 10_000:
        raise FormatError("not the list that this format wants")
    return value


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise FormatError("not the text that this format wants")
    return value


def _index(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 17 and str(int(text)) == text):
        raise FormatError("not a leaf index")
    return int(text)


def _hashes(value: Json) -> tuple[bytes, ...]:
    items = _list(value)
    if len(items) > 64:
        raise FormatError("a proof of more than 64 hashes")
    hashes = tuple(parse_base64(_text(item)) for item in items)
    if any(len(item) != 32 for item in hashes):
        raise FormatError("a proof's hash is not 32 bytes long")
    return hashes
