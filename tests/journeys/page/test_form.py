"""What is typed or pasted into the form, in a real browser: whatever it is, no code leaves the device."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.page.visitor import shown
from tests.verifier.page.world import World

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

PASTED: dict[str, Callable[[str, str], str]] = {
    "a link": lambda number, code: f"https://registry.example/V/{number}#{code}",
    "a link with a question": lambda number, code: f"https://registry.example/v/{number}?lang=it#{code}",
    "a link in lower case, without scheme": lambda number, code: f" registry.example/v/{number}#{code} ".lower(),
    "a code alone": lambda _, code: code,
    "a code in lower case, over several lines": lambda _, code: f"#{code[:60]} {code[60:]} ".lower(),
}
REFUSED: dict[str, Callable[[str, str], str]] = {
    "a code with a letter missing": lambda _, code: code[:-1],
    "the first part of a code": lambda _, code: code[:60],
    "a code in place of the number": lambda _, code: f"https://registry.example/V/{code}",
    "a code behind another address": lambda _, code: f"https://registry.example/?number={code}",
    "words": lambda _number, _code: "Giulia D’Àngelo-Ferrari, Forlì",
}


@pytest.fixture
def asked(context: BrowserContext) -> list[str]:
    """Every address that is asked for, as it travels."""
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url.partition("#")[0]))
    return asked


@pytest.fixture
def unscripted(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor without JavaScript."""
    with browser.new_context(java_script_enabled=False, locale="en-GB") as context:
        yield context


def leaked(code: str, asked: list[str]) -> list[str]:
    """The addresses that hold a piece of the code."""
    pieces = {code[place : place + 12] for place in range(0, len(code) - 12, 4)}
    return [url for url in asked if any(piece in url.upper() for piece in pieces)]


def code_of(world: World) -> tuple[str, str]:
    sample = world.samples["active"]
    return sample.number, sample.path.partition("#")[2]


@pytest.mark.parametrize("kind", PASTED)
def test_the_code_of_what_is_pasted_is_checked_here_and_not_sent(
    world: World, page: Page, address: str, asked: list[str], kind: str
) -> None:
    number, code = code_of(world)
    page.goto(address)

    page.get_by_label("Number of the certificate").fill(PASTED[kind](number, code))
    page.get_by_role("button", name="Check").click()
    expect(page.locator("html[data-checked]")).to_be_attached()

    assert shown(page) == "genuine"
    assert page.url.upper() == f"{address}/V/{number}".upper()
    assert leaked(code, asked) == []


def test_a_link_without_a_code_is_asked_for_by_its_number(world: World, page: Page, address: str) -> None:
    number, _ = code_of(world)
    page.goto(address)

    page.get_by_label("Number of the certificate").fill(f"https://registry.example/V/{number}")
    page.get_by_label("Day that matters").fill("2029-01-10")
    page.get_by_role("button", name="Check").click()

    expect(page.locator("#verdict h1")).to_have_text("In force on 10 January 2029 and today")
    assert shown(page) == "in_force"


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_neither_number_nor_link_is_refused_in_the_form(
    world: World, page: Page, address: str, asked: list[str], kind: str
) -> None:
    number, code = code_of(world)
    page.goto(address)

    page.get_by_label("Number of the certificate").fill(REFUSED[kind](number, code))
    page.get_by_role("button", name="Check").click()

    expect(page.get_by_role("alert")).to_have_text(
        "This is neither a number nor the link of a certificate. Nothing was sent."
    )
    assert page.url == f"{address}/"
    assert leaked(code, asked) == []
    assert not [url for url in asked if "number=" in url]


@pytest.mark.parametrize("kind", PASTED | REFUSED)
def test_without_javascript_the_form_sends_numbers_alone(
    world: World, unscripted: BrowserContext, address: str, kind: str
) -> None:
    asked: list[str] = []
    unscripted.on("request", lambda request: asked.append(request.url))
    number, code = code_of(world)
    page = unscripted.new_page()
    page.goto(address)
    pasted = (PASTED | REFUSED)[kind](number, code)
    field = page.get_by_label("Number of the certificate")

    # Put there at once, as a browser fills forms in; then as people paste, who meet the field's bound.
    field.fill(pasted)
    page.get_by_role("button", name="Check").click()
    field.fill("")
    field.focus()
    page.keyboard.insert_text(pasted)
    page.get_by_role("button", name="Check").click()

    assert page.url == f"{address}/"
    assert leaked(code, asked) == []
    assert not [url for url in asked if "number=" in url]
    assert page.get_by_text("without JavaScript a link is not taken").is_visible()


@pytest.mark.parametrize("between", ["", "-", " ", "\u2010"])
def test_without_javascript_a_number_is_taken_as_people_write_it(
    world: World, unscripted: BrowserContext, address: str, between: str
) -> None:
    number, _ = code_of(world)
    page = unscripted.new_page()
    page.goto(address)

    page.get_by_label("Number of the certificate").fill(between.join((number[:4], number[4:8], number[8:])).lower())
    page.get_by_role("button", name="Check").click()

    assert shown(page) == "in_force"
