"""How soon a phone shows the verdict of a code: a real browser whose processor is held to a quarter, nothing kept."""

import time
from collections.abc import Callable, Iterator
from typing import Final

from playwright.sync_api import Browser, Page, expect, sync_playwright

from registry.documents.symbol import certificate_link
from tests.benchmarks.figure import Aim, Figure, Kind, step
from tests.benchmarks.serving import page
from tests.benchmarks.worlds import folder, grant_all, people, registry

VERDICT: Final = Kind(
    "phone-verdict",
    "verdicts/s",
    "show one small picture of the same server in the same browser, as slow and as new",
    Aim("value", 1.0),
)
KINDS: Final = (VERDICT,)
_SLOWER: Final = 4
_SCREEN: Final = {"width": 412, "height": 915}


def measure(rounds: int) -> Iterator[Figure]:
    """Open a certificate's link until its code is checked, each time as somebody who was never here."""
    with folder() as place, registry(place / "registry") as attesto:
        (made,) = grant_all(attesto, list(people(attesto, 1)))
        attesto.publisher.publish()
        attesto.write_trust_root()
        with page(attesto) as port, sync_playwright() as playwright:
            address = f"http://127.0.0.1:{port}"
            link = certificate_link(address, made.number, made.token or b"")
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            with step("phone: verdicts"):
                _verdict(browser, link)  # the browser's own start, and the server's
                pairs = [(_verdict(browser, link), _picture(browser, address)) for _ in range(rounds)]
            browser.close()
        yield Figure(VERDICT, pairs, detail={"slower": _SLOWER, **_SCREEN})


def _verdict(browser: Browser, link: str) -> float:
    def look(tab: Page) -> None:
        tab.goto(link, wait_until="commit")
        expect(tab.locator("html[data-checked]")).to_be_attached()
        expect(tab.locator("#verdict .result.good")).to_be_visible()

    return _timed(browser, look)


def _picture(browser: Browser, address: str) -> float:
    def look(tab: Page) -> None:
        tab.goto(f"{address}/static/icon.svg", wait_until="commit")
        expect(tab.locator("svg")).to_be_visible()

    return _timed(browser, look)


def _timed(browser: Browser, look: Callable[[Page], None]) -> float:
    with browser.new_context(viewport=_SCREEN, is_mobile=True, has_touch=True, locale="it-IT") as visitor:
        tab = visitor.new_page()
        visitor.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
        start = time.perf_counter()
        look(tab)
        return 1 / (time.perf_counter() - start)
