"""Which life of a transferred certification answers for a day, with facts written as lines; the days by hand."""

from dataclasses import replace

import pytest

from tests.verifier.facts import UNTIL, day, fact, life, noon
from verifier.errors import ChainError
from verifier.link import check_kept, follow
from verifier.status import Condition, Fact, MaintenanceRule, State

BEGUN = "transferred_in 2026-06-01 until 2029-03-09 granted 2026-03-10 cycle 2026-03-10 maintained 2026-03-10"
OLD = life("transferred_out 2026-06-01")
NEW = [fact(BEGUN)]
LATER = "2026-12-31"


def answer(lives: list[list[Fact]], on: str, known: str = LATER) -> tuple[int, State]:
    place, standing = follow(lives, day(on), noon(day(known)))
    return place, standing.state


@pytest.mark.parametrize(
    ("on", "known", "expected"),
    [
        ("2026-03-09", LATER, (1, State.NOT_YET_EFFECTIVE)),
        ("2026-03-10", LATER, (1, State.ACTIVE)),
        ("2026-05-31", LATER, (1, State.ACTIVE)),
        ("2026-06-01", LATER, (0, State.ACTIVE)),
        # The last day on which nothing of the transfer was recorded.
        ("2026-06-01", "2026-05-31", (1, State.ACTIVE)),
        ("2026-06-01", "2026-03-09", (1, State.NOT_RECORDED)),
        ("2029-03-10", LATER, (0, State.EXPIRED)),
    ],
)
def test_the_newest_that_had_begun_answers(on: str, known: str, expected: tuple[int, State]) -> None:
    assert answer([NEW, OLD], on, known) == expected


def test_an_annulment_reaches_what_the_annulled_one_goes_on_from_and_no_other() -> None:
    annulled_old = [*OLD, fact("annulled 2026-07-01", 3)]
    annulled_new = [*NEW, fact("annulled 2026-07-01", 2)]

    assert [answer([NEW, annulled_old], text)[1] for text in ("2026-05-31", "2026-06-01")] == [
        State.ANNULLED,
        State.ACTIVE,
    ]
    assert [answer([annulled_new, OLD], text) for text in ("2026-05-31", "2026-06-01")] == [(0, State.ANNULLED)] * 2
    both = follow([annulled_new, annulled_old], day("2026-06-01"), noon(day(LATER)))[1]
    assert (both.state, both.conditions) == (State.ANNULLED, ())
    # Not known yet.
    assert answer([annulled_new, OLD], "2026-05-31", "2026-06-30") == (1, State.ACTIVE)


def test_an_annulment_in_the_middle_leaves_the_newest() -> None:
    middle = [*NEW, fact("transferred_out 2026-08-01", 2), fact("annulled 2026-09-01", 3)]
    newest = [fact(BEGUN.replace("2026-06-01", "2026-08-01"))]

    days = ("2026-05-31", "2026-07-31", "2026-08-01")
    assert [answer([newest, middle, OLD], text) for text in days] == [
        (1, State.ANNULLED),
        (1, State.ANNULLED),
        (0, State.ACTIVE),
    ]


def said(new: list[Fact], old: list[Fact], on: str, known: str = LATER) -> tuple[Condition, ...]:
    return follow([new, old], day(on), noon(day(known)))[1].conditions


def test_a_refused_maintenance_is_said_until_the_new_body_confirms_one() -> None:
    refused = [*life("maintenance_refused 2026-05-01"), fact("transferred_out 2026-06-01", 3)]
    confirmed = [*NEW, fact("maintenance_confirmed 2026-07-01", 2)]
    withdrawn = [*NEW, fact("withdrawn 2026-07-01", 2)]

    assert said(confirmed, refused, "2026-06-30") == (Condition.CHANGE_SCHEDULED, Condition.MAINTENANCE_REFUSED)
    assert said(confirmed, refused, "2026-07-01") == ()
    # Of what has ended there is nothing to maintain.
    assert said(withdrawn, refused, "2026-07-01") == ()


def test_of_what_the_old_body_decided_on_maintenance_the_last_comes_along() -> None:
    asked_again = life(
        "maintenance_refused 2026-04-01", "maintenance_confirmed 2026-05-01", "transferred_out 2026-06-01"
    )
    refused_later = life(
        "maintenance_confirmed 2026-04-01", "maintenance_refused 2026-05-01", "transferred_out 2026-06-01"
    )

    assert said(NEW, asked_again, "2026-06-01") == ()
    assert said(NEW, refused_later, "2026-06-01") == (Condition.MAINTENANCE_REFUSED,)


def test_a_refusal_by_the_new_body_is_said_once_and_from_its_day_and_its_recording_on() -> None:
    refused = [*NEW, fact("maintenance_refused 2026-07-01", 2)]

    assert said(refused, OLD, "2026-07-01") == (Condition.MAINTENANCE_REFUSED,)
    assert said(refused, OLD, "2026-06-30") == (Condition.CHANGE_SCHEDULED,)
    assert said(refused, OLD, "2026-07-01", known="2026-06-30") == ()


YEARLY = MaintenanceRule(interval_months=12, window_days=60, grace_days=30)


