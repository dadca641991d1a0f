"""`make bench`: measures what the registry and its verifier can do, and prints one JSON document.

    python -m tests.benchmarks [--quick] [--only GROUP]

Each figure stands beside its raw limit, measured in the same run, in turns: the same bytes signed, stored, read,
checked or served with nothing of ours around it. The document:

    {"quick": false,                        a smaller run, to try things; its figures are not to be quoted
     "at": "2026-11-24T08:00:00Z", "seconds": 612.3,
     "machine": {"processor": "…", "cores": 2, "load": 0.3, "python": "3.11.7", "system": "…", "versions": {…}},
     "figures": [
       {"name": "grant-in-bulk", "database": "postgresql",      null where no database takes part
        "unit": "grants/s",
        "value": 2210.5, "limit": 6050.1,                       medians of the rounds
        "limit_is": "sign as many events of …",                 what the limit does
        "ratio": 0.365,                                         median of the rounds' own ratios
        "aim": {"of": "ratio", "at_least": 0.4, "met": false},  null where nothing is aimed at
        "rounds": [[2210.5, 6050.1], …],                        value and limit, in the order of time
        "why_null": null,                                       why there is no value, where there is none
        "detail": {…}}]}                                        settings and sizes, where they matter

A figure that could not be measured is there all the same: value, limit and ratio null, and ``why_null`` says why.
"""

import argparse
import functools
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from tests.benchmarks import batch, checks, grants, hot, http_grants, million, phone, serving
from tests.benchmarks.figure import Figure, Kind
from verifier.encoding import format_instant

_PACKAGES: Final = ("cryptography", "eventsourcing", "flask", "granian", "msgspec", "psycopg")


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that are measured together; each size gives the same figures."""

    kinds: Sequence[Kind]
    whole: Callable[[], Iterator[Figure]]
    quick: Callable[[], Iterator[Figure]]


_WHOLE: Final = grants.Scale(total=200_000, window=10_000, sample=500)
_QUICK: Final = grants.Scale(total=4_000, window=500, sample=50)
GROUPS: Final[Mapping[str, Group]] = {
    "sqlite": Group(
        grants.kinds("sqlite"), lambda: grants.measure("sqlite", _WHOLE), lambda: grants.measure("sqlite", _QUICK)
    ),
    "postgresql": Group(
        grants.kinds("postgresql"),
        lambda: grants.measure("postgresql", _WHOLE),
        lambda: grants.measure("postgresql", _QUICK),
    ),
    **{
        f"http-{name}": Group(
            http_grants.kinds(name),
            functools.partial(http_grants.measure, name, 5, 500),
            functools.partial(http_grants.measure, name, 3, 60),
        )
        for name in ("sqlite", "postgresql")
    },
    "check": Group(checks.KINDS, lambda: checks.measure(2000, 5), lambda: checks.measure(500, 3)),
    "page": Group(serving.KINDS, lambda: serving.measure(5, 3.0), lambda: serving.measure(3, 0.5)),
    "batch": Group(batch.KINDS, lambda: batch.measure(500, 5), lambda: batch.measure(50, 2)),
    "hot": Group(hot.KINDS, lambda: hot.measure(100_000, 5, 5), lambda: hot.measure(1_000, 2, 1)),
    "phone": Group(phone.KINDS, lambda: phone.measure(10), lambda: phone.measure(3)),
    "million": Group(million.KINDS, lambda: million.measure(1_000_000), lambda: million.measure(100_000)),
}


def document(groups: Iterable[Group], *, quick: bool) -> dict[str, Any]:
    """Measure the groups, and give the document."""
    start, at = time.perf_counter(), datetime.now(UTC)
    machine = _machine()
    figures = [figure.document() for group in groups for figure in _measured(group, quick=quick)]
    seconds = round(time.perf_counter() - start, 1)
    return {"quick": quick, "at": format_instant(at), "seconds": seconds, "machine": machine, "figures": figures}


def _measured(group: Group, *, quick: bool) -> Iterator[Figure]:
    """Every figure of a group: measured, or with the reason why not."""
    missing = {kind.name: kind for kind in group.kinds}
    why = "the run ended before it"
    try:
        for figure in (group.quick if quick else group.whole)():
            del missing[figure.kind.name]
            yield figure
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        sys.stderr.write(f"{why}\n")
    for kind in missing.values():
        yield Figure(kind, why=why)


def _machine() -> dict[str, object]:
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "system": platform.platform(),
        "versions": {name: version(name) for name in _PACKAGES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a small run of some minutes, not to be quoted")
    parser.add_argument("--only", action="append", choices=[*GROUPS, "none"], help="this group only; may be repeated")
    given = parser.parse_args(arguments)
    json.dump(
        document((GROUPS[name] for name in given.only or GROUPS if name in GROUPS), quick=given.quick),
        sys.stdout,
        indent=1,
    )
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
