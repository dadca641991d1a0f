"""The description says what the application does: the same addresses, models that real requests and answers fit."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from jsonschema import Draft202012Validator

from registry.api.app import PREFIX
from tests.registry.api.conftest import DOCUMENT, GRANT, WITHDRAW, Office, validator


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        yield from ([part["$ref"]] if "$ref" in part else [])
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_it_is_served_as_it_is(body: Office) -> None:
    answer = body.client.get("/api/v1/openapi.json")

    assert (answer.content_type, answer.json) == ("application/json", DOCUMENT)


def test_it_names_the_addresses_and_methods_that_there_are(app: Flask) -> None:
    adapter = app.url_map.bind("office.example")
    described = {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    routes = {
        (method, re.sub(r"<(\w+:)?(\w+)>", r"{\2}", rule.rule.removeprefix(PREFIX)))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX) and "action" not in rule.arguments
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert routes <= described
    for method, path in described:
        place = path.replace("{number}", "7K3M9P2XQD4W5").replace("{preparation}", str(UUID(int=1)))
        place = place.replace("{record}", str(UUID(int=1))).replace("{offer}", str(UUID(int=1)))
        adapter.match(PREFIX + place, method)


def test_every_reference_leads_to_something_and_everything_is_referred_to() -> None:
    found = set(references(DOCUMENT))
    components = {f"#/components/{kind}/{name}" for kind, parts in DOCUMENT["components"].items() for name in parts}

    assert found == components - {"#/components/securitySchemes/token"}


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_schema_is_one_of_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])


def test_real_requests_and_answers_fit_it_and_wrong_ones_do_not(body: Office) -> None:
    granted = body.post("/certifications", GRANT)
    number = granted.json["number"]
    shown = body.get(f"/certifications/{number}")
    refused = body.post("/certifications", {"edition": 7})

    validator("Grant").validate(GRANT)
    validator("Withdrawal").validate(WITHDRAW)
    validator("Decided").validate(granted.json)
    validator("Certification").validate(shown.json)
    validator("Problem").validate(refused.json)
    assert not validator("Grant").is_valid({**GRANT, "body": "odc-due"})
    assert not validator("Grant").is_valid({**GRANT, "edition": 7})
    assert not validator("Decided").is_valid({**granted.json, "number": None})
