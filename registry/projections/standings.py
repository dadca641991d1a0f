"""The standing of every stream: the leaf that a snapshot names, and the state of every certification on one day.

Filled in batches, each with the position it reaches in the same transaction, so a crash neither loses nor repeats. The
rows are a function of (the log's first n entries, the day) alone.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec
from pybase64 import b64decode

from registry.database import Database, Transaction, pages
from registry.database.migration import Migration, Row
from registry.errors import TamperedError
from registry.store.reader import LogEntry, LogReader
from verifier.encoding import format_instant, parse_instant
from verifier.event import parse_time, status_leaf
from verifier.merkle import leaf_hash
from verifier.status import Fact, State, status

# Streams lie in no order in their index, so that a small batch writes a page for each of them, and a log of millions
# would take longer for an entry than a short one; in a large one they share pages.
BATCH: Final = 25_000
NAME: Final = "standings"
_POSITION_COLUMNS: Final = ("name", "position", "day", "time_at")
_COLUMNS: Final = (
    "status_index", "stream", "kind", "body", "edition", "profile", "events", "last_index", "last_sha256",
    "facts", "state", "valid_until", "changes_on",
)  # fmt: skip

STANDINGS: Final = Migration(
    "standings",
    (
        """CREATE TABLE standing (
            status_index BIGINT PRIMARY KEY, stream BYTEA NOT NULL UNIQUE, kind TEXT NOT NULL, body TEXT NOT NULL,
            edition TEXT NOT NULL, profile TEXT NOT NULL, events INTEGER NOT NULL, last_index BIGINT NOT NULL,
            last_sha256 BYTEA NOT NULL, facts TEXT NOT NULL, state TEXT NOT NULL, valid_until TEXT, changes_on TEXT
        )""",
        "CREATE INDEX standing_last_index ON standing (last_index)",
        "CREATE INDEX standing_changes_on ON standing (changes_on)",
        "CREATE TABLE projection (name TEXT PRIMARY KEY, position BIGINT NOT NULL, day TEXT NOT NULL, time_at TEXT)",
    ),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One stream's row: where it stands in the log, and for a certification its facts and its state on the day."""

    status_index: int
    stream: UUID
    kind: str
    body: str
    edition: str
    profile: str
    events: int
    last_index: int
    last_sha256: bytes
    facts: tuple[Fact, ...] = ()
    state: State | None = None
    valid_until: date | None = None
    changes_on: date | None = None

    @property
    def leaf_hash(self) -> bytes:
        """The hash of the leaf that a snapshot's tree holds at ``status_index``."""
        return leaf_hash(status_leaf(self.stream, self.events, self.last_index, self.last_sha256))


@dataclass(frozen=True, slots=True)
class Position:
    """How far the projection is: the log's first ``size`` entries, states on legal day ``day``."""

    size: int
    day: date
    time_at: datetime | None


class _Payload(msgspec.Struct):
    """What the projection reads of an event; its signature was checked when it was submitted."""

    type: str
    stream: UUID
    sequence: int
    effective_on: date
    status_index: int | None = None
    body: str = ""
    edition: str = ""
    profile: str = ""
    valid_until: date | None = None
    deadline: date | None = None
    reverses: int | None = None
    granted_on: date | None = None
    cycle_starts_on: date | None = None
    maintained_from: date | None = None
    scope: tuple[str, ...] | None = None
    counted_from: date | None = None


@dataclass(frozen=True, slots=True)
class _Step:
    """An entry that adds an event to a stream, and the fact where the stream is a certification's."""

    entry: LogEntry
    payload: _Payload
    fact: Fact | None


_decode: Final = msgspec.json.Decoder(_Payload).decode
_decode_facts: Final = msgspec.json.Decoder(tuple[Fact, ...]).decode
_encode: Final = msgspec.json.Encoder().encode
_LATEST: Final = datetime.max.replace(tzinfo=UTC)


