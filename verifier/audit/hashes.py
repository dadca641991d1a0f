"""The audit by hashes alone: the whole log's octets, tree and chains, in minutes where the full audit takes hours.

It believes one signature, the head's, and checks

* of every entry that it is of a known form and of this log: of an event its type, version and names, and the values of
  its place (body, edition, profile, stream, number, status index and the hash of the one before), not the others;
* that the entries make every tile and the root that the head names;
* of every event that its stream begins with it, at a status index that is free and under an edition that is published,
  or that it follows the event before it: by number, by hash, and under the same body, edition and profile;
* that the time entries are linked and never go back;
* that every snapshot names all streams as they were, and that the newest one is the published one.

Who signed an event, and whether the decision was allowed, are not checked, and the answer says so. Some 400 octets a
stream are kept, and 48 for each time that one moved since the newest snapshot, once a bundle.
"""

from array import array
from binascii import unhexlify
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from struct import Struct
from typing import Final

from verifier.audit import Audit, Progress, conclude, read_entries, read_head, silent
from verifier.audit.findings import Findings
from verifier.audit.links import (
    Link,
    Plain,
    chain_hashes,
    check_form,
    find_plain,
    read_link,
    signing_inputs,
)
from verifier.audit.places import StatusIndexes
from verifier.audit.streams import KINDS, kind_of
from verifier.audit.times import Times
from verifier.checkpoint import Checkpoint
from verifier.encoding import legal_day
from verifier.errors import AttestoError, ChainError, FormatError, NotFoundError, ProofError, UnavailableError
from verifier.event import SNAPSHOT, TIME, TYPES, Snapshot, parse_snapshot, parse_time
from verifier.fetch import Source, parse_latest
from verifier.jws import parse_jws
from verifier.merkle import EMPTY_ROOT, HASH_BYTES, leaf_hashes
from verifier.report import Outcome
from verifier.statement import STATEMENT, parse_statement
from verifier.status_tree import StatusTree
from verifier.trust import TrustRoot

# What hashes say nothing of, each with the reason that the answer gives.
UNCHECKED: Final[Mapping[str, str]] = {
    "entry": "of the events only type, names and place were read, not every value",
    "signature": "no signature was checked but the head's",
    "body": "no body's keys were followed",
    "rules": "no decision was held against the rules",
    "statement": "no statement's count was made",
    "status": "the published status tree was not read",
    "list": "no status list was read",
    "record": "no record was read",
    "scheme": "no scheme file was read",
}
_LEAF: Final = Struct(">16sIQ32s")
_HASH: Final = Struct(f"{HASH_BYTES}s")
_MOST_EVENTS: Final = 2**32 - 1
_UUID_BYTES: Final = 16
# What the next event of a stream must name: the first values of a Link, up to the sequence.
_Head = tuple[bytes | None, bytes | None, bytes, bytes | None, bytes | None, bytes]
_KIND_NUMBERS: Final = {name.encode(): KINDS.index(kind_of(name)) for name in TYPES}
_CERTIFICATION: Final = KINDS.index("certification")
_EDITION: Final = KINDS.index("edition")


def audit_hashes(source: Source, trust: TrustRoot, progress: Progress = silent, now: datetime | None = None) -> Audit:
    """Check a registry's public log by hashes: entries, tiles, root, chains, times and snapshots.

    What is not checked is *not checked* in the answer, whose exit code is never 0.

    Args:
        source: the public files.
        trust: whom to believe; of its keys only the log's counts.
        progress: hears the step, how much is done and of how much.
        now: the present instant (UTC), which the log must not be ahead of; None where there is no clock to hold it to.

    Returns:
        All that was found; nothing that the registry publishes raises.
    """
    findings = Findings()
    walk = _Walk(trust.origin, findings)
    checkpoint = Checkpoint(trust.origin, 0, EMPTY_ROOT)
    whole = False
    with findings.check("checkpoint", "checkpoint"):
        checkpoint = read_head(source, trust)
        whole = read_entries(source, checkpoint, walk.take, findings, progress)
    if whole:
        walk.finish(source, checkpoint.size, now)
    else:
        findings.stop()
    for check, reason in UNCHECKED.items():
        findings.add(check, "the log", Outcome.NOT_CHECKED, f"by hashes alone: {reason}")
    return conclude(checkpoint, walk.counts, findings)


@lru_cache(maxsize=4096)
def _after(number: bytes) -> bytes:
    return b"%d" % (min(int(number), _MOST_EVENTS) + 1)


@lru_cache(maxsize=4096)
def _events_before(number: bytes) -> int:
    return int(number) - 1


