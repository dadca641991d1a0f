"""Serve the page: ``python -m verifier.page --public DIR_OR_URL --trust FILE``."""

import argparse
import functools
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from verifier.errors import AttestoError, FormatError
from verifier.fetch import open_source
from verifier.page.app import create_app
from verifier.trust import MAX_TRUST_BYTES, parse_trust_root

_PREFIX: Final = "ATTESTO_"
_BAD_INPUT: Final = 2
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
        log_access=False,
    )
    server.serve(target_loader=functools.partial(open_page, serving), wrap_loader=False)


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Read the command line, then serve; every option is also an environment variable, as in ATTESTO_PUBLIC."""
    given = _parser(environment).parse_args(arguments)
    address = given.address or f"http://{given.host}:{given.port}"
    try:
        serve(Serving(given.public, given.trust, given.host, given.port, address, given.workers))
    except AttestoError as error:
        sys.stderr.write(f"{error}\n")
        return _BAD_INPUT
    return 0


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m verifier.page", description="Serves the public verification page.")

    def option(name: str, kind: type, default: str, text: str) -> None:
        value = environment.get(_PREFIX + name.upper(), default) or None
        parser.add_argument(
            f"--{name}", type=kind, default=value, required=value is None and name in _NEEDED, help=text
        )

    option("public", str, "", "folder or URL of the public files (ATTESTO_PUBLIC)")
    option("trust", Path, "", "file of the trust root (ATTESTO_TRUST)")
    option("host", str, "127.0.0.1", "address to listen on (ATTESTO_HOST)")
    option("port", int, "8000", "port to listen on (ATTESTO_PORT)")
    option("address", str, "", "URL under which visitors see the page (ATTESTO_ADDRESS)")
    option("workers", int, "1", "number of processes that answer (ATTESTO_WORKERS)")
    return parser


_NEEDED: Final = frozenset({"public", "trust"})

if __name__ == "__main__":
    sys.exit(main())
