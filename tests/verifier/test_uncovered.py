"""On which days of a period the body that answers was not accredited; the days by hand, and against day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier.facts import day, fact, life, noon
from verifier.accreditation import AccreditationFact, Coverage, accreditation
from verifier.uncovered import Held, Wanted, uncovered

DAY = timedelta(days=1)
LATER = noon(day("2027-12-31"))
WANTED = Wanted("demo", "addetto", LATER)


def accredited(*lines: str, scheme: str = "demo") -> list[AccreditationFact]:
    """Facts from lines like "suspended 2026-05-01" or "reduced 2026-05-01 referente"."""
    facts = []
    for sequence, line in enumerate(lines, start=2):
        act, on, *profiles = line.split()
        left = tuple(profiles) if act == "reduced" else None
        facts.append(AccreditationFact(f"accreditation.{act}", sequence, scheme, day(on), noon(day(on)), {}, left))
    return facts


def spans(held: list[Held], first: str, last: str, wanted: Wanted = WANTED) -> list[tuple[str, str, str]]:
    return [
        (str(span.starts_on), str(span.ends_on), str(span.accreditation.coverage))
        for span in uncovered(held, day(first), day(last), wanted)
    ]


ACCREDITED = "granted 2026-01-01"
BETWEEN = [ACCREDITED, "suspended 2026-05-01", "restored 2026-06-01"]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-04-01", "2026-04-30", []),
        ("2026-06-01", "2026-12-31", []),
        ("2026-04-01", "2026-12-31", [("2026-05-01", "2026-05-31", "suspended")]),
        ("2026-05-31", "2026-06-01", [("2026-05-31", "2026-05-31", "suspended")]),
        ("2026-04-30", "2026-05-01", [("2026-05-01", "2026-05-01", "suspended")]),
        ("2026-12-31", "2026-12-30", []),
    ],
)
def test_every_day_without_accreditation_is_named(first: str, last: str, expected: list[tuple[str, str, str]]) -> None:
    assert spans([Held(life(), accredited(*BETWEEN))], first, last) == expected


def test_what_follows_upon_a_suspension_is_told_apart() -> None:
    facts = accredited(*BETWEEN[:2], "withdrawn 2026-06-01", "granted 2026-07-01", "reduced 2026-08-01 referente")

    assert spans([Held(life(), facts)], "2026-04-01", "2026-08-31") == [
        ("2026-05-01", "2026-05-31", "suspended"),
        ("2026-06-01", "2026-06-30", "not_covered"),
        ("2026-08-01", "2026-08-31", "not_covered"),
    ]
    *_, reduced = uncovered([Held(life(), facts)], day("2026-04-01"), day("2026-08-31"), WANTED)
    assert reduced.accreditation.leaves_profile_out


def test_another_schemes_accreditation_counts_for_nothing() -> None:
    other = accredited(ACCREDITED, scheme="other")

    assert spans([Held(life(), other)], "2026-04-01", "2026-04-02") == [("2026-04-01", "2026-04-02", "not_covered")]


def test_what_was_recorded_later_was_not_known() -> None:
    early = Wanted("demo", "addetto", noon(day("2026-04-30")))

    assert spans([Held(life(), accredited(*BETWEEN))], "2026-04-01", "2026-12-31", early) == []


def test_each_day_is_that_of_the_body_which_answers_for_it() -> None:
    old = Held(life("transferred_out 2026-06-01"), accredited(ACCREDITED, "withdrawn 2026-06-01"))
    begun = "transferred_in 2026-06-01 until 2029-03-09 granted 2026-03-10 cycle 2026-03-10 maintained 2026-03-10"
    new = Held([fact(begun)], accredited("granted 2026-06-10"))

    assert spans([new, old], "2026-05-01", "2026-12-31") == [("2026-06-01", "2026-06-09", "not_covered")]


ACTS = st.sampled_from(["granted", "suspended", "restored", "withdrawn", "reduced"])
LINES = st.lists(st.tuples(ACTS, st.integers(0, 30)), max_size=8)


@given(LINES, st.integers(-3, 33), st.integers(-3, 33))
def test_no_day_is_left_out_and_none_is_told_twice(lines: list[tuple[str, int]], start: int, end: int) -> None:
    begin = date(2026, 3, 8)
    facts = accredited(*(f"{act} {begin + DAY * after} referente" for act, after in lines))
    first, last = begin + DAY * start, begin + DAY * end
    held = [Held(life(), facts)]

    found = uncovered(held, first, last, WANTED)

    told = [s.starts_on + DAY * i for s in found for i in range((s.ends_on - s.starts_on).days + 1)]
    wanted = [first + DAY * i for i in range((last - first).days + 1)]
    assert told == [d for d in wanted if accreditation(facts, "demo", d, LATER, "addetto").coverage != Coverage.COVERED]
