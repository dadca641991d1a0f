"""The world's page, as tests ask for it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.verifier.page.translations import compile_translations
from tests.verifier.page.world import NOW, World, build
from verifier.page import create_app


@pytest.fixture(scope="session", autouse=True)
def _compiled_translations() -> None:
    compile_translations()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A small registry, published."""
    return build(tmp_path_factory.mktemp("world"))


@pytest.fixture
def client(world: World) -> FlaskClient:
    """A visitor of the world's page."""
    return create_app(world.source, world.trust, lambda: NOW, "https://attesto.example").test_client()


@pytest.fixture
def read(client: FlaskClient) -> Callable[..., str]:
    """The page at a path, as text, in English unless another language is asked for."""

    def read(path: str, language: str = "en", status: int = 200) -> str:
        answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
        assert answer.status_code == status
        return answer.text

    return read
