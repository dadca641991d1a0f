"""What the sequencer promises: whole submissions, proven receipts, times that never decrease, nothing changed."""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest

from keys.errors import TokenError
from keys.key_set import OPERATOR
from keys.signer import Purpose
from registry.database import Database, Transaction
from registry.errors import CommitUnknownError, ConflictError, StoreError, StoreUnavailableError
from registry.log.guard import Head, HeadGuard
from registry.store import store
from registry.store.submission import Receipt, Rows, Submission
from tests.contracts.parts import ORIGIN, START, Parts, Place, Wrapping, open_parts
from tests.contracts.submissions import ANY, bodies, event, submission
from tests.contracts.threads import together
from verifier.checkpoint import open_checkpoint
from verifier.event import parse_time
from verifier.jws import MAX_ENTRY_BYTES
from verifier.key import PublicKey
from verifier.merkle import check_inclusion, leaf_hash, root_hash


def holding(digest: bytes) -> Submission:
    """A submission with a row of another table."""
    return Submission((event(uuid4()),), (Rows("scheme_file", ("sha256", "content"), ((digest, b""),)),))


def check(parts: Parts, receipt: Receipt, submitted: Submission) -> None:
    """Check a receipt as whoever gets it does: from its checkpoint, its proofs and the bytes submitted alone."""
    checkpoint = open_checkpoint(receipt.checkpoint, parts.store.origin, parts.log_verifier)
    assert checkpoint.size == receipt.size
    assert len(receipt.indexes) == len(submitted.events)
    for index, submitted_event in zip(receipt.indexes, submitted.events, strict=True):
        leaf = leaf_hash(submitted_event.body)
        check_inclusion(leaf, index, receipt.size, receipt.prove(index), checkpoint.root_hash)


def test_nothing_submitted_is_nothing_appended(parts: Parts) -> None:
    before = parts.store.log.head()
    parts.clock.pass_by(minutes=5)

    assert parts.store.append_all([]) == []
    assert parts.store.log.head() == before


def test_every_receipt_proves_every_entry_at_every_size(empty: Parts) -> None:
    for count in (*range(1, 9), 31, 64, 3, 1, 100, 1):
        submissions = [submission() for _ in range(count)]
        for receipt, submitted in zip(empty.store.append_all(submissions), submissions, strict=True):
            assert isinstance(receipt, Receipt)
            check(empty, receipt, submitted)

    hashes = [leaf_hash(body) for body in bodies(empty)]
    head = empty.store.log.head()
    assert head.size == len(hashes) == 1 + sum((*range(1, 9), 31, 64, 3, 1, 100, 1))
    assert head.root == root_hash(hashes)


def test_entries_are_stored_as_submitted_in_the_order_submitted(empty: Parts) -> None:
    submissions = [submission(*(event(uuid4(), body=ANY + bytes([place])) for place in range(3))) for _ in range(3)]

    empty.store.append_all(submissions)

    assert bodies(empty)[1:] == [e.body for submitted in submissions for e in submitted.events]


def test_nothing_submitted_is_nothing_answered(empty: Parts) -> None:
    assert empty.store.append_all([]) == []


def test_a_conflict_never_fails_its_neighbours(empty: Parts) -> None:
    stream, other = uuid4(), uuid4()
    empty.store.append(submission(event(stream)))
    submissions = [
        submission(),
        submission(event(stream)),
        submission(event(stream, 2)),
        submission(event(stream, 2)),
        submission(event(other, 2)),
        submission(event(other, 1), event(other, 2), event(stream, 3)),
        submission(event(uuid4()), expects={stream: 2}),
        submission(event(uuid4()), expects={stream: 3}),
        submission(),
    ]

    outcomes = empty.store.append_all(submissions)

    assert [isinstance(outcome, Receipt) for outcome in outcomes] == [1, 0, 1, 0, 0, 1, 0, 1, 1]
    assert [str(outcome) for outcome in outcomes if isinstance(outcome, StoreError)] == [
        f"event 1 of stream {stream} is not the next one",
        f"event 2 of stream {stream} is not the next one",
        f"event 2 of stream {other} is not the next one",
        f"stream {stream} has moved on",
    ]
    for outcome, submitted in zip(outcomes, submissions, strict=True):
        if isinstance(outcome, Receipt):
            check(empty, outcome, submitted)


