"""A figure: what was measured, and beside it the raw limit that was measured in the same breath."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Literal


@dataclass(frozen=True, slots=True)
class Aim:
    """What is aimed at: at least so much, of the value or of its ratio to the limit."""

    of: Literal["value", "ratio"]
    at_least: float


@dataclass(frozen=True, slots=True)
class Kind:
    """A figure that a run has to bring, whatever happens: its name, its unit, what its limit is, its aim."""

    name: str
    unit: str
    limit_is: str
    aim: Aim | None = None
    database: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A kind of figure, measured in ``rounds`` of (value, limit); without rounds ``why`` says why not."""

    kind: Kind
    rounds: Sequence[tuple[float, float]] = ()
    why: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        """The figure as the JSON says it."""
        value = limit = ratio = None
        if self.rounds:
            value, limit = median(v for v, _ in self.rounds), median(limit for _, limit in self.rounds)
            # Rounds are pairs in time, so their own ratios are steadier than the ratio of the medians.
            ratio = round(median(v / limit for v, limit in self.rounds), 3)
        return {
            "name": self.kind.name,
            "database": self.kind.database,
            "unit": self.kind.unit,
            "value": _short(value),
            "limit": _short(limit),
            "limit_is": self.kind.limit_is,
            "ratio": ratio,
            "aim": self._aim(value, ratio),
            "rounds": [[_short(v), _short(limit)] for v, limit in self.rounds],
            "why_null": self.why,
            **({"detail": self.detail} if self.detail else {}),
        }

    def _aim(self, value: float | None, ratio: float | None) -> dict[str, object] | None:
        if self.kind.aim is None:
            return None
        reached = value if self.kind.aim.of == "value" else ratio
        return {**asdict(self.kind.aim), "met": None if reached is None else reached >= self.kind.aim.at_least}


def rate(count: int, work: Callable[[], object]) -> float:
    """How many of ``count`` per second ``work`` does."""
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Tell on standard error what is going on, and how long it took."""
    start = time.perf_counter()
    sys.stderr.write(f"{name} …\n")
    try:
        yield
    finally:
        sys.stderr.write(f"{name}: {time.perf_counter() - start:.1f} s\n")


def _short(number: float | None) -> float | None:
    if number is None:
        return None
    return round(number, 3) if number < 100 else round(number, 1)
