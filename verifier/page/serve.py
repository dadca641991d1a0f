"""Serving the page, by granian."""

import functools
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from verifier.errors import FormatError
from verifier.fetch import open_source
from verifier.page.app import create_app
from verifier.trust import MAX_TRUST_BYTES, parse_trust_root

_THREADS: Final = 4
_WAITING: Final = 64


@dataclass(frozen=True, slots=True)
class Serving:
    """What the page is served with; ``public`` is a folder or a URL, ``address`` the page's own URL."""

    public: str
    trust: Path
    host: str
    port: int
    address: str
    workers: int


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


def open_page(serving: Serving) -> Flask:
    """The page as it is to be served.

    Raises:
        FormatError: the trust root or the place of the public files is none.
    """
    try:
        with serving.trust.open("rb") as file:
            content = file.read(MAX_TRUST_BYTES + 1)
    except OSError as error:
        raise FormatError(f"the trust root {serving.trust} cannot be read: {error.strerror}") from error
    return create_app(open_source(serving.public), parse_trust_root(content), now, serving.address)


def serve(serving: Serving) -> None:
    """Serve the page until told to stop.

    Raises:
        FormatError: it cannot be served like that.
    """
    open_page(serving)
    # No access log: a line of it would tie a visitor to a certificate.
    server = Granian(
        "verifier.page",
        serving.host,
        serving.port,
        interface=Interfaces.WSGI,
        workers=serving.workers,
        blocking_threads=_THREADS,
        backpressure=_WAITING,
        websockets=False,
        log_access=False,
    )
    server.serve(target_loader=functools.partial(open_page, serving), wrap_loader=False)
