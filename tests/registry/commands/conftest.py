"""The demonstration scheme, whole and broken."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

SCHEMES = Path(__file__).parents[3] / "schemes"


@pytest.fixture(scope="session")
def demo() -> dict[str, Any]:
    """The demonstration scheme as JSON values; copy it before changing it."""
    document: dict[str, Any] = json.loads((SCHEMES / "demo-2026.json").read_bytes())
    return document


@pytest.fixture(scope="session")
def schema() -> dict[str, Any]:
    """The JSON Schema that ships with the schemes."""
    document: dict[str, Any] = json.loads((SCHEMES / "scheme.schema.json").read_bytes())
    return document


@pytest.fixture(scope="session")
def changed(demo: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """The demonstration scheme with the value at a path set, or taken away where ``...`` is given."""

    def change(path: str, value: object) -> dict[str, Any]:
        document = deepcopy(demo)
        *parents, name = [int(part) if part.isdigit() else part for part in path.split("/")[1:]]
        place: Any = document
        for parent in parents:
            place = place[parent]
        if value is ...:
            del place[name]
        elif isinstance(place, list) and name == len(place):
            place.append(value)
        else:
            place[name] = value
        return document

    return change
