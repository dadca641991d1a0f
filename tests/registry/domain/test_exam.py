"""What an exam session must be, and what may rest on it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from registry.commands.scheme_file import parse_scheme
from registry.domain.decision import Case
from registry.domain.edition import Acquisition, Gap
from registry.domain.errors import (
    ExamDayError,
    ExamEditionError,
    ExamInvalidatedError,
    ExamPartError,
    ExamStandsError,
    ExamUnrecordedError,
    FourEyesError,
)
from registry.domain.exam import (
    ExamSession,
    Invalidation,
    Part,
    check_exam,
    check_foundation,
    check_held,
    check_reviewable,
    examined,
    invalidated,
)

DAY = date(2026, 11, 24)
SESSION = ExamSession(
    "uno",
    "ESA-1",
    "demo",
    (Part("scritta", date(2026, 11, 20)), Part("colloquio", date(2026, 11, 23))),
    ("ES-1", "ES-2"),
)
WHY = Invalidation(DAY, "DE-1", "answers were sold")
GONE = replace(SESSION, invalidation=WHY)
RULE = Acquisition((), ("scritta", "colloquio"))
STATED = parse_scheme((Path(__file__).parents[3] / "schemes" / "demo-2026.json").read_bytes())


def test_a_session_that_was_held_is_dated_by_its_last_part() -> None:
    check_held(SESSION, STATED, date(2026, 11, 23))

    assert SESSION.held_on == date(2026, 11, 23)


BAD = {
    "no part": (replace(SESSION, parts=()), ExamPartError, "one part at least"),
    "a part twice": (
        replace(SESSION, parts=(*SESSION.parts, Part("scritta", DAY))),
        ExamPartError,
        "stands twice: scritta",
    ),
    "a part of no exam": (
        replace(SESSION, parts=(Part("orale", DAY), Part("pratica", DAY))),
        ExamPartError,
        "has no part orale, pratica; its parts are scritta, caso, colloquio",
    ),
    "a part to come": (replace(SESSION, parts=(Part("caso", date(2026, 11, 25)),)), ExamDayError, "2026-11-25"),
    "nobody examined": (replace(SESSION, examiners=()), FourEyesError, "nobody is named as examiner"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_session_is_refused(case: str) -> None:
    session, error, reason = BAD[case]

    with pytest.raises(error, match=reason):
        check_held(session, STATED, DAY)


def test_where_the_edition_does_not_say_its_parts_any_form_will_do() -> None:
    check_held(replace(SESSION, parts=(Part("orale", DAY),)), replace(STATED, exam_parts=()), DAY)


def test_what_stands_is_of_the_edition_and_was_held_may_be_rested_on_from_its_last_day() -> None:
    check_foundation(SESSION, "demo", date(2026, 11, 23), "DE-1")

    with pytest.raises(ExamDayError, match="held on 2026-11-23, after 2026-11-22"):
        check_foundation(SESSION, "demo", date(2026, 11, 22), "DE-1")
    with pytest.raises(ExamEditionError, match="held under demo, not demo-2"):
        check_foundation(SESSION, "demo-2", DAY, "DE-1")
    with pytest.raises(ExamInvalidatedError, match="ESA-1 was invalidated on 2026-11-24"):
        check_foundation(GONE, "demo", DAY, "DE-1")
    with pytest.raises(FourEyesError, match="ES-2 examined in ESA-1"):
        check_foundation(SESSION, "demo", DAY, "ES-2")


def test_a_grants_session_has_every_part_that_leads_to_the_certification() -> None:
    check_exam(SESSION, RULE)

    with pytest.raises(ExamPartError, match=r"requires: caso, pratica$"):
        check_exam(SESSION, replace(RULE, exam_parts=("scritta", "pratica", "caso")))


@pytest.mark.parametrize("rule", [None, Gap({"it": "non pubblico", "en": "not public"})], ids=["no rule", "gap"])
def test_an_edition_without_a_rule_takes_any_exam(rule: Gap | None) -> None:
    check_exam(None, rule)
    check_exam(replace(SESSION, parts=SESSION.parts[:1]), rule)


def test_an_exam_that_is_not_recorded_is_refused_where_the_edition_wants_a_recorded_one() -> None:
    check_exam(None, RULE)
    check_exam(SESSION, replace(RULE, exam_recorded=True))

    with pytest.raises(ExamUnrecordedError, match="recorded here"):
        check_exam(None, replace(RULE, exam_recorded=True))


def test_who_examined_does_not_invalidate_and_does_not_decide_on_what_rests_on_the_session() -> None:
    for examiner in SESSION.examiners:
        with pytest.raises(FourEyesError, match=f"{examiner} examined in ESA-1"):
            invalidated(SESSION, replace(WHY, decider=examiner))
        with pytest.raises(FourEyesError, match=f"{examiner} examined in ESA-1"):
            check_reviewable(GONE, examiner)


def test_a_session_is_invalidated_once_and_the_same_again_changes_nothing() -> None:
    assert invalidated(SESSION, WHY) == GONE
    assert invalidated(GONE, replace(WHY, on=date(2026, 12, 1))) == GONE

    for other in (replace(WHY, decider="DE-2"), replace(WHY, reason="another")):
        with pytest.raises(ExamInvalidatedError, match="2026-11-24 already"):
            invalidated(GONE, other)


def test_nothing_is_annulled_for_a_session_that_stands() -> None:
    assert check_reviewable(GONE, "DE-2") == WHY

    with pytest.raises(ExamStandsError, match="ESA-1 stands"):
        check_reviewable(SESSION, "DE-2")


def test_the_sessions_examiners_join_the_cases_each_once() -> None:
    case = Case("DE-1", ("ES-2", "ES-3"), ("FO-1",))

    assert examined(case, SESSION) == Case("DE-1", ("ES-2", "ES-3", "ES-1"), ("FO-1",))
    assert examined(case, None) == case
