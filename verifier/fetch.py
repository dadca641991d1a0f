"""Public files, from a web server or a folder, assembled into a bundle.

The order of reading matters: snapshot, then records, then the checkpoint, so that what was read is covered by the head
that was read.
"""

import functools
import os
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final, Protocol, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from verifier.bundle import (
    MAX_BUNDLE_BYTES,
    MAX_ORIGINS,
    MAX_RECORD_BYTES,
    BodyBundle,
    Bundle,
    Origin,
    Placed,
    Record,
    parse_record,
)
from verifier.checkpoint import claimed_checkpoint
from verifier.download import download
from verifier.encoding import format_json, is_natural, parse_json
from verifier.errors import FormatError, NotFoundError, ProofError, UnavailableError
from verifier.event import Event, Snapshot, parse_event, parse_snapshot
from verifier.link import TRANSFERRED_OUT
from verifier.merkle import Subtree, prove_inclusion
from verifier.number import parse_number
from verifier.status_tree import prove_status
from verifier.tiles import read_entry, subtree_reader

TIMEOUT_SECONDS: Final = 10
MAX_FILE_BYTES: Final = 16 * 1024 * 1024
_TRIES: Final = 3
EDITIONS_PATH: Final = "editions"
# Of these a sitting keeps what it read last.
_SHARED: Final = ("snapshot", "checkpoint", "tile/", "status/", "body/", "edition/", "scheme/")
_SHARED_FILES: Final = 1024


class Source(Protocol):
    """Where the public files are."""

    def read(self, path: str) -> bytes:
        """The file at ``path``, relative and with forward slashes.

        Raises:
            NotFoundError: the place answers, and has no such file.
            UnavailableError: it does not answer, or the file is too large.
        """


class FolderSource:
    """Public files in a folder."""

    def __init__(self, folder: Path) -> None:
        """Read below ``folder``."""
        self._folder = folder

    def read(self, path: str) -> bytes:
        """The file at ``path``; raises as Source says."""
        place = self._folder.joinpath(*_parts(path))
        try:
            with place.open("rb") as file:
                # Not the limit is asked for at once: a buffer of that size costs more than reading most files.
                size = os.fstat(file.fileno()).st_size
                data = file.read(min(size, MAX_FILE_BYTES) + 1)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise NotFoundError(f"there is no file {path} in the folder") from error
        except OSError as error:
            raise UnavailableError(f"file {path} cannot be read") from error
        if len(data) > size:
            raise UnavailableError(f"file {path} grew while it was read")
        return _bounded(data, path)


class HttpSource:
    """Public files on a web server."""

    def __init__(self, address: str) -> None:
        """Read below ``address``, an http or https URL.

        Raises:
            FormatError: not such a URL.
        """
        try:
            parts = urlsplit(address)
        except ValueError as error:
            raise FormatError("the registry's address is not a URL") from error
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise FormatError("a registry's address begins with https:// or http://")
        self._address = address.rstrip("/")

    def read(self, path: str) -> bytes:
        """The file at ``path``; raises as Source says."""
        url = "/".join((self._address, *_parts(path)))
        return download(url, path, TIMEOUT_SECONDS, MAX_FILE_BYTES)


