"""What is too large, too long or no JSON gets a problem, and no browser of another origin an answer."""

import pytest

from registry.api.reading import MAX_BODY_BYTES
from tests.registry.api.conftest import GRANT, Office
from tests.registry.api.test_certifications import problem


def test_a_body_may_have_64_kib_and_no_more(body: Office) -> None:
    largest = b" " * MAX_BODY_BYTES

    assert problem(body.post("/certifications", largest)) == (400, "format")
    assert problem(body.post("/certifications", largest + b" ")) == (413, "content-too-large")


def test_a_body_of_unknown_length_is_not_cut_off_in_silence(body: Office) -> None:
    head = b'{"edition":"demo-2026"}'
    headers = {"Authorization": "Bearer attesto_odc-uno", "Content-Type": "application/json", "Idempotency-Key": "x"}

    def answer(data: bytes) -> tuple[int, str]:
        environ = {"wsgi.input": _Stream(data), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
        return problem(body.client.post("/api/v1/certifications", headers=headers, environ_overrides=environ))

    assert answer(head + b" " * (MAX_BODY_BYTES - len(head))) == (422, "invalid")
    assert answer(head + b" " * (MAX_BODY_BYTES - len(head) + 1)) == (413, "content-too-large")


class _Stream:
    """A body that comes in small pieces."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int = -1) -> bytes:
        size = 1000 if size < 0 else min(size, 1000)
        piece, self._data = self._data[:size], self._data[size:]
        return piece


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"null", b"{", b'"text"', b"\xff\xfe", b'{"exam":"a","exam":"b"}', b'{"a":1.5}', b'{"a":NaN}',
        b"[" * 5000, b'{"a":' * 5000, b"1" * 6000, b'\xef\xbb\xbf{"a":1}',
    ],
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_refused(data: bytes, body: Office) -> None:
    assert problem(body.post("/certifications", data)) == (400, "format")


def test_every_fault_of_a_body_is_named_with_its_place(body: Office) -> None:
    wrong = GRANT | {
        "person": {"name": "Anna", "birth_date": "0", "tax_code": "X"},
        "case": {"decider": 7, "examiners": []},
        "valid_until": "2029-02-30",
    }
    del wrong["exam"]

    answer = body.post("/certifications", wrong)

    assert problem(answer) == (422, "invalid")
    assert {fault["pointer"] for fault in answer.json["errors"]} == {
        "/person/birth_date", "/person/tax_code", "/case/decider", "/case/examiners", "/valid_until", "/exam",
    }  # fmt: skip
    assert "Anna" not in answer.text


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_another_media_type_is_refused(media_type: str, body: Office) -> None:
    assert problem(body.post("/certifications", GRANT, **{"Content-Type": media_type})) == (415, "media-type")


def test_a_long_address_is_refused(body: Office) -> None:
    assert problem(body.get("/certifications/" + "7" * 3000)) == (414, "uri-too-long")


def test_large_headers_are_refused(body: Office) -> None:
    answer = body.post("/certifications", GRANT, X="x" * 17000)

    assert problem(answer) == (431, "request-header-fields-too-large")


def test_another_method_is_refused_and_told_which_there_are(body: Office) -> None:
    answer = body.client.delete(
        "/api/v1/certifications/7K3M9P2XQD4W5", headers={"Authorization": "Bearer attesto_odc-uno"}
    )

    assert problem(answer) == (405, "method-not-allowed")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/", "/api/v1/certification", "/api/v2/certifications"])
def test_an_address_that_there_is_not_is_a_problem_too(path: str, body: Office) -> None:
    assert problem(body.client.get(path)) == (404, "not-found")


def test_no_answer_is_for_a_page_of_another_origin_or_for_a_cache(body: Office) -> None:
    origin = {"Origin": "https://evil.example"}
    answers = [
        body.post("/certifications", GRANT, **origin),
        body.post("/certifications", GRANT, **origin, Authorization=""),
        body.client.options("/api/v1/certifications", headers=origin | {"Access-Control-Request-Method": "POST"}),
        body.client.get("/api/v1/openapi.json", headers=origin),
        body.client.get("/nothing", headers=origin),
    ]

    for answer in answers:
        assert [name for name, _ in answer.headers if name.startswith("Access-Control")] == []
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_while_others_send_slowly_a_request_is_told_to_come_again(body: Office) -> None:
    desk = body.client.application.extensions["attesto"]

    with desk.readers:
        assert problem(body.post("/certifications", GRANT)) == (503, "busy")
    assert body.post("/certifications", GRANT).status_code == 201
