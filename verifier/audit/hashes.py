"""The audit by hashes alone: the whole log's octets, tree and chains, in minutes where the full audit takes hours.

It believes one signature, the head's, and checks

* of every entry that it is of a known form and of this log: of an event its type, version and names, and the values of
  its place, not the others;
* that the entries make every tile and the root that the head names;
* of every event that its stream begins with it, at a status index that is free and under an edition that is published,
  or that it follows the event before it: by number, by hash, and under the same body, edition and profile;
* that the time entries are linked and never go back;
* that every snapshot names all streams as they were, and that the newest one is the published one.

Who signed an event, and whether the decision was allowed, are not checked, and the answer says so. Some 400 octets a
stream are kept, and 48 for each time that one moved since the newest snapshot, once a bundle.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from struct import Struct
from typing import Final

from verifier.audit import Audit, Progress, conclude, read_entries, read_head, silent
from verifier.audit.findings import Findings
from verifier.audit.links import (
    CHAIN_LETTERS,
    Link,
    chain_hashes,
    find_plain,
    header_typ,
    read_link,
    signing_inputs,
    split_entry,
)
from verifier.audit.places import StatusIndexes
from verifier.audit.streams import KINDS, kind_of
from verifier.audit.times import Times
from verifier.checkpoint import Checkpoint
from verifier.encoding import legal_day
from verifier.errors import AttestoError, ChainError, FormatError, NotFoundError, ProofError, UnavailableError
from verifier.event import SNAPSHOT, TIME, TYPES, Snapshot, parse_snapshot, parse_time
from verifier.fetch import Source, parse_latest
from verifier.merkle import EMPTY_ROOT, HASH_BYTES, leaf_hash
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
_MOST_EVENTS: Final = 2**32 - 1
_UUID_BYTES: Final = 16
_Names = tuple[bytes | None, bytes | None, bytes | None]
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
        self._named = array("I")
        self._events = array("I")
        self._status = array("Q")
        self._chains = bytearray()
        self._names: list[_Names] = []
        self._name_numbers: dict[_Names, int] = {}
        self._editions: set[bytes | None] = set()
        self._moved: dict[int, tuple[int, bytes]] = {}
        self._snapshots = _Snapshots(self._streams, self._status)
        self.counts: Counter[str] = Counter()

    def take(self, start: int, entries: Sequence[bytes]) -> None:
        """Take the entries of one bundle, from leaf index ``start`` on."""
        signed = signing_inputs(entries)
        index = start
        for entry, found, chain in zip(entries, find_plain(signed), chain_hashes(signed), strict=True):
            try:
                if found is None:
                    self._take(index, entry, chain)
                else:
                    self._take_event(index, entry, found.groups(), chain)
            except ChainError as error:
                self._findings.add("chain", index, Outcome.FAILED, str(error))
            except AttestoError as error:
                self._findings.add("entry", index, Outcome.FAILED, str(error))
            except OverflowError:
                self._findings.add("entry", index, Outcome.FAILED, "a day or number in it is out of any range")
            index += 1
        self._keep_moved()

    def finish(self, source: Source, size: int, now: datetime | None) -> None:
        """Check what can be checked only at the end, of a log of ``size`` entries."""
        if now is not None:
            with self._findings.check("time", "the last time entry"):
                self._times.check_past(now)
        with self._findings.check("snapshot", "snapshot"):
            self._snapshots.check_latest(source, size)

    def _take(self, index: int, entry: bytes, chain: bytes) -> None:
        header, _ = split_entry(entry)
        typ = header_typ(header)
        if typ == TIME:
            self._take_time(index, entry)
        elif typ == SNAPSHOT:
            self._take_snapshot(index, entry)
        elif typ == STATEMENT:
            self._check_log(parse_statement(entry).log)
            self.counts["statements"] += 1
        else:
            self._take_event(index, entry, read_link(typ, entry), chain)

    def _check_log(self, log: str) -> None:
        if log.encode() != self._origin:
            raise FormatError("the entry belongs to another log")

    def _take_time(self, index: int, entry: bytes) -> None:
        time = parse_time(entry)
        self._check_log(time.log)
        self.counts["times"] += 1
        self._keep_moved()
        with self._findings.check("time", index):
            self._times.take(index, time, entry)

    def _take_snapshot(self, index: int, entry: bytes) -> None:
        snapshot = parse_snapshot(entry)
        self._check_log(snapshot.log)
        self.counts["snapshots"] += 1
        with self._findings.check("snapshot", index):
            self._snapshots.take(index, snapshot, entry, self._times)

    def _take_event(self, index: int, entry: bytes, link: Link | tuple[bytes, ...], chain: bytes) -> None:
        body, edition, log, previous, profile, spelt, _, stream, name = link
        if log != self._origin:
            raise FormatError("the entry belongs to another log")
        self.counts["events"] += 1
        if not self.counts["times"]:
            with self._findings.check("time", index):
                self._times.check_begun()
        place = self._places.get(stream)
        if place is None:
            place = self._begin(Link._make(link))
        start, end = place * CHAIN_LETTERS, (place + 1) * CHAIN_LETTERS
        kind, sequence, before = self._kinds[place], int(spelt), self._events[place]
        reason = ""
        if _KIND_NUMBERS[name] != kind:
            reason = f"an event {name.decode()} does not belong in the stream of a {KINDS[kind]}"
        elif sequence != before + 1:
            reason = f"event {sequence} of stream {stream.decode()} follows event {before}"
        elif previous != (self._chains[start:end] if before else None):
            reason = f"event {sequence} of stream {stream.decode()} does not name the event before it"
        elif kind == _CERTIFICATION and self._names[self._named[place]] != (body, edition, profile):
            reason = f"event {sequence} names another body, edition or profile than the first"
        if reason:
            self._findings.add("chain", index, Outcome.FAILED, reason)
        self._chains[start:end] = chain
        self._events[place] = min(sequence, _MOST_EVENTS)
        self._moved[place] = index, entry

    def _begin(self, link: Link) -> int:
        if link.sequence != b"1" or link.status_index is None:
            sequence, stream = link.sequence.decode(), link.stream.decode()
            raise ChainError(f"event {sequence} of stream {stream} comes before the stream's first")
        status_index = int(link.status_index)
        self._indexes.take(status_index, self.counts.total())
        kind = _KIND_NUMBERS[link.type]
        self.counts[KINDS[kind]] += 1
        if kind == _CERTIFICATION and link.edition not in self._editions:
            raise ChainError(f"edition {(link.edition or b'').decode()} is not published")
        if kind == _EDITION:
            self._editions.add(link.edition)
        names = link.body, link.edition, link.profile
        number = self._name_numbers.setdefault(names, len(self._names))
        if number == len(self._names):
            self._names.append(names)
        self._streams += bytes.fromhex(link.stream.replace(b"-", b"").decode())
        self._kinds.append(kind)
        self._named.append(number)
        self._events.append(0)
        self._status.append(status_index)
        self._chains += bytes(CHAIN_LETTERS)
        return self._places.setdefault(link.stream, len(self._places))

    def _keep_moved(self) -> None:
        """Note where the entries since the last time entry or bundle leave their streams.

        A snapshot covers all before a time entry, so that of a stream only its last event between two counts.
        """
        events = [self._events[place] for place in self._moved]
        self._snapshots.move(self._moved, events, self._moved.values())
        self._moved.clear()


class _Snapshots:
    """Every stream's status leaf as of the newest snapshot, and what moved since."""

    def __init__(self, streams: bytearray, status: Sequence[int]) -> None:
        """Know every stream's id and status index by its place; they grow with the walk."""
        self._tree = StatusTree()
        self._streams = streams
        self._status = status
        # A line for each event since then, in columns.
        self._moved = array("I")
        self._events = array("I")
        self._indexes = array("Q")
        self._digests = bytearray()
        self._size = 0
        self._latest: tuple[int, bytes] | None = None
        self._before: tuple[int, bytes] | None = None

    def move(self, places: Iterable[int], events: Iterable[int], newest: Collection[tuple[int, bytes]]) -> None:
        """Note streams' newest events: how many each has, and the newest one's leaf index and entry."""
        self._moved.extend(places)
        self._events.extend(events)
        self._indexes.extend([index for index, _ in newest])
        self._digests += b"".join([sha256(entry).digest() for _, entry in newest])

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
        for place, line in dict(zip(self._moved[:done], range(done), strict=True)).items():
            stream = self._streams[place * _UUID_BYTES : (place + 1) * _UUID_BYTES]
            digest = self._digests[line * HASH_BYTES : (line + 1) * HASH_BYTES]
            leaf = _LEAF.pack(stream, self._events[line], self._indexes[line], digest)
            self._tree.update(self._status[place], leaf_hash(leaf))
        del self._moved[:done], self._events[:done], self._indexes[:done], self._digests[: done * HASH_BYTES]


def _nowhere(path: str, content: bytes) -> None:
    """Write nothing: only the root is wanted."""
