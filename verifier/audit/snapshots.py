"""The snapshots while the log is replayed: each must name every stream as it was, and nothing else."""

from collections import deque
from collections.abc import Callable, Mapping
from uuid import UUID

from verifier.audit.findings import Findings
from verifier.audit.status_lists import StatusList
from verifier.audit.streams import Replayed, pack, unpack
from verifier.audit.times import Times
from verifier.encoding import legal_day
from verifier.errors import ChainError, NotFoundError, ProofError
from verifier.event import Snapshot, status_leaf
from verifier.fetch import status_list_path
from verifier.merkle import leaf_hash
from verifier.report import Outcome
from verifier.status_tree import StatusTree

Read = Callable[[str], bytes]


class Snapshots:
    """Holds every stream, packed, as of the newest snapshot and as of now."""

    def __init__(self, read: Read, findings: Findings) -> None:
        """Read the status lists with ``read``, by path."""
        self._read = read
        self._findings = findings
        # Packed, by the octets of the stream's id. A snapshot covers all before a time entry, so that between two time
        # entries only a stream's last state counts: as many are kept as streams moved, not as there were events.
        self._closed: deque[tuple[int, dict[bytes, bytes]]] = deque()
        self._open: dict[bytes, bytes] = {}
        self._moved: dict[bytes, bytes] = {}
        self._covered: dict[bytes, bytes] = {}
        self._tree = StatusTree()
        self._list = StatusList()
        self._unlisted: set[bytes] = set()
        self._missing_list = ""
        self._size = 0
        self.latest: tuple[int, Snapshot, bytes] | None = None
        self.before_latest: tuple[int, bytes] | None = None

    @property
    def covered(self) -> Mapping[bytes, bytes]:
        """The packed states as of the newest snapshot, by the octets of the stream's id."""
        return self._covered

    def find(self, stream: UUID) -> Replayed | None:
        """A stream as of now, None before its first event."""
        packed = self._moved.get(stream.bytes) or self._covered.get(stream.bytes)
        return None if packed is None else unpack(packed)

    def find_covered(self, stream: UUID) -> Replayed | None:
        """A stream as of the newest snapshot, None where it is younger."""
        packed = self._covered.get(stream.bytes)
        return None if packed is None else unpack(packed)

    def keep(self, stream: UUID, replayed: Replayed) -> None:
        """Keep a stream's state after its newest event."""
        self._moved[stream.bytes] = self._open[stream.bytes] = pack(replayed)

    def close(self, size: int) -> None:
        """Note that the log's first ``size`` entries end with a time entry, so that a snapshot may cover them."""
        if self._open:
            self._closed.append((size, self._open))
            self._open = {}

    def take(self, index: int, snapshot: Snapshot, entry: bytes, times: Times) -> None:
        """Check a snapshot entry against all that was read before it."""
        with self._findings.check("snapshot", index):
            closed_on = legal_day(times.instant(snapshot.size - 1))
            if snapshot.size < self._size:
                raise ChainError(f"the snapshot covers {snapshot.size} entries, less than the one before")
            self._size = snapshot.size
            self._unlisted |= self._cover(snapshot.size)
            self._check_tree(snapshot)
            if self.latest is not None:
                self.before_latest = self.latest[0], self.latest[2]
            self.latest = index, snapshot, entry
            if not 0 <= (snapshot.list_day - closed_on).days <= 1:
                raise ProofError(f"the snapshot of {closed_on} names a list of {snapshot.list_day}")
            self._check_list(snapshot)

    def finish(self) -> None:
        """Note a newest list that could not be had; older ones need not be kept."""
        if self._missing_list:
            reason = f"the registry withholds {self._missing_list}"
            self._findings.add("list", self._missing_list, Outcome.NOT_CHECKED, reason)

    def _cover(self, size: int) -> set[bytes]:
        """Move every stream to where the log's first ``size`` entries leave it; return those that moved."""
        changed: dict[bytes, bytes] = {}
        while self._closed and self._closed[0][0] <= size:
            changed |= self._closed.popleft()[1]
        for stream, packed in changed.items():
            replayed = unpack(packed)
            self._tree.update(replayed.status_index, _leaf_hash(UUID(bytes=stream), replayed))
        self._covered |= changed
        self._moved = {}
        for _, moved in (*self._closed, (size, self._open)):
            self._moved |= moved
        return set(changed)

    def _check_tree(self, snapshot: Snapshot) -> None:
        root = self._tree.write_changes(_nowhere)
        if (snapshot.streams, snapshot.root) != (self._tree.size, root):
            raise ProofError(f"it does not name the streams as the log's first {snapshot.size} entries leave them")

    def _check_list(self, snapshot: Snapshot) -> None:
        path = status_list_path(snapshot.list_sha256)
        self._missing_list = ""
        with self._findings.check("list", path):
            unlisted, self._unlisted = self._unlisted, set()
            self._list.move_to(snapshot.list_day, snapshot.streams, unlisted, lambda key: unpack(self._covered[key]))
            try:
                self._list.check(snapshot, self._read(path))
            except NotFoundError:
                self._missing_list = path


def _leaf_hash(stream: UUID, replayed: Replayed) -> bytes:
    return leaf_hash(status_leaf(stream, replayed.events, replayed.last_index, replayed.last_sha256))


def _nowhere(path: str, content: bytes) -> None:
    """Write nothing: only the root is wanted."""
