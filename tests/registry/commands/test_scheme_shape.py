"""The parser and the JSON Schema that ships refuse the same shapes."""

import json
import string
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from registry.commands.scheme_contradiction import find_contradictions
from registry.commands.scheme_file import SchemeFileError, parse_scheme

MISSING = ...
GAP = {"gap": {"it": "Non pubblico.", "en": "Not public."}}
TITLE = {"it": "Titolo", "en": "Title"}
BROKEN = [
    ("/v", 2, "is no version of this format that is known here"),
    ("/v", True, "is not a whole number"),
    ("/v", MISSING, "is missing"),
    ("/version", 1, "is no name of this format"),
    ("/$schema", 1, "is not a text"),
    ("/slug", "demo-2026-bis", "has more than 12 characters"),
    ("/slug", "Demo", "is no slug of a-z, 0-9 and single inner hyphens"),
    ("/slug", "", "is no slug of a-z, 0-9 and single inner hyphens"),
    ("/scheme", "demo-", "is no slug of a-z, 0-9 and single inner hyphens"),
    ("/scheme", "a--b", "is no slug of a-z, 0-9 and single inner hyphens"),
    ("/scheme", "x" * 33, "has more than 32 characters"),
    ("/title", "Demo", "is not an object"),
    ("/title/en", MISSING, "is missing"),
    ("/title/it", MISSING, "is missing"),
    ("/title/de", "Demo", "is no name of this format"),
    ("/title/it", 7, "is not a text"),
    ("/title/it", "", "has less than 1 character"),
    ("/title/it", "x" * 201, "has more than 200 characters"),
    ("/title/it", " Demo", "has spaces around it, or characters that cannot be printed"),
    ("/rules", [], "is not an object"),
    ("/rules/open_from", "2026-02-30", "is no day like 2026-11-24"),
    ("/rules/open_from", "01/02/2026", "is no day like 2026-11-24"),
    ("/rules/open_from", 20260101, "is no day like 2026-11-24"),
    ("/rules/open_from", None, "is no day like 2026-11-24"),
    ("/rules/open_until", "never", "is no day like 2026-11-24"),
    ("/rules/validity_months", 0, "is less than 1"),
    ("/rules/validity_months", 601, "is more than 600"),
    ("/rules/validity_months", "36", "is not a whole number"),
    ("/rules/validity_months", None, "is not a whole number"),
    ("/rules/validity_months", 36.5, "is not a whole number"),
    ("/rules/maintenance", 12, "is not an object"),
    ("/rules/maintenance/interval_months", 0, "is less than 1"),
    ("/rules/maintenance/window_days", -1, "is less than 0"),
    ("/rules/maintenance/grace_days", MISSING, "is missing"),
    ("/rules/maintenance/grace_months", 1, "is no name of this format"),
    ("/rules/recertification", None, "is not an object"),
    ("/rules/recertification/grace_days", 3661, "is more than 3660"),
    ("/rules/suspension_max_days", False, "is not a whole number"),
    ("/rules/late_recording_days", MISSING, "is missing"),
    ("/rules/birth_shown", "place", "is not 'nothing', 'year' or 'date_and_place'"),
    ("/rules/maintenance/evidence", [], "has less than 1"),
    ("/rules/maintenance/evidence", None, "is null: leave it away"),
    ("/rules/maintenance/evidence/0/required", "yes", "is not true or false"),
    ("/rules/maintenance/evidence/0/title/en", MISSING, "is missing"),
    ("/rules/maintenance/evidence/1/hours", 0, "is less than 1"),
    ("/rules/maintenance/evidence/1/hours", 1001, "is more than 1000"),
    ("/rules/maintenance/evidence/1/hours", None, "is null: leave it away"),
    ("/rules/transition", None, "is null: leave it away"),
    ("/rules/transition", {"from": [], "until": "2027-01-01"}, "has less than 1"),
    ("/rules/transition", {"from": ["demo-2025"], "until": "soon"}, "is no day like 2026-11-24"),
    ("/rules/transition", {"from": ["demo-2025"]}, "is missing"),
    ("/rules/transition", {"from": ["Demo"], "until": "2027-01-01"}, "is no slug of a-z, 0-9 and single inner hyphens"),
    ("/rules/acquisition", [], "is not an object"),
    ("/rules/acquisition/evidence", [], "has less than 1"),
    ("/rules/acquisition/evidence/0/weight", 1, "is no name of this format"),
    ("/rules/acquisition/exam_parts", MISSING, "is missing"),
    ("/rules/acquisition/exam_recorded", False, "is false: leave it away"),
    ("/rules/acquisition/exam_recorded", None, "is null: leave it away"),
    ("/rules/acquisition/exam_recorded", 1, "is not true or false"),
    ("/profiles/addetto/eqf_level", 0, "is less than 1"),
    ("/profiles/addetto/eqf_level", 9, "is more than 8"),
    ("/profiles/addetto/eqf_level", None, "is null: leave it away"),
    ("/profiles/addetto/links/0/kind", "isco", "is not 'esco', 'eqf' or 'other'"),
    ("/skills/ascolto/links/0/kind", "eqf", "is not 'esco' or 'other'"),
    ("/skills/ascolto/eqf_level", 3, "is no name of this format"),
    ("/skills/ascolto/links", None, "is null: leave it away"),
    ("/skills/ascolto/links/0/uri", "http://a.example/", "is no https address"),
    ("/skills/ascolto/links/0/uri", "javascript:alert(1)", "is no https address"),
    ("/skills/ascolto/links/0/uri", "https://a.example/a b", "is no https address"),
    ("/skills/ascolto/links/0/uri", 'https://a.example/"onclick=', "is no https address"),
    ("/skills/ascolto/links/0/uri", "https://a.example/" + "x" * 283, "has more than 300 characters"),
    ("/exam/parts/0/slug", None, "is null: leave it away"),
    ("/$schema", None, "is null: leave it away"),
    ("/scales/conoscenza/levels/2/slug", 1, "is not a text"),
    ("/skills/turni/digital", "no", "is not true or false"),
    ("/skills/turni/digital", 0, "is not true or false"),
    ("/tasks/misurare/skills", [], "is not an object"),
    ("/profiles/addetto/tasks", {}, "is not a list"),
    ("/profiles/addetto/title", MISSING, "is missing"),
    ("/profiles/addetto/step", 1, "is no name of this format"),
    ("/same_step/0", ["analista"], "has less than 2"),
    ("/same_step/0", "analista", "is not a list"),
    ("/exam/parts", [], "has less than 1"),
    ("/exam/parts/0/minutes", 1441, "is more than 1440"),
    ("/exam/parts/0/pass_percent", 101, "is more than 100"),
    ("/publication/name_match", "yes", "is not true or false"),
    ("/retention/holder_months", 0, "is less than 1"),
    ("/rules/late_recording_days", {"gap": "secret"}, "is not an object"),
    ("/rules/validity_months", GAP | {"or": 36}, "is no name of this format"),
    ("/scheme", GAP, "is not a text"),
    (
        "/tasks/Non Qui",
        {"title": TITLE, "knowledge": {}, "skills": {}},
        "is no slug of a-z, 0-9 and single inner hyphens",
    ),
    ("/knowledge/gap", {"title": TITLE, "scale": "conoscenza"}, "is no name of this format"),
]
# What the schema cannot say, and the parser refuses all the same.
BEYOND = [
    ("/title/it", "Citta\u0300", "is not in Unicode normal form C"),
    ("/title/it", "a\u202eb", "has spaces around it, or characters that cannot be printed"),
    ("/title/it", "a\u200bb", "has spaces around it, or characters that cannot be printed"),
    ("/title/it", "a\u00a0b", "has spaces around it, or characters that cannot be printed"),
    ("/title/it", "\ud800", "is not a text of Unicode characters"),
    ("/rules/validity_months", 36.0, "is not a whole number"),
]


