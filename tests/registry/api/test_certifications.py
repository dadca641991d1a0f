"""What a body asks over HTTP is decided as that body alone, once, and answered with proof."""

from typing import Any, Final

import pytest

from registry.bootstrap import Attesto
from tests.registry.api.conftest import GRANT, WITHDRAW, Office
from verifier.certificate import parse_link, parse_token
from verifier.checkpoint import open_checkpoint
from verifier.encoding import parse_base64url
from verifier.merkle import check_inclusion, leaf_hash
from verifier.proof import parse_proof


def problem(answer: Any) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json", answer.text
    assert answer.json["type"] == f"urn:attesto:problem:{answer.json['code']}"
    assert answer.json["status"] == answer.status_code
    return answer.status_code, answer.json["code"]


def test_a_grant_is_answered_with_proof_that_it_is_in_the_log(body: Office, attesto: Attesto) -> None:
    answer = body.post("/certifications", GRANT)

    made = answer.json
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/certifications/{made['number']}"
    trust = attesto.trust_root()
    head = open_checkpoint(made["checkpoint"].encode(), trust.origin, trust.log_key)
    assert head.size == made["tree_size"]
    assert len(made["entries"]) == 2
    for entry in made["entries"]:
        proof = parse_proof(entry["proof"].encode())
        (logged,) = attesto.store.log.entries(entry["leaf_index"], entry["leaf_index"] + 1)
        assert proof.index == entry["leaf_index"]
        assert proof.checkpoint == made["checkpoint"].encode()
        check_inclusion(leaf_hash(logged.body), proof.index, head.size, proof.hashes, head.root_hash)


def test_a_grant_is_answered_with_the_certificates_token_and_link(body: Office) -> None:
    made = body.granted()

    token = parse_base64url(made["document"]["token"])
    claims = parse_token(token).claims
    assert (claims.name, claims.birth_year, claims.number) == ("Zoë D'Angelo-Ñandú", 1990, made["number"])
    assert (parse_link(made["document"]["link"]).number, parse_link(made["document"]["link"]).token) == (
        made["number"],
        token,
    )
    assert made["document"]["link"].startswith("https://office.example/V/")


def test_every_decision_is_taken_at_its_address(body: Office) -> None:
    number = body.granted(valid_until=None)["number"]
    today = body.get(f"/certifications/{number}").json["standing"]["on"]
    decided = {"decision": "DEL-3", "decider": "DE-06"}

    def done(action: str, content: object) -> str:
        answer = body.post(f"/certifications/{number}/{action}", content)
        assert answer.status_code == 201, answer.text
        return str(body.get(f"/certifications/{number}").json["standing"]["state"])

    assert done("suspend", decided | {"reason": "fees unpaid", "deadline": today}) == "suspended"
    assert done("reinstate", decided) == "active"
    assert done("reissue", {"decision": "DEL-4"}) == "active"
    assert done("relinquish", decided) == "relinquished"
    shown = body.get(f"/certifications/{number}").json
    assert shown["document"]["revision"] == 2
    assert [event["type"] for event in shown["events"]] == [
        "certification.granted", "certificate.issued", "certification.suspended", "certification.reinstated",
        "certificate.superseded", "certificate.reissued", "certification.relinquished",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("action", "content", "code"),
    [
        ("confirm", {"decision": "D", "decider": "DE-06"}, "not-due"),
        ("recertify", {"decision": "D", "exam": "E", "case": GRANT["case"]}, "recertification"),
    ],
)
def test_a_decision_before_its_time_reaches_the_rule_that_refuses_it(
    action: str, content: object, code: str, body: Office
) -> None:
    number = body.granted()["number"]

    assert problem(body.post(f"/certifications/{number}/{action}", content)) == (422, code)


def test_the_same_request_again_is_recorded_once_and_answered_alike(body: Office) -> None:
    first = body.post("/certifications", GRANT, "again-1")
    again = body.post("/certifications", GRANT, "again-1")

    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json["repeated"], again.json["repeated"]) == (False, True)
    for name in ("number", "certification", "recorded_at", "document"):
        assert again.json[name] == first.json[name]
    assert [e["leaf_index"] for e in again.json["entries"]] == [e["leaf_index"] for e in first.json["entries"]]


def test_a_repeated_reissue_is_answered_with_its_own_revision(body: Office) -> None:
    number = body.granted()["number"]
    second = body.post(f"/certifications/{number}/reissue", {"decision": "D"}, "reissue-1").json
    body.post(f"/certifications/{number}/reissue", {"decision": "E"}, "reissue-2")

    again = body.post(f"/certifications/{number}/reissue", {"decision": "D"}, "reissue-1").json

    assert (again["document"], again["document"]["revision"]) == (second["document"], 2)


def test_a_withdrawal_issues_no_document(body: Office) -> None:
    number = body.granted()["number"]

    assert body.post(f"/certifications/{number}/withdraw", WITHDRAW).json["document"] is None


