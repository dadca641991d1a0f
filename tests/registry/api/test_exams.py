"""Exam sessions and evidence for maintenance over HTTP, each with its refusals."""

from itertools import count
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from registry.bootstrap import Attesto
from tests.registry.api.conftest import GRANT, Office
from tests.registry.api.test_openapi import validator
from verifier.encoding import add_months
from verifier.number import format_number

_exams = count(1)


@pytest.fixture
def today(attesto: Attesto) -> str:
    return str(attesto.registry.moment().today)


@pytest.fixture
def exam(today: str) -> dict[str, Any]:
    """A session that nobody has recorded yet."""
    return {
        "exam": f"ESA {next(_exams)}/è",
        "edition": "demo-2026",
        "parts": [{"form": form, "held_on": today} for form in ("scritta", "caso", "colloquio")],
        "examiners": ["ES-31", "ES-30"],
    }


def at(exam: dict[str, Any], more: str = "") -> str:
    return f"/exams/{quote(exam['exam'], safe='')}{more}"


def refusal(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]  # type: ignore[index]


INVALID = {"decider": "DE-06", "reason": "the answers were sold"}


def test_a_session_is_recorded_once_and_tells_what_rests_on_it(body: Office, exam: dict[str, Any], today: str) -> None:
    made, again = body.post("/exams", exam), body.post("/exams", exam)
    number = body.granted(exam=exam["exam"])["number"]
    shown = body.get(at(exam))

    assert (made.status_code, again.status_code, shown.status_code) == (201, 200, 200)
    validator("Exam").validate(exam)
    validator("RecordedExam").validate(shown.json)
    assert made.json == again.json
    assert shown.json == {
        "exam": exam["exam"],
        "edition": "demo-2026",
        "held_on": today,
        "parts": [{"form": form, "held_on": today} for form in ("caso", "colloquio", "scritta")],
        "examiners": ["ES-30", "ES-31"],
        "invalidated": None,
        "certifications": [{"number": number, "state": "active"}],
    }


def test_a_session_is_found_however_its_letters_are_composed_in_the_address(body: Office, exam: dict[str, Any]) -> None:
    body.post("/exams", exam)
    address = f"/exams/{quote(normalize('NFD', exam['exam']), safe='')}"

    assert address != at(exam)
    assert body.get(address).json == body.get(at(exam)).json
    assert body.post(f"{address}/invalidate", INVALID).status_code == 200


@pytest.mark.parametrize("reference", ["ESA%00", "%0A", "ESA%201%20", "x" * 121])
def test_what_is_no_reference_never_reaches_the_database(body: Office, reference: str) -> None:
    shown, gone = body.get(f"/exams/{reference}"), body.post(f"/exams/{reference}/invalidate", INVALID)

    assert refusal(shown) == refusal(gone) == (404, "unknown")
    assert shown.json["detail"] == "no exam session has such a reference"  # type: ignore[index]


def test_an_invalidated_session_lists_what_is_to_be_decided_on_and_takes_no_grant(
    body: Office, exam: dict[str, Any], today: str
) -> None:
    body.post("/exams", exam)
    number = body.granted(exam=exam["exam"])["number"]

    gone, again = body.post(at(exam, "/invalidate"), INVALID), body.post(at(exam, "/invalidate"), INVALID)
    body.post(f"/certifications/{number}/annul", {"decision": "DEL-9", **INVALID})

    assert (gone.status_code, again.json) == (200, gone.json)
    assert gone.json["invalidated"] == {"on": today, **INVALID}
    assert gone.json["certifications"] == [{"number": number, "state": "active"}]
    assert body.get(at(exam)).json["certifications"] == [{"number": number, "state": "annulled"}]
    assert refusal(body.post("/certifications", GRANT | {"exam": exam["exam"]})) == (422, "exam-invalidated")
    assert refusal(body.post("/exams", exam | {"examiners": ["ES-1"]})) == (422, "changed-exam")


def test_another_bodys_session_is_unknown(body: Office, other: Office, exam: dict[str, Any]) -> None:
    body.post("/exams", exam)

    assert refusal(other.get(at(exam))) == (404, "unknown")
    assert refusal(other.post(at(exam, "/invalidate"), INVALID)) == (404, "unknown")
    assert body.get(at(exam)).json["invalidated"] is None


def test_who_examined_does_not_decide(body: Office, exam: dict[str, Any]) -> None:
    body.post("/exams", exam)
    case = {"decider": "ES-31", "examiners": ["ES-05"]}

    assert refusal(body.post("/certifications", GRANT | {"exam": exam["exam"], "case": case})) == (422, "four-eyes")
    assert refusal(body.post(at(exam, "/invalidate"), INVALID | {"decider": "ES-31"})) == (422, "four-eyes")


