"""Scripts are asked for at once: one that another one names would be asked for only when that one is there."""

import re
from pathlib import Path

from flask.testing import FlaskClient

from verifier.page import words

SCRIPTS = Path(words.__file__).parent / "static/js"


def needed_by(name: str) -> set[str]:
    """What a script imports, and what that imports."""
    text = (SCRIPTS / f"{name}.js").read_text()
    named = set(re.findall(r'^import .* from "\./(\w+)\.js";$', text, re.MULTILINE))
    return named.union(*map(needed_by, named))


def test_everything_that_checks_a_code_is_asked_for_at_once() -> None:
    modules = re.search(r"MODULES = \[(.*)\];", (SCRIPTS / "first.js").read_text())
    assert modules is not None

    assert set(re.findall(r'"(\w+)"', modules[1])) == {"check"} | needed_by("check")


def test_everything_that_a_page_needs_is_asked_for_at_once(client: FlaskClient) -> None:
    page = client.get("/?lang=en").text

    assert set(re.findall(r'rel="modulepreload" href="/static/js/(\w+)\.js"', page)) == needed_by("page")
