"""Many at once: every line answered rightly and in its place, whoever asks and in however many parts."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.verifier.page.bids import form, photo, printed, spreadsheet, zipped
from tests.verifier.page.world import NOW, World, too_late
from verifier.certificate import format_base32
from verifier.encoding import format_base64url
from verifier.page import create_app
from verifier.page.batch import AT_ONCE
from verifier.page.reception import Turns, keep_turns

HTML = {"Accept": "text/html", "Accept-Language": "en"}
KEY = format_base64url(b"k" * 32)
# What each sample of the world is on 1 February 2029, its number typed: the answer, and why it needs attention.
ANSWERS = {
    "active": ("in_force", []),
    "due": ("in_force", []),
    "in grace": ("in_force", []),
    "late": ("in_force", ["condition"]),
    "overdue": ("maintenance_overdue", ["condition"]),
    "ends soon": ("change_scheduled", ["condition"]),
    "suspended": ("suspended", ["not_met"]),
    "past deadline": ("suspended", ["not_met"]),
    "expired": ("expired", ["not_met"]),
    "withdrawn": ("withdrawn", ["not_met"]),
    "relinquished": ("relinquished", ["not_met"]),
    "not yet": ("not_yet_effective", ["not_met"]),
    "accreditation suspended": ("accreditation_suspended", ["accreditation"]),
    "unaccredited": ("accreditation_not_covered", ["accreditation"]),
}
Ask = Callable[..., dict[str, Any]]


def items(*texts: str, bidder: str = "") -> list[dict[str, Any]]:
    return [{"source": "", "line": place, "text": text, "bidder": bidder} for place, text in enumerate(texts, 1)]


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    """The rows of some lines."""

    def ask(lines: list[dict[str, Any]], status: int = 200, **asked: str) -> dict[str, Any]:
        sent = {"items": lines, "asked": {"key": KEY, **asked}}
        answer = client.post("/batch/rows", json=sent, headers={"Accept-Language": "en"})
        assert answer.status_code == status
        assert answer.headers["Cache-Control"] == "no-store"
        return dict(answer.get_json(force=True))

    return ask


@pytest.fixture
def send(client: FlaskClient) -> Ask:
    """The rows of some files."""

    def send(*files: tuple[str, bytes], **fields: str) -> dict[str, Any]:
        sent = form(files, key=KEY, **fields)
        answer = client.post("/batch/rows", **sent, headers={"Accept-Language": "en"})
        assert answer.status_code == 200
        return dict(answer.get_json())

    return send


def test_every_line_is_answered_in_its_place(world: World, ask: Ask) -> None:
    found = ask(items(*(world.samples[name].number for name in ANSWERS)))["rows"]

    assert [row["number"].replace("-", "") for row in found] == [world.samples[name].number for name in ANSWERS]
    assert {name: (row["key"], row["reasons"]) for name, row in zip(ANSWERS, found, strict=True)} == ANSWERS
    assert [row["line"] for row in found] == list(range(1, len(ANSWERS) + 1))


def test_what_is_no_number_keeps_its_line(world: World, ask: Ask) -> None:
    found = ask(items("nothing", "", world.samples["active"].number, "0000000000000", world.erased.number))["rows"]

    assert [row["key"] for row in found] == ["unreadable", "unreadable", "in_force", "no_record", "erased"]
    assert [row["reasons"] for row in found] == [["unreadable"], ["unreadable"], [], ["unchecked"], ["unchecked"]]


def test_a_row_says_what_is_certified(world: World, ask: Ask) -> None:
    (row,) = ask(items(world.samples["active"].path, bidder="Alfa"))["rows"]

    told = {
        "bidder": "Alfa",
        "key": "genuine",
        "tone": "good",
        "title": "Genuine, and in force today",
        "requirement": "met",
        "profile": "coordinatore",
        "profile_title": "Shift coordinator",
        "body": "aurora",
        "body_name": "Aurora Certificazioni S.r.l.",
        "granted_on": "2028-06-01",
        "valid_until": "2031-05-31",
        "person": "Giulia D’Àngelo-Ferrari",
        "reasons": [],
    }
    assert {name: row[name] for name in told} == told
    assert world.samples["active"].path.endswith(row["token"])


@pytest.mark.parametrize(
    ("kind", "name", "met"),
    [
        ("participation", "reinstated", "met"),
        ("participation", "withdrawn", "not_met"),
        ("scoring", "withdrawn", "met"),
        ("execution", "withdrawn", "not_met"),
        ("participation", "unaccredited", "to_be_judged"),
        ("scoring", "suspended", "not_met"),
    ],
)
def test_the_kind_of_requirement_decides_which_days_count(
    world: World, ask: Ask, kind: str, name: str, met: str
) -> None:
    (row,) = ask(items(world.samples[name].number), kind=kind, on="2029-01-05")["rows"]

    assert row["requirement"] == met
    assert ("not_met" in row["reasons"]) is (met == "not_met")


def test_people_are_told_apart_within_a_batch_and_nowhere_else(world: World, ask: Ask) -> None:
    paths = [world.samples[name].path for name in ("active", "renewed", "expired")]
    paths.append(world.samples["renewed"].link(world.samples["renewed"].tokens[0]))

    first, other, third, older = (row["holder"] for row in ask(items(*paths))["rows"])
    again = [row["holder"] for row in ask(items(*paths))["rows"]]
    elsewhere = [row["holder"] for row in ask(items(*paths), key=format_base64url(b"o" * 32))["rows"]]

    assert older == other
    assert len({first, other, third}) == 3
    assert again == [first, other, third, older]
    assert not set(again) & set(elsewhere)


def test_a_number_alone_tells_nobody_apart(world: World, ask: Ask) -> None:
    (row,) = ask(items(world.samples["active"].number))["rows"]

    assert (row["holder"], row["person"], row["token"]) == ("", "", "")


def test_a_forged_code_tells_no_name_and_no_person(world: World, ask: Ask) -> None:
    token = world.token_over("active", "Carla Altra")
    forged = world.samples["active"].link(token)

    (row,) = ask(items(forged))["rows"]

    assert (row["key"], row["reasons"]) == ("forged", ["refused"])
    assert (row["holder"], row["person"], row["requirement"]) == ("", "", "")
    # Without it a pack would be asked about the number alone, which is in force.
    assert row["token"] == format_base32(token)


def test_a_list_of_many_lines_is_handed_back_to_be_asked_for(world: World, ask: Ask, send: Ask) -> None:
    texts = [world.samples["active"].path, "nothing", world.samples["withdrawn"].number] * AT_ONCE
    listed = spreadsheet(
        [("Numero", "Operatore economico"), *((text, f"Bidder {place}") for place, text in enumerate(texts))]
    )

    answer = send(("elenco.xlsx", listed), ("foto.png", photo(world, "active")), bidder="Otherwise")
    rows = ask(answer["left"][:6])["rows"]

    assert [row["source"] for row in answer["rows"]] == ["foto.png"]
    assert [row["bidder"] for row in answer["rows"]] == ["Otherwise"]
    assert [left["line"] for left in answer["left"]] == list(range(2, len(texts) + 2))
    assert [left["bidder"] for left in answer["left"]] == [f"Bidder {place}" for place in range(len(texts))]
    assert [row["key"] for row in rows] == ["genuine", "unreadable", "withdrawn"] * 2
    assert [(row["source"], row["line"]) for row in rows] == [("elenco.xlsx", line) for line in range(2, 8)]


def test_documents_of_a_zip_are_rows_with_what_differs(world: World, send: Ask) -> None:
    edited = printed(world, "active", name="Carla Altra")
    archive = zipped({"a.pdf": printed(world, "active"), "b.pdf": edited, "c.pdf": b"%PDF-1.7 broken"})

    genuine, altered, broken = send(("busta.zip", archive), bidder="Alfa")["rows"]

    assert (genuine["source"], genuine["key"], genuine["reasons"]) == ("busta.zip/a.pdf", "genuine", [])
    assert (altered["key"], altered["tone"], altered["differing"]) == ("document_differs", "alarm", ["name"])
    assert altered["reasons"][0] == "differs"
    assert altered["requirement"] == "not_met"
    assert (broken["key"], broken["reasons"]) == ("unreadable", ["unreadable"])


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"[]",
        b"{}",
        b'{"items":[]}',
        b'{"items":{},"asked":{}}',
        b'{"items":[{}],"asked":{}}',
        b'{"items":[{"source":"","line":true,"text":"","bidder":""}],"asked":{}}',
        b'{"items":[{"source":"","line":1,"text":"","bidder":"","more":1}],"asked":{}}',
        b'{"items":[],"asked":{"key":"short"}}',
        b'{"items":[],"asked":{"on":"soon"}}',
        b'{"items":[],"asked":{},"more":1}',
        json.dumps({"items": items(*["7K3M9P2XQD4W5"] * (AT_ONCE + 1)), "asked": {}}).encode(),
    ],
)
def test_what_is_no_part_of_a_batch_is_refused(client: FlaskClient, sent: bytes) -> None:
    answer = client.post("/batch/rows", data=sent, content_type="application/json", headers={"Accept-Language": "it"})

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.get_json(force=True)["detail"] in {
        "La richiesta non è comprensibile.",
        "La data non è valida: scrivila così: 2026-01-31.",
        "È troppo in una volta sola: al massimo 50 certificati.",
    }


def test_whoever_gets_no_turn_is_told_when_to_come_again(world: World) -> None:
    app = create_app(world.source, world.trust, lambda: NOW, "https://attesto.example")
    turns = Turns(working=1, waiting=0)
    keep_turns(app.extensions, turns)

    with turns.take():
        answer = app.test_client().post("/batch/rows", json={"items": [], "asked": {}})

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_old_proofs_are_never_green(world: World) -> None:
    app = create_app(world.source, world.trust, too_late, "https://attesto.example")

    sent = {"items": items(world.samples["active"].path), "asked": {}}
    (row,) = app.test_client().post("/batch/rows", json=sent).get_json()["rows"]

    assert (row["key"], row["tone"], row["reasons"]) == ("could_not_be_checked", "unknown", ["unchecked"])


def test_without_a_script_the_form_is_answered_by_a_table(world: World, client: FlaskClient) -> None:
    numbers = f"{world.samples['active'].path};Alfa\n\n{world.samples['active'].number};Beta\nnothing\n"
    sent = form([("foto.png", photo(world, "withdrawn"))], numbers=numbers, bidder="Gamma")

    page = client.post("/batch", **sent, headers=HTML).text

    read = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    places = [read.index(said) for said in ("line 1 Alfa", "line 3 Beta", "line 4 Gamma", "foto.png Gamma")]
    assert places == sorted(places)
    assert "4 certificates 4 need attention" in read
    assert read.count("The same person is named by two bidders") == 2
    assert "Alfa 1 1 Shift coordinator: 1 0 1" in read


def test_without_a_script_there_are_bounds(world: World, client: FlaskClient) -> None:
    for numbers, says in (("", "There is nothing to check"), ("7K3M9P2XQD4W5\n" * 501, "at most 500 certificates")):
        answer = client.post("/batch", **form([], numbers=numbers), headers=HTML)
        assert answer.status_code == 422
        assert says in answer.text
