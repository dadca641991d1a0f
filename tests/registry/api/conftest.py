"""A registry of two bodies, its API in process, and a client for each body."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from registry.api.answers import Answers
from registry.api.app import create_app
from registry.api.desk import Desk
from registry.api.openapi import describe
from registry.api.tokens import Client, TokenFile
from registry.bootstrap import Attesto, now, open_registry
from registry.documents.name import name_check
from registry.publish.schedule import Schedule
from registry.settings import Settings
from tests.registry.office import BODIES, make_registry

GRANT: Final[dict[str, Any]] = {
    "edition": "demo-2026",
    "profile": "addetto",
    "person": {"name": "Zoë D'Angelo-Ñandú", "birth_date": "1990-11-24", "birth_place": "Forlì"},
    "case": {"decider": "DE-06", "examiners": ["ES-05", "ES-22"], "trainers": ["FO-05"]},
    "exam": "ESA-2026-001",
    "received": ["domanda", "esperienza"],
    "decision": "DEL-2026-0401",
}
WITHDRAW: Final = {"decision": "DEL-2", "decider": "DE-06", "reason": "fraud"}
DOCUMENT: Final[Any] = describe()
_keys = count(1)


def validator(name: str) -> Draft202012Validator:
    """What holds a content against the schema of that name in the API's description."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def token_of(body: str) -> str:
    return f"attesto_{body}"


@dataclass(frozen=True, slots=True)
class Office:
    """What a body's software does."""

    client: FlaskClient
    body: str

    def post(self, path: str, content: object, key: str | None = None, **headers: str) -> TestResponse:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        own = {
            "Authorization": f"Bearer {token_of(self.body)}",
            "Content-Type": "application/json",
            "Idempotency-Key": key or f"key-{next(_keys)}",
        }
        return self.client.post(f"/api/v1{path}", data=data, headers=own | headers)

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token_of(self.body)}"})

    def granted(self, **changes: object) -> Any:
        answer = self.post("/certifications", GRANT | changes)
        assert answer.status_code == 201, answer.text
        return answer.json


def found_office(folder: Path) -> Settings:
    """A registry whose bodies' software has its tokens."""
    settings = make_registry(folder)
    tokens = TokenFile(settings.path(settings.api_tokens_file))
    for body in BODIES:
        tokens.add(token_of(body), Client(body, "software", now()))
    return settings


def desk_of(attesto: Attesto) -> Desk:
    """What answers a registry's clients."""
    settings = attesto.settings
    profiles = attesto.streams.edition("demo-2026").edition.profiles
    check = name_check(settings.address, BODIES[0], "demo-2026", profiles)
    tokens = TokenFile(settings.path(settings.api_tokens_file))
    return Desk(
        attesto.registry,
        attesto.preparations,
        attesto.offers,
        tokens,
        Answers(attesto.registry, settings.address),
        lambda *_: check,
        BoundedSemaphore(),
    )


def application_of(attesto: Attesto) -> Flask:
    """A registry's API."""
    return create_app(desk_of(attesto), Schedule(attesto.store.log, attesto.publisher.covered, 600, 3600), now, 86400)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return found_office(tmp_path_factory.mktemp("office") / "registry")


@pytest.fixture(scope="session")
def attesto(settings: Settings) -> Iterator[Attesto]:
    with open_registry(settings) as attesto:
        yield attesto


@pytest.fixture(scope="session")
def desk(attesto: Attesto) -> Desk:
    return desk_of(attesto)


@pytest.fixture(scope="session")
def app(attesto: Attesto) -> Flask:
    return application_of(attesto)


@pytest.fixture
def body(app: Flask) -> Office:
    return Office(app.test_client(), BODIES[0])


@pytest.fixture
def other(app: Flask) -> Office:
    return Office(app.test_client(), BODIES[1])
