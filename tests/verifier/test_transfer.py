"""A certification that was transferred: each day is answered by the body of then, and the gaps follow the link."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.verifier.handover import (
    BODY_STREAM,
    FIRST,
    SECOND,
    THIRD,
    begin_all,
    bundle_of,
    closed,
    decide,
    granted_first,
    transfer,
    transferred,
    trust_all,
)
from tests.verifier.story import BEGIN, CERTIFICATION, NUMBER, NUMBER_DISCLOSURE, Story, digests
from verifier.accreditation import Coverage
from verifier.bundle import format_bundle, parse_bundle
from verifier.encoding import end_of_day
from verifier.finding import Cause, Record
from verifier.gap import Gap
from verifier.report import Report, Verdict
from verifier.status import Condition, State

# Granted on 2026-03-10 at the first body; handed over 30 days later.
DAY = date(2026, 4, 9)
BEFORE = date(2026, 4, 8)


def asked(story: Story, on: date | None = None, **more: object) -> Report:
    story.snapshot()
    on = on or (story.at + timedelta(0)).date()
    return story.verify(bundle_of(story, FIRST, SECOND), on=on, trust=trust_all(), **more)


def test_from_the_transfer_on_the_new_body_answers_with_the_days_of_the_old_one() -> None:
    report = asked(transferred(), DAY, number=NUMBER)

    assert (report.verdict, report.trusted) == (Verdict.IN_FORCE, True)
    (answer,) = report.answers[:1]
    assert (answer.origin, answer.standing.since, answer.standing.granted_on) == (None, DAY, date(2026, 3, 10))
    assert (answer.standing.valid_until, answer.standing.maintenance_due_on) == (date(2029, 3, 9), date(2027, 3, 10))
    assert report.facts is not None
    assert (report.facts.body, report.facts.number) == ("odc-due", NUMBER)


def test_a_day_before_the_transfer_is_answered_by_the_old_body() -> None:
    report = asked(transferred(), BEFORE)

    assert report.verdict is Verdict.IN_FORCE
    assert [answer.origin for answer in report.answers] == [0] * len(report.answers)
    (origin,) = report.origins
    assert (origin.body, origin.body_name, origin.handed_over_on) == ("odc-uno", "OdC Uno", DAY)
    assert [event for _, event, _, _ in origin.events] == ["certification.granted", "certification.transferred_out"]
    # What was known at the end of that day and what is known now is the same.
    assert report.differences == ()


def test_before_the_grant_nothing_was_in_force_at_any_body() -> None:
    report = asked(transferred(), date(2026, 3, 9))

    assert report.answers[0].standing.state is State.NOT_YET_EFFECTIVE
    assert report.answers[0].origin == 0


def test_the_accreditation_is_that_of_the_body_which_answers() -> None:
    story = begin_all()
    story.add(CERTIFICATION, "certification.granted", **_GRANT)
    story.later(days=26)
    story.add(BODY_STREAM, "accreditation.suspended", scheme="demo", source="letter")
    story.later(days=4)
    transfer(story, FIRST, SECOND)
    story.later(days=1)

    before, after = (asked(story, day).answers[0].accreditation for day in (BEFORE, DAY))

    assert (before.coverage, after.coverage) == (Coverage.SUSPENDED, Coverage.COVERED)
    assert after.detail is not None
    assert after.detail["wording"] == "accreditato odc-due"


def test_a_change_of_the_old_bodys_accreditation_later_on_the_day_is_named_with_its_entry() -> None:
    story = begin_all()
    story.add(CERTIFICATION, "certification.granted", **_GRANT)
    story.later(days=26, hours=4)
    index = story.add(BODY_STREAM, "accreditation.suspended", scheme="demo", source="letter")
    story.later(days=4)
    transfer(story, FIRST, SECOND)
    story.later(days=1)

    # Suspended on 2026-04-05 at 13:00 UTC.
    report = asked(story, date(2026, 4, 5), known_at=datetime(2026, 4, 5, 12, 0, tzinfo=UTC))

    assert [(found.record, found.index, found.cause) for found in report.differences] == [
        (Record.ACCREDITATION, index, Cause.DECIDED_LATER)
    ]


@pytest.mark.parametrize("of_body", [False, True])
def test_what_happened_at_the_old_body_after_the_readers_now_says_that_a_clock_is_wrong(of_body: bool) -> None:
    story = transferred()
    story.snapshot()
    now = story.at
    story.later(minutes=10)
    if of_body:
        story.add(BODY_STREAM, "accreditation.suspended", scheme="demo", source="letter")
    else:
        decide(story, FIRST, "certification.annulled")
    story.time()

    report = story.verify(bundle_of(story, FIRST, SECOND), on=DAY, known_at=now, now=now, trust=trust_all())

    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert "one of the two clocks is wrong" in report.check("fresh").reason


def test_what_was_known_before_the_transfer_is_the_old_bodys_and_the_transfer_is_the_difference() -> None:
    story = transferred()
    on = story.at.date()

    report = asked(story, on, known_at=end_of_day(BEFORE))

    then, *_, now = report.answers
    assert (then.origin, now.origin, report.verdict) == (0, None, Verdict.IN_FORCE)
    assert [(found.type, found.cause) for found in report.differences] == [
        ("certification.transferred_out", Cause.DECIDED_LATER),
        ("certification.transferred_in", Cause.DECIDED_LATER),
    ]


def gaps_of(story: Story, start: date, end: date) -> tuple[Gap, ...]:
    return asked(story, start, until=end).gaps


def test_a_transfer_leaves_no_gap() -> None:
    story = transferred()

    report = asked(story, date(2026, 3, 10), until=date(2026, 4, 10))

    assert (report.gaps, report.verdict) == ((), Verdict.IN_FORCE)


def test_the_gaps_of_both_lives_are_found() -> None:
    # Suspended 2026-03-20, reinstated 2026-03-24; handed over on 2026-04-09; suspended again on 2026-04-19.
    story = begin_all()
    story.add(CERTIFICATION, "certification.granted", **_GRANT)
    story.later(days=10)
    decide(story, FIRST, "certification.suspended", deadline="2026-06-01")
    story.later(days=4)
    decide(story, FIRST, "certification.reinstated")
    story.later(days=16)
    transfer(story, FIRST, SECOND)
    story.later(days=10)
    decide(story, SECOND, "certification.suspended", deadline="2026-06-01")
    story.later(days=1)

    assert gaps_of(story, date(2026, 3, 10), date(2026, 4, 20)) == (
        Gap(date(2026, 3, 20), date(2026, 3, 23), State.SUSPENDED),
        Gap(date(2026, 4, 19), date(2026, 4, 20), State.SUSPENDED),
    )


_GRANT = {"valid_until": "2029-03-09", "status_index": 2, **digests(10, NUMBER_DISCLOSURE)}


def test_a_certification_may_go_on_from_body_to_body() -> None:
    story = transferred()
    story.later(days=9)
    transfer(story, SECOND, THIRD)
    story.later(days=1)
    story.snapshot()
    bundle = bundle_of(story, FIRST, SECOND, THIRD)

    days = [date(2026, 4, 8), date(2026, 4, 9), date(2026, 4, 18), date(2026, 4, 19)]
    reports = [story.verify(bundle, on=day, trust=trust_all()) for day in days]

    assert {report.verdict for report in reports} == {Verdict.IN_FORCE}
    assert [report.answers[0].origin for report in reports] == [1, 0, 0, None]
    assert [origin.body for origin in reports[0].origins] == ["odc-due", "odc-uno"]
    assert story.verify(bundle, on=date(2026, 3, 10), until=date(2026, 4, 20), trust=trust_all()).gaps == ()


def test_the_old_number_names_the_receiver_and_never_the_new_number() -> None:
    story = transferred()
    story.snapshot()
    bundle = bundle_of(story, FIRST, receiver=SECOND)

    report = story.verify(bundle, trust=trust_all())

    assert (report.verdict, report.answers[0].standing.state) == (Verdict.NOT_IN_FORCE, State.TRANSFERRED)
    assert report.facts is not None
    assert (report.facts.receiver, report.facts.receiver_name) == ("odc-due", "OdC Due")
    assert str(SECOND.stream).encode() not in format_bundle(bundle)
    assert story.verify(bundle, on=BEFORE, trust=trust_all()).verdict is Verdict.IN_FORCE


def test_a_receiver_that_the_trust_root_does_not_know_is_named_by_its_slug_alone() -> None:
    story = transferred()
    story.snapshot()

    report = story.verify(bundle_of(story, FIRST, receiver=SECOND), trust=trust_all(SECOND))

    assert report.facts is not None
    assert (report.facts.receiver, report.facts.receiver_name) == ("odc-due", None)


def test_without_the_receivers_record_its_slug_is_said() -> None:
    story = transferred()
    story.snapshot()

    facts = story.verify(bundle_of(story, FIRST), trust=trust_all()).facts

    assert facts is not None
    assert (facts.receiver, facts.receiver_name) == ("odc-due", None)


def test_an_annulment_by_the_old_body_reaches_its_own_days_and_is_said_of_the_others() -> None:
    story = transferred()
    decide(story, FIRST, "certification.annulled")
    story.later(days=1)

    before, after = asked(story, BEFORE), asked(story, DAY)

    assert before.answers[0].standing.state is State.ANNULLED
    assert (before.answers[0].origin, before.verdict) == (0, Verdict.NOT_IN_FORCE)
    assert [(found.type, found.cause) for found in before.differences] == [("certification.annulled", Cause.ANNULLED)]
    assert (after.verdict, after.answers[0].standing.state) == (Verdict.IN_FORCE, State.ACTIVE)
    assert Condition.ORIGIN_ANNULLED in after.answers[0].standing.conditions
    assert gaps_of(story, date(2026, 4, 1), date(2026, 4, 10)) == (Gap(date(2026, 4, 1), BEFORE, State.ANNULLED),)


def test_an_annulment_by_the_new_body_reaches_every_day_of_what_it_goes_on_from() -> None:
    story = transferred()
    decide(story, SECOND, "certification.annulled")
    story.later(days=1)

    reports = [asked(story, day) for day in (BEFORE, DAY)]

    assert {report.answers[0].standing.state for report in reports} == {State.ANNULLED}
    assert {report.answers[0].origin for report in reports} == {None}
    assert Condition.ORIGIN_ANNULLED not in reports[0].answers[0].standing.conditions


def test_an_erased_origin_proves_what_it_proved_before() -> None:
    story = transferred()
    decide(story, FIRST, "certification.personal_data_erased")
    story.later(days=1)

    report = asked(story, BEFORE)

    assert (report.verdict, report.trusted, report.erased) == (Verdict.IN_FORCE, True, False)


def test_an_adopted_certification_stays_one_at_the_next_body() -> None:
    story = begin_all()
    brought = {"granted_on": "2021-06-01", "cycle_starts_on": "2024-06-01", "maintained_from": "2025-06-01"}
    kept = brought | {"valid_until": "2027-05-31"}
    story.add(CERTIFICATION, "certification.adopted", **kept, status_index=2, **digests(9, NUMBER_DISCLOSURE))
    story.later(days=30)
    transfer(story, FIRST, SECOND, **kept, counted_from="2025-06-01")
    story.later(days=1)

    standing = asked(story, DAY).answers[0].standing

    assert Condition.ADOPTED in standing.conditions
    assert (standing.proven_from, standing.granted_on) == (BEGIN.date(), date(2021, 6, 1))
    before = asked(story, date(2026, 3, 9))
    assert (before.verdict, before.answers[0].only_claimed) == (Verdict.NOT_IN_FORCE, True)


def test_what_was_left_of_the_scope_and_a_refused_maintenance_come_along() -> None:
    story = granted_first()
    decide(story, FIRST, "certification.scope_reduced", scope=["a"])
    decide(story, FIRST, "certification.maintenance_refused")
    story.later(minutes=1)
    transfer(story, FIRST, SECOND)
    story.later(days=1)

    standing = asked(story).answers[0].standing

    assert (standing.scope, standing.state) == (("a",), State.ACTIVE)
    assert standing.conditions == (Condition.MAINTENANCE_REFUSED,)

    decide(story, SECOND, "certification.scope_extended", scope=["a", "b"])
    decide(story, SECOND, "certification.maintenance_confirmed")
    story.later(days=1)
    later = asked(story).answers[0].standing

    assert (later.scope, later.conditions) == (("a", "b"), ())


def test_maintenance_that_was_confirmed_at_the_old_body_is_counted_on() -> None:
    story = begin_all()
    story.add(CERTIFICATION, "certification.granted", **_GRANT)
    story.later(days=350)
    # Twelve months after 2026-03-10 it was due; it is due again twelve months after that.
    decide(story, FIRST, "certification.maintenance_confirmed")
    story.later(days=1)
    transfer(story, FIRST, SECOND, maintained_from="2027-03-10")
    story.later(days=1)

    report = asked(story)

    assert report.verdict is Verdict.IN_FORCE
    assert report.answers[0].standing.maintenance_due_on == date(2028, 3, 10)


def test_a_bundle_with_its_origins_is_read_as_it_was_written() -> None:
    story = transferred()

    bundle = closed(story)
    old = bundle_of(story, FIRST, receiver=SECOND)

    assert (parse_bundle(format_bundle(bundle)), parse_bundle(format_bundle(old))) == (bundle, old)
    assert len(bundle.origins) == 1
