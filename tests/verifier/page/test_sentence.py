"""The first sentence of every answer: it names the days that were asked for, and needs no second one."""

import html
import re
from collections.abc import Callable

import pytest

from tests.verifier.page.world import World
from verifier.event import TYPES
from verifier.page import sentence
from verifier.status import ADVERSE

Read = Callable[..., str]


def told(page: str) -> tuple[str, str, str]:
    """The tone, the key and the sentence of the big result."""
    found = re.search(r'<section class="result (\w+)" data-result="(\w+)".*?<h1[^>]*>(.*?)</h1>', page, re.DOTALL)
    assert found is not None
    return found[1], found[2], re.sub(r"(?<=\d)\u00a0", " ", html.unescape(found[3]))


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("en", "8\u00a0January 2029"),
        ("it", "8\u00a0gennaio 2029"),
        ("fr", "8\u00a0janvier 2029"),
        ("de", "8.\u00a0Januar 2029"),
        ("es", "8\u00a0de\u00a0enero de 2029"),
    ],
)
def test_a_headline_parts_no_day_from_its_month(world: World, read: Read, language: str, day: str) -> None:
    page = read(f"/V/{world.samples['withdrawn'].number}", language)

    headline = re.search(r"<h1[^>]*>(.*?)</h1>", page)
    assert headline is not None
    assert day in headline[1]


TODAY = {
    "active": ("good", "in_force", "In force today"),
    "overdue": ("caution", "maintenance_overdue", "In force today, but its maintenance is overdue"),
    "ends soon": ("caution", "change_scheduled", "In force today, but withdrawn from 15 February 2029 on"),
    "suspended": ("bad", "suspended", "Not in force today: suspended since 10 December 2028"),
    "expired": ("bad", "expired", "Not in force today: expired after 11 January 2029"),
    "withdrawn": ("bad", "withdrawn", "Not in force today: withdrawn since 8 January 2029"),
    "relinquished": ("bad", "relinquished", "Not in force today: given up since 9 January 2029"),
    "not yet": ("bad", "not_yet_effective", "Not in force today: it counts only from 1 March 2029 on"),
    "unaccredited": (
        "caution", "accreditation_not_covered", "In force today, but the body is not accredited for it",
    ),
    "accreditation suspended": (
        "caution", "accreditation_suspended", "In force today, but the body's accreditation is suspended",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TODAY)
def test_what_counts_today_is_told_in_a_sentence(world: World, read: Read, name: str) -> None:
    assert told(read(f"/V/{world.samples[name].number}")) == TODAY[name]


# Today is 1 February 2029. "reinstated" was suspended on 1 October 2028 and reinstated on 1 November.
OTHER_DAYS = [
    ("active", "on=2029-01-10", "good", "In force on 10 January 2029 and today"),
    ("withdrawn", "on=2029-01-07", "caution", "In force on 7 January 2029, withdrawn since 8 January 2029"),
    ("withdrawn", "on=2029-01-09", "bad", "Not in force on 9 January 2029: withdrawn since 8 January 2029"),
    ("suspended", "on=2028-12-09", "caution", "In force on 9 December 2028, suspended since 10 December 2028"),
    ("expired", "on=2028-12-09", "caution", "In force on 9 December 2028, expired after 11 January 2029"),
    ("overdue", "on=2028-11-01", "caution", "In force on 1 November 2028 and today, but its maintenance is overdue"),
    (
        "ends soon",
        "on=2029-01-10",
        "caution",
        "In force on 10 January 2029 and today, but withdrawn from 15 February 2029 on",
    ),
    (
        "reinstated",
        "on=2028-10-31",
        "bad",
        "Not in force on 31 October 2028 (suspended since 1 October 2028), but in force today",
    ),
    (
        "withdrawn",
        "on=2028-06-01",
        "bad",
        "Not in force on 1 June 2028 (it counts only from 2 June 2028 on), nor today (withdrawn since 8 January 2029)",
    ),
    ("active", "on=2029-02-02", "caution", "In force on 2 February 2029 so far, as that day has not come yet"),
    ("active", "on=2040-01-01", "bad", "Not in force on 1 January 2040: expired after 31 May 2031"),
    (
        "accreditation suspended",
        "on=2029-01-10",
        "caution",
        "In force on 10 January 2029 and today, but the body's accreditation is suspended",
    ),
    (
        "unaccredited",
        "on=2029-01-10",
        "caution",
        "In force on 10 January 2029 and today, but the body is not accredited for it on that day",
    ),
]


@pytest.mark.parametrize(("name", "asked", "tone", "said"), OTHER_DAYS)
def test_of_another_day_both_days_are_told(
    world: World, read: Read, name: str, asked: str, tone: str, said: str
) -> None:
    found, _, sentence = told(read(f"/V/{world.samples[name].number}?{asked}"))

    assert (found, sentence) == (tone, said)


REQUIREMENTS = [
    (
        "active",
        "participation",
        "2028-10-01",
        "good",
        "Requirement met: in force on every day from 1 October 2028 to today",
    ),
    (
        "reinstated",
        "participation",
        "2028-09-30",
        "bad",
        "Requirement not met: in force on 30 September 2028, but suspended from 1 October 2028 to 31 October 2028",
    ),
    ("reinstated", "scoring", "2028-09-30", "good", "Requirement met: in force on 30 September 2028 and today"),
    (
        "withdrawn",
        "scoring",
        "2029-01-07",
        "good",
        "Requirement met: in force on 7 January 2029, withdrawn since 8 January 2029",
    ),
    (
        "withdrawn",
        "participation",
        "2029-01-07",
        "bad",
        "Requirement not met: in force on 7 January 2029, withdrawn since 8 January 2029",
    ),
    (
        "suspended",
        "scoring",
        "2028-12-10",
        "bad",
        "Requirement not met: not in force on 10 December 2028: suspended since 10 December 2028",
    ),
    (
        "reinstated",
        "execution",
        "2028-11-01",
        "good",
        "Requirement met: in force on every day from 1 November 2028 to today",
    ),
    (
        "active",
        "execution",
        "2029-03-01",
        "caution",
        "Requirement met so far: in force on 1 March 2029 so far, as that day has not come yet",
    ),
    (
        "ends soon",
        "participation",
        "2029-01-10",
        "caution",
        "Requirement met: in force on every day from 10 January 2029 to today, but withdrawn from 15 February 2029 on",
    ),
    (
        "unaccredited",
        "participation",
        "2029-01-10",
        "caution",
        (
            "To be judged by you: in force on every day from 10 January 2029 to today, but the body is not accredited"
            " for it on that day"
        ),
    ),
]


@pytest.mark.parametrize(("name", "kind", "on", "tone", "said"), REQUIREMENTS)
def test_what_becomes_of_the_requirement_is_said_first(
    world: World, read: Read, name: str, kind: str, on: str, tone: str, said: str
) -> None:
    found, _, sentence = told(read(f"/V/{world.samples[name].number}?kind={kind}&on={on}"))

    assert (found, sentence) == (tone, said)


def test_for_points_nothing_is_said_of_every_day(world: World, read: Read) -> None:
    page = read(f"/V/{world.samples['withdrawn'].number}?kind=scoring&on=2029-01-07")

    assert "counts on this day, and the body is accredited" in page
    assert "every one of these days" not in page


def test_every_decision_against_a_holder_that_may_come_later_has_its_words() -> None:
    assert sentence.TO_COME.keys() <= TYPES.keys()
    assert sentence.TO_COME.keys() <= ADVERSE
