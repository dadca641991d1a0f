"""The report: every check with its outcome, and one verdict.

0 in force as asked · 1 genuine, not in force · 2 bad input · 3 forged, altered, failed · 4 not checked, or erased
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Final, TypeAlias

from verifier.accreditation import Accreditation, Coverage
from verifier.certificate import Certificate
from verifier.encoding import end_of_day, legal_day
from verifier.errors import AttestoError, UnavailableError
from verifier.finding import Difference
from verifier.gap import Gap
from verifier.status import ADVERSE, IMMEDIATE, Condition, Standing, State
from verifier.uncovered import Uncovered


class Outcome(StrEnum):
    """What came of one check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"


class Verdict(StrEnum):
    """The answer in a word. Unknown is never green: what could not be checked is an answer of its own."""

    IN_FORCE = "in_force"
    NOT_IN_FORCE = "not_in_force"
    INTERRUPTED = "interrupted"
    SUPERSEDED = "superseded"
    FORGED = "forged"
    UNKNOWN_BODY = "unknown_body"
    WITHHELD = "withheld"
    NO_RECORD = "no_record"
    ERASED = "erased"
    COULD_NOT_BE_CHECKED = "could_not_be_checked"


class Kind(StrEnum):
    """What is asked for: a requirement of a tender, which decides the days that count, or plainly a day.

    Participation: in force at the bid deadline and without a gap since. Scoring: in force at the deadline; what came
    later is told, not held against it. Execution: in force on every day from the signing on; before it nothing counts.
    """

    PARTICIPATION = "participation"
    SCORING = "scoring"
    EXECUTION = "execution"
    DAY = "day"


class ExitCode(IntEnum):
    """What a program hears."""

    IN_FORCE = 0
    NOT_IN_FORCE = 1
    BAD_INPUT = 2
    FAILED = 3
    NOT_CHECKED = 4


EXIT_CODES: Final[Mapping[Verdict, ExitCode]] = {
    Verdict.IN_FORCE: ExitCode.IN_FORCE,
    Verdict.NOT_IN_FORCE: ExitCode.NOT_IN_FORCE,
    Verdict.INTERRUPTED: ExitCode.NOT_IN_FORCE,
    Verdict.SUPERSEDED: ExitCode.NOT_IN_FORCE,
    Verdict.FORGED: ExitCode.FAILED,
    Verdict.UNKNOWN_BODY: ExitCode.FAILED,
    Verdict.WITHHELD: ExitCode.NOT_CHECKED,
    Verdict.NO_RECORD: ExitCode.NOT_CHECKED,
    Verdict.ERASED: ExitCode.NOT_CHECKED,
    Verdict.COULD_NOT_BE_CHECKED: ExitCode.NOT_CHECKED,
}

# The checks in their order, each with what it says when it passes. A failed one ends the list.
CHECKS: Final[Mapping[str, str]] = {
    "token": "the certificate's token is signed by the body",
    "record": "the registry's record of the certification could be had",
    "checkpoint": "the log's head is signed by the log's key",
    "inclusion": "every entry is in the log",
    "chain": "the events follow each other and their recorded times are the log's",
    "body": "the body is on the list, and its keys follow from the trust root",
    "signatures": "every event is signed by a key of the body in force at its place in the log",
    "number": "the number belongs to this certification",
    "rules": "no event breaks the rules of a certification's life",
    "complete": "nothing was left out up to the snapshot",
    "registered": "the body logged this very certificate",
    "fresh": "the snapshot is recent enough for the question",
}
# Only a presented token can be checked for these two.
TOKEN_CHECKS: Final = frozenset({"token", "registered"})


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the list: its name, what came of it, and why if it did not pass."""

    name: str
    outcome: Outcome
    reason: str

    @property
    def statement(self) -> str:
        """What the check says when it passes."""
        return CHECKS[self.name]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the legal day T (Europe/Rome), the instant K and the present instant (both UTC, K first).

    With ``until``, also whether the certification was in force on every day from T to that one; ``kind`` says for what.
    ``deadline`` is the instant (UTC) on T at which a bid deadline ended, where its time of day is given.
    """

    on: date
    known_at: datetime
    now: datetime
    until: date | None = None
    kind: Kind = Kind.DAY
    deadline: datetime | None = None

    @property
    def so_far(self) -> bool:
        """Whether a day asked for has not come yet, so that decisions to come may change the answer."""
        return max(self.on, self.until or self.on) > legal_day(self.now)

    @property
    def then(self) -> datetime:
        """The instant (UTC) of "as known then": the deadline's, else the end of T."""
        return self.deadline or end_of_day(self.on)

    @property
    def instants(self) -> tuple[datetime, ...]:
        """The Ks to answer for: the one asked, then "as known then" and "as known now", if others."""
        then = min(self.now, self.then)
        return tuple(dict.fromkeys((self.known_at, then, self.now)))


