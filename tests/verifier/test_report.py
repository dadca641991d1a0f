from datetime import UTC, date, datetime, timedelta

import pytest

from verifier.encoding import end_of_day
from verifier.errors import (
    AttestoError,
    ChainError,
    FormatError,
    NotFoundError,
    ProofError,
    SignatureError,
    TrustError,
    UnavailableError,
    UnknownBodyError,
)
from verifier.report import (
    CHECKS,
    EXIT_CODES,
    TOKEN_CHECKS,
    Check,
    Checklist,
    ExitCode,
    Outcome,
    Question,
    Report,
    StoppedError,
    Verdict,
)

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
ALL = frozenset(CHECKS)


def run(checks: Checklist, *names: str) -> None:
    for name in names:
        with checks.check(name):
            pass


def test_only_in_force_is_heard_as_success() -> None:
    assert {verdict for verdict, code in EXIT_CODES.items() if code == 0} == {Verdict.IN_FORCE}
    assert EXIT_CODES.keys() == set(Verdict)


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (Verdict.IN_FORCE, 0),
        (Verdict.NOT_IN_FORCE, 1),
        (Verdict.SUPERSEDED, 1),
        (Verdict.FORGED, 3),
        (Verdict.UNKNOWN_BODY, 3),
        (Verdict.WITHHELD, 4),
        (Verdict.NO_RECORD, 4),
        (Verdict.COULD_NOT_BE_CHECKED, 4),
    ],
)
def test_a_program_hears_the_kind_of_verdict(verdict: Verdict, code: int) -> None:
    assert Report(Question(NOW.date(), NOW, NOW), verdict, ()).exit_code == code


def test_bad_input_has_a_code_of_its_own() -> None:
    assert ExitCode.BAD_INPUT == 2
    assert ExitCode.BAD_INPUT not in EXIT_CODES.values()


def test_a_check_that_passes_says_what_it_means() -> None:
    checks = Checklist(ALL)

    run(checks, *CHECKS)

    assert checks.checks() == tuple(Check(name, Outcome.PASSED, says) for name, says in CHECKS.items())
    assert [check.statement for check in checks.checks()] == list(CHECKS.values())


@pytest.mark.parametrize("error", [FormatError, SignatureError, ProofError, ChainError, TrustError, UnknownBodyError])
def test_a_check_that_fails_stops_what_rests_on_it(error: type[AttestoError]) -> None:
    checks = Checklist(ALL)
    run(checks, "token", "record")

    with pytest.raises(StoppedError, match="it is wrong") as stopped, checks.check("checkpoint"):
        raise error("it is wrong")

    made = checks.checks()
    assert isinstance(stopped.value.__cause__, error)
    assert [check.outcome for check in made[:3]] == [Outcome.PASSED, Outcome.PASSED, Outcome.FAILED]
    assert made[2].reason == "it is wrong"
    assert {check.outcome for check in made[3:]} == {Outcome.NOT_CHECKED}
    assert {check.reason for check in made[3:]} == {"it rests on the check 'checkpoint', which did not pass"}


@pytest.mark.parametrize("error", [UnavailableError, NotFoundError])
def test_what_cannot_be_had_is_not_checked_and_not_failed(error: type[AttestoError]) -> None:
    checks = Checklist(ALL)

    with pytest.raises(StoppedError) as stopped, checks.check("token"):
        raise error("no answer")

    assert isinstance(stopped.value.__cause__, error)
    assert {check.outcome for check in checks.checks()} == {Outcome.NOT_CHECKED}
    assert checks.checks()[0].reason == "no answer"


def test_a_fault_of_ours_is_no_outcome() -> None:
    checks = Checklist(ALL)

    with pytest.raises(ZeroDivisionError), checks.check("token"):
        raise ZeroDivisionError

    assert not checks.made("token")


def test_a_check_may_wait_and_be_made_later() -> None:
    checks = Checklist(ALL)
    assert not checks.made("token")

    checks.postpone("token", "its key is younger")

    assert not checks.made("token")
    assert not checks.passed("token")
    assert checks.checks()[0] == Check("token", Outcome.NOT_CHECKED, "its key is younger")

    run(checks, "token")

    assert checks.made("token")
    assert checks.passed("token")


def test_a_check_that_failed_is_made_and_did_not_pass() -> None:
    checks = Checklist(ALL)

    with pytest.raises(StoppedError), checks.check("token"):
        raise TrustError("no")

    assert checks.made("token")
    assert not checks.passed("token")


def test_only_the_wanted_checks_are_listed_in_their_order() -> None:
    checks = Checklist(ALL - TOKEN_CHECKS)

    run(checks, "record")

    assert [check.name for check in checks.checks()] == [name for name in CHECKS if name not in TOKEN_CHECKS]
    assert {"token", "registered"} == TOKEN_CHECKS


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.NOT_CHECKED])
def test_a_report_is_trusted_only_if_every_check_passed(outcome: Outcome) -> None:
    passed, other = Check("token", Outcome.PASSED, ""), Check("record", outcome, "")
    question = Question(NOW.date(), NOW, NOW)

    assert Report(question, Verdict.IN_FORCE, (passed,)).trusted
    assert not Report(question, Verdict.IN_FORCE, (passed, other)).trusted
    assert Report(question, Verdict.IN_FORCE, (passed, other)).check("record") is other


def test_a_question_is_answered_as_asked_as_known_then_and_as_known_now() -> None:
    deadline = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)

    asked = Question(date(2026, 6, 1), deadline, NOW)

    # Rome is two hours ahead in June.
    assert asked.instants == (deadline, datetime(2026, 6, 1, 22, 0, tzinfo=UTC), NOW)


def test_the_same_instant_is_answered_once() -> None:
    assert Question(NOW.date(), NOW, NOW).instants == (NOW,)
    then = end_of_day(date(2026, 6, 1))
    assert Question(date(2026, 6, 1), then, NOW).instants == (then, NOW)


def test_the_end_of_a_day_to_come_is_not_known_yet() -> None:
    assert Question(NOW.date() + timedelta(days=9), NOW, NOW).instants == (NOW,)


def test_the_holders_name_stays_out_of_a_reports_repr() -> None:
    report = Report(Question(NOW.date(), NOW, NOW), Verdict.IN_FORCE, ())

    assert "token" not in repr(report)
