"""A name held against a certificate's, in a real browser."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect

from keys.signer import generate
from tests.journeys.page.test_look import check_accessible
from tests.journeys.page.visitor import scan, serving
from tests.verifier import test_names
from tests.verifier.page.knowing import Knowing
from tests.verifier.page.world import World
from tests.verifier.paper import png, symbol

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

PAIRS: Final = json.loads(Path(test_names.__file__).with_name("names.json").read_text(encoding="utf-8"))
COMPARE: Final = """async ([path, pairs]) => {
    const { compareNames } = await import(path + "/static/js/names.js");
    return pairs.map(([typed, printed]) => {
        const { outcome, overlooked } = compareNames(typed, printed);
        return [outcome, overlooked];
    });
}"""


def test_the_script_compares_names_as_the_verifier_does(page: Page, address: str) -> None:
    written = [(pair[:2], [outcome, *(pair[2:] or [[]])]) for outcome, pairs in PAIRS.items() for pair in pairs]
    page.goto(address)

    found = page.evaluate(COMPARE, [address, [pair for pair, _ in written]])

    assert found == [expected for _, expected in written]


@pytest.fixture
def registry(world: World) -> Iterator[str]:
    """The page of the registry itself, which knows the names."""
    with serving(world.source, world.trust, known=Knowing(world)) as address:
        yield address


def asked(page: Page, typed: str) -> Locator:
    """The answer to a name, typed and sent by keyboard."""
    page.get_by_label("Name on the identity document").fill(typed)
    page.keyboard.press("Enter")
    return page.get_by_role("status").filter(has=page.locator(".note"))


@pytest.mark.parametrize("with_registry", [True, False])
def test_the_name_in_a_code_is_compared_by_the_browser_and_sent_to_nobody(
    with_registry: bool, world: World, page: Page, address: str, registry: str
) -> None:
    assert scan(page, (registry if with_registry else address) + world.samples["active"].path) == "genuine"
    sent: list[Request] = []
    # The browser fetches the page's own files when it likes.
    page.on("request", lambda request: None if "/static/" in request.url else sent.append(request))

    expect(asked(page, "FERRARI D'ANGELO GIULIA")).to_contain_text(
        "Yes. It is the same name, if this is overlooked: capital letters, accents, apostrophes"
    )
    expect(asked(page, "Giulia D’Àngelo-Ferrari")).to_contain_text("Yes. It is the same name, letter by letter.")
    expect(asked(page, "Giulia Ferrara")).to_contain_text("No. It is another name.")
    expect(asked(page, "Giulia Anna D’Àngelo Ferrari")).to_contain_text("Perhaps.")
    expect(page.locator("[data-by-browser]")).to_be_visible()
    assert sent == []


def test_the_name_of_a_document_that_was_handed_in_is_compared_by_the_browser(
    world: World, page: Page, address: str, tmp_path: Path
) -> None:
    photo = tmp_path / "bid.png"
    photo.write_bytes(png(symbol(f"https://registry.example{world.samples['active'].path}")))
    page.goto(f"{address}/check")
    page.locator("input[type=file]").set_input_files(photo)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#holder .name")).to_have_text("Giulia D’Àngelo-Ferrari")
    sent: list[Request] = []
    # The browser fetches the page's own files when it likes.
    page.on("request", lambda request: None if "/static/" in request.url else sent.append(request))

    expect(asked(page, "Giulia Ferrara")).to_contain_text("No. It is another name.")
    expect(asked(page, "Giulia D’Àngelo-Ferrari")).to_contain_text("Yes. It is the same name, letter by letter.")
    assert sent == []


def test_an_answer_goes_when_another_name_is_typed(world: World, page: Page, address: str) -> None:
    scan(page, address + world.samples["active"].path)

    expect(asked(page, "Giulia Ferrara")).to_be_visible()
    page.get_by_label("Name on the identity document").press("x")

    expect(page.locator("[data-name-answer] .note")).to_have_count(0)


def test_for_a_number_alone_the_registry_is_asked(world: World, page: Page, registry: str) -> None:
    page.goto(f"{registry}/V/{world.samples['active'].number}")
    sent: list[Request] = []
    # The browser fetches the page's own files when it likes.
    page.on("request", lambda request: None if "/static/" in request.url else sent.append(request))

    expect(asked(page, "giulia d'angelo ferrari")).to_contain_text("Yes. It is the same name, if this is overlooked")
    expect(asked(page, "Giulia Ferrara")).to_contain_text("No. It is another name.")
    assert [request.method for request in sent] == ["POST", "POST"]
    assert "Ferrar" not in "".join([page.url, *(request.url for request in sent)])

    for attempt in range(3):
        expect(asked(page, f"Anna {attempt}")).to_contain_text("No. It is another name.")
    expect(asked(page, "Giulia D’Àngelo-Ferrari")).to_contain_text("Too many names were tried for this number.")


def test_without_a_script_the_form_is_sent_and_a_page_answers(browser: Browser, world: World, registry: str) -> None:
    with browser.new_context(java_script_enabled=False, locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{registry}/V/{world.samples['active'].number}")

        page.get_by_label("Name on the identity document").fill("Giulia Ferrara")
        page.get_by_role("button", name="Compare").click()

        expect(page.locator(".note.bad")).to_contain_text("No. It is another name.")
        assert "Ferrar" not in page.url
        page.get_by_role("link", name="Back to the certificate").click()
        expect(page.locator("#verdict .result.good")).to_be_visible()


def test_for_a_refused_code_no_name_is_compared(world: World, page: Page, registry: str) -> None:
    forged = world.samples["active"].link(world.token_by("active", generate()))

    assert scan(page, registry + forged) == "forged"

    expect(page.locator("#name-card")).to_be_hidden()


def test_a_page_without_names_says_who_has_them(world: World, page: Page, address: str) -> None:
    page.goto(f"{address}/V/{world.samples['active'].number}")

    expect(page.locator("#name-card")).to_contain_text("only the registry can answer")
    expect(page.get_by_label("Name on the identity document")).to_be_hidden()


@pytest.mark.parametrize(
    "typed", ["Giulia Ferrara", "ferrari d'angelo giulia", "Anna Giulia D’Àngelo-Ferrari", "Джулия"]
)
def test_every_answer_is_accessible(typed: str, world: World, page: Page, address: str) -> None:
    scan(page, address + world.samples["active"].path)
    expect(asked(page, typed)).to_be_visible()

    check_accessible(page, typed)
