"""What the command line and programs are told of a transfer: which body answers, where it came from, where it went."""

from datetime import date

from tests.verifier.handover import FIRST, SECOND, THIRD, bundle_of, decide, transfer, transferred, trust_all
from tests.verifier.story import Story
from verifier.report import Report, Verdict
from verifier.report_json import format_report
from verifier.report_text import headline, report_lines

# Handed over on 2026-04-09.
DAY, BEFORE = date(2026, 4, 9), date(2026, 4, 8)


def report(story: Story, on: date) -> Report:
    story.snapshot()
    return story.verify(bundle_of(story, FIRST, SECOND), on=on, trust=trust_all())


def text(told: Report) -> list[str]:
    return [line.text for line in report_lines(told, 86400)]


def test_a_day_before_names_the_body_that_answers_for_it() -> None:
    lines = text(report(transferred(), BEFORE))

    assert lines[0] == "IN FORCE on 2026-04-08"
    assert "! On that day it was held at OdC Uno (odc-uno), which answers for it." in lines
    assert "! It was taken over from OdC Uno (odc-uno) on 2026-04-09, with all its days." in lines
    assert "! Recorded for a later day, 2026-04-09: certification transferred out." in lines
    # Beside what is known now and what was known at the end of that day.
    assert [line.strip() for line in lines].count("at OdC Uno (odc-uno)") == 2
    assert "Evidence of what it goes on from, at OdC Uno (odc-uno)" in lines


def test_from_the_transfer_on_the_certification_answers_itself() -> None:
    lines = text(report(transferred(), DAY))

    assert "! It was taken over from OdC Uno (odc-uno) on 2026-04-09, with all its days." in lines
    assert not any("On that day it was held at" in line or line.strip().startswith("at OdC") for line in lines)
    assert any("in force since 2026-04-09, last valid day 2029-03-09" in line for line in lines)


def test_every_body_that_it_came_by_is_named() -> None:
    story = transferred()
    transfer(story, SECOND, THIRD)
    story.later(days=1)
    story.snapshot()

    lines = text(story.verify(bundle_of(story, FIRST, SECOND, THIRD), trust=trust_all()))

    taken_over = [line for line in lines if line.startswith("! It was taken over")]
    assert taken_over == [
        "! It was taken over from OdC Due (odc-due) on 2026-04-10, with all its days.",
        "! It was taken over from OdC Uno (odc-uno) on 2026-04-09, with all its days.",
    ]


def test_the_old_number_names_the_body_that_took_over() -> None:
    story = transferred()
    story.snapshot()

    named = text(story.verify(bundle_of(story, FIRST, receiver=SECOND), trust=trust_all()))
    unnamed = text(story.verify(bundle_of(story, FIRST), trust=trust_all()))

    assert "TRANSFERRED, NOT IN FORCE HERE on 2026-04-10" in named
    assert "! It goes on at OdC Due (odc-due)." in named
    assert "! It goes on at another body (odc-due)." in unnamed


def test_what_the_old_body_annulled_is_not_said_to_count_on_no_day_anywhere() -> None:
    story = transferred()
    decide(story, FIRST, "certification.annulled")
    story.later(days=1)

    before, after = report(story, BEFORE), report(story, DAY)

    assert before.verdict is Verdict.NOT_IN_FORCE
    assert headline(before).title == "ANNULLED, NOT IN FORCE"
    assert "it does not count on any day at that body" in headline(before).text
    assert headline(after).title == "IN FORCE"
    assert any("! The body that handed the certification over annulled it from the start." in t for t in text(after))


def test_what_the_new_body_annulled_counts_on_no_day() -> None:
    story = transferred()
    decide(story, SECOND, "certification.annulled")
    story.later(days=1)

    assert "it does not count on any day." in headline(report(story, BEFORE)).text


def test_a_decision_that_an_appeal_took_back_is_named_by_the_entry_of_its_own_body() -> None:
    story = transferred()
    decide(story, FIRST, "certification.annulled")
    story.later(days=1)
    decide(story, FIRST, "certification.appeal_upheld", reverses=3)
    story.later(days=1)

    told = report(story, BEFORE)

    (index,) = [place[0] for place in told.origins[0].events if place[1] == "certification.annulled"]
    assert told.answers[0].standing.left_out == (3,)
    assert any(f"certification annulled (event 3, entry {index}), taken back by an appeal" in t for t in text(told))


def test_programs_are_told_the_same() -> None:
    written = format_report(report(transferred(), BEFORE))

    assert [answer["body"] for answer in written["answers"]] == ["odc-uno", "odc-uno"]
    assert written["certification"]["body"]["slug"] == "odc-due"
    assert written["certification"]["receiver"] is None
    assert [(origin["body"]["name"], origin["handed_over_on"]) for origin in written["origins"]] == [
        ("OdC Uno", "2026-04-09")
    ]
