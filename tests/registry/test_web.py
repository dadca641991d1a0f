"""One application of two: the API and the health by their paths, the page for everything else."""

from collections.abc import Iterable
from contextlib import ExitStack
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from werkzeug.test import Client

from registry.web import Web


def _saying(text: bytes, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [text]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/v1/certifications", b"api"), ("/api/v1", b"api"), ("/api/v1/", b"api"), ("/healthz", b"api"),
        ("/api/v1x", b"page"), ("/api", b"page"), ("/", b"page"), ("/healthz/", b"page"), ("/V/api/v1/", b"page"),
        ("/public/checkpoint", b"page"),
    ],
)  # fmt: skip
def test_a_path_says_who_answers(path: str, expected: bytes) -> None:
    web = Web(lambda *request: _saying(b"api", *request), lambda *request: _saying(b"page", *request), ExitStack())

    assert Client(web).get(path).data == expected
