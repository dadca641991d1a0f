"""The day that matters, what was known then, and what is known now."""

import pytest

from tests.verifier.cli.asking import Ask, link
from tests.verifier.page.world import World, too_late


def test_an_old_snapshot_says_nothing_about_now(world: World, ask: Ask) -> None:
    said = ask(link(world, "active"), "--registry", world.public, at=too_late())

    assert (said.code, said.first) == (4, "COULD NOT BE CHECKED")
    assert said.outcome("fresh") == "not checked"
    assert "--known-at TIME, not later than the snapshot" in said.out


def test_what_was_known_is_answered_from_an_old_snapshot(world: World, ask: Ask) -> None:
    question = ("--on", "2029-02-01", "--known-at", "2029-02-01T10:00:00Z")

    said = ask(link(world, "active"), "--registry", world.public, *question, at=too_late())

    assert said.code == 0
    assert said.first == "GENUINE AND IN FORCE on 2029-02-01, as known at 2029-02-01T10:00:00Z"
    assert "What is known now cannot be said from these proofs" in said.out
    assert "Today, 2029-02-04: COULD NOT BE CHECKED." in said.out


@pytest.mark.parametrize(
    ("on", "code", "first"),
    [
        ("2028-06-01", 1, "NOT YET IN FORCE"),
        ("2028-06-02", 0, "GENUINE AND IN FORCE"),
        ("2029-01-07", 0, "GENUINE AND IN FORCE"),
        ("2029-01-08", 1, "WITHDRAWN, NOT IN FORCE"),
        ("0001-01-01", 1, "NOT YET IN FORCE"),
    ],
)
def test_the_day_that_matters_decides(on: str, code: int, first: str, world: World, ask: Ask) -> None:
    said = ask(link(world, "withdrawn"), "--registry", world.public, "--on", on)

    assert (said.code, said.first) == (code, f"{first} on {on}")
    assert "Today, 2029-02-01: WITHDRAWN, NOT IN FORCE." in said.out


def test_a_decision_of_a_later_day_is_told(world: World, ask: Ask) -> None:
    said = ask(link(world, "withdrawn"), "--registry", world.public, "--on", "2028-12-31")

    assert "! Recorded for a later day, 2029-01-08: certification withdrawn." in said.out


def test_of_a_day_to_come_only_what_is_recorded_so_far_is_said(world: World, ask: Ask) -> None:
    said = ask(link(world, "active"), "--registry", world.public, "--on", "2029-02-02")

    assert (said.code, said.first) == (0, "GENUINE AND IN FORCE on 2029-02-02, so far")
    assert "! 2029-02-02 has not come yet" in said.out


@pytest.mark.parametrize("on", ["2029-06-20", "2029-09-01"])
def test_of_a_day_to_come_no_body_is_late_that_has_time_yet(on: str, world: World, ask: Ask) -> None:
    said = ask(link(world, "active"), "--registry", world.public, "--on", on)

    assert (said.code, said.first) == (0, f"GENUINE AND IN FORCE on {on}, so far")
    assert "! Maintenance is due by 2029-06-01 and not confirmed yet." in said.out
    assert "was due" not in said.out


def test_who_is_late_today_is_late_on_a_day_to_come(world: World, ask: Ask) -> None:
    said = ask(link(world, "overdue"), "--registry", world.public, "--on", "2029-02-10")

    assert (said.code, said.first) == (0, "IN FORCE, MAINTENANCE OVERDUE on 2029-02-10, so far")


def test_a_decision_on_a_suspension_is_not_late_before_its_deadline(world: World, ask: Ask) -> None:
    said = ask(link(world, "suspended"), "--registry", world.public, "--on", "2029-03-02")

    assert (said.code, said.first) == (1, "SUSPENDED, NOT IN FORCE on 2029-03-02, so far")
    assert "should have decided" not in said.out


def test_what_was_known_then_and_what_is_known_now_are_told_apart(world: World, ask: Ask) -> None:
    question = ("--on", "2029-01-10", "--known-at", "2029-01-05T10:00")

    said = ask(link(world, "withdrawn"), "--registry", world.public, *question)

    assert (said.code, said.first) == (0, "GENUINE AND IN FORCE on 2029-01-10, as known at 2029-01-05T09:00:00Z")
    assert "! The answers differ. As known at 2029-01-05T09:00:00Z: in force since 2028-06-02" in said.out
    assert "! As known at the end of that day: withdrawn since 2029-01-08" in said.out


def test_what_was_not_known_then_is_not_told_as_known_then(world: World, ask: Ask) -> None:
    question = ("--on", "2028-12-31", "--known-at", "2028-12-31T10:00")

    said = ask(link(world, "withdrawn"), "--registry", world.public, *question)

    assert (said.code, said.first) == (0, "GENUINE AND IN FORCE on 2028-12-31, as known at 2028-12-31T09:00:00Z")
    assert "Recorded for a later day" not in said.out


def test_an_accreditation_that_was_known_otherwise_then_is_told(world: World, ask: Ask) -> None:
    question = ("--on", "2029-01-26", "--known-at", "2029-01-20T10:00")

    said = ask(link(world, "accreditation suspended"), "--registry", world.public, *question)

    assert (said.code, said.first) == (0, "GENUINE AND IN FORCE on 2029-01-26, as known at 2029-01-20T09:00:00Z")
    assert "! The answers differ. As known at 2029-01-20T09:00:00Z: " in said.out
    assert "body's accreditation for this scheme suspended since 2029-01-25" in said.out


@pytest.mark.parametrize(
    ("name", "notice"),
    [
        ("due", "Maintenance is due by 2029-03-10"),
        ("in grace", "the period of grace is running"),
        ("overdue", "The body has not decided on it."),
        ("past deadline", "should have decided on the suspension by 2029-01-15 and has not"),
        ("late", "recorded after the day from which it counts"),
        ("ends soon", "Recorded for a later day, 2029-02-15: certification withdrawn."),
    ],
)
def test_every_condition_is_said_beside_the_verdict(name: str, notice: str, world: World, ask: Ask) -> None:
    said = ask(link(world, name), "--registry", world.public)

    assert any(line.startswith("! ") and notice in line for line in said.out.splitlines()[:6])
