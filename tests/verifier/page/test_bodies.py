"""The pages of the bodies: accreditation and keys over time, each entry with its proof; four answers, and no fault."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from time import sleep

import pytest
from flask.testing import FlaskClient

from tests.verifier.page.world import NOW, Altered, Withheld, World, too_late
from verifier.bundle import format_record, parse_record
from verifier.checkpoint import open_checkpoint
from verifier.fetch import Source, body_path
from verifier.merkle import check_inclusion
from verifier.page import create_app
from verifier.trust import TrustRoot

HTML = {"Accept": "text/html", "Accept-Language": "en"}


def client_of(source: Source, trust: TrustRoot, **when: object) -> FlaskClient:
    at = when.get("at", NOW)
    return create_app(source, trust, lambda: at, "https://attesto.example").test_client()  # type: ignore[arg-type,return-value]


def rows(page: str) -> list[list[str]]:
    """The cells of every row of the page's tables, as text."""
    found = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [[re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in found]


def test_each_scheme_has_its_timeline_in_its_own_words(read: Callable[..., str]) -> None:
    shown = re.sub(r"\s+", " ", read("/body/borea"))

    assert "<h1>Istituto Boreale di Qualità</h1>" in shown
    assert 'href="https://borea.example"' in shown
    demo, other = shown.split("<h3>")[1:]
    assert "Today: Accreditation for this scheme suspended" in demo
    assert "10 January 2026: <strong>Accreditation granted</strong>" in demo
    assert "25 January 2029: <strong>Accreditation suspended</strong>" in demo
    assert "Accreditato per lo schema dimostrativo · Ente Immaginario di Accreditamento" in demo
    assert "0042 C" in demo
    assert "ISO/IEC 17024:2012" in demo
    assert "from: https://accreditamento.example/0042" in demo
    assert "Today: Not accredited for this scheme" in other
    assert "0043 C" in other
    assert 'Accreditation reduced to some profiles</strong> (<span translate="no">addetto, analista</span>)' in other
    assert "Accreditation withdrawn" in other


def test_a_body_without_accreditation_says_so(read: Callable[..., str]) -> None:
    assert "None is recorded." in read("/body/cirro")


def test_a_key_that_was_replaced_and_then_doubted_stays_in_the_register(read: Callable[..., str]) -> None:
    table = [row for row in rows(read("/body/borea")) if len(row) == 6]

    first, certificates, second, recovery = table
    assert [row[0] for row in table] == ["decisions", "certificates", "decisions", "recovery"]
    assert (first[3], certificates[3], second[3]) == (
        "the registry&#39;s list".replace("&#39;", "'"),
        first[1],
        first[1],
    )
    assert first[4].startswith("25\u00a0January 2029 entry ")
    assert re.fullmatch(r"entry (\d+)declared: 25\u00a0January 2029 entry \1", first[5])
    assert second[4:] == certificates[4:] == recovery[4:] == ["–", "–"]


def test_it_is_told_in_italian(read: Callable[..., str]) -> None:
    shown = read("/body/borea", "it")

    assert "Accreditamento sospeso" in shown
    assert "Chiave dichiarata compromessa" in shown
    assert 'href="/body/borea?lang=en"' in shown


def test_every_entry_is_proven_beside_it(world: World, client: FlaskClient) -> None:
    answer = client.get("/body/borea.json")
    said = json.loads(answer.data)
    record = said["record"]

    assert (answer.status_code, answer.content_type) == (200, "application/vnd.attesto.body.v1+json")
    assert (said["verdict"], record["keys_hosted"]) == ("proven", True)
    checkpoint = open_checkpoint(record["checkpoint"].encode(), world.trust.origin, world.trust.log_key)
    # Registered, accredited; suspended; accredited, reduced, withdrawn; a key enrolled, one retired, one compromised.
    assert len(record["events"]) == 9
    for event in record["events"]:
        proof = tuple(base64.b64decode(item) for item in event["proof"])
        leaf = sha256(b"\x00" + event["entry"].encode()).digest()
        check_inclusion(leaf, event["index"], checkpoint.size, proof, checkpoint.root_hash)
    proven = {event["index"]: event["type"] for event in record["events"]}
    named = [event for scheme in record["accreditations"] for event in scheme["events"]]
    assert [proven[event["index"]] for event in named] == [event["type"] for event in named]
    old, _, new = record["keys"]
    assert proven[old["enrolled"]["index"]] == "body.registered"
    assert proven[old["retired"]["index"]] == "key.retired"
    assert proven[old["compromised"]["index"]] == "key.compromised"
    assert proven[new["enrolled"]["index"]] == "key.enrolled"
    assert (old["in_force"], new["in_force"]) == (False, True)
    assert old["compromised"]["by"] == record["recovery_key"]["key_id"]


def test_whether_the_operator_keeps_the_keys_is_said_as_the_trust_root_says_it(world: World) -> None:
    body = replace(world.trust.bodies["aurora"], hosted=False)
    trust = replace(world.trust, bodies={**world.trust.bodies, "aurora": body})

    assert (
        "The body itself: nobody at the registry can sign"
        in client_of(world.source, trust).get("/body/aurora", headers=HTML).text
    )


def test_the_list_names_every_body_of_the_trust_root(read: Callable[..., str], client: FlaskClient) -> None:
    shown = read("/body/")

    places = [shown.index(f'href="/body/{slug}"') for slug in ("aurora", "cirro", "borea")]
    # By name: Aurora, Cirro, Istituto Boreale.
    assert places == sorted(places)
    said = client.get("/body.json").json
    assert said["bodies"][0]["name"] == "Aurora Certificazioni S.r.l."
    assert said["missing"] == []


def test_what_the_list_cannot_show_is_named(world: World) -> None:
    client = client_of(Withheld(world.source, missing="body/cirro"), world.trust)

    assert "without a record that can be shown" in client.get("/body/", headers=HTML).text
    assert client.get("/body.json").json["missing"] == ["cirro"]


def test_the_list_waits_for_a_slow_registry_as_long_as_for_any_question(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(content: bytes) -> bytes:
        sleep(0.3)
        return content

    monkeypatch.setattr("verifier.page.bodies.SECONDS", 0.2)
    client = client_of(Altered(world.source, "body/aurora", slowly), world.trust)

    said = client.get("/body.json").json

    assert [body["body"] for body in said["bodies"]] == ["aurora"]
    assert said["missing"] == ["borea", "cirro"]


def test_verdict_and_timeline_lead_to_the_body(world: World, read: Callable[..., str]) -> None:
    number = world.samples["active"].number

    for path in (f"/v/{number}", f"/v/{number}/timeline"):
        assert 'href="/body/aurora"' in read(path)


@pytest.mark.parametrize("path", ["/body/{}", "/body/{}.json"])
def test_a_body_that_is_not_on_the_list_is_an_answer_of_its_own(world: World, path: str) -> None:
    # Its record is there; only the trust root does not know it.
    answer = client_of(world.source, world.without_body("aurora")).get(path.format("aurora"), headers=HTML)

    assert answer.status_code == 404
    assert "Unknown certification body" in answer.text or answer.json["verdict"] == "unknown_body"
    assert "Aurora" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "slug",
    ["AURORA", "aurora-", "-", "a" * 33, "..", "aurora%00", "%F0%9F%A6%84", "' OR 1=1 --", "%3Cscript%3E", "a b"],
)
@pytest.mark.parametrize("ending", ["", ".json"])
def test_what_is_no_slug_is_no_page_and_does_no_harm(client: FlaskClient, slug: str, ending: str) -> None:
    answer = client.get(f"/body/{slug}{ending}", headers=HTML)

    assert answer.status_code == 404
    assert "There is no such page." in (answer.json["detail"] if ending else answer.text)
    assert "<script>" not in answer.text


def without_last_event(content: bytes) -> bytes:
    record = parse_record(content)
    return format_record(replace(record, entries=dict(list(record.entries.items())[:-1])))


def with_another_letter(content: bytes) -> bytes:
    value = json.loads(content)
    head, payload, signature = value["entries"][1]["entry"].split(".")
    value["entries"][1]["entry"] = ".".join((head, payload, ("B" if signature[0] == "A" else "A") + signature[1:]))
    return json.dumps(value).encode()


def nonsense(_: bytes) -> bytes:
    return b"{}"


@pytest.mark.parametrize("alter", [without_last_event, with_another_letter, nonsense])
def test_an_altered_record_is_told_and_nothing_of_it_shown(world: World, alter: Callable[[bytes], bytes]) -> None:
    client = client_of(Altered(world.source, body_path("borea"), alter), world.trust)

    shown, said = client.get("/body/borea", headers=HTML), client.get("/body/borea.json")

    assert 'data-result="altered"' in shown.text
    assert "of this body was altered or is not complete" in shown.text
    assert "Boreale" not in shown.text
    assert (said.json["verdict"], said.json["exit_code"], said.json["record"]) == ("altered", 3, None)


def test_another_bodys_record_in_its_place_is_told(world: World) -> None:
    other = world.source.read(body_path("aurora"))
    client = client_of(Altered(world.source, body_path("borea"), lambda _: other), world.trust)

    assert 'data-result="altered"' in client.get("/body/borea", headers=HTML).text


@pytest.mark.parametrize("held_back", ["snapshot", "checkpoint", "tile/", "status/tree/", "body/"])
@pytest.mark.parametrize("how", ["missing", "silent"])
def test_what_cannot_be_had_is_neither_good_nor_bad(world: World, held_back: str, how: str) -> None:
    client = client_of(Withheld(world.source, **{how: held_back}), world.trust)

    shown, said = client.get("/body/borea", headers=HTML), client.get("/body/borea.json")

    assert (shown.status_code, said.status_code, shown.headers["Retry-After"]) == (503, 503, "60")
    assert 'data-result="could_not_be_checked"' in shown.text
    assert said.json["verdict"] == "could_not_be_checked"


def test_an_old_snapshot_says_nothing_about_now(world: World) -> None:
    client = client_of(world.source, world.trust, at=too_late())

    assert client.get("/body/borea.json").json["verdict"] == "could_not_be_checked"


def test_an_answer_may_be_kept_for_seconds(client: FlaskClient) -> None:
    for path in ("/body/borea", "/body/borea.json", "/body/", "/body.json"):
        assert client.get(path).headers["Cache-Control"] == "public, max-age=10"
