"""An evidence pack from the answer's page, in a real browser: what goes in, and what leaves the device only then."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.journeys.page.visitor import scan
from tests.verifier.page.world import World
from verifier.pack.check import PackCheck, check_pack
from verifier.report import Verdict

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


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
    unscripted.locator("#pack-cig").fill("B9")

    check = made(unscripted, world)

    assert check.pack is not None
    assert check.pack.tender.cig == "B9"
