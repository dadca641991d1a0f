"""The raw limit of a served answer: the same server around an application that gives the same bytes to everybody.

python -m tests.benchmarks.constant PORT BLOCKING_THREADS < answer.json      {"headers": [["…", "…"]], "body": "…"}
"""

import functools
import json
import sys
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from granian import Granian
from granian.constants import Interfaces


def application(headers: list[tuple[str, str]], body: bytes) -> WSGIApplication:
    """Answer 200 with these bytes, whatever is asked; what was sent along is read first."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        start_response("200 OK", headers)
        return [body]

    return answer


if __name__ == "__main__":
    given = json.load(sys.stdin)
    made = functools.partial(
        application, [(str(name), str(value)) for name, value in given["headers"]], given["body"].encode()
    )
    server = Granian(
        "constant", "127.0.0.1", int(sys.argv[1]), interface=Interfaces.WSGI, workers=1,
        blocking_threads=int(sys.argv[2]), backpressure=64, websockets=False, log_access=False,
    )  # fmt: skip
    server.serve(target_loader=made, wrap_loader=False)
