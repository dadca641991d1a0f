"""A transfer over HTTP: offered by one body, accepted by another, each with its own token."""

from typing import Any
from uuid import UUID

import pytest

from registry.bootstrap import Attesto
from tests.registry.api.conftest import WITHDRAW, Office, token_of, validator
from verifier.checkpoint import open_checkpoint
from verifier.event import parse_event
from verifier.merkle import check_inclusion, leaf_hash
from verifier.proof import parse_proof

OFFER = {"decision": "DEL-7", "decider": "DE-06", "receiver": "odc-due", "consented": True}
ACCEPT = {"decision": "TR-3", "decider": "VE-01"}


def problem(answer: Any) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json", answer.text
    return answer.status_code, answer.json["code"]


@pytest.fixture
def number(body: Office) -> str:
    return str(body.granted()["number"])


def offered(body: Office, number: str, key: str | None = None, **changes: object) -> Any:
    return body.post(f"/certifications/{number}/transfer", OFFER | changes, key)


def taken_back(office: Office, offer: object) -> Any:
    headers = {"Authorization": f"Bearer {token_of(office.body)}"}
    return office.client.delete(f"/api/v1/transfers/{offer}", headers=headers)


def state(office: Office, number: str) -> str:
    return str(office.get(f"/certifications/{number}").json["standing"]["state"])


def test_what_is_offered_changes_nothing_and_is_seen_by_both_bodies(
    body: Office, other: Office, number: str, attesto: Attesto
) -> None:
    size = attesto.store.log.head().size

    made = offered(body, number)

    assert (made.status_code, made.json["receiver"], made.json["repeated"]) == (201, "odc-due", False)
    validator("TransferOffer").validate(OFFER)
    validator("OfferedTransfer").validate(made.json)
    assert (state(body, number), attesto.store.log.head().size) == ("active", size)
    for office in (body, other):
        assert office.get(f"/transfers/{made.json['offer']}").json == made.json
    # Neither who it is nor its number is told before it is accepted.
    assert "Zoë" not in made.text
    assert number not in made.text


def test_what_is_accepted_ends_there_and_goes_on_here_with_proof(
    body: Office, other: Office, number: str, attesto: Attesto
) -> None:
    offer = offered(body, number).json["offer"]

    made = other.post(f"/transfers/{offer}/acceptance", ACCEPT)

    assert made.status_code == 201, made.text
    validator("Acceptance").validate(ACCEPT)
    validator("Decided").validate(made.json)
    assert (state(body, number), state(other, made.json["number"])) == ("transferred", "active")
    trust = attesto.trust_root()
    head = open_checkpoint(made.json["checkpoint"].encode(), trust.origin, trust.log_key)
    types = []
    for entry in made.json["entries"]:
        proof = parse_proof(entry["proof"].encode())
        (logged,) = attesto.store.log.entries(entry["leaf_index"], entry["leaf_index"] + 1)
        check_inclusion(leaf_hash(logged.body), proof.index, head.size, proof.hashes, head.root_hash)
        types.append(parse_event(logged.body).type)
    assert types == ["certification.transferred_in", "certificate.issued"]


def test_of_what_was_taken_over_is_said_what_the_old_body_decided_since(
    body: Office, other: Office, number: str
) -> None:
    made = other.post(f"/transfers/{offered(body, number).json['offer']}/acceptance", ACCEPT)
    annulled = body.post(f"/certifications/{number}/annul", WITHDRAW)

    standing = other.get(f"/certifications/{made.json['number']}").json["standing"]

    assert annulled.status_code == 201, annulled.text
    assert (standing["state"], standing["conditions"]) == ("active", ["origin_annulled"])


def test_an_offer_and_its_acceptance_are_one_each_however_often_they_are_sent(
    body: Office, other: Office, number: str, attesto: Attesto
) -> None:
    first, again = offered(body, number, "offer-1"), offered(body, number.lower(), "offer-1")
    accepting = f"/transfers/{first.json['offer']}/acceptance"
    made = other.post(accepting, ACCEPT)
    size = attesto.store.log.head().size

    repeated, changed = other.post(accepting, ACCEPT), other.post(accepting, ACCEPT | {"decider": "VE-02"})

    assert (again.status_code, again.json) == (200, first.json | {"repeated": True})
    assert (repeated.status_code, repeated.json["number"]) == (200, made.json["number"])
    assert problem(changed) == (422, "idempotency")
    assert problem(offered(body, number, "offer-1", decider="DE-07")) == (422, "idempotency")
    assert problem(body.post(f"/certifications/{number}/withdraw", WITHDRAW, "offer-1")) == (422, "idempotency")
    # Offered once more under the same key it is what it was, though it has ended here.
    assert offered(body, number, "offer-1").json["offer"] == first.json["offer"]
    assert attesto.store.log.head().size == size


