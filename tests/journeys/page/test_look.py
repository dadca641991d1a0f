"""The page's look in a real browser: accessible in every state, on every screen, by keyboard and by thumb."""

from importlib.resources import files
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from keys.signer import generate
from tests.journeys.page.visitor import scan, serving
from tests.verifier.page.transferred import adopted, taken_over
from tests.verifier.page.world import NOW, ORIGIN, Withheld, World, too_late
from tests.verifier.story import NUMBER
from verifier.page.language import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What axe looks at in every scheme of colours; everything else is the same in each of them.
SCHEMES: tuple[tuple[Literal["light", "dark"], dict[str, object]], ...] = (
    ("light", {"type": "tag", "values": RULES}),
    ("dark", {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}),
)
STATES = {
    "home": lambda world: "/",
    "bad number": lambda world: "/V/ABC",
    "no record": lambda world: "/V/0000000000000",
    "error": lambda world: "/nothing",
    "erased": lambda world: f"/V/{world.erased.number}",
    "erased, with its code": lambda world: world.erased.path,
    "past day": lambda world: f"/V/{world.samples['withdrawn'].number}?on=2029-01-07",
    "day to come": lambda world: f"/V/{world.samples['active'].number}?on=2029-03-01",
    "period": lambda world: f"/V/{world.samples['reinstated'].number}?from=2028-09-30&to=2029-01-31",
    "timeline": lambda world: f"/V/{world.samples['reinstated'].number}/timeline",
    "body": lambda world: "/body/borea",
    "unknown body": lambda world: "/body/nobody",
    "bodies": lambda world: "/body/",
    "genuine": lambda world: world.samples["active"].path,
    "in force": lambda world: f"/V/{world.samples['active'].number}",
    "withdrawn": lambda world: world.samples["withdrawn"].path,
    "given up": lambda world: world.samples["relinquished"].path,
    "not yet": lambda world: world.samples["not yet"].path,
    "ends soon": lambda world: world.samples["ends soon"].path,
    "accreditation suspended": lambda world: world.samples["accreditation suspended"].path,
    "requirement met": lambda world: f"/V/{world.samples['active'].number}?kind=participation&on=2028-10-01&at=12:00",
    "requirement not met": lambda world: f"/V/{world.samples['reinstated'].number}?kind=participation&on=2028-09-30",
    "points": lambda world: f"/V/{world.samples['withdrawn'].number}?kind=scoring&on=2029-01-07",
    "day missing": lambda world: f"/?number={world.samples['active'].number}&kind=execution",
    "overdue": lambda world: world.samples["overdue"].path,
    "suspended": lambda world: world.samples["past deadline"].path,
    "expired": lambda world: f"/V/{world.samples['expired'].number}",
    "unaccredited": lambda world: world.samples["unaccredited"].path,
    "superseded": lambda world: world.samples["renewed"].link(world.samples["renewed"].tokens[0]),
    "forged": lambda world: world.samples["active"].link(world.token_by("active", generate())),
}


@pytest.mark.parametrize(("width", "language"), [(390, "it"), (1280, "en")])
def test_every_state_is_accessible(world: World, browser: Browser, address: str, width: int, language: str) -> None:
    with browser.new_context(viewport={"width": width, "height": 844}, locale=language) as context:
        for name, path in STATES.items():
            page = context.new_page()
            page.goto(address + path(world))
            if "#" in path(world):
                expect(page.locator("html[data-checked]")).to_be_attached()
            check_accessible(page, name)
            page.close()


def check_accessible(page: Page, name: str) -> None:
    assert faults(page) == {scheme: {} for scheme, _ in SCHEMES}, name


def faults(page: Page) -> dict[str, dict[str, object]]:
    """What is wrong in each scheme of colours: the rule, and where."""
    page.emulate_media(reduced_motion="reduce")
    for summary in page.locator("summary:visible").all():
        summary.click()
    page.evaluate(AXE + ";0")
    found: dict[str, dict[str, object]] = {}
    for scheme, rules in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        said = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules)
        found[scheme] = {rule["id"]: [node["target"] for node in rule["nodes"]] for rule in said["violations"]}
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[scheme]["wider than the screen"] = True
    return found


@pytest.mark.parametrize(("width", "language"), [(390, "it"), (1280, "en")])
def test_what_is_no_answer_is_accessible(world: World, browser: Browser, width: int, language: str) -> None:
    active = world.samples["active"].path
    with browser.new_context(viewport={"width": width, "height": 844}, locale=language) as context:
        for source, trust, at, key in (
            (Withheld(world.source, silent="record/"), world.trust, NOW, "could_not_be_checked"),
            (Withheld(world.source, missing="record/"), world.trust, NOW, "withheld"),
            (world.source, world.trust, too_late(), "could_not_be_checked"),
            (world.source, world.without_body("aurora"), NOW, "unknown_body"),
        ):
            with serving(source, trust, at) as place:
                page = context.new_page()
                assert scan(page, place + active) == key
                assert not page.locator(".result.good:visible").count()
                check_accessible(page, key)
                page.close()


# As it travels, without the reader of QR codes: on a committee's telephone the answer has to be there at once.
MAX_WEIGHT = 60_000


