"""How soon a phone shows the verdict of a code: a real browser whose processor is held to a quarter, nothing kept."""

import json
import time
from collections.abc import Iterator
from typing import Final

from playwright.sync_api import Browser, sync_playwright

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
_SHOWN_WITHIN: Final = 30.0
# Whoever drives the browser asks with a script of its own, which would cost the page more than its own scripts do. So
# the page is watched from aside, and tells once: milliseconds, when the frame with the part is drawn.
_ASIDE: Final = "aside"
_WATCH: Final = """{
  const drawn = new MessageChannel();
  drawn.port1.onmessage = () => told(String(performance.now()));
  const watch = new MutationObserver(look);
  watch.observe(document, { subtree: true, childList: true, attributeFilter: ["data-checked"] });
  function look() {
    if (!document.querySelector(%s)?.getClientRects().length) return;
    watch.disconnect();
    requestAnimationFrame(() => drawn.port2.postMessage(null));
  }
  look();
}"""


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
    return _shown(browser, link, "html[data-checked] #verdict .result.good h1")


def _picture(browser: Browser, address: str) -> float:
    return _shown(browser, f"{address}/static/icon.svg", "svg")


def _shown(browser: Browser, address: str, part: str) -> float:
    """How often in a second the part could be shown, by the browser's clock, from the start until its frame is drawn.

    Raises:
        ConnectionError: it is not shown in time.
    """
    with browser.new_context(viewport=_SCREEN, is_mobile=True, has_touch=True, locale="it-IT") as visitor:
        tab = visitor.new_page()
        session = visitor.new_cdp_session(tab)
        told: list[float] = []
        session.on("Runtime.bindingCalled", lambda event: told.append(float(event["payload"])))
        for command, how in (
            ("Page.enable", {}),
            ("Runtime.enable", {}),
            ("Runtime.addBinding", {"name": "told", "executionContextName": _ASIDE}),
            ("Page.addScriptToEvaluateOnNewDocument", {"source": _WATCH % json.dumps(part), "worldName": _ASIDE}),
            ("Emulation.setCPUThrottlingRate", {"rate": _SLOWER}),
        ):
            session.send(command, how)
        tab.goto(address, wait_until="commit")
        ends = time.perf_counter() + _SHOWN_WITHIN
        while not told:
            if time.perf_counter() > ends:
                raise ConnectionError(f"the page shows no {part} within {_SHOWN_WITHIN:g} seconds")
            tab.wait_for_timeout(20)
        return 1000 / told[0]
