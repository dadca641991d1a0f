"""Granting, one by one and in bulk, while the registry grows; and projecting what was granted."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from statistics import median
from typing import Final

from registry.application.registry import BATCH
from registry.bootstrap import Attesto, now
from registry.database.migration import Row
from registry.vault import HIDDEN_COLUMNS, HOLDER_COLUMNS, NUMBER_COLUMNS
from tests.benchmarks.figure import Aim, Figure, Kind, rate, step
from tests.benchmarks.limits import Raw, Tables, open_raw, read_and_parse, sign_and_append
from tests.benchmarks.worlds import database_url, durability, folder, grant_all, people, registry
from verifier.encoding import legal_day

_WARM_UP: Final = 20
_SAMPLES: Final = (0, 0.25, 0.5, 1)
_EVENTS: Final = 2
_NEW_ROWS: Final = (
    "SELECT leaf_index, stream, sequence, topic, body, nodes FROM entry "
    "WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index"
)
_NUMBER: Final = ", ".join(NUMBER_COLUMNS)
_HIDDEN: Final = ", ".join(HIDDEN_COLUMNS)
_HOLDER: Final = ", ".join(HOLDER_COLUMNS)
Round = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scale:
    """How much: certifications in all, per window of bulk, and per sample one by one; bulk counts the first half."""

    total: int
    window: int
    sample: int


def kinds(database: str) -> tuple[Kind, ...]:
    """The figures of one database."""
    at_least_500 = Aim("value", 500) if database == "postgresql" else None
    return (
        Kind(
            "grant-one-by-one", "grants/s",
            "make a grant's three signatures and commit its rows, one grant after the other", at_least_500, database,
        ),
        Kind(
            "grant-in-bulk", "grants/s",
            f"make as many signatures over the same bytes, insert the same rows, {BATCH} grants to a commit",
            Aim("ratio", 0.4), database,
        ),
        Kind(
            "grant-one-by-one-flat", "of the first rate", "the limit's own last rate, of its first",
            Aim("value", 0.9), database,
        ),
        Kind(
            "grant-in-bulk-flat", "of the first rate", "the limit's own last rate, of its first",
            Aim("value", 0.9), database,
        ),
        Kind(
            "project-events", "events/s", "read the same rows and parse their payloads into dictionaries",
            Aim("ratio", 0.5), database,
        ),
    )  # fmt: skip


def measure(database: str, scale: Scale) -> Iterator[Figure]:
    """Let one registry grow, and measure all the while; every round has its limit at its side."""
    one_by_one, in_bulk, one_flat, bulk_flat, projected = kinds(database)
    with folder() as place, database_url(database, place) as url, registry(place / "registry", url) as attesto:
        durable = durability(url) if url else {"journal_mode": "WAL", "synchronous": "FULL"}
        with closing(open_raw(url, place)) as raw:
            growth = _Growth(attesto, raw, scale)
            samples, windows = growth.measure(database)
            at = [int(scale.total * part) for part in _SAMPLES]
            yield Figure(one_by_one, samples, detail={**durable, "certifications": at})
            yield Figure(in_bulk, windows[: max(1, len(windows) // 2)], detail={"window": scale.window})
            yield Figure(one_flat, [_decline(samples, 1)], detail={"certifications": at})
            yield Figure(bulk_flat, [_decline(windows, max(1, len(windows) // 4))], detail={"rates": _rates(windows)})
            with step(f"{database}: projecting"):
                yield Figure(projected, growth.project(2 * scale.window))


class _Growth:
    def __init__(self, attesto: Attesto, raw: Raw, scale: Scale) -> None:
        self._attesto = attesto
        self._raw = raw
        self._scale = scale
        self._grants = people(attesto, _WARM_UP + scale.total + len(_SAMPLES) * scale.sample)
        self._copied = 0

    def measure(self, database: str) -> tuple[list[Round], list[Round]]:
        """One by one in samples, in bulk in windows between them."""
        self._one_by_one(_WARM_UP)
        samples, windows = [], []
        with step(f"{database}: one by one, at 0"):
            samples.append(self._one_by_one(self._scale.sample))
        for start, end in pairwise(int(self._scale.total * part) for part in _SAMPLES):
            with step(f"{database}: in bulk, {start} to {end}"):
                windows += [self._in_bulk() for _ in range(start, end, self._scale.window)]
            with step(f"{database}: one by one, at {end}"):
                samples.append(self._one_by_one(self._scale.sample))
        return samples, windows

    def project(self, page: int) -> list[Round]:
        """Take in all that is there, in pages; the limit reads the copy of the same rows."""
        attesto, size, today = self._attesto, self._copied, legal_day(now())
        attesto.standings.catch_up(min(page, size), today)
        rounds = []
        for start in range(page, size - page + 1, page):
            end = start + page
            value = rate(page, partial(attesto.standings.catch_up, end, today))
            rounds.append((value, rate(page, partial(read_and_parse, self._raw, start, end))))
        return rounds

    def _one_by_one(self, count: int) -> Round:
        grants = list(islice(self._grants, count))
        value = rate(count, lambda: [self._attesto.registry.decide(grant) for grant in grants])
        return value, self._limit(count, 1)

    def _in_bulk(self) -> Round:
        grants = list(islice(self._grants, self._scale.window))
        value = rate(len(grants), lambda: grant_all(self._attesto, grants))
        return value, self._limit(len(grants), BATCH)

    def _limit(self, count: int, batch: int) -> float:
        entries = self._new_rows()
        # What the operator signs, times and registrations, is not the grants'.
        events = [row for row in entries if str(row[3]).startswith("certifica")]
        if others := [row for row in entries if not str(row[3]).startswith("certifica")]:
            self._raw.append({"raw_entry": others})
        batches = [
            self._tables(events[start : start + batch * _EVENTS]) for start in range(0, len(events), batch * _EVENTS)
        ]
        return rate(count, lambda: sign_and_append(self._raw, batches))

    def _tables(self, events: Sequence[Row]) -> Tables:
        """The rows of some grants, by raw table, as the registry stored them."""
        streams = sorted({bytes(row[1]) for row in events if isinstance(row[1], bytes)})
        places = ", ".join("?" * len(streams))
        with self._attesto.database.snapshot() as reading:
            numbers = reading.rows(f"SELECT {_NUMBER} FROM number WHERE certification IN ({places})", streams)
            hidden = reading.rows(f"SELECT {_HIDDEN} FROM hidden WHERE certification IN ({places})", streams)
            of_these = f"SELECT holder FROM number WHERE certification IN ({places})"
            holders = reading.rows(f"SELECT {_HOLDER} FROM holder WHERE holder IN ({of_these})", streams)
        return {"raw_entry": events, "raw_holder": holders, "raw_number": numbers, "raw_hidden": hidden}

    def _new_rows(self) -> list[Row]:
        size = self._attesto.store.log.head().size
        with self._attesto.database.snapshot() as reading:
            rows = reading.rows(_NEW_ROWS, (self._copied, size))
        self._copied = size
        return rows


def _decline(rounds: Sequence[Round], width: int) -> Round:
    """What is left of the first rates in the last ones, of the value and of its limit."""
    (value, limit), (last_value, last_limit) = (
        tuple(median(rates) for rates in zip(*some, strict=True)) for some in (rounds[:width], rounds[-width:])
    )
    return last_value / value, last_limit / limit


def _rates(rounds: Sequence[Round]) -> list[float]:
    return [round(value, 1) for value, _ in rounds]
