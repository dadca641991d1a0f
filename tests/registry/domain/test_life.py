"""Every state that a certification may be in, and every event: what the domain's table allows, and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from registry.domain.beginning import Beginning, grant
from registry.domain.certification import Certification
from registry.domain.decision import Case, Decision
from registry.domain.edition import Edition, Gap, Profile, RecertificationRule, Rules
from registry.domain.errors import DomainError, RecertificationError, TransitionError
from tests.life_table import LIFE, STATES, Cell, pairs
from tests.registry.domain.bodies import body
from verifier.status import Fact, Limits, State, breach

DAY = timedelta(days=1)
CASE = Case("decider", ("examiner",), ("trainer",))
# Twelve months from 12 January 2026 end with 11 January 2027; thirty days of grace end with 10 February 2027.
GRANTED_ON, LAST, GRACE_ENDS = date(2026, 1, 12), date(2027, 1, 11), date(2027, 2, 10)
LIMITS = Limits(late_recording_days=0, recertification_grace_days=30)
UNKNOWN = Gap({"it": "non pubblico", "en": "not public"})
RULES = Rules(GRANTED_ON, None, 12, None, RecertificationRule(90, 30), 180, UNKNOWN, UNKNOWN)
EDITION = Edition(
    "demo-1", "demo", {"it": "D", "en": "D"}, {"a": Profile("a", {"it": "A", "en": "A"})}, RULES, bytes(32),
    {"a": ("answer", "listen", "note")},
)  # fmt: skip
# The day on which an event is tried.
TODAY = {
    **dict.fromkeys(STATES, date(2027, 1, 4)),
    "expired, within the grace": GRACE_ENDS,
    "expired, after the grace": GRACE_ENDS + DAY,
}
REFUSALS: Mapping[Cell, type[DomainError]] = {Cell.STATE: TransitionError, Cell.DAY: RecertificationError}

Act = Callable[[Certification, Decision], object]


def decision(on: date, effective_on: date | None = None) -> Decision:
    return Decision(uuid4(), datetime(on.year, on.month, on.day, 11, 0, tzinfo=UTC), effective_on or on, on)


ENDS: Mapping[str, Act] = {
    "suspended": lambda one, then: one.suspend(then, EDITION, date(2027, 2, 1)),
    "withdrawn": Certification.withdraw,
    "relinquished": Certification.relinquish,
    "annulled": Certification.annul,
    "transferred": lambda one, then: one.transfer_out(then, "odc-due"),
}
ARRIVES: Mapping[str, State] = {
    "not yet effective": State.NOT_YET_EFFECTIVE,
    "active": State.ACTIVE,
    "suspended": State.SUSPENDED,
    "expired, within the grace": State.EXPIRED,
    "expired, after the grace": State.EXPIRED,
    "withdrawn": State.WITHDRAWN,
    "relinquished": State.RELINQUISHED,
    "annulled": State.ANNULLED,
    "transferred": State.TRANSFERRED,
}


def arrived(state: str, *, documented: bool = False) -> Certification:
    """A certification that is in that state on the day of the attempt.

    It covers two of three tasks and has a suspension behind it that an appeal may name, unless it has not begun.
    """
    today = TODAY[state]
    begun = state != "not yet effective"
    on = GRANTED_ON if begun else today - DAY
    first = decision(on, on if begun else today + DAY)
    accredited = body("granted", on=GRANTED_ON)
    certification = grant(Beginning(uuid4(), first, CASE, accredited, EDITION, 7), "a", None)
    if documented:
        certification.issue(first, bytes(32))
    if begun:
        certification.reduce_scope(decision(date(2026, 3, 2)), EDITION, ("listen", "note"))
        certification.suspend(decision(date(2026, 4, 1)), EDITION, date(2026, 6, 30))
        certification.reinstate(decision(date(2026, 4, 4)))
    if state in ENDS:
        ENDS[state](certification, decision(date(2026, 12, 1)))
    return certification


def appealed(facts: Sequence[Fact]) -> int:
    """The last decision that an appeal may reverse; the first event where there is none."""
    named = {"certification.suspended", "certification.withdrawn", "certification.annulled"}
    return max((fact.sequence for fact in facts if fact.type in named), default=1)


ACTS: Mapping[str, Act] = {
    "certification.maintenance_confirmed": lambda one, now: one.confirm_maintenance(now, EDITION),
    "certification.maintenance_refused": Certification.refuse_maintenance,
    "certification.recertified": lambda one, now: one.recertify(now, CASE, EDITION, None),
    "certification.scope_extended": lambda one, now: one.extend_scope(now, EDITION, ("answer", "listen", "note")),
    "certification.scope_reduced": lambda one, now: one.reduce_scope(now, EDITION, ("note",)),
    "certification.suspended": lambda one, now: one.suspend(now, EDITION, now.effective_on + 30 * DAY),
    "certification.suspension_prolonged": lambda one, now: one.prolong_suspension(
        now, EDITION, now.effective_on + 60 * DAY
    ),
    "certification.reinstated": Certification.reinstate,
    "certification.withdrawn": Certification.withdraw,
    "certification.relinquished": Certification.relinquish,
    "certification.annulled": Certification.annul,
    "certification.transferred_out": lambda one, now: one.transfer_out(now, "odc-due"),
    "certification.appeal_upheld": lambda one, now: one.uphold_appeal(now, appealed(one.facts)),
    "certification.corrected": lambda one, now: one.correct(now, 1),
    "certification.personal_data_erased": Certification.erase,
    "certificate.issued": lambda one, now: one.issue(now, bytes(32)),
    "certificate.reissued": lambda one, now: one.issue(now, bytes(32)),
}
TRIED = [pair for pair in pairs() if pair[0] in ARRIVES and pair[1] in ACTS]


def short(value: str) -> str:
    return value.rpartition(".")[2]


@pytest.mark.parametrize("state", ARRIVES)
def test_each_life_has_arrived_in_its_state(state: str) -> None:
    assert arrived(state).standing(TODAY[state]).state is ARRIVES[state]


@pytest.mark.parametrize(("state", "event"), [pair[:2] for pair in TRIED if pair[2] is Cell.ALLOWED], ids=short)
def test_the_registry_records_what_the_table_allows(state: str, event: str) -> None:
    certification = arrived(state, documented=event == "certificate.reissued")

    ACTS[event](certification, decision(TODAY[state]))

    assert certification.facts[-1].type == event


@pytest.mark.parametrize(("state", "event", "cell"), [one for one in TRIED if one[2] is not Cell.ALLOWED], ids=short)
def test_the_registry_refuses_the_rest_by_the_error_of_the_rule(state: str, event: str, cell: Cell) -> None:
    certification = arrived(state, documented=event == "certificate.reissued")
    before = list(certification.facts)

    with pytest.raises(DomainError) as refused:
        ACTS[event](certification, decision(TODAY[state]))

    assert refused.type is REFUSALS[cell]
    assert certification.facts == before


@pytest.mark.parametrize(("state", "event", "cell"), list(pairs()), ids=short)
def test_the_verifier_takes_what_the_table_allows_and_nothing_else(state: str, event: str, cell: Cell) -> None:
    today = decision(TODAY[state])
    before = arrived(state, documented=event == "certificate.reissued").facts if state in ARRIVES else []
    new = Fact(
        event,
        len(before) + 1,
        today.effective_on,
        today.decided_at,
        valid_until=date(2028, 12, 31),
        deadline=date(2027, 3, 1),
        reverses=appealed(before) if event == "certification.appeal_upheld" else None,
    )

    assert (breach([*before, new], LIMITS) is None) is (cell is Cell.ALLOWED)


def test_every_event_is_tried_on_the_aggregate_but_those_that_begin_a_life_or_come_with_another() -> None:
    beginnings = {event for event, cells in LIFE.items() if cells["not recorded"] is Cell.ALLOWED}

    assert LIFE.keys() - ACTS.keys() - beginnings == {"certificate.superseded"}
