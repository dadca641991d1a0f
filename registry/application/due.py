"""What waits for a decision of a body: maintenance due, suspensions past their deadline; nothing changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from registry.domain.edition import Edition, maintenance_rule
from verifier.status import Condition, Fact, status

# Who is latest comes first.
_WAITING: Final = (
    Condition.SUSPENSION_PAST_DEADLINE,
    Condition.MAINTENANCE_OVERDUE,
    Condition.MAINTENANCE_IN_GRACE,
    Condition.MAINTENANCE_DUE,
)


@dataclass(frozen=True, slots=True)
class Due:
    """A certification that waits for a decision: why, and since or by which legal day ``due_on``."""

    certification: UUID
    profile: str
    edition: str
    why: Condition
    due_on: date


@dataclass(frozen=True, slots=True)
class Life:
    """A certification with the facts that its status is computed from."""

    certification: UUID
    profile: str
    edition: Edition
    facts: tuple[Fact, ...]


def due(lives: Iterable[Life], on: date, known_at: datetime) -> list[Due]:
    """What waits on legal day ``on`` as known at ``known_at`` (UTC), the most urgent first."""
    waiting = [one for life in lives for one in _of(life, on, known_at)]
    return sorted(waiting, key=lambda one: (_WAITING.index(one.why), one.due_on, str(one.certification)))


def _of(life: Life, on: date, known_at: datetime) -> Iterator[Due]:
    standing = status(life.facts, on, known_at, maintenance_rule(life.edition.rules))
    for why in _WAITING:
        past = why is Condition.SUSPENSION_PAST_DEADLINE
        day = standing.deadline if past else standing.maintenance_due_on
        if why in standing.conditions and day is not None:
            yield Due(life.certification, life.profile, life.edition.slug, why, day)
