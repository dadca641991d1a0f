"""The API's description (OpenAPI 3.1), made from the models that requests are parsed with."""

from collections.abc import Mapping
from inspect import cleandoc
from typing import Final

from flask import Blueprint, Response
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from registry.api.adoption import BEGINNINGS, Adoption
from registry.api.answers import Certification, Decided, Prepared
from registry.api.erasure import ErasedAnswer, Erasure
from registry.api.openapi_records import GIVEN, PARAMETERS, TAKEN, record_paths
from registry.api.preparations import Preparing, Submitting
from registry.api.problem import Problem
from registry.api.reading import MAX_KEY_CHARACTERS
from registry.api.requests import ACTIONS, Grant
from verifier.encoding import format_json
from verifier.page.problem import MEDIA_TYPE

REF: Final = "#/components/schemas/"
_REFUSALS: Final = {
    "400": "not JSON, no Idempotency-Key, or no number",
    "401": "no token in force",
    "403": "another body's certification, or offer",
    "404": "no such certification",
    "409": "the certification is not in a state that allows it, or the body's keys are not here",
    "410": "the certification was erased, or what was recorded under the key",
    "413": "over 64 KiB",
    "415": "not application/json",
    "422": "not what this address takes, a rule of the scheme forbids it, or the key was used for another content",
    "503": "not at present; repeat the request with the same Idempotency-Key",
}
Schema = dict[str, object]

description = Blueprint("description", __name__)


@description.get("/openapi.json")
def openapi() -> Response:
    """This API, described."""
    return Response(format_json(describe()), content_type="application/json")


def describe() -> Schema:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Attesto",
            "version": "1",
            "description": "Decisions of a certification body, signed with its key and logged.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": {
            "/certifications": {"post": _decision("grant", Grant, number=False)},
            "/certifications/{number}": {"get": _lookup()},
            "/adoptions": {"post": _decision("adopt", Adoption, number=False)},
            **{
                f"/certifications/{{number}}/{action}": {"post": _decision(action, model, number=True)}
                for action, model in ACTIONS.items()
            },
            "/certifications/{number}/erase": {"post": _erasure()},
            **record_paths(),
            "/preparations": {"post": _preparation()},
            "/preparations/{preparation}/submission": {"post": _submission()},
            "/openapi.json": {
                "get": {
                    "operationId": "openapi", "summary": "This document.", "security": [],
                    "responses": {"200": {"description": "OpenAPI 3.1", "content": {"application/json": {}}}},
                }
            },
        },
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "attesto token add"}},
            "parameters": {
                "number": {
                    "name": "number", "in": "path", "required": True, "schema": {"type": "string"},
                    "description": "the certification's number, in any case and grouping",
                },
                "preparation": {
                    "name": "preparation", "in": "path", "required": True,
                    "schema": {"type": "string", "format": "uuid"},
                },
                **PARAMETERS,
                "key": {
                    "name": "Idempotency-Key", "in": "header", "required": True,
                    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARACTERS},
                    "description": "the same key with the same content is recorded once and answered alike",
                },
            },
            "responses": {
                status: {"description": text, "content": {MEDIA_TYPE: {"schema": {"$ref": f"{REF}Problem"}}}}
                for status, text in _REFUSALS.items()
            },
        },
    }  # fmt: skip


def _decision(name: str, model: type[BaseModel], *, number: bool) -> Schema:
    parameters = ["key", *(["number"] if number else [])]
    return {
        "operationId": name,
        "summary": cleandoc(model.__doc__ or ""),
        "parameters": [{"$ref": f"#/components/parameters/{parameter}"} for parameter in parameters],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": f"{REF}{model.__name__}"}}},
        },
        "responses": {
            "201": _given("recorded", Decided),
            "200": _given("was recorded before under this key; nothing was written", Decided),
            **_refusals(_REFUSALS),
        },
    }


def _erasure() -> Schema:
    return _decision("erase", Erasure, number=True) | {
        "responses": {
            "201": _given("erased", ErasedAnswer),
            "200": _given("was erased before under this key; nothing was written", ErasedAnswer),
            **_refusals(_REFUSALS),
        },
    }


def _preparation() -> Schema:
    decision = _decision("prepare", Preparing, number=False)
    decision["responses"] = {
        "201": _given("what to sign; nothing is recorded", Prepared),
        "200": _given("was recorded before under this key; there is nothing to sign", Decided),
        **_refusals(_REFUSALS),
    }
    return decision


def _submission() -> Schema:
    decision = _decision("submit", Submitting, number=False)
    stale = "by now the decision would say something else: what to sign instead, or why not"
    return decision | {
        "parameters": [{"$ref": "#/components/parameters/preparation"}],
        "responses": {
            "201": _given("recorded", Decided),
            "200": _given("was recorded before; nothing was written", Decided),
            **_refusals(_REFUSALS),
            "409": {
                "description": stale,
                "content": {
                    "application/json": {"schema": {"$ref": f"{REF}Prepared"}},
                    MEDIA_TYPE: {"schema": {"$ref": f"{REF}Problem"}},
                },
            },
        },
    }


def _given(text: str, model: type[BaseModel]) -> Schema:
    return {"description": text, "content": {"application/json": {"schema": {"$ref": f"{REF}{model.__name__}"}}}}


def _lookup() -> Schema:
    return {
        "operationId": "show",
        "summary": "A certification of this body as it stands today.",
        "parameters": [{"$ref": "#/components/parameters/number"}],
        "responses": {
            "200": _given("the certification", Certification),
            **_refusals({status: _REFUSALS[status] for status in ("400", "401", "403", "404", "410", "503")}),
        },
    }


def _refusals(statuses: Mapping[str, str]) -> Schema:
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}


def _schemas() -> object:
    taken: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (model, "validation")
        for model in (*BEGINNINGS.values(), *ACTIONS.values(), Erasure, Preparing, Submitting, *TAKEN)
    ]
    answers: tuple[type[BaseModel], ...] = (Decided, ErasedAnswer, Prepared, Certification, Problem, *GIVEN)
    given: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "serialization") for model in answers]
    _, made = models_json_schema([*taken, *given], ref_template=REF + "{model}")
    return made["$defs"]
