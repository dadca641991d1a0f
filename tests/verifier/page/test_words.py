import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from verifier.accreditation import Coverage
from verifier.event import TYPES
from verifier.page import check_words, words
from verifier.report import CHECKS, Verdict
from verifier.status import Condition, State

PAGE = Path(words.__file__).parent
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def sources() -> set[str]:
    """Every text of the page, as its authors wrote it."""
    with (PAGE / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    keywords = {"_": None, "gettext": None, "lazy_gettext": None}
    found = extract_from_dir(PAGE, methods, options, keywords)
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def italian() -> Catalog:
    """The Italian texts."""
    return read_po(BytesIO((PAGE / "translations/it/LC_MESSAGES/messages.po").read_bytes()), locale="it")


def test_every_text_has_an_italian_one_and_no_other() -> None:
    translated = {str(message.id) for message in italian() if message.id and message.string and not message.fuzzy}

    assert len(sources()) > 150
    assert sources() == translated


def test_a_translation_has_the_gaps_of_its_source() -> None:
    for message in italian():
        assert set(PLACEHOLDER.findall(str(message.string))) == set(PLACEHOLDER.findall(str(message.id))), message.id


def test_every_outcome_has_words() -> None:
    answered = {Verdict.IN_FORCE, Verdict.NOT_IN_FORCE}
    spoken = {str(verdict) for verdict in set(Verdict) - answered}
    spoken |= {str(state) for state in set(State) - {State.ACTIVE}}
    spoken |= {"in_force", "genuine", "altered", "bad_number", "checking", "code_not_checked", "in_force_so_far"}
    spoken |= {"accreditation_other_profile", "not_proven", "origin_annulled", "document_differs"}
    spoken |= {"changed_since", "maintenance_overdue", "change_scheduled"}
    spoken |= {f"accreditation_{coverage}" for coverage in set(Coverage) - {Coverage.COVERED}}

    assert words.HEADLINES.keys() == spoken
    assert words.STATES.keys() == set(State)
    assert words.CONDITIONS.keys() == set(Condition)
    assert words.COVERAGES.keys() == set(Coverage)
    assert check_words.CHECK_WORDS.keys() == CHECKS.keys()
    assert words.EVENTS.keys() == {name for name in TYPES if name.startswith("certificat")}


def test_green_words_are_those_of_what_is_in_force_alone() -> None:
    green = {key for key, headline in words.HEADLINES.items() if headline.tone is words.Tone.GOOD}

    assert green == {"in_force", "genuine"}


def test_the_script_asks_for_no_word_that_is_missing() -> None:
    script = (PAGE / "static/js/judge.js").read_text() + (PAGE / "static/js/page.js").read_text()
    states = set(
        re.findall(
            r'state: "(\w+)"|fail\((?:null|"\w+"), "(\w+)"\)|return "(superseded)"|\? "(genuine|code_not_checked)"',
            script,
        )
    )
    asked = {name for found in states for name in found if name}
    reasons = set(
        re.findall(
            r'reason: "(\w+)"|fail\("(\w+)"\)|return(?: fail\()? ?"(signature|unregistered|key)"|: "(claims)"'
            r'|\? "(unsupported)" : "(insecure)"',
            script,
        )
    )

    assert asked | {"checking", "forged"} == set(words.BROWSER_STATES)
    assert {name for found in reasons for name in found if name} | {"claims"} == check_words.REASONS.keys()
