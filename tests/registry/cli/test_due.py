"""What waits for a decision is listed, and stays what it is."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from registry.bootstrap import now
from tests.registry.cli.conftest import call, done
from verifier.encoding import add_months, legal_day


def after_a_year(days: int) -> date:
    return add_months(legal_day(now()), 12) + timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "why"),
    [(-60, "maintenance_due"), (0, "maintenance_due"), (1, "maintenance_in_grace"), (31, "maintenance_overdue")],
)
def test_maintenance_is_listed_from_its_window_to_long_past_its_grace(
    folder: Path, number: str, days: int, why: str
) -> None:
    told = done("due", folder, "--body", "odc-uno", "--on", after_a_year(days))

    assert len(told["due"]) == 3
    assert number in {one["number"] for one in told["due"]}
    assert {one["why"] for one in told["due"]} == {why}
    assert {one["day"] for one in told["due"]} == {after_a_year(0).isoformat()}


def test_before_the_window_nothing_waits(folder: Path, number: str) -> None:
    told = call("due", folder, "--body", "odc-uno", "--on", after_a_year(-61))

    assert number
    assert told.output == f"Nothing of odc-uno waits for a decision on {after_a_year(-61)}.\n"


def test_a_suspension_past_its_deadline_comes_first_and_stays_a_suspension(
    folder: Path, number: str, tmp_path: Path
) -> None:
    deadline = legal_day(now()) + timedelta(days=10)
    reason = ("--reason", "fees", "--until", deadline)
    done("suspend", folder, number, "--decider", "DE-9", "--decision", "DEL-9", *reason)
    day = after_a_year(0)

    done("due", folder, "--body", "odc-uno", "--on", day, "--csv", tmp_path / "due.csv")

    with (tmp_path / "due.csv").open(encoding="utf-8", newline="") as file:
        first, *others = list(csv.DictReader(file))
    assert (first["number"], first["why"], first["day"]) == (number, "suspension_past_deadline", deadline.isoformat())
    assert len(others) == 3
    assert done("show", folder, number, "--on", day)["standing"]["state"] == "suspended"


def test_a_body_that_is_not_here_is_named(folder: Path) -> None:
    told = call("due", folder, "--body", "odc-nove")

    assert told.exit_code == 2
    assert "no body odc-nove is registered here" in told.stderr
