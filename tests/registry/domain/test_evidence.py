"""Which evidence a decision needs, what a record of it must be, and which records count."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.edition import Acquisition, Evidence, Gap
from registry.domain.errors import (
    DomainError,
    EvidenceDayError,
    EvidenceHoursError,
    IncompleteApplicationError,
    MissingEvidenceError,
    TransitionError,
    UnknownEvidenceError,
)
from registry.domain.evidence import (
    EvidenceRecord,
    check_application,
    check_evidence,
    check_record,
    check_records,
    find_missing,
    of_running_period,
)
from verifier.encoding import legal_day
from verifier.status import Fact, Standing, State

TITLE = {"it": "Prova", "en": "Proof"}
RULE = (Evidence("work", TITLE, required=True), Evidence("hours", TITLE, True, 16), Evidence("praise", TITLE, False))


def test_what_is_required_suffices_in_any_order() -> None:
    check_evidence(RULE, ("hours", "work"))


def test_what_is_required_and_was_not_received_is_named() -> None:
    with pytest.raises(MissingEvidenceError, match=r"not received: hours$"):
        check_evidence(RULE, ("praise", "work"))


def test_a_kind_that_the_edition_does_not_know_is_refused() -> None:
    with pytest.raises(UnknownEvidenceError, match="no evidence luck"):
        check_evidence(RULE, ("hours", "work", "luck"))


@pytest.mark.parametrize("rule", [None, Gap({"it": "non pubblico", "en": "not public"})], ids=["no rule", "gap"])
def test_where_no_evidence_is_known_to_be_demanded_nothing_is_refused(rule: Gap | None) -> None:
    check_evidence(rule, ())
    check_evidence(rule, ("anything",))
    check_records(rule, ())
    assert find_missing(rule, ()) == []


def test_an_application_names_all_that_it_lacks_at_once() -> None:
    rule = Acquisition(RULE, ("written",))

    check_application(rule, ("hours", "work"))
    with pytest.raises(IncompleteApplicationError, match=r"requires: work, hours$"):
        check_application(rule, ("praise",))
    with pytest.raises(UnknownEvidenceError, match="no evidence luck, pluck"):
        check_application(rule, ("pluck", "luck"))


@pytest.mark.parametrize("rule", [None, Gap({"it": "non pubblico", "en": "not public"})], ids=["no rule", "gap"])
def test_where_no_application_is_known_to_be_demanded_nothing_is_asked_for(rule: Gap | None) -> None:
    check_application(rule, ())
    check_application(rule, ("anything",))


AT = datetime(2027, 11, 2, 9, 0, tzinfo=UTC)
WORK = EvidenceRecord("work", date(2027, 10, 1), AT)
TRAINING = EvidenceRecord("hours", date(2027, 10, 1), AT, 10)
STANDING = Standing(State.ACTIVE, granted_on=date(2026, 11, 24))


def test_hours_are_summed_over_the_records_of_their_kind_and_none_is_rounded_up() -> None:
    check_records(RULE, (WORK, TRAINING, replace(TRAINING, hours=6)))

    with pytest.raises(MissingEvidenceError, match=r"not received: hours \(15 of 16 hours\)$"):
        check_records(RULE, (WORK, TRAINING, replace(TRAINING, hours=5), replace(WORK, kind="praise", hours=9)))


def test_all_that_the_records_lack_is_named_at_once() -> None:
    with pytest.raises(MissingEvidenceError, match=r"not received: work, hours \(0 of 16 hours\)$"):
        check_records(RULE, ())


BAD_RECORDS: dict[str, tuple[EvidenceRecord, Standing, type[DomainError], str]] = {
    "an unknown kind": (replace(WORK, kind="luck"), STANDING, UnknownEvidenceError, "no evidence luck"),
    "no hours": (replace(TRAINING, hours=None), STANDING, EvidenceHoursError, "hours is counted in hours: state them"),
    "hours of what has none": (replace(WORK, hours=1), STANDING, EvidenceHoursError, "work is not counted in hours"),
    "a day to come": (replace(WORK, received_on=date(2027, 11, 3)), STANDING, EvidenceDayError, "still to come"),
    "before it began": (replace(WORK, received_on=date(2026, 11, 23)), STANDING, EvidenceDayError, "2026-11-24"),
    "after its end": (WORK, replace(STANDING, state=State.WITHDRAWN), TransitionError, "that is withdrawn takes no"),
}


@pytest.mark.parametrize("case", BAD_RECORDS)
def test_what_is_no_record_of_evidence_is_refused(case: str) -> None:
    record, standing, error, reason = BAD_RECORDS[case]

    with pytest.raises(error, match=reason):
        check_record(RULE, record, standing)


def test_a_record_is_taken_from_the_first_day_of_the_certification_to_today_and_of_any_kind_without_a_rule() -> None:
    for day in (date(2026, 11, 24), date(2027, 11, 2)):
        check_record(RULE, replace(WORK, received_on=day), STANDING)
    check_record(RULE, TRAINING, replace(STANDING, state=State.SUSPENDED))
    check_record(None, replace(WORK, kind="luck", hours=3), STANDING)


def fact(kind: str, sequence: int, effective_on: date, recorded_at: datetime, maintained: date | None = None) -> Fact:
    return Fact(f"certification.{kind}", sequence, effective_on, recorded_at, maintained_from=maintained)


BEGUN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
GRANTED = fact("granted", 1, date(2026, 11, 24), BEGUN)
CONFIRMED = fact("maintenance_confirmed", 3, date(2027, 10, 20), datetime(2027, 10, 22, 9, 0, tzinfo=UTC))


def test_what_was_received_and_recorded_since_the_grant_counts() -> None:
    first = EvidenceRecord("work", date(2026, 11, 24), BEGUN)
    earlier = replace(first, received_on=date(2026, 11, 23))

    assert of_running_period([first, earlier, WORK], [GRANTED]) == (first, WORK)


def test_each_record_counts_for_one_confirmation() -> None:
    second = timedelta(seconds=1)
    drawn = EvidenceRecord("work", date(2027, 10, 21), CONFIRMED.recorded_at)
    fresh = replace(drawn, recorded_at=CONFIRMED.recorded_at + second)
    old = replace(fresh, received_on=date(2027, 10, 19))

    counted = of_running_period([drawn, fresh, old], [GRANTED, fact("suspended", 4, WORK.received_on, AT), CONFIRMED])

    assert counted == (fresh,)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3 * 86_400)), max_size=12))
def test_no_record_counts_twice_whatever_comes_when(steps: list[tuple[bool, int]]) -> None:
    facts, records, drawn, at = [GRANTED], list[EvidenceRecord](), list[EvidenceRecord](), BEGUN
    for sequence, (confirms, seconds) in enumerate(steps, start=2):
        at += timedelta(seconds=seconds)
        if confirms:
            drawn += of_running_period(records, facts)
            facts.append(fact("maintenance_confirmed", sequence, legal_day(at), at))
        else:
            records.append(EvidenceRecord("work", legal_day(at), at, reference=str(sequence)))

    assert len(drawn) == len(set(drawn))
    assert {record for record in records if record.recorded_at > facts[-1].recorded_at} <= {
        *of_running_period(records, facts)
    }


def test_a_confirmation_that_is_scheduled_ends_the_period_on_the_day_it_is_recorded() -> None:
    scheduled = replace(CONFIRMED, effective_on=date(2027, 11, 10))
    between = EvidenceRecord("work", date(2027, 10, 25), datetime(2027, 10, 25, 9, 0, tzinfo=UTC))

    assert of_running_period([between], [GRANTED, scheduled]) == (between,)


def test_a_maintenance_period_that_began_before_the_registry_is_the_one_that_its_adoption_states() -> None:
    adopted = fact("adopted", 1, date(2026, 11, 24), BEGUN, maintained=date(2026, 3, 1))
    records = [EvidenceRecord("work", day, BEGUN) for day in (date(2026, 2, 28), date(2026, 3, 1))]

    assert of_running_period(records, [adopted]) == (records[1],)
