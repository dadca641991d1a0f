"""What the log holds, read: entries, streams, the tree's nodes and proofs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from registry.database import PAGE, Database, Transaction, pages
from registry.database.migration import Row
from registry.errors import TamperedError
from registry.log.guard import Head
from verifier.encoding import parse_instant
from verifier.merkle import HASH_BYTES, Frontier, prove_consistency, prove_inclusion, subtree_root


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One row of the log; ``stream`` and ``sequence`` are None for a time or snapshot entry."""

    index: int
    stream: UUID | None
    sequence: int | None
    topic: str
    body: bytes


@dataclass(frozen=True, slots=True)
class State:
    """The log's state row: the frontier, and the last time entry with its instant (UTC)."""

    frontier: Frontier
    time_index: int | None
    time_at: datetime | None


class LogReader:
    """Reads the log of one database."""

    def __init__(self, database: Database) -> None:
        """Read from ``database``."""
        self._database = database

    def head(self) -> Head:
        """The database's head, signed or not.

        Raises:
            TamperedError: the log's state row is missing or not one.
        """
        with self._database.snapshot() as reading:
            frontier = read_state(reading).frontier
        return Head(frontier.size, frontier.root)

    def entries(self, start: int, end: int) -> Iterator[LogEntry]:
        """The entries [start, end), read in pages.

        Raises:
            TamperedError: a row is missing.
        """
        for first in range(start, end, PAGE):
            last = min(first + PAGE, end)
            with self._database.snapshot() as reading:
                rows = reading.rows(
                    "SELECT leaf_index, stream, sequence, topic, body FROM entry "
                    "WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index",
                    (first, last),
                )
            for index, row in zip(range(first, last), rows, strict=False):
                if row[0] != index:
                    break
                yield _entry(row)
            if len(rows) != last - first:
                raise TamperedError(f"an entry between {first} and {last} is missing")

    def nodes(self, start: int, end: int) -> Iterator[bytes]:
        """The hashes stored with the entries [start, end), read in pages."""
        for first in range(start, end, PAGE):
            with self._database.snapshot() as reading:
                rows = reading.rows(
                    "SELECT nodes FROM entry WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index",
                    (first, min(first + PAGE, end)),
                )
            yield from (bytes(row[0]) for row in rows)  # type: ignore[arg-type]

    def stream(self, stream: UUID) -> list[LogEntry]:
        """The entries of a stream, in order.

        Raises:
            TamperedError: a row is not one.
        """
        rows = self._database.rows(
            "SELECT leaf_index, stream, sequence, topic, body FROM entry WHERE stream = ? ORDER BY sequence",
            (stream.bytes,),
        )
        return [_entry(row) for row in rows]

    def streams(self, streams: Sequence[UUID], size: int) -> dict[UUID, dict[int, bytes]]:
        """The entries of many streams by leaf index, as of the log's first ``size`` entries."""
        found: dict[UUID, dict[int, bytes]] = {stream: {} for stream in streams}
        with self._database.snapshot() as reading:
            for page in pages([stream.bytes for stream in streams]):
                places = ", ".join("?" * len(page))
                rows = reading.rows(
                    "SELECT leaf_index, stream, sequence, topic, body FROM entry "
                    f"WHERE stream IN ({places}) AND leaf_index < ? ORDER BY leaf_index",
                    (*page, size),
                )
                for entry in map(_entry, rows):
                    if entry.stream is not None:
                        found[entry.stream][entry.index] = entry.body
        return found

    def times(self, after: int, size: int) -> list[tuple[int, bytes]]:
        """The time entries with leaf indexes above ``after`` and below ``size``, in order."""
        with self._database.snapshot() as reading:
            rows = reading.rows(
                "SELECT leaf_index, body FROM entry WHERE stream IS NULL AND topic = 'time' "
                "AND leaf_index > ? AND leaf_index < ? ORDER BY leaf_index",
                (after, size),
            )
        return [(int(index), bytes(body)) for index, body in rows]  # type: ignore[arg-type]

    def times_around(self, indexes: Sequence[int]) -> dict[int, bytes]:
        """The time entries next to the given leaf indexes, before and after, by leaf index."""
        found: dict[int, bytes] = {}
        with self._database.snapshot() as reading:
            for index in indexes:
                for comparison, order in (("<", "DESC"), (">", "ASC")):
                    rows = reading.rows(
                        f"SELECT leaf_index, body FROM entry WHERE stream IS NULL AND topic = 'time' "
                        f"AND leaf_index {comparison} ? ORDER BY leaf_index {order} LIMIT 1",
                        (index,),
                    )
                    found |= {int(i): bytes(body) for i, body in rows}  # type: ignore[arg-type]
        return dict(sorted(found.items()))

    def subtree(self, level: int, index: int) -> bytes:
        """The root of a complete subtree.

        Raises:
            TamperedError: the entry that completes it is missing or does not hold it.
        """
        with self._database.snapshot() as reading:
            return read_subtree(reading, level, index)

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """The inclusion proof of a leaf in the tree of ``size``.

        Raises:
            TamperedError: an entry that holds a node of it is missing.
        """
        with self._database.snapshot() as reading:
            return prove_inclusion(index, size, lambda level, place: read_subtree(reading, level, place))

    def consistency(self, old_size: int, new_size: int) -> tuple[bytes, ...]:
        """The consistency proof between two sizes.

        Raises:
            TamperedError: an entry that holds a node of it is missing.
        """
        with self._database.snapshot() as reading:
            return prove_consistency(old_size, new_size, lambda level, place: read_subtree(reading, level, place))

    def node_hashes(self, level: int, start: int, end: int) -> bytes:
        """The roots of the complete subtrees [start, end) of ``level``, concatenated, as a tile holds them.

        Raises:
            TamperedError: an entry that completes one of them is missing.
        """
        wanted = [((place + 1) << level) - 1 for place in range(start, end)]
        with self._database.snapshot() as reading:
            found: dict[int, bytes] = {}
            for page in pages(wanted):
                places = ", ".join("?" * len(page))
                rows = reading.rows(
                    f"SELECT leaf_index, substr(nodes, {level * HASH_BYTES + 1}, {HASH_BYTES}) FROM entry "
                    f"WHERE leaf_index IN ({places})",
                    page,
                )
                found |= {int(index): bytes(node) for index, node in rows}  # type: ignore[arg-type]
        if len(found) != len(wanted):
            raise TamperedError("an entry that completes a subtree is missing")
        return b"".join(found[index] for index in wanted)


