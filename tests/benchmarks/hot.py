"""The hot path: how fast the page answers what it was asked before, beside nginx with the same bytes as a file.

Both have one process that answers and are asked by 64 clients of wrk, in turns. And what the page holds in memory for a
registry, beside what it holds for a tenth of it.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from registry.bootstrap import Attesto
from tests.benchmarks.figure import Aim, Figure, Kind, step
from tests.benchmarks.serving import ask, get, load_once, page, server
from tests.benchmarks.worlds import folder, grant_all, people, registry

_LIMIT: Final = "nginx with one worker serving the same bytes as a file"
AGAIN: Final = Kind("status-answers-hot", "answers/s", _LIMIT, Aim("ratio", 0.5))
AGAIN_JSON: Final = Kind("status-reports-hot", "answers/s", _LIMIT, Aim("ratio", 0.5))
MEMORY: Final = Kind("page-memory", "MiB", "the same page over a registry of a tenth of the certifications")
KINDS: Final = (AGAIN, AGAIN_JSON, MEMORY)
_CLIENTS: Final = 64
_ASKED: Final = 1000
_PROCESSES: Final = 3
_ACCEPT: Final = ("-H", "Accept: text/html", "-H", "Accept-Language: it")
_CONFIGURATION: Final = """\
worker_processes 1; daemon off; pid {place}/pid; error_log {place}/error;
events {{ worker_connections 512; }}
http {{
  access_log off; sendfile on; keepalive_requests 1000000000; client_body_temp_path {place}/body;
  proxy_temp_path {place}/proxy; fastcgi_temp_path {place}/fastcgi; uwsgi_temp_path {place}/uwsgi;
  scgi_temp_path {place}/scgi;
  server {{ listen 127.0.0.1:{port}; root {place}/files; }}
}}
"""
_UNITS: Final = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What wrk saw: answers a second, and the milliseconds within which 99 of 100 came."""

    rate: float
    p99: float


def measure(certifications: int, rounds: int, seconds: int) -> Iterator[Figure]:
    """Ask for one certificate again and again; then for many of a registry of ``certifications``, for its memory."""
    with folder() as place, registry(place / "registry") as attesto:
        numbers = _grow(attesto, certifications // 10)
        with page(attesto) as port:
            for kind, path in ((AGAIN, f"/v/{numbers[0]}"), (AGAIN_JSON, f"/v/{numbers[0]}.json")):
                yield _compare(kind, port, path, place, rounds, seconds)
        tenths = [_memory(attesto, numbers) for _ in range(_PROCESSES)]
        more = certifications - len(numbers)
        numbers += _grow(attesto, more)
        wholes = [_memory(attesto, numbers) for _ in range(_PROCESSES)]
        detail = {"certifications": certifications, "mib_for_a_million_more": _for_a_million(tenths, wholes, more)}
        yield Figure(MEMORY, list(zip(wholes, tenths, strict=True)), detail=detail)


def _grow(attesto: Attesto, count: int) -> list[str]:
    with step(f"hot: granting and publishing {count}"):
        recorded = grant_all(attesto, list(people(attesto, count)))
        attesto.publisher.publish()
        attesto.write_trust_root()
    return [made.number for made in recorded]


def _compare(kind: Kind, port: int, path: str, place: Path, rounds: int, seconds: int) -> Figure:
    missing = [name for name in ("nginx", "wrk") if shutil.which(name) is None]
    if missing:
        return Figure(kind, why=f"not installed: {' and '.join(missing)}")
    _, body = ask(port, get(path))
    with step(f"hot: {kind.name}"), nginx(path, body, place / kind.name) as limit:
        pairs = [(_load(port, path, seconds), _load(limit, path, seconds)) for _ in range(rounds)]
    p99 = {"p99_ms": [ours.p99 for ours, _ in pairs], "limit_p99_ms": [theirs.p99 for _, theirs in pairs]}
    rates = [(ours.rate, theirs.rate) for ours, theirs in pairs]
    return Figure(kind, rates, detail={"clients": _CLIENTS, "bytes": len(body), **p99})


@contextmanager
def nginx(path: str, body: bytes, place: Path) -> Iterator[int]:
    """The port of an nginx that serves these bytes under ``path``."""
    file = place / "files" / path.removeprefix("/")
    file.parent.mkdir(parents=True)
    file.write_bytes(body)
    configuration = place / "nginx.conf"

    def command(port: int) -> Sequence[str]:
        configuration.write_text(_CONFIGURATION.format(place=place, port=port), encoding="utf-8")
        return ["nginx", "-e", str(place / "error"), "-p", str(place), "-c", str(configuration)]

    with server(command) as port:
        yield port


def _load(port: int, path: str, seconds: int) -> Loaded:
    how = ("-t1", f"-c{_CLIENTS}", f"-d{seconds}s", "--latency", *_ACCEPT)
    said = subprocess.run(
        ["wrk", *how, f"http://127.0.0.1:{port}{path}"], capture_output=True, check=True, text=True
    ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise ConnectionError(f"not every request was answered: {said}")
    rate, p99 = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"99%\s+([\d.]+)(us|ms|s)\b", said)
    assert rate is not None
    assert p99 is not None
    return Loaded(float(rate[1]), round(float(p99[1]) * _UNITS[p99[2]], 3))


def _for_a_million(tenths: Sequence[float], wholes: Sequence[float], more: int) -> list[float]:
    """The least and the most that a million certifications more may take, in MiB.

    Processes that answer the same questions differ from each other by some MiB. What they differ by says nothing about
    the registry, and is all the less the larger the registry.
    """
    growths = (min(wholes) - max(tenths), max(wholes) - min(tenths))
    return [round(growth / more * 1_000_000, 1) for growth in growths]


def _memory(attesto: Attesto, numbers: Sequence[str]) -> float:
    """What the page's processes hold of their own, in MiB, after answering for many different certificates."""
    every = max(1, len(numbers) // _ASKED)
    with step(f"hot: memory at {len(numbers)}"), page(attesto) as port:
        load_once(port, [get(f"/v/{number}") for number in numbers[::every]], 4)
        held = [process.memory_full_info().uss for process in psutil.Process().children(recursive=True)]
    return sum(held) / 2**20