@pytest.mark.parametrize("name", ["home", "in force", "genuine", "requirement not met", "period"])
def test_the_page_weighs_little(world: World, page: Page, context: BrowserContext, address: str, name: str) -> None:
    loaded: list[Request] = []
    # A method of a list does not take the mark that playwright puts on what it calls.
    context.on("requestfinished", lambda request: loaded.append(request))  # noqa: PLW0108

    page.goto(address + STATES[name](world))
    if "#" in STATES[name](world):
        expect(page.locator("html[data-checked]")).to_be_attached()
    page.wait_for_load_state("networkidle")

    weights = {request.url: request.sizes()["responseBodySize"] for request in loaded}
    assert any(url.endswith("page.css") for url in weights)
    assert any(url.endswith("page.js") for url in weights)
    assert sum(weights.values()) <= MAX_WEIGHT, weights


@pytest.mark.parametrize(("width", "language"), [(390, "it"), (1280, "en")])
def test_a_transferred_and_an_adopted_certification_are_accessible(browser: Browser, width: int, language: str) -> None:
    moved, taken_in = taken_over(), adopted()
    with browser.new_context(viewport={"width": width, "height": 844}, locale=language) as context:
        for public, trust, at, paths in (
            (*moved, ("", "?on=2026-04-08", "/timeline")),
            (*taken_in, ("", "?on=2026-03-09")),
        ):
            with serving(public, trust, at) as place:
                for path in paths:
                    page = context.new_page()
                    page.goto(f"{place}/V/{NUMBER}{path}")
                    check_accessible(page, path)
                    page.close()


def test_a_planted_fault_is_seen(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate("document.querySelector('label').remove()")

    assert "label" in faults(page)["light"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_fault_that_is_planted_in_one_scheme_of_colours_is_seen(page: Page, address: str, scheme: str) -> None:
    page.goto(address)
    # Not with a style element, which the page's policy forbids.
    page.evaluate(
        """scheme => {
            const made = new CSSStyleSheet();
            made.replaceSync(`@media (prefers-color-scheme: ${scheme}) { label { color: #777; background: #888; } }`);
            document.adoptedStyleSheets = [made];
        }""",
        scheme,
    )

    assert [name for name, found in faults(page).items() if "color-contrast" in found] == [scheme]


# Words are longest in German and French, and a page that fits in one language need not fit in the next.
CUT = """() => [...document.querySelectorAll("body *")]
    .filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth && !part.closest(".scroll, .unseen"))
    .filter((part) => getComputedStyle(part).overflowX !== "visible")
    .map((part) => part.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fits_a_small_phone(world: World, browser: Browser, address: str, language: str) -> None:
    number = world.samples["reinstated"].number
    with browser.new_context(viewport={"width": 320, "height": 568}, locale=language) as context:
        page = context.new_page()
        for path in (
            "/",
            "/V/ABC",
            f"/V/{number}?kind=participation&on=2028-09-30",
            world.samples["unaccredited"].path,
            f"/V/{number}/timeline",
            "/body/borea",
            "/catalogue",
            "/scan",
            "/offline",
            "/check",
            "/batch",
        ):
            page.goto(address + path)
            expect(page.locator("html")).to_have_attribute("lang", language)
            for summary in page.locator("summary:visible").all():
                summary.click()
            expect(page.locator(".languages a[aria-current]")).to_have_attribute("lang", language)
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
            assert page.evaluate(CUT) == [], path


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_recorded_of_a_body_lies_within_the_edge_of_a_phone(
    browser: Browser, address: str, language: str
) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}, locale=language) as context:
        page = context.new_page()
        page.goto(f"{address}/body/borea")

        over = "[...document.querySelectorAll('.scroll')].map((part) => part.scrollWidth > part.clientWidth)"
        assert page.evaluate(over) == [False, False]


@pytest.mark.parametrize("scripted", [True, False])
def test_another_language_is_chosen_by_keyboard(browser: Browser, address: str, scripted: bool) -> None:
    with browser.new_context(java_script_enabled=scripted, locale="de") as context:
        page = context.new_page()
        page.goto(f"{address}/body/borea")

        page.locator(".languages summary").focus()
        page.keyboard.press("Enter")
        for _ in LANGUAGES:
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        expect(page.locator("html")).to_have_attribute("lang", "es")
        assert page.url.endswith("/body/borea?lang=es")


@pytest.mark.parametrize("path", ["/", "/V/0000000000000", "/body/borea"])
def test_nothing_runs_over_the_edge_of_a_small_phone(browser: Browser, address: str, path: str) -> None:
    with browser.new_context(viewport={"width": 320, "height": 568}, locale="it") as context:
        page = context.new_page()
        page.goto(address + path)

        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_the_form_is_used_by_keyboard_alone(world: World, page: Page, address: str) -> None:
    page.goto(address)

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(world.samples["active"].number.lower())
    page.keyboard.press("Enter")

    expect(page.locator("#verdict h1")).to_have_text("In force today")


def test_every_target_is_large_enough_for_a_thumb(world: World, page: Page, address: str) -> None:
    for path in ("/", world.samples["active"].path, "/body/borea", "/body/"):
        page.goto(address + path)
        small = page.evaluate(
            """() => [...document.querySelectorAll("a:not(.skip), button, input:not([type=hidden]), summary")]
                .filter((target) => target.offsetParent)
                .map((target) => [target.outerHTML, target.getBoundingClientRect().height])
                .filter(([, height]) => height < 36)"""
        )
        assert small == []


def test_no_policy_is_broken(world: World, page: Page, address: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto(address)
    scan(page, address + world.samples["active"].path)
    page.emulate_media(media="print")

    assert said == []
    assert ORIGIN in page.locator(".experts").inner_html()
