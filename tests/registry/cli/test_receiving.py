"""Evidence for maintenance from its receipt to the confirmation that rests on it, by its commands."""

from datetime import timedelta
from pathlib import Path

import pytest

from registry.bootstrap import now
from tests.registry.cli.conftest import call, done
from verifier.encoding import add_months, legal_day

BY = ("--decider", "DE-9", "--decision", "DEL-9")


def day(days: int = 0) -> str:
    return (legal_day(now()) + timedelta(days=days)).isoformat()


def due_on() -> str:
    return add_months(legal_day(now()), 12).isoformat()


def add(folder: Path, number: str, kind: str, *more: object) -> dict[str, object]:
    return dict(done("evidence", "add", folder, number, "--kind", kind, *more))


def test_evidence_is_filed_and_listed_with_what_is_missing(folder: Path, number: str) -> None:
    add(folder, number, "continuita")
    told = add(folder, number, "formazione", "--hours", 10, "--reference", "CORSO-17")

    assert told["missing"] == ["formazione (10 of 16 hours)", "reclami"]
    listed = done("evidence", "list", folder, number)
    assert {(e["kind"], e["hours"], e["received_on"], e["reference"], e["counts"]) for e in listed["evidence"]} == {
        ("continuita", None, day(), None, True),
        ("formazione", 10, day(), "CORSO-17", True),
    }
    assert listed["missing"] == told["missing"]
    text = call("evidence", "list", folder, number).output
    assert "Missing: formazione (10 of 16 hours), reclami." in text
    assert "CORSO-17" in text


def test_the_same_evidence_again_is_one_record_and_another_reference_is_another(folder: Path, number: str) -> None:
    add(folder, number, "formazione", "--hours", 8, "--reference", "CORSO-17")

    again = add(folder, number, "formazione", "--hours", 8, "--reference", "CORSO-17")
    other = add(folder, number, "formazione", "--hours", 8, "--reference", "CORSO-18")

    assert (again["repeated"], again["missing"]) == (True, ["continuita", "formazione (8 of 16 hours)", "reclami"])
    assert (other["repeated"], other["missing"]) == (False, ["continuita", "reclami"])


def test_a_record_that_was_a_mistake_is_removed(folder: Path, number: str) -> None:
    made = add(folder, number, "formazione", "--hours", 80)

    done("evidence", "remove", folder, number, made["id"])
    again = call("evidence", "remove", folder, number, made["id"])

    assert done("evidence", "list", folder, number)["evidence"] == []
    assert (again.exit_code, "no evidence" in again.stderr) == (2, True)


BAD = {
    "an unknown kind": (("--kind", "fortuna"), 1, "the edition knows no evidence fortuna"),
    "no hours": (("--kind", "formazione"), 1, "evidence formazione is counted in hours: state them"),
    "hours of what has none": (("--kind", "reclami", "--hours", 3), 1, "evidence reclami is not counted in hours"),
    "no hour at all": (("--kind", "formazione", "--hours", 0), 2, "0 is not in the range"),
    "a day to come": (("--kind", "reclami", "--received-on", "2099-01-01"), 1, "the day 2099-01-01 is still to come"),
    "before its time": (("--kind", "reclami", "--received-on", "2020-01-01"), 1, "before the certification began"),
    "no day": (("--kind", "reclami", "--received-on", "ieri"), 2, "is not a day like"),
    "another body": (("--kind", "reclami", "--body", "odc-due"), 1, "is another body's"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_evidence_is_refused_in_words_and_nothing_is_filed(folder: Path, number: str, case: str) -> None:
    options, code, reason = BAD[case]

    told = call("evidence", "add", folder, number, *options)

    assert told.exit_code == code
    assert reason in told.stderr
    assert done("evidence", "list", folder, number)["evidence"] == []


def test_a_certification_that_is_not_here_is_another_answer_than_another_bodys(folder: Path, number: str) -> None:
    nobodys = "7K3M-9P2X-QD4W5"

    for name, *more in (("add", "--kind", "reclami"), ("list",)):
        unknown = call("evidence", name, folder, nobodys, *more)
        foreign = call("evidence", name, folder, number, "--body", "odc-due", *more)
        assert (unknown.exit_code, foreign.exit_code) == (2, 1)
        assert "no certification with number 7K3M-9P2X-QD4W5 here" in unknown.stderr
        assert "is another body's" in foreign.stderr


def test_a_certification_that_has_ended_takes_no_evidence(folder: Path, number: str) -> None:
    done("withdraw", folder, number, *BY, "--reason", "x")

    told = call("evidence", "add", folder, number, "--kind", "reclami")

    assert told.exit_code == 1
    assert "a certification that is withdrawn takes no evidence" in told.stderr


def test_a_confirmation_rests_on_the_records_and_names_all_that_they_lack(folder: Path, number: str) -> None:
    add(folder, number, "formazione", "--hours", 10, "--reference", "CORSO-17")

    refused = call("confirm", folder, number, *BY, "--on", due_on())
    add(folder, number, "formazione", "--hours", 6)
    add(folder, number, "continuita")
    add(folder, number, "reclami", "--reference", "nessuno")
    done("confirm", folder, number, *BY, "--on", due_on())

    assert refused.exit_code == 1
    assert "was not received: continuita, formazione (10 of 16 hours), reclami" in refused.stderr
    shown = done("show", folder, number, "--personal")["events"][-1]
    assert shown["type"] == "certification.maintenance_confirmed"
    evidence = sorted(shown["personal"]["evidence"], key=lambda one: (one["kind"], one.get("hours", 0)))
    assert evidence == [
        {"kind": "continuita", "received_on": day()},
        {"kind": "formazione", "received_on": day(), "hours": 6},
        {"kind": "formazione", "received_on": day(), "hours": 10, "reference": "CORSO-17"},
        {"kind": "reclami", "received_on": day(), "reference": "nessuno"},
    ]


def test_what_waits_tells_which_evidence_is_there_and_which_is_missing(folder: Path, number: str) -> None:
    add(folder, number, "continuita")
    add(folder, number, "formazione", "--hours", 10)

    waiting = {one["number"]: one for one in done("due", folder, "--body", "odc-uno", "--on", due_on())["due"]}
    text = call("due", folder, "--body", "odc-uno", "--on", due_on()).output

    assert waiting[number]["received"] == ["continuita", "formazione"]
    assert waiting[number]["missing"] == ["formazione (10 of 16 hours)", "reclami"]
    others = [one for one in waiting.values() if one["number"] != number]
    assert [one["received"] for one in others] == [[], []]
    assert "continuita, formazione" in text
