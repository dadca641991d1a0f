"""The page of a certification that was transferred, and of one that was adopted: both bodies, both kinds of days."""

import base64
import html
import json
from datetime import datetime
from hashlib import sha256

from flask.testing import FlaskClient

from tests.verifier.handover import FIRST, SECOND, decide, files_of, transferred, trust_all
from tests.verifier.page.transferred import adopted
from tests.verifier.public_files import Files
from tests.verifier.story import NUMBER, Story
from verifier.checkpoint import open_checkpoint
from verifier.merkle import check_inclusion
from verifier.page import create_app
from verifier.trust import TrustRoot

PAGE = f"/V/{NUMBER}"


def visitor(files: Files, trust: TrustRoot, at: datetime) -> FlaskClient:
    return create_app(files, trust, lambda: at, "https://attesto.example").test_client()


def of_new(story: Story) -> FlaskClient:
    """A visitor of the page of the new number; handed over by the first body on 2026-04-09."""
    story.snapshot()
    return visitor(Files(files_of(story, FIRST, SECOND)), trust_all(), story.at)


def read(client: FlaskClient, path: str, language: str = "en", status: int = 200) -> str:
    answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
    assert answer.status_code == status
    return answer.text


def test_today_it_is_the_new_bodys_and_says_from_whom_it_came() -> None:
    shown = read(of_new(transferred()), PAGE)

    assert 'data-verdict="in_force"' in shown
    assert "It was taken over from OdC Uno on 9\u00a0April 2026, with all its days." in shown
    assert "On this day it was held at" not in shown
    assert "Decisions before the transfer, at OdC Uno" in shown


def test_french_needs_no_elision_before_a_bodys_name() -> None:
    shown = html.unescape(read(of_new(transferred()), PAGE, "fr"))

    assert "Elle a été reprise de l’organisme OdC Uno le 9\u00a0avril 2026" in shown
    assert "de OdC" not in shown


def test_a_day_before_is_the_old_bodys() -> None:
    client = of_new(transferred())

    shown = read(client, f"{PAGE}?on=2026-04-08")
    italian = read(client, f"{PAGE}?on=2026-04-08", "it")

    assert 'data-verdict="in_force"' in shown
    assert "On this day it was held at OdC Uno, which answers for it." in shown
    assert "of OdC Uno" in shown
    assert "In questo giorno faceva capo a OdC Uno, che ne risponde." in italian
    assert "È stata acquisita da OdC Uno il giorno 9\u00a0aprile 2026, con tutte le sue date." in italian


def test_an_annulment_by_the_old_body_is_said_of_the_days_at_the_new_one() -> None:
    story = transferred()
    decide(story, FIRST, "certification.annulled")
    story.later(days=1)
    client = of_new(story)

    before = read(client, f"{PAGE}?on=2026-04-08")
    assert 'data-result="origin_annulled"' in before
    assert "it does not count on any day at that body" in before
    assert "The body that handed the certification over annulled it from the start." in read(client, PAGE)


def test_a_certification_whose_origin_is_withheld_could_not_be_checked() -> None:
    story = transferred()
    story.snapshot()
    files = {path: file for path, file in files_of(story, FIRST, SECOND).items() if not path.startswith("transferred/")}

    shown = read(visitor(Files(files), trust_all(), story.at), PAGE, status=503)

    assert 'data-verdict="could_not_be_checked"' in shown


def test_the_old_number_says_where_it_goes_on() -> None:
    story = transferred()
    story.snapshot()
    client = visitor(Files(files_of(story, FIRST) | body_of_second(story)), trust_all(), story.at)

    shown, italian = read(client, PAGE), read(client, PAGE, "it")
    said = json.loads(client.get(f"{PAGE}.json").data)

    assert 'data-result="transferred"' in shown
    assert "It goes on at OdC Due." in shown
    assert "Prosegue presso OdC Due." in italian
    assert said["certification"]["receiver"] == {"slug": "odc-due", "name": "OdC Due"}
    assert said["answers"][0]["body"] == "odc-uno"


