"""Serve the page: ``python -m verifier.page --public DIR_OR_URL --trust FILE``."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from verifier.errors import AttestoError, FormatError
from verifier.page.serve import Serving, serve

_PREFIX: Final = "ATTESTO_"
_BAD_INPUT: Final = 2
_EVERYWHERE: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  refused, not listened on
_NEEDED: Final = frozenset({"public", "trust"})


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Read the command line, then serve; every option is also an environment variable, as in ATTESTO_PUBLIC."""
    given = _parser(environment).parse_args(arguments)
    try:
        address = given.address or _own_address(given.host, given.port)
        serve(Serving(given.public, given.trust, given.host, given.port, address, given.workers, given.proxies))
    except AttestoError as error:
        sys.stderr.write(f"{error}\n")
        return _BAD_INPUT
    return 0


def _own_address(host: str, port: int) -> str:
    """The page's URL where it listens at one address alone."""
    # Visitors are told to compare it with their address bar, where nobody sees these.
    if host in _EVERYWHERE:
        raise FormatError(f"{host} is no address that visitors see: name the page's own with --address")
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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
    option("proxies", int, "0", "web servers before the page that say whom they ask for (ATTESTO_PROXIES)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
