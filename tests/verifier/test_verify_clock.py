"""A log whose clock is ahead of its reader's hides nothing, and one that is far ahead says nothing about now."""

from datetime import timedelta

import pytest

from tests.verifier.story import BODY_STREAM, CERTIFICATION, granted, told
from verifier.accreditation import Coverage
from verifier.report import ExitCode, Outcome, Verdict
from verifier.status import State

AHEAD = timedelta(minutes=5)
TEN_YEARS = timedelta(days=3653)


@pytest.mark.parametrize("ahead", [timedelta(seconds=1), AHEAD])
def test_what_is_at_hand_is_known_now_though_the_logs_clock_is_ahead(ahead: timedelta) -> None:
    story = granted()
    story.add(CERTIFICATION, "certification.withdrawn")
    story.add(BODY_STREAM, "accreditation.withdrawn", scheme="demo", source="letter")
    story.snapshot()
    here = story.at - ahead

    report = story.verify(known_at=here, now=here)

    assert (report.verdict, report.trusted) == (Verdict.NOT_IN_FORCE, True)
    assert [answer.known_at for answer in report.answers] == [here]
    assert report.answers[0].standing.state is State.WITHDRAWN
    assert report.answers[0].accreditation.coverage is Coverage.NOT_COVERED


def test_an_event_after_the_snapshot_is_known_now_though_the_logs_clock_is_ahead() -> None:
    story = told()
    here = story.at
    story.later(minutes=4)
    story.add(CERTIFICATION, "certification.withdrawn")
    story.later(minutes=1)

    assert story.verify(known_at=here, now=here).verdict is Verdict.NOT_IN_FORCE


def test_what_was_asked_as_known_before_is_answered_as_known_before() -> None:
    story = granted()
    story.add(CERTIFICATION, "certification.withdrawn")
    story.snapshot()

    report = story.verify(known_at=story.at - timedelta(seconds=1), now=story.at)

    assert report.verdict is Verdict.IN_FORCE
    assert [answer.standing.state for answer in report.answers] == [State.ACTIVE, State.WITHDRAWN]


@pytest.mark.parametrize("ahead", [AHEAD + timedelta(seconds=1), TEN_YEARS])
def test_a_snapshot_later_than_the_clock_here_says_nothing_about_now(ahead: timedelta) -> None:
    story = told()
    here = story.at - ahead

    report = story.verify(known_at=here, now=here, on=story.at.date())

    assert (report.verdict, report.exit_code) == (Verdict.COULD_NOT_BE_CHECKED, ExitCode.NOT_CHECKED)
    assert report.check("fresh").outcome is Outcome.NOT_CHECKED
    assert report.check("fresh").reason.startswith("the log names 2026-03-11T09:00:00Z, but the clock here says 20")
    assert report.check("fresh").reason.endswith("one of the two clocks is wrong")
    assert report.answers == ()


def test_an_event_later_than_the_clock_here_lets_nothing_be_said() -> None:
    story = told()
    here = story.at
    story.later(minutes=6)
    story.add(CERTIFICATION, "certification.withdrawn")
    story.later(minutes=1)

    assert story.verify(known_at=here, now=here).exit_code is ExitCode.NOT_CHECKED