def test_a_row_that_is_there_already_fails_its_own_submission_alone(empty: Parts) -> None:
    first = holding(b"there")
    empty.store.append(first)
    submissions = [submission(), holding(b"new"), holding(b"there"), holding(b"other"), holding(b"new"), submission()]

    outcomes = empty.store.append_all(submissions)

    assert [isinstance(outcome, Receipt) for outcome in outcomes] == [1, 1, 0, 1, 0, 1]
    assert {type(outcome) for outcome in outcomes} == {Receipt, ConflictError}
    for outcome, submitted in zip(outcomes, submissions, strict=True):
        if isinstance(outcome, Receipt):
            check(empty, outcome, submitted)
    with empty.database.snapshot() as reading:
        kept = reading.rows("SELECT sha256 FROM scheme_file ORDER BY sha256")
    assert kept == [(b"new",), (b"other",), (b"there",)]


def test_a_submission_that_fails_leaves_no_row_of_another_table(empty: Parts) -> None:
    stream = uuid4()
    rows = (Rows("scheme_file", ("sha256", "content"), ((b"digest", b""),)),)

    (outcome,) = empty.store.append_all([Submission((event(stream, 2),), rows)])

    assert isinstance(outcome, ConflictError)
    with empty.database.snapshot() as reading:
        assert reading.rows("SELECT sha256 FROM scheme_file") == []


def test_an_entry_of_16_kib_is_stored_and_a_longer_one_refused(empty: Parts) -> None:
    longest = submission(event(uuid4(), body=b"x" * 16 * 1024))
    longer = submission(event(uuid4(), body=b"x" * (16 * 1024 + 1)))

    stored, refused = empty.store.append_all([longest, longer])

    assert isinstance(stored, Receipt)
    check(empty, stored, longest)
    assert str(refused) == f"an entry of 16385 bytes is over the limit of {MAX_ENTRY_BYTES}"


def test_one_conflict_raises(empty: Parts) -> None:
    with pytest.raises(ConflictError, match=r"^event 2 of stream .* is not the next one$"):
        empty.store.append(submission(event(uuid4(), 2)))


def test_a_time_entry_precedes_the_first_event_of_each_minute(empty: Parts) -> None:
    recorded = []
    for seconds in (0, 30, 29, 1, 59, 1):
        empty.clock.pass_by(seconds=seconds)
        recorded.append(empty.store.append(submission()).recorded_at)

    topics = [entry.topic for entry in empty.store.log.entries(0, empty.store.log.head().size)]
    assert topics == [
        "time",
        "test.made",
        "test.made",
        "test.made",
        "time",
        "test.made",
        "test.made",
        "time",
        "test.made",
    ]
    # 9:00:00, :30, :59 → the entry of 9:00:00; 9:01:00 and 9:01:59 → 9:01:00; 9:02:00.
    minutes = (0, 0, 0, 1, 1, 2)
    assert recorded == [START + timedelta(minutes=minute) for minute in minutes]


def test_recorded_times_never_decrease_though_the_clock_goes_back(empty: Parts) -> None:
    receipts = []
    for seconds in (0, 90, -3600, 30, -30, 7200, -5):
        empty.clock.pass_by(seconds=seconds)
        receipts.append(empty.store.append(submission()))

    times = [parse_time(body).at for _, body in empty.store.log.times(-1, empty.store.log.head().size)]
    assert times == sorted(times)
    recorded = [receipt.recorded_at for receipt in receipts]
    assert recorded == sorted(recorded)
    assert max(times) == START + timedelta(seconds=90 - 3600 + 7200)


