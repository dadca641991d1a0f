"""The day that matters in a real browser: what it is for, the deadline's day and time, and notes that stay here."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.page.visitor import scan, shown
from tests.verifier.page.world import World

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


def test_the_form_asks_for_the_day_by_its_name_and_for_a_time_where_there_is_a_deadline(
    page: Page, address: str
) -> None:
    page.goto(address)
    expect(page.get_by_label("Day that matters")).to_be_visible()
    expect(page.get_by_label("Time of the deadline")).to_be_hidden()

    page.get_by_label("What is it for?").select_option("participation")
    expect(page.get_by_label("Day of the deadline")).to_be_visible()
    expect(page.get_by_label("Time of the deadline")).to_be_visible()
    expect(page.get_by_text("In force at the deadline, and on every day since.")).to_be_visible()

    page.get_by_label("What is it for?").select_option("execution")
    expect(page.get_by_label("Day of signing")).to_be_visible()
    expect(page.get_by_label("Time of the deadline")).to_be_hidden()


def test_a_requirement_is_asked_for_and_answered_first(world: World, page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Number of the certificate").fill(world.samples["withdrawn"].number)
    page.get_by_label("What is it for?").select_option("scoring")
    page.get_by_label("Day of the deadline").fill("2029-01-07")
    page.get_by_label("Time of the deadline").fill("12:00")
    page.get_by_role("button", name="Check", exact=True).click()

    expect(page.locator("#verdict h1")).to_have_text(
        "Requirement met: in force on 7 January 2029, withdrawn since 8 January 2029"
    )
    expect(page.locator("#verdict .when")).to_have_text("For points in a tender. Deadline: 7 January 2029, 12:00")
    assert page.url == f"{address}/V/{world.samples['withdrawn'].number}?kind=scoring&on=2029-01-07&at=12:00"

    # Asked again to take part, the same day is held.
    page.get_by_label("What is it for?").select_option("participation")
    page.get_by_role("button", name="Ask again").click()

    expect(page.locator("#verdict h1")).to_have_text(
        "Requirement not met: in force on 7 January 2029, withdrawn since 8 January 2029"
    )
    expect(page.locator("#verdict .result")).to_have_class("result bad")


def test_a_code_is_held_against_the_requirement(world: World, page: Page, address: str) -> None:
    path, _, code = world.samples["active"].path.partition("#")

    assert scan(page, f"{address}{path}?kind=participation&on=2028-10-01#{code}") == "genuine"
    expect(page.locator("#verdict h1")).to_have_text(
        "Requirement met: genuine, and in force on every day from 1 October 2028 to today"
    )


@pytest.mark.parametrize("name", ["overdue", "ends soon"])
def test_a_genuine_document_makes_amber_no_greener(world: World, page: Page, address: str, name: str) -> None:
    scan(page, address + world.samples[name].path)

    expect(page.locator("#verdict .result")).to_have_class("result caution")
    expect(page.get_by_text("This very certificate is registered.")).to_be_visible()


def test_a_day_that_is_missing_is_asked_for_beside_what_was_typed(world: World, page: Page, address: str) -> None:
    number = world.samples["active"].number
    page.goto(address)
    page.get_by_label("Number of the certificate").fill(number)
    page.get_by_label("What is it for?").select_option("execution")
    page.get_by_role("button", name="Check", exact=True).click()

    expect(page.locator("#on-error")).to_have_text("Say the day: the deadline of the tender, or the day of signing.")
    expect(page.get_by_label("Number of the certificate")).to_have_value(number)
    expect(page.get_by_label("What is it for?")).to_have_value("execution")


def test_notes_on_a_tender_stay_in_the_browser_until_they_are_forgotten(
    world: World, page: Page, context: BrowserContext, address: str
) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(f"{request.url} {request.post_data or ''} {request.headers}"))
    url = f"{address}/V/{world.samples['active'].number}"
    page.goto(url)
    page.get_by_text("Notes on your tender").click()
    page.locator("[data-note=cig]").fill("Z1A2B3C4D5")
    page.locator("[data-note=bidder]").fill("Voce Chiara S.r.l.")

    page.goto(f"{url}?kind=scoring&on=2029-01-07")
    expect(page.locator("[data-note=cig]")).to_have_value("Z1A2B3C4D5")
    expect(page.locator("[data-note=bidder]")).to_have_value("Voce Chiara S.r.l.")
    page.get_by_role("button", name="Ask again").click()
    assert not [text for text in asked if "Z1A2B3C4D5" in text or "Voce" in text]

    page.get_by_role("button", name="Forget these notes").click()
    expect(page.get_by_text("Forgotten: nothing of them is left on this device.")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    page.goto(url)
    expect(page.locator("[data-note=cig]")).to_have_value("")


def test_the_address_and_the_key_of_the_log_are_shown_below_every_answer(
    world: World, page: Page, address: str
) -> None:
    scan(page, address + world.samples["active"].path)

    expect(page.locator(".answered")).to_contain_text("Check the address, or type the number at an address you know.")
    expect(page.locator(".answered .address")).to_contain_text("http://127.0.0.1")
    short = page.locator(".answered .code").inner_text().replace(" ", "").lower()
    assert len(short) == 16
    page.locator("details.experts > summary").click()
    expect(page.locator(".experts")).to_contain_text(short)
    assert shown(page) == "genuine"
