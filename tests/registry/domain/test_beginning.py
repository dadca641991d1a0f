"""What a certification that was not granted here must bring along, and what a transfer asks of both bodies."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import uuid4

import pytest

from registry.domain.beginning import Beginning, adopt, grant, transfer_in
from registry.domain.body import CertificationBody, Registration
from registry.domain.certification import Certification
from registry.domain.decision import Case, Decision
from registry.domain.edition import Edition, Gap, Profile, RecertificationRule, Rules
from registry.domain.errors import (
    AlreadyScheduledError,
    DomainError,
    EditionNotOpenError,
    FarDayError,
    FourEyesError,
    ImmediateError,
    NotAccreditedError,
    PastError,
    PastExpiredError,
    ReceiverError,
    TransitionError,
    UnknownProfileError,
    ValidityError,
)
from registry.domain.past import Past
from tests.registry.domain.bodies import body
from verifier.status import Condition, MaintenanceRule, State, status

DAY: Final = timedelta(days=1)
TODAY: Final = date(2027, 6, 1)
LATER: Final = datetime(2030, 1, 1, tzinfo=UTC)
CASE: Final = Case("decider", ("examiner",), ("trainer",))
UNKNOWN: Final = Gap({"it": "non pubblico", "en": "not public"})
RULES: Final = Rules(
    date(2026, 1, 12), None, 36, MaintenanceRule(12, 60, 30), RecertificationRule(90, 30), 180, UNKNOWN, UNKNOWN
)
EDITION: Final = Edition(
    "demo-1", "demo", {"it": "D", "en": "D"}, {"a": Profile("a", {"it": "A", "en": "A"})}, RULES, bytes(32),
    {"a": ("answer", "listen", "note")},
)  # fmt: skip
# Granted on 10 May 2023 for three years, renewed in time, confirmed once.
PAST: Final = Past(date(2023, 5, 10), date(2026, 5, 1), date(2027, 5, 1), date(2029, 4, 30))


def decided(on: date = TODAY, effective_on: date | None = None) -> Decision:
    return Decision(uuid4(), datetime(on.year, on.month, on.day, 11, 0, tzinfo=UTC), effective_on or on, on)


def beginning(**changes: object) -> Beginning:
    made = Beginning(uuid4(), decided(), CASE, body("granted"), EDITION, 7)
    return replace(made, **changes)  # type: ignore[arg-type]


def held(on: date = date(2026, 5, 4)) -> Certification:
    """A certification of another body's, granted on that day for three years."""
    return grant(beginning(decision=decided(on), body=body("granted", slug="odc-due")), "a", None)


def handed_over(certification: Certification) -> Certification:
    certification.transfer_out(decided(), "odc-uno")
    return certification


def test_an_adopted_certification_has_the_days_that_its_body_claims() -> None:
    adopted = adopt(beginning(), "a", PAST)

    standing = adopted.standing(TODAY)
    assert (standing.state, standing.since) == (State.ACTIVE, TODAY)
    assert (standing.granted_on, standing.cycle_starts_on) == (PAST.granted_on, PAST.cycle_starts_on)
    assert standing.valid_until == PAST.valid_until
    assert Condition.ADOPTED in standing.conditions
    assert adopted.standing(TODAY - DAY).state is State.NOT_YET_EFFECTIVE


@pytest.mark.parametrize(
    ("changes", "days", "error", "words"),
    [
        ({"case": Case("examiner", ("examiner",))}, {}, FourEyesError, r"^examiner was examiner or trainer of the"),
        ({"case": Case(" ")}, {}, FourEyesError, r"^nobody is named as decision maker$"),
        ({"body": body()}, {}, NotAccreditedError, r"^body odc-uno is not accredited for scheme demo,"),
        ({"body": body("granted", "suspended")}, {}, NotAccreditedError, r"^body odc-uno is not accredited"),
        ({"decision": decided(effective_on=TODAY - DAY)}, {}, ImmediateError, r"the day it is recorded, 2027-06-01,"),
        ({"decision": decided(effective_on=TODAY + DAY)}, {}, ImmediateError, r"the day it is recorded, 2027-06-01,"),
        (
            {"edition": replace(EDITION, rules=replace(RULES, open_until=TODAY - DAY))}, {},
            EditionNotOpenError, r"^the edition took grants until 2027-05-31$",
        ),
        (
            {"edition": replace(EDITION, rules=replace(RULES, open_from=TODAY + DAY))}, {},
            EditionNotOpenError, r"^the edition takes grants from 2027-06-02 only$",
        ),
        ({}, {"cycle_starts_on": date(2023, 5, 9)}, PastError, r"the cycle's start 2023-05-09,"),
        ({}, {"maintained_from": date(2026, 4, 30)}, PastError, r"the last maintenance 2026-04-30 and"),
        ({}, {"maintained_from": TODAY + DAY}, PastError, r"2027-06-02 and today, 2027-06-01, do not follow"),
        ({}, {"valid_until": TODAY - DAY}, PastExpiredError, r"^it expired after 2027-05-31: only what is in"),
        # Thirty-six months from 1 May 2026 end with 30 April 2029.
        ({}, {"valid_until": date(2029, 5, 1)}, ValidityError, r"^a cycle from 2026-05-01 ends with 2029-04-30"),
    ],
)  # fmt: skip
def test_an_adoption_is_refused_by_the_error_of_its_rule(
    changes: dict[str, object], days: dict[str, date], error: type[DomainError], words: str
) -> None:
    with pytest.raises(error, match=words) as refused:
        adopt(beginning(**changes), "a", replace(PAST, **days))

    assert refused.type is error


