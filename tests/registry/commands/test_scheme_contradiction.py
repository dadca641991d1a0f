"""A scheme file that contradicts itself is found out, each time at the place of the contradiction."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.commands.problem import format_pointer
from registry.commands.scheme_contradiction import find_contradictions

TABLE = [
    ("/rules/open_until", "2025-12-31", "is before open_from"),
    ("/rules/maintenance/interval_months", 36, "is not shorter than validity_months, so it never falls due"),
    ("/rules/maintenance/evidence/2/slug", "formazione", "stands twice: formazione"),
    ("/rules/acquisition/evidence/1/slug", "domanda", "stands twice: domanda"),
    ("/rules/acquisition/exam_parts/3", "pratica", "is no part of this file's exam: 'pratica'"),
    ("/rules/acquisition/exam_parts/2", "caso", "stands twice: caso"),
    ("/knowledge/servizi/scale", "sapere", "is no scale of this file: 'sapere'"),
    ("/skills/turni/scale", "conoscenze", "is no scale of this file: 'conoscenze'"),
    ("/tasks/accogliere/knowledge/turni", "pratica", "is no knowledge of this file: 'turni'"),
    ("/tasks/accogliere/skills/servizi", "guidata", "is no skill of this file: 'servizi'"),
    ("/tasks/accogliere/knowledge/servizi", "guidata", "is no level of the scale conoscenza: 'guidata'"),
    ("/profiles/analista/tasks/1", "accogliera", "is no task of this file: 'accogliera'"),
    ("/profiles/analista/tasks/1", "misurare", "stands twice: misurare"),
    ("/profiles/analista/follows/1", "formica", "is no profile of this file: 'formica'"),
    ("/profiles/analista/follows/1", "addetto", "stands twice: addetto"),
    ("/profiles/analista/follows/1", "analista", "leads in a circle back to analista"),
    ("/profiles/analista/follows/1", "coordinatore", "leads in a circle back to analista"),
    ("/profiles/formatore/follows/0", "formatore", "leads in a circle back to formatore"),
    ("/same_step/0/2", "formica", "is no profile of this file: 'formica'"),
    ("/same_step/0/2", "analista", "stands twice: analista"),
    ("/same_step/1", ["formatore", "analista"], "puts analista on a second step"),
]


@pytest.mark.parametrize(("path", "value", "reason"), TABLE)
def test_a_contradiction_is_found_at_its_place(
    path: str, value: object, reason: str, changed: Callable[..., dict[str, Any]]
) -> None:
    found = [(format_pointer(place), why) for place, why in find_contradictions(changed(path, value))]

    assert found == [(path, reason)]


@pytest.mark.parametrize(
    ("earlier", "until", "place", "reason"),
    [
        (["demo-2025", "demo-2026"], "2026-12-31", "/rules/transition/from/1", "is this edition itself"),
        (["demo-2025", "demo-2025"], "2026-12-31", "/rules/transition/from/1", "stands twice: demo-2025"),
        (["demo-2025"], "2025-12-31", "/rules/transition/until", "is before open_from"),
    ],
)
def test_a_transition_that_contradicts_itself_is_found(
    earlier: list[str], until: str, place: str, reason: str, changed: Callable[..., dict[str, Any]]
) -> None:
    document = changed("/rules/transition", {"from": earlier, "until": until})

    assert [(format_pointer(path), why) for path, why in find_contradictions(document)] == [(place, reason)]


def test_a_part_of_the_exam_stands_once(changed: Callable[..., dict[str, Any]]) -> None:
    part = {"slug": "caso", "title": {"it": "Caso", "en": "Case"}, "minutes": 5, "pass_percent": 60}

    found = list(find_contradictions(changed("/exam/parts/3", part)))

    assert found == [(("exam", "parts", 3, "slug"), "stands twice: caso")]


def test_parts_of_an_exam_that_is_not_public_lead_nowhere(changed: Callable[..., dict[str, Any]]) -> None:
    found = find_contradictions(changed("/exam", {"gap": {"it": "Non pubblico.", "en": "Not public."}}))

    assert [format_pointer(place) for place, _ in found] == [f"/rules/acquisition/exam_parts/{i}" for i in range(3)]


def test_a_level_stands_once_in_its_scale(changed: Callable[..., dict[str, Any]]) -> None:
    level = {"slug": "pratica", "title": {"it": "Pratica", "en": "Practice"}}

    found = find_contradictions(changed("/scales/conoscenza/levels/3", level))

    assert list(found) == [(("scales", "conoscenza", "levels", 3, "slug"), "stands twice: pratica")]


def test_every_profile_of_a_circle_is_named(changed: Callable[..., dict[str, Any]]) -> None:
    found = find_contradictions(changed("/profiles/addetto/follows/0", "referente"))

    assert [(format_pointer(place), why) for place, why in found] == [
        ("/profiles/addetto/follows/0", "leads in a circle back to addetto"),
        ("/profiles/referente/follows/0", "leads in a circle back to referente"),
    ]


@pytest.mark.parametrize(
    ("path", "value"), [("/rules/open_until", "2026-01-01"), ("/rules/maintenance/interval_months", 35)]
)
def test_what_just_fits_does_not_contradict_itself(
    path: str, value: object, changed: Callable[..., dict[str, Any]]
) -> None:
    assert list(find_contradictions(changed(path, value))) == []


@pytest.mark.parametrize("name", ["demo-2026", "demo-2027", "pdr150-2024"])
def test_the_schemes_that_ship_do_not_contradict_themselves(name: str) -> None:
    document = json.loads((Path(__file__).parents[3] / "schemes" / f"{name}.json").read_bytes())

    assert list(find_contradictions(document)) == []


def test_a_reference_into_a_gap_leads_nowhere(changed: Callable[..., dict[str, Any]]) -> None:
    gap = {"gap": {"it": "Non pubblico.", "en": "Not public."}}

    places = {place[:2] for place, _ in find_contradictions(changed("/tasks", gap))}

    assert places == {("profiles", slug) for slug in changed("/v", 1)["profiles"]}


@given(st.data())
def test_no_shape_of_a_document_is_too_odd_to_be_read(demo: dict[str, Any], data: st.DataObject) -> None:
    odd = data.draw(
        st.sampled_from([None, True, 3, "x", [], {}, [[]], [None], {"gap": 1}, {"x": []}, {"levels": [1, {"slug": 2}]}])
    )
    name = data.draw(st.sampled_from(sorted(demo)))

    assert isinstance(list(find_contradictions(demo | {name: odd})), list)
    assert list(find_contradictions(odd if not isinstance(odd, dict) else None)) == []
