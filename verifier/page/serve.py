"""Serving the page, by granian."""

import functools
import logging
import os
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import logger as granian_log

from verifier.errors import FormatError, UnavailableError
from verifier.fetch import open_source
from verifier.page.app import create_app
from verifier.page.desk import Patient
from verifier.page.names import Names
from verifier.page.packs import keep_sealer
from verifier.page.reception import MAX_SENDERS
from verifier.seal import Sealer, open_sealer
from verifier.trust import MAX_TRUST_BYTES, parse_trust_root

_log = logging.getLogger(__name__)
_THREADS: Final = 5
# Connections, not requests: one that says nothing is in nobody's way, and goes after these milliseconds.
_CONNECTIONS: Final = 1024
_HEADER_MILLISECONDS: Final = 5000
# How long running requests, of which some may never end, keep a process from ending.
_ENDING_SECONDS: Final = 30
# Seconds.
_LOOKS_EVERY: Final = 1


@dataclass(frozen=True, slots=True)
class Serving:
    """What the page is served with.

    ``public`` is a folder or a URL, ``address`` the page's own URL, ``proxies`` how many web servers stand before it.
    """

    public: str
    trust: Path
    host: str
    port: int
    address: str
    workers: int
    proxies: int = 0


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


class FollowingPage:
    """The page, which follows its trust root's file: a body that is registered is known a second later."""

    def __init__(
        self,
        serving: Serving,
        clock: Callable[[], float] = monotonic,
        known: Names | None = None,
        sealer: Sealer | None = None,
    ) -> None:
        """Open the page as it is to be served.

        Args:
            serving: what it is served with.
            clock: counts seconds.
            known: who knows the names.
            sealer: seals evidence packs.

        Raises:
            FormatError: the trust root or the place of the public files is none.
        """
        self._serving = serving
        self._known = known
        self._sealer = sealer
        self._lock = Lock()
        self._clock = clock
        self._looked_at = clock()
        self._stamp = _stamp(serving.trust)
        self._page = _open(serving, known, sealer)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        # To look at the file for each request would cost as much as most answers.
        if self._clock() >= self._looked_at + _LOOKS_EVERY:
            self._look()
        return self._page(environ, start_response)

    def _look(self) -> None:
        with self._lock:
            self._looked_at = self._clock()
            stamp = _stamp(self._serving.trust)
            if stamp != self._stamp:
                self._stamp = stamp
                try:
                    self._page = _open(self._serving, self._known, self._sealer)
                except FormatError as error:
                    # Half written, or broken: whom we trusted before, we trust still.
                    _log.error("the trust root is not taken over: %s", error)


def open_page(serving: Serving, known: Names | None = None) -> WSGIApplication:
    """The page as it is to be served; ``known`` is who knows the names, where the page is the registry's own.

    Raises:
        FormatError: the trust root or the place of the public files is none, or the seal that the environment
            configures cannot be used.
    """
    return FollowingPage(serving, known=known, sealer=open_sealer(os.environ))


def _stamp(path: Path) -> tuple[int, ...]:
    """What tells one content of a file from another without reading it; empty where there is no file."""
    try:
        stat = path.stat()
    except OSError:
        return ()
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _open(serving: Serving, known: Names | None, sealer: Sealer | None) -> Flask:
    try:
        with serving.trust.open("rb") as file:
            content = file.read(MAX_TRUST_BYTES + 1)
    except OSError as error:
        raise FormatError(f"the trust root {serving.trust} cannot be read: {error.strerror}") from error
    source, trust = Patient(open_source(serving.public), _THREADS), parse_trust_root(content)
    page = create_app(source, trust, now, serving.address, serving.proxies, known)
    keep_sealer(page.extensions, sealer)
    return page


def free_address(host: str, port: int) -> str:
    """The IP address of ``host``, once it is seen that nobody listens there at ``port``.

    Granian would share the port with whoever listens there already, and each would get half of the visitors.

    Raises:
        UnavailableError: there is no such host here, or somebody listens.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise UnavailableError(f"{host}:{port} cannot be listened on: {error.strerror}") from error
    return str(address[0])


def serve(serving: Serving) -> None:
    """Serve the page until told to stop.

    Raises:
        FormatError: it cannot be served like that.
        UnavailableError: the address cannot be listened on.
    """
    open_page(serving)
    host = free_address(serving.host, serving.port)
    listen(functools.partial(open_page, serving), host, serving.port, serving.workers, _THREADS)


def listen(load: Callable[[], WSGIApplication], host: str, port: int, workers: int, threads: int) -> None:
    """Answer at an IP address until told to stop, by so many processes of so many threads.

    There are as many more threads as bodies that may be coming in: whoever sends slowly holds none that answers.
    """
    # Most of the threads wait for what is sent, which granian takes for work.
    granian_log.addFilter(lambda record: "Python threads" not in record.getMessage())
    # No access log: a line of it would tie a visitor to a certificate.
    server = Granian(
        "verifier.page",
        host,
        port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=workers,
        workers_kill_timeout=_ENDING_SECONDS,
        blocking_threads=threads + MAX_SENDERS,
        backpressure=_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS),
        websockets=False,
        log_access=False,
    )
    server.serve(target_loader=load, wrap_loader=False)
