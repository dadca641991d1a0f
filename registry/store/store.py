"""The sequencer: submissions in, receipts out; one writer at a time, many submissions in one commit.

The order of one write: transaction (events, entries, tree state) → commit → guard moved → checkpoint signed → answer.
Threads queue; whoever gets the turn commits for all who wait, so that one client waits for nobody.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Final
from uuid import UUID

from keys.signer import Signer
from keys.signing import sign_jws, sign_note
from registry.database import Database, Query, Transaction, pages
from registry.database.migration import Value
from registry.errors import (
    CommitUnknownError,
    ConflictError,
    ForkError,
    GuardMissingError,
    RestoredError,
    StoreError,
    TamperedError,
)
from registry.log.batch import Batch, append_batch
from registry.log.guard import Head, HeadGuard
from registry.store.reader import STATE, LogReader, State, read_root, read_state, state_of
from registry.store.schema import ENTRY_COLUMNS
from registry.store.submission import NewEvent, Receipt, Submission, write_beside
from verifier.checkpoint import Checkpoint, format_checkpoint
from verifier.encoding import format_instant, format_json
from verifier.errors import AttestoError
from verifier.event import SNAPSHOT, TIME, parse_time
from verifier.jws import MAX_ENTRY_BYTES
from verifier.merkle import Frontier
from verifier.status import day_recorded

Clock = Callable[[], datetime]
GROUP_SUBMISSIONS: Final = 4096


Outcome = Receipt | StoreError


@dataclass(slots=True)
class _Ticket:
    submissions: Sequence[Submission]
    outcomes: list[Outcome] = field(default_factory=list)
    error: Exception | None = None
    done: bool = False


class Store:
    """The log of one origin in one database."""

    def __init__(
        self, database: Database, guard: HeadGuard, origin: str, log_signer: Signer, operator: Signer, clock: Clock
    ) -> None:
        """Write to ``database``, never behind ``guard``; ``clock`` returns the present instant with a time zone."""
        self.database = database
        self.origin = origin
        self.log = LogReader(database)
        self._guard = guard
        self._log_signer = log_signer
        self._operator = operator
        self._clock = clock
        self._queue: deque[_Ticket] = deque()
        self._turn = Lock()
        self._recorded_until: datetime | None = None

    def recorded_until(self) -> datetime:
        """The instant (UTC) of the last time entry that this process has seen: a clock that was put back lies."""
        if self._recorded_until is None:
            with self.database.snapshot() as reading:
                self._recorded_until = read_state(reading).time_at or datetime.min.replace(tzinfo=UTC)
        return self._recorded_until

    def append(self, submission: Submission) -> Receipt:
        """Store and log one submission.

        Raises:
            ConflictError: somebody else wrote to one of its streams first.
            StoreError: it could not be stored, or the log's head does not agree with its guard.
        """
        (outcome,) = self.append_all([submission])
        if isinstance(outcome, StoreError):
            raise outcome
        return outcome

    def append_all(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Store and log submissions, each by itself whole; a conflict of one never fails another.

        Returns:
            A receipt or the error of each, in order; CommitUnknownError where it is recorded and has no receipt.

        Raises:
            StoreError: none could be stored.
        """
        if not submissions:
            return []
        ticket = _Ticket(submissions)
        self._queue.append(ticket)
        while not ticket.done:
            # Who gets the turn first serves the queue from its front, which may end before its own ticket.
            with self._turn:
                if not ticket.done:
                    self._serve(self._drain())
        if ticket.error is not None:
            raise ticket.error
        return ticket.outcomes

    def append_time(self) -> Head:
        """Append a time entry of its own and return the head whose last entry it is."""
        with self._turn:
            batch, *_ = self._commit([], timed=True)
            head = Head(batch.frontier.size, batch.frontier.root)
            if batch.start == 0:
                # After this entry a log whose guard knows no head would take no other.
                self._guard.advance(head)
            return head

    def append_snapshot(self, payload: bytes) -> Receipt:
        """Sign and append a snapshot statement."""
        return self._append_alone(Submission(()), "snapshot", sign_jws(self._operator, SNAPSHOT, payload))

    def append_statement(self, body: bytes, expects: Mapping[UUID, int]) -> Receipt:
        """Append a statement that a body signed, where the streams that ``expects`` names still stand there.

        Raises:
            ConflictError: one of them has moved on: the key may be in force no more.
        """
        return self._append_alone(Submission((), expects=expects), "statement", body)

    def _append_alone(self, standing: Submission, topic: str, body: bytes) -> Receipt:
        with self._turn:
            batch, _, recorded_at = self._commit([standing], statements=[(topic, body)])
            return self._receipts(batch, [(batch.frontier.size - 1,)], recorded_at)[0]

    def _drain(self) -> list[_Ticket]:
        tickets = [self._queue.popleft()]
        size = len(tickets[0].submissions)
        while self._queue and size + len(self._queue[0].submissions) <= GROUP_SUBMISSIONS:
            size += len(self._queue[0].submissions)
            tickets.append(self._queue.popleft())
        return tickets

    def _serve(self, tickets: list[_Ticket]) -> None:
        try:
            outcomes = iter(self._write([submission for ticket in tickets for submission in ticket.submissions]))
            for ticket in tickets:
                ticket.outcomes = [next(outcomes) for _ in ticket.submissions]
        except Exception as error:
            for ticket in tickets:
                ticket.error = error
        for ticket in tickets:
            ticket.done = True

    def _write(self, submissions: Sequence[Submission]) -> list[Outcome]:
        try:
            batch, placed, recorded_at = self._commit(submissions)
        except ConflictError as error:
            if len(submissions) == 1:
                return [error]
            # A row of another table is there already: find out whose, by halves.
            half = len(submissions) // 2
            return self._write_half(submissions[:half]) + self._write_half(submissions[half:])
        try:
            receipts = iter(self._receipts(batch, [p for p in placed if isinstance(p, tuple)], recorded_at))
        except CommitUnknownError as error:
            return [error if isinstance(place, tuple) else place for place in placed]
        return [next(receipts) if isinstance(place, tuple) else place for place in placed]

    def _write_half(self, submissions: Sequence[Submission]) -> list[Outcome]:
        try:
            return self._write(submissions)
        except StoreError as error:
            # The other half may be recorded, and is told so.
            return [error] * len(submissions)

    def _commit(
        self, submissions: Sequence[Submission], statements: Sequence[tuple[str, bytes]] = (), *, timed: bool = False
    ) -> tuple[Batch, list[tuple[int, ...] | ConflictError], datetime]:
        with self.database.transaction() as transaction:
            state, heads = self._locked(transaction, submissions)
            self._check_guard(transaction, state.frontier, self._guard.read())
            time_body, at = self._time_entry(state, timed=timed)
            accepted = _accept(submissions, heads, at)
            if statements and isinstance(accepted[0], ConflictError):
                raise accepted[0]
            events = [
                event for submission in accepted if isinstance(submission, Submission) for event in submission.events
            ]
            bodies = [body for body in (time_body,) if body is not None]
            bodies += [event.body for event in events] + [body for _, body in statements]
            batch = append_batch(state.frontier, bodies)
            self._insert(transaction, batch, time_body, events, statements)
            self._keep_state(transaction, state, batch, at, timed=time_body is not None)
            write_beside(transaction, [item for item in accepted if isinstance(item, Submission)])
        self._recorded_until = at
        return batch, _places(accepted, batch.start + (time_body is not None)), at

    def _locked(self, transaction: Transaction, submissions: Sequence[Submission]) -> tuple[State, dict[UUID, int]]:
        """The log's state, kept for this transaction, and then the sequences at which the streams named stand."""
        streams = {event.stream.bytes for submission in submissions for event in submission.events}
        streams |= {stream.bytes for submission in submissions for stream in submission.expects}
        queries: list[Query] = [(f"{STATE}{self.database.for_update}", ())]
        for page in pages(sorted(streams)):
            places = ", ".join("?" * len(page))
            sql = f"SELECT stream, max(sequence) FROM entry WHERE stream IN ({places}) GROUP BY stream"
            queries.append((sql, page))
        state, *found = transaction.rows_of(queries)
        heads = {UUID(bytes=bytes(stream)): int(head) for rows in found for stream, head in rows}  # type: ignore[arg-type]
        return state_of(state), heads

    @staticmethod
    def _check_guard(reading: Transaction, frontier: Frontier, held: Head | None) -> None:
        """Refuse a log that is older than what was signed, or another; ``held`` was read no later than ``frontier``."""
        if held is None:
            if frontier.size:
                raise GuardMissingError("the head guard knows no head, but the log is not empty: adopt the head first")
            return
        if held.size > frontier.size:
            raise RestoredError(f"the database holds {frontier.size} entries, but {held.size} were signed: it is older")
        root = frontier.root if held.size == frontier.size else read_root(reading, held.size)
        if root != held.root:
            raise ForkError(f"the database's log differs from the one that was signed at size {held.size}")

    def _time_entry(self, state: State, *, timed: bool) -> tuple[bytes | None, datetime]:
        now = self._clock().astimezone(UTC).replace(microsecond=0)
        if state.time_at is not None:
            # The clock may go back; recorded times never do.
            now = max(now, state.time_at)
            if not timed and now.replace(second=0) == state.time_at.replace(second=0):
                return None, state.time_at
        payload = {"at": format_instant(now), "log": self.origin, "previous": state.time_index, "type": "time", "v": 1}
        return sign_jws(self._operator, TIME, format_json(payload)), now

    @staticmethod
    def _insert(
        transaction: Transaction,
        batch: Batch,
        time_body: bytes | None,
        events: Sequence[NewEvent],
        statements: Sequence[tuple[str, bytes]],
    ) -> None:
        heads: list[tuple[Value, ...]] = [] if time_body is None else [(None, None, "time", time_body)]
        heads += [(event.stream.bytes, event.sequence, event.topic, event.body) for event in events]
        heads += [(None, None, topic, body) for topic, body in statements]
        transaction.insert(
            "entry",
            ENTRY_COLUMNS,
            [(batch.start + i, *head, b"".join(batch.nodes[i])) for i, head in enumerate(heads)],
        )

    @staticmethod
    def _keep_state(transaction: Transaction, state: State, batch: Batch, at: datetime, *, timed: bool) -> None:
        frontier = batch.frontier
        transaction.execute(
            "UPDATE log_state SET size = ?, frontier = ?, time_index = ?, time_at = ? WHERE id = 1",
            (
                frontier.size,
                b"".join(frontier.hashes),
                batch.start if timed else state.time_index,
                format_instant(at),
            ),
        )

    def _receipts(self, batch: Batch, places: Sequence[tuple[int, ...]], recorded_at: datetime) -> list[Receipt]:
        head = Head(batch.frontier.size, batch.frontier.root)
        prove: Callable[[int], tuple[bytes, ...]] = batch.prove
        try:
            held = self._guard.advance(head)
            if held != head:
                # Another process signed a larger head meanwhile: prove against that, if it is a head of this very log.
                self._check_root(held)
                prove = self._prover(held.size)
            checkpoint = self.sign(held)
        except AttestoError as error:
            # Committed is committed, whatever guard, database or key say afterwards.
            raise CommitUnknownError(f"it is recorded, but no receipt can be given now: {error}") from error
        return [Receipt(indexes, held.size, checkpoint, recorded_at, prove) for indexes in places]

    def _check_root(self, held: Head) -> None:
        with self.database.snapshot() as reading:
            if read_root(reading, held.size) != held.root:
                raise ForkError(f"the database's log differs from the one that was signed at size {held.size}")

    def _prover(self, size: int) -> Callable[[int], tuple[bytes, ...]]:
        return lambda index: self.log.inclusion(index, size)

    def sign(self, head: Head) -> bytes:
        """The signed checkpoint of a head that the guard holds."""
        return sign_note(
            self.origin, self._log_signer, format_checkpoint(Checkpoint(self.origin, head.size, head.root))
        )

    def checkpoint(self) -> bytes:
        """The signed checkpoint of the largest head, which the guard is moved to first.

        Raises:
            HeadError: the log's head and its guard do not agree.
        """
        return self.sign(self._agreed_head())

    def receipt(self, indexes: tuple[int, ...]) -> Receipt:
        """A receipt of entries that are in the log already, proven against the largest head."""
        head = self._agreed_head()
        times = self.log.times_around(indexes[:1])
        before = parse_time(next(body for index, body in times.items() if index < indexes[0]))
        return Receipt(indexes, head.size, self.sign(head), before.at, self._prover(head.size))

    def _agreed_head(self) -> Head:
        # The guard is read first: the log may grow meanwhile, and then holds more than the guard, which is no error.
        held = self._guard.read()
        with self.database.snapshot() as reading:
            frontier = read_state(reading).frontier
            self._check_guard(reading, frontier, held)
        return self._guard.advance(Head(frontier.size, frontier.root))

    def adopt_head(self) -> Head:
        """Let a guard that knows no head begin at the database's, once it was compared with what is published."""
        with self.database.snapshot() as reading:
            frontier = read_state(reading).frontier
        return self._guard.advance(Head(frontier.size, frontier.root))

    def begin_guard(self) -> None:
        """Let the guard of an empty log know that it is empty, so that no crash leaves the first entry unguarded."""
        with self.database.snapshot() as reading:
            frontier = read_state(reading).frontier
        if frontier.size == 0:
            self._guard.advance(Head(0, frontier.root))

    def check_head(self) -> None:
        """Check that the guard agrees with the log and that the log's last row is there.

        Raises:
            HeadError, TamperedError: it does not, or it is not.
        """
        held = self._guard.read()
        with self.database.snapshot() as reading:
            frontier = read_state(reading).frontier
            self._check_guard(reading, frontier, held)
            if frontier.size and read_root(reading, frontier.size) != frontier.root:
                raise TamperedError("the log's rows do not make the root that its state row holds")

    def reserve_status_indexes(self, count: int) -> range:
        """Reserve places in the snapshots' tree; what is never used stays an empty leaf."""
        with self.database.transaction() as transaction:
            ((start,),) = transaction.rows(f"SELECT next FROM status_index WHERE id = 1{self.database.for_update}")
            first = int(start)  # type: ignore[arg-type]
            transaction.execute("UPDATE status_index SET next = ? WHERE id = 1", (first + count,))
        return range(first, first + count)


