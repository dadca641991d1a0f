"""A page that is served, and a visitor who opens links."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from playwright.sync_api import Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.verifier.page.world import NOW
from verifier.fetch import Source
from verifier.page import create_app
from verifier.page.names import Names
from verifier.trust import TrustRoot

# The served page under a name that is not this machine's, so that a browser takes plain http for what it is.
ELSEWHERE = "registry.example"


class _Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(
    source: Source, trust: TrustRoot, at: datetime = NOW, port: int = 0, known: Names | None = None
) -> Iterator[str]:
    """The page on 127.0.0.1, at another time than ours; at a free port unless one is named."""
    app = create_app(source, trust, lambda: at, "http://127.0.0.1", known=known)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Silent)
    # Looking for its end twice in a second, as it would, it would let each test wait for that.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def scan(page: Page, url: str) -> str:
    """Open a link with a code, wait for the check, and return the key of the big result."""
    page.goto(url)
    expect(page.locator("html[data-checked]")).to_be_attached()
    return shown(page)


def shown(page: Page) -> str:
    """The key of the big result."""
    key = page.locator("#verdict .result").get_attribute("data-result")
    assert key is not None
    return key