def test_an_offer_is_taken_back_by_the_body_that_made_it_alone_and_is_then_gone(
    body: Office, other: Office, number: str, attesto: Attesto
) -> None:
    offer, size = offered(body, number, "offer-3").json["offer"], attesto.store.log.head().size

    foreign, made = taken_back(other, offer), taken_back(body, offer)

    assert problem(foreign) == (403, "foreign")
    assert (made.status_code, made.data, made.content_type) == (204, b"", None)
    assert taken_back(body, offer).status_code == 204
    assert problem(taken_back(body, UUID(int=7))) == (404, "unknown")
    for office in (body, other):
        assert problem(office.get(f"/transfers/{offer}")) == (404, "unknown")
    assert problem(other.post(f"/transfers/{offer}/acceptance", ACCEPT)) == (404, "unknown")
    assert problem(offered(body, number, "offer-3")) == (409, "stale")
    assert (state(body, number), attesto.store.log.head().size) == ("active", size)
    assert offered(body, number).status_code == 201


def test_what_was_accepted_is_not_taken_back(body: Office, other: Office, number: str, attesto: Attesto) -> None:
    offer = offered(body, number).json["offer"]
    other.post(f"/transfers/{offer}/acceptance", ACCEPT)
    size = attesto.store.log.head().size

    assert problem(taken_back(body, offer)) == (409, "transition")
    assert (state(body, number), attesto.store.log.head().size) == ("transferred", size)


def test_nobody_but_the_receiver_accepts(body: Office, other: Office, number: str) -> None:
    offer = offered(body, number).json["offer"]

    assert problem(body.post(f"/transfers/{offer}/acceptance", ACCEPT)) == (403, "foreign")
    assert problem(other.post(f"/transfers/{UUID(int=7)}/acceptance", ACCEPT)) == (404, "unknown")
    assert problem(other.get(f"/transfers/{UUID(int=7)}")) == (404, "unknown")
    assert state(body, number) == "active"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"receiver": "odc-uno"}, (422, "receiver")),
        ({"receiver": "odc-tre"}, (404, "unknown")),
        ({"consented": False}, (422, "invalid")),
        ({"decider": ""}, (422, "invalid")),
    ],
)
def test_what_cannot_be_offered_is_refused(
    body: Office, number: str, changes: dict[str, object], refusal: tuple[int, str]
) -> None:
    assert problem(offered(body, number, **changes)) == refusal


def test_another_body_offers_nothing_of_this_one(other: Office, number: str) -> None:
    assert problem(other.post(f"/certifications/{number}/transfer", OFFER | {"receiver": "odc-uno"})) == (
        403,
        "foreign",
    )


def test_what_ended_meanwhile_is_not_taken_over(body: Office, other: Office, number: str) -> None:
    offer = offered(body, number).json["offer"]
    body.post(f"/certifications/{number}/withdraw", WITHDRAW)

    assert problem(other.post(f"/transfers/{offer}/acceptance", ACCEPT)) == (409, "transition")
    assert problem(offered(body, number)) == (409, "transition")


def test_at_the_receiver_too_who_decides_did_not_examine(body: Office, other: Office, number: str) -> None:
    offer = offered(body, number).json["offer"]

    answer = other.post(f"/transfers/{offer}/acceptance", ACCEPT | {"examiners": ["VE-01"]})

    assert problem(answer) == (422, "four-eyes")
    assert state(body, number) == "active"


def test_an_offer_goes_with_its_holder(body: Office, other: Office, number: str, attesto: Attesto) -> None:
    offer = offered(body, number, "offer-2").json["offer"]
    body.post(f"/certifications/{number}/erase", {"decider": "DE-06"})

    assert problem(other.post(f"/transfers/{offer}/acceptance", ACCEPT)) == (404, "unknown")
    assert problem(offered(body, number, "offer-2")) == (410, "erased")
    assert attesto.database.rows("SELECT id FROM transfer_offer WHERE id = ?", (UUID(offer).bytes,)) == []