class Sitting:
    """A source that many questions are asked of at one sitting: what certifications share is read once.

    So all of them are answered by one head of the log. A record is read anew each time; where one is younger than the
    head, the sitting begins anew.
    """

    def __init__(self, source: Source) -> None:
        """Read from ``source``."""
        self._source = source
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget what was read."""
        self._shared = functools.lru_cache(maxsize=_SHARED_FILES)(self._source.read)
        self._subtrees: dict[int, Subtree] = {}
        # The time entry that closes a snapshot, for all who rest on it.
        self.entry = functools.lru_cache(maxsize=2)(self._read_entry)

    def read(self, path: str) -> bytes:
        """The file at ``path``; raises as Source says."""
        return self._shared(path) if path.startswith(_SHARED) else self._source.read(path)

    def subtree(self, size: int) -> Subtree:
        """The function that proofs in the tree of ``size`` are made with."""
        if size not in self._subtrees:
            self._subtrees[size] = subtree_reader(size, lambda path: _inner(self, path))
        return self._subtrees[size]

    def _read_entry(self, index: int, size: int) -> bytes:
        return read_entry(index, size, lambda path: _inner(self, path))


def open_source(address: str) -> Source:
    """A folder's path, or the URL of a registry's public files.

    Raises:
        FormatError: neither.
    """
    if "://" in address:
        return HttpSource(address)
    folder = Path(address)
    if not folder.is_dir():
        raise FormatError(f"there is no folder {address}")
    return FolderSource(folder)


def record_path(number: str) -> str:
    """Where the record of a certification lies, by its normalised number.

    By hash, so that a list of the files names no certificate.
    """
    name = sha256(number.encode("ascii")).hexdigest()
    return f"record/{name[:2]}/{name}"


def transferred_path(stream: UUID) -> str:
    """Where the record of a certification that was handed over lies for its receiver, who knows no number of it."""
    return f"transferred/{stream}"


def body_path(slug: str) -> str:
    """Where the record of a body lies."""
    return f"body/{slug}"


def edition_path(slug: str) -> str:
    """Where the record of a scheme edition lies."""
    return f"edition/{slug}"


def scheme_path(scheme_sha256: bytes) -> str:
    """Where the scheme file of that hash lies."""
    return f"scheme/{scheme_sha256.hex()}"


def fetch_scheme(source: Source, scheme_sha256: bytes) -> bytes:
    """The scheme file of that hash.

    Raises:
        NotFoundError, UnavailableError: it cannot be had.
        FormatError: what is there is another file.
    """
    content = source.read(scheme_path(scheme_sha256))
    if sha256(content).digest() != scheme_sha256:
        raise FormatError("the scheme file is not the one that the edition names")
    return content


def format_editions(slugs: Iterable[str]) -> bytes:
    """Write the file that lists the scheme editions, by slug, in the order in which they were published."""
    return format_json({"editions": list(slugs)})


def parse_editions(data: bytes) -> tuple[str, ...]:
    """Read the file that lists the scheme editions.

    Raises:
        FormatError: not that file.
    """
    match parse_json(data, MAX_RECORD_BYTES):
        case {"editions": list(editions), **rest} if not rest:
            slugs = tuple(slug for slug in editions if isinstance(slug, str))
            if len(slugs) == len(editions) == len(set(slugs)):
                return slugs
    raise FormatError("not a file that lists the scheme editions")


def status_list_path(list_sha256: bytes) -> str:
    """Where the status list of that hash lies."""
    return f"status/list/{list_sha256.hex()}"


def format_latest(index: int, entry: bytes) -> bytes:
    """Write the file that names the newest snapshot."""
    return format_json({"index": index, "entry": entry.decode("ascii")})


def parse_latest(data: bytes) -> tuple[int, bytes]:
    """Read the file that names the newest snapshot: its leaf index and its entry.

    Raises:
        FormatError: not that file.
    """
    match parse_json(data, MAX_RECORD_BYTES):
        case {"index": int(index), "entry": str(entry), **rest} if not rest and entry.isascii() and is_natural(index):
            return index, entry.encode("ascii")
    raise FormatError("not a file that names the newest snapshot")


def fetch_bundle(source: Source, number: str) -> Bundle:
    """Everything to check the certification of a number.

    Raises:
        NotFoundError: no record under this number.
        UnavailableError: something cannot be had, or does not fit together while the registry is publishing.
        FormatError: what is served is not what it should be.
    """
    sitting = source if isinstance(source, Sitting) else Sitting(source)
    return _again(sitting, lambda: _fetch(sitting, parse_number(number)))


def fetch_body(source: Source, slug: str) -> BodyBundle:
    """Everything to check the body of a slug, which is on a list that promises its record.

    Raises:
        UnavailableError: something cannot be had, or does not fit together while the registry is publishing.
        FormatError: what is served is not what it should be.
    """
    sitting = Sitting(source)
    return _again(sitting, lambda: _fetch_body(sitting, slug))


T = TypeVar("T")


def _again(sitting: Sitting, fetch: Callable[[], T]) -> T:
    for attempt in range(_TRIES):
        try:
            return fetch()
        except (ProofError, _BehindError) as error:
            # Between two reads the registry published anew; what is read next fits together again.
            if attempt == _TRIES - 1:
                raise UnavailableError(f"the registry's files do not fit together: {error}") from error
            sitting.begin_anew()
    raise AssertionError


class _BehindError(UnavailableError):
    """The checkpoint read does not cover what was read before it."""


def _fetch(source: Sitting, number: str) -> Bundle:
    index, entry = parse_latest(_inner(source, "snapshot"))
    snapshot = parse_snapshot(entry)
    certification = parse_record(source.read(record_path(number)))
    granted = _first(certification)
    body = parse_record(_inner(source, body_path(granted.text("body"))))
    edition = parse_record(_inner(source, edition_path(granted.text("edition"))))
    records = {"certification": certification, "body": body, "edition": edition}
    origins, receiver = _fetch_origins(source, certification), _fetch_receiver(source, certification)
    linked = [record for origin in origins for record in origin]
    linked += [] if receiver is None else [receiver]
    checkpoint, time_entry, proofs = _prove(source, index, snapshot, [*records.values(), *linked])

    def placed(record: Record) -> Placed:
        return Placed(record, _path(source, snapshot, record))

    return Bundle(
        checkpoint,
        (index, entry),
        (snapshot.size - 1, time_entry),
        certification,
        body,
        edition,
        proofs,
        {name: _path(source, snapshot, record) for name, record in records.items()},
        origins=tuple(Origin(placed(left), placed(its_body)) for left, its_body in origins),
        receiver=None if receiver is None else placed(receiver),
    )


def _fetch_origins(source: Source, certification: Record) -> list[tuple[Record, Record]]:
    """The records that a transferred certification goes on from, each with its body's, the newest first."""
    found: list[tuple[Record, Record]] = []
    octets = 0
    while isinstance(stream := _first(found[-1][0] if found else certification).content.get("origin"), UUID):
        if len(found) == MAX_ORIGINS:
            raise UnavailableError(
                f"the certification was transferred more than {MAX_ORIGINS} times: too far to follow"
            )
        content = _inner(source, transferred_path(stream))
        record = parse_record(content)
        if record.stream != stream or stream in {certification.stream, *(left.stream for left, _ in found)}:
            raise FormatError("a transfer does not lead back to another certification")
        of_body = _inner(source, body_path(_first(record).text("body")))
        octets += len(content) + len(of_body)
        if octets > MAX_BUNDLE_BYTES:
            raise UnavailableError(f"the records of its transfers are over the limit of {MAX_BUNDLE_BYTES} bytes")
        found.append((record, parse_record(of_body)))
    return found


