"""Scripts are asked for at once: one that another one names would be asked for only when that one is there."""

import re
from pathlib import Path

from flask.testing import FlaskClient

from tests.verifier.page.world import World
from verifier.page import words

SCRIPTS = Path(words.__file__).parent / "static/js"


def needed_by(name: str) -> set[str]:
    """What a script imports, and what that imports."""
    text = (SCRIPTS / f"{name}.js").read_text()
    named = set(re.findall(r'^import .* from "\./(\w+)\.js";$', text, re.MULTILINE))
    return named.union(*map(needed_by, named))


def preloaded(client: FlaskClient, path: str) -> set[str]:
    """What a page asks for before any script runs."""
    return set(re.findall(r'rel="modulepreload" href="/static/js/(\w+)\.js"', client.get(path).text))


def test_everything_that_a_page_needs_is_asked_for_at_once(client: FlaskClient) -> None:
    assert preloaded(client, "/") == needed_by("page")


def test_everything_that_checks_a_code_is_asked_for_with_its_page(client: FlaskClient, world: World) -> None:
    assert set(re.findall(r'import\("\./(\w+)\.js"\)', (SCRIPTS / "first.js").read_text())) == {"check"}
    page = f"/V/{world.samples['active'].number}"
    assert preloaded(client, page) == needed_by("page") | {"check"} | needed_by("check")
