"""A scheme file becomes an edition whole, or is refused with everything that is wrong with it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from registry.commands.scheme_file import MAX_SCHEME_BYTES, SchemeFileError, parse_scheme
from registry.commands.scheme_rules import format_rules
from registry.domain.edition import (
    Acquisition,
    BirthShown,
    Evidence,
    Gap,
    Profile,
    RecertificationRule,
    Rules,
    Transition,
    gaps,
)
from verifier.encoding import Json, parse_json
from verifier.status import MaintenanceRule

SCHEMES = Path(__file__).parents[3] / "schemes"
DEMO = (SCHEMES / "demo-2026.json").read_bytes()
NEWER = (SCHEMES / "demo-2027.json").read_bytes()
PDR = (SCHEMES / "pdr150-2024.json").read_bytes()


def refused(data: bytes) -> list[str]:
    with pytest.raises(SchemeFileError) as refusal:
        parse_scheme(data)
    return [str(problem) for problem in refusal.value.problems]


def test_an_edition_is_what_its_file_says() -> None:
    edition = parse_scheme(DEMO)

    assert (edition.slug, edition.scheme) == ("demo-2026", "demo")
    assert edition.title["it"].startswith("Schema dimostrativo")
    assert edition.profiles["analista"] == Profile("analista", {"it": "Analista del servizio", "en": "Service analyst"})
    assert replace(edition.rules, acquisition=None, maintenance_evidence=None) == Rules(
        date(2026, 1, 1),
        date(2035, 12, 31),
        36,
        MaintenanceRule(12, 60, 30),
        RecertificationRule(120, 60),
        180,
        5,
        BirthShown.YEAR,
    )


def test_the_checklists_of_application_and_maintenance_are_what_the_file_says() -> None:
    rules = parse_scheme(DEMO).rules

    assert isinstance(rules.acquisition, Acquisition)
    assert rules.acquisition.exam_parts == parse_scheme(DEMO).exam_parts == ("scritta", "caso", "colloquio")
    assert not rules.acquisition.exam_recorded
    assert [(kind.slug, kind.required, kind.hours) for kind in rules.acquisition.evidence] == [
        ("domanda", True, None), ("esperienza", True, 200), ("titolo", False, None),
    ]  # fmt: skip
    assert isinstance(rules.maintenance_evidence, tuple)
    assert rules.maintenance_evidence[1] == Evidence(
        "formazione", {"it": "Ore di aggiornamento", "en": "Hours of further training"}, True, 16
    )


def test_an_edition_may_want_its_exams_recorded_and_publishes_that() -> None:
    edition = parse_scheme(NEWER)

    assert isinstance(edition.rules.acquisition, Acquisition)
    assert edition.rules.acquisition.exam_recorded
    assert format_rules(edition.rules) == json.loads(NEWER)["rules"] | {"gaps": {}}


def test_a_transition_names_the_earlier_editions_and_its_last_day() -> None:
    assert parse_scheme(DEMO).rules.transition is None
    assert parse_scheme(NEWER).rules.transition == Transition(("demo-2026",), date(2027, 12, 31))
    assert isinstance(parse_scheme(PDR).rules.transition, Gap)


def test_a_file_of_before_the_checklists_is_read_and_published_as_it_was(
    changed: Callable[..., dict[str, Any]],
) -> None:
    document = changed("/rules/acquisition", ...)
    del document["rules"]["maintenance"]["evidence"]

    rules = parse_scheme(json.dumps(document).encode()).rules

    assert (rules.transition, rules.acquisition, rules.maintenance_evidence) == (None, None, None)
    assert format_rules(rules) == document["rules"] | {"gaps": {}}


def test_evidence_that_is_not_public_stands_as_a_gap_in_its_rule(changed: Callable[..., dict[str, Any]]) -> None:
    gap = {"gap": {"it": "Non pubblico.", "en": "Not public."}}

    rules = parse_scheme(json.dumps(changed("/rules/maintenance/evidence", gap)).encode()).rules

    written = format_rules(rules)
    assert list(gaps(rules)) == ["maintenance_evidence"]
    assert written["gaps"] == {}
    assert written["maintenance"] == {"interval_months": 12, "window_days": 60, "grace_days": 30, "evidence": gap}


def test_the_profiles_keep_the_order_of_the_file() -> None:
    assert list(parse_scheme(PDR).profiles) == [
        "operatore",
        "consulente",
        "team-leader",
        "data-analyst",
        "responsabile",
    ]


def test_gaps_stay_gaps() -> None:
    edition = parse_scheme(PDR)

    assert len(gaps(edition.rules)) == 10
    assert gaps(edition.rules)["validity_months"].reason["en"].startswith("The validity is not public")


def test_the_hash_is_over_the_bytes_as_they_are() -> None:
    spaced = DEMO.replace(b'"v": 1', b'"v":  1')

    assert parse_scheme(DEMO).sha256 == sha256(DEMO).digest()
    assert parse_scheme(spaced).sha256 == sha256(spaced).digest() != sha256(DEMO).digest()


def test_the_event_carries_known_rules_by_name_and_the_others_as_gaps() -> None:
    known, unknown = format_rules(parse_scheme(DEMO).rules), format_rules(parse_scheme(PDR).rules)

    maintenance = json.loads(DEMO)["rules"]["maintenance"]
    assert parse_json(json.dumps(known).encode()) == {
        "open_from": "2026-01-01",
        "open_until": "2035-12-31",
        "validity_months": 36,
        "maintenance": maintenance,
        "recertification": {"window_days": 120, "grace_days": 60},
        "suspension_max_days": 180,
        "late_recording_days": 5,
        "birth_shown": "year",
        "acquisition": json.loads(DEMO)["rules"]["acquisition"],
        "gaps": {},
    }
    assert list(unknown) == ["gaps"]
    assert unknown["gaps"] == {name: rule["gap"] for name, rule in json.loads(PDR)["rules"].items()}


def test_no_maintenance_and_unknown_maintenance_are_told_apart(changed: Callable[..., dict[str, Any]]) -> None:
    none = format_rules(parse_scheme(json.dumps(changed("/rules/maintenance", None)).encode()).rules)
    unknown: dict[str, Json] = format_rules(parse_scheme(PDR).rules)

    assert none["maintenance"] is None
    assert "maintenance" not in unknown


def test_every_problem_is_said_at_once_in_the_order_of_the_file() -> None:
    broken = (
        DEMO.replace(b'"validity_months": 36', b'"validity_months": "36"')
        .replace(b', "en": "Knows the elements"', b"")
        .replace(b'"follows": [],', b'"follows": ["direttore"], "rank": 1,')
        .replace(b'"analisi": "esperta"', b'"analisi": "massima"')
        .replace(b'"resit_after_days": 30', b'"resit_after_days": -1')
    )
    rows = broken.decode().splitlines()

    problems = refused(broken)

    assert [problem.partition(", ")[2] for problem in problems] == [
        "/rules/validity_months: is not a whole number",
        "/scales/conoscenza/levels/0/title/en: is missing",
        "/tasks/misurare/skills/analisi: is no level of the scale autonomia: 'massima'",
        "/profiles/addetto/follows/0: leads in a circle back to addetto",
        "/profiles/addetto/rank: is no name of this format",
        "/profiles/referente/follows/0: leads in a circle back to referente",
        "/profiles/coordinatore/follows/0: leads in a circle back to coordinatore",
        "/profiles/analista/follows/0: leads in a circle back to analista",
        "/profiles/direttore/follows/0: leads in a circle back to direttore",
        "/profiles/direttore/follows/1: leads in a circle back to direttore",
        "/exam/resit_after_days: is less than 0",
    ]
    assert '"rank"' in rows[line_of(problems, "/profiles/addetto/rank") - 1]
    assert '"resit_after_days"' in rows[line_of(problems, "/exam/resit_after_days") - 1]


def line_of(problems: list[str], pointer: str) -> int:
    return next(int(p.split(",")[0].removeprefix("line ")) for p in problems if f"{pointer}:" in p)


def test_a_profile_that_stands_twice_is_one_problem() -> None:
    entry = b'"addetto": {"title": {"it": "Altro", "en": "Other"}, "follows": [], "tasks": []}'
    line = DEMO[: DEMO.index(b'"addetto": {')].count(b"\n") + 1

    problems = refused(DEMO.replace(b'"profiles": {\n', b'"profiles": {\n' + entry + b",\n"))

    assert problems == [f"line {line + 1}, /profiles/addetto: stands on line {line} already"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "line 1, the whole: is not JSON: Expecting value"),
        (b'{"v": 1,\n "slug" "x"}', "line 2, the whole: is not JSON: Expecting ':' delimiter"),
        (b"{}\n{}", "line 2, the whole: is not JSON: Extra data"),
        (b"\n\xff", "line 2, the whole: is not UTF-8"),
        (b'{"v":\n"\xff"}', "line 2, the whole: is not UTF-8"),
        (b"\xef\xbb\xbf" + DEMO, "line 1, the whole: is not JSON: Unexpected UTF-8 BOM (decode using utf-8-sig)"),
        (b"[" * 200_000, "line 1, the whole: is not JSON: a number too long, or nested too deep"),
        (b"1" * 5_000, "line 1, the whole: is not JSON: a number too long, or nested too deep"),
        (b"[]", "line 1, the whole: is not an object"),
        (b"null", "line 1, the whole: is not an object"),
        (b" " * (MAX_SCHEME_BYTES + 1), "line 1, the whole: is over the limit of 1048576 bytes"),
    ],
)
def test_what_is_no_json_object_is_refused_with_its_line(data: bytes, problem: str) -> None:
    assert refused(data) == [problem]


def test_a_file_of_the_largest_size_is_read() -> None:
    assert parse_scheme(DEMO.ljust(MAX_SCHEME_BYTES)).slug == "demo-2026"


def test_the_error_says_all_problems_in_one_sentence() -> None:
    with pytest.raises(SchemeFileError, match=r"^not a scheme file: line 1, the whole: is not an object$"):
        parse_scheme(b"[]")


def test_an_empty_object_misses_every_part_but_the_schema() -> None:
    problems = refused(b"{}")

    assert len(problems) == 16
    assert {problem.rpartition(": ")[2] for problem in problems} == {"is missing"}