STATE: Final = "SELECT size, frontier, time_index, time_at FROM log_state WHERE id = 1"


def read_state(reading: Transaction) -> State:
    """The log's state row.

    Raises:
        TamperedError: it is missing or not one.
    """
    return state_of(reading.rows(STATE))


def state_of(rows: Sequence[Row]) -> State:
    """The log's state, from the rows that STATE reads.

    Raises:
        TamperedError: the row is missing or not one.
    """
    match rows:
        case [(int(size), bytes(hashes), int() | None as time_index, str() | None as time_at)]:
            frontier = Frontier(size, tuple(hashes[i : i + HASH_BYTES] for i in range(0, len(hashes), HASH_BYTES)))
            return State(frontier, time_index, None if time_at is None else parse_instant(time_at))
    raise TamperedError("the log's state row is missing or not one")


def read_subtree(reading: Transaction, level: int, index: int) -> bytes:
    """The root of a complete subtree, from the entry that completes it.

    Raises:
        TamperedError: that entry is missing or does not hold it.
    """
    rows = reading.rows(
        f"SELECT substr(nodes, {level * HASH_BYTES + 1}, {HASH_BYTES}) FROM entry WHERE leaf_index = ?",
        (((index + 1) << level) - 1,),
    )
    match rows:
        case [(bytes(node),)] if len(node) == HASH_BYTES:
            return node
    raise TamperedError(f"entry {((index + 1) << level) - 1} is missing or does not hold its nodes")


def read_root(reading: Transaction, size: int) -> bytes:
    """The root of the log's first ``size`` entries, from their nodes."""
    return subtree_root(size, lambda level, index: read_subtree(reading, level, index))


def _entry(row: Row) -> LogEntry:
    match row:
        case (int(index), bytes() | None as stream, int() | None as sequence, str(topic), bytes(body)):
            return LogEntry(index, None if stream is None else UUID(bytes=stream), sequence, topic, body)
    raise TamperedError("a row of the log is not one")
