"""Load: asks one server over keep-alive connections for a while, from a process of its own, and prints how often.

    python -m tests.benchmarks.load PORT CONNECTIONS SECONDS < requests.json

Standard input holds a JSON list of whole HTTP/1.1 requests, sent in turns; with SECONDS 0 each is sent once. The answer
is JSON: how many 2xx answers came in how many seconds.
"""

import json
import socket
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from selectors import EVENT_READ, DefaultSelector
from typing import Final

_LONGEST: Final = 120.0
_CHUNK: Final = 1 << 18


class _Connection:
    """One connection with one request under way."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_LONGEST)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def fileno(self) -> int:
        return self._socket.fileno()

    def ask(self, request: bytes) -> None:
        self._socket.sendall(request)

    def answered(self) -> bool:
        """Whether the answer is there whole."""
        data = self._socket.recv(_CHUNK)
        if not data:
            raise ConnectionError("the server closed the connection")
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator or len(body) < _length(head):
            return False
        if not head.startswith(b"HTTP/1.1 2"):
            raise ConnectionError(f"the server answered {self._buffer[:300]!r}")
        self._buffer = b""
        return True


def _length(head: bytes) -> int:
    name = b"\r\ncontent-length: "
    place = head.lower().index(name) + len(name)
    return int(head[place:].partition(b"\r\n")[0])


def load(port: int, connections: int, seconds: float, requests: list[bytes]) -> tuple[int, float]:
    """How many answers came, and in how many seconds."""
    waiting: Iterator[bytes] = cycle(requests) if seconds else iter(requests)
    ends = time.perf_counter() + (seconds or _LONGEST)
    answers = 0
    with DefaultSelector() as selector:
        opened = [_Connection(port) for _ in range(connections if seconds else min(connections, len(requests)))]
        start = time.perf_counter()
        for connection in opened:
            selector.register(connection, EVENT_READ, connection)
            connection.ask(next(waiting))
        while selector.get_map() and time.perf_counter() < ends:
            for key, _ in selector.select(timeout=1):
                asked: _Connection = key.data
                if not asked.answered():
                    continue
                answers += 1
                following = next(waiting, None)
                if following is None:
                    selector.unregister(asked)
                else:
                    asked.ask(following)
        if not seconds and answers < len(requests):
            raise TimeoutError(f"{answers} of {len(requests)} answers came in {_LONGEST} seconds")
        return answers, time.perf_counter() - start


if __name__ == "__main__":
    asked = [str(request).encode() for request in json.load(sys.stdin)]
    count, took = load(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), asked)
    json.dump({"answers": count, "seconds": took}, sys.stdout)
