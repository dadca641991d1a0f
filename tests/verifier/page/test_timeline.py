"""The timeline page: every event with its proof, the states day by day; no name, no reason."""

import base64
import json
from collections.abc import Callable
from hashlib import sha256

import pytest
from flask.testing import FlaskClient

from tests.verifier.page.world import World
from verifier.checkpoint import open_checkpoint
from verifier.merkle import check_inclusion


def test_a_suspension_and_its_end_are_days_on_the_page(world: World, read: Callable[..., str]) -> None:
    shown = read(f"/v/{world.samples['reinstated'].number}/timeline")

    assert "From 1\u00a0October 2028 to 31\u00a0October 2028: <strong>suspended</strong>" in shown
    assert "From 1\u00a0November 2028" in shown
    assert "Certification reinstated" in shown
    assert "Accreditation granted" in shown


def test_it_is_told_in_italian(world: World, read: Callable[..., str]) -> None:
    shown = read(f"/v/{world.samples['withdrawn'].number}/timeline", "it")

    assert "Cronologia di" in shown
    assert "<strong>revocata</strong>" in shown


def test_every_entry_is_proven_beside_it(world: World, client: FlaskClient) -> None:
    answer = client.get(f"/v/{world.samples['reinstated'].number}/timeline.json")
    said = json.loads(answer.data)

    checkpoint = open_checkpoint(said["checkpoint"].encode(), world.trust.origin, world.trust.log_key)
    assert len(said["events"]) == 4
    for event in said["events"]:
        proof = tuple(base64.b64decode(item) for item in event["proof"])
        leaf = sha256(b"\x00" + event["entry"].encode()).digest()
        check_inclusion(leaf, event["index"], checkpoint.size, proof, checkpoint.root_hash)
    assert {"from": "2028-10-01", "to": "2028-10-31", "state": "suspended", "body": "aurora"} in said["states"]
    assert said["states"][-1]["state"] == "expired"
    assert said["accreditations"][0]["standard"] == "ISO/IEC 17024:2012"


@pytest.mark.parametrize("ending", ["timeline", "timeline.json"])
def test_no_name_and_no_reason_are_told(world: World, client: FlaskClient, ending: str) -> None:
    for sample in ("suspended", "withdrawn", "relinquished"):
        shown = client.get(f"/v/{world.samples[sample].number}/{ending}").text

        assert "Giulia" not in shown
        assert "Nguy" not in shown
        assert "reason" not in shown


def test_a_number_without_a_record_has_none(client: FlaskClient) -> None:
    assert client.get("/v/0000000000000/timeline.json").status_code == 404
    assert client.get("/v/0000000000000/timeline").status_code == 303
    assert client.get("/v/nothing/timeline.json").status_code == 400


def test_a_program_finds_it_by_the_page(world: World, read: Callable[..., str]) -> None:
    number = world.samples["active"].number

    assert f'/{number}/timeline"' in read(f"/v/{number}")
