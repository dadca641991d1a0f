"""An exam session from its record to the annulments of what rested on it, by its commands."""

import csv
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from registry.bootstrap import now, open_registry
from registry.settings import read_settings
from tests.registry.cli.conftest import call, done
from verifier.encoding import legal_day
from verifier.number import group_number

TO = ("--body", "odc-uno", "--edition", "demo-2026")
OF = ("--body", "odc-uno")
EXAM = "ESA-2026-001"
BY = ("--decider", "DE-9")
DECISION = ("--decision", "DEL-9")
WHY = ("--reason", "the answers were sold")


def day(days: int = 0) -> str:
    return (legal_day(now()) + timedelta(days=days)).isoformat()


def parts(*forms: str, on: int = -2) -> list[str]:
    return [part for form in forms for part in ("--part", f"{form}:{day(on)}")]


ALL = ("scritta", "caso", "colloquio")
BASE = ("--examiner", "ES-31", "--examiner", "ES-05")


def hold(folder: Path, exam: str = EXAM) -> object:
    return done("exam", "hold", folder, exam, *TO, *parts(*ALL), *BASE)


@pytest.fixture
def held(folder: Path, people: Path) -> Path:
    """A registry with a recorded session on which three certifications rest."""
    hold(folder)
    done("grant", folder, people, *TO)
    return folder


def numbers(folder: Path) -> list[str]:
    return [one["number"] for one in done("exam", "show", folder, EXAM, *OF)["certifications"]]


def states(folder: Path) -> list[str]:
    return [one["state"] for one in done("exam", "show", folder, EXAM, *OF)["certifications"]]


def with_column(people: Path, column: str, value: str) -> Path:
    rows = list(csv.DictReader(StringIO(people.read_text(encoding="utf-8"))))
    with people.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | {column: value} for row in rows)
    return people


def test_a_session_is_recorded_listed_and_shown_with_what_rests_on_it(held: Path) -> None:
    hold(held, "ESA-2026-000")

    listed = done("exam", "list", held, *OF)["exams"]
    shown = done("exam", "show", held, EXAM, *OF)

    assert [one["exam"] for one in listed] == ["ESA-2026-000", EXAM]
    assert shown["edition"] == "demo-2026"
    assert shown["held_on"] == day(-2)
    assert {part["form"] for part in shown["parts"]} == set(ALL)
    assert shown["examiners"] == ["ES-05", "ES-31"]
    assert shown["invalidated"] is None
    assert [one["state"] for one in shown["certifications"]] == ["active"] * 3
    text = call("exam", "show", held, EXAM, *OF).output
    assert "3 certifications rest on it" in text
    assert "Exam ESA-2026-001 of odc-uno, demo-2026: stands" in text
    assert f"{EXAM}  demo-2026  {day(-2)}" in call("exam", "list", held, *OF).output.replace("    ", "  ")


def test_a_grant_tells_only_the_body_which_session_it_rests_on(held: Path) -> None:
    number = numbers(held)[0]

    plain, personal = call("show", held, number).output, done("show", held, number, "--personal")["events"][0]

    assert "ES-31" not in plain
    assert personal["personal"]["exam"]["session"] == EXAM
    assert personal["personal"]["exam"]["examiners"] == ["ES-05", "ES-31"]
    assert personal["personal"]["application"] == {"received": ["domanda", "esperienza"]}


def test_the_same_session_again_is_recorded_once_and_another_content_is_refused(folder: Path) -> None:
    hold(folder)

    again = done("exam", "hold", folder, EXAM, *TO, *parts(*reversed(ALL)), *BASE, "--examiner", "ES-05")
    told = call("exam", "hold", folder, EXAM, *TO, *parts(*ALL), "--examiner", "ES-05")

    assert again["repeated"]
    assert (told.exit_code, told.stderr.count("\n")) == (1, 1)
    assert "is recorded with another content" in told.stderr