@dataclass(frozen=True, slots=True)
class Answer:
    """The certification's standing and its body's accreditation for the scheme, on one T as known at one K.

    ``origin`` says which of the report's origins answers: on a day before a transfer that is the body of then.
    """

    on: date
    known_at: datetime
    standing: Standing
    accreditation: Accreditation
    origin: int | None = None

    @property
    def only_claimed(self) -> bool:
        """Whether T lies between the day on which the body says it granted an adopted one, and its recording here.

        What was annulled is claimed by nobody any more.
        """
        first, granted_on = self.standing.proven_from, self.standing.granted_on
        if first is None or granted_on is None or self.standing.state is State.ANNULLED:
            return False
        return granted_on <= self.on < first


@dataclass(frozen=True, slots=True)
class Facts:
    """What the record says of the certification, beside its standing; no personal claim.

    ``revision`` is the newest document's at hand, ``current_revision`` that of the one that counted on the day asked.
    ``receiver`` is the body that it was handed over to, ``receiver_name`` its name where its record is at hand.
    """

    number: str | None
    body: str
    body_name: str
    website: str
    keys_hosted: bool
    scheme: str
    edition: str
    edition_title: Mapping[str, str]
    profile: str
    revision: int
    current_revision: int
    receiver: str | None = None
    receiver_name: str | None = None


class Requirement(StrEnum):
    """What becomes of a tender's requirement that counts from the first of the days asked for."""

    MET = "met"
    MET_SO_FAR = "met_so_far"
    TO_BE_JUDGED = "to_be_judged"
    NOT_MET = "not_met"


