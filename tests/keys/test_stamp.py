import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pyhanko.sign.timestamps import TimestampRequestError

from keys.stamp import MAX_ANSWER_BYTES, HttpStamper
from tests.seals import Authority, now
from verifier.pades import outside_loops

pytestmark = pytest.mark.enable_socket


def ask(url: str) -> bytes:
    """The imprint of what the authority at ``url`` stamps."""
    stamper = HttpStamper(url)
    token = outside_loops(lambda: asyncio.run(stamper.async_timestamp(sha256(b"document").digest(), "sha256")))
    info = token["content"]["encap_content_info"]["content"].parsed
    return bytes(info["message_imprint"]["hashed_message"].native)


@contextmanager
def answering(status: int, kind: str, content: bytes) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_an_authority_stamps_what_it_is_asked_to() -> None:
    with Authority(now()).serve_stamps() as url:
        assert ask(url) == sha256(b"document").digest()


@pytest.mark.parametrize(
    ("status", "kind", "content", "said"),
    [
        (503, "text/plain", b"", "the time-stamp authority answers 503"),
        (200, "text/html", b"<p>", "the time-stamp authority answers with something else"),
        (200, "application/timestamp-reply", b"no DER", "the time-stamp authority answers with something else"),
        (200, "application/timestamp-reply", bytes(MAX_ANSWER_BYTES + 1), "the time-stamp authority answers with"),
    ],
)
def test_another_answer_is_an_error(status: int, kind: str, content: bytes, said: str) -> None:
    with answering(status, kind, content) as url, pytest.raises(TimestampRequestError, match=f"^{said}"):
        ask(url)


def test_no_answer_is_an_error() -> None:
    with answering(200, "text/plain", b"") as url:
        pass

    with pytest.raises(TimestampRequestError, match=r"^the time-stamp authority does not answer$"):
        ask(url)
