"""Random lives of many certifications and bodies: the status rule and a model of it agree on every day and every K."""

import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier import model
from verifier.accreditation import AccreditationFact, accreditation
from verifier.encoding import add_months, legal_day
from verifier.gap import gaps
from verifier.status import Condition, Fact, Limits, MaintenanceRule, Standing, breach, status

DAY = timedelta(days=1)
NEVER = datetime(2200, 1, 1, tzinfo=UTC)
# Evenings before a leap day, a year's end and the two nights of a changing clock: the lives pass over them.
BEGINNINGS = [
    datetime(2028, 2, 28, 22, tzinfo=UTC),
    datetime(2027, 12, 31, 22, 30, tzinfo=UTC),
    datetime(2027, 3, 27, 22, 59, 59, tzinfo=UTC),
    datetime(2027, 10, 30, 21, 59, 59, tzinfo=UTC),
]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
STEPS = [0 * DAY, timedelta(seconds=1), 59 * MINUTE, HOUR, 2 * HOUR, DAY, 3 * DAY, 29 * DAY, 90 * DAY, 364 * DAY]
NAMES = [
    "suspended",
    "reinstated",
    "maintenance_confirmed",
    "appeal_upheld",
    "recertified",
    "suspension_prolonged",
    "scope_reduced",
    "suspended",
    "reinstated",
    "scope_extended",
    "appeal_upheld",
    "maintenance_refused",
    "suspension_prolonged",
    "corrected",
]
# Rarely tried: a life should not be over before it was one.
RARE = [
    "withdrawn",
    "relinquished",
    "withdrawn",
    "annulled",
    "withdrawn",
    "transferred_out",
    "personal_data_erased",
    "granted",
]
MAINTENANCE = {Condition.MAINTENANCE_DUE, Condition.MAINTENANCE_IN_GRACE, Condition.MAINTENANCE_OVERDUE}
OFFSETS = st.sampled_from([0, 0, 0, 0, 1, -1, 30, 3, -2, -6])
LASTS = st.sampled_from([400, 365, 60, 20, 1, 0, 1000])
ATTEMPTS = st.tuples(st.integers(0, 999), st.sampled_from(STEPS), OFFSETS, LASTS)
LIMITS = st.builds(Limits, st.sampled_from([0, 2, 5]), st.sampled_from([None, 0, 1, 30]))
RULES = st.none() | st.builds(MaintenanceRule, st.integers(1, 13), st.integers(0, 40), st.integers(0, 40))
# Lives are dear: a quarter of the profile's examples for what the first test does not already walk through.
FEWER = settings(max_examples=settings().max_examples // 4)
Attempt = tuple[int, timedelta, int, int]


def attempt(did: str, wanted: Attempt, before: Sequence[Fact], now: datetime) -> Fact:
    """The event that somebody tries to record now, sensible or not."""
    number, _, offset, length = wanted
    on = model.legal_day(now) + (0 if did in model.TODAY and number % 4 else offset) * DAY
    ends = on + length * DAY
    dated_before = did in {"adopted", "transferred_in"}
    return Fact(
        f"certification.{did}",
        len(before) + 1,
        on,
        now,
        valid_until=ends if did in model.FIRST or did == "recertified" else None,
        deadline=ends if did in {"suspended", "suspension_prolonged"} else None,
        reverses=number % (len(before) + 1) if did == "appeal_upheld" else None,
        granted_on=on - 500 * DAY if dated_before else None,
        cycle_starts_on=on - 70 * DAY if dated_before else None,
        maintained_from=on - 40 * DAY if dated_before else None,
        scope=tuple(f"task-{place}" for place in range(number % 4)) if did.startswith("scope") else None,
    )


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[list[Fact]], Limits]:
    """Some certifications, each with everything that both the rule and the model let somebody record of it."""
    limits = draw(LIMITS)
    begin = draw(st.sampled_from(BEGINNINGS))
    drawn = draw(st.lists(st.lists(ATTEMPTS, min_size=8, max_size=14), min_size=3, max_size=5))
    return [_life(wanted, begin, limits) for wanted in drawn], limits


