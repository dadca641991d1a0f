"""Files handed in through the form, in a real browser, with and without JavaScript."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.page.test_look import check_accessible
from tests.journeys.page.visitor import shown
from tests.verifier.page.bids import photo, printed, spreadsheet, zipped
from tests.verifier.page.world import World
from verifier.bundle import format_bundle
from verifier.fetch import fetch_bundle

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

GIVEN: dict[str, tuple[Callable[[World], bytes], str]] = {
    "atto.pdf": (lambda world: printed(world, "active"), "genuine"),
    "foto.png": (lambda world: photo(world, "withdrawn"), "withdrawn"),
    "busta.zip": (lambda world: zipped({"atto.pdf": printed(world, "active")}), "genuine"),
    "elenco.csv": (lambda world: f"numero\n{world.samples['expired'].number}\n".encode(), "expired"),
    "elenco.xlsx": (lambda world: spreadsheet([["Numero"], [world.samples["suspended"].number]]), "suspended"),
    "atto.json": (
        lambda world: format_bundle(fetch_bundle(world.source, world.samples["active"].number)),
        "in_force",
    ),
    "alterato.pdf": (lambda world: printed(world, "active", name="Carla Altra"), "document_differs"),
    "nulla.txt": (lambda _: b"nothing", "unreadable"),
}


@pytest.fixture
def folder(world: World, tmp_path: Path) -> Path:
    """What bidders handed in."""
    for name, (content, _) in GIVEN.items():
        (tmp_path / name).write_bytes(content(world))
    return tmp_path


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def visitor(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    with browser.new_context(java_script_enabled=request.param, locale="en-GB") as context:
        yield context


def test_every_kind_of_file_is_answered(visitor: BrowserContext, address: str, folder: Path) -> None:
    page = visitor.new_page()
    for name, (_, key) in GIVEN.items():
        page.goto(f"{address}/check")
        page.get_by_label("Files").set_input_files(folder / name)
        page.get_by_role("button", name="Check").click()
        expect(page.locator("#verdict")).to_be_visible()

        assert shown(page) == key, name


def test_several_files_are_one_table(visitor: BrowserContext, address: str, folder: Path) -> None:
    page = visitor.new_page()
    page.goto(address)
    page.get_by_role("link", name="Check documents or lists that you were given").click()
    page.get_by_label("Files").set_input_files([folder / name for name in ("atto.pdf", "foto.png", "nulla.txt")])
    page.get_by_role("button", name="Check").click()

    rows = page.locator(".rows tbody tr")
    expect(rows).to_have_count(3)
    assert "Genuine, and in force today" in rows.nth(0).inner_text()
    assert "withdrawn since 8\u00a0January 2029" in rows.nth(1).inner_text()
    assert "Nothing to check" in rows.nth(2).inner_text()


@pytest.mark.parametrize(("width", "language"), [(390, "it"), (1280, "en")])
def test_forms_and_answers_are_accessible(
    browser: Browser, address: str, folder: Path, width: int, language: str
) -> None:
    with browser.new_context(viewport={"width": width, "height": 844}, locale=language) as context:
        page = context.new_page()
        page.goto(f"{address}/check")
        check_accessible(page, "form")
        for names in (["atto.pdf"], ["alterato.pdf"], ["nulla.txt"], ["atto.pdf", "foto.png", "alterato.pdf"]):
            page.goto(f"{address}/check")
            page.locator("#files").set_input_files([folder / name for name in names])
            page.locator("main form button").click()
            page.wait_for_url("**/check")
            expect(page.locator("#files")).to_have_count(0)
            check_accessible(page, " ".join(names))


def test_a_file_is_chosen_and_sent_by_keyboard(page: Page, address: str, folder: Path) -> None:
    page.on("filechooser", lambda chooser: chooser.set_files(folder / "atto.pdf"))  # ready before the key is pressed
    page.goto(f"{address}/check")
    page.locator("#files").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#files")).to_have_js_property("files.length", 1)
    page.get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#verdict h1")).to_have_text("Genuine, and in force today")