BAD = {
    "no part": ({"parts": []}, "invalid"),
    "nobody examined": ({"examiners": []}, "invalid"),
    "marks": ({"marks": [27]}, "invalid"),
    "a part of no exam": ({"parts": [{"form": "orale", "held_on": "2026-11-20"}]}, "exam-part"),
    "a part to come": ({"parts": [{"form": "caso", "held_on": "2099-01-01"}]}, "exam-day"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_session_is_refused_by_its_code(body: Office, exam: dict[str, Any], case: str) -> None:
    changes, code = BAD[case]

    assert refusal(body.post("/exams", exam | changes)) == (422, code)
    assert refusal(body.get(at(exam))) == (404, "unknown")


def test_an_application_that_lacks_what_the_edition_requires_is_refused(body: Office) -> None:
    assert refusal(body.post("/certifications", GRANT | {"received": ["titolo"]})) == (422, "incomplete-application")
    assert refusal(body.post("/certifications", GRANT | {"received": ["fortuna"]})) == (422, "unknown-evidence")


def test_evidence_is_filed_told_and_taken_out(body: Office, today: str) -> None:
    place = f"/certifications/{body.granted()['number']}/evidence"
    course = {"kind": "formazione", "hours": 9, "reference": "CORSO-1"}

    made, again = body.post(place, course), body.post(place, course)
    body.post(place, {"kind": "reclami", "received_on": today})
    shown = body.get(place)

    assert (made.status_code, again.status_code, again.json) == (201, 200, made.json)
    validator("Evidence").validate(course)
    validator("EvidenceFile").validate(shown.json)
    assert made.json["missing"] == ["continuita", "formazione (9 of 16 hours)", "reclami"]
    told = {(one["kind"], one["hours"], one["received_on"], one["reference"]) for one in shown.json["evidence"]}
    assert told == {("formazione", 9, today, "CORSO-1"), ("reclami", None, today, None)}
    (record,) = (one["id"] for one in shown.json["evidence"] if one["kind"] == "formazione")
    headers = {"Authorization": f"Bearer attesto_{body.body}"}
    removed = [body.client.delete(f"/api/v1{place}/{record}", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in removed] == [200, 404]
    assert removed[0].json["missing"] == ["continuita", "formazione (0 of 16 hours)"]


def test_a_confirmation_over_the_api_rests_on_what_was_filed(body: Office, attesto: Attesto) -> None:
    number = body.granted()["number"]
    due = add_months(attesto.registry.moment().today, 12)
    asked = {"decision": "DEL-2", "decider": "DE-06", "effective_on": str(due)}

    refused = body.post(f"/certifications/{number}/confirm", asked)
    for evidence in ({"kind": "continuita"}, {"kind": "formazione", "hours": 16}, {"kind": "reclami"}):
        body.post(f"/certifications/{number}/evidence", evidence)

    assert refusal(refused) == (422, "missing-evidence")
    assert "continuita, formazione (0 of 16 hours), reclami" in refused.json["detail"]  # type: ignore[index]
    assert body.post(f"/certifications/{number}/confirm", asked).status_code == 201


def test_evidence_for_what_is_not_here_and_for_what_is_anothers_are_two_answers(body: Office, other: Office) -> None:
    number = body.granted()["number"]
    place = f"/certifications/{format_number(1)}/evidence"

    for answer in (body.get(place), body.post(place, {"kind": "reclami"})):
        assert refusal(answer) == (404, "unknown")
    for answer in (
        other.get(f"/certifications/{number}/evidence"),
        other.post(f"/certifications/{number}/evidence", {"kind": "reclami"}),
    ):
        assert refusal(answer) == (403, "foreign")


BAD_EVIDENCE = {
    "no kind": ({}, "invalid"),
    "no hour": ({"kind": "formazione", "hours": 0}, "invalid"),
    "hours as a text": ({"kind": "formazione", "hours": "9"}, "invalid"),
    "hours left away": ({"kind": "formazione"}, "evidence-hours"),
    "hours of what has none": ({"kind": "reclami", "hours": 1}, "evidence-hours"),
    "a day to come": ({"kind": "reclami", "received_on": "2099-01-01"}, "evidence-day"),
    "an unknown kind": ({"kind": "fortuna"}, "unknown-evidence"),
}


@pytest.mark.parametrize("case", BAD_EVIDENCE)
def test_what_is_no_evidence_is_refused_by_its_code(body: Office, case: str) -> None:
    content, code = BAD_EVIDENCE[case]
    place = f"/certifications/{body.granted()['number']}/evidence"

    assert refusal(body.post(place, content)) == (422, code)
    assert body.get(place).json["evidence"] == []


@pytest.mark.parametrize(
    ("method", "path"), [("get", "/exams/ESA"), ("post", "/exams"), ("get", "/certifications/1/evidence")]
)
def test_nobody_asks_without_a_token(body: Office, method: str, path: str) -> None:
    answer = body.client.open(f"/api/v1{path}", method=method.upper())

    assert (answer.status_code, answer.json["code"]) == (401, "unauthorised")
