from datetime import UTC, date, datetime

from verifier.accreditation import Accreditation, Coverage
from verifier.certificate import Certificate
from verifier.encoding import format_json, parse_json
from verifier.report import EXIT_CODES, Answer, Check, Evidence, Facts, Outcome, Question, Report, Verdict
from verifier.report_json import format_report
from verifier.status import Condition, Standing, State

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
QUESTION = Question(date(2026, 11, 24), NOW, NOW)
STANDING = Standing(
    State.SUSPENDED,
    since=date(2026, 11, 1),
    valid_until=date(2028, 2, 29),
    deadline=date(2026, 12, 31),
    granted_on=date(2025, 3, 1),
    cycle_starts_on=date(2025, 3, 1),
    conditions=(Condition.CHANGE_SCHEDULED,),
)
FACTS = Facts(
    "0000000000000", "odc-uno", "OdC Uno", "https://odc.example", False, "demo", "demo-2026", {"it": "Prova"},
    "operatore", 2, 2,
)  # fmt: skip
EVIDENCE = Evidence(
    "registry.example/log", 9, bytes(32), 8, NOW, ((3, "certification.granted", date(2025, 3, 1), NOW),)
)
CERTIFICATE = Certificate(
    "odc-uno", NOW, date(2028, 2, 29), bytes(16), "0000000000000", 1, "demo-2026", "operatore", 7, bytes(8), "Ada", None
)


def report(verdict: Verdict = Verdict.NOT_IN_FORCE, token: Certificate | None = None) -> Report:
    answer = Answer(QUESTION.on, NOW, STANDING, Accreditation(Coverage.COVERED, date(2024, 1, 1), {"number": "1"}))
    checks = (Check("fresh", Outcome.PASSED, "fits"), Check("record", Outcome.NOT_CHECKED, "why not"))
    return Report(QUESTION, verdict, checks, (answer,), FACTS, EVIDENCE, token)


def test_a_report_is_json_and_says_what_the_report_says() -> None:
    written = format_report(report())

    assert parse_json(format_json(written)) == written
    assert (written["verdict"], written["exit_code"]) == ("not_in_force", 1)
    assert written["question"] == {
        "on": "2026-11-24",
        "known_at": "2026-11-24T09:30:00Z",
        "now": "2026-11-24T09:30:00Z",
        "until": None,
        "so_far": False,
        "kind": "day",
        "deadline": None,
    }
    assert written["requirement"] == "not_met"
    (answer,) = written["answers"]
    assert (answer["state"], answer["in_force"], answer["deadline"]) == ("suspended", False, "2026-12-31")
    assert (answer["maintenance_due_on"], answer["conditions"]) == (None, ["change_scheduled"])
    assert answer["accreditation"] == {
        "coverage": "covered",
        "since": "2024-01-01",
        "detail": {"number": "1"},
        "profiles": None,
    }
    assert (written["differences"], written["gaps"]) == ([], None)
    assert written["certification"]["edition"] == {"slug": "demo-2026", "title": {"it": "Prova"}}
    assert written["evidence"]["snapshot"] == {"index": 8, "at": "2026-11-24T09:30:00Z"}


def test_every_check_has_its_outcome_and_its_reason() -> None:
    checks = format_report(report())["checks"]

    assert [(check["name"], check["outcome"], check["reason"]) for check in checks] == [
        ("fresh", "passed", "fits"),
        ("record", "not_checked", "why not"),
    ]


def test_every_verdict_carries_its_exit_code() -> None:
    written = {verdict: format_report(report(verdict))["exit_code"] for verdict in Verdict}

    assert written == EXIT_CODES


def test_a_name_is_there_only_with_the_token_that_states_it() -> None:
    assert format_report(report())["certificate"] is None
    assert format_report(report(token=CERTIFICATE))["certificate"]["name"] == "Ada"


def test_a_report_without_a_record_says_so_with_nulls() -> None:
    written = format_report(Report(QUESTION, Verdict.NO_RECORD, ()))

    assert (written["answers"], written["certification"], written["evidence"]) == ([], None, None)