def test_the_days_are_kept_and_maintenance_is_counted_on() -> None:
    confirmed = [*life("maintenance_confirmed 2027-03-01"), fact("transferred_out 2027-06-01", 3)]
    kept = "transferred_in 2027-06-01 until 2029-03-09 granted 2026-03-10 cycle 2026-03-10 maintained 2027-03-10"

    check_kept([NEW, OLD], YEARLY)
    check_kept([[fact(kept)], confirmed], YEARLY)
    # An edition without a rule moves nothing on.
    check_kept([[replace(fact(kept), maintained_from=day("2026-03-10"))], confirmed], None)
    with pytest.raises(ChainError, match="keeps every day"):
        check_kept([[replace(fact(kept), maintained_from=day("2026-03-10"))], confirmed], YEARLY)


HALF_YEARLY = MaintenanceRule(interval_months=6, window_days=60, grace_days=30)
CUT = "transferred_in 2027-06-01 until 2029-08-30 granted 2026-08-31 cycle 2026-08-31 maintained 2027-02-28"


def confirmed_at_a_months_end() -> list[Fact]:
    """Granted on 31 August 2026; the half year that ends with February 2027 was confirmed."""
    return [
        fact("granted 2026-08-31 until 2029-08-30"),
        fact("maintenance_confirmed 2027-02-20", 2),
        fact("transferred_out 2027-06-01", 3),
    ]


def due(begun: list[Fact], on: str) -> str:
    return str(follow([begun], day(on), noon(day(LATER).replace(year=2030)), HALF_YEARLY)[1].maintenance_due_on)


def test_a_month_that_was_shorter_moves_no_due_day_of_the_receiver() -> None:
    begun = [fact(f"{CUT} counted 2026-08-31")]
    confirmed = [*begun, fact("maintenance_confirmed 2027-08-20", 2)]
    renewed = [*confirmed, fact("recertified 2029-08-01 until 2032-08-30", 3)]

    check_kept([begun, confirmed_at_a_months_end()], HALF_YEARLY)
    assert due(begun, "2027-06-01") == "2027-08-31"
    assert due(confirmed, "2027-08-20") == "2028-02-29"
    # Of a new cycle nothing before counts: its own first day does, the one after the old cycle's last.
    assert due(renewed, "2029-08-01") == "2030-02-28"


def test_a_month_that_was_shorter_is_kept_from_body_to_body() -> None:
    between = [fact(f"{CUT} counted 2026-08-31"), fact("transferred_out 2027-07-01", 2)]
    newest = [fact(f"{CUT} counted 2026-08-31".replace("2027-06-01", "2027-07-01"))]

    check_kept([newest, between, confirmed_at_a_months_end()], HALF_YEARLY)
    assert due(newest, "2027-07-01") == "2027-08-31"
    with pytest.raises(ChainError, match="keeps every day"):
        check_kept([[replace(newest[0], counted_from=day("2027-02-28"))], between], HALF_YEARLY)


def test_a_transfer_of_the_first_version_counts_on_from_the_day_that_it_states() -> None:
    begun = [fact(CUT)]

    check_kept([begun, confirmed_at_a_months_end()], HALF_YEARLY)
    assert due(begun, "2027-06-01") == "2027-08-28"


@pytest.mark.parametrize("counted", ["2027-02-28", "2026-08-30", "2027-08-31", "0001-01-31", "9998-12-31"])
def test_months_counted_from_another_day_are_refused(counted: str) -> None:
    begun = [fact(f"{CUT} counted {counted}")]

    # Whatever is stated, it is read.
    due(begun, "2027-06-01")
    with pytest.raises(ChainError, match="keeps every day"):
        check_kept([begun, confirmed_at_a_months_end()], HALF_YEARLY)


def test_a_new_cycle_is_kept_too() -> None:
    renewed = [*life("recertified 2029-01-10 until 2032-03-09"), fact("transferred_out 2029-06-01", 3)]
    # A cycle that was decided in time is maintained from the day after the old one's last, 2029-03-09.
    kept = "transferred_in 2029-06-01 until 2032-03-09 granted 2026-03-10 cycle 2029-01-10 maintained 2029-03-10"

    check_kept([[fact(kept)], renewed], YEARLY)
    with pytest.raises(ChainError, match="keeps every day"):
        check_kept([[replace(fact(kept), valid_until=UNTIL)], renewed], YEARLY)


def test_a_withdrawal_that_was_scheduled_is_not_left_behind() -> None:
    scheduled = life("withdrawn 2026-07-01 recorded 2026-05-20")
    handed_over = fact("transferred_out 2026-06-01", 3)

    with pytest.raises(ChainError, match="leaves nothing behind that takes effect later"):
        check_kept([NEW, [*scheduled, handed_over]], YEARLY)
    # A document is not a decision.
    check_kept([NEW, [*life("superseded 2026-07-01 recorded 2026-05-20"), handed_over]], YEARLY)


def test_what_came_after_the_transfer_changes_nothing_that_was_to_be_kept() -> None:
    check_kept([NEW, [*OLD, fact("annulled 2026-06-01", 3)]], YEARLY)


def test_what_was_never_handed_over_cannot_be_kept() -> None:
    with pytest.raises(ChainError, match="keeps every day"):
        check_kept([NEW, life()], YEARLY)
