"""A span of days: what a tender wants from its deadline on."""

import pytest

from tests.verifier.cli.asking import Ask, link
from tests.verifier.page.world import World


def test_in_force_on_every_day_is_a_yes(world: World, ask: Ask) -> None:
    said = ask(link(world, "active"), "--registry", world.public, "--from", "2028-10-01", "--to", "2029-01-31")

    assert (said.code, said.first) == (0, "GENUINE AND IN FORCE from 2028-10-01 to 2029-01-31")
    assert "in force on every day" in said.out


def test_a_suspension_between_two_days_in_force_is_a_gap(world: World, ask: Ask) -> None:
    said = ask(link(world, "reinstated"), "--registry", world.public, "--from", "2028-09-30", "--to", "2029-01-31")

    assert (said.code, said.first) == (1, "IN FORCE, BUT NOT ALL ALONG from 2028-09-30 to 2029-01-31")
    # Suspended on 1 October and reinstated on 1 November: 31 days.
    assert "not in force  2028-10-01 to 2028-10-31  31 days, suspended" in said.out
    assert "participation  not met: in force on 2028-09-30 and on every day since" in said.out
    assert "scoring        met: in force on 2028-09-30; the later gap is shown" in said.out


def test_a_requirement_is_not_called_met_where_the_body_was_not_accredited(world: World, ask: Ask) -> None:
    said = ask(link(world, "unaccredited"), "--registry", world.public, "--from", "2028-11-01", "--to", "2029-01-31")

    assert "participation  to be judged: in force on 2028-11-01 and on every day since" in said.out
    assert "scoring        to be judged: in force on 2028-11-01" in said.out
    assert said.out.count("but its body was not accredited for this scheme") == 2


def test_an_accreditation_that_was_suspended_between_is_told_with_its_days(world: World, ask: Ask) -> None:
    name = link(world, "accreditation suspended")

    said = ask(name, "--registry", world.public, "--from", "2029-01-24", "--to", "2029-01-31")
    (report,) = ask(name, "--registry", world.public, "--from", "2029-01-24", "--to", "2029-01-31", "--json").reports

    assert (said.code, said.first) == (0, "IN FORCE, NOT ACCREDITED ON EVERY DAY from 2029-01-24 to 2029-01-31")
    # Suspended on 25 January.
    assert (
        "not accredited  2029-01-25 to 2029-01-31  7 days, body's accreditation for this scheme suspended" in said.out
    )
    assert "participation  to be judged: in force on 2029-01-24 and on every day since; but its body" in said.out
    assert "scoring        met: in force on 2029-01-24\n" in said.out
    assert report["uncovered"] == [
        {"starts_on": "2029-01-25", "ends_on": "2029-01-31", "coverage": "suspended", "profiles": None}
    ]


@pytest.mark.parametrize(("start", "code"), [("2028-10-31", 1), ("2028-11-01", 0)])
def test_the_first_day_counts(start: str, code: int, world: World, ask: Ask) -> None:
    assert ask(link(world, "reinstated"), "--registry", world.public, "--from", start).code == code


@pytest.mark.parametrize(("end", "code"), [("2028-09-30", 0), ("2028-10-01", 1)])
def test_the_last_day_counts(end: str, code: int, world: World, ask: Ask) -> None:
    said = ask(link(world, "reinstated"), "--registry", world.public, "--from", "2028-08-01", "--to", end)

    assert said.code == code


def test_a_program_reads_every_gap(world: World, ask: Ask) -> None:
    question = ("--from", "2028-09-30", "--to", "2029-01-31", "--json")

    (report,) = ask(link(world, "reinstated"), "--registry", world.public, *question).reports

    assert report["verdict"] == "interrupted"
    assert report["gaps"] == [{"starts_on": "2028-10-01", "ends_on": "2028-10-31", "state": "suspended"}]


def test_days_to_come_are_answered_so_far(world: World, ask: Ask) -> None:
    said = ask(link(world, "active"), "--registry", world.public, "--from", "2029-01-01", "--to", "2029-03-01")

    assert (said.code, said.first) == (0, "GENUINE AND IN FORCE from 2029-01-01 to 2029-03-01, so far")
    assert "participation  met so far: in force on 2029-01-01 and on every day since" in said.out
    assert "! 2029-03-01 has not come yet" in said.out


def test_a_scheduled_end_is_a_gap_already(world: World, ask: Ask) -> None:
    said = ask(link(world, "ends soon"), "--registry", world.public, "--from", "2029-01-31", "--to", "2029-02-20")

    assert said.code == 1
    assert "not in force  2029-02-15 to 2029-02-20  6 days, withdrawn" in said.out


@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        (("--to", "2029-01-31"), "--to needs --from"),
        (("--from", "2029-01-31", "--to", "2029-01-30"), "--to is before --from, 2029-01-31"),
        (("--from", "2029-01-31", "--on", "2029-01-30"), "give one of them"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    question: tuple[str, ...], complaint: str, world: World, ask: Ask
) -> None:
    said = ask(link(world, "active"), "--registry", world.public, *question)

    assert said.code == 2
    assert complaint in said.err


def test_events_between_the_instants_are_named(world: World, ask: Ask) -> None:
    question = ("--on", "2029-01-10", "--known-at", "2029-01-05T10:00")

    said = ask(link(world, "withdrawn"), "--registry", world.public, *question)
    (report,) = ask(link(world, "withdrawn"), "--registry", world.public, *question, "--json").reports

    assert ", certification withdrawn, effective 2029-01-08, recorded 2029-01-08T09:0" in said.out
    assert [(d["record"], d["type"], d["cause"]) for d in report["differences"]] == [
        ("certification", "certification.withdrawn", "decided_later")
    ]
    entries = {event["index"]: event["type"] for event in report["evidence"]["events"]}
    assert entries[report["differences"][0]["index"]] == "certification.withdrawn"


def test_the_answer_for_a_day_to_come_is_never_green(world: World, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.cli._coloured", lambda _: True)

    said = ask(link(world, "active"), "--registry", world.public, "--on", "2029-02-02")

    assert said.first == "\x1b[33mGENUINE AND IN FORCE on 2029-02-02, so far\x1b[0m"
