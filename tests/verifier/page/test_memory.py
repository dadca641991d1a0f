from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

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