class Standings:
    """The projection and its table."""

    def __init__(self, database: Database, log: LogReader) -> None:
        """Project ``log`` into a table of ``database``."""
        self._database = database
        self._log = log

    def position(self) -> Position:
        """How far the projection is."""
        with self._database.snapshot() as reading:
            return _position(reading)

    def catch_up(self, size: int, day: date, progress: Callable[[int], None] = lambda size: None) -> None:
        """Take in the log's first ``size`` entries, with the states of legal day ``day``.

        Raises:
            TamperedError: an entry is missing, or not what the projection knows.
        """
        if self.position().day < day:
            # First, so that what is taken in gets its state on that day at once.
            self._move_to(day)
        position = self.position()
        while position.size < size:
            position = self._take(position, min(position.size + BATCH, size))
            progress(position.size)

    def rebuild(self, size: int, day: date, progress: Callable[[int], None] = lambda size: None) -> None:
        """Drop every row and make them anew.

        Raises:
            TamperedError: an entry is missing, or not what the projection knows.
        """
        with self._database.transaction() as transaction:
            transaction.execute("DELETE FROM standing")
            transaction.execute("DELETE FROM projection WHERE name = ?", (NAME,))
        self.catch_up(size, day, progress)

    def changed_since(self, index: int) -> list[Standing]:
        """The streams whose last event has leaf index ``index`` or more."""
        return self._select("last_index >= ?", index)

    def of_kind(self, kind: str) -> list[Standing]:
        """The rows of one kind: certification, body or edition."""
        return self._select("kind = ?", kind)

    def certifications_of(self, body: str) -> list[Standing]:
        """The rows of a body's certifications."""
        return self._select("kind = 'certification' AND body = ?", body)

    def of(self, streams: Iterable[UUID]) -> dict[UUID, Standing]:
        """The rows of these streams; one that is not projected yet is left out."""
        with self._database.snapshot() as reading:
            return _rows_of(reading, streams)

    def states(self) -> list[tuple[int, State]]:
        """The state of every certification on the projection's day, by status index."""
        with self._database.snapshot() as reading:
            rows = reading.rows("SELECT status_index, state FROM standing WHERE kind = 'certification'")
        return [(int(index), State(str(state))) for index, state in rows]  # type: ignore[arg-type]

    def _select(self, condition: str, *values: int | str | bytes) -> list[Standing]:
        with self._database.snapshot() as reading:
            rows = reading.rows(
                f"SELECT {', '.join(_COLUMNS)} FROM standing WHERE {condition} ORDER BY status_index",
                values,
            )
        return [_standing(row) for row in rows]

    def _take(self, position: Position, end: int) -> Position:
        # Read before the transaction, which keeps all others from writing.
        time_at, streams = _read(self._log.entries(position.size, end), position.time_at)
        with self._database.transaction() as transaction:
            reached = self._held_position(transaction)
            if reached != position:
                # Another process projected meanwhile; what it took in is not taken in again.
                return reached
            known = _rows_of(
                transaction, [stream for stream, steps in streams.items() if steps[0].payload.sequence > 1]
            )
            rows = {stream: _after(known.get(stream), steps, position.day) for stream, steps in streams.items()}
            _add(transaction, [row for stream, row in rows.items() if stream not in known])
            _keep(transaction, [rows[stream] for stream in known])
            reached = Position(end, position.day, time_at)
            _keep_position(transaction, reached)
        return reached

    def _move_to(self, day: date) -> None:
        with self._database.transaction() as transaction:
            position = self._held_position(transaction)
            if position.day >= day:
                # Another process moved it further meanwhile; days do not go back.
                return
            rows = transaction.rows(
                f"SELECT {', '.join(_COLUMNS)} FROM standing WHERE changes_on <= ?",
                (day.isoformat(),),
            )
            _keep(transaction, [_on(_standing(row), day) for row in rows])
            _keep_position(transaction, replace(position, day=day))

    def _held_position(self, transaction: Transaction) -> Position:
        """The position, kept from other processes for this transaction."""
        transaction.insert(
            "projection", _POSITION_COLUMNS, [(NAME, 0, date.min.isoformat(), None)], "ON CONFLICT DO NOTHING"
        )
        return _position(transaction, self._database.for_update)


def _position(reading: Transaction, lock: str = "") -> Position:
    match reading.rows(f"SELECT position, day, time_at FROM projection WHERE name = ?{lock}", (NAME,)):
        case [(int(size), str(day), str() | None as time_at)]:
            return Position(size, date.fromisoformat(day), None if time_at is None else parse_instant(time_at))
    return Position(0, date.min, None)


def _keep_position(transaction: Transaction, position: Position) -> None:
    time_at = None if position.time_at is None else format_instant(position.time_at)
    transaction.execute(
        "INSERT INTO projection VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
        "position = excluded.position, day = excluded.day, time_at = excluded.time_at",
        (NAME, position.size, position.day.isoformat(), time_at),
    )


