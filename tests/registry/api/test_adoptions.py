"""A certification of before the registry is adopted over HTTP, with the days that its body claims."""

from datetime import date, timedelta
from typing import Any

import pytest

from registry.bootstrap import Attesto
from tests.registry.api.conftest import Office
from tests.registry.api.test_certifications import problem
from verifier.encoding import format_day


@pytest.fixture
def adoption(attesto: Attesto) -> dict[str, Any]:
    """A request for a certificate of two years ago, in its first cycle."""
    today = attesto.registry.moment().today
    return {
        "edition": "demo-2026", "profile": "addetto", "person": {"name": "Zoë D'Angelo-Ñandú", "reference": "AUR-9"},
        "decision": "DEL-9", "decider": "DE-06", "former_number": "UNO-0117",
        "granted_on": format_day(today - timedelta(days=700)), "valid_until": format_day(today + timedelta(days=300)),
    }  # fmt: skip


def test_an_adoption_is_answered_with_its_document_and_proof(body: Office, adoption: dict[str, Any]) -> None:
    answer = body.post("/adoptions", adoption)

    assert answer.status_code == 201, answer.text
    made = answer.json
    assert len(made["entries"]) == 2
    assert made["document"]["revision"] == 1
    shown = body.get(f"/certifications/{made['number']}").json
    assert [event["type"] for event in shown["events"]] == ["certification.adopted", "certificate.issued"]
    assert (shown["standing"]["state"], shown["standing"]["valid_until"]) == ("active", adoption["valid_until"])
    assert "adopted" in shown["standing"]["conditions"]


def test_the_same_adoption_again_is_recorded_once(body: Office, adoption: dict[str, Any]) -> None:
    first, again = (body.post("/adoptions", adoption, "adoption-1") for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["number"] == first.json["number"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"decider": "ES-05", "examiners": ["ES-05"]}, "four-eyes"),
        ({"cycle_starts_on": "1999-01-01"}, "past"),
        ({"valid_until": format_day(date(2020, 1, 1))}, "past-expired"),
        ({"valid_until": "2199-01-01"}, "validity"),
        ({"effective_on": "2026-01-01"}, "invalid"),
        ({"granted_on": None}, "invalid"),
        ({"person": {"name": "𓀀"}}, "invalid"),
    ],
)
def test_a_refused_adoption_is_told_by_the_code_of_its_rule(
    body: Office, adoption: dict[str, Any], changes: dict[str, Any], code: str
) -> None:
    assert problem(body.post("/adoptions", adoption | changes)) == (422, code)


def test_a_body_at_home_is_asked_to_sign_an_adoption(body: Office, adoption: dict[str, Any]) -> None:
    prepared = body.post("/preparations", {"action": "adopt", "content": adoption})

    assert prepared.status_code == 201, prepared.text
    assert len(prepared.json["events"]) == 2
    assert prepared.json["token"] is not None