def _accept(
    submissions: Sequence[Submission], heads: dict[UUID, int], at: datetime
) -> list[Submission | ConflictError]:
    return [_accepted(submission, heads, at) for submission in submissions]


def _accepted(submission: Submission, heads: dict[UUID, int], at: datetime) -> Submission | ConflictError:
    if submission.prepared_on is not None and submission.prepared_on < day_recorded(at):
        # Another process's clock is ahead: whoever verifies would find the decision dated back.
        return ConflictError(f"it was prepared for {submission.prepared_on}, but the log is at {day_recorded(at)}")
    for stream, sequence in submission.expects.items():
        if heads.get(stream, 0) != sequence:
            return ConflictError(f"stream {stream} has moved on")
    moved = dict[UUID, int]()
    for event in submission.events:
        if event.sequence != moved.get(event.stream, heads.get(event.stream, 0)) + 1:
            return ConflictError(f"event {event.sequence} of stream {event.stream} is not the next one")
        if len(event.body) > MAX_ENTRY_BYTES:
            return ConflictError(f"an entry of {len(event.body)} bytes is over the limit of {MAX_ENTRY_BYTES}")
        moved[event.stream] = event.sequence
    heads.update(moved)
    return submission


def _places(accepted: Sequence[Submission | ConflictError], start: int) -> list[tuple[int, ...] | ConflictError]:
    places: list[tuple[int, ...] | ConflictError] = []
    for submission in accepted:
        if isinstance(submission, ConflictError):
            places.append(submission)
            continue
        places.append(tuple(range(start, start + len(submission.events))))
        start += len(submission.events)
    return places
