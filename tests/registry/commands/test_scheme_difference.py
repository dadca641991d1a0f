"""Two scheme files are compared by slug, and the requirements of one are laid out by profile."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registry.commands.scheme_difference import compare_scheme_files
from registry.commands.scheme_matrix import requirement_matrix

SCHEMES = Path(__file__).parents[3] / "schemes"
OLDER, NEWER = ((SCHEMES / f"demo-{year}.json").read_bytes() for year in (2026, 2027))
TITLE = {"it": "Titolo", "en": "Title"}


def told(document: dict[str, Any]) -> list[str]:
    return [str(difference) for difference in compare_scheme_files(OLDER, json.dumps(document).encode())]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("/profiles/analista/tasks/1", "formare", "profile analista: tasks/formare added"),
        ("/profiles/analista/tasks", [], "profile analista: tasks/misurare removed"),
        ("/profiles/addetto/eqf_level", 4, "profile addetto: eqf_level changed from 3 to 4"),
        ("/profiles/nuovo", {"title": TITLE}, "profile nuovo added: 'Title' (Italian: 'Titolo')"),
        ("/tasks/coordinare", ..., "task coordinare removed: 'Coordinate a shift' (Italian: 'Coordinare un turno')"),
        (
            "/tasks/accogliere/skills/ascolto",
            "esperta",
            "task accogliere: skills/ascolto changed from guidata to esperta",
        ),
        ("/skills/turni/digital", True, "skill turni: digital changed from no to yes"),
        ("/knowledge/bilancio/scale", "autonomia", "knowledge bilancio: scale changed from conoscenza to autonomia"),
        ("/rules/open_until", None, "rules: open_until changed from 2035-12-31 to none"),
        (
            "/rules/maintenance/evidence/1/hours",
            20,
            "rules: maintenance/evidence/formazione/hours changed from 16 to 20",
        ),
        (
            "/rules/late_recording_days",
            {"gap": TITLE},
            "rules: late_recording_days changed from 5 to not public (Title)",
        ),
        ("/exam/parts/0/minutes", 45, "exam: parts/scritta/minutes changed from 60 to 45"),
        ("/same_step", [], "same_step: analista, coordinatore removed"),
    ],
)
def test_a_difference_is_told_in_words(
    path: str, value: object, words: str, changed: Callable[..., dict[str, Any]]
) -> None:
    assert told(changed(path, value)) == [words]


def test_levels_that_change_places_are_told(changed: Callable[..., dict[str, Any]]) -> None:
    levels = changed("/v", 1)["scales"]["autonomia"]["levels"]

    assert told(changed("/scales/autonomia/levels", [levels[1], levels[0], levels[2]])) == [
        "scale autonomia: levels/guidata/rank changed from 1 to 2",
        "scale autonomia: levels/autonoma/rank changed from 2 to 1",
    ]


def test_the_order_of_a_list_and_the_slug_are_no_difference(changed: Callable[..., dict[str, Any]]) -> None:
    document = changed("/profiles/direttore/follows", ["analista", "coordinatore"])

    assert told(document | {"slug": "demo-2028"}) == []


def test_what_is_added_one_way_is_removed_the_other() -> None:
    there, back = compare_scheme_files(OLDER, NEWER), compare_scheme_files(NEWER, OLDER)

    assert {(d.subject, d.place, d.before, d.after) for d in there} == {
        (d.subject, d.place, d.after, d.before) for d in back
    }
    assert {"profile referente", "task accogliere", "knowledge automazione", "skill turni", "scale conoscenza"} <= {
        d.subject for d in there
    }


def test_a_matrix_has_the_highest_level_over_a_profiles_tasks() -> None:
    rows = {(row["kind"], row["slug"]): row["levels"] for row in requirement_matrix(OLDER)}

    # Case advisers receive (elements, guided) and solve (critically, as an expert): the higher counts.
    assert rows["knowledge", "servizi"] == {"addetto": "elementi", "referente": "critica", "coordinatore": "critica"}
    assert rows["skill", "ascolto"] == {
        "addetto": "guidata", "referente": "esperta", "coordinatore": "esperta", "formatore": "autonoma",
    }  # fmt: skip
    assert rows["knowledge", "bilancio"] == {"direttore": "critica"}


def test_a_matrix_keeps_the_order_of_the_file() -> None:
    document = json.loads(OLDER)

    assert [row["slug"] for row in requirement_matrix(OLDER)] == [*document["knowledge"], *document["skills"]]


def test_the_matrix_of_a_catalogue_that_is_not_shown_to_all_is_there(changed: Callable[..., dict[str, Any]]) -> None:
    hidden = json.dumps(changed("/publication/catalogue", False)).encode()

    assert requirement_matrix(hidden) == requirement_matrix(OLDER)


def test_where_nothing_is_public_the_matrix_is_empty() -> None:
    assert requirement_matrix((SCHEMES / "pdr150-2024.json").read_bytes()) == []
