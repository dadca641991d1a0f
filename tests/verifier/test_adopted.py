"""An adopted certification: its original dates are the body's claim, proven is it from the day it was recorded."""

from datetime import date

import pytest

from tests.verifier.story import CERTIFICATION, NUMBER_DISCLOSURE, Story, begin, digests
from verifier.encoding import format_day
from verifier.report import ExitCode, Report, Verdict
from verifier.report_json import format_report
from verifier.report_text import headline, report_lines
from verifier.status import Condition, State
from verifier.tone import Tone

# Recorded on 2026-03-10, the story's first day.
BROUGHT = {
    "valid_until": "2027-05-31",
    "status_index": 2,
    "granted_on": "2021-06-01",
    "cycle_starts_on": "2024-06-01",
    "maintained_from": "2025-06-01",
}


def adopted(**claimed: str) -> Story:
    story = begin()
    story.add(CERTIFICATION, "certification.adopted", **(BROUGHT | claimed), **digests(9, NUMBER_DISCLOSURE))
    story.later(days=1)
    story.snapshot()
    return story


def text(report: Report) -> str:
    return "\n".join(line.text for line in report_lines(report, 60))


def test_from_the_day_it_was_recorded_it_is_in_force_and_both_is_said() -> None:
    report = adopted().verify(on=date(2026, 3, 10))

    assert (report.verdict, headline(report).title) == (Verdict.IN_FORCE, "IN FORCE")
    standing = report.answers[0].standing
    assert (standing.granted_on, standing.since, standing.proven_from) == (
        date(2021, 6, 1), date(2026, 3, 10), date(2026, 3, 10),
    )  # fmt: skip
    assert (
        "! It was granted before this registry. Its original dates (granted on 2021-06-01) are the body's claim; its "
        "status is proven only from 2026-03-10 on, the day it was recorded here." in text(report)
    )
    assert format_report(report)["answers"][0]["proven_from"] == "2026-03-10"


@pytest.mark.parametrize("day", [date(2021, 6, 1), date(2026, 3, 9)])
def test_a_day_before_is_not_in_force_on_the_bodys_claim_alone(day: date) -> None:
    report = adopted().verify(on=day)

    assert (report.verdict, report.exit_code) == (Verdict.NOT_IN_FORCE, ExitCode.NOT_IN_FORCE)
    assert report.answers[0].standing.state is State.NOT_YET_EFFECTIVE
    words = headline(report)
    assert (words.title, words.tone) == ("NOT PROVEN FOR THAT DAY", Tone.BAD)
    assert words.text.startswith(
        "The body states that the certification was granted on 2021-06-01. It was recorded here only on 2026-03-10:"
    )
    assert "not proven, as it was recorded here only on 2026-03-10" in text(report)
    assert "takes effect" not in text(report)
    assert Condition.ADOPTED in report.answers[0].standing.conditions


def test_before_the_day_that_the_body_claims_it_was_not_in_force_by_its_own_words() -> None:
    report = adopted().verify(on=date(2021, 5, 31))

    assert headline(report).title == "NOT YET IN FORCE"
    assert "takes effect only on 2021-06-01" in headline(report).text


def test_an_interval_that_begins_before_the_recording_is_not_whole() -> None:
    story = adopted()

    report = story.verify(on=date(2026, 3, 1), until=date(2026, 3, 11))

    (gap,) = report.gaps
    assert (format_day(gap.starts_on), format_day(gap.ends_on)) == ("2026-03-01", "2026-03-09")
    assert "9 days, not proven, as it was recorded here only on 2026-03-10" in text(report)


def test_every_later_state_says_both_too() -> None:
    story = adopted()
    story.add(CERTIFICATION, "certification.withdrawn")
    story.snapshot()

    report = story.verify()

    assert headline(report).title == "WITHDRAWN, NOT IN FORCE"
    assert "are the body's claim; its status is proven only from 2026-03-10 on" in text(report)


def test_once_annulled_it_is_that_on_the_days_before_the_recording_too() -> None:
    story = adopted()
    story.add(CERTIFICATION, "certification.annulled")
    story.snapshot()

    report = story.verify(on=date(2026, 3, 9))

    assert headline(report).title == "ANNULLED, NOT IN FORCE"
    assert "not proven" not in text(report)
    assert "Recorded for a later day" not in text(report)


@pytest.mark.parametrize(
    "claimed",
    [
        {"granted_on": "2024-06-02"},
        {"cycle_starts_on": "2025-06-02"},
        # Maintenance would never fall due.
        {"maintained_from": "2026-03-11"},
    ],
)
def test_claimed_days_that_do_not_follow_each_other_are_refused(claimed: dict[str, str]) -> None:
    report = adopted(**claimed).verify(on=date(2026, 3, 10))

    assert report.verdict is Verdict.FORGED
    assert "days of before the registry that do not follow each other" in report.check("rules").reason
