"""Every outcome has its own answer: a headline, a tone and an icon, and none that is unknown is ever green."""

import html
import re
from collections.abc import Callable
from datetime import datetime

import pytest

from tests.verifier.handover import FIRST, SECOND, decide, files_of, transferred, trust_all
from tests.verifier.page.test_sentence import told
from tests.verifier.page.transferred import adopted
from tests.verifier.page.world import NOW, Altered, Withheld, World, too_late, without_last_event
from tests.verifier.public_files import Files, published
from tests.verifier.story import CERTIFICATION, GRANT, NUMBER, begin, trust_root
from verifier.fetch import Source, record_path
from verifier.page import create_app
from verifier.page.words import HEADLINES
from verifier.tone import Tone
from verifier.trust import TrustRoot

HTML = {"Accept": "text/html", "Accept-Language": "en"}


def page_of(source: Source, trust: TrustRoot, path: str, at: datetime = NOW) -> str:
    """The page over these files, whatever its status."""
    client = create_app(source, trust, lambda: at, "https://attesto.example").test_client()
    return str(client.get(path, headers=HTML).text)


def junk(content: bytes) -> bytes:
    """What a web server says in place of a file."""
    return b"<html><title>It works!</title></html>"


CAUSES: dict[str, tuple[Callable[[World], Source], datetime, str]] = {
    "down": (lambda world: Withheld(world.source, silent="record/"), NOW, "The registry does not answer at present"),
    "in part": (lambda world: Withheld(world.source, missing="tile/"), NOW, "The registry does not answer at present"),
    "junk": (
        lambda world: Altered(world.source, record_path(world.samples["active"].number), junk),
        NOW,
        "What the registry answered cannot be read.",
    ),
    "junk for a snapshot": (
        lambda world: Altered(world.source, "snapshot", junk),
        NOW,
        "What the registry answered cannot be read.",
    ),
    "too old": (lambda world: world.source, too_late(), "too old to say what counts today"),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_why_there_is_no_answer_is_said_and_is_never_green(world: World, cause: str) -> None:
    source, at, said = CAUSES[cause]

    page = page_of(source(world), world.trust, f"/V/{world.samples['active'].number}", at)

    assert told(page)[:2] == ("unknown", "could_not_be_checked")
    assert said in page
    assert "neither a yes nor a no" in page
    # Nothing of the record is shown beside it.
    assert "What is certified" not in page


def test_a_record_that_does_not_hold_is_an_alarm(world: World) -> None:
    page = page_of(without_last_event(world, "withdrawn"), world.trust, f"/V/{world.samples['withdrawn'].number}")

    assert told(page) == ("alarm", "altered", "The record does not hold")


def test_a_body_that_is_not_on_the_list_is_an_alarm(world: World) -> None:
    page = page_of(world.source, world.without_body("aurora"), f"/V/{world.samples['active'].number}")

    assert told(page) == ("alarm", "unknown_body", "Unknown certification body")


def test_what_was_annulled_counts_on_no_day() -> None:
    story = begin()
    story.add(CERTIFICATION, "certification.granted", **GRANT)
    story.later(days=30)
    story.add(CERTIFICATION, "certification.annulled")
    story.later(days=1)
    story.snapshot()

    today = page_of(Files(published(story)), trust_root(), f"/V/{NUMBER}", story.at)
    before = page_of(Files(published(story)), trust_root(), f"/V/{NUMBER}?on=2026-03-20", story.at)

    assert told(today) == ("bad", "annulled", "Not in force today: annulled from the start")
    assert told(before) == ("bad", "annulled", "Not in force on 20 March 2026: annulled from the start")
    assert "As known at the end of that day: in force. As known now: annulled." in before


def test_what_was_handed_over_goes_on_elsewhere() -> None:
    story = transferred()
    story.snapshot()
    files = files_of(story, FIRST) | {
        path: file for path, file in files_of(story, FIRST, SECOND).items() if path == f"body/{SECOND.body}"
    }

    page = page_of(Files(files), trust_all(), f"/V/{NUMBER}", story.at)

    assert told(page) == ("bad", "transferred", "Not in force today: at another body since 9 April 2026")


def test_what_the_old_body_annulled_is_told_apart() -> None:
    story = transferred()
    decide(story, FIRST, "certification.annulled")
    story.later(days=1)
    story.snapshot()

    page = page_of(Files(files_of(story, FIRST, SECOND)), trust_all(), f"/V/{NUMBER}?on=2026-04-08", story.at)

    assert told(page)[:2] == ("bad", "origin_annulled")
    assert "(annulled from the start by the body of that day), but in force today" in html.unescape(page)


def test_what_an_adopted_one_claims_is_not_proven() -> None:
    files, trust, at = adopted()

    page = page_of(files, trust, f"/V/{NUMBER}?on=2026-03-09", at)

    assert told(page)[:2] == ("bad", "not_proven")


def test_no_answer_is_its_own_kind_of_answer(world: World) -> None:
    missing = page_of(world.source, world.trust, "/V/0000000000000")
    erased = page_of(world.source, world.trust, f"/V/{world.erased.number}")

    assert told(missing)[:2] == ("unknown", "no_record")
    assert told(erased)[:2] == ("unknown", "erased")


def test_no_two_outcomes_share_their_words() -> None:
    titles = [str(headline.title) for key, headline in HEADLINES.items() if key != "origin_annulled"]
    texts = [str(headline.text) for headline in HEADLINES.values()]

    assert len(set(titles)) == len(titles)
    assert len(set(texts)) == len(texts)


def test_every_tone_has_an_icon_of_its_own(world: World) -> None:
    pages = {
        Tone.GOOD: page_of(world.source, world.trust, f"/V/{world.samples['active'].number}"),
        Tone.CAUTION: page_of(world.source, world.trust, f"/V/{world.samples['overdue'].number}"),
        Tone.BAD: page_of(world.source, world.trust, f"/V/{world.samples['withdrawn'].number}"),
        Tone.ALARM: page_of(world.source, world.without_body("aurora"), f"/V/{world.samples['active'].number}"),
        Tone.UNKNOWN: page_of(world.source, world.trust, "/V/0000000000000"),
    }
    icons = {}
    for tone, page in pages.items():
        found = re.search(rf'<section class="result {tone}".*?(<svg class="icon".*?</svg>)', page, re.DOTALL)
        assert found is not None, tone
        icons[found[1]] = tone

    assert len(icons) == len(Tone)


def test_what_is_not_in_force_has_an_icon_by_its_reason(world: World) -> None:
    icons = set()
    for name in ("suspended", "expired", "withdrawn"):
        page = page_of(world.source, world.trust, f"/V/{world.samples[name].number}")
        found = re.search(r'<section class="result bad".*?(<svg class="icon".*?</svg>)', page, re.DOTALL)
        assert found is not None, name
        icons.add(found[1])

    assert len(icons) == 3
