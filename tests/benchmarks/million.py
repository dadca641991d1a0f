"""A million events: what a projection and both audits cost there, beside a tenth of it, in time and in memory."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.benchmarks.figure import Aim, Figure, Kind, step
from tests.benchmarks.long_log import grow, publish
from tests.benchmarks.worlds import folder, registry

PROJECT: Final = Kind(
    "million-project", "entries/s", "read the same rows and parse their payloads into dictionaries", None, "sqlite"
)
AUDIT: Final = Kind(
    "million-audit", "entries/s", "check as many Ed25519 signatures over the same octets, the key at hand"
)
HASHES: Final = Kind(
    "million-audit-hashes",
    "entries/s",
    "take the SHA-256 of each of the same entries twice, and read its payload from base64 and JSON",
    Aim("value", 100_000),
)
_WORK: Final = {"project": PROJECT, "hashes": HASHES, "audit": AUDIT}
_FLAT: Final = {
    name: Kind(
        f"{kind.name}-flat", "of the rate at a tenth", "the limit's own rate, of its rate at a tenth",
        Aim("value", 0.9), kind.database,
    )
    for name, kind in _WORK.items()
}  # fmt: skip
KINDS: Final = (*_WORK.values(), *_FLAT.values())
# Twenty certifications have 67 events.
_EVENTS, _CERTIFICATIONS = 67, 20
_ROOT: Final = Path(__file__).parents[2]


def measure(events: int) -> Iterator[Figure]:
    """Measure a log of a tenth of ``events``, and then of all; each work runs in a process of its own, warmed up.

    Rates are of processor time. A work is linear where an entry takes as long in the whole log as in a tenth.
    """
    with folder() as place, registry(place / "small") as small, registry(place / "registry") as attesto:
        with step("million: a small log to warm up with"):
            grow(small, range(_certifications(events // 100)))
            publish(small)
        done, runs = 0, {name: list[dict[str, float]]() for name in _WORK}
        for size in (events // 10, events):
            with step(f"million: signing and appending up to {size} events"):
                grow(attesto, range(done, done := _certifications(size)))
            with step("million: publishing"):
                publish(attesto)
            for name, run in runs.items():
                with step(f"million: {name} at {size}"):
                    run.append(_run(name, place / "registry", place / "small"))
        for name, (tenth, whole) in runs.items():
            detail = {
                what: [tenth[what], whole[what]] for what in ("entries", "seconds", "rate_by_the_wall", "peak_mib")
            }
            rates = [(r["rate"], r["limit"]) for r in (tenth, whole)]
            yield Figure(_WORK[name], rates[1:], detail={**detail, "rate_at_a_tenth": round(tenth["rate"], 1)})
            longer, larger = whole["seconds"] / tenth["seconds"], whole["entries"] / tenth["entries"]
            yield Figure(
                _FLAT[name],
                [(whole["rate"] / tenth["rate"], whole["limit"] / tenth["limit"])],
                detail={
                    "times_as_long": round(longer, 3),
                    "times_as_large": round(larger, 3),
                    "time_by_size": round(longer / larger, 3),
                },
            )


def _certifications(events: int) -> int:
    return -(-events * _CERTIFICATIONS // _EVENTS)


def _run(work: str, place: Path, small: Path) -> dict[str, float]:
    command = (sys.executable, "-m", "tests.benchmarks.long_work", work, str(place), str(small))
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, check=False)
    if done.returncode:
        raise ChildProcessError(done.stderr.decode().strip().rpartition("\n")[2])
    measured: dict[str, float] = json.loads(done.stdout)
    return measured
