"""An evidence pack from the answer's page, in a real browser: what goes in, and what leaves the device only then."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from tests.journeys.page.test_look import check_accessible
from tests.journeys.page.visitor import scan
from tests.verifier.page.world import World
from verifier.pack.check import PackCheck, check_pack
from verifier.report import Verdict

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
PACK = re.compile(r"/pack(\?|$)")


@pytest.fixture
def sent(context: BrowserContext) -> list[Request]:
    """Every request that carries something."""
    sent: list[Request] = []
    context.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    return sent


@pytest.fixture
def unscripted(browser: Browser) -> Iterator[Page]:
    """A tab of a visitor without JavaScript."""
    with browser.new_context(java_script_enabled=False, locale="en-GB") as context:
        yield context.new_page()


def made(page: Page, world: World) -> PackCheck:
    """The pack that the button brings, checked."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Make the evidence pack").click()
    check = check_pack(Path(download.value.path()).read_bytes(), world.trust)
    assert check.exit_code == 0
    return check


def opened(page: Page) -> None:
    page.locator("details.pack summary").click()


def test_a_pack_of_a_scanned_certificate_holds_its_code_and_the_notes(
    page: Page, address: str, world: World, sent: list[Request]
) -> None:
    sample = world.samples["active"]
    assert scan(page, f"{address}{sample.path}") == "genuine"
    page.locator("[data-tender] summary").click()
    page.get_by_label("Tender id (CIG)").first.fill("B1A2C3D4E5")
    page.get_by_label("Bidder").first.fill("Alfa S.p.A.")
    assert sent == []
    opened(page)
    expect(page.get_by_text("Send the code of the certificate too")).to_be_visible()

    check = made(page, world)

    assert check.pack is not None
    assert (check.pack.tender.cig, check.items[0].bidder, check.pack.language) == ("B1A2C3D4E5", "Alfa S.p.A.", "en")
    assert check.pack.items[0].token == sample.tokens[-1]
    assert check.items[0].verdict is Verdict.IN_FORCE
    assert [request.url for request in sent] == [f"{address}/pack"]


def test_the_code_stays_on_the_device_where_the_visitor_wants_it(
    page: Page, address: str, world: World, sent: list[Request]
) -> None:
    sample = world.samples["active"]
    scan(page, f"{address}{sample.path}")
    opened(page)
    page.get_by_role("checkbox", name="Send the code of the certificate too").uncheck()

    check = made(page, world)

    assert check.pack is not None
    assert check.pack.items[0].token is None
    assert "token" not in parse_qs(sent[0].post_data or "")


def test_a_number_has_no_code_to_send(page: Page, address: str, world: World) -> None:
    page.goto(f"{address}/v/{world.samples['suspended'].number}?kind=participation&on=2028-11-15")
    opened(page)
    expect(page.get_by_text("Send the code of the certificate too")).to_be_hidden()

    check = made(page, world)

    assert str(check.items[0].report.question.kind) == "participation"
    assert check.items[0].verdict is Verdict.INTERRUPTED


def test_without_a_script_the_notes_are_asked_for_in_the_form(unscripted: Page, address: str, world: World) -> None:
    unscripted.goto(f"{address}/v/{world.samples['active'].number}")
    opened(unscripted)
    expect(unscripted.get_by_text("It may take some minutes until the file comes")).to_be_visible()
    unscripted.locator("#pack-cig").fill("B9")

    check = made(unscripted, world)

    assert check.pack is not None
    assert check.pack.tender.cig == "B9"


def test_while_a_pack_is_made_the_page_says_so_and_nobody_asks_twice(
    page: Page, address: str, world: World, sent: list[Request]
) -> None:
    held: list[Route] = []
    # The browser keeps its own mark on what it calls, and a built-in method takes none.
    page.route(PACK, lambda route: held.append(route))  # noqa: PLW0108
    page.goto(f"{address}/v/{world.samples['active'].number}")
    opened(page)
    button, status = page.get_by_role("button", name="Make the evidence pack"), page.locator("[data-pack-said]")

    button.click()
    expect(status).to_contain_text("The evidence pack is being made.")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_be_focused()
    check_accessible(page, "while a pack is made")
    button.press("Enter")
    with page.expect_download() as download:
        held[0].continue_()

    assert check_pack(Path(download.value.path()).read_bytes(), world.trust).exit_code == 0
    assert download.value.suggested_filename.startswith("attesto-2029")
    expect(status).to_have_text("The evidence pack is ready.")
    expect(page.get_by_role("link", name="Save the evidence pack")).to_be_visible()
    expect(button).not_to_have_attribute("aria-disabled", "true")
    assert (len(held), len(sent)) == (1, 1)


def test_a_pack_that_is_not_made_is_told_in_words(page: Page, address: str, world: World) -> None:
    page.goto(f"{address}/v/{world.samples['active'].number}")
    opened(page)
    button, alert = page.get_by_role("button", name="Make the evidence pack"), page.locator("[data-pack-refused]")

    page.route(PACK, lambda route: route.abort())
    button.click()
    expect(alert).to_have_text("The evidence pack could not be made. Try again in some minutes.")
    page.unroute(PACK)
    page.evaluate("document.querySelector('[data-pack-form]').elements.number.value = '0000000000001'")
    button.click()
    expect(alert).to_contain_text("In certificate 1 of the request: It has 13 letters and digits")

    expect(page.locator("[data-pack-said]")).to_have_text("")
    expect(page.locator("[data-pack-file]")).to_be_hidden()
    expect(button).not_to_have_attribute("aria-disabled", "true")
