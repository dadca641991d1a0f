"""A scheme file read as a catalogue; what is expected stands in the files in schemes/."""

import json
from pathlib import Path
from typing import Any

import pytest

from verifier.catalogue import Competence, Gap, Kind, Link, Scale, Task, parse_catalogue
from verifier.errors import FormatError

SCHEMES = Path(__file__).parents[2] / "schemes"


def demo(**changes: object) -> bytes:
    """The complete demonstration scheme, with other parts where ``changes`` names them."""
    return json.dumps(scheme() | changes).encode()


def scheme() -> dict[str, Any]:
    """The complete demonstration scheme."""
    return dict(json.loads((SCHEMES / "demo-2026.json").read_bytes()))


def test_a_complete_scheme_is_read_whole() -> None:
    catalogue = parse_catalogue(demo())

    assert (catalogue.slug, catalogue.scheme, catalogue.public) == ("demo-2026", "demo", True)
    assert catalogue.title["en"] == "Aurora Help Desk demonstration scheme, 2026 edition"
    assert list(catalogue.profiles) == [
        "addetto", "referente", "coordinatore", "analista", "formatore", "direttore"
    ]  # fmt: skip
    head = catalogue.profiles["direttore"]
    assert head.title == {"it": "Direttore dello sportello", "en": "Head of the desk"}
    assert (head.follows, head.tasks) == (("coordinatore", "analista"), ("misurare", "rispondere"))
    assert catalogue.find(Kind.TASK, "risolvere") == Task(
        "risolvere",
        {"it": "Risolvere un caso insolito", "en": "Solve an unusual case"},
        {"servizi": "critica"},
        {"ascolto": "esperta", "schermo": "autonoma"},
    )
    assert catalogue.find(Kind.SKILL, "schermo") == Competence(
        Kind.SKILL,
        "schermo",
        {"it": "Usare il gestionale Aurora", "en": "Use the Aurora case system"},
        "autonomia",
        digital=True,
    )


def test_levels_count_from_the_lowest() -> None:
    catalogue = parse_catalogue(demo())
    scale = catalogue.find(Kind.SCALE, "autonomia")

    assert isinstance(scale, Scale)
    assert [(level.slug, level.rank) for level in scale.levels] == [("guidata", 1), ("autonoma", 2), ("esperta", 3)]
    assert catalogue.level("autonomia", "esperta") == scale.levels[2]
    assert catalogue.level("autonomia", "critica") is None
    assert catalogue.level("nothing", "esperta") is None


def test_what_is_not_public_says_why() -> None:
    catalogue = parse_catalogue((SCHEMES / "pdr150-2024.json").read_bytes())

    assert list(catalogue.profiles) == ["operatore", "consulente", "team-leader", "data-analyst", "responsabile"]
    assert catalogue.tasks == Gap(
        {"it": "L'elenco dei compiti non è pubblico.", "en": "The list of tasks is not public."}
    )
    assert isinstance(catalogue.profiles["operatore"].follows, Gap)
    assert all(isinstance(catalogue.part(kind), Gap) for kind in Kind if kind is not Kind.PROFILE)
    assert all(catalogue.known(kind) == {} for kind in Kind if kind is not Kind.PROFILE)


def test_of_a_catalogue_that_is_not_for_showing_nothing_but_titles_is_read() -> None:
    catalogue = parse_catalogue(demo(publication={"name_match": True, "catalogue": False}))

    assert not catalogue.public
    assert catalogue.title["en"] == "Aurora Help Desk demonstration scheme, 2026 edition"
    assert [dict(catalogue.known(kind)) for kind in Kind] == [{}] * 5
    assert catalogue.rules == {}


def test_a_name_of_tomorrow_is_passed_over() -> None:
    changed = scheme() | {"tomorrow": [1]}
    changed["profiles"]["addetto"] |= {"eqf_level": 3, "tomorrow": {}}
    changed["profiles"]["analista"]["eqf_level"] = {"gap": {"it": "Non pubblico.", "en": "Not public."}}
    changed["profiles"]["referente"].pop("eqf_level", None)
    changed["skills"]["ascolto"]["tomorrow"] = "x"

    catalogue = parse_catalogue(json.dumps(changed).encode())

    assert catalogue.profiles["addetto"].eqf_level == 3
    assert catalogue.profiles["referente"].eqf_level is None
    assert catalogue.profiles["analista"].eqf_level == Gap({"it": "Non pubblico.", "en": "Not public."})


def test_links_are_read_but_for_those_that_a_browser_would_run() -> None:
    changed = scheme()
    esco = "http://data.europa.eu/esco/occupation/00000000-0000-4000-8000-000000000000"
    changed["profiles"]["addetto"]["links"] = [
        {"kind": "esco", "uri": esco},
        {"kind": "other", "uri": "javascript:alert(1)"},
    ]

    assert parse_catalogue(json.dumps(changed).encode()).profiles["addetto"].links == (Link("esco", esco),)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        demo(v=2),
        demo(v=True),
        demo(slug=1),
        demo(title={}),
        demo(title="Demo"),
        demo(profiles=[]),
        demo(profiles={"a": {"title": {"it": "a"}, "tasks": "b"}}),
        demo(tasks="none"),
        demo(scales={"a": {"title": {"it": "a"}}}),
        demo(skills={"a": {"title": {"it": "a"}}}),
        demo(rules=[]),
        b" " * (1024 * 1024 + 1),
    ],
    ids=[
        "nothing",
        "a list",
        "an empty object",
        "version 2",
        "a true version",
        "a slug that is a number",
        "no title",
        "a bare title",
        "a list of profiles",
        "tasks that are a text",
        "a text of tasks",
        "a scale without levels",
        "a skill without a scale",
        "a list of rules",
        "too much",
    ],
)
def test_what_is_no_scheme_file_is_refused(content: bytes) -> None:
    with pytest.raises(FormatError):
        parse_catalogue(content)
