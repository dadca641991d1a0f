"""Evidence packs over the page: a file for one number or for many, and clear words for what is no request."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.verifier.page.world import NOW, Withheld, World
from verifier.certificate import format_base32
from verifier.pack.check import PackCheck, check_pack
from verifier.pack.content import Unanswered
from verifier.page import create_app
from verifier.report import Kind, Verdict
from verifier.trust import format_trust_root
from verifier.unread import Unread

DAY = "2028-11-15"


def post(client: FlaskClient, asked: object, **form: str) -> TestResponse:
    return client.post("/pack", data={"request": json.dumps(asked), **form}, headers={"Accept-Language": "en"})


def checked(answer: TestResponse, world: World) -> PackCheck:
    assert (answer.status_code, answer.content_type) == (200, "application/pdf"), answer.text
    check = check_pack(answer.data, world.trust, format_trust_root(world.trust))
    assert (check.exit_code, check.own_trust) == (0, True)
    return check


def item(world: World, name: str, *, token: bool = False, **more: Any) -> dict[str, Any]:
    sample = world.samples[name]
    code = {"token": format_base32(sample.tokens[-1])} if token else {}
    return {"number": sample.number, **code, "on": DAY, **more}


def test_a_pack_of_several_holds_what_was_asked(client: FlaskClient, world: World) -> None:
    asked = [
        item(world, "active", token=True, bidder="Alfa", kind="participation", at="12:00"),
        item(world, "suspended", bidder="Beta", kind="scoring"),
        item(world, "expired", until="2029-01-20"),
        item(world, "withdrawn"),
    ]
    tender = {"committee": "Commissione", "cig": "B1A2C3D4E5", "lot": "2", "requirement": "20 persone"}

    answer = post(client, {"items": asked, "tender": tender})

    check = checked(answer, world)
    assert check.pack is not None
    assert (check.pack.tender.committee, check.pack.tender.cig) == ("Commissione", "B1A2C3D4E5")
    assert check.pack.language == "en"
    assert [(i.bidder, i.verdict) for i in check.items] == [
        ("Alfa", Verdict.IN_FORCE),
        ("Beta", Verdict.IN_FORCE),
        ("", Verdict.INTERRUPTED),
        ("", Verdict.IN_FORCE),
    ]
    assert [i.report.question.kind for i in check.items] == [Kind.PARTICIPATION, Kind.SCORING, Kind.DAY, Kind.DAY]
    assert check.items[0].report.question.deadline is not None
    assert check.items[0].report.token is not None
    assert check.items[1].report.token is None


def test_the_form_of_an_answer_is_enough_without_a_script(client: FlaskClient, world: World) -> None:
    number = world.samples["active"].number

    answer = client.post(
        "/pack", data={"number": number, "on": DAY, "kind": "day", "cig": "B1", "until": "", "token": ""}
    )

    check = checked(answer, world)
    assert check.pack is not None
    assert (check.items[0].number, check.pack.tender.cig, check.pack.language) == (number, "B1", "it")


def test_a_body_in_json_is_taken_too(client: FlaskClient, world: World) -> None:
    checked(client.post("/pack", json={"items": [item(world, "active")]}), world)


def test_a_code_alone_says_its_number(client: FlaskClient, world: World) -> None:
    code = format_base32(world.samples["active"].tokens[-1])

    check = checked(post(client, {"items": [{"token": code}]}), world)

    assert check.items[0].number == world.samples["active"].number


def test_a_document_that_was_edited_is_not_called_genuine(client: FlaskClient, world: World) -> None:
    asked = [item(world, "active", token=True, differing=["profile"])]

    check = checked(post(client, {"items": asked}), world)

    assert check.items[0].verdict is Verdict.FORGED


def test_a_document_that_was_not_compared_as_a_whole_has_to_be_looked_at(client: FlaskClient, world: World) -> None:
    asked = [item(world, "active", token=True, differing=["page"])]

    check = checked(post(client, {"items": asked}), world)

    assert (check.items[0].verdict, check.items[0].doubtful) == (Verdict.IN_FORCE, True)


@pytest.mark.parametrize("uncompared", [True, False])
def test_whose_code_alone_was_read_is_said_in_the_pack(uncompared: bool, client: FlaskClient, world: World) -> None:
    asked = [item(world, "active", token=True, uncompared=uncompared)]

    check = checked(post(client, {"items": asked}), world)

    assert check.pack is not None
    assert [one.outcome for one in check.pack.items[0].fields] == ["not_compared"] * uncompared


UNANSWERED = {"source": "gara.xlsx", "page": None, "line": 7, "bidder": "Beta", "reason": "no_number"}


def test_what_has_no_answer_stands_in_the_pack_by_its_place(client: FlaskClient, world: World) -> None:
    check = checked(post(client, {"items": [item(world, "active")], "unanswered": [UNANSWERED]}), world)

    assert check.pack is not None
    assert check.pack.unanswered == (Unanswered("gara.xlsx", None, 7, "Beta", Unread.NO_NUMBER),)


def test_a_pack_is_a_file_that_no_cache_keeps_and_no_list_finds(client: FlaskClient, world: World) -> None:
    headers = post(client, {"items": [item(world, "active")]}).headers

    assert headers["Content-Disposition"] == 'attachment; filename="attesto-20290201-110000.pdf"'
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in headers


GOOD = "0000000000000"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([], "The request cannot be understood."),
        ({}, "at least one certificate"),
        ({"items": []}, "at least one certificate"),
        ({"items": [{"number": GOOD}] * 5001}, "at most 5,000"),
        ({"items": [GOOD]}, "In certificate 1 of the request: The request cannot be understood."),
        ({"items": [{}]}, "In certificate 1 of the request: Neither a number nor a code is given."),
        (
            {"items": [{"number": GOOD}, {"number": "0000000000001"}]},
            "In certificate 2 of the request: It has 13 letters and digits, but one of them is wrong",
        ),
        (
            {"items": [{"number": 7}]},
            "In certificate 1 of the request: A text is too long, or is none: at most 4,000 characters.",
        ),
        (
            {"items": [{"number": GOOD, "name": "x"}]},
            "In certificate 1 of the request: The request cannot be understood.",
        ),
        ({"items": [{"number": GOOD, "token": "!"}]}, "The code on it is not that of a certificate."),
        ({"items": [{"number": GOOD, "token": "AAAA" * 3000}]}, "A text is too long, or is none"),
        ({"items": [{"number": GOOD, "on": "yesterday"}]}, "In certificate 1 of the request: The day is not one"),
        ({"items": [{"number": GOOD, "kind": "hope", "on": DAY}]}, "There is no such kind of requirement."),
        ({"items": [{"number": GOOD, "on": DAY, "at": "25:00"}]}, "The time of day is none"),
        ({"items": [{"number": GOOD, "on": DAY, "until": "2028-01-01"}]}, "The period ends before it begins."),
        ({"items": [{"number": GOOD, "bidder": "x" * 4001}]}, "A text is too long, or is none"),
        (
            {"items": [{"number": GOOD, "differing": "profile"}]},
            "In certificate 1 of the request: The request cannot be understood.",
        ),
        (
            {"items": [{"number": GOOD, "differing": ["x"] * 33}]},
            "In certificate 1 of the request: The request cannot be understood.",
        ),
        (
            {"items": [{"number": GOOD, "uncompared": "no"}]},
            "In certificate 1 of the request: The request cannot be understood.",
        ),
        ({"items": [{"number": GOOD}], "tender": {"name": "x"}}, "The request cannot be understood."),
        ({"items": [{"number": GOOD}], "tender": "x"}, "The request cannot be understood."),
        ({"items": [{"number": GOOD}], "unanswered": [UNANSWERED] * 5001}, "The request cannot be understood."),
        ({"items": [{"number": GOOD}], "unanswered": [{"source": "x"}]}, "The request cannot be understood."),
        ({"items": [{"number": GOOD}], "unanswered": [UNANSWERED | {"source": "x" * 4001}]}, "A text is too long"),
        ({"items": [{"number": GOOD}], "more": 1}, "The request cannot be understood."),
    ],
)
def test_what_is_no_request_is_refused_with_a_reason(asked: object, said: str, client: FlaskClient) -> None:
    answer = post(client, asked)

    assert answer.status_code == 422
    assert said in answer.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("it", "Nel certificato 1 della richiesta: Non è indicato né un numero né un codice."),
        ("fr", "Dans le certificat 1 de la demande\u00a0: Ni numéro ni code n’est indiqué."),
        ("de", "Im Zertifikat 1 der Anfrage: Es ist weder eine Nummer noch ein Code angegeben."),
        ("es", "En el certificado 1 de la solicitud: No se indica ni un número ni un código."),
    ],
)
def test_a_refusal_is_said_in_the_visitors_language_alone(language: str, said: str, client: FlaskClient) -> None:
    answer = client.post("/pack", json={"items": [{}]}, headers={"Accept-Language": language})

    assert answer.get_json(force=True)["detail"] == said


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"items":' * 5000])
def test_a_body_that_is_no_json_is_refused(body: bytes, client: FlaskClient) -> None:
    assert client.post("/pack", data=body, content_type="application/json").status_code == 422


def test_a_body_over_the_limit_is_refused_before_it_is_read(client: FlaskClient) -> None:
    answer = client.post("/pack", data=b"x" * (8 * 1024 * 1024 + 1), content_type="application/json")

    assert answer.status_code == 413


def test_another_sites_page_gets_no_pack(client: FlaskClient, world: World) -> None:
    asked = {"request": json.dumps({"items": [item(world, "active")]})}

    assert client.post("/pack", data=asked, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_registry_that_does_not_answer_gives_a_pack_that_says_so(world: World) -> None:
    client = create_app(
        Withheld(world.source, silent="record"), world.trust, lambda: NOW, "https://attesto.example"
    ).test_client()

    answer = post(client, {"items": [item(world, "active")]})

    check = check_pack(answer.data, world.trust)
    assert (check.exit_code, check.items[0].verdict, check.items[0].proven) == (
        4,
        Verdict.COULD_NOT_BE_CHECKED,
        False,
    )


def test_the_answer_offers_a_pack_and_says_what_is_sent(client: FlaskClient, world: World) -> None:
    number = world.samples["active"].number

    page = client.get(f"/v/{number}?kind=participation&on={DAY}&at=12:00", headers={"Accept-Language": "en"}).text

    assert 'action="/pack" method="post"' in page
    assert "are sent there, and forgotten" in page
    assert 'name="at" value="12:00"' in page
