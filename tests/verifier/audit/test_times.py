"""The log's time is held against the auditor's clock."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.verifier.audit.world import World, payload, places
from verifier.audit import audit
from verifier.audit.times import Times
from verifier.encoding import parse_instant
from verifier.fetch import FolderSource
from verifier.report import ExitCode, Outcome


@pytest.mark.parametrize(
    ("ahead", "outcome"),
    [(timedelta(minutes=5), Outcome.PASSED), (timedelta(minutes=5, seconds=1), Outcome.NOT_CHECKED)],
    ids=["five minutes", "a second more"],
)
def test_a_log_ahead_of_the_auditors_clock_is_not_checked(world: World, ahead: timedelta, outcome: Outcome) -> None:
    records = sorted(path.relative_to(world.public).as_posix() for path in world.public.glob("record/*/*"))
    latest = parse_instant(str(payload(world.entries()[places(world, "time")[-1]])["at"]))

    made = audit(FolderSource(world.public), world.trust, records, now=latest - ahead)

    assert made.outcomes["time"] is outcome
    assert made.exit_code is (ExitCode.IN_FORCE if outcome is Outcome.PASSED else ExitCode.NOT_CHECKED)
    if outcome is Outcome.NOT_CHECKED:
        assert made.findings[0].reason.endswith("one of the two clocks is wrong")


def test_a_log_without_any_time_is_ahead_of_no_clock() -> None:
    Times().check_past(datetime(2026, 1, 1, tzinfo=UTC))
