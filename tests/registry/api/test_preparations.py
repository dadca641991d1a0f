"""A body that keeps its keys at home decides over HTTP by what it signed there."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keys.signer import Purpose
from registry.bootstrap import Attesto
from tests.registry.api.conftest import GRANT, WITHDRAW, Office
from tests.registry.api.test_certifications import problem
from verifier.encoding import format_base64url, parse_base64url


def signed(attesto: Attesto, prepared: Any, body: str = "odc-uno") -> dict[str, object]:
    """What a body's home makes of a preparation; the keys lie here, and are used as if they lay there."""
    event, token = (attesto.key_set.current(body, purpose) for purpose in (Purpose.EVENT, Purpose.TOKEN))
    return {
        "events": [format_base64url(event.sign(parse_base64url(text))) for text in prepared["events"]],
        "token": prepared["token"] and format_base64url(token.sign(parse_base64url(prepared["token"]))),
    }


def submit(body: Office, prepared: Any, signatures: object) -> Any:
    return body.post(f"/preparations/{prepared['preparation']}/submission", signatures)


def test_what_was_prepared_and_signed_is_recorded_once(body: Office, attesto: Attesto) -> None:
    prepared = body.post("/preparations", {"action": "grant", "content": GRANT}, "home-1")
    signatures = signed(attesto, prepared.json)

    first = submit(body, prepared.json, signatures)
    again = submit(body, prepared.json, signatures)
    prepared_again = body.post("/preparations", {"action": "grant", "content": GRANT}, "home-1")

    assert (prepared.status_code, first.status_code) == (201, 201)
    assert (again.status_code, prepared_again.status_code) == (200, 200)
    assert again.json["number"] == prepared_again.json["number"] == first.json["number"]
    assert body.get(f"/certifications/{first.json['number']}").json["standing"]["state"] == "active"


def test_nothing_is_recorded_by_preparing(body: Office, attesto: Attesto) -> None:
    before = attesto.store.log.head()

    body.post("/preparations", {"action": "grant", "content": GRANT})

    assert attesto.store.log.head() == before


def test_a_decision_on_a_certification_is_prepared_too(body: Office, attesto: Attesto) -> None:
    number = body.granted()["number"]
    prepared = body.post("/preparations", {"action": "withdraw", "number": number, "content": WITHDRAW}).json

    done = submit(body, prepared, signed(attesto, prepared))

    assert (prepared["token"], done.status_code) == (None, 201)
    assert body.get(f"/certifications/{number}").json["standing"]["state"] == "withdrawn"


def test_what_would_say_something_else_by_now_is_answered_with_what_to_sign_instead(
    body: Office, attesto: Attesto
) -> None:
    number = body.granted()["number"]
    prepared = body.post("/preparations", {"action": "withdraw", "number": number, "content": WITHDRAW}).json
    body.post(f"/certifications/{number}/reissue", {"decision": "DEL-9"})

    stale = submit(body, prepared, signed(attesto, prepared))
    done = submit(body, stale.json, signed(attesto, stale.json))

    assert (stale.status_code, stale.json["body"]) == (409, "odc-uno")
    assert stale.json["preparation"] != prepared["preparation"]
    assert done.status_code == 201


def test_a_signature_of_another_key_records_nothing(body: Office, attesto: Attesto) -> None:
    prepared = body.post("/preparations", {"action": "grant", "content": GRANT}).json
    right = signed(attesto, prepared)
    forged = format_base64url(Ed25519PrivateKey.generate().sign(parse_base64url(prepared["events"][0])))
    before = attesto.store.log.head()

    answer = submit(body, prepared, right | {"events": [forged, *right["events"][1:]]})

    assert problem(answer) == (422, "signature")
    assert attesto.store.log.head() == before
    assert problem(submit(body, prepared, right | {"token": None})) == (422, "signature")
    assert submit(body, prepared, right).status_code == 201


def test_another_body_submits_nothing_of_it(body: Office, other: Office, attesto: Attesto) -> None:
    prepared = body.post("/preparations", {"action": "grant", "content": GRANT}).json

    assert problem(submit(other, prepared, signed(attesto, prepared))) == (404, "unknown")


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"action": "erase", "content": {}}, "/action"),
        ({"action": "grant"}, "/content"),
        ({"action": "grant", "content": {**GRANT, "edition": 7}}, "/content/edition"),
        ({"action": "grant", "content": {**GRANT, "person": {"name": "𓀀"}}}, "/content/person/name"),
        ({"action": "withdraw", "number": 7, "content": WITHDRAW}, "/number"),
    ],
)
def test_a_fault_is_named_at_its_place(asked: object, pointer: str, body: Office) -> None:
    answer = body.post("/preparations", asked)

    assert problem(answer) == (422, "invalid")
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize("signature", ["", "AAAA", "=" * 86, "A" * 86 + "A"])
def test_what_is_no_signature_is_refused_at_its_place(signature: str, body: Office) -> None:
    answer = body.post(f"/preparations/{'0' * 8}-0000-4000-8000-{'0' * 12}/submission", {"events": [signature]})

    assert problem(answer) == (422, "invalid")
    assert answer.json["errors"][0]["pointer"] == "/events/0"


def test_without_a_token_in_force_nothing_is_prepared_or_submitted(body: Office) -> None:
    for path in ("/preparations", "/preparations/00000000-0000-4000-8000-000000000000/submission"):
        assert problem(body.post(path, {}, Authorization="")) == (401, "unauthorised")
