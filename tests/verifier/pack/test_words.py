"""What packs say: in five languages, each with the same gaps, and one text for one thing."""

import json
import re
from datetime import date
from itertools import chain
from pathlib import Path

import pytest

from tests.verifier.page.translations import compile_translations
from tests.verifier.page.world import NOW
from verifier.accreditation import Coverage
from verifier.errors import FormatError
from verifier.event import TYPES
from verifier.finding import Cause
from verifier.pack import words
from verifier.pack.row import question_words
from verifier.pack.words import LANGUAGES, Words
from verifier.report import CHECKS, Kind, Outcome, Question, Requirement
from verifier.report_words import HEADLINES
from verifier.status import Condition, State
from verifier.unread import Unread

PACKAGE = Path(words.__file__).parent
OWN = json.loads((PACKAGE / "words.json").read_text(encoding="utf-8"))
GAP = re.compile(r"%\(\w+\)s")
# What is written alike in a language and in English.
ALIKE = {"it": {"Log"}, "fr": {"Page", "Question", "Lot", "Signatures"}, "de": {"Name", "Software"}, "es": set()}


def texts() -> set[str]:
    """Every text that a pack may say, in English."""
    tables = (
        words.STATES, words.CONDITIONS, words.COVERAGES, words.CAUSES, words.EVENTS, words.CHECKS, words.OUTCOMES,
        words.REQUIREMENTS, words.KINDS, words.FIELDS, words.COMPARED, words.UNREAD,
    )  # fmt: skip
    said = set(chain.from_iterable(table.values() for table in tables))
    said |= {title for _, title in words.HEADLINES.values()} | {words.OTHER_PROFILE}
    for module in PACKAGE.glob("*.py"):
        for call in re.findall(r'words\(\s*((?:"[^"]*"\s*)+)', module.read_text(encoding="utf-8")):
            said.add("".join(re.findall(r'"([^"]*)"', call)))
    return said


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_text_is_said_in_every_language(language: str) -> None:
    compile_translations()
    say = Words(language)

    assert {text for text in texts() if say(text) == text} <= ALIKE[language]


def test_a_translation_has_the_gaps_of_its_source() -> None:
    for text, by_language in OWN.items():
        for said in by_language.values():
            assert sorted(GAP.findall(said)) == sorted(GAP.findall(text)), text


def test_every_outcome_has_words() -> None:
    assert words.HEADLINES.keys() == HEADLINES.keys() | {"in_force_so_far", "changed_since"}
    assert words.STATES.keys() == set(State)
    assert words.CONDITIONS.keys() == set(Condition)
    assert words.COVERAGES.keys() == set(Coverage)
    assert words.CAUSES.keys() == set(Cause)
    assert words.CHECKS.keys() == CHECKS.keys()
    assert words.OUTCOMES.keys() == set(Outcome)
    assert words.REQUIREMENTS.keys() == set(Requirement)
    assert words.KINDS.keys() == set(Kind)
    assert words.UNREAD.keys() == set(Unread)
    known = {name for name in TYPES if name.startswith(("certificat", "accreditation"))}
    assert words.EVENTS.keys() == known


def test_there_is_no_pack_in_another_language() -> None:
    with pytest.raises(FormatError, match="evidence packs are made in it, en, fr, de, es"):
        Words("pt")


def test_a_french_colon_stands_off() -> None:
    question = Question(date(2028, 11, 15), NOW, NOW, date(2028, 11, 15), Kind.PARTICIPATION)

    assert question_words(question, Words("fr")) == "Condition de participation\N{NO-BREAK SPACE}: 15/11/2028"
    assert question_words(question, Words("de")) == "Teilnahmebedingung: 15.11.2028"