class _Walk:
    """Takes the log's entries in order; what does not hold becomes a finding, and the walk goes on."""

    def __init__(self, origin: str, findings: Findings) -> None:
        self._origin = origin.encode()
        self._findings = findings
        self._times = Times()
        self._indexes = StatusIndexes()
        self._places: dict[bytes, int] = {}
        # By the stream's place, in columns: an object for each stream would take three times as much.
        self._streams = bytearray()
        self._kinds = bytearray()
        self._status = array("Q")
        self._heads: list[_Head] = []
        self._beginnings: dict[_Head, _Head] = {}
        self._editions: set[bytes | None] = set()
        self._moved: dict[int, int] = {}
        self._snapshots = _Snapshots()
        # The bundle that is being taken.
        self._start = 0
        self._entries: Sequence[bytes] = ()
        self._events = 0
        self._others: Counter[str] = Counter()

    @property
    def counts(self) -> Mapping[str, int]:
        """How much of what was taken so far."""
        kinds = {name: self._kinds.count(kind) for kind, name in enumerate(KINDS)}
        return self._others | kinds | {"events": self._events}

    def take(self, start: int, entries: Sequence[bytes]) -> None:
        """Take the entries of one bundle, from leaf index ``start`` on."""
        self._start, self._entries = start, entries
        places, heads, moved = self._places, self._heads, self._moved
        signed = signing_inputs(entries)
        links = find_plain(signed)
        for index, (link, chain) in enumerate(zip(links, chain_hashes(signed), strict=True), start):
            try:
                plain = link is not None
                if link is None and (link := self._take_other(index, entries[index - start])) is None:
                    continue
                body, edition, log, previous, profile, sequence, _, stream, _ = link
                place = places.get(stream)
                if place is None:
                    place = self._begin(index, link)
                head = heads[place]
                # What is plain names a profile, and so it never follows by mistake in a stream of another kind.
                if head != (body, edition, log, previous, profile, sequence) or not plain:
                    self._check_follows(index, Link._make(link), place)
                body, edition, log, _, profile, _ = head
                heads[place] = body, edition, log, chain, profile, _after(sequence)
                moved[place] = index
            except ChainError as error:
                self._findings.add("chain", index, Outcome.FAILED, str(error))
            except AttestoError as error:
                # An event that was read, and is of another log or not of its form, does not count.
                self._events -= link is not None
                self._findings.add("entry", index, Outcome.FAILED, str(error))
            except OverflowError:
                self._findings.add("entry", index, Outcome.FAILED, "a day or number in it is out of any range")
        self._events += len(links) - links.count(None)
        self._keep_moved()

    def finish(self, source: Source, size: int, now: datetime | None) -> None:
        """Check what can be checked only at the end, of a log of ``size`` entries."""
        if now is not None:
            with self._findings.check("time", "the last time entry"):
                self._times.check_past(now)
        with self._findings.check("snapshot", "snapshot"):
            self._snapshots.check_latest(source, size)

    def _take_other(self, index: int, entry: bytes) -> Plain | None:
        """Take what is no event; of an event that is not spelt plainly, return the values of its Link."""
        typ = parse_jws(entry).typ
        if typ == TIME:
            self._take_time(index, entry)
        elif typ == SNAPSHOT:
            self._take_snapshot(index, entry)
        elif typ == STATEMENT:
            self._check_log(parse_statement(entry).log.encode())
            self._others["statements"] += 1
        else:
            link = read_link(typ, entry)
            self._events += 1
            return link
        return None

    def _check_log(self, log: bytes) -> None:
        if log != self._origin:
            raise FormatError("the entry belongs to another log")

    def _take_time(self, index: int, entry: bytes) -> None:
        time = parse_time(entry)
        self._check_log(time.log.encode())
        self._others["times"] += 1
        self._keep_moved()
        with self._findings.check("time", index):
            self._times.take(index, time, entry)

    def _take_snapshot(self, index: int, entry: bytes) -> None:
        snapshot = parse_snapshot(entry)
        self._check_log(snapshot.log.encode())
        self._others["snapshots"] += 1
        with self._findings.check("snapshot", index):
            self._snapshots.take(index, snapshot, entry, self._times)

    def _begin(self, index: int, link: Plain) -> int:
        body, edition, log, _, profile, sequence, status_index, stream, name = link
        self._check_log(log)
        check_form(link)
        if not self._others["times"]:
            with self._findings.check("time", index):
                self._times.check_begun()
        if sequence != b"1" or status_index is None:
            raise ChainError(f"event {sequence.decode()} of stream {stream.decode()} comes before the stream's first")
        kind, place, number = _KIND_NUMBERS[name], len(self._heads), int(status_index)
        self._indexes.take(number, index + 1 + place)
        if kind == _EDITION:
            self._editions.add(edition)
        elif kind == _CERTIFICATION and edition not in self._editions:
            raise ChainError(f"edition {(edition or b'').decode()} is not published")
        head = body, edition, log, None, profile, sequence
        self._heads.append(self._beginnings.setdefault(head, head))
        self._streams += unhexlify(stream.replace(b"-", b""))
        self._kinds.append(kind)
        self._status.append(number)
        self._places[stream] = place
        return place

    def _check_follows(self, index: int, link: Link, place: int) -> None:
        self._check_log(link.log)
        check_form(link)
        body, edition, _, previous, profile, following = self._heads[place]
        kind, sequence, stream, reason = self._kinds[place], link.sequence.decode(), link.stream.decode(), ""
        if _KIND_NUMBERS[link.type] != kind:
            reason = f"an event {link.type.decode()} does not belong in the stream of a {KINDS[kind]}"
        elif link.sequence != following:
            reason = f"event {sequence} of stream {stream} follows event {int(following) - 1}"
        elif link.previous != previous:
            reason = f"event {sequence} of stream {stream} does not name the event before it"
        elif kind == _CERTIFICATION and (link.body, link.edition, link.profile) != (body, edition, profile):
            reason = f"event {sequence} names another body, edition or profile than the first"
        if reason:
            self._findings.add("chain", index, Outcome.FAILED, reason)

    def _keep_moved(self) -> None:
        """Note where the entries since the last time entry or bundle leave their streams.

        A snapshot covers all before a time entry, so that of a stream only its last event between two counts.
        """
        streams, heads, start, entries = self._streams, self._heads, self._start, self._entries
        leaves = [
            _LEAF.pack(
                streams[place * _UUID_BYTES : (place + 1) * _UUID_BYTES],
                _events_before(heads[place][-1]),
                index,
                sha256(entries[index - start]).digest(),
            )
            for place, index in self._moved.items()
        ]
        self._snapshots.move(self._moved.values(), map(self._status.__getitem__, self._moved), leaf_hashes(leaves))
        self._moved.clear()


