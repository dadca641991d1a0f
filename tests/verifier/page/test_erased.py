"""The page of an erased certification: in both languages and for programs it says that, and nothing else."""

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.verifier.page.test_pages import ask, shown
from tests.verifier.page.world import Altered, World
from verifier.fetch import record_path

# What the certification was, and whose.
TOLD = ("coordinatore", "Aurora", "aurora", "demo-2026", "2029-01-25", "25 January", "25 gennaio", "Ottavia", "2032")


@pytest.mark.parametrize(
    ("language", "title", "number"),
    [
        ("en", '<h1 id="title-erased">Erased</h1>', "the registry&#39;s word"),
        ("it", '<h1 id="title-erased">Cancellata</h1>', "lo dice soltanto il registro"),
    ],
)
def test_by_number_it_says_erased_and_nothing_of_what_it_was(
    world: World, read: Callable[..., str], language: str, title: str, number: str
) -> None:
    page = read(f"/V/{world.erased.number}", language, status=410)

    assert shown(page) == "unknown erased"
    assert title in page
    assert number in page
    assert [told for told in TOLD if told in page] == []


def test_a_program_hears_erased_and_nothing_else(world: World, client: FlaskClient) -> None:
    answer = client.get(f"/V/{world.erased.number}.json")
    said = json.loads(answer.data)

    assert answer.status_code == 410
    assert (said["verdict"], said["exit_code"], said["erased"]) == ("erased", 4, True)
    assert (said["answers"], said["certification"], said["evidence"]) == ([], None, None)
    assert (said["browser"]["record"], said["browser"]["log"]) == (None, None)
    del said["browser"]
    assert [told for told in TOLD if told in json.dumps(said)] == []


@pytest.mark.parametrize("ending", ["/bundle", "/timeline.json"])
def test_there_is_no_bundle_and_no_timeline_of_it(world: World, client: FlaskClient, ending: str) -> None:
    answer = client.get(f"/V/{world.erased.number}{ending}", headers={"Accept-Language": "en"})

    assert answer.status_code == 410
    assert json.loads(answer.data)["detail"] == "What stood under this number was erased."


def test_the_timeline_page_leads_back_to_the_answer(world: World, client: FlaskClient) -> None:
    answer = client.get(f"/V/{world.erased.number}/timeline", headers={"Accept": "text/html"})

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/V/{world.erased.number}"


def test_another_days_answer_is_no_other(world: World, read: Callable[..., str]) -> None:
    assert shown(read(f"/V/{world.erased.number}?on=2029-01-27", status=410)) == "unknown erased"


def test_a_host_that_shows_an_erased_record_for_another_number_gets_no_more_than_erased(world: World) -> None:
    number = world.samples["active"].number
    erased = world.source.read(record_path(world.erased.number))
    source = Altered(world.source, record_path(number), lambda _: erased)

    page = ask(source, world.trust, f"/V/{number}", status=410)

    assert shown(page) == "unknown erased"
