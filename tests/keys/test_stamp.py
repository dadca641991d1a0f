import asyncio
import time
from contextlib import suppress
from hashlib import sha256
from http.server import BaseHTTPRequestHandler

import pytest
from pyhanko.sign.timestamps import TimestampRequestError

import keys.stamp
from keys.stamp import MAX_ANSWER_BYTES, HttpStamper
from tests.seals import Authority, now
from tests.served import saying, served
from verifier.pades import outside_loops

pytestmark = pytest.mark.enable_socket


def ask(url: str) -> bytes:
    """The imprint of what the authority at ``url`` stamps."""
    stamper = HttpStamper(url)
    token = outside_loops(lambda: asyncio.run(stamper.async_timestamp(sha256(b"document").digest(), "sha256")))
    info = token["content"]["encap_content_info"]["content"].parsed
    return bytes(info["message_imprint"]["hashed_message"].native)


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
    with served(saying(status, content, kind=kind)) as url, pytest.raises(TimestampRequestError, match=f"^{said}"):
        ask(url)


def test_no_answer_is_an_error() -> None:
    with served(saying(200)) as url:
        pass

    with pytest.raises(TimestampRequestError, match=r"^the time-stamp authority does not answer$"):
        ask(url)


def test_an_authority_that_drips_its_answer_is_waited_for_so_long_and_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keys.stamp, "TIMEOUT_SECONDS", 0.5)

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/timestamp-reply")
        request.end_headers()
        with suppress(OSError):
            for _ in range(200):
                request.wfile.write(b"0")
                request.wfile.flush()
                time.sleep(0.05)

    with served(drip) as url:
        start = time.perf_counter()
        with pytest.raises(TimestampRequestError, match=r"^the time-stamp authority"):
            ask(url)
        # Far from the ten seconds that it would take.
        assert time.perf_counter() - start < 4