class _Snapshots:
    """Every stream's status leaf as of the newest snapshot, and what moved since."""

    def __init__(self) -> None:
        self._tree = StatusTree()
        # What moved since then, in columns: its leaf index, its status index, and the hash of its status leaf.
        self._indexes = array("Q")
        self._status = array("Q")
        self._leaves = bytearray()
        self._size = 0
        self._latest: tuple[int, bytes] | None = None
        self._before: tuple[int, bytes] | None = None

    def move(self, indexes: Iterable[int], status_indexes: Iterable[int], leaves: Iterable[bytes]) -> None:
        """Note streams' newest events: their leaf indexes, and the streams' status indexes and new leaf hashes."""
        self._indexes.extend(indexes)
        self._status.extend(status_indexes)
        self._leaves += b"".join(leaves)

    def take(self, index: int, snapshot: Snapshot, entry: bytes, times: Times) -> None:
        """Check a snapshot entry against all that was read before it.

        Raises:
            ChainError: it covers less than the one before, or no time entry closes it.
            ProofError: it names other streams, or a list of another day.
        """
        closed_on = legal_day(times.instant(snapshot.size - 1))
        if snapshot.size < self._size:
            raise ChainError(f"the snapshot covers {snapshot.size} entries, less than the one before")
        self._size = snapshot.size
        self._cover(snapshot.size)
        self._latest, self._before = (index, entry), self._latest
        if (snapshot.streams, snapshot.root) != (self._tree.size, self._tree.write_changes(_nowhere)):
            raise ProofError(f"it does not name the streams as the log's first {snapshot.size} entries leave them")
        if not 0 <= (snapshot.list_day - closed_on).days <= 1:
            raise ProofError(f"the snapshot of {closed_on} names a list of {snapshot.list_day}")

    def check_latest(self, source: Source, size: int) -> None:
        """Check that the file ``snapshot`` names the newest one of a log of ``size`` entries.

        Raises:
            UnavailableError: there is none, or it is another moment's.
            FormatError, ProofError: it names another.
        """
        if self._latest is None:
            raise UnavailableError("the log holds no snapshot yet")
        try:
            named, entry = parse_latest(source.read("snapshot"))
        except NotFoundError as error:
            raise UnavailableError("the registry withholds snapshot") from error
        if named >= size:
            raise UnavailableError("the registry published anew meanwhile")
        if (named, entry) == self._before:
            raise UnavailableError(
                f"it names the snapshot before entry {self._latest[0]}: half published, or held back"
            )
        if (named, entry) != self._latest:
            raise ProofError(f"the file does not name the newest snapshot, entry {self._latest[0]}")

    def _cover(self, size: int) -> None:
        """Move every leaf to where the log's first ``size`` entries leave it."""
        done = bisect_left(self._indexes, size)
        for status_index, (leaf,) in zip(
            self._status[:done], _HASH.iter_unpack(self._leaves[: done * HASH_BYTES]), strict=True
        ):
            self._tree.update(status_index, leaf)
        del self._indexes[:done], self._status[:done], self._leaves[: done * HASH_BYTES]


def _nowhere(path: str, content: bytes) -> None:
    """Write nothing: only the root is wanted."""
