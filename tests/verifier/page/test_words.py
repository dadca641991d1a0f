import re
from pathlib import Path

from verifier.accreditation import Coverage
from verifier.event import TYPES
from verifier.page import check_words, words
from verifier.report import CHECKS, Verdict
from verifier.status import Condition, State
from verifier.tone import Tone

PAGE = Path(words.__file__).parent


def test_every_outcome_has_words() -> None:
    answered = {Verdict.IN_FORCE, Verdict.NOT_IN_FORCE}
    spoken = {str(verdict) for verdict in set(Verdict) - answered}
    spoken |= {str(state) for state in set(State) - {State.ACTIVE}}
    spoken |= {"in_force", "genuine", "altered", "bad_number", "checking", "code_not_checked", "in_force_so_far"}
    spoken |= {
        "accreditation_other_profile",
        "accreditation_interrupted",
        "not_proven",
        "origin_annulled",
        "document_differs",
        "unsealed",
    }
    spoken |= {"changed_since", "maintenance_overdue", "change_scheduled", "to_compare"}
    spoken |= {f"accreditation_{coverage}" for coverage in set(Coverage) - {Coverage.COVERED}}

    assert words.HEADLINES.keys() == spoken
    assert words.STATES.keys() == set(State)
    assert words.CONDITIONS.keys() == set(Condition)
    assert words.COVERAGES.keys() == set(Coverage)
    assert check_words.CHECK_WORDS.keys() == CHECKS.keys()
    assert words.EVENTS.keys() == {name for name in TYPES if name.startswith("certificat")}


def test_green_words_are_those_of_what_is_in_force_alone() -> None:
    green = {key for key, headline in words.HEADLINES.items() if headline.tone is Tone.GOOD}

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
