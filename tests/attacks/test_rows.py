"""Attacks on the database, by somebody who may do anything there: each is found, named, and signs nothing new."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from registry.errors import ForkError, RestoredError, StoreError, TamperedError
from tests.attacks.registry import Target, failed, found_by, settle, with_bit
from tests.contracts.parts import Place, confirm, grant, make_place, open_parts, withdraw
from verifier.encoding import format_instant
from verifier.jws import parse_jws
from verifier.merkle import Frontier, leaf_hash
from verifier.report import Verdict


def disarm(target: Target) -> None:
    """Drop the triggers that keep rows as they are, as whoever owns the database may."""
    sqlite = urlsplit(target.parts.place.url).scheme == "sqlite"
    drops = ["DROP TRIGGER entry_kept", "DROP TRIGGER entry_whole"] if sqlite else ["DROP TRIGGER entry_kept ON entry"]
    with target.parts.database.transaction() as transaction:
        for drop in drops:
            transaction.execute(drop)


def body(target: Target, index: int) -> bytes:
    (entry,) = target.parts.store.log.entries(index, index + 1)
    return entry.body


def put(target: Target, index: int, content: bytes) -> None:
    with target.parts.database.transaction() as transaction:
        transaction.execute("UPDATE entry SET body = ? WHERE leaf_index = ?", (content, index))


def last(target: Target) -> int:
    return target.parts.store.log.head().size - 1


def withdrawal(target: Target) -> int:
    """The leaf index of the withdrawal that somebody would like to be rid of."""
    return target.parts.store.log.stream(target.withdrawn.stream)[-1].index


@pytest.mark.parametrize("statement", ["UPDATE entry SET body = body", "DELETE FROM entry WHERE leaf_index = 0"])
def test_while_the_triggers_stand_no_row_is_changed(target: Target, statement: str) -> None:
    with pytest.raises(StoreError), target.parts.database.transaction() as transaction:
        transaction.execute(statement)

    assert "rows" not in target.doctor()


PARTS = {"header": 0, "payload": 1, "signature": 2}


@pytest.mark.parametrize("part", PARTS)
def test_one_bit_changed_in_a_stored_event(target: Target, part: str) -> None:
    disarm(target)
    index = withdrawal(target)
    parts = body(target, index).split(b".")
    parts[PARTS[part]] = with_bit(parts[PARTS[part]], 8 * (len(parts[PARTS[part]]) // 2))

    put(target, index, b".".join(parts))

    with pytest.raises(TamperedError, match=r"stream .* event 4 is altered"):
        target.parts.streams.certification(target.withdrawn.stream)
    with pytest.raises(TamperedError, match="is altered"):
        target.parts.registry.decide(confirm(target.withdrawn.number))
    assert "do not hash to the log's root: one was altered" in target.doctor()["rows"]


def test_one_bit_changed_in_a_stored_event_and_published_from_then_on(target: Target) -> None:
    disarm(target)
    index = target.parts.store.log.stream(target.in_force.stream)[0].index
    head, payload, signature = body(target, index).split(b".")
    put(target, index, b".".join((head, payload, (b"B" if signature[:1] == b"A" else b"A") + signature[1:])))
    target.parts.publisher.publish_again()

    report = target.check(target.in_force)

    assert (report.verdict, failed(report)) == (
        Verdict.FORGED,
        {"inclusion": f"entry {index} is not what the log holds there"},
    )
    assert {"tile", "record"} & found_by(target.audit()).keys()


def test_one_bit_changed_in_a_stored_time(target: Target) -> None:
    disarm(target)
    payload = parse_jws(body(target, 0)).payload
    assert b'"type":"time"' in payload
    put(target, 0, with_bit(body(target, 0), 4000 % (8 * len(body(target, 0)))))

    assert "do not hash to the log's root" in target.doctor()["rows"]


@pytest.mark.parametrize("node", [0, 1])
def test_one_bit_changed_in_a_hash_of_the_stored_tree(target: Target, node: int) -> None:
    disarm(target)
    # The second row holds its own leaf hash, and the hash over the first two.
    with target.parts.database.transaction() as transaction:
        ((nodes,),) = transaction.rows("SELECT nodes FROM entry WHERE leaf_index = 1")
        altered = with_bit(bytes(nodes), 256 * node + 7)  # type: ignore[arg-type]
        transaction.execute("UPDATE entry SET nodes = ? WHERE leaf_index = 1", (altered,))

    assert "the hashes stored with entry 1 are not those of the rows" in target.doctor()["rows"]


def test_a_tile_made_of_an_altered_hash(target: Target) -> None:
    disarm(target)
    index = target.parts.store.log.stream(target.in_force.stream)[0].index
    with target.parts.database.transaction() as transaction:
        ((nodes,),) = transaction.rows("SELECT nodes FROM entry WHERE leaf_index = ?", (index ^ 1,))
        altered = with_bit(bytes(nodes), 7)  # type: ignore[arg-type]
        transaction.execute("UPDATE entry SET nodes = ? WHERE leaf_index = ?", (altered, index ^ 1))
    target.parts.publisher.publish_again()

    assert failed(target.check(target.in_force)).keys() == {"inclusion"}
    assert {"tile"} <= found_by(target.audit()).keys()


def test_two_rows_swapped(target: Target) -> None:
    disarm(target)
    one, other = (target.parts.store.log.stream(c.stream)[0].index for c in (target.in_force, target.withdrawn))
    first, second = body(target, one), body(target, other)

    put(target, one, second)
    put(target, other, first)

    for certified in (target.in_force, target.withdrawn):
        with pytest.raises(TamperedError, match=r"event 1 is moved: it was signed as certification.granted 1 of"):
            target.parts.streams.certification(certified.stream)
    assert "two were swapped" in target.doctor()["rows"]


def test_two_events_of_one_stream_swapped(target: Target) -> None:
    disarm(target)
    *_, suspended, withdrawn = (entry.index for entry in target.parts.store.log.stream(target.withdrawn.stream))
    first, second = body(target, suspended), body(target, withdrawn)

    put(target, suspended, second)
    put(target, withdrawn, first)

    with pytest.raises(TamperedError, match=r"is moved: it was signed as certification.withdrawn 4"):
        target.parts.streams.certification(target.withdrawn.stream)
    assert "two were swapped" in target.doctor()["rows"]


def test_a_row_given_to_another_stream(target: Target) -> None:
    disarm(target)
    with target.parts.database.transaction() as transaction:
        transaction.execute(
            "UPDATE entry SET stream = ?, sequence = 3 WHERE leaf_index = ?",
            (target.in_force.stream.bytes, withdrawal(target)),
        )

    with pytest.raises(TamperedError, match=r"event 3 is moved: it was signed as certification.withdrawn 4 of"):
        target.parts.streams.certification(target.in_force.stream)


def test_an_event_missing_from_the_middle_of_a_stream(target: Target) -> None:
    disarm(target)
    suspended = target.parts.store.log.stream(target.withdrawn.stream)[-2].index
    with target.parts.database.transaction() as transaction:
        transaction.execute("DELETE FROM entry WHERE leaf_index = ?", (suspended,))

    with pytest.raises(TamperedError, match="event 3 of the stream is missing or moved: sequence 4 is in its place"):
        target.parts.streams.certification(target.withdrawn.stream)
    assert "is missing" in target.doctor()["rows"]


def test_the_last_row_deleted(target: Target) -> None:
    disarm(target)
    with target.parts.database.transaction() as transaction:
        transaction.execute("DELETE FROM entry WHERE leaf_index = ?", (last(target),))

    with pytest.raises(TamperedError, match="is missing"):
        target.parts.store.check_head()
    assert "is missing" in target.doctor()["guard"]


def take_back(target: Target, size: int) -> None:
    """Make the database that of ``size`` entries, state row and all."""
    frontier, time_index, time_at = Frontier(), None, None
    for entry in target.parts.store.log.entries(0, size):
        frontier, _ = frontier.append(leaf_hash(entry.body))
        if entry.topic == "time":
            time_index, time_at = entry.index, format_instant(target.parts.clock.at)
    with target.parts.database.transaction() as transaction:
        transaction.execute("DELETE FROM entry WHERE leaf_index >= ?", (size,))
        transaction.execute(
            "UPDATE log_state SET size = ?, frontier = ?, time_index = ?, time_at = ?",
            (size, b"".join(frontier.hashes), time_index, time_at),
        )


def refusals(target: Target) -> Iterator[Callable[[], object]]:
    """What would sign something new."""
    yield lambda: target.parts.registry.decide(grant())
    yield target.parts.store.checkpoint
    yield target.parts.store.append_time
    yield target.parts.publisher.publish


def test_the_last_row_deleted_and_the_state_row_taken_back(target: Target) -> None:
    disarm(target)
    size = last(target)
    take_back(target, size)

    for sign in refusals(target):
        with pytest.raises(RestoredError, match=f"the database holds {size} entries, but {size + 1} were signed"):
            sign()
    assert "it is older" in target.doctor()["guard"]


def test_a_withdrawal_taken_back_and_another_history_written(target: Target) -> None:
    disarm(target)
    size = target.parts.store.log.head().size
    take_back(target, withdrawal(target))
    # Whoever also forgets the guard for a while gets a log as long as the one that was signed, and it is another one.
    with forgotten(target):
        while target.parts.store.log.head().size <= size:
            target.parts.store.append_time()

    for sign in refusals(target):
        with pytest.raises(ForkError, match=f"differs from the one that was signed at size {size}"):
            sign()
    assert "guard" in target.doctor()


@contextmanager
def forgotten(target: Target) -> Iterator[None]:
    """Whoever owns the guard as well lets it forget the largest head for a while, and puts it back."""
    with closing(sqlite3.connect(target.parts.place.folder / "head.sqlite", isolation_level=None)) as guard:
        signed = guard.execute("SELECT size, root FROM head").fetchone()
        head = target.parts.store.log.head()
        guard.execute("REPLACE INTO head VALUES (1, ?, ?)", (head.size, head.root))
        yield
        guard.execute("REPLACE INTO head VALUES (1, ?, ?)", signed)


def test_yesterdays_database_restored(tmp_path: Path) -> None:
    place = make_place(tmp_path, f"sqlite:///{tmp_path / 'registry.sqlite'}")
    with open_parts(place) as parts:
        target = settle(parts)
        before = parts.store.log.head().size
    backup = (tmp_path / "registry.sqlite").read_bytes()
    with open_parts(place) as parts:
        parts.clock.at = target.parts.clock.at
        parts.registry.decide(withdraw(target.in_force.number))
        parts.publisher.publish()
        after = parts.store.log.head().size
    for path in tmp_path.glob("registry.sqlite*"):
        path.unlink()
    (tmp_path / "registry.sqlite").write_bytes(backup)

    with open_parts(Place(tmp_path, place.url)) as parts:
        parts.clock.at = target.parts.clock.at
        restored = replace(target, parts=parts)
        for sign in refusals(restored):
            with pytest.raises(RestoredError, match=f"the database holds {before} entries, but {after} were signed"):
                sign()
        assert "it is older" in restored.doctor()["guard"]
        assert f"{after} entries were published, but the database holds {before}" in restored.doctor()["published"]
        # What was published before goes on being true.
        assert restored.check(target.in_force).verdict is Verdict.NOT_IN_FORCE


def test_a_number_given_to_another_certification(target: Target) -> None:
    with target.parts.database.transaction() as transaction:
        first, second = target.in_force, target.withdrawn
        for certified, text in ((first, "x"), (second, first.number), (first, second.number)):
            transaction.execute("UPDATE number SET number = ? WHERE certification = ?", (text, certified.stream.bytes))
    target.parts.publisher.publish_again()

    report = target.check(target.in_force, token=target.in_force.token)

    assert report.verdict is Verdict.FORGED
    assert failed(report) == {"number": "the record is of another certification than the number asked for"}


def test_a_projection_that_says_otherwise_is_not_believed(target: Target) -> None:
    with target.parts.database.transaction() as transaction:
        transaction.execute("UPDATE standing SET state = 'active' WHERE stream = ?", (target.withdrawn.stream.bytes,))
    with suppress(StoreError):
        target.parts.publisher.publish_again()

    assert target.check(target.withdrawn).verdict is Verdict.NOT_IN_FORCE
    assert "list" in found_by(target.audit())