def test_a_key_that_was_used_for_another_content_is_refused(body: Office) -> None:
    body.post("/certifications", GRANT, "twice-1")

    assert problem(body.post("/certifications", GRANT | {"exam": "ESA-2"}, "twice-1")) == (422, "idempotency")


def test_bodies_do_not_share_idempotency_keys(body: Office, other: Office) -> None:
    one = body.post("/certifications", GRANT, "shared-1")
    two = other.post("/certifications", GRANT, "shared-1")

    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json["number"] != two.json["number"]


@pytest.mark.parametrize("key", ["", "x" * 129, "é", "a\tb"])
def test_a_decision_without_a_proper_idempotency_key_is_refused(key: str, body: Office) -> None:
    answer = body.post("/certifications", GRANT, **{"Idempotency-Key": key})

    assert problem(answer) == (400, "idempotency-key")


def test_a_token_can_do_nothing_for_another_body(body: Office, other: Office) -> None:
    number = body.granted()["number"]

    assert problem(other.get(f"/certifications/{number}")) == (403, "foreign")
    assert problem(other.post(f"/certifications/{number}/withdraw", WITHDRAW)) == (403, "foreign")
    assert problem(other.post("/certifications", GRANT | {"body": "odc-uno"})) == (422, "invalid")
    assert body.get(f"/certifications/{number}").json["standing"]["state"] == "active"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer attesto_none",
        "Basic YTpi",
        "attesto_odc-uno",
        "Bearer attesto_odc-uno x",
        "Bearer \xff",
    ],
)
@pytest.mark.parametrize("path", ["/certifications", "/certifications/7K3M9P2XQD4W5/withdraw"])
def test_without_a_token_in_force_nothing_is_decided(authorization: str, path: str, body: Office) -> None:
    answer = body.post(path, GRANT, Authorization=authorization)

    assert problem(answer) == (401, "unauthorised")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


# What is asked for instead of GRANT, and what comes of it.
REFUSED: Final[dict[str, tuple[dict[str, object], int, str]]] = {
    "one who examined decides": ({"case": {"decider": "ES-05", "examiners": ["ES-05"]}}, 422, "four-eyes"),
    "a profile that there is not": ({"profile": "nessuno"}, 422, "unknown-profile"),
    "an edition that there is not": ({"edition": "nessuna"}, 404, "unknown"),
    "a grant for yesterday": ({"effective_on": "2026-01-01"}, 422, "backdated"),
    "a grant for the calendar's end": ({"effective_on": "9998-12-31"}, 422, "far-day"),
    "a last valid day at the calendar's end": ({"valid_until": "9999-12-31"}, 422, "far-day"),
    "another last valid day": ({"valid_until": "2099-01-01"}, 422, "validity"),
}


@pytest.mark.parametrize(("changes", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_a_rules_refusal_has_a_code_of_its_own(
    changes: dict[str, object], status: int, code: str, body: Office
) -> None:
    assert problem(body.post("/certifications", GRANT | changes)) == (status, code)


def test_a_decision_for_the_calendars_end_is_refused(body: Office) -> None:
    number, far = body.granted()["number"], "9999-12-31"

    for action, content in (
        ("withdraw", WITHDRAW | {"effective_on": far}),
        ("suspend", WITHDRAW | {"deadline": far}),
        ("suspend", WITHDRAW | {"deadline": far, "effective_on": far}),
    ):
        assert problem(body.post(f"/certifications/{number}/{action}", content)) == (422, "far-day")


def test_a_terminal_state_is_a_conflict(body: Office) -> None:
    number = body.granted()["number"]
    body.post(f"/certifications/{number}/withdraw", WITHDRAW)

    assert problem(body.post(f"/certifications/{number}/withdraw", WITHDRAW)) == (409, "transition")


@pytest.mark.parametrize(
    ("number", "expected"),
    [("7K3M9P2XQD4W5", (404, "unknown")), ("7K3M", (400, "format")), ("x" * 99, (400, "format"))],
)
def test_a_number_of_nobody_is_told_from_none(number: str, expected: tuple[int, str], body: Office) -> None:
    assert problem(body.get(f"/certifications/{number}")) == expected
    assert problem(body.post(f"/certifications/{number}/withdraw", WITHDRAW)) == expected


def test_a_number_is_read_as_people_write_it(body: Office) -> None:
    number = body.granted()["number"]

    assert body.get(f"/certifications/{number[:4].lower()}-{number[4:]}").json["number"] == number


@pytest.mark.parametrize("name", ["Anna \u202eelaM", "Anna\n", "😀", "𓀀", "x" * 61, " Anna", "Anna  B", ""])
def test_a_name_that_cannot_be_printed_is_refused_at_its_place(name: str, body: Office) -> None:
    answer = body.post("/certifications", GRANT | {"person": {"name": name}})

    assert problem(answer) == (422, "invalid")
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["/person/name"]


def test_a_name_is_kept_in_its_normal_form(body: Office) -> None:
    made = body.granted(person={"name": "Zoe\u0308"})

    assert parse_token(parse_base64url(made["document"]["token"])).claims.name == "Zo\u00eb"
