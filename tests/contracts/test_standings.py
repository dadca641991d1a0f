"""The projection is a function of log and day: in pieces, at once, interrupted, on either database, the same."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from registry.bootstrap import MIGRATIONS
from registry.database import Database, Transaction, open_database
from registry.database.migration import Row
from registry.projections import standings
from registry.projections.standings import Standings
from registry.store.reader import LogReader
from tests.contracts.parts import START, Parts, found, grant, make_place, open_parts, reissue, suspend, withdraw
from tests.contracts.threads import together
from verifier.encoding import legal_day
from verifier.event import parse_event, status_leaf
from verifier.merkle import leaf_hash
from verifier.status import State, status

TODAY = legal_day(START)
DAY = timedelta(days=1)


@pytest.fixture
def lived(parts: Parts) -> Parts:
    """A registry with certifications that were decided on over two months."""
    live(parts)
    return parts


def live(parts: Parts) -> None:
    numbers = [parts.registry.decide(grant(f"Person {place}")).number for place in range(8)]
    later = replace(grant("Later"), basis=replace(grant().basis, effective_on=TODAY + 40 * DAY))
    parts.registry.decide(later)
    parts.clock.pass_by(days=5)
    parts.registry.decide(suspend(numbers[1]))
    parts.registry.decide(withdraw(numbers[2]))
    parts.registry.decide_all([reissue(numbers[3]), suspend(numbers[3]), withdraw(numbers[3])])
    ahead = withdraw(numbers[4])
    parts.registry.decide(replace(ahead, basis=replace(ahead.basis, effective_on=TODAY + 30 * DAY)))
    parts.clock.pass_by(days=30)
    parts.registry.decide(grant("Last"))
    parts.register.suspend_accreditation("borea", "demo", "https://accreditamento.example/2")


def size(parts: Parts) -> int:
    return parts.store.log.head().size


def rows(database: Database) -> list[Row]:
    """Every row and the position, as they are stored."""
    with database.snapshot() as reading:
        standing = reading.rows("SELECT * FROM standing ORDER BY status_index")
        return standing + reading.rows("SELECT name, position, day, time_at FROM projection ORDER BY name")


def rebuilt(parts: Parts, upto: int, day: date) -> list[Row]:
    parts.standings.rebuild(upto, day)
    return rows(parts.database)


def test_each_row_is_what_the_streams_events_say(lived: Parts) -> None:
    day = TODAY + 35 * DAY
    lived.standings.catch_up(size(lived), day)

    read = lived.standings.changed_since(0)
    streams = {entry.stream for entry in lived.store.log.entries(0, size(lived)) if entry.stream is not None}
    assert {row.stream for row in read} == streams
    for row in read:
        entries = lived.store.log.stream(row.stream)
        first, last = parse_event(entries[0].body), entries[-1]
        assert (row.status_index, row.events) == (first.integer("status_index"), len(entries))
        assert row.leaf_hash == leaf_hash(status_leaf(row.stream, len(entries), last.index, sha256(last.body).digest()))
        assert [fact.type for fact in row.facts] == [e.topic for e in entries if row.kind == "certification"]
    kinds = [row.kind for row in read]
    assert (kinds.count("edition"), kinds.count("body"), kinds.count("certification")) == (1, 2, 10)


def test_states_are_those_of_the_rule_on_each_day(lived: Parts) -> None:
    seen = set[State]()
    for ahead in (0, 4, 5, 6, 19, 20, 21, 29, 30, 39, 40, 41, 400, 4000):
        day = TODAY + ahead * DAY
        lived.standings.catch_up(size(lived), day)

        for row in lived.standings.of_kind("certification"):
            standing = status(row.facts, day, lived.clock() + 4000 * DAY)
            assert (row.state, row.valid_until) == (standing.state, standing.valid_until)
            seen.add(standing.state)
        certifications = lived.standings.of_kind("certification")
        assert sorted(lived.standings.states()) == [(row.status_index, row.state) for row in certifications]
    assert seen >= {State.ACTIVE, State.SUSPENDED, State.WITHDRAWN, State.EXPIRED, State.NOT_YET_EFFECTIVE}


@pytest.mark.parametrize("batch", [1, 3, 7, 1000])
def test_catching_up_in_pieces_is_rebuilding(lived: Parts, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(standings, "BATCH", batch)
    whole, day = size(lived), TODAY + 35 * DAY
    for upto, ahead in ((5, 0), (6, 1), (6, 6), (17, 6), (25, 21), (whole, 35)):
        lived.standings.catch_up(upto, TODAY + ahead * DAY)
    pieces = rows(lived.database)

    assert pieces == rebuilt(lived, whole, day)
    monkeypatch.setattr(standings, "BATCH", 2000)
    assert pieces == rebuilt(lived, whole, day)


def test_catching_up_again_changes_nothing(lived: Parts) -> None:
    lived.standings.catch_up(size(lived), TODAY)
    before = rows(lived.database)

    lived.standings.catch_up(size(lived), TODAY)
    lived.standings.catch_up(3, TODAY)

    assert rows(lived.database) == before


def test_a_clock_that_goes_back_a_day_does_not_take_the_projection_along(lived: Parts) -> None:
    lived.standings.catch_up(size(lived), TODAY + 35 * DAY)
    before = rows(lived.database)

    lived.standings.catch_up(size(lived), TODAY)

    assert rows(lived.database) == before


def test_a_rebuild_may_be_of_an_earlier_day_and_a_smaller_log(lived: Parts) -> None:
    lived.standings.catch_up(12, TODAY)
    early = rows(lived.database)
    lived.standings.catch_up(size(lived), TODAY + 35 * DAY)

    assert rebuilt(lived, 12, TODAY) == early


@dataclass(frozen=True)
class Stopping:
    """A database whose transactions fail before their commit, from the nth on."""

    database: Database
    count: Iterator[int]
    last: int

    @property
    def for_update(self) -> str:
        return self.database.for_update

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self.database.transaction() as transaction:
            yield transaction
            if next(self.count) >= self.last:
                raise InterruptedError

    def snapshot(self) -> AbstractContextManager[Transaction]:
        return self.database.snapshot()


@pytest.mark.parametrize("last", [0, 1, 2, 5, 9])
def test_a_crash_in_the_middle_neither_loses_nor_repeats(
    lived: Parts, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    monkeypatch.setattr(standings, "BATCH", 4)
    whole, day = size(lived), TODAY + 35 * DAY
    stopping = Stopping(lived.database, itertools.count(), last)

    with pytest.raises(InterruptedError):
        Standings(stopping, lived.store.log).catch_up(whole, day)

    assert lived.standings.position().size == min(whole, 4 * max(0, last - 1))
    lived.standings.catch_up(whole, day)
    assert rows(lived.database) == rebuilt(lived, whole, day)


def test_projections_of_several_processes_at_once_take_each_entry_in_once(
    lived: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standings, "BATCH", 2)
    whole, day = size(lived), TODAY + 35 * DAY
    expected = rebuilt(lived, whole, day)

    def catch_up(ahead: int) -> Callable[[], None]:
        return lambda: Standings(lived.database, lived.store.log).catch_up(whole, TODAY + ahead * DAY)

    for _ in range(3):
        lived.standings.rebuild(0, date.min)
        together([catch_up(35), catch_up(35), catch_up(6), catch_up(35)])

        assert rows(lived.database) == expected


@dataclass(frozen=True)
class Overtaken:
    """A database before whose first transaction somebody else does something."""

    database: Database
    hurry: list[Callable[[], None]]

    @property
    def for_update(self) -> str:
        return self.database.for_update

    def transaction(self) -> AbstractContextManager[Transaction]:
        if self.hurry:
            self.hurry.pop()()
        return self.database.transaction()

    def snapshot(self) -> AbstractContextManager[Transaction]:
        return self.database.snapshot()


def test_a_projection_that_is_overtaken_does_not_take_the_day_back(lived: Parts) -> None:
    whole, day = size(lived), TODAY + 35 * DAY
    overtaken = Overtaken(lived.database, [lambda: lived.standings.catch_up(whole, day)])

    Standings(overtaken, lived.store.log).catch_up(whole, TODAY + 6 * DAY)

    assert rows(lived.database) == rebuilt(lived, whole, day)


def test_progress_is_told_after_each_batch(lived: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standings, "BATCH", 10)
    heard: list[int] = []

    lived.standings.catch_up(size(lived), TODAY, heard.append)

    assert heard == [*range(10, size(lived), 10), size(lived)]


def test_what_changed_since_an_entry_is_what_events_from_there_on_changed(lived: Parts) -> None:
    lived.standings.catch_up(size(lived), TODAY)
    for index in (0, 1, 10, 20, size(lived) - 1, size(lived)):
        changed = {e.stream for e in lived.store.log.entries(index, size(lived)) if e.stream is not None}

        assert {row.stream for row in lived.standings.changed_since(index)} == changed


def test_a_stream_is_found_by_its_kind(lived: Parts) -> None:
    lived.standings.catch_up(size(lived), TODAY)
    kinds = ("body", "edition", "certification")
    found = [row for kind in kinds for row in lived.standings.of_kind(kind)]
    assert sorted(found, key=lambda row: row.status_index) == lived.standings.changed_since(0)
    assert {row.body for row in lived.standings.of_kind("body")} == {"aurora", "borea"}


@pytest.mark.postgres
def test_both_databases_make_the_same_rows_of_one_log(tmp_path: Path, postgres_url: str) -> None:
    with open_parts(make_place(tmp_path, f"sqlite:///{tmp_path / 'registry.sqlite'}")) as parts:
        found(parts)
        live(parts)
        other = open_database(postgres_url)
        other.migrate(MIGRATIONS)
        with parts.database.snapshot() as reading, other.transaction() as transaction:
            columns = ("leaf_index", "stream", "sequence", "topic", "body", "nodes")
            transaction.insert("entry", columns, reading.rows(f"SELECT {', '.join(columns)} FROM entry"))
        for ahead in (0, 6, 35):
            parts.standings.catch_up(size(parts), TODAY + ahead * DAY)
            Standings(other, LogReader(other)).catch_up(size(parts), TODAY + ahead * DAY)

            assert rows(parts.database) == rows(other)
        other.close()
