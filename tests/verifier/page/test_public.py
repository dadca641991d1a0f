from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.verifier.page.world import NOW, Withheld, World
from verifier.page import create_app
from verifier.page.public import KINDS


def files(folder: Path) -> list[str]:
    """Every published file's path."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_every_published_file_is_served_as_it_lies(world: World, client: FlaskClient) -> None:
    published = [path for path in files(world.public) if not Path(path).name.startswith(".")]

    assert len(published) > 25
    for path in published:
        answer = client.get(f"/public/{path}")
        assert (answer.status_code, answer.data) == (200, (world.public / path).read_bytes()), path
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_every_kind_of_file_was_seen(world: World) -> None:
    published = [*files(world.public), "trust.json"]

    unseen = [kind.paths.pattern for kind in KINDS if not any(kind.paths.fullmatch(path) for path in published)]

    assert unseen == []


@pytest.mark.parametrize(
    ("beginning", "kept"),
    [
        ("checkpoint", "public, max-age=5"),
        ("snapshot", "public, max-age=60"),
        ("record/", "public, max-age=60"),
        ("body/", "public, max-age=60"),
        ("tile/0/", "public, max-age=31536000, immutable"),
        ("tile/entries/", "public, max-age=31536000, immutable"),
        ("status/tree/", "public, max-age=31536000, immutable"),
        ("status/list/", "public, max-age=31536000, immutable"),
    ],
)
def test_what_never_changes_is_kept_for_ever_and_the_head_for_seconds(
    world: World, client: FlaskClient, beginning: str, kept: str
) -> None:
    path = next(path for path in files(world.public) if path.startswith(beginning))

    assert client.get(f"/public/{path}").headers["Cache-Control"] == kept


def test_what_a_cache_has_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/public/checkpoint")

    again = client.get("/public/checkpoint", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "record",
        "nothing",
        "../trust.json",
        "%2e%2e/trust.json",
        "..%2f..%2fetc/passwd",
        "record/../checkpoint",
        "record/ab/" + "AB" * 32,
        "record/ab/" + "ab" * 31,
        "tile/0/000.p/",
        "tile/0/1",
        "checkpoint%00",
        "checkpoint%0a",
        ".checkpoint.new",
        "registry.sqlite",
        "a" * 1500,
    ],
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/public/{path}")

    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_a_source_that_does_not_answer_is_no_missing_file(world: World) -> None:
    app = create_app(Withheld(world.source, silent="checkpoint"), world.trust, lambda: NOW, "https://attesto.example")

    answer = app.test_client().get("/public/checkpoint")

    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.headers["Cache-Control"] == "no-store"