BAD = {
    "a part of no exam": ((*parts("orale"), *BASE), 1, "the exam of demo-2026 has no part orale"),
    "a part twice": ((*parts("caso", "caso"), *BASE), 1, "stands twice: caso"),
    "a part to come": ((*parts("caso", on=1), *BASE), 1, "recorded once it was held"),
    "no day": (("--part", "caso", *BASE), 2, "a part is its form and its day, like scritta:2026-11-20"),
    "a form of two lines": (("--part", f"ca\x07so:{day()}", *BASE), 2, "is no line of 1 to 120"),
    "a day that is none": (("--part", "caso:2026-13-01", *BASE), 2, "'2026-13-01' is"),
    "no examiner": (parts("caso"), 2, "Missing option '--examiner'"),
    "an examiner without a name": ((*parts("caso"), "--examiner", " "), 2, "is no line of 1 to 120"),
    "a long examiner": ((*parts("caso"), "--examiner", "E" * 121), 2, "is no line of 1 to 120"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_session_is_refused_in_words_and_nothing_is_recorded(folder: Path, case: str) -> None:
    options, code, reason = BAD[case]

    told = call("exam", "hold", folder, EXAM, *TO, *options)

    assert told.exit_code == code
    assert reason in told.stderr
    assert "Traceback" not in told.stderr
    assert done("exam", "list", folder, *OF)["exams"] == []


def test_a_body_an_edition_and_a_session_that_are_not_here_are_named(folder: Path) -> None:
    unknown = ("--body", "odc-nove")

    for arguments, reason in (
        (("hold", folder, EXAM, *unknown, "--edition", "demo-2026", *parts("caso"), *BASE), "no body odc-nove"),
        (("hold", folder, EXAM, *OF, "--edition", "demo-1999", *parts("caso"), *BASE), "no edition demo-1999"),
        (("list", folder, *unknown), "no body odc-nove"),
        (("show", folder, EXAM, *OF), "no exam session ESA-2026-001 of body odc-uno"),
        (("invalidate", folder, EXAM, *OF, *BY, *WHY), "no exam session ESA-2026-001 of body odc-uno"),
        (("annul", folder, EXAM, *OF, *BY, *DECISION, "--yes"), "no exam session ESA-2026-001 of body odc-uno"),
    ):
        told = call("exam", *arguments)
        assert (told.exit_code, reason in told.stderr) == (2, True), told.stderr


def test_who_examined_in_a_session_does_not_decide_on_a_row_that_names_it(folder: Path, people: Path) -> None:
    hold(folder)

    told = call("grant", folder, with_column(people, "decider", "ES-31"), *TO)

    assert told.exit_code == 1
    assert "line 2, column 'decider': 'ES-31' is refused: ES-31 examined in ESA-2026-001" in told.stderr


def test_rows_that_differ_in_their_exam_alone_are_each_asked(folder: Path, people: Path) -> None:
    hold(folder)
    done("exam", "invalidate", folder, EXAM, *OF, *BY, *WHY)
    text = people.read_text(encoding="utf-8").splitlines()
    text[2] = text[2].replace(EXAM, "ESA-2026-002")
    people.write_text("\n".join(text) + "\n", encoding="utf-8")

    told = call("grant", folder, people, *TO, "--partial", "--json")

    said = json.loads(told.stdout)
    assert [row["line"] for row in said["granted"]] == [3]
    assert [(p["line"], p["column"], p["value"]) for p in said["problems"]] == [(2, "exam", EXAM), (4, "exam", EXAM)]
    assert f"exam {EXAM} was invalidated on {day()}" in said["problems"][0]["reason"]


def test_an_application_that_lacks_evidence_is_refused_by_line_and_all_that_it_lacks(
    folder: Path, people: Path
) -> None:
    told = call("grant", folder, with_column(people, "received", "titolo"), *TO)
    unknown = call("grant", folder, with_column(people, "received", "domanda;esperienza;fortuna"), *TO)
    made = done("grant", folder, with_column(people, "received", "domanda"), *TO, "--received", "esperienza")

    assert told.exit_code == unknown.exit_code == 1
    assert "line 2, column 'received': 'titolo' is refused" in told.stderr
    assert "the application lacks what the edition requires: domanda, esperienza" in told.stderr
    assert "the edition knows no evidence fortuna" in unknown.stderr
    personal = done("show", folder, made["granted"][0]["number"], "--personal")["events"][0]["personal"]
    assert personal["application"] == {"received": ["domanda", "esperienza"]}


def test_an_invalidated_session_lists_what_rests_on_it_and_changes_nothing(held: Path) -> None:
    told = done("exam", "invalidate", held, EXAM, *OF, *BY, *WHY)
    again = done("exam", "invalidate", held, EXAM, *OF, *BY, *WHY)

    assert told["invalidated"] == {"on": day(), "decider": "DE-9", "reason": "the answers were sold"}
    assert again == told
    assert [one["number"] for one in told["certifications"]] == numbers(held)
    assert states(held) == ["active"] * 3
    assert "the answers were sold" in call("exam", "show", held, EXAM, *OF).output


def test_a_list_says_that_the_erased_are_not_on_it(held: Path) -> None:
    first, *others = numbers(held)

    done("erase", held, first, *BY, "--yes")
    text = call("exam", "invalidate", held, EXAM, *OF, *BY, *WHY).output

    assert numbers(held) == others
    assert "2 certifications rest on it; of who was erased nothing is known." in text
    for number in others:
        done("erase", held, number, *BY, "--yes")
    none = call("exam", "show", held, EXAM, *OF).output
    assert "No certification rests on it; of who was erased nothing is known." in none


def test_who_examined_does_not_invalidate_and_another_decision_comes_too_late(held: Path) -> None:
    examiner = call("exam", "invalidate", held, EXAM, *OF, "--decider", "ES-31", *WHY)
    done("exam", "invalidate", held, EXAM, *OF, *BY, *WHY)
    late = call("exam", "invalidate", held, EXAM, *OF, "--decider", "DE-8", *WHY)

    assert (examiner.exit_code, late.exit_code) == (1, 1)
    assert "ES-31 examined in ESA-2026-001 and may not decide on it" in examiner.stderr
    assert f"was invalidated on {day()} already" in late.stderr


def test_each_certification_is_annulled_by_a_decision_of_its_own_and_again_by_none(held: Path) -> None:
    done("exam", "invalidate", held, EXAM, *OF, *BY, *WHY)

    told = done("exam", "annul", held, EXAM, *OF, *BY, *DECISION, "--yes")
    again = done("exam", "annul", held, EXAM, *OF, *BY, "--decision", "DEL-10", "--yes")

    assert [one["number"] for one in told["annulled"]] == numbers(held)
    assert len({entry for one in told["annulled"] for entry in one["entries"]}) == 3
    assert told["refused"] == []
    assert states(held) == ["annulled"] * 3
    assert (again["annulled"], again["annulled_before"]) == ([], numbers(held))
    personal = done("show", held, numbers(held)[0], "--personal")["events"][-1]["personal"]
    assert personal == {"decision": "DEL-9", "decider": "DE-9", "reason": "the answers were sold"}


def test_what_stays_of_an_annulment_after_an_erasure_does_not_name_the_exam(held: Path) -> None:
    done("exam", "invalidate", held, EXAM, *OF, *BY, *WHY)
    done("exam", "annul", held, EXAM, *OF, *BY, *DECISION, "--yes")
    done("erase", held, numbers(held)[0], *BY, "--yes")

    with open_registry(read_settings(held)) as attesto:
        keys = [str(key) for (key,) in attesto.database.rows("SELECT idempotency_key FROM answer")]

    assert len(keys) == 6
    assert not any(EXAM in key for key in keys)


def test_annulling_goes_on_where_it_stopped_and_leaves_out_what_is_decided_on_singly(held: Path) -> None:
    done("exam", "invalidate", held, EXAM, *OF, *BY, *WHY)
    first, second, third = numbers(held)
    done("annul", held, first, *BY, "--decision", "DEL-8", *WHY)
    done("withdraw", held, second, *BY, "--decision", "DEL-8", *WHY)

    told = call("exam", "annul", held, EXAM, *OF, *BY, *DECISION, "--except", second, "--yes")

    assert told.exit_code == 0
    assert "was annulled before" in told.output
    assert "is left out: it is withdrawn" in told.output
    assert "\n1 annulled, 0 refused.\n" in told.output
    assert states(held) == ["annulled", "withdrawn", "annulled"]
    assert third


def test_one_that_is_refused_stops_no_other_and_is_told_line_by_line(held: Path) -> None:
    done("exam", "invalidate", held, EXAM, *OF, *BY, *WHY)
    first, second, third = numbers(held)
    with open_registry(read_settings(held)) as attesto:
        numbered, _ = attesto.registry.certification(second)
        attesto.vault.keys.destroy(numbered.holder)

    told = call("exam", "annul", held, EXAM, *OF, *BY, *DECISION, "--yes")
    again = call("exam", "annul", held, EXAM, *OF, *BY, *DECISION, "--yes", "--json")

    assert (told.exit_code, again.exit_code) == (1, 1)
    assert f"{group_number(second)} refused: " in told.output
    assert "\n2 annulled, 1 refused.\n" in told.output
    said = json.loads(again.stdout)
    assert (said["annulled"], said["annulled_before"]) == ([], [first, third])
    assert [(one["number"], one["kind"]) for one in said["refused"]] == [(second, "HolderErasedError")]
    assert states(held) == ["annulled", "active", "annulled"]


def test_what_an_appeal_has_restored_is_left_alone(held: Path) -> None:
    done("exam", "invalidate", held, EXAM, *OF, *BY, *WHY)
    done("exam", "annul", held, EXAM, *OF, *BY, *DECISION, "--yes")
    first = numbers(held)[0]
    done("appeal", held, first, "--decider", "DE-10", "--decision", "RIC-1", "--reverses", 3)

    told = done("exam", "annul", held, EXAM, *OF, *BY, *DECISION, "--yes")

    assert (told["annulled"], told["restored"]) == ([], [first])
    assert states(held) == ["active", "annulled", "annulled"]
    assert "an appeal reversed its annulment" in call("exam", "show", held, EXAM, *OF).output


def test_nothing_is_annulled_unless_the_session_was_invalidated_by_whom_did_not_examine(held: Path) -> None:
    stands = call("exam", "annul", held, EXAM, *OF, *BY, *DECISION, "--yes")
    done("exam", "invalidate", held, EXAM, *OF, *BY, *WHY)
    examiner = call("exam", "annul", held, EXAM, *OF, "--decider", "ES-05", *DECISION, "--yes")
    strange = call("exam", "annul", held, EXAM, *OF, *BY, *DECISION, "--yes", "--except", "7K3M-9P2X-QD4W5")

    assert "exam ESA-2026-001 stands" in stands.stderr
    assert "ES-05 examined in ESA-2026-001" in examiner.stderr
    assert (stands.exit_code, examiner.exit_code) == (1, 1)
    assert strange.exit_code == 2
    assert states(held) == ["active"] * 3


def test_a_refusal_to_go_on_annuls_nothing(held: Path) -> None:
    done("exam", "invalidate", held, EXAM, *OF, *BY, *WHY)

    asked = call("exam", "annul", held, EXAM, *OF, *BY, *DECISION)
    unasked = call("exam", "annul", held, EXAM, *OF, *BY, *DECISION, "--json")

    assert asked.exit_code == 1
    assert "Annul 3 certifications of odc-uno, for ever?" in asked.stderr
    assert unasked.exit_code == 2
    assert "give --yes too" in unasked.stderr
    assert states(held) == ["active"] * 3


def test_a_body_at_home_gets_every_annulment_to_sign(held: Path, tmp_path: Path) -> None:
    done("exam", "invalidate", held, EXAM, *OF, *BY, *WHY)

    told = done("exam", "annul", held, EXAM, *OF, *BY, *DECISION, "--prepare", tmp_path / "to-sign.json")

    assert told["prepared"]["decisions"] == 3
    assert len(json.loads((tmp_path / "to-sign.json").read_bytes())["preparations"]) == 3
    assert states(held) == ["active"] * 3
