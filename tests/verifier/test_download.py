"""A download ends in time and in bounded memory, whatever the other side does."""

import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from itertools import repeat

import pytest

from tests.served import saying, served
from verifier.download import download
from verifier.errors import UnavailableError

pytestmark = pytest.mark.enable_socket
_SECONDS = 0.5


def _drip(request: BaseHTTPRequestHandler, octets: bytes) -> None:
    for octet in repeat(octets, 200):
        try:
            request.wfile.write(octet)
            request.wfile.flush()
        except OSError:
            return
        time.sleep(0.05)


def _drip_headers(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.0 200 OK\r\nX-Long: ")
    _drip(request, b"a")


def _drip_a_body(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    _drip(request, b"a")


def _drip_without_a_length(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    _drip(request, b"a")


def _say_nothing(request: BaseHTTPRequestHandler) -> None:
    time.sleep(3 * _SECONDS)


@pytest.mark.parametrize("answer", [_drip_headers, _drip_a_body, _drip_without_a_length, _say_nothing])
def test_however_slowly_somebody_sends_it_is_over_in_time_and_is_no_file(
    answer: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    with served(answer) as address:
        start = time.perf_counter()
        with pytest.raises(UnavailableError):
            download(f"{address}/x", "x", _SECONDS, 10_000)

        # Far from the ten seconds that the other side would take.
        assert time.perf_counter() - start < 8 * _SECONDS


def test_what_never_ends_is_read_up_to_the_limit() -> None:
    def pour(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            for chunk in repeat(bytes(65536)):
                request.wfile.write(chunk)
        except OSError:
            return

    with served(pour) as address, pytest.raises(UnavailableError, match="over the limit of 100000 bytes"):
        download(f"{address}/x", "x", 10, 100_000)


def test_a_file_that_comes_in_time_is_whole() -> None:
    with served(saying(200, b"content")) as address:
        assert download(f"{address}/x", "x", 5, 7) == b"content"


def _lead_to(place: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/moved":
            return saying(200, b"moved")(request)
        request.send_response(302)
        request.send_header("Location", place)
        request.send_header("Content-Length", "0")
        request.end_headers()
        return None

    return answer


def test_a_server_leads_to_its_own_addresses_and_to_nobody_elses() -> None:
    asked: list[str] = []

    def other(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        saying(200, b"of another server")(request)

    with served(_lead_to("/moved")) as url:
        assert download(f"{url}/file", "file", 60, 100) == b"moved"
    with served(other) as elsewhere:
        for place in (f"{elsewhere}/file", "ftp://127.0.0.1/file", "https://127.0.0.2/file"):
            with (
                served(_lead_to(place)) as url,
                pytest.raises(UnavailableError, match="the registry answers 302 for f"),
            ):
                download(f"{url}/file", "f", 60, 100)

    assert asked == []


def test_a_server_may_lead_to_itself_over_tls() -> None:
    with (
        served(_lead_to("https://127.0.0.1/file")) as url,
        # It is asked there, and nobody speaks TLS there.
        pytest.raises(UnavailableError, match=r"^the registry does not answer$"),
    ):
        download(f"{url}/file", "f", 60, 100)
