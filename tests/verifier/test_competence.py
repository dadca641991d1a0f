"""Requirements and comparisons; what is expected was worked out by hand from schemes/demo-2026.json."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.verifier.test_catalogue import SCHEMES, demo, scheme
from verifier.catalogue import Catalogue, Gap, Kind, parse_catalogue
from verifier.catalogue_search import Wanted, search
from verifier.competence import (
    Change,
    Edit,
    Way,
    compare_editions,
    compare_profiles,
    doers,
    matrix,
    required,
    takers,
    tasks_of,
)

CATALOGUE = parse_catalogue(demo())
SKELETON = parse_catalogue((SCHEMES / "pdr150-2024.json").read_bytes())


def way(origin: str, target: str, catalogue: Catalogue = CATALOGUE) -> Way | Gap:
    return compare_profiles(catalogue, catalogue.profiles[origin], catalogue.profiles[target])


def steps(origin: str, target: str) -> list[tuple[str, str, str | None, str | None]]:
    """The way as (change, competence, level before, level after)."""
    found = way(origin, target)
    assert isinstance(found, Way)
    return [
        (s.change, s.competence.slug, s.before.slug if s.before else None, s.after.slug if s.after else None)
        for s in found.steps
    ]


def test_a_profile_needs_the_highest_level_of_any_of_its_tasks() -> None:
    found = required(CATALOGUE, CATALOGUE.profiles["referente"])

    assert not isinstance(found, Gap)
    assert {key: level.slug for key, level in found.items()} == {
        (Kind.KNOWLEDGE, "servizi"): "critica",
        (Kind.KNOWLEDGE, "riservatezza"): "pratica",
        (Kind.SKILL, "ascolto"): "esperta",
        (Kind.SKILL, "schermo"): "autonoma",
    }


def test_the_highest_level_counts_in_whatever_order_the_tasks_stand() -> None:
    turned = scheme()
    turned["profiles"]["referente"]["tasks"] = ["risolvere", "accogliere"]
    catalogue = parse_catalogue(json.dumps(turned).encode())

    found = required(catalogue, catalogue.profiles["referente"])

    assert not isinstance(found, Gap)
    assert found == required(CATALOGUE, CATALOGUE.profiles["referente"])


def test_the_way_up_tells_what_is_new_and_what_is_higher() -> None:
    assert steps("addetto", "coordinatore") == [
        ("new", "turni", None, "autonoma"),
        ("higher", "servizi", "elementi", "critica"),
        ("higher", "ascolto", "guidata", "esperta"),
        ("higher", "schermo", "guidata", "autonoma"),
        ("left", "riservatezza", "pratica", None),
    ]


def test_the_way_back_needs_nothing_that_is_not_there() -> None:
    assert steps("referente", "addetto") == [
        ("same", "riservatezza", "pratica", "pratica"),
        ("lower", "servizi", "critica", "elementi"),
        ("lower", "ascolto", "esperta", "guidata"),
        ("lower", "schermo", "autonoma", "guidata"),
    ]


def test_new_tasks_are_those_that_the_profile_before_does_not_have() -> None:
    found = way("referente", "coordinatore")

    assert isinstance(found, Way)
    assert [task.slug for task in found.new_tasks] == ["coordinare"]


@pytest.mark.parametrize("profile", CATALOGUE.profiles)
def test_from_a_profile_to_itself_all_is_the_same(profile: str) -> None:
    found = way(profile, profile)

    assert isinstance(found, Way)
    assert {step.change for step in found.steps} == {Change.SAME}
    assert found.new_tasks == ()


def test_where_tasks_are_not_public_nothing_is_said_but_why() -> None:
    profile = SKELETON.profiles["operatore"]

    assert way("operatore", "team-leader", SKELETON) == profile.tasks
    assert tasks_of(SKELETON, profile) == required(SKELETON, profile) == profile.tasks
    assert matrix(SKELETON) == ()


def test_the_matrix_has_every_competence_and_every_profile() -> None:
    rows = matrix(CATALOGUE)

    assert [row.competence.slug for row in rows] == [
        "servizi", "riservatezza", "indicatori", "didattica", "bilancio",
        "ascolto", "schermo", "analisi", "turni", "aula",
    ]  # fmt: skip
    by_slug = {row.competence.slug: [level.rank if level else 0 for level in row.levels] for row in rows}
    # addetto, referente, coordinatore, analista, formatore, direttore
    assert by_slug["servizi"] == [1, 3, 3, 0, 0, 0]
    assert by_slug["ascolto"] == [1, 3, 3, 0, 2, 0]
    assert by_slug["indicatori"] == [0, 0, 0, 3, 0, 3]


def test_a_task_knows_its_profiles_and_a_skill_its_tasks() -> None:
    skill = CATALOGUE.find(Kind.SKILL, "ascolto")

    assert skill is not None
    assert [task.slug for task in takers(CATALOGUE, skill)] == ["accogliere", "risolvere", "formare"]
    assert [profile.slug for profile in doers(CATALOGUE, "risolvere")] == ["referente", "coordinatore"]


def _add_task(changed: dict[str, Any]) -> None:
    changed["tasks"]["chiudere"] = {"title": {"it": "Chiudere", "en": "Close"}, "knowledge": {}, "skills": {}}


def _raise_level(changed: dict[str, Any]) -> None:
    changed["tasks"]["formare"]["skills"]["ascolto"] = "esperta"


def _drop_skill_of_task(changed: dict[str, Any]) -> None:
    del changed["tasks"]["formare"]["skills"]["ascolto"]


def _rename_profile(changed: dict[str, Any]) -> None:
    changed["profiles"]["addetto"]["title"] = {"it": "Addetto", "en": "Agent"}


def _move_task(changed: dict[str, Any]) -> None:
    changed["profiles"]["formatore"]["tasks"] = ["accogliere"]


def _add_level(changed: dict[str, Any]) -> None:
    changed["scales"]["autonomia"]["levels"].append({"slug": "maestra", "title": {"it": "Maestra", "en": "Masters"}})


def _make_digital(changed: dict[str, Any]) -> None:
    changed["skills"]["turni"]["digital"] = True


CHANGED: dict[str, tuple[Callable[[dict[str, Any]], None], list[object]]] = {
    "a new task": (_add_task, [("task", "chiudere", "added", [])]),
    "a higher level": (
        _raise_level,
        [
            (
                "task",
                "formare",
                "changed",
                [("Listen and rephrase", "Acts autonomously", "Acts as an expert and guides others")],
            )
        ],
    ),
    "a skill that a task takes no more": (
        _drop_skill_of_task,
        [("task", "formare", "changed", [("Listen and rephrase", "Acts autonomously", None)])],
    ),
    "another title": (_rename_profile, [("profile", "addetto", "changed", [("title", "Desk agent", "Agent")])]),
    "another task of a profile": (
        _move_task,
        [
            (
                "profile",
                "formatore",
                "changed",
                [("task", None, "Receive the request"), ("task", "Train newcomers", None)],
            )
        ],
    ),
    "a new level": (_add_level, [("scale", "autonomia", "changed", [("level", None, "Masters")])]),
    "a skill that became digital": (_make_digital, [("skill", "turni", "changed", [("digital", None, "yes")])]),
}


@pytest.mark.parametrize("case", CHANGED)
def test_what_changed_between_editions_is_told_and_nothing_else(case: str) -> None:
    change, expected = CHANGED[case]
    changed = scheme()
    change(changed)

    found = compare_editions(CATALOGUE, parse_catalogue(json.dumps(changed).encode()))

    assert [
        (
            difference.kind,
            difference.slug,
            difference.edit,
            [
                (
                    d.subject if isinstance(d.subject, str) else d.subject["en"],
                    d.before and d.before["en"],
                    d.after and d.after["en"],
                )
                for d in difference.details
            ],
        )
        for difference in found
    ] == expected


def test_what_the_newer_edition_lacks_was_removed() -> None:
    changed = scheme()
    _add_task(changed)

    (found,) = compare_editions(parse_catalogue(json.dumps(changed).encode()), CATALOGUE)

    assert (found.edit, found.slug, found.title["en"]) == (Edit.REMOVED, "chiudere", "Close")


def test_an_edition_is_the_same_as_itself() -> None:
    assert compare_editions(CATALOGUE, CATALOGUE) == ()
    assert compare_editions(SKELETON, SKELETON) == ()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted("ascolt"), ["ascolto"]),
        (Wanted("LISTEN"), ["ascolto"]),
        (Wanted("desk aurora"), ["servizi"]),
        (Wanted("novita"), []),
        (Wanted("desk", Kind.PROFILE), ["addetto", "direttore"]),
        (Wanted(profile="analista"), ["analista", "misurare", "indicatori", "analisi"]),
        (Wanted(profile="analista", digital=True), ["analisi"]),
        (Wanted(digital=True), ["schermo", "analisi"]),
        (Wanted(profile="nobody"), []),
        (Wanted(kind=Kind.SCALE), ["conoscenza", "autonomia"]),
    ],
    ids=str,
)
def test_the_search_finds_what_is_wanted(wanted: Wanted, found: list[str]) -> None:
    assert [item.slug for item in search(CATALOGUE, wanted)] == found


def test_the_search_takes_no_notice_of_accents() -> None:
    changed = scheme()
    changed["tasks"]["formare"]["title"] = {"it": "Qualità", "en": "Quality"}
    catalogue = parse_catalogue(json.dumps(changed).encode())

    assert [item.slug for item in search(catalogue, Wanted("qualita"))] == ["formare"]
    assert [item.slug for item in search(catalogue, Wanted("QUALITÀ"))] == ["formare"]