def _read(entries: Iterable[LogEntry], time_at: datetime | None) -> tuple[datetime | None, dict[UUID, list[_Step]]]:
    """What each stream's entries add to it, and the last instant."""
    read: dict[UUID, list[_Step]] = {}
    for entry in entries:
        if entry.topic == "time":
            time_at = parse_time(entry.body).at
        elif entry.stream is not None:
            if time_at is None:
                raise TamperedError("the log does not begin with a time entry")
            payload = _payload(entry)
            read.setdefault(payload.stream, []).append(_Step(entry, payload, _fact(payload, time_at)))
    return time_at, read


def _payload(entry: LogEntry) -> _Payload:
    part = entry.body.split(b".")[1]
    return _decode(b64decode(part + b"=" * (-len(part) % 4), b"-_", validate=True))


def _fact(payload: _Payload, recorded_at: datetime) -> Fact | None:
    if not payload.type.startswith("certifica"):
        return None
    return Fact(
        payload.type, payload.sequence, payload.effective_on, recorded_at, payload.valid_until, payload.deadline,
        payload.reverses, payload.granted_on, payload.cycle_starts_on, payload.maintained_from, payload.scope,
        payload.counted_from,
    )  # fmt: skip


def _rows_of(transaction: Transaction, streams: Iterable[UUID]) -> dict[UUID, Standing]:
    wanted = sorted(stream.bytes for stream in streams)
    found: dict[UUID, Standing] = {}
    for page in pages(wanted):
        places = ", ".join("?" * len(page))
        rows = transaction.rows(f"SELECT {', '.join(_COLUMNS)} FROM standing WHERE stream IN ({places})", page)
        found |= {standing.stream: standing for standing in map(_standing, rows)}
    return found


def _after(row: Standing | None, steps: Sequence[_Step], day: date) -> Standing:
    """The row of a stream after some more of its entries, with its state on ``day``."""
    first, last = steps[0].payload, steps[-1]
    index = first.status_index if row is None else row.status_index
    if index is None:
        raise TamperedError(f"stream {first.stream} begins without a status index")
    kind = ("certification" if steps[0].fact else first.type.partition(".")[0]) if row is None else row.kind
    named = first if row is None else row
    facts = (*(() if row is None else row.facts), *(step.fact for step in steps if step.fact is not None))
    return Standing(
        index, first.stream, kind, named.body, named.edition, named.profile, last.payload.sequence, last.entry.index,
        sha256(last.entry.body).digest(), facts, *_state(kind, facts, day),
    )  # fmt: skip


def _on(row: Standing, day: date) -> Standing:
    state, valid_until, changes_on = _state(row.kind, row.facts, day)
    return replace(row, state=state, valid_until=valid_until, changes_on=changes_on)


# The status is a function of the facts alone, and people certified together have the same ones.
@functools.lru_cache(maxsize=1024)
def _state(kind: str, facts: tuple[Fact, ...], day: date) -> tuple[State | None, date | None, date | None]:
    """The state on ``day``, the last valid day, and the next day on which time alone may change the state."""
    if kind != "certification":
        return None, None, None
    standing = status(facts, day, _LATEST)
    turns = [fact.effective_on for fact in facts if fact.effective_on > day]
    turns += [standing.valid_until + timedelta(days=1)] if standing.valid_until and standing.valid_until >= day else []
    return standing.state, standing.valid_until, min(turns, default=None)


def _add(transaction: Transaction, rows: Iterable[Standing]) -> None:
    transaction.insert("standing", _COLUMNS, map(_row, rows))


def _keep(transaction: Transaction, rows: Sequence[Standing]) -> None:
    changed = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
    transaction.insert("standing", _COLUMNS, map(_row, rows), f"ON CONFLICT (status_index) DO UPDATE SET {changed}")


def _row(row: Standing) -> Row:
    return (
        row.status_index, row.stream.bytes, row.kind, row.body, row.edition, row.profile, row.events, row.last_index,
        row.last_sha256, _encode(row.facts).decode(), row.state or "", _day(row.valid_until), _day(row.changes_on),
    )  # fmt: skip


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _standing(row: Row) -> Standing:
    match row:
        case (
            int(index), bytes(stream), str(kind), str(body), str(edition), str(profile), int(events), int(last_index),
            bytes(digest), str(facts), str(state), str() | None as valid_until, str() | None as changes_on,
        ):  # fmt: skip
            return Standing(
                index, UUID(bytes=stream), kind, body, edition, profile, events, last_index, digest,
                _decode_facts(facts), State(state) if state else None, _parsed(valid_until), _parsed(changes_on),
            )  # fmt: skip
    raise TamperedError("a row of the standings is not one; rebuild the projection")


def _parsed(day: str | None) -> date | None:
    return None if day is None else date.fromisoformat(day)
