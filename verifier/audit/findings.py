"""Findings: what an audit found wrong, or could not check, each with its check, its place and the reason."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from verifier.errors import AttestoError, UnavailableError
from verifier.report import Outcome

MAX_LISTED: Final = 1000

# The checks in their order, each with what it says when it passes.
CHECKS: Final[Mapping[str, str]] = {
    "checkpoint": "the log's head is signed by the log's key, and no older than the trust root",
    "entry": "every entry is of a known form and of this log",
    "tile": "every tile holds the hashes of its entries",
    "root": "the entries make the root that the head names",
    "signature": "every entry is signed by a key in force at its place",
    "chain": "the events of every stream follow each other",
    "time": "the time entries are linked, and time never goes back",
    "body": "every body's keys follow from the trust root",
    "rules": "no event breaks the rules of a certification's life, and each transfer has both its ends, which fit",
    "statement": "every body's statement of completeness is its own, and counts what the log holds",
    "snapshot": "every snapshot names all streams as they were",
    "status": "the published status tree is the newest snapshot's",
    "list": "every published status list says what the status rule says",
    "record": "every published record holds its stream, whole",
    "scheme": "the published scheme files and their list are those that the log names, their rules are the log's, and "
    "no two editions overlap",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: the check that did not pass, the entry or file where, what came of it, and why."""

    check: str
    place: str
    outcome: Outcome
    reason: str

    def __str__(self) -> str:
        return f"{self.check}: {self.place}: {self.reason}"


class Findings:
    """Collects findings; past a thousand they are only counted."""

    def __init__(self) -> None:
        self.listed: list[Finding] = []
        self._counts: Counter[tuple[str, Outcome]] = Counter()
        self._stopped = False

    @contextmanager
    def check(self, name: str, place: int | str) -> Iterator[None]:
        """Run the block as part of the check ``name`` at a leaf index or a file; what it raises becomes a finding."""
        try:
            yield
        except UnavailableError as error:
            self.add(name, place, Outcome.NOT_CHECKED, str(error))
        except AttestoError as error:
            self.add(name, place, Outcome.FAILED, str(error))

    def add(self, name: str, place: int | str, outcome: Outcome, reason: str) -> None:
        """Note one finding."""
        self._counts[name, outcome] += 1
        if len(self.listed) < MAX_LISTED:
            self.listed.append(Finding(name, f"entry {place}" if isinstance(place, int) else place, outcome, reason))

    def stop(self) -> None:
        """Note that the audit could not go on: what passed so far was not checked whole."""
        self._stopped = True

    def count(self, outcome: Outcome) -> int:
        """How many findings there are of that outcome, listed or not."""
        return sum(count for (_, found), count in self._counts.items() if found is outcome)

    def outcome(self, name: str) -> Outcome:
        """What came of a check as a whole."""
        for outcome in (Outcome.FAILED, Outcome.NOT_CHECKED):
            if self._counts[name, outcome]:
                return outcome
        return Outcome.NOT_CHECKED if self._stopped else Outcome.PASSED
