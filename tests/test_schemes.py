"""The schemes that ship are valid, invent nothing, and are nowhere code."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from registry.commands.scheme_file import parse_scheme

ROOT = Path(__file__).parents[1]
SCHEMES = ROOT / "schemes"
EDITIONS = sorted(path for path in SCHEMES.glob("*.json") if path.name != "scheme.schema.json")


def document(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((SCHEMES / f"{name}.json").read_bytes())
    return value


def stated(value: object, path: str = "") -> Iterator[str]:
    """The path of every value that is not inside a gap."""
    if isinstance(value, dict) and "gap" in value:
        return
    if isinstance(value, dict):
        for name, member in value.items():
            yield from stated(member, f"{path}/{name}")
    else:
        yield path


def names(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from names(member)


def property_names(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
    for member in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from property_names(member)


@pytest.mark.parametrize("path", EDITIONS, ids=lambda path: path.stem)
def test_a_scheme_that_ships_is_valid_and_named_after_its_edition(path: Path) -> None:
    schema = document("scheme.schema")

    Draft202012Validator(schema, format_checker=FormatChecker(["date"])).validate(json.loads(path.read_bytes()))
    assert parse_scheme(path.read_bytes()).slug == path.stem


def test_of_the_practice_only_what_is_public_is_stated() -> None:
    identity = {f"/{name}" for name in ("$schema", "v", "slug", "scheme", "same_step")}
    texts = {f"/{name}/{language}" for name in ("title", "owner", "about") for language in ("it", "en")}
    profiles = {
        f"/profiles/{slug}/title/{language}"
        for slug in ("operatore", "consulente", "team-leader", "data-analyst", "responsabile")
        for language in ("it", "en")
    }

    assert set(stated(document("pdr150-2024"))) == identity | texts | profiles
    assert document("pdr150-2024")["same_step"] == [["team-leader", "data-analyst"]]


@pytest.mark.parametrize("name", ["demo-2026", "demo-2027"])
def test_the_demonstration_says_that_it_is_one_and_leaves_no_gap(name: str) -> None:
    demo = document(name)

    assert "gap" not in set(names(demo))
    assert "dimostrativo" in demo["title"]["it"]
    assert "demonstration" in demo["title"]["en"]
    assert "non esiste" in demo["owner"]["it"]


def test_the_schemes_that_ship_use_every_name_of_the_format() -> None:
    used = {name for path in EDITIONS for name in names(json.loads(path.read_bytes()))}

    assert set(property_names(document("scheme.schema"))) <= used


@pytest.mark.parametrize("package", ["registry", "verifier", "keys"])
def test_no_code_names_a_scheme_of_the_real_world(package: str) -> None:
    named = re.compile(rb"pdr\W{0,2}150|assocontact", re.IGNORECASE)
    files = [path for path in (ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts]

    assert files
    assert [path for path in files if named.search(path.read_bytes())] == []
