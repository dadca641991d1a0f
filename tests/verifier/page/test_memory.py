import gzip
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.verifier.page.world import NOW, World
from verifier.fetch import Source
from verifier.page import create_app
from verifier.page.memory import MAX_ANSWERS


class Counted:
    """Public files, and how often they were read."""

    def __init__(self, source: Source) -> None:
        self._source, self.reads = source, 0

    def read(self, path: str) -> bytes:
        self.reads += 1
        return self._source.read(path)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source(world: World) -> Counted:
    return Counted(world.source)


@pytest.fixture
def client(world: World, source: Counted, clock: Clock) -> FlaskClient:
    return create_app(source, world.trust, clock, "https://attesto.example").test_client()


def test_a_question_is_proven_once_in_ten_seconds(
    world: World, client: FlaskClient, source: Counted, clock: Clock
) -> None:
    path = f"/V/{world.samples['active'].number}"
    first = client.get(path)
    once = source.reads

    clock.at += timedelta(seconds=9)
    again = client.get(path)
    clock.at += timedelta(seconds=1)
    client.get(path)

    assert (again.data, again.headers["Age"]) == (first.data, "9")
    assert source.reads == 2 * once


def test_another_language_day_or_number_is_another_question(world: World, client: FlaskClient) -> None:
    active, expired = (f"/V/{world.samples[name].number}" for name in ("active", "expired"))
    html = {"Accept": "text/html", "Accept-Language": "en"}

    answers = {
        client.get(active, headers=html).data,
        client.get(active, headers=html | {"Accept-Language": "it"}).data,
        client.get(active, query_string={"on": "2029-01-01"}, headers=html).data,
        client.get(active + ".json", headers=html).data,
        client.get(expired, headers=html).data,
    }

    assert len(answers) == 5


def test_a_doubt_is_not_kept(client: FlaskClient, source: Counted) -> None:
    client.get("/V/0000000000000")
    once = source.reads

    client.get("/V/0000000000000")

    assert source.reads == 2 * once > 0


def test_a_visitor_who_has_the_answer_gets_none_and_leaves_none_behind(world: World, client: FlaskClient) -> None:
    path = f"/V/{world.samples['active'].number}"
    etag = client.get(path).headers["ETag"]

    known = client.get(path, headers={"If-None-Match": etag})
    fresh = client.get(path)

    assert (known.status_code, known.data) == (304, b"")
    assert "Content-Length" not in known.headers
    assert (fresh.status_code, fresh.headers["ETag"]) == (200, etag)


def test_an_oversized_request_is_refused_also_where_the_answer_is_kept(world: World, client: FlaskClient) -> None:
    path = f"/V/{world.samples['active'].number}"
    client.get(path)

    assert client.get(path, headers={"X-Long": "a" * 20_000}).status_code == 431
    assert client.get(path, data=b"x").status_code == 413
    assert client.delete(path).status_code == 405


def test_of_many_questions_the_oldest_is_forgotten(world: World, client: FlaskClient, source: Counted) -> None:
    path = f"/V/{world.samples['active'].number}"
    client.get(path)
    once = source.reads

    for number in range(MAX_ANSWERS):
        client.get(f"/?visit={number}")
    client.get(path)

    assert source.reads == 2 * once


def _asked(client: FlaskClient, path: str, encodings: str, **headers: str) -> TestResponse:
    return client.get(path, headers={"Accept-Encoding": encodings, **headers}, buffered=True)


@pytest.mark.parametrize("encodings", ["gzip", "deflate, gzip;q=0.5, br", "GZIP", "gzip, q=0"])
def test_who_takes_gzip_gets_the_same_answer_smaller(world: World, client: FlaskClient, encodings: str) -> None:
    path = f"/V/{world.samples['active'].number}"
    plain = client.get(path)

    small = _asked(client, path, encodings)

    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data)
    assert {"Accept-Encoding", "Accept-Language"} <= set(small.vary)
    assert "Accept-Encoding" in plain.vary
    assert small.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize("encodings", ["", "br", "gzip;q=0", "gzip; q=0.0, br", "identity"])
def test_who_does_not_gets_it_as_it_is(world: World, client: FlaskClient, encodings: str) -> None:
    answer = _asked(client, f"/V/{world.samples['active'].number}", encodings)

    assert "Content-Encoding" not in answer.headers
    assert b"<!doctype html>" in answer.data.lower() or answer.is_json


def test_either_validator_is_known(world: World, client: FlaskClient) -> None:
    path = f"/V/{world.samples['active'].number}"
    for encodings in ("gzip", "identity"):
        etag = _asked(client, path, encodings).headers["ETag"]
        again = _asked(client, path, encodings, **{"If-None-Match": etag})
        assert (again.status_code, again.headers["ETag"], again.data) == (304, etag, b"")


def test_scripts_and_style_are_compressed_too_and_what_is_large_or_compressed_already_is_not(
    client: FlaskClient,
) -> None:
    for path in ("/static/page.css", "/static/js/page.js"):
        answer = _asked(client, path, "gzip")
        assert answer.headers["Content-Encoding"] == "gzip"
        # A browser that has it asks whether it is still the same.
        assert answer.cache_control.no_cache
    for path in ("/static/icons/icon-192.png", "/static/vendor/zxing-wasm/zxing_reader.wasm"):
        answer = _asked(client, path, "gzip")
        assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, None)
