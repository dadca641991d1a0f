"""The decisions that review a certification: each by its command, with its rule, and what show tells of them."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from registry.bootstrap import now
from tests.registry.cli.conftest import SCHEME, call, done
from verifier.encoding import legal_day

BY = ("--decider", "DE-9", "--decision", "DEL-9")
WHY = ("--reason", "for a reason")
TASKS = sorted(json.loads(SCHEME.read_text(encoding="utf-8"))["profiles"]["addetto"]["tasks"])


def on(days: int) -> str:
    return (legal_day(now()) + timedelta(days=days)).isoformat()


def standing(folder: Path, number: str) -> dict[str, object]:
    return dict(done("show", folder, number)["standing"])


def tasks(*names: str) -> list[str]:
    return [part for name in names for part in ("--task", name)]


def test_a_certification_is_annulled_from_its_first_day_and_an_appeal_reverses_that(folder: Path, number: str) -> None:
    done("annul", folder, number, *BY, *WHY)
    assert standing(folder, number)["state"] == "annulled"

    done("appeal", folder, number, "--decider", "DE-10", "--decision", "RIC-1", "--reverses", 3)

    now_standing = standing(folder, number)
    assert now_standing["state"] == "active"
    assert now_standing["left_out"] == [3]


def test_who_took_a_decision_does_not_decide_the_appeal(folder: Path, number: str) -> None:
    done("withdraw", folder, number, *BY, *WHY)

    told = call("appeal", folder, number, *BY, "--reverses", 3)

    assert told.exit_code == 1
    assert "DE-9 took the decision that is appealed against" in told.stderr
    assert standing(folder, number)["state"] == "withdrawn"


def test_an_appeal_names_a_decision_that_it_may_reverse_once(folder: Path, number: str) -> None:
    done("suspend", folder, number, *BY, *WHY, "--until", on(30))
    by = ("--decider", "DE-10", "--decision", "RIC-1")

    assert "event 1 is no suspension" in call("appeal", folder, number, *by, "--reverses", 1).stderr
    done("appeal", folder, number, *by, "--reverses", 3)
    done("withdraw", folder, number, *BY, *WHY)
    assert "event 3 was reversed by an appeal already" in call("appeal", folder, number, *by, "--reverses", 3).stderr


def test_a_suspension_is_prolonged_within_the_maximum_that_counts_from_its_first_day(folder: Path, number: str) -> None:
    done("suspend", folder, number, *BY, *WHY, "--until", on(30))

    for day, reason in ((30, "is no later deadline"), (181, "ends by")):
        told = call("prolong", folder, number, *BY, *WHY, "--until", on(day))
        assert told.exit_code == 1
        assert reason in told.stderr
    done("prolong", folder, number, *BY, *WHY, "--until", on(180))

    assert standing(folder, number)["deadline"] == on(180)


def test_a_refused_maintenance_shows_beside_the_state(folder: Path, number: str) -> None:
    done("refuse", folder, number, *BY, *WHY)

    told = standing(folder, number)

    assert told["state"] == "active"
    assert "maintenance_refused" in told["conditions"]  # type: ignore[operator]


def test_a_name_is_corrected_under_the_same_number_and_the_old_document_stays(folder: Path, number: str) -> None:
    made = done("correct", folder, number, *BY, "--name", "Tamar Kobalia")
    assert len(made["entries"]) == 3
    done("reissue", folder, number, "--decision", "DEL-10")

    told = done("show", folder, number, "--personal")

    assert told["revision"] == 3
    types = [event["type"] for event in told["events"]]
    assert types[2:5] == ["certification.corrected", "certificate.superseded", "certificate.reissued"]
    (corrected,) = (e for e in told["events"] if e["type"] == "certification.corrected")
    assert corrected["content"]["corrects"] == 1
    assert corrected["personal"] == {"name": "Tamar Kobalia", "decision": "DEL-9", "decider": "DE-9"}


def test_every_event_is_shown_in_words(folder: Path, number: str) -> None:
    done("suspend", folder, number, *BY, *WHY, "--until", on(30))
    done("prolong", folder, number, *BY, *WHY, "--until", on(60))
    done("appeal", folder, number, "--decider", "DE-10", "--decision", "RIC-1", "--reverses", 3)

    told = call("show", folder, number).output

    for words in (
        f"suspended, decision due by {on(30)}",
        f"suspension prolonged, decision due by {on(60)}",
        "appeal upheld, reverses event 3",
        "document issued, revision 1",
    ):
        assert words in told


REFUSED = {
    "prolong": ((*WHY, "--until", "2040-01-01"), "a certification that is active cannot be suspended for longer"),
    "extend": (tasks(*TASKS), "covers the whole profile addetto already"),
    "reduce": ((*WHY, *tasks("no-such")), "profile addetto has no task no-such"),
    "appeal": (("--reverses", "3"), "a certification that is active cannot be"),
    "correct": ((), "a correction names what it corrects"),
}


@pytest.mark.parametrize("command", REFUSED)
def test_a_review_that_a_rule_forbids_is_refused_in_one_sentence(folder: Path, number: str, command: str) -> None:
    options, reason = REFUSED[command]

    told = call(command, folder, number, *BY, *options)

    assert told.exit_code == 1
    assert reason in told.stderr
    assert told.stderr.count("\n") == 1
    assert standing(folder, number)["state"] == "active"


@pytest.mark.parametrize("command", ["annul", "appeal", "correct"])
def test_what_concerns_the_whole_life_takes_no_other_day(folder: Path, number: str, command: str) -> None:
    told = call(command, folder, number, *BY, "--on", on(3))

    assert told.exit_code == 2
    assert "No such option" in told.stderr


@pytest.mark.parametrize("option", ["--name", "--birth-place"])
@pytest.mark.parametrize("typed", ["", "\n", "Zo\x07"])
def test_nothing_is_corrected_to_what_no_document_can_show(folder: Path, number: str, option: str, typed: str) -> None:
    told = call("correct", folder, number, *BY, option, typed)

    assert told.exit_code == 2
    assert "is no line of 1 to" in told.stderr