@pytest.fixture(scope="module")
def validator(schema: dict[str, Any]) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker(["date"]))


def reasons(document: object) -> list[str]:
    try:
        parse_scheme(json.dumps(document).encode())
    except SchemeFileError as error:
        return [f"{problem.pointer}: {problem.reason}" for problem in error.problems]
    return []


@pytest.mark.parametrize(("path", "value", "reason"), BROKEN)
def test_a_broken_shape_is_refused_by_parser_and_schema(
    path: str, value: object, reason: str, changed: Callable[..., dict[str, Any]], validator: Draft202012Validator
) -> None:
    document = changed(path, value)

    assert any(found.startswith(path) and found.endswith(f": {reason}") for found in reasons(document))
    assert not validator.is_valid(document)


@pytest.mark.parametrize(("path", "value", "reason"), BEYOND)
def test_what_the_schema_cannot_say_the_parser_refuses(
    path: str, value: object, reason: str, changed: Callable[..., dict[str, Any]], validator: Draft202012Validator
) -> None:
    document = changed(path, value)

    assert reasons(document) == [f"{path}: {reason}"]
    assert validator.is_valid(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/$schema", MISSING),
        ("/rules/open_until", None),
        ("/rules/maintenance", None),
        ("/rules/maintenance", GAP),
        ("/rules/open_from", GAP),
        ("/rules/late_recording_days", 0),
        ("/profiles/addetto/tasks", []),
        ("/profiles/addetto/follows", GAP),
        ("/same_step", []),
        ("/publication", GAP),
        ("/rules/acquisition", MISSING),
        ("/rules/acquisition", GAP),
        ("/rules/acquisition/exam_parts", []),
        ("/rules/acquisition/exam_recorded", True),
        ("/rules/transition", GAP),
        ("/rules/transition", {"from": ["demo-2025", "demo-2024"], "until": "2026-01-01"}),
        ("/rules/maintenance/evidence", MISSING),
        ("/rules/maintenance/evidence", GAP),
        ("/profiles/addetto/eqf_level", MISSING),
        ("/profiles/addetto/eqf_level", 8),
        ("/profiles/addetto/eqf_level", GAP),
        ("/profiles/addetto/links", []),
        ("/tasks/accogliere/links", MISSING),
        ("/skills/ascolto/links/0/uri", "https://a.example/?q=%20[1]#x"),
        ("/title/it", "Città d'Aosta, «Αθήνα» – ১"),
    ],
)
def test_what_the_format_allows_both_take(
    path: str, value: object, changed: Callable[..., dict[str, Any]], validator: Draft202012Validator
) -> None:
    document = changed(path, value)

    assert reasons(document) == []
    assert validator.is_valid(document)


def pointers(value: object, pointer: str = "") -> Iterator[str]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield f"{pointer}/{name}"
        yield from pointers(member, f"{pointer}/{name}")


SCALARS = st.sampled_from([..., None, True, 0, 1, 12, 601, "", "a", "gap", "2026-01-01", "year", "servizi", GAP, TITLE])
TEXTS = st.text(string.ascii_letters + string.digits + " -", max_size=14)
VALUES = SCALARS | st.lists(TEXTS, max_size=2) | st.dictionaries(TEXTS, TEXTS | st.just(TITLE), max_size=2) | TEXTS


@given(data=st.data(), value=VALUES)
def test_parser_and_schema_agree_on_any_other_value_anywhere(
    demo: dict[str, Any],
    changed: Callable[..., dict[str, Any]],
    validator: Draft202012Validator,
    data: st.DataObject,
    value: object,
) -> None:
    document = changed(data.draw(st.sampled_from(list(pointers(demo)))), value)
    accepted, contradictory = not reasons(document), any(find_contradictions(document))

    assert accepted == (validator.is_valid(document) and not contradictory)
