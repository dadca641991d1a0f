"""The decisions on a certification, each by its command, and what show tells of them."""

from datetime import timedelta
from pathlib import Path

import pytest

from registry.bootstrap import now
from tests.registry.cli.conftest import call, done
from verifier.encoding import legal_day

BY = ("--decider", "DE-9", "--decision", "DEL-9")


def soon() -> str:
    return (legal_day(now()) + timedelta(days=30)).isoformat()


def state(folder: Path, number: str) -> str:
    return str(done("show", folder, number)["standing"]["state"])


def test_a_certification_is_suspended_reinstated_and_withdrawn(folder: Path, number: str) -> None:
    assert state(folder, number) == "active"

    suspended = done("suspend", folder, number, *BY, "--reason", "fees", "--until", soon())
    assert state(folder, number) == "suspended"

    done("reinstate", folder, number, *BY)
    assert state(folder, number) == "active"

    withdrawn = done("withdraw", folder, number, *BY, "--reason", "fraud")
    assert state(folder, number) == "withdrawn"
    assert withdrawn["entries"][0] > suspended["entries"][0]


def test_a_person_gives_a_certification_up(folder: Path, number: str) -> None:
    done("relinquish", folder, number, *BY)

    assert state(folder, number) == "relinquished"


def test_a_document_is_issued_anew(folder: Path, number: str) -> None:
    made = done("reissue", folder, number, "--decision", "DEL-9")

    assert len(made["entries"]) == 2
    assert done("show", folder, number)["revision"] == 2


REFUSED = {
    "confirm": (BY, "maintenance is due on"),
    "reinstate": (BY, "a certification that is active cannot be reinstated"),
    "suspend": ((*BY, "--reason", "x", "--until", "2040-01-01"), "a suspension from"),
    "recertify": ((*BY, "--examiner", "ES-1", "--exam", "E-1"), "recertification is possible from"),
    "withdraw": ((*BY, "--reason", "x", "--on", "2020-01-01"), "before"),
}


@pytest.mark.parametrize("command", REFUSED)
def test_a_decision_that_a_rule_forbids_is_refused_in_one_sentence(folder: Path, number: str, command: str) -> None:
    options, reason = REFUSED[command]

    told = call(command, folder, number, *options)

    assert told.exit_code == 1
    assert reason in told.stderr
    assert told.stderr.count("\n") == 1
    assert state(folder, number) == "active"


def test_the_same_idempotency_key_decides_once(folder: Path, number: str) -> None:
    first = done("relinquish", folder, number, *BY, "--key", "K-1")
    again = done("relinquish", folder, number, *BY, "--key", "K-1")

    assert again["repeated"]
    assert again["entries"] == first["entries"]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("7K3M9P2XQD4W5", "no certification with number"), ("7K3M", "a number has 13 symbols"), ("?", "symbol")],
)
def test_a_number_that_is_nobodys_is_bad_input(folder: Path, typed: str, reason: str) -> None:
    told = call("show", folder, typed)

    assert told.exit_code == 2
    assert reason in told.stderr


@pytest.mark.parametrize("typed", ["", " ", "DE\x1b[31m", "D" * 121])
@pytest.mark.parametrize("option", ["--decider", "--decision", "--key", "--reason"])
def test_what_a_decision_names_is_a_line_of_text(folder: Path, number: str, option: str, typed: str) -> None:
    given = {
        "--decider": "DE-9",
        "--decision": "DEL-9",
        "--reason": "fees",
        option: typed * (5 if option == "--reason" else 1),
    }

    told = call("withdraw", folder, number, *(word for pair in given.items() for word in pair))

    assert told.exit_code == 2
    assert "is no line of 1 to" in told.stderr
    assert len(told.stderr) < 400
    assert state(folder, number) == "active"


def test_a_deciders_id_is_written_in_one_way(folder: Path, number: str) -> None:
    done("withdraw", folder, number, "--decider", " DE-9 ", "--decision", "DEL-9", "--reason", "fraud")

    told = call("appeal", folder, number, "--decider", "DE-9", "--decision", "RIC-1", "--reverses", 3)

    assert told.exit_code == 1
    assert state(folder, number) == "withdrawn"


def test_a_day_that_is_none_is_bad_usage(folder: Path, number: str) -> None:
    told = call("relinquish", folder, number, *BY, "--on", "31/12/2026")

    assert told.exit_code == 2
    assert "not a day like 2026-11-24" in told.stderr


def test_names_and_reasons_are_shown_only_when_asked_for(folder: Path, number: str) -> None:
    done("withdraw", folder, number, *BY, "--reason", "a false exam")

    plain, personal = call("show", folder, number).output, call("show", folder, number, "--personal").output

    for secret in ("თამარი", "1973-08-18", "Kutaisi", "DE-06", "ES-05", "a false exam"):
        assert secret not in plain
        assert secret in personal


def test_the_history_says_when_what_took_effect(folder: Path, number: str) -> None:
    done("withdraw", folder, number, *BY, "--reason", "x", "--on", soon())

    told = done("show", folder, number)
    later = done("show", folder, number, "--on", soon())

    assert [event["type"] for event in told["events"]] == [
        "certification.granted", "certificate.issued", "certification.withdrawn",
    ]  # fmt: skip
    assert told["standing"]["state"] == "active"
    assert told["standing"]["conditions"] == ["change_scheduled"]
    assert later["standing"]["state"] == "withdrawn"
    assert told["accreditation"]["coverage"] == "covered"