# An event's leaf index, type, effective day, and the instant (UTC) it was recorded at.
LogPlace: TypeAlias = tuple[int, str, date, datetime]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the proof lies: log positions, head and snapshot, for experts; ``events`` are the certification's own."""

    origin: str
    tree_size: int
    root_hash: bytes
    snapshot_index: int
    snapshot_at: datetime
    events: tuple[LogPlace, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a certification goes on from: one at another body, which handed it over on legal day ``handed_over_on``."""

    body: str
    body_name: str
    website: str
    handed_over_on: date
    events: tuple[LogPlace, ...]


_LATE: Final = frozenset({Condition.MAINTENANCE_IN_GRACE, Condition.MAINTENANCE_OVERDUE})


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a reader is told: the verdict, the checks, and what they rest on.

    ``differences`` are the events through which the answers differ, ``gaps`` the days without ACTIVE among those asked,
    ``uncovered`` those on which the body was not accredited for the scheme and the profile.
    ``erased``: a proven record says that the holder's data were erased.
    """

    question: Question
    verdict: Verdict
    checks: tuple[Check, ...]
    answers: tuple[Answer, ...] = ()
    facts: Facts | None = None
    evidence: Evidence | None = None
    token: Certificate | None = field(default=None, repr=False)
    differences: tuple[Difference, ...] = ()
    gaps: tuple[Gap, ...] = ()
    erased: bool = False
    origins: tuple[Origin, ...] = ()
    uncovered: tuple[Uncovered, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """What a program hears."""
        return EXIT_CODES[self.verdict]

    @property
    def trusted(self) -> bool:
        """Whether every check passed."""
        return all(check.outcome is Outcome.PASSED for check in self.checks)

    def events(self, answer: Answer) -> tuple[LogPlace, ...]:
        """The events that an answer rests on, by their number in the stream."""
        if answer.origin is not None:
            return self.origins[answer.origin].events
        return () if self.evidence is None else self.evidence.events

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What is to be said beside the state on the day asked, where there are answers.

        Of a day to come: nobody is late by a day that has not passed yet.
        """
        standing, today = self.answers[0].standing, legal_day(self.question.now)
        said = dict.fromkeys(standing.conditions)
        if standing.maintenance_due_on is not None and standing.maintenance_due_on >= today:
            said = dict.fromkeys(Condition.MAINTENANCE_DUE if name in _LATE else name for name in said)
        if standing.deadline is not None and standing.deadline >= today:
            said.pop(Condition.SUSPENSION_PAST_DEADLINE, None)
        return tuple(said)

    def to_come(self) -> tuple[LogPlace, ...]:
        """The decisions that count only after the day asked, as the first answer knows them.

        None of what was annulled, and none that an appeal took back; what concerns the whole life or the document alone
        is no change to come either.
        """
        answer = self.answers[0]
        if answer.standing.state is State.ANNULLED:
            return ()
        return tuple(
            place
            for sequence, place in enumerate(self.events(answer), start=1)
            if sequence not in answer.standing.left_out and _comes(place, answer)
        )

    def changes_to_come(self) -> tuple[LogPlace, ...]:
        """The decisions against the holder that are recorded and take effect only after the present day."""
        today = legal_day(self.question.now)
        return tuple(place for place in self.to_come() if place[1] in ADVERSE and place[2] > today)

    def requirement(self, kind: Kind) -> Requirement:
        """What becomes of a requirement of that kind, which counts from the first of the days asked for.

        Only where there are answers. That a day had no gap since is known up to ``question.until`` alone.
        """
        in_force = self.answers[0].standing.in_force
        if not in_force or (self.gaps and kind is not Kind.SCORING):
            return Requirement.NOT_MET
        covered = self.answers[0].accreditation.coverage is Coverage.COVERED
        if not covered or (self.uncovered and kind is not Kind.SCORING):
            # A court took points away for it; whether it is so here, the tender's own words say.
            return Requirement.TO_BE_JUDGED
        return Requirement.MET_SO_FAR if self.question.so_far else Requirement.MET

    @property
    def registered(self) -> Certificate | None:
        """What the code presented states, where the body logged it: nothing is repeated of any other."""
        logged = self.token is not None and self.check("registered").outcome is Outcome.PASSED
        return self.token if logged else None

    def check(self, name: str) -> Check:
        """The check of that name."""
        return next(check for check in self.checks if check.name == name)


def _comes(place: LogPlace, answer: Answer) -> bool:
    _, event_type, effective_on, recorded_at = place
    changes = event_type.startswith("certification.") and event_type not in IMMEDIATE
    return changes and effective_on > answer.on and recorded_at <= answer.known_at


class StoppedError(AttestoError):
    """A check did not pass, and what follows rests on it."""


class Checklist:
    """Collects outcomes; the first check that does not pass stops those that rest on it."""

    def __init__(self, names: frozenset[str]) -> None:
        self._wanted = [name for name in CHECKS if name in names]
        self._done: dict[str, Check] = {}

    def copy(self) -> "Checklist":
        """The same outcomes, to go on from."""
        copied = Checklist(frozenset(self._wanted))
        copied._done = dict(self._done)
        return copied

    @contextmanager
    def check(self, name: str) -> Iterator[None]:
        """Run the block as the check ``name``.

        Raises:
            StoppedError: the check did not pass.
        """
        try:
            yield
        except UnavailableError as error:
            self._done[name] = Check(name, Outcome.NOT_CHECKED, str(error))
            raise StoppedError(str(error)) from error
        except AttestoError as error:
            self._done[name] = Check(name, Outcome.FAILED, str(error))
            raise StoppedError(str(error)) from error
        self._done[name] = Check(name, Outcome.PASSED, CHECKS[name])

    def postpone(self, name: str, reason: str) -> None:
        """Note that a check could not be made yet."""
        self._done[name] = Check(name, Outcome.NOT_CHECKED, reason)

    def made(self, name: str) -> bool:
        """Whether the check has an outcome already."""
        return self._outcome(name) not in {None, Outcome.NOT_CHECKED}

    def passed(self, name: str) -> bool:
        """Whether the check passed."""
        return self._outcome(name) is Outcome.PASSED

    def _outcome(self, name: str) -> Outcome | None:
        check = self._done.get(name)
        return None if check is None else check.outcome

    def checks(self) -> tuple[Check, ...]:
        """Every wanted check in order; what was never reached is not checked."""
        stopped = next((check.name for check in self._done.values() if check.outcome is not Outcome.PASSED), "")
        reason = f"it rests on the check {stopped!r}, which did not pass"
        return tuple(self._done.get(name, Check(name, Outcome.NOT_CHECKED, reason)) for name in self._wanted)
