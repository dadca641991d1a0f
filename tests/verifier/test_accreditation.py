"""A body's accreditation for one scheme, over time."""

import pytest

from tests.verifier.facts import day, noon
from verifier.accreditation import Accreditation, AccreditationFact, Coverage, accreditation, find_wider_reduction


def timeline(*events: str) -> list[AccreditationFact]:
    """Facts from lines like "reduced 2026-05-01 recorded 2026-05-02 of demo to addetto,esperto"."""
    return [_fact(line, sequence) for sequence, line in enumerate(events, start=2)]


def _fact(line: str, sequence: int) -> AccreditationFact:
    event, on, *rest = line.split()
    said = dict(zip(rest[::2], rest[1::2], strict=True))
    profiles = tuple(said["to"].split(",")) if "to" in said else None
    return AccreditationFact(
        f"accreditation.{event}",
        sequence,
        said.get("of", "demo"),
        day(on),
        noon(day(said.get("recorded", on))),
        {"number": str(sequence)},
        profiles,
    )


def on(facts: list[AccreditationFact], text: str, profile: str = "addetto", known: str = "2099-01-01") -> Accreditation:
    return accreditation(facts, "demo", day(text), noon(day(known)), profile)


def test_a_body_without_any_accreditation_is_not_covered() -> None:
    answer = on([], "2026-05-01")

    assert (answer.coverage, answer.leaves_profile_out) == (Coverage.NOT_COVERED, False)


def test_an_accreditation_counts_from_its_day_on() -> None:
    facts = timeline("granted 2026-03-01")

    assert on(facts, "2026-02-28").coverage is Coverage.NOT_COVERED
    assert on(facts, "2026-03-01").coverage is Coverage.COVERED


def test_an_accreditation_for_another_scheme_covers_nothing_of_this_one() -> None:
    assert on(timeline("granted 2026-03-01 of other"), "2026-05-01") == Accreditation(Coverage.NOT_COVERED)


def test_suspended_and_restored_is_covered_again() -> None:
    facts = timeline("granted 2026-03-01", "suspended 2026-04-01", "restored 2026-06-01")

    assert on(facts, "2026-05-31").coverage is Coverage.SUSPENDED
    assert on(facts, "2026-06-01").coverage is Coverage.COVERED


def test_a_reduced_accreditation_covers_the_profiles_that_it_names_and_no_other() -> None:
    facts = timeline("granted 2026-03-01", "reduced 2026-05-01 to esperto")

    assert on(facts, "2026-04-30").coverage is Coverage.COVERED
    assert on(facts, "2026-05-01", "esperto").coverage is Coverage.COVERED
    left_out = on(facts, "2026-05-01")
    assert (left_out.coverage, left_out.leaves_profile_out) == (Coverage.NOT_COVERED, True)


def test_what_was_restored_stays_reduced_and_what_is_granted_anew_is_whole() -> None:
    facts = timeline(
        "granted 2026-03-01", "reduced 2026-04-01 to esperto", "suspended 2026-05-01", "restored 2026-06-01"
    )

    assert on(facts, "2026-06-01").leaves_profile_out
    assert on([*facts, *timeline("granted 2026-07-01")], "2026-07-01").coverage is Coverage.COVERED


def test_a_withdrawn_accreditation_leaves_no_profile_out_but_covers_none() -> None:
    facts = timeline("granted 2026-03-01", "reduced 2026-04-01 to esperto", "withdrawn 2026-05-01")
    answer = on(facts, "2026-05-01", "esperto")

    assert (answer.coverage, answer.leaves_profile_out) == (Coverage.NOT_COVERED, False)


def test_what_was_recorded_later_was_not_known_before() -> None:
    facts = timeline("granted 2026-03-01", "withdrawn 2026-05-01 recorded 2026-06-10")

    assert on(facts, "2026-05-20", known="2026-06-01").coverage is Coverage.COVERED
    assert on(facts, "2026-05-20", known="2026-06-10").coverage is Coverage.NOT_COVERED


def test_what_was_scheduled_brings_nothing_back_that_was_withdrawn_meanwhile() -> None:
    facts = timeline(
        "granted 2026-03-01",
        "suspended 2026-04-01",
        "restored 2026-06-01 recorded 2026-04-10",
        "withdrawn 2026-05-01",
    )

    assert on(facts, "2026-05-31").coverage is Coverage.NOT_COVERED
    assert on(facts, "2026-06-01").coverage is Coverage.NOT_COVERED


def test_a_scheduled_suspension_of_what_was_withdrawn_meanwhile_leaves_it_withdrawn() -> None:
    facts = timeline("granted 2026-03-01", "suspended 2026-06-01 recorded 2026-04-10", "withdrawn 2026-05-01")

    assert on(facts, "2026-06-01").coverage is Coverage.NOT_COVERED


def test_nothing_but_a_grant_begins_an_accreditation() -> None:
    for event in ("restored", "suspended", "reduced", "withdrawn"):
        facts = timeline(f"{event} 2026-03-01" + (" to addetto" if event == "reduced" else ""))

        assert on(facts, "2026-05-01") == Accreditation(Coverage.NOT_COVERED)


GRANTED = "granted 2026-03-01"


@pytest.mark.parametrize(
    ("events", "found"),
    [
        ((GRANTED, "reduced 2026-05-01 to addetto,esperto", "reduced 2026-06-01 to addetto"), None),
        ((GRANTED, "reduced 2026-05-01 to addetto", "reduced 2026-06-01 to addetto,esperto"), (4, "esperto")),
        ((GRANTED, "reduced 2026-06-01 to addetto,esperto", "reduced 2026-05-01 to addetto"), (3, "esperto")),
        ((GRANTED, "reduced 2026-05-01 to addetto", "reduced 2026-05-01 to esperto"), (4, "esperto")),
        ((GRANTED, "reduced 2026-05-01 to addetto", "reduced 2026-06-01 of other to esperto"), None),
        ((GRANTED, "reduced 2026-05-01 to addetto", "granted 2026-06-01", "reduced 2026-06-01 to esperto"), None),
        ((GRANTED, "reduced 2026-05-01 to addetto", "withdrawn 2026-05-02", "reduced 2026-06-01 to esperto"), None),
        (
            (GRANTED, "reduced 2026-05-01 to addetto", "suspended 2026-05-02", "reduced 2026-06-01 to esperto"),
            (5, "esperto"),
        ),
        ((GRANTED, "reduced 2026-05-01 to addetto,esperto", "reduced 2026-06-01 to z,y"), (4, "y, z")),
    ],
)
def test_a_reduction_is_wider_than_what_takes_effect_before_it_whatever_was_recorded_first(
    events: tuple[str, ...], found: tuple[int, str] | None
) -> None:
    made = find_wider_reduction(timeline(*events), "demo")

    assert (made and (made[0].sequence, made[1])) == found
