"""Names: which are the same, which are the same but for something, and which cannot be compared."""

import json
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.names import MAX_CHARACTERS, NameMatch, NameOutcome, Overlooked, compare_names

# Written by hand; the browser's journey reads the same file.
PAIRS: Final = [
    (typed, printed, NameOutcome(outcome), tuple(Overlooked(what) for overlooked in rest for what in overlooked))
    for outcome, rows in json.loads(Path(__file__).with_name("names.json").read_text(encoding="utf-8")).items()
    for typed, printed, *rest in rows
]
NAMES: Final = st.text(alphabet="abcdeàèéABCD ÒÙ'’-.łøßñçé", min_size=1, max_size=30)


@pytest.mark.parametrize(("typed", "printed", "outcome", "overlooked"), PAIRS)
def test_two_names_are_compared(
    typed: str, printed: str, outcome: NameOutcome, overlooked: tuple[Overlooked, ...]
) -> None:
    assert compare_names(typed, printed) == NameMatch(outcome, overlooked)


@pytest.mark.parametrize(("typed", "printed", "outcome", "overlooked"), PAIRS)
def test_it_is_the_same_the_other_way_round(
    typed: str, printed: str, outcome: NameOutcome, overlooked: tuple[Overlooked, ...]
) -> None:
    assert compare_names(printed, typed) == NameMatch(outcome, overlooked)


@given(NAMES, NAMES)
def test_it_says_what_it_overlooked_and_only_then(one: str, other: str) -> None:
    match = compare_names(one, other)

    assert (match.outcome is NameOutcome.SAME_BUT) == bool(match.overlooked)
    assert match == compare_names(other, one)


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_typed_there_is_an_answer(typed: str, printed: str) -> None:
    assert compare_names(typed, printed).outcome in NameOutcome


def test_what_is_longer_than_any_name_is_not_compared() -> None:
    name = "ab " * MAX_CHARACTERS

    assert compare_names(name, name).outcome is NameOutcome.NOT_COMPARABLE
