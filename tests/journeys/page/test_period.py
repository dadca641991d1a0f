"""A period in a real browser: the form asks for it, the code stays here, and the script answers as the verifier."""

from datetime import date

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.page.visitor import ELSEWHERE, scan, shown
from tests.verifier.page.world import NOW, World
from verifier.fetch import fetch_bundle
from verifier.page.answer_key import result_key
from verifier.report import Question
from verifier.verify import verify

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


@pytest.mark.parametrize(
    ("name", "place", "first", "last", "said"),
    [
        ("active", -1, date(2028, 10, 1), date(2029, 2, 1), "genuine"),
        ("reinstated", -1, date(2028, 9, 30), date(2029, 1, 31), "interrupted"),
        ("reinstated", -1, date(2028, 10, 31), date(2029, 1, 31), "suspended"),
        ("active", -1, date(2029, 1, 1), date(2029, 2, 2), "in_force_so_far"),
        # Renewed on 10 January 2029, with a newer document from then on.
        ("renewed", 0, date(2029, 1, 10), date(2029, 2, 1), "superseded"),
        ("renewed", 0, date(2026, 6, 1), date(2029, 2, 1), "genuine"),
    ],
)
def test_a_code_is_held_against_the_period_as_the_verifier_does(
    world: World, page: Page, address: str, name: str, place: int, first: date, last: date, said: str
) -> None:
    sample = world.samples[name]
    token = sample.tokens[place]
    path, _, code = sample.link(token).partition("#")
    question = Question(first, NOW, NOW, last)
    report = verify(world.trust, question, lambda: fetch_bundle(world.source, sample.number), sample.number, token)

    found = scan(page, f"{address}{path}?from={first}&to={last}#{code}")

    assert found == said == {"in_force": "genuine"}.get(result_key(report), result_key(report))


def test_the_form_for_a_period_keeps_the_code_and_sends_it_to_nobody(
    world: World, page: Page, context: BrowserContext, address: str
) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url.partition("#")[0]))
    sample = world.samples["reinstated"]
    scan(page, address + sample.path)

    page.get_by_text("Every day of a period").click()
    page.get_by_label("First day").fill("2028-09-30")
    page.get_by_role("button", name="Ask for every day").click()

    expect(page.locator("#verdict h1")).to_have_text(
        "In force on 30 September 2028, but suspended from 1 October 2028 to 31 October 2028"
    )
    expect(page.locator("html[data-checked]")).to_be_attached()
    assert shown(page) == "interrupted"
    expect(page.locator("#holder .name")).to_be_visible()
    expect(page.locator("#period-title + p + ul li")).to_have_text(
        "From 1 October 2028 to 31 October 2028: suspended (31 days)"
    )
    code = sample.path.partition("#")[2]
    assert not [url for url in asked if code[:40] in url]


def test_an_unchecked_code_leaves_no_answer_for_a_period_standing(world: World, page: Page, address: str) -> None:
    sample = world.samples["reinstated"]
    path, _, code = sample.path.partition("#")
    # Over plain http, and not from this machine itself, a browser checks no signature.
    elsewhere = address.replace("127.0.0.1", ELSEWHERE)

    assert scan(page, f"{elsewhere}{path}?from=2028-09-30&to=2029-01-31#{code}") == "code_not_checked"
    expect(page.locator("#record")).to_be_hidden()
