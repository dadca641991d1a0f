"""A transfer followed back: how the two certifications of it must fit, and which of them answers for a day.

A certification that was transferred is a life at each of its bodies. The old body's last word names the receiver, the
new body's first one names that word by its hash; both are recorded at one instant, so that at no K and on no T it is
missing at both bodies, or held at two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from verifier.encoding import legal_day
from verifier.errors import ChainError
from verifier.jws import chain_hash
from verifier.status import (
    HELD,
    RECORDING,
    Condition,
    Fact,
    MaintenanceRule,
    Standing,
    State,
    maintained,
    status,
)
from verifier.stream import LoggedEvent

TRANSFERRED_OUT: Final = "certification.transferred_out"
TRANSFERRED_IN: Final = "certification.transferred_in"
_NOT_BEGUN: Final = frozenset({State.NOT_RECORDED, State.NOT_YET_EFFECTIVE})
_MAINTENANCE: Final = {
    "certification.maintenance_confirmed": False,
    "certification.recertified": False,
    "certification.maintenance_refused": True,
}


def check_link(left: LoggedEvent, begun: LoggedEvent) -> None:
    """Check that ``begun``, which begins a certification, takes over what ``left`` handed over.

    Raises:
        ChainError: it names another certification or event, its body is not the receiver or the same one, edition or
            profile change, or the two were not recorded at one instant and for the day of that.
    """
    out, into = left.event, begun.event
    if into.content.get("origin") != out.stream or into.content.get("out_sha256") != chain_hash(out.jws):
        raise ChainError("the certification does not name the event by which another one was handed over to it")
    if not out.text("body") != out.text("receiver") == into.text("body"):
        raise ChainError(f"the certification was handed over to body {out.text('receiver')}, not {into.text('body')}")
    if any(out.text(name) != into.text(name) for name in ("edition", "profile")):
        raise ChainError("a transfer changes neither edition nor profile, but this one does")
    if left.recorded_at != begun.recorded_at or left.index >= begun.index:
        raise ChainError("the two events of a transfer were not recorded together")
    if out.effective_on != into.effective_on:
        raise ChainError("the two events of a transfer take effect on different days")
    if out.effective_on > legal_day(left.recorded_at + RECORDING):
        raise ChainError("a transfer takes effect on the day it is recorded, but this one does on a later day")


def handed_over(events: Sequence[LoggedEvent]) -> LoggedEvent:
    """The event by which a certification was handed over.

    Raises:
        ChainError: none of ``events`` is one.
    """
    found = next((logged for logged in events if logged.event.type == TRANSFERRED_OUT), None)
    if found is None:
        raise ChainError("the certification that this one should go on from was never handed over")
    return found


def check_kept(lives: Sequence[Sequence[Fact]], rule: MaintenanceRule | None) -> None:
    """Check that each of ``lives``, the newest first, keeps the days of the one that it goes on from.

    Raises:
        ChainError: that one was not handed over, the days are others, or something was scheduled for later there.
    """
    for begun, left in pairwise(lives):
        _check_kept(begun[0], left, rule)


def _check_kept(begun: Fact, life: Sequence[Fact], rule: MaintenanceRule | None) -> None:
    end = next((place for place, fact in enumerate(life, start=1) if fact.type == TRANSFERRED_OUT), len(life))
    left = life[:end]
    day = left[-1].effective_on
    was = status(left, day, left[-1].recorded_at)
    kept_from, counted_from = maintained(left, day, rule) or (None, None)
    kept = (was.granted_on, was.cycle_starts_on, kept_from, was.valid_until)
    said = (begun.granted_on, begun.cycle_starts_on, begun.maintained_from, begun.valid_until)
    # An event of the first version does not say from which day the months are counted.
    elsewhere = begun.counted_from is not None and begun.counted_from != counted_from
    if was.state is not State.TRANSFERRED or said != kept or elsewhere:
        raise ChainError("a transfer keeps every day of the certification, but this one states others")
    if any(fact.effective_on > day for fact in left if not fact.type.startswith("certificate.")):
        raise ChainError("a transfer leaves nothing behind that takes effect later, but this one does")


def follow(
    lives: Sequence[Sequence[Fact]], on: date, known_at: datetime, rule: MaintenanceRule | None = None
) -> tuple[int, Standing]:
    """Which of ``lives``, the newest first, answers for legal day ``on`` as known at ``known_at`` (UTC), and how.

    It is the newest that had begun by then, else the oldest. What was annulled never was, on any day: it answers for
    the days before it, too, but an annulment by the old body does not reach the days at the new one; it is said.
    """
    found = [status(life, on, known_at, rule) for life in lives]
    begun = (place for place, standing in enumerate(found) if standing.state not in _NOT_BEGUN)
    place = next(begun, len(lives) - 1)
    return place, _with_what_came_along(found[place], found[place + 1 :], lives[place:], on, known_at)


def _with_what_came_along(
    standing: Standing, origins: Sequence[Standing], lives: Sequence[Sequence[Fact]], on: date, known_at: datetime
) -> Standing:
    if not origins:
        return standing
    decided = [fact for life in lives for fact in _decided(life, on, known_at)]
    found = list(standing.conditions)
    if standing.state in HELD and _refused(decided) and Condition.MAINTENANCE_REFUSED not in found:
        found.append(Condition.MAINTENANCE_REFUSED)
    if standing.state is not State.ANNULLED and any(origin.state is State.ANNULLED for origin in origins):
        found.append(Condition.ORIGIN_ANNULLED)
    proven_from = origins[-1].proven_from
    if proven_from is not None:
        found.append(Condition.ADOPTED)
    # A beginning says nothing of the scope: what was left of it at the old body is what there is.
    scope = next((one.scope for one in (standing, *origins) if one.scope is not None), None)
    return replace(standing, conditions=tuple(found), proven_from=proven_from, scope=scope)


def _decided(life: Sequence[Fact], on: date, known_at: datetime) -> Iterator[Fact]:
    """What was decided by then, the latest first."""
    known = [fact for fact in life if fact.recorded_at <= known_at and fact.effective_on <= on]
    yield from sorted(known, key=lambda fact: (fact.effective_on, fact.sequence), reverse=True)


def _refused(decided: Sequence[Fact]) -> bool:
    return next((_MAINTENANCE[fact.type] for fact in decided if fact.type in _MAINTENANCE), False)
