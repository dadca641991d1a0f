"""What a body decides in a certification's later life over HTTP, at its address or signed at home."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

import pytest

from registry.bootstrap import Attesto
from tests.registry.api.conftest import Office
from tests.registry.api.test_certifications import problem
from tests.registry.api.test_preparations import signed, submit
from verifier.certificate import parse_token
from verifier.encoding import parse_base64url

MONTH: Final = timedelta(days=30)
DECIDED: Final = {"decision": "DEL-7", "decider": "DE-06"}
FOR_A_REASON: Final = DECIDED | {"reason": "fees unpaid"}
Content = Mapping[str, object]
Step = tuple[str, Content]


def suspension(today: date) -> Step:
    return "suspend", FOR_A_REASON | {"deadline": str(today + MONTH)}


def prolongation(today: date) -> Step:
    return "prolong", FOR_A_REASON | {"deadline": str(today + 2 * MONTH)}


def appeal(decider: str, reverses: int = 3) -> Step:
    return "appeal", {"decision": "DEL-8", "decider": decider, "reverses": reverses}


REFUSAL: Final[Step] = ("refuse", FOR_A_REASON)
REDUCTION: Final[Step] = ("reduce", FOR_A_REASON | {"tasks": ["accogliere"]})
EXTENSION: Final[Step] = ("extend", DECIDED | {"tasks": ["accogliere", "risolvere"], "exam": "ESA-2"})
ANNULMENT: Final[Step] = ("annul", FOR_A_REASON)
CORRECTION: Final[Step] = ("correct", DECIDED | {"name": "Zoe Dangelo", "birth_date": "1991-11-24"})
DOCUMENT: Final = ["certificate.superseded", "certificate.reissued"]
# What was decided before, what is decided now, the events of that, and what stands afterwards.
LATER: Final[dict[str, tuple[Callable[[date], list[Step]], list[str], dict[str, object]]]] = {
    "refuse": (lambda _: [REFUSAL], ["certification.maintenance_refused"], {"state": "active", "scope": None}),
    "reduce": (
        lambda _: [REDUCTION],
        ["certification.scope_reduced"],
        {"state": "active", "scope": ["accogliere"]},
    ),
    "extend": (
        lambda _: [REDUCTION, EXTENSION],
        ["certification.scope_extended"],
        {"state": "active", "scope": ["accogliere", "risolvere"]},
    ),
    "prolong": (
        lambda today: [suspension(today), prolongation(today)],
        ["certification.suspension_prolonged"],
        {"state": "suspended"},
    ),
    "annul": (lambda _: [ANNULMENT], ["certification.annulled"], {"state": "annulled"}),
    "appeal": (
        lambda today: [suspension(today), appeal("DE-09")],
        ["certification.appeal_upheld"],
        {"state": "active", "deadline": None},
    ),
    "correct": (lambda _: [CORRECTION], ["certification.corrected", *DOCUMENT], {"state": "active"}),
}


def today_of(body: Office, number: str) -> date:
    return date.fromisoformat(body.get(f"/certifications/{number}").json["standing"]["on"])


def done(body: Office, number: str, steps: list[Step]) -> None:
    for action, content in steps:
        answer = body.post(f"/certifications/{number}/{action}", content)
        assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("at_home", [False, True], ids=["at its address", "signed at home"])
@pytest.mark.parametrize("action", LATER)
def test_a_later_decision_is_recorded_and_stands(action: str, at_home: bool, body: Office, attesto: Attesto) -> None:
    make, events, standing = LATER[action]
    number = body.granted(profile="referente")["number"]
    *before, (_, content) = make(today_of(body, number))
    done(body, number, before)
    known = len(body.get(f"/certifications/{number}").json["events"])

    if at_home:
        prepared = body.post("/preparations", {"action": action, "number": number, "content": content})
        assert prepared.status_code == 201, prepared.text
        answer = submit(body, prepared.json, signed(attesto, prepared.json))
    else:
        answer = body.post(f"/certifications/{number}/{action}", content)

    assert answer.status_code == 201, answer.text
    assert len(answer.json["entries"]) == len(events)
    shown = body.get(f"/certifications/{number}").json
    assert [event["type"] for event in shown["events"][known:]] == events
    assert shown["standing"] | standing == shown["standing"]


def test_a_prolonged_suspension_has_the_later_deadline(body: Office) -> None:
    number = body.granted(profile="referente")["number"]
    today = today_of(body, number)

    done(body, number, [suspension(today), prolongation(today)])

    assert body.get(f"/certifications/{number}").json["standing"]["deadline"] == str(today + 2 * MONTH)


def test_a_refused_maintenance_is_said_beside_the_state(body: Office) -> None:
    number = body.granted(profile="referente")["number"]

    done(body, number, [REFUSAL])

    assert "maintenance_refused" in body.get(f"/certifications/{number}").json["standing"]["conditions"]


def test_a_correction_is_answered_with_the_document_of_the_corrected_name(body: Office) -> None:
    number = body.granted(profile="referente")["number"]

    made = body.post(f"/certifications/{number}/correct", CORRECTION[1]).json

    claims = parse_token(parse_base64url(made["document"]["token"])).claims
    assert (claims.name, claims.birth_year, claims.revision) == ("Zoe Dangelo", 1991, 2)
    assert made["document"]["revision"] == 2


# What was done before, what is asked for then, and what comes of it.
REFUSED: Final[dict[str, tuple[Callable[[date], list[Step]], int, str]]] = {
    "a maintenance refused of what was annulled": (lambda _: [ANNULMENT, REFUSAL], 409, "transition"),
    "an annulment of what was annulled": (lambda _: [ANNULMENT, ANNULMENT], 409, "transition"),
    "a correction of what was annulled": (lambda _: [ANNULMENT, CORRECTION], 409, "transition"),
    "a prolongation of no suspension": (lambda today: [prolongation(today)], 409, "transition"),
    "a prolongation to no later day": (
        lambda today: [suspension(today), ("prolong", suspension(today)[1])],
        422,
        "prolongation",
    ),
    "an extension of the whole profile": (lambda _: [EXTENSION], 422, "scope"),
    "a reduction to nothing of the profile": (
        lambda _: [("reduce", FOR_A_REASON | {"tasks": ["nessuno"]})],
        422,
        "scope",
    ),
    "an appeal decided by who is appealed against": (
        lambda today: [suspension(today), appeal("DE-06")],
        422,
        "four-eyes",
    ),
    "an appeal against a grant": (lambda today: [suspension(today), appeal("DE-09", 1)], 409, "appeal"),
    "an appeal against nothing": (lambda _: [appeal("DE-09")], 409, "transition"),
    "a correction of nothing": (lambda _: [("correct", DECIDED)], 422, "correction"),
    "an annulment for another day": (
        lambda _: [("annul", FOR_A_REASON | {"effective_on": "2026-01-01"})],
        422,
        "invalid",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_rule_forbids_is_refused_and_nothing_is_recorded(case: str, body: Office, attesto: Attesto) -> None:
    make, status, code = REFUSED[case]
    number = body.granted(profile="referente")["number"]
    *before, (action, content) = make(today_of(body, number))
    done(body, number, before)
    head = attesto.store.log.head()

    assert problem(body.post(f"/certifications/{number}/{action}", content)) == (status, code)
    prepared = body.post("/preparations", {"action": action, "number": number, "content": content})
    assert problem(prepared) == (status, code)
    assert attesto.store.log.head() == head


@pytest.mark.parametrize("action", LATER)
def test_no_other_body_decides_on_it(action: str, body: Office, other: Office) -> None:
    number = body.granted(profile="referente")["number"]
    *_, (_, content) = LATER[action][0](today_of(body, number))

    assert problem(other.post(f"/certifications/{number}/{action}", content)) == (403, "foreign")
    asked = {"action": action, "number": number, "content": content}
    assert problem(other.post("/preparations", asked)) == (403, "foreign")
