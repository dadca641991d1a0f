"""What an extension or a reduction of the scope may name."""

from datetime import date

import pytest

from registry.domain.edition import Edition, Gap, Profile, Rules
from registry.domain.errors import ScopeError
from registry.domain.scope import Scope, extended, reduced

UNKNOWN = Gap({"it": "non pubblico", "en": "not public"})
RULES = Rules(date(2026, 1, 1), None, 36, None, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
EDITION = Edition(
    "x-1", "x", {"it": "X", "en": "X"}, {"a": Profile("a", {"it": "A", "en": "A"})}, RULES, bytes(32),
    {"a": ("listen", "note", "answer")},
)  # fmt: skip
SILENT = Edition("x-1", "x", {"it": "X", "en": "X"}, EDITION.profiles, RULES, bytes(32))


def test_a_reduction_of_the_whole_profile_leaves_the_tasks_named_sorted() -> None:
    assert reduced(EDITION, "a", None, ("note", "answer")) == ("answer", "note")


def test_an_extension_holds_what_was_held_and_more() -> None:
    assert extended(EDITION, "a", ("note",), ("note", "listen")) == ("listen", "note")


def test_where_the_tasks_are_not_public_a_first_reduction_is_taken_as_stated() -> None:
    assert reduced(SILENT, "a", None, ("sing",)) == ("sing",)


NO_EXTENSION: dict[str, tuple[Scope | None, Scope, str]] = {
    "of the whole": (None, ("note",), "covers the whole profile a already"),
    "that takes away": (("note",), ("listen",), "an extension takes nothing away, and note would go"),
    "that adds nothing": (("note",), ("note",), "this one adds none"),
    "by a task of another profile": (("note",), ("note", "sing"), "profile a has no task sing"),
    "to nothing": (("note",), (), "no task is named"),
}


@pytest.mark.parametrize("case", NO_EXTENSION)
def test_what_adds_nothing_but_tasks_of_the_profile_is_an_extension(case: str) -> None:
    held, wanted, reason = NO_EXTENSION[case]

    with pytest.raises(ScopeError, match=reason):
        extended(EDITION, "a", held, wanted)


NO_REDUCTION: dict[str, tuple[Scope | None, Scope, str]] = {
    "that adds": (("note",), ("note", "listen"), "a reduction adds nothing, and listen would come"),
    "that takes nothing": (None, ("answer", "listen", "note"), "this one takes none"),
    "to a task of another profile": (None, ("sing",), "profile a has no task sing"),
    "to nothing": (None, (), "withdrawn, not reduced"),
}


@pytest.mark.parametrize("case", NO_REDUCTION)
def test_what_takes_nothing_away_or_everything_is_no_reduction(case: str) -> None:
    held, wanted, reason = NO_REDUCTION[case]

    with pytest.raises(ScopeError, match=reason):
        reduced(EDITION, "a", held, wanted)
