"""The head guard: no database that is older than what was signed, and none that differs, is ever signed for."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from registry.database import sqlite
from registry.errors import (
    CommitUnknownError,
    ForkError,
    GuardMissingError,
    HeadError,
    RestoredError,
    StoreUnavailableError,
    TamperedError,
)
from registry.log.guard import Head, HeadGuard
from tests.contracts.parts import Parts, Place, make_place, open_parts
from tests.contracts.submissions import bodies, submission
from tests.contracts.tampering import force
from tests.contracts.threads import together
from verifier.checkpoint import open_checkpoint
from verifier.merkle import leaf_hash, root_hash

BackUp = Callable[[], Place]


@pytest.fixture
def guard(tmp_path: Path) -> Iterator[HeadGuard]:
    with closing(HeadGuard(tmp_path / "guard.sqlite")) as opened:
        yield opened


def head(size: int, root: bytes = b"r") -> Head:
    return Head(size, root * 32)


def check_refused(parts: Parts, error: type[HeadError], words: str) -> None:
    """Check that nothing is appended to the log and nothing signed for it."""
    before = parts.store.log.head()
    for sign in (
        lambda: parts.store.append(submission()),
        lambda: parts.store.append_all([submission()]),
        parts.store.append_time,
        lambda: parts.store.append_snapshot(b"{}"),
        parts.store.checkpoint,
        lambda: parts.store.receipt((1,)),
        parts.store.check_head,
    ):
        with pytest.raises(error, match=words):
            sign()
    assert parts.store.log.head() == before


def test_a_guard_knows_no_head_before_the_first(guard: HeadGuard) -> None:
    assert guard.read() is None
    assert guard.advance(head(0)) == head(0) == guard.read()


def test_a_guard_moves_forward_only(guard: HeadGuard) -> None:
    assert guard.advance(head(5)) == head(5)
    assert guard.advance(head(9)) == head(9)
    assert guard.advance(head(9)) == head(9)
    assert guard.advance(head(3, b"x")) == head(9)
    assert guard.read() == head(9)


def test_a_second_root_for_one_size_is_a_fork(guard: HeadGuard) -> None:
    guard.advance(head(5))

    with pytest.raises(ForkError, match=r"^two roots for size 5: nothing is signed$"):
        guard.advance(head(5, b"x"))
    assert guard.read() == head(5)


def test_of_processes_that_move_a_guard_at_once_the_largest_head_stays(tmp_path: Path) -> None:
    def move(first: int) -> Callable[[], bool]:
        def run() -> bool:
            own = HeadGuard(tmp_path / "shared.sqlite")
            held = [own.advance(head(size)).size >= size for size in range(first, 400, 4)]
            own.close()
            return all(held)

        return run

    assert together([move(first) for first in range(1, 5)]) == [True] * 4
    with closing(HeadGuard(tmp_path / "shared.sqlite")) as guard:
        assert guard.read() == head(399)


def test_a_closed_guard_says_that_it_cannot_be_used(guard: HeadGuard) -> None:
    guard.close()

    for use in (guard.read, lambda: guard.advance(head(1))):
        with pytest.raises(StoreUnavailableError, match=r"^the head guard cannot be used: "):
            use()


def test_a_file_that_is_no_guard_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("These are notes, long enough to be taken for a database's header. " * 20)

    with pytest.raises(StoreUnavailableError, match=r"^the head guard .*notes cannot be opened: "):
        HeadGuard(tmp_path / "notes")


def test_a_restored_database_is_never_signed_for(place: Place, back_up: BackUp) -> None:
    with open_parts(place) as parts:
        parts.store.append_all([submission() for _ in range(5)])
    restored = back_up()
    with open_parts(place) as parts:
        parts.store.append(submission())

    with open_parts(restored) as parts:
        check_refused(parts, RestoredError, r"^the database holds 6 entries, but 7 were signed: it is older$")
    with open_parts(place) as parts:
        parts.store.append(submission())


def test_a_restored_database_that_went_on_by_itself_is_never_signed_for(place: Place, back_up: BackUp) -> None:
    with open_parts(place) as parts:
        parts.store.append_all([submission() for _ in range(5)])
    restored = back_up()
    with open_parts(place) as parts:
        parts.store.append_all([submission() for _ in range(3)])
    with closing(HeadGuard(place.folder / "head.sqlite")) as guard:
        signed = guard.read()
    for more in (3, 1):
        # The guard is put aside while the restored database grows as far as what was signed, then further.
        _without_guard(place)
        with open_parts(restored) as parts:
            parts.store.adopt_head()
            parts.store.append_all([submission() for _ in range(more)])
        _put_back(place, signed)

        with open_parts(restored) as parts:
            check_refused(parts, ForkError, r"^the database's log differs from the one that was signed at size 9$")


def test_another_logs_database_is_never_signed_for(place: Place, tmp_path: Path) -> None:
    with open_parts(place) as parts:
        parts.store.append(submission())
    other = make_place(tmp_path / "other", f"sqlite:///{tmp_path / 'other.sqlite'}")
    with open_parts(other) as parts:
        parts.store.append_all([submission() for _ in range(6)])

    with open_parts(Place(place.folder, other.url)) as parts:
        check_refused(parts, ForkError, r"^the database's log differs from the one that was signed at size 2$")


def test_without_its_guard_a_log_that_holds_entries_is_not_signed_for_until_the_head_is_adopted(place: Place) -> None:
    with open_parts(place) as parts:
        parts.store.append_all([submission() for _ in range(5)])
    _without_guard(place)

    with open_parts(place) as parts:
        check_refused(
            parts, GuardMissingError, r"^the head guard knows no head, but the log is not empty: adopt the head first$"
        )
        assert parts.store.adopt_head() == parts.store.log.head() == parts.guard.read()
        assert parts.store.append(submission()).size == 7


def test_a_log_that_is_longer_than_its_guard_is_signed_for_once_it_continues_it(empty: Parts) -> None:
    empty.store.append_all([submission() for _ in range(5)])
    # A process that dies after its commit leaves the guard behind; so does a time entry that nobody asked a receipt of.
    empty.clock.pass_by(minutes=2)
    empty.store.append_time()
    held = empty.guard.read()
    assert held is not None
    assert held.size == 6

    checkpoint = open_checkpoint(empty.store.checkpoint(), empty.store.origin, empty.log_verifier)

    assert checkpoint.root_hash == root_hash([leaf_hash(body) for body in bodies(empty)])
    assert empty.guard.read() == Head(7, checkpoint.root_hash) == Head(checkpoint.size, checkpoint.root_hash)


def test_a_guard_that_cannot_move_gives_no_receipt_and_says_that_it_is_recorded(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    with open_parts(place) as parts:
        parts.store.append(submission())
        other = sqlite3.connect(place.folder / "head.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(CommitUnknownError, match=r"^it is recorded, but no receipt can be given now: the head gua"):
            parts.store.append(submission())

        other.close()
        assert parts.store.log.head().size == 3
        assert parts.store.append(submission()).size == 4


def test_a_log_whose_last_row_is_gone_is_found_out(empty: Parts) -> None:
    empty.store.append_all([submission() for _ in range(5)])
    empty.store.check_head()
    force(empty.database, "DELETE FROM entry WHERE leaf_index = 5")

    with pytest.raises(TamperedError, match=r"^entry 5 is missing or does not hold its nodes$"):
        empty.store.check_head()


def test_a_log_whose_last_row_is_another_is_found_out(empty: Parts) -> None:
    empty.store.append_all([submission() for _ in range(5)])
    force(
        empty.database, "UPDATE entry SET nodes = (SELECT nodes FROM entry WHERE leaf_index = 4) WHERE leaf_index = 5"
    )

    with pytest.raises(TamperedError):
        empty.store.check_head()


def _without_guard(place: Place) -> None:
    for path in place.folder.glob("head.sqlite*"):
        path.unlink()


def _put_back(place: Place, signed: Head | None) -> None:
    assert signed is not None
    _without_guard(place)
    guard = HeadGuard(place.folder / "head.sqlite")
    guard.advance(signed)
    guard.close()
