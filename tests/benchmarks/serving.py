"""Serving: the public page's answers over HTTP, beside the same server with the same bytes and nothing behind them."""

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from registry.bootstrap import Attesto
from tests.benchmarks.figure import Figure, Kind, step
from tests.benchmarks.worlds import folder, grant_all, people, registry

_LIMIT: Final = "granian with the page's settings serving the bytes of one such answer from a constant application"
AGAIN: Final = Kind("status-answers-again", "answers/s", _LIMIT)
ANEW: Final = Kind("status-answers-anew", "answers/s", _LIMIT)
KINDS: Final = (AGAIN, ANEW)
# More certificates than the page's memory holds, asked in turns: so none is found there.
_CERTIFICATES: Final = 600
_CONNECTIONS: Final = 16
_THREADS: Final = 4
_STARTS_WITHIN: Final = 30.0
_PYTHON: Final = (sys.executable, "-m")
_ROOT: Final = Path(__file__).parents[2]


def measure(rounds: int, seconds: float) -> Iterator[Figure]:
    """Ask for the status of one certificate again and again, then of ever other ones."""
    with folder() as place, registry(place / "registry") as attesto:
        with step(f"page: granting and publishing {_CERTIFICATES}"):
            recorded = grant_all(attesto, list(people(attesto, _CERTIFICATES)))
            attesto.publisher.publish()
            attesto.write_trust_root()
        asked = [get(f"/v/{made.number}") for made in recorded]
        with page(attesto) as served:
            headers, body = ask(served, asked[0])
            with constant(headers, body, _THREADS) as limit:
                for kind, requests in ((AGAIN, asked[:1]), (ANEW, asked)):
                    with step(f"page: {kind.name}"):
                        pairs = [
                            (load(served, requests, seconds), load(limit, requests, seconds)) for _ in range(rounds)
                        ]
                    yield Figure(kind, pairs, detail={"connections": _CONNECTIONS, "bytes": len(body)})


@contextmanager
def page(attesto: Attesto) -> Iterator[int]:
    """The port of the public page over the registry's files."""
    settings = attesto.settings
    files = ["--public", str(settings.path(settings.public_folder)), "--trust", str(settings.path(settings.trust_file))]
    with server(lambda port: [*_PYTHON, "verifier.page", *files, "--port", str(port)]) as port:
        yield port


@contextmanager
def constant(headers: Sequence[tuple[str, str]], body: bytes, threads: int) -> Iterator[int]:
    """The port of a server that answers everything with these bytes."""
    given = json.dumps({"headers": headers, "body": body.decode()}).encode()
    with server(lambda port: [*_PYTHON, "tests.benchmarks.constant", str(port), str(threads)], given) as port:
        yield port


@contextmanager
def server(command: Callable[[int], Sequence[str]], given: bytes = b"") -> Iterator[int]:
    """The port of a server that a command starts and reads ``given``, stopped at the end."""
    port = _free_port()
    with subprocess.Popen(command(port), cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        process.stdin.write(given)
        process.stdin.close()
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.terminate()


def ask(port: int, request: str) -> tuple[list[tuple[str, str]], bytes]:
    """The headers and the body of the answer to a request, which is as it should be.

    Raises:
        ConnectionError: it is another.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=_STARTS_WITHIN) as connection:
        connection.sendall(request.encode())
        response = http.client.HTTPResponse(connection)
        response.begin()
        body = response.read()
    if not 200 <= response.status < 300:
        raise ConnectionError(f"a request is answered with {response.status}: {body[:300]!r}")
    return [header for header in response.getheaders() if header[0].lower() not in {"date", "server"}], body


def get(path: str) -> str:
    """A browser's question, shortened."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nAccept-Language: it\r\n\r\n"


def load(port: int, requests: Sequence[str], seconds: float) -> float:
    """How many answers a second the server gives to a process that asks it the same as fast as it can."""
    return _load(port, requests, _CONNECTIONS, seconds)


def load_once(port: int, requests: Sequence[str], connections: int) -> float:
    """How many answers a second the server gives to a process that asks it each of these once."""
    return _load(port, requests, connections, 0)


def _load(port: int, requests: Sequence[str], connections: int, seconds: float) -> float:
    command = [*_PYTHON, "tests.benchmarks.load", str(port), str(connections), str(seconds)]
    done = subprocess.run(command, cwd=_ROOT, input=json.dumps(requests).encode(), capture_output=True, check=False)
    if done.returncode:
        raise ConnectionError(done.stderr.decode().strip().rpartition("\n")[2])
    answer = json.loads(done.stdout)
    return float(answer["answers"] / answer["seconds"])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    ends = time.perf_counter() + _STARTS_WITHIN
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError as error:
            if process.poll() is not None or time.perf_counter() > ends:
                raise ConnectionError(f"the server on port {port} did not start") from error
            time.sleep(0.05)
        else:
            return
