"""One answer over HTTP in bounded time and memory, however slowly or endlessly the other side sends."""

import functools
import socket
import ssl
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse, HTTPSConnection
from threading import Timer
from typing import IO, Final
from urllib.parse import urlsplit

from verifier.errors import NotFoundError, UnavailableError

_GONE: Final = frozenset({404, 410})


def download(url: str, name: str, seconds: float, most: int) -> bytes:
    """The file at an http or https URL.

    Args:
        url: where it is.
        name: what errors call it.
        seconds: how long all of it may take once the host's name is found.
        most: how many octets it may have.

    Raises:
        NotFoundError: the server answers that there is no such file.
        UnavailableError: it does not answer so, in time or whole, or the file is larger.
    """
    # What a cache kept could look like a file with its end left out.
    request = urllib.request.Request(url, headers={"Cache-Control": "no-cache"})  # noqa: S310  the source checked it
    try:
        received = exchange(request, seconds, most)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in _GONE:
            raise NotFoundError(f"the registry has no file {name}") from error
        raise UnavailableError(f"the registry answers {error.code} for {name}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise UnavailableError("the registry does not answer") from error
    if len(received.data) > most:
        raise UnavailableError(f"file {name} is over the limit of {most} bytes")
    if received.broken_off:
        raise UnavailableError(f"the registry's answer for {name} breaks off")
    return received.data


@dataclass(frozen=True, slots=True)
class Received:
    """An answer: its media type, its octets, one more than may be at most, and whether it ended too early."""

    kind: str
    data: bytes
    broken_off: bool


def exchange(request: urllib.request.Request, seconds: float, most: int) -> Received:
    """Send a request and read the answer, all of it within ``seconds`` and ``most`` octets.

    Raises:
        HTTPError: the server answers so, or leads to another one; whoever catches it closes it.
        OSError, HTTPException, ValueError: it does not answer in HTTP or in time.
    """
    watch = _Watch()
    # A time-out of the socket's begins anew with every octet.
    timer = Timer(seconds, watch.cut)
    timer.daemon = True
    timer.start()
    opener = urllib.request.build_opener(_Plain(watch), _Secure(watch), _SameServer())
    try:
        with opener.open(request, timeout=seconds) as answer:
            data: bytes = answer.read(most + 1)
            # A body that ends early is no error to the standard library where so many octets are asked for; where an
            # answer has no length, an end is all that tells of its end.
            return Received(answer.headers.get_content_type(), data, bool(answer.length) or watch.over)
    finally:
        timer.cancel()


class _Watch:
    """Knows the connections of one download, and ends them all at once."""

    def __init__(self) -> None:
        self.over = False
        self._opened: list[socket.socket] = []

    def add(self, connection: socket.socket) -> None:
        self._opened.append(connection)
        if self.over:
            self.cut()

    def cut(self) -> None:
        self.over = True
        for connection in self._opened:
            with suppress(OSError):
                # Of the socket itself: under TLS its own method would take what another thread is reading with.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _SameServer(urllib.request.HTTPRedirectHandler):
    """Follows a server to its other addresses alone: another's, perhaps on our own network, is not for it to name."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        asked, named = urlsplit(req.full_url), urlsplit(newurl)
        if (named.scheme, named.netloc) not in {(asked.scheme, asked.netloc), ("https", asked.hostname)}:
            raise urllib.error.HTTPError(req.full_url, code, "it leads to another server", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Plain(urllib.request.HTTPHandler):
    """Opens http connections, and tells of them."""

    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self._watch = watch

    def http_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(functools.partial(_PlainConnection, self._watch), req)


class _Secure(urllib.request.HTTPSHandler):
    """Opens https connections, and tells of them."""

    def __init__(self, watch: _Watch) -> None:
        super().__init__(context=_context())
        self._watch = watch

    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(functools.partial(_SecureConnection, self._watch), req)


@functools.cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


class _PlainConnection(HTTPConnection):
    def __init__(self, watch: _Watch, host: str, timeout: float) -> None:
        super().__init__(host, timeout=timeout)
        self._watch = watch

    def connect(self) -> None:
        super().connect()
        self._watch.add(self.sock)


class _SecureConnection(HTTPSConnection):
    def __init__(self, watch: _Watch, host: str, timeout: float) -> None:
        super().__init__(host, timeout=timeout, context=_context())
        self._watch = watch

    def connect(self) -> None:
        # The handshake is not watched: a time-out ends it, for it is a few exchanges.
        super().connect()
        self._watch.add(self.sock)
