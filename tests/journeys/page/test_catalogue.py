"""The catalogue in a real browser: by keyboard, on a phone, in two languages, without JavaScript, on paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.page.test_look import check_accessible
from tests.journeys.page.visitor import serving
from tests.verifier.page.shelf import Files, closed_scheme, later_scheme, publish, scheme
from tests.verifier.story import trust_root

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

PATHS = (
    "/catalogue",
    "/catalogue?q=case",
    "/catalogue/demo-2026",
    "/catalogue/demo-2026?digital=1",
    "/catalogue/demo-2026/matrix",
    "/catalogue/demo-2026/profile/coordinatore",
    "/catalogue/demo-2030/profile/addetto",
    "/catalogue/demo-2026/task/risolvere",
    "/catalogue/demo-2026/knowledge/servizi",
    "/catalogue/demo-2026/skill/schermo",
    "/catalogue/demo-2026/scale/autonomia",
    "/catalogue/demo-2026/compare?from=addetto&to=coordinatore",
    "/catalogue/compare?from=demo-2026&to=demo-2030",
    "/catalogue/pdr150-2024",
    "/catalogue/pdr150-2024/profile/operatore",
    "/catalogue/pdr150-2024/compare?from=operatore&to=team-leader",
    "/catalogue/closed-2026",
)


@pytest.fixture(scope="module")
def shelf() -> Iterator[str]:
    """The page over four editions."""
    with serving(publish(scheme(), later_scheme(), scheme("pdr150-2024"), closed_scheme()), trust_root()) as address:
        yield address


@pytest.mark.parametrize(("width", "language"), [(390, "it"), (1280, "en")])
def test_every_page_of_the_catalogue_is_accessible(browser: Browser, shelf: str, width: int, language: str) -> None:
    with browser.new_context(viewport={"width": width, "height": 844}, locale=language) as context:
        page = context.new_page()
        for path in PATHS:
            page.goto(shelf + path)
            check_accessible(page, path)
            expect(page.locator("html")).to_have_attribute("lang", language)


def test_an_empty_catalogue_is_accessible_too(page: Page) -> None:
    with serving(Files({}), trust_root()) as address:
        page.goto(f"{address}/catalogue")
        check_accessible(page, "empty")


def tab_to(page: Page, text: str) -> None:
    """Press the tabulator until the focus is on what bears that text or label."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(() => { const e = document.activeElement; return (e.labels?.[0] ?? e).innerText.trim(); })()"
        )
        if focused == text:
            return
    raise AssertionError(f"the tabulator does not reach {text}")


def test_a_comparison_is_reached_by_keyboard_alone(page: Page, shelf: str) -> None:
    page.goto(f"{shelf}/catalogue")

    tab_to(page, "Aurora Help Desk demonstration scheme, 2026 edition")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Aurora Help Desk demonstration scheme, 2026 edition")
    tab_to(page, "Who is")
    page.keyboard.type("Desk agent")
    tab_to(page, "wants to become")
    page.keyboard.type("Shift")
    tab_to(page, "Compare")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_contain_text("Shift coordinator")
    expect(page.locator(".way.new")).to_contain_text("Draw up fair shifts")
    expect(page.locator(".way.higher .steps > li")).to_have_count(3)
    assert page.url.endswith("/catalogue/demo-2026/compare?from=addetto&to=coordinatore")


def test_the_language_is_changed_on_the_spot(page: Page, shelf: str) -> None:
    page.goto(f"{shelf}/catalogue/demo-2026/compare?from=addetto&to=coordinatore")

    page.locator(".languages summary").click()
    page.get_by_role("link", name="Italiano").click()

    expect(page.locator(".way.new h2")).to_have_text("Nuovo 1")
    expect(page.locator(".way.new")).to_contain_text("Comporre turni equi")


def test_the_catalogue_is_searched_and_compared_without_javascript(browser: Browser, shelf: str) -> None:
    with browser.new_context(java_script_enabled=False, locale="en-GB") as context:
        page = context.new_page()
        page.goto(shelf)
        page.get_by_role("link", name="Catalogue of certifications").click()

        page.get_by_label("Words to look for").fill("close")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="Close the case").click()
        expect(page.get_by_role("link", name="Desk agent")).to_be_visible()
        page.goto(f"{shelf}/catalogue")
        page.get_by_label("From the edition").select_option("demo-2026")
        page.get_by_label("to the edition").select_option("demo-2030")
        page.get_by_role("button", name="Compare").click()

        expect(page.locator("li.removed")).to_contain_text("Head of the desk")


def test_every_link_of_the_catalogue_is_large_enough_for_a_thumb(page: Page, shelf: str) -> None:
    for path in PATHS:
        page.goto(shelf + path)
        small = page.evaluate(
            """() => [...document.querySelectorAll("a:not(.skip), button, select, input[type=search]")]
                .filter((target) => target.offsetParent && getComputedStyle(target).display !== "inline")
                .map((target) => [target.outerHTML, target.getBoundingClientRect().height])
                .filter(([, height]) => height < 36)"""
        )
        assert small == [], path


def test_on_paper_there_is_no_form(page: Page, shelf: str, tmp_path: Path) -> None:
    page.emulate_media(media="print")
    for path in PATHS:
        page.goto(shelf + path)
        assert page.locator("form:visible, .pages:visible, .data:visible").count() == 0, path

    page.pdf(path=tmp_path / "matrix.pdf")
    assert (tmp_path / "matrix.pdf").read_bytes().startswith(b"%PDF")


def test_the_catalogue_breaks_no_policy(page: Page, shelf: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    for path in PATHS:
        page.goto(shelf + path)

    assert said == []