def test_each_time_entry_names_the_one_before_it(empty: Parts) -> None:
    for _ in range(4):
        empty.store.append(submission())
        empty.clock.pass_by(minutes=1)

    times = [(index, parse_time(body)) for index, body in empty.store.log.times(-1, empty.store.log.head().size)]

    assert [time.previous for _, time in times] == [None, *(index for index, _ in times[:-1])]


def test_a_receipt_asked_for_later_proves_the_same_entries(empty: Parts) -> None:
    submitted = submission(event(uuid4(), body=ANY + b"1"), event(uuid4(), body=ANY + b"2"))
    first = empty.store.append(submitted)
    for _ in range(40):
        empty.store.append(submission())
        empty.clock.pass_by(seconds=20)

    later = empty.store.receipt(first.indexes)

    check(empty, later, submitted)
    assert (later.indexes, later.recorded_at) == (first.indexes, first.recorded_at)
    assert later.size > first.size


def test_threads_share_commits_and_each_gets_its_own_receipt(empty: Parts) -> None:
    def write() -> list[tuple[Receipt, Submission]]:
        made = [submission() for _ in range(12)]
        return [(empty.store.append(submitted), submitted) for submitted in made]

    written = [pair for pairs in together([write] * 8) for pair in pairs]

    for receipt, submitted in written:
        check(empty, receipt, submitted)
    assert len({receipt.indexes for receipt, _ in written}) == 96
    assert empty.store.log.head().root == root_hash([leaf_hash(body) for body in bodies(empty)])


def test_threads_that_do_not_fit_into_one_commit_all_get_their_receipts(
    empty: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "GROUP_SUBMISSIONS", 2)

    def write() -> int:
        return sum(isinstance(o, Receipt) for _ in range(25) for o in empty.store.append_all([submission()]))

    assert together([write] * 8) == [25] * 8
    assert empty.store.log.head().size == 1 + 8 * 25


def test_a_receipt_holds_though_another_process_appended_meanwhile(place: Place) -> None:
    with open_parts(place) as one, open_parts(place) as two:
        pairs = []
        for _ in range(20):
            pairs += [(parts.store.append(made), made) for parts in (one, two) for made in [submission()]]

        def write(parts: Parts) -> Callable[[], list[tuple[Receipt, Submission]]]:
            return lambda: [(parts.store.append(made), made) for made in (submission() for _ in range(40))]

        pairs += [pair for written in together([write(one), write(two), write(one), write(two)]) for pair in written]

        for receipt, submitted in pairs:
            check(one, receipt, submitted)
        assert one.store.log.head().root == root_hash([leaf_hash(body) for body in bodies(two)])


def test_checkpoints_and_later_receipts_hold_while_another_process_appends(place: Place) -> None:
    with open_parts(place) as writer, open_parts(place) as reader:
        kept = [submission() for _ in range(3)]
        receipts = [writer.store.append(submitted) for submitted in kept]
        stop = threading.Event()

        def write() -> None:
            while not stop.is_set():
                writer.store.append(submission())

        def read() -> None:
            try:
                for _ in range(60):
                    for receipt, submitted in zip(receipts, kept, strict=True):
                        check(reader, reader.store.receipt(receipt.indexes), submitted)
                    reader.store.check_head()
            finally:
                stop.set()

        together([write, read])


@dataclass(frozen=True)
class Overtaken:
    """A guard that is moved by another process while it is read."""

    guard: HeadGuard
    other: list[Parts]

    def read(self) -> Head | None:
        for parts in self.other:
            parts.store.append(submission())
        return self.guard.read()

    def advance(self, head: Head) -> Head:
        return self.guard.advance(head)


def test_a_head_that_another_process_moves_meanwhile_is_not_taken_for_a_restored_database(place: Place) -> None:
    other: list[Parts] = []
    with (
        open_parts(place, wrapping=Wrapping(guard=lambda guard: Overtaken(guard, other))) as one,
        open_parts(place) as two,
    ):
        submitted = submission()
        receipt = one.store.append(submitted)
        other.append(two)

        for _ in range(3):
            checkpoint = open_checkpoint(one.store.checkpoint(), one.store.origin, one.log_verifier)
            assert checkpoint.root_hash == root_hash([leaf_hash(body) for body in bodies(two)][: checkpoint.size])
            check(one, one.store.receipt(receipt.indexes), submitted)
            one.store.check_head()


