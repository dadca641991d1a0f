"""The status list is followed from day to day, and says what the rule says as if made anew."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.publish.status_list import format_status_list
from verifier.audit.status_lists import StatusList
from verifier.audit.streams import Replayed
from verifier.encoding import format_base64url, format_json
from verifier.errors import FormatError, ProofError
from verifier.event import Snapshot
from verifier.jws import Jws
from verifier.status import Fact, status

MONDAY = date(2026, 11, 23)
RECORDED = datetime(2026, 11, 1, tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)
TURNS = ["certification.suspended", "certification.reinstated", "certification.withdrawn", "certification.relinquished"]


def stream(index: int, facts: tuple[Fact, ...], kind: str = "certification") -> Replayed:
    return Replayed(kind, 0, len(facts), index, 0, bytes(32), bytes(32), bytes(32), facts)


def named(day: date, published: bytes) -> Snapshot:
    jws = Jws("Ed25519", "", "", b"", b"", b"")
    return Snapshot(jws, "log", 1, 1, bytes(32), day, sha256(published).digest())


def days(most: int) -> st.SearchStrategy[date]:
    return st.integers(0, most).map(lambda count: MONDAY + timedelta(days=count))


@st.composite
def lives(draw: st.DrawFn) -> tuple[Fact, ...]:
    granted = Fact("certification.granted", 1, draw(days(20)), RECORDED, draw(days(40)))
    later = draw(st.lists(st.tuples(st.sampled_from(TURNS), days(40)), max_size=3))
    return (granted, *(Fact(kind, i, day, RECORDED) for i, (kind, day) in enumerate(later, start=2)))


@given(st.lists(lives(), min_size=1, max_size=9), st.lists(days(60), min_size=1, max_size=6))
def test_moving_from_day_to_day_gives_what_the_rule_gives(certified: list[tuple[Fact, ...]], on: list[date]) -> None:
    streams = {UUID(int=i).bytes: stream(i, facts) for i, facts in enumerate(certified)}
    followed, new = StatusList(), list(streams)

    for day in sorted(on):
        followed.move_to(day, len(streams) + 1, new, streams.__getitem__)
        states = [(i, status(facts, day, LATEST).state) for i, facts in enumerate(certified)]
        published = format_status_list(day, len(streams) + 1, states)

        followed.check(named(day, published), published)

        new = []


@given(st.lists(lives(), min_size=1, max_size=9), st.data())
def test_a_list_that_says_otherwise_of_one_is_refused(certified: list[tuple[Fact, ...]], data: st.DataObject) -> None:
    followed = StatusList()
    streams = {UUID(int=i).bytes: stream(i, facts) for i, facts in enumerate(certified)}
    followed.move_to(MONDAY, len(streams), streams, streams.__getitem__)
    states = [(i, status(facts, MONDAY, LATEST).state) for i, facts in enumerate(certified)]

    left_out = data.draw(st.integers(0, len(states) - 1))
    published = format_status_list(MONDAY, len(streams), [*states[:left_out], *states[left_out + 1 :]])

    with pytest.raises(ProofError, match="does not say what the rule says"):
        followed.check(named(MONDAY, published), published)


def test_a_list_of_an_earlier_day_than_the_last_is_refused() -> None:
    followed = StatusList()
    followed.move_to(MONDAY, 1, [], lambda key: stream(0, ()))

    with pytest.raises(ProofError, match="the list of 2026-11-22 follows one of 2026-11-23"):
        followed.move_to(MONDAY - timedelta(days=1), 1, [], lambda key: stream(0, ()))


BROKEN = {
    "another than the snapshot names": (b"{}", ProofError, "not the one that the snapshot names"),
    "no list": (b"{}", FormatError, "not a status list of that day"),
    "one of another day": (
        format_status_list(MONDAY + timedelta(days=1), 8, []), FormatError, "not a status list of that day"
    ),
    "one that does not inflate": (
        format_json({"bits": 2, "day": "2026-11-23", "lst": format_base64url(b"zz")}), FormatError, "not compressed"
    ),
    "one of more streams": (format_status_list(MONDAY, 12, []), FormatError, "another size"),
    "one of fewer streams": (format_status_list(MONDAY, 4, []), FormatError, "another size"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_list_is_refused(case: str) -> None:
    published, error, reason = BROKEN[case]
    followed = StatusList()
    followed.move_to(MONDAY, 8, [], lambda key: stream(0, ()))
    snapshot = named(MONDAY, b"another" if "snapshot names" in case else published)

    with pytest.raises(error, match=reason):
        followed.check(snapshot, published)
