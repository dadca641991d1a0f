"""Every check of the list has an attack that it alone stops, and what nobody could check is never green."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.verifier.story import (
    BEGIN,
    BODY,
    BODY_STREAM,
    CERTIFICATE,
    CERTIFICATION,
    EVENTS,
    GRANT,
    INDEXES,
    NUMBER,
    RECOVERY,
    RULES,
    STRANGER,
    TOKEN,
    UNTIL,
    ask_without_record,
    begin,
    ending,
    enrolment,
    grant,
    granted,
    told,
    trust_root,
)
from verifier.accreditation import Coverage
from verifier.encoding import end_of_day, format_base64url
from verifier.errors import FormatError, NotFoundError, UnavailableError
from verifier.merkle import inclusion_proof, leaf_hash, root_hash
from verifier.report import CHECKS, TOKEN_CHECKS, ExitCode, Outcome, Verdict
from verifier.status import Condition, State
from verifier.trust import Policy


def test_what_is_genuine_passes_every_check() -> None:
    report = told().verify(token=TOKEN, number=NUMBER)

    assert [check.name for check in report.checks] == list(CHECKS)
    assert {check.outcome for check in report.checks} == {Outcome.PASSED}
    assert (report.verdict, report.exit_code, report.token) == (Verdict.IN_FORCE, ExitCode.IN_FORCE, CERTIFICATE)


def test_without_a_token_nothing_is_said_of_one() -> None:
    report = told().verify(number=NUMBER)

    assert {check.name for check in report.checks} == CHECKS.keys() - TOKEN_CHECKS
    assert (report.verdict, report.trusted, report.token) == (Verdict.IN_FORCE, True, None)


def test_a_report_says_what_the_log_says() -> None:
    story = told()
    facts, evidence = story.verify().facts, story.verify().evidence
    assert facts is not None
    assert evidence is not None

    assert (facts.number, facts.body, facts.body_name, facts.revision) == (NUMBER, BODY, "OdC Uno", 1)
    assert (facts.edition, facts.scheme, facts.profile) == ("demo-2026", "demo", "addetto")
    assert facts.edition_title == {"it": "Dimostrativo", "en": "Demonstration"}
    assert (evidence.origin, evidence.tree_size, evidence.snapshot_at) == ("story.example/log", 9, story.at)
    assert (evidence.snapshot_index, evidence.root_hash) == (8, root_hash([leaf_hash(e) for e in story.entries]))
    assert evidence.events == (
        (4, "certification.granted", date(2026, 3, 10), BEGIN),
        (5, "certificate.issued", date(2026, 3, 10), BEGIN),
    )


@pytest.mark.parametrize(
    ("error", "token", "verdict", "code"),
    [
        (NotFoundError("none"), None, Verdict.NO_RECORD, ExitCode.NOT_CHECKED),
        (NotFoundError("none"), TOKEN, Verdict.WITHHELD, ExitCode.NOT_CHECKED),
        (UnavailableError("silent"), None, Verdict.COULD_NOT_BE_CHECKED, ExitCode.NOT_CHECKED),
        (UnavailableError("silent"), TOKEN, Verdict.COULD_NOT_BE_CHECKED, ExitCode.NOT_CHECKED),
        (FormatError("garbage"), None, Verdict.COULD_NOT_BE_CHECKED, ExitCode.NOT_CHECKED),
    ],
)
def test_a_record_that_cannot_be_had_is_never_green(
    error: Exception, token: bytes | None, verdict: Verdict, code: ExitCode
) -> None:
    report = ask_without_record(error, token=token)

    assert (report.verdict, report.exit_code, report.answers) == (verdict, code, ())
    assert report.check("record").reason == str(error)
    assert (report.token is not None) is (token is not None)


@pytest.mark.parametrize("token", [None, TOKEN])
def test_a_body_that_is_not_on_the_list_is_named_as_such(token: bytes | None) -> None:
    report = told().verify(trust=replace(trust_root(), bodies={}), token=token)

    assert (report.verdict, report.exit_code) == (Verdict.UNKNOWN_BODY, ExitCode.FAILED)
    assert (
        report.check("body" if token is None else "token").reason
        == "body odc-uno is not on the list of this trust root"
    )


def test_a_fault_of_ours_is_not_taken_for_a_verdict() -> None:
    with pytest.raises(ZeroDivisionError):
        ask_without_record(ZeroDivisionError())


def test_a_record_younger_than_the_snapshot_is_not_checked() -> None:
    story = begin()
    story.snapshot()
    grant(story)
    story.later(minutes=1)

    report = story.verify()

    assert report.check("complete").outcome is Outcome.NOT_CHECKED
    assert "older than this certification" in report.check("complete").reason
    assert report.exit_code is ExitCode.NOT_CHECKED


def test_a_grant_whose_certificate_is_not_issued_yet_is_answered() -> None:
    story = begin()
    story.add(CERTIFICATION, "certification.granted", **GRANT)
    story.later(days=1)
    story.snapshot()

    report = story.verify()

    assert report.verdict is Verdict.IN_FORCE
    assert report.facts is not None
    assert report.facts.revision == 0


def test_an_event_between_a_snapshots_closing_and_its_entry_is_not_held_against_it() -> None:
    story = granted()
    size = story.time() + 1
    leaves = story.leaves(size)
    story.add(CERTIFICATION, "certification.withdrawn")
    story.snapshot(size=size, root=format_base64url(root_hash(leaves)))
    bundle = story.bundle()
    paths = {name: inclusion_proof(index, leaves) for name, index in INDEXES.items()}

    report = story.verify(story.prove(replace(bundle, snapshot_time=(size - 1, story.entries[size - 1]), paths=paths)))

    assert (report.verdict, report.trusted) == (Verdict.NOT_IN_FORCE, True)


def test_an_event_after_the_snapshot_counts_at_once() -> None:
    story = told()
    story.add(CERTIFICATION, "certification.withdrawn")
    story.later(minutes=1)

    report = story.verify()

    assert (report.verdict, report.trusted) == (Verdict.NOT_IN_FORCE, True)
    assert report.answers[0].standing.state is State.WITHDRAWN


@pytest.mark.parametrize(("seconds", "outcome"), [(0, Outcome.PASSED), (1, Outcome.NOT_CHECKED)])
def test_a_snapshot_past_the_policys_age_says_nothing_about_now(seconds: int, outcome: Outcome) -> None:
    story = told()
    asked_at = story.at + timedelta(days=1, seconds=seconds)

    report = story.verify(known_at=asked_at, now=asked_at)

    assert report.check("fresh").outcome is outcome
    assert report.verdict is (Verdict.IN_FORCE if seconds == 0 else Verdict.COULD_NOT_BE_CHECKED)
    if seconds:
        assert report.check("fresh").reason.startswith(
            "the newest snapshot at hand is of 2026-03-11T09:00:00Z, too old"
        )
        assert report.answers == ()


def test_the_snapshots_age_is_the_readers_policy() -> None:
    story = told()
    strict = replace(trust_root(), policy=Policy(snapshot_max_age=60))

    assert story.verify(trust=strict, known_at=story.at + timedelta(seconds=60)).verdict is Verdict.IN_FORCE
    assert story.verify(trust=strict, known_at=story.at + timedelta(seconds=61)).exit_code is ExitCode.NOT_CHECKED


def test_an_old_bundle_still_answers_for_what_was_known_then() -> None:
    story = told()
    years_later = story.at + timedelta(days=900)

    report = story.verify(now=years_later)

    assert report.verdict is Verdict.IN_FORCE
    # As known then and at the end of that day; as known now cannot be said.
    assert [answer.known_at for answer in report.answers] == [story.at, end_of_day(story.at.date())]


def test_a_day_is_answered_as_known_then_and_as_known_now() -> None:
    story = granted()
    story.later(days=360)
    story.add(
        CERTIFICATION,
        "certification.maintenance_confirmed",
        effective_on="2027-03-04",
        decided_at="2027-03-06T09:00:00Z",
    )
    story.snapshot()
    on = date(2027, 3, 4)

    report = story.verify(on=on, known_at=end_of_day(on))

    then, now = report.answers
    assert (then.known_at, now.known_at) == (end_of_day(on), story.at)
    assert then.standing.conditions == (Condition.MAINTENANCE_DUE,)
    assert now.standing.conditions == (Condition.RECORDED_LATE,)


def test_the_day_decides_and_not_the_events_order() -> None:
    story = granted()
    story.add(CERTIFICATION, "certification.withdrawn", effective_on="2026-04-01")
    story.snapshot()

    assert story.verify(on=date(2026, 3, 31)).verdict is Verdict.IN_FORCE
    assert story.verify(on=date(2026, 4, 1)).verdict is Verdict.NOT_IN_FORCE
    assert story.verify(on=date(2026, 3, 9)).answers[0].standing.state is State.NOT_YET_EFFECTIVE


def test_expiry_is_computed() -> None:
    story = told()

    assert story.verify(on=UNTIL).verdict is Verdict.IN_FORCE
    report = story.verify(on=UNTIL + timedelta(days=1))
    assert (report.verdict, report.exit_code) == (Verdict.NOT_IN_FORCE, ExitCode.NOT_IN_FORCE)
    assert report.answers[0].standing.state is State.EXPIRED


def test_accreditation_is_answered_beside_the_standing() -> None:
    story = granted()
    story.add(BODY_STREAM, "accreditation.withdrawn", scheme="demo", source="letter", effective_on="2026-03-12")
    story.snapshot()

    covered = [story.verify(on=date(2026, 3, number)).answers[0].accreditation for number in (11, 12)]

    assert [answer.coverage for answer in covered] == [Coverage.COVERED, Coverage.NOT_COVERED]
    assert covered[0].detail == {
        "number": "1",
        "accreditation_body": "Ente",
        "standard": "ISO/IEC 17024",
        "wording": "accreditato",
        "source": "letter",
    }


def test_a_key_may_follow_another_without_touching_what_was_signed() -> None:
    story = granted()
    story.add(BODY_STREAM, "key.enrolled", **enrolment(STRANGER, EVENTS))
    story.add(BODY_STREAM, "key.retired", **ending(EVENTS, STRANGER))
    story.add(CERTIFICATION, "certification.suspended", STRANGER, deadline="2026-06-01")
    story.snapshot()

    report = story.verify(token=TOKEN)

    assert report.trusted
    assert report.answers[0].standing.state is State.SUSPENDED


def test_a_compromise_leaves_what_was_signed_before_it() -> None:
    story = granted()
    story.add(BODY_STREAM, "key.compromised", **ending(EVENTS, RECOVERY, from_index=6))
    story.snapshot()

    assert story.verify(token=TOKEN).verdict is Verdict.IN_FORCE


def test_a_thief_gains_nothing_by_a_key_enrolled_before_the_theft_is_declared() -> None:
    story = granted()
    enrolled = story.add(BODY_STREAM, "key.enrolled", **enrolment(STRANGER, EVENTS))
    story.add(BODY_STREAM, "key.compromised", **ending(EVENTS, RECOVERY, from_index=enrolled))
    story.add(CERTIFICATION, "certification.maintenance_confirmed", STRANGER)
    story.snapshot()

    report = story.verify()

    assert (report.verdict, report.check("signatures").outcome) == (Verdict.FORGED, Outcome.FAILED)
    assert "is in doubt from its enrolment" in report.check("signatures").reason


def test_an_edition_without_a_maintenance_rule_asks_for_none() -> None:
    story = begin({name: rule for name, rule in RULES.items() if name != "maintenance"})
    grant(story)
    story.later(days=1)
    story.snapshot()

    assert story.verify(on=date(2028, 1, 1)).answers[0].standing.maintenance_due_on is None
    assert told().verify(on=date(2028, 1, 1)).answers[0].standing.maintenance_due_on == date(2027, 3, 10)


def test_a_last_valid_day_that_no_other_follows_is_refused_and_never_raises() -> None:
    """Of a period the day after a last valid day is asked for."""
    story = granted()
    story.add(CERTIFICATION, "certification.recertified", valid_until="9999-12-31")
    story.later(days=1)
    story.snapshot()

    report = story.verify(on=date(2026, 3, 10), until=date(2026, 3, 11))

    assert report.check("chain").outcome is Outcome.FAILED
    assert "a day after the year 9998" in report.check("chain").reason


def test_a_time_that_a_calendar_does_not_hold_is_refused_and_never_raises() -> None:
    story = granted()
    story.time(at="9999-12-31T23:59:59Z")
    story.add(CERTIFICATION, "certification.withdrawn")
    story.snapshot()

    report = story.verify(now=datetime(2026, 3, 12, tzinfo=UTC))

    assert report.check("chain").outcome is Outcome.FAILED
    assert "outside the years 1970 to 9998" in report.check("chain").reason