def test_status_indexes_are_reserved_once_for_all_processes_and_threads(place: Place) -> None:
    with open_parts(place) as one, open_parts(place) as two:

        def reserve(parts: Parts) -> Callable[[], Sequence[int]]:
            return lambda: [index for count in (1, 5, 64, 2) * 5 for index in parts.store.reserve_status_indexes(count)]

        reserved = [i for some in together([reserve(parts) for parts in (one, two, one, two)]) for i in some]

        assert sorted(reserved) == list(range(4 * 5 * 72))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET body = body WHERE leaf_index = 1",
        "DELETE FROM entry WHERE leaf_index = 1",
        "DELETE FROM entry",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(empty: Parts, statement: str) -> None:
    empty.store.append(submission())

    with pytest.raises((ConflictError, StoreUnavailableError)) as refused, empty.database.transaction() as transaction:
        transaction.execute(statement)

    assert "the log is append-only" in f"{refused.value} {refused.value.__cause__}"
    empty.store.check_head()


def test_a_failure_is_told_to_every_thread_that_waits_and_the_next_append_succeeds(empty: Parts) -> None:
    broken = Submission((event(uuid4()),), (Rows("nowhere", ("id",), ((1,),)),))

    def write() -> str:
        try:
            empty.store.append(broken)
        except StoreUnavailableError as error:
            return type(error).__name__
        return "stored"

    assert together([write] * 4) == ["StoreUnavailableError"] * 4
    made = submission()
    check(empty, empty.store.append(made), made)


@dataclass
class Failing:
    """A database that does not begin a transaction while ``spared`` is 0; what was begun before is done."""

    inner: Database
    spared: int = 1_000_000

    def transaction(self) -> AbstractContextManager[Transaction]:
        if self.spared == 0:
            raise StoreUnavailableError("the database does not answer")
        self.spared -= 1
        return self.inner.transaction()

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


def test_who_is_recorded_is_told_so_though_a_neighbour_cannot_be_stored(place: Place) -> None:
    taken: list[Failing] = []

    def failing(database: Database) -> Database:
        taken.append(Failing(database))
        return taken[-1]  # type: ignore[return-value]

    with open_parts(place, wrapping=Wrapping(database=failing)) as parts:
        parts.store.append(holding(b"there"))
        submissions = [submission(), submission(), holding(b"there"), submission()]

        # One transaction for all of them, one for the first half, and no more.
        taken[-1].spared = 2
        outcomes = parts.store.append_all(submissions)
        taken[-1].spared = 1_000_000

        assert [type(outcome) for outcome in outcomes] == [Receipt, Receipt, *[StoreUnavailableError] * 2]
        assert bodies(parts)[2:] == [e.body for submitted in submissions[:2] for e in submitted.events]


@dataclass(frozen=True)
class Unsigning:
    """A key whose token was pulled out."""

    public_key: PublicKey

    def sign(self, data: bytes) -> bytes:
        raise TokenError("the token does not answer")


def test_what_is_recorded_is_never_said_not_to_be_though_no_checkpoint_can_be_signed(empty: Parts) -> None:
    log_key = Unsigning(empty.key_set.current(OPERATOR, Purpose.LOG).public_key)
    operator = empty.key_set.current(OPERATOR, Purpose.OPERATOR)
    unable = store.Store(empty.database, empty.guard, ORIGIN, log_key, operator, empty.clock)

    recorded, refused = unable.append_all([submission(), submission(event(uuid4(), 7))])

    assert isinstance(recorded, CommitUnknownError)
    assert str(recorded) == "it is recorded, but no receipt can be given now: the token does not answer"
    assert isinstance(refused, ConflictError)
    assert len(bodies(empty)) == 2
