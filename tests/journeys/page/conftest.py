"""A registry, a browser and a visitor for the page's journeys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.journeys.page.visitor import ELSEWHERE, serving
from tests.verifier.page.translations import compile_translations
from tests.verifier.page.world import World, build

# A browser on a machine that has other work is waited for; where all is well nobody waits for so long.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session", autouse=True)
def _compiled_translations() -> None:
    compile_translations()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A small registry, published."""
    return build(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives every browser; there is one of it."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Browser:
    """Chromium, from the system; without windows of its own, where that is installed, at a third of the work."""
    shell = Path("/usr/bin/chromium-headless-shell")
    return playwright.chromium.launch(
        executable_path=shell if shell.exists() else "/usr/bin/chromium",
        args=["--no-sandbox", f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"],
    )


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor who was never here, on a phone."""
    with browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB") as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab of that visitor."""
    return context.new_page()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """The world's page as it should be."""
    with serving(world.source, world.trust) as address:
        yield address