def _life(drawn: Sequence[Attempt], now: datetime, limits: Limits) -> list[Fact]:
    life: list[Fact] = []
    for wanted in drawn:
        now += wanted[1]
        for did in _tried(wanted[0], life):
            new = attempt(did, wanted, life, now)
            refused, why = breach([*life, new], limits), model.refusal(life, new, limits)
            assert (refused is None) is (why is None), f"rule: {refused}; model: {why}; {new} after {life}"
            if why is None:
                life.append(new)
                break
    return life


def _tried(number: int, life: Sequence[Fact]) -> list[str]:
    """What somebody tries to record, one after the other until it is let in."""
    if not life:
        return ["suspended", sorted(model.FIRST)[number % 3]]
    rare = [RARE[number // 5 % len(RARE)]] if number % 5 == 4 else []
    return [*rare, *(NAMES[(number + place) % len(NAMES)] for place in range(6))]


def moments(life: Sequence[Fact]) -> list[datetime]:
    """Every K at which an answer may change: just before and at each event, and ever after."""
    return sorted({at for fact in life for at in (fact.recorded_at - timedelta(seconds=1), fact.recorded_at)} | {NEVER})


def days(life: Sequence[Fact]) -> list[date]:
    """Every T at which an answer may change, with the days around it."""
    marks = {day for fact in life for day in (fact.effective_on, fact.valid_until, fact.deadline) if day is not None}
    return sorted({day + off * DAY for day in marks for off in (-1, 0, 1)})


def said(standing: Standing) -> model.Page:
    """What the rule says, in the words of a diary's page."""
    of_maintenance = [str(condition) for condition in standing.conditions if condition in MAINTENANCE]
    return {
        "state": str(standing.state),
        "since": standing.since,
        "valid_until": standing.valid_until,
        "deadline": standing.deadline,
        "granted_on": standing.granted_on,
        "cycle": standing.cycle_starts_on,
        "scope": standing.scope,
        "maintenance": (standing.maintenance_due_on, of_maintenance[0] if of_maintenance else None),
    }


def compare(page: model.Page, standing: Standing) -> None:
    """The rule's answer says all that stands on the page; the page is silent where a state has no dates."""
    answer = said(standing)
    assert {name: answer[name] for name in answer if name in page} == {
        name: page[name] for name in answer if name in page
    }


@given(lives(), RULES)
def test_on_every_day_and_for_every_knowledge_the_rule_says_what_the_diary_says(
    drawn: tuple[list[list[Fact]], Limits], rule: MaintenanceRule | None
) -> None:
    for life in drawn[0]:
        asked = days(life)
        for known_at in moments(life):
            diary = model.diary(life, known_at, asked[-1] if asked else date.min, rule)
            for day in asked:
                compare(diary.on(day), status(life, day, known_at, rule))


@FEWER
@given(lives(), st.randoms(use_true_random=False))
def test_neither_what_is_recorded_later_nor_the_order_of_handing_over_changes_an_answer(
    drawn: tuple[list[list[Fact]], Limits], chance: Random
) -> None:
    for life in drawn[0]:
        for place, fact in enumerate(life):
            known_at = fact.recorded_at - timedelta(seconds=1)
            sooner = [one for one in life[:place] if one.recorded_at <= known_at]
            shuffled = chance.sample(life, len(life))
            for day in {fact.effective_on - DAY, fact.effective_on, fact.effective_on + 40 * DAY}:
                then = status(sooner, day, known_at)

                assert status(life, day, known_at) == then
                assert status(shuffled, day, known_at) == then
                assert status(shuffled, day, NEVER) == status(life, day, NEVER)


@FEWER
@given(lives(), st.integers(-20, 300), st.integers(0, 400), st.integers(0, 20))
def test_the_gaps_are_the_days_without_active_of_the_diary(
    drawn: tuple[list[list[Fact]], Limits], offset: int, length: int, moment: int
) -> None:
    # Those that follow each other stand for one that was transferred: the newest that had begun answers for a day.
    told = [life for life in drawn[0] if life]
    for place in range(len(told)):
        chain = told[place : place + 2]
        start = chain[0][0].effective_on + offset * DAY
        end = start + length * DAY
        known_at = moments(chain[0])[moment % len(moments(chain[0]))]
        diaries = [model.diary(life, known_at, end) for life in chain]
        asked = [start + number * DAY for number in range(length + 1)]
        told_by_day = {day: [diary.on(day)["state"] for diary in reversed(diaries)] for day in asked}
        begun = {day: [one for one in states if not one.startswith("not")] for day, states in told_by_day.items()}
        missing = [day for day in asked if begun[day][:1] != ["active"]]

        found = gaps(chain, start, end, known_at)

        assert [
            gap.starts_on + n * DAY for gap in found for n in range((gap.ends_on - gap.starts_on).days + 1)
        ] == missing
        assert all(one.ends_on < other.starts_on for one, other in pairwise(found))
        if len(chain) == 1:
            assert all(
                diaries[0].on(day)["state"] == gap.state for gap in found for day in (gap.starts_on, gap.ends_on)
            )


PROFILES = ("junior", "senior")
ACCREDITATIONS = st.lists(
    st.tuples(
        st.sampled_from(["granted", "suspended", "restored", "reduced", "withdrawn"]),
        st.sampled_from(["demo", "other"]),
        st.sampled_from(STEPS),
        OFFSETS,
        st.sampled_from([(), PROFILES[:1], PROFILES]),
    ),
    max_size=12,
)


@FEWER
@given(st.lists(ACCREDITATIONS, min_size=1, max_size=5), st.sampled_from(BEGINNINGS))
def test_each_body_is_covered_for_each_scheme_as_the_last_event_that_counts_says(
    drawn: list[list[tuple[str, str, timedelta, int, tuple[str, ...]]]], begin: datetime
) -> None:
    for events in drawn:
        now, facts = begin, []
        for number, (did, scheme, step, offset, profiles) in enumerate(events, start=1):
            now += step
            on = model.legal_day(now) + offset * DAY
            left = profiles if did == "reduced" else None
            facts.append(AccreditationFact(f"accreditation.{did}", number, scheme, on, now, {}, left))
        asked = {fact.effective_on + off * DAY for fact in facts for off in (-1, 0)} | {begin.date()}
        for scheme, profile in product(("demo", "other"), (None, *PROFILES)):
            of_scheme = [fact for fact in facts if fact.scheme == scheme]
            for on, known_at in product(asked, {fact.recorded_at for fact in facts} | {NEVER}):
                answer = accreditation(reversed(facts), scheme, on, known_at, profile)

                assert answer.coverage == model.covered(of_scheme, on, known_at, profile)
                assert answer.profiles == model.profiles_left(of_scheme, on, known_at)


@given(st.dates(date(1970, 1, 1), date(2300, 1, 1)), st.integers(0, 40))
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int) -> None:
    assert add_months(day, months) == model.months_on(day, months)


@given(st.integers(852076800, 2114380800))
def test_the_legal_day_is_romes_by_the_european_rule_of_summer_time(seconds: int) -> None:
    at = datetime.fromtimestamp(seconds, UTC)

    assert legal_day(at) == model.legal_day(at)


@pytest.mark.parametrize("module", ["model", "model_rules"])
def test_the_model_shares_no_code_with_what_is_held_against_it(module: str) -> None:
    imports = re.findall(r"^(?:from|import) (\S+)", Path(__file__).with_name(f"{module}.py").read_text(), re.MULTILINE)

    assert {name.partition(".")[0] for name in imports} <= {*sys.stdlib_module_names, "tests"}
    assert {name for name in imports if name.startswith("tests.")} <= {"tests.verifier.model"}
