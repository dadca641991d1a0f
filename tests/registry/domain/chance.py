"""What chance offers to bodies that decide at random: which edition, beginning, wish and step of time."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from hypothesis import strategies as st

from tests.verifier.model_rules import Book
from verifier.status import MaintenanceRule

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
TASKS: Final = ("answer", "listen", "note")
STEPS = st.sampled_from([0 * DAY, SECOND, HOUR, 7 * HOUR, DAY, 3 * DAY, 20 * DAY, 29 * DAY, 85 * DAY])
ON_THE_WAY = st.sampled_from([timedelta(0), SECOND, HOUR / 2, HOUR - SECOND])
OFFSETS = st.sampled_from([0, 0, 0, 0, 0, 1, -1, 30, 4, -2, -6])
NUMBERS = st.integers(0, 9999)
# What ends a life is tried seldom: it should not be over before it was one.
DECISIONS: Final = Counter(
    maintenance_confirmed=10, suspended=12, reinstated=12, recertified=12, appeal_upheld=8, suspension_prolonged=10,
    scope_reduced=6, scope_extended=6, maintenance_refused=3, corrected=3, document=3, transferred_out=3,
    withdrawn=2, relinquished=1, annulled=1, personal_data_erased=1,
)  # fmt: skip
BOOKS = st.builds(
    Book,
    st.sampled_from([2, 3, 6]),
    st.just(date(2027, 1, 1)),
    st.sampled_from([date(2028, 6, 30), date(2032, 12, 31)]),
    st.sampled_from([0, 2, 5]),
    st.sampled_from([20, 60]),
    st.sampled_from([0, 1, 30]),
    st.sampled_from([30, 180]),
    st.none() | st.builds(MaintenanceRule, st.integers(1, 5), st.integers(0, 40), st.integers(0, 30)),
    st.just(frozenset(TASKS)),
)
# Evenings before a leap day, a year's end and the two nights of a changing clock.
BEGINNINGS = st.sampled_from(
    [
        datetime.fromisoformat(text)
        for text in (
            "2028-02-28T22:00:00+00:00",
            "2027-12-31T22:30:00+00:00",
            "2027-03-27T22:59:59+00:00",
            "2027-10-30T21:59:59+00:00",
            "2027-08-30T08:00:00+00:00",
        )
    ]
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What chance says that somebody tries."""

    did: str
    offset: int
    length: int
    number: int


def any_beginning(chance: Random) -> Wish:
    """Whom somebody may want to certify, mostly from today on."""
    did = chance.choice(["granted", "granted", "granted", "adopted"])
    return Wish(did, chance.choice([0, 0, 0, 0, 1, -1, 30]), 0, chance.randrange(10000))


def any_wish(chance: Random) -> Wish:
    """What somebody may come up with, often for today."""
    did = chance.choice(list(DECISIONS.elements()))
    offset = chance.choice([0, 0, 0, 0, 0, 0, 1, -1, 30, 4, -2, -6])
    return Wish(did, offset, chance.choice([40, 20, 3, 1, 0, -1, 90, 170]), chance.randrange(10000))
