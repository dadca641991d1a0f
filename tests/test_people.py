"""The demonstration's people are made up, hard on every format, and always the same."""

import csv
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from unicodedata import is_normalized, name

import pytest

from registry.commands.scheme_file import parse_scheme

ROOT = Path(__file__).parents[1]
PEOPLE = ROOT / "registry" / "demonstration" / "people.csv"


@pytest.fixture(scope="module")
def rows() -> Sequence[dict[str, str]]:
    with PEOPLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_script_makes_the_same_file_again() -> None:
    made = subprocess.run([sys.executable, ROOT / "scripts" / "make-people"], capture_output=True, check=True)

    assert made.stdout == PEOPLE.read_bytes()


def test_there_are_a_thousand_rows_each_with_its_own_reference(rows: Sequence[dict[str, str]]) -> None:
    assert len({row["reference"] for row in rows}) == len(rows) == 1000


def test_every_profile_of_the_demonstration_has_people_and_no_other(rows: Sequence[dict[str, str]]) -> None:
    edition = parse_scheme((ROOT / "schemes" / "demo-2026.json").read_bytes())

    assert {row["profile"] for row in rows} == set(edition.profiles)


def test_names_fit_and_are_written_in_one_way(rows: Sequence[dict[str, str]]) -> None:
    names = {row["name"] for row in rows}

    assert max(len(each) for each in names) == 60
    assert 110 <= max(len(each.encode()) for each in names) <= 120
    assert all(is_normalized("NFC", each) and each == each.strip() and each.isprintable() for each in names)


def test_names_are_as_varied_as_people(rows: Sequence[dict[str, str]]) -> None:
    text = "".join(row["name"] for row in rows)
    scripts = {name(character).split()[0] for character in text if character.isalpha()}
    assert {"'", "’", "-", " "} <= set(text)
    assert {
        "LATIN",
        "GREEK",
        "CYRILLIC",
        "ARABIC",
        "BENGALI",
        "GEORGIAN",
        "ARMENIAN",
        "HEBREW",
        "DEVANAGARI",
    } <= scripts
    assert any(" " not in row["name"] for row in rows)


def test_some_people_have_two_profiles_and_some_share_a_name_only(rows: Sequence[dict[str, str]]) -> None:
    people = Counter((row["name"], row["birth_date"]) for row in rows)
    profiles = {(row["name"], row["birth_date"], row["profile"]) for row in rows}

    assert sorted(set(people.values())) == [1, 2]
    assert len(profiles) == len(rows)
    assert len({row["name"] for row in rows}) < len(people)


def test_nobody_decides_on_a_case_that_he_or_she_examined_or_trained(rows: Sequence[dict[str, str]]) -> None:
    for row in rows:
        others = [*row["examiners"].split(), *row["trainers"].split()]

        assert row["examiners"]
        assert len(set(others)) == len(others)
        assert row["decider"] not in others
        assert all(re.fullmatch(r"(ES|FO|DE)-\d\d", each) for each in [*others, row["decider"]])


def test_no_row_backdates_and_everybody_is_of_age(rows: Sequence[dict[str, str]]) -> None:
    assert {row["effective_on"] for row in rows} == {""}
    assert all(date(1950, 1, 1) < date.fromisoformat(row["birth_date"]) < date(2008, 1, 1) for row in rows)


def test_decisions_and_exams_are_references_without_a_name(rows: Sequence[dict[str, str]]) -> None:
    assert all(re.fullmatch(r"DEL-2026-\d{4}", row["decision"]) for row in rows)
    assert all(re.fullmatch(r"ESA-2026-\d{3}", row["exam"]) for row in rows)