def body_of_second(story: Story) -> dict[str, bytes]:
    return {path: file for path, file in files_of(story, FIRST, SECOND).items() if path == f"body/{SECOND.body}"}


def test_the_timeline_tells_the_decisions_of_both_bodies_with_their_proofs() -> None:
    client = of_new(transferred())

    shown = read(client, f"{PAGE}/timeline")
    said = json.loads(client.get(f"{PAGE}/timeline.json").data)

    assert "From 10\u00a0March 2026 to 8\u00a0April 2026: <strong>in force</strong> · OdC Uno" in shown
    assert "From 9\u00a0April 2026 to 9\u00a0March 2029: <strong>in force</strong> · OdC Due" in shown
    assert [(event["type"], event["body"], event["sequence"]) for event in said["events"]] == [
        ("certification.granted", "odc-uno", 1),
        ("certification.transferred_out", "odc-uno", 2),
        ("certification.transferred_in", "odc-due", 1),
    ]
    checkpoint = open_checkpoint(said["checkpoint"].encode(), trust_all().origin, trust_all().log_key)
    for event in said["events"]:
        proof = tuple(base64.b64decode(item) for item in event["proof"])
        leaf = sha256(b"\x00" + event["entry"].encode()).digest()
        check_inclusion(leaf, event["index"], checkpoint.size, proof, checkpoint.root_hash)
    assert said["states"] == [
        {"from": "2026-03-10", "to": "2026-04-08", "state": "active", "body": "odc-uno"},
        {"from": "2026-04-09", "to": "2029-03-09", "state": "active", "body": "odc-due"},
        {"from": "2029-03-10", "to": None, "state": "expired", "body": "odc-due"},
    ]
    assert {fact["body"] for fact in said["accreditations"]} == {"odc-uno", "odc-due"}


def test_the_report_for_programs_names_the_body_that_answers() -> None:
    said = json.loads(of_new(transferred()).get(f"{PAGE}.json?on=2026-04-08").data)

    assert {answer["body"] for answer in said["answers"]} == {"odc-uno"}
    (origin,) = said["origins"]
    assert origin["body"] == {"slug": "odc-uno", "name": "OdC Uno", "website": "https://odc-uno.example"}
    assert origin["handed_over_on"] == "2026-04-09"
    assert [event["index"] for event in origin["events"]] == [8, 10]


def test_an_adopted_one_says_what_is_claimed_and_what_is_proven() -> None:
    client = visitor(*adopted())

    shown, italian = read(client, PAGE), read(client, PAGE, "it")

    assert 'data-verdict="in_force"' in shown
    assert "Its original dates (granted on 1\u00a0June 2021) are the body" in shown
    assert "its status is proven only from 10\u00a0March 2026 on" in shown
    assert "lo stato è provato solo dal giorno 10\u00a0marzo 2026" in italian


def test_the_days_before_an_adoption_are_a_gap_that_is_not_proven() -> None:
    shown = read(visitor(*adopted()), f"{PAGE}?from=2026-03-01&to=2026-03-11")

    assert "From 1\u00a0March 2026 to 9\u00a0March 2026: <strong>not proven</strong> (9 days)" in shown


def test_the_gaps_of_the_page_follow_a_transfer() -> None:
    shown = read(of_new(transferred()), f"{PAGE}?from=2026-03-10&to=2026-04-10")

    assert 'data-verdict="in_force"' in shown


def test_a_day_before_an_adoption_is_not_proven() -> None:
    shown = read(visitor(*adopted()), f"{PAGE}?on=2026-03-09")

    assert 'data-verdict="not_in_force"' in shown
    assert 'data-result="not_proven"' in shown
    assert "Not proven for 9 March 2026, as it was recorded here only on 10 March 2026" in shown