def test_an_adoption_ends_on_a_day_that_a_certificate_can_state() -> None:
    unknown = replace(EDITION, rules=replace(RULES, validity_months=UNKNOWN))

    with pytest.raises(FarDayError):
        adopt(beginning(edition=unknown), "a", replace(PAST, valid_until=date(9999, 12, 31)))


def test_an_adoption_names_a_profile_of_the_edition() -> None:
    with pytest.raises(UnknownProfileError, match=r"^demo-1 has no profile 'b'$"):
        adopt(beginning(), "b", PAST)


@pytest.mark.parametrize(
    ("days", "rules"),
    [
        ({"granted_on": PAST.cycle_starts_on, "maintained_from": PAST.cycle_starts_on}, RULES),
        ({"maintained_from": TODAY}, RULES),
        ({"valid_until": TODAY}, RULES),
        ({"valid_until": date(2029, 4, 29)}, RULES),
        ({"valid_until": date(2031, 1, 1)}, replace(RULES, validity_months=UNKNOWN)),
    ],
    ids=["first cycle", "confirmed today", "last day", "ends earlier", "validity is a gap"],
)
def test_an_adoption_at_the_edge_of_its_rules_is_taken(days: dict[str, date], rules: Rules) -> None:
    adopted = adopt(beginning(edition=replace(EDITION, rules=rules)), "a", replace(PAST, **days))

    assert adopted.standing(TODAY).in_force


def test_an_accreditation_that_a_faster_clock_suspended_covers_no_grant() -> None:
    suspended, now = body("granted"), decided()
    at = Registration(uuid4(), now.decided_at + timedelta(minutes=5), TODAY)

    suspended.record(CertificationBody.AccreditationSuspended, at, scheme="demo", source="letter")

    with pytest.raises(NotAccreditedError):
        grant(beginning(body=suspended, decision=now), "a", None)


def test_an_unaccredited_body_adopts_marked_only() -> None:
    assert adopt(beginning(body=body(), unaccredited=True), "a", PAST).standing(TODAY).in_force


def test_a_certification_goes_on_at_the_receiver_with_its_days() -> None:
    left = held()
    left.confirm_maintenance(decided(date(2027, 4, 20)), EDITION)

    begun = transfer_in(beginning(), handed_over(left), bytes(32))

    assert left.standing(TODAY).state is State.TRANSFERRED
    standing = begun.standing(TODAY)
    assert (standing.state, standing.since) == (State.ACTIVE, TODAY)
    assert (standing.granted_on, standing.cycle_starts_on) == (date(2026, 5, 4), date(2026, 5, 4))
    assert standing.valid_until == date(2029, 5, 3)
    # Confirmed once, for the year from 4 May 2027 on.
    assert begun.facts[0].maintained_from == date(2027, 5, 4)
    assert Condition.ADOPTED not in standing.conditions


def test_every_day_goes_along_though_each_is_another() -> None:
    left = adopt(beginning(body=body("granted", slug="odc-due")), "a", PAST)

    (fact,) = transfer_in(beginning(), handed_over(left), bytes(32)).facts

    assert Past(fact.granted_on, fact.cycle_starts_on, fact.maintained_from, fact.valid_until) == PAST  # type: ignore[arg-type]


def test_maintenance_is_due_at_the_receiver_when_it_was_due_before() -> None:
    left = held()
    before = status(left.facts, TODAY, LATER, RULES.maintenance)

    begun = transfer_in(beginning(), handed_over(left), bytes(32))

    after = status(begun.facts, TODAY, LATER, RULES.maintenance)
    assert after.maintenance_due_on == before.maintenance_due_on == date(2027, 5, 4)
    assert after.conditions == before.conditions == (Condition.MAINTENANCE_IN_GRACE,)


@pytest.mark.parametrize("on", [TODAY - DAY, TODAY + DAY])
def test_a_transfer_takes_effect_on_the_day_it_is_recorded(on: date) -> None:
    with pytest.raises(ImmediateError):
        held().transfer_out(decided(effective_on=on), "odc-uno")
    with pytest.raises(ImmediateError):
        transfer_in(beginning(decision=decided(effective_on=on)), handed_over(held()), bytes(32))


def test_nothing_is_transferred_to_the_body_that_has_it() -> None:
    with pytest.raises(ReceiverError, match=r"^the certification is odc-due's already$"):
        held().transfer_out(decided(), "odc-due")


def test_what_is_scheduled_at_the_old_body_stands_against_a_transfer() -> None:
    left = held()
    left.relinquish(decided(effective_on=TODAY + DAY))

    with pytest.raises(AlreadyScheduledError, match=r"^one event is scheduled for a later day already$"):
        left.transfer_out(decided(), "odc-uno")


def test_only_what_was_handed_over_is_taken_over() -> None:
    with pytest.raises(TransitionError, match=r"^a certification that is active was not handed over$"):
        transfer_in(beginning(), held(), bytes(32))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"case": Case("trainer", (), ("trainer",))}, FourEyesError),
        ({"case": Case("")}, FourEyesError),
        ({"body": body("granted", "withdrawn")}, NotAccreditedError),
    ],
    ids=["trainer", "nobody", "not accredited"],
)
def test_the_receiver_is_held_to_its_own_rules(changes: dict[str, object], error: type[DomainError]) -> None:
    with pytest.raises(error):
        transfer_in(beginning(**changes), handed_over(held()), bytes(32))


def test_the_receiver_takes_over_though_the_edition_takes_no_new_grants() -> None:
    closed = replace(EDITION, rules=replace(RULES, open_until=TODAY - DAY))

    assert transfer_in(beginning(edition=closed), handed_over(held()), bytes(32)).standing(TODAY).in_force
