"""What a tender asks a certificate for decides which days count."""

import pytest

from tests.verifier.cli.asking import Ask, link
from tests.verifier.page.world import World


@pytest.mark.parametrize(
    ("name", "kind", "on", "code", "met"),
    [
        # Suspended on 1 October 2028 and reinstated on 1 November.
        ("reinstated", "participation", "2028-09-30", 1, "not met"),
        ("reinstated", "scoring", "2028-09-30", 0, "met"),
        ("reinstated", "execution", "2028-09-30", 1, "not met"),
        ("reinstated", "participation", "2028-11-01", 0, "met"),
        ("reinstated", "execution", "2028-11-01", 0, "met"),
        ("reinstated", "scoring", "2028-10-31", 1, "not met"),
        # Withdrawn on 8 January 2029.
        ("withdrawn", "scoring", "2029-01-07", 0, "met"),
        ("withdrawn", "participation", "2029-01-07", 1, "not met"),
        # Signed on a day to come: before it nothing counts.
        ("suspended", "execution", "2029-03-01", 1, "not met"),
        ("active", "execution", "2029-03-01", 0, "met so far"),
        ("unaccredited", "participation", "2028-11-01", 0, "to be judged"),
    ],
)
def test_the_requirement_decides_which_days_count(
    world: World, ask: Ask, name: str, kind: str, on: str, code: int, met: str
) -> None:
    question = (link(world, name), "--registry", world.public, "--kind", kind, "--on", on)

    said = ask(*question)
    (report,) = ask(*question, "--json").reports

    assert said.code == code
    assert f"{kind}  {met}: in force on {on}" in said.out
    assert (report["question"]["kind"], report["requirement"]) == (kind, met.replace(" ", "_"))


def test_for_points_the_headline_speaks_of_the_first_day_alone(world: World, ask: Ask) -> None:
    said = ask(link(world, "withdrawn"), "--registry", world.public, "--kind", "scoring", "--on", "2029-01-07")

    assert said.first == "GENUINE AND IN FORCE on 2029-01-07"
    assert "Today, 2029-02-01: WITHDRAWN, NOT IN FORCE." in said.out
    assert "the later gap is shown, and not held against it" in said.out


def test_what_was_known_at_the_deadline_is_told_by_its_time_of_day(world: World, ask: Ask) -> None:
    # Withdrawn from 8 January on, which was recorded at 10:00 in Rome.
    question = (link(world, "withdrawn"), "--registry", world.public, "--kind", "participation", "--on", "2029-01-08")

    before, after = ask(*question, "--at", "09:30"), ask(*question, "--at", "10:30")
    (report,) = ask(*question, "--at", "09:30", "--json").reports

    assert "As known at the deadline, 2029-01-08T08:30:00Z  in force" in before.out
    assert "As known at the deadline, 2029-01-08T09:30:00Z  in force" not in after.out
    assert report["question"]["deadline"] == "2029-01-08T08:30:00Z"
    assert [answer["state"] for answer in report["answers"]] == ["withdrawn", "active"]


def test_a_deadline_at_24_00_is_the_end_of_its_day(world: World, ask: Ask) -> None:
    question = (link(world, "withdrawn"), "--registry", world.public, "--kind", "scoring", "--on", "2029-01-07")

    midnight, whole = ask(*question, "--at", "24:00", "--json"), ask(*question, "--json")

    assert midnight.reports == whole.reports
    assert whole.reports[0]["answers"][1]["known_at"] == "2029-01-07T23:00:00Z"


@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        (("--kind", "scoring"), "--kind scoring needs --on, the day from which it counts"),
        (("--kind", "scoring", "--on", "2029-01-31", "--to", "2029-01-30"), "--to is before --on, 2029-01-31"),
        (("--kind", "points", "--on", "2029-01-31"), "--kind"),
        (("--kind", "scoring", "--from", "2029-01-31"), "--kind scoring needs --on"),
        (("--on", "2029-01-31", "--at", "25:00"), "no such time of day"),
        (("--on", "2028-03-26", "--at", "02:30"), "the clocks were changed"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    question: tuple[str, ...], complaint: str, world: World, ask: Ask
) -> None:
    said = ask(link(world, "active"), "--registry", world.public, *question)

    assert said.code == 2
    assert complaint in said.err
