import logging

import pytest
from flask import request
from flask.testing import FlaskClient

from tests.verifier.page.world import NOW, World
from verifier.page import create_app
from verifier.page.guard import takes
from verifier.page.problem import MEDIA_TYPE

PATHS = [
    "/",
    "/V/0000000000000",
    "/V/abc",
    "/V/abc.json",
    "/public/checkpoint",
    "/healthz",
    "/nothing",
    "/static/page.css",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_dressed_strictly(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"}, buffered=True)

    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_sets_a_cookie(client: FlaskClient, path: str) -> None:
    assert "Set-Cookie" not in client.get(path, buffered=True).headers


def test_no_page_names_another_site(world: World, client: FlaskClient) -> None:
    page = client.get(f"/V/{world.samples['active'].number}", headers={"Accept": "text/html"}).text

    for attribute in ('src="http', "src='http", 'src="//', '<link rel="stylesheet" href="http', "@import"):
        assert attribute not in page


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"path": "/V/" + "A" * 3000}, 414),
        ({"path": "/", "query_string": "number=" + "A" * 3000}, 414),
        ({"path": "/", "headers": {"X-Long": "a" * 20_000}}, 431),
        ({"path": "/", "data": b"x"}, 413),
        ({"path": "/", "method": "POST", "data": b"x" * 100_000}, 413),
        ({"path": "/", "method": "POST"}, 405),
        ({"path": "/V/0000000000000", "method": "DELETE"}, 405),
        ({"path": "/V/%00%ff"}, 400),
        ({"path": "/V/a/b/c"}, 404),
        ({"path": "/wp-admin.php"}, 404),
    ],
)
def test_what_is_too_large_or_makes_no_sense_gets_a_problem(
    client: FlaskClient, request_: dict[str, object], status: int
) -> None:
    answer = client.open(**request_)

    assert answer.status_code == status
    assert answer.content_type == MEDIA_TYPE
    assert answer.json["status"] == status
    assert answer.json["detail"]


def test_people_get_a_page_for_an_error(client: FlaskClient) -> None:
    answer = client.get("/nothing", headers={"Accept": "text/html,*/*;q=0.8", "Accept-Language": "it"})

    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "Questa pagina non esiste." in answer.text


_SAID = "what was asked"


class _Broken:
    def read(self, path: str) -> bytes:
        raise ZeroDivisionError(_SAID)


def test_a_fault_is_logged_without_saying_who_asked_for_what(world: World, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(_Broken(), world.trust, lambda: NOW, "https://attesto.example")
    number = world.samples["active"].number

    with caplog.at_level(logging.DEBUG):
        answer = app.test_client().get(f"/V/{number}")

    assert (answer.status_code, answer.content_type) == (500, MEDIA_TYPE)
    assert "a request could not be answered: ZeroDivisionError" in caplog.text
    assert "in read" in caplog.text
    assert _SAID not in caplog.text
    assert number not in caplog.text
    assert "127.0.0.1" not in caplog.text


def test_a_page_over_plain_http_does_not_ask_for_https(world: World) -> None:
    app = create_app(world.source, world.trust, lambda: NOW, "http://127.0.0.1:8000")

    assert "Strict-Transport-Security" not in app.test_client().get("/").headers


def test_an_answer_may_be_kept_for_seconds_and_its_validator_holds(world: World, client: FlaskClient) -> None:
    path = f"/V/{world.samples['active'].number}"
    first = client.get(path)

    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=10"
    assert again.status_code == 304


def test_a_doubt_is_kept_nowhere(client: FlaskClient) -> None:
    assert client.get("/V/0000000000000").headers["Cache-Control"] == "no-store"


def test_search_engines_keep_no_answer(world: World, client: FlaskClient) -> None:
    assert client.get(f"/V/{world.samples['active'].number}").headers["X-Robots-Tag"] == "noindex"


def _upload(world: World) -> FlaskClient:
    app = create_app(world.source, world.trust, lambda: NOW, "https://attesto.example")

    @app.post("/upload")
    @takes(10)
    def upload() -> str:
        return str(len(request.get_data()))

    return app.test_client()


@pytest.mark.parametrize(("octets", "status"), [(10, 200), (11, 413)])
def test_a_view_is_sent_what_it_takes_and_no_more(world: World, octets: int, status: int) -> None:
    assert _upload(world).post("/upload", data=b"x" * octets).status_code == status


@pytest.mark.parametrize(("site", "status"), [("same-origin", 200), ("none", 200), ("cross-site", 403)])
def test_another_sites_page_sends_nothing(world: World, site: str, status: int) -> None:
    answer = _upload(world).post("/upload", data=b"x", headers={"Sec-Fetch-Site": site})

    assert answer.status_code == status


def test_a_body_of_unknown_length_is_not_taken(world: World) -> None:
    answer = _upload(world).post("/upload", headers={"Transfer-Encoding": "chunked"})

    assert answer.status_code == 413