def _fetch_receiver(source: Source, certification: Record) -> Record | None:
    """The record of the body that a certification was handed over to, if it was."""
    events = [parse_event(entry) for entry in certification.entries.values()]
    receiver = next((event.text("receiver") for event in events if event.type == TRANSFERRED_OUT), None)
    return None if receiver is None else parse_record(_inner(source, body_path(receiver)))


def _fetch_body(source: Sitting, slug: str) -> BodyBundle:
    index, entry = parse_latest(_inner(source, "snapshot"))
    snapshot = parse_snapshot(entry)
    body = parse_record(_inner(source, body_path(slug)))
    checkpoint, time_entry, proofs = _prove(source, index, snapshot, [body])
    path = _path(source, snapshot, body)
    return BodyBundle(checkpoint, (index, entry), (snapshot.size - 1, time_entry), body, proofs, path)


def _prove(
    source: Sitting, index: int, snapshot: Snapshot, records: Iterable[Record]
) -> tuple[bytes, bytes, dict[int, tuple[bytes, ...]]]:
    """The checkpoint, the time entry that closes the snapshot's prefix, and a proof for every entry named."""
    checkpoint = _inner(source, "checkpoint")
    size = claimed_checkpoint(checkpoint).size
    indexes = {i for record in records for i in (*record.entries, *record.times)} | {index, snapshot.size - 1}
    if max(indexes) >= size:
        raise _BehindError("the checkpoint is older than the records")
    subtree = source.subtree(size)
    proofs = {i: prove_inclusion(i, size, subtree) for i in sorted(indexes)}
    return checkpoint, source.entry(snapshot.size - 1, size), proofs


def _first(record: Record) -> Event:
    return parse_event(next(iter(record.entries.values()), b""))


def _path(source: Source, snapshot: Snapshot, record: Record) -> tuple[bytes, ...]:
    status_index = _first(record).integer("status_index")
    if status_index >= snapshot.streams:
        raise _BehindError("the newest snapshot is older than the record")
    _, proof = prove_status(snapshot.root, snapshot.streams, status_index, lambda path: _inner(source, path))
    return proof


def _inner(source: Source, path: str) -> bytes:
    """A file that every registry has, or must have once the record is there: its absence is not "no such number"."""
    try:
        return source.read(path)
    except NotFoundError as error:
        raise UnavailableError(f"the registry withholds {path}") from error


def _parts(path: str) -> tuple[str, ...]:
    parts = PurePosixPath(path).parts
    if not parts or any(part in {"/", "..", "."} or "\\" in part or "\0" in part for part in parts):
        raise NotFoundError("there is no such file")
    return parts


def _bounded(data: bytes, path: str) -> bytes:
    if len(data) > MAX_FILE_BYTES:
        raise UnavailableError(f"file {path} is over the limit of {MAX_FILE_BYTES} bytes")
    return data
