"""A body erases a person over HTTP: all that the person has at it, once, and with proof."""

from typing import Any

import pytest

from registry.bootstrap import Attesto
from tests.registry.api.conftest import GRANT, WITHDRAW, Office, validator
from verifier.checkpoint import open_checkpoint
from verifier.event import parse_event
from verifier.merkle import check_inclusion, leaf_hash
from verifier.proof import parse_proof

ERASE = {"decider": "DE-06"}


def problem(answer: Any) -> tuple[int, str, str]:
    assert answer.content_type == "application/problem+json", answer.text
    return answer.status_code, answer.json["code"], answer.json["detail"]


def test_an_erasure_is_answered_with_every_number_and_proof(body: Office, attesto: Attesto) -> None:
    person = GRANT["person"] | {"reference": "UNO-ERASED"}
    numbers = [body.granted(person=person, profile=profile)["number"] for profile in ("addetto", "referente")]

    answer = body.post(f"/certifications/{numbers[0].lower()}/erase", ERASE)

    made = answer.json
    assert (answer.status_code, made["erased"]) == (201, sorted(numbers))
    validator("ErasedAnswer").validate(made)
    trust = attesto.trust_root()
    head = open_checkpoint(made["checkpoint"].encode(), trust.origin, trust.log_key)
    for entry in made["entries"]:
        proof = parse_proof(entry["proof"].encode())
        (logged,) = attesto.store.log.entries(entry["leaf_index"], entry["leaf_index"] + 1)
        assert parse_event(logged.body).type == "certification.personal_data_erased"
        check_inclusion(leaf_hash(logged.body), proof.index, head.size, proof.hashes, head.root_hash)


def test_from_then_on_every_address_of_it_answers_that_it_was_erased(body: Office) -> None:
    granted = body.post("/certifications", GRANT, "erased-1")
    number = granted.json["number"]
    body.post(f"/certifications/{number}/erase", ERASE)

    gone = (410, "erased", f"certification {number} was erased")
    assert problem(body.get(f"/certifications/{number}")) == gone
    assert problem(body.post(f"/certifications/{number}/withdraw", WITHDRAW)) == gone
    assert problem(body.post(f"/certifications/{number}/erase", ERASE)) == gone
    preparing = {"action": "withdraw", "number": number, "content": WITHDRAW}
    assert problem(body.post("/preparations", preparing)) == gone
    again = body.post("/certifications", GRANT, "erased-1")
    assert problem(again) == (410, "erased", "what was recorded under idempotency key erased-1 was erased")


def test_an_erasure_is_repeated_under_its_key_and_no_other_content_is(body: Office) -> None:
    number = body.granted()["number"]
    made = body.post(f"/certifications/{number}/erase", ERASE, "erase-1")

    again = body.post(f"/certifications/{number}/erase", ERASE, "erase-1")
    another = body.post(f"/certifications/{number}/erase", {"decider": "DE-07"}, "erase-1")

    assert (made.status_code, made.json["repeated"]) == (201, False)
    assert (again.status_code, again.json["repeated"]) == (200, True)
    assert [entry["leaf_index"] for entry in again.json["entries"]] == [
        entry["leaf_index"] for entry in made.json["entries"]
    ]
    assert problem(another)[:2] == (422, "idempotency")
    assert problem(body.post("/certifications", GRANT, "erase-1"))[:2] == (422, "idempotency")


def test_another_body_erases_nobody_of_this_one(body: Office, other: Office) -> None:
    number = body.granted()["number"]

    assert problem(other.post(f"/certifications/{number}/erase", ERASE))[:2] == (403, "foreign")
    assert problem(other.post("/certifications/0000000000000/erase", ERASE))[:2] == (404, "unknown")

    assert body.get(f"/certifications/{number}").status_code == 200


@pytest.mark.parametrize("content", [{}, {"decider": ""}, {"decider": "DE-06", "reason": "asked for"}])
def test_what_an_erasure_does_not_take_is_refused_and_erases_nobody(body: Office, content: dict[str, str]) -> None:
    number = body.granted()["number"]

    assert problem(body.post(f"/certifications/{number}/erase", content))[:2] == (422, "invalid")

    assert body.get(f"/certifications/{number}").status_code == 200
