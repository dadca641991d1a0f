"""Where the page gets its answers: the public files, whom to trust, and the time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from threading import BoundedSemaphore
from time import monotonic
from typing import Final

from flask import current_app

from verifier.body import BodyReport, verify_body
from verifier.bundle import Bundle
from verifier.checkpoint import claimed_checkpoint
from verifier.encoding import legal_day
from verifier.errors import FormatError, UnavailableError
from verifier.event import parse_snapshot, parse_time
from verifier.fetch import Source, fetch_body, fetch_bundle, parse_latest
from verifier.head import check_grown
from verifier.report import Question, Report
from verifier.tiles import read_entry
from verifier.titles import find_titles
from verifier.trust import TrustRoot
from verifier.verify import Examined, examine, judge

# How long a visitor waits for a registry that is slow.
SECONDS: Final = 20
_EXTENSION: Final = "attesto"


class Hurried:
    """A source that a question waits so many seconds for, over all its files."""

    def __init__(self, source: Source, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        """Read from ``source`` until ``seconds`` from now; ``clock`` counts seconds."""
        self._source = source
        self._clock = clock
        self._ends = clock() + seconds

    def read(self, path: str) -> bytes:
        """The file at ``path``; raises as Source says, and UnavailableError once the time is over."""
        if self._clock() > self._ends:
            raise UnavailableError("the registry answers too slowly")
        return self._source.read(path)


class Patient:
    """A source that so many ask at a time: while it is slow, what needs no registry finds a thread that is free."""

    def __init__(self, source: Source, most: int, seconds: float = 1) -> None:
        """Let ``most`` read from ``source``, and the others wait for so many seconds."""
        self._source = source
        self._reading = BoundedSemaphore(most)
        self._seconds = seconds

    def read(self, path: str) -> bytes:
        """The file at ``path``; raises as Source says, and UnavailableError where too many wait already."""
        if not self._reading.acquire(timeout=self._seconds):
            raise UnavailableError("the registry answers too slowly")
        try:
            return self._source.read(path)
        finally:
            self._reading.release()


@dataclass(frozen=True, slots=True)
class Asked:
    """A number that was asked for, what came of it, and the bundle that the answer rests on, if it could be had.

    ``examined`` is for other questions about the same.
    """

    number: str
    report: Report
    bundle: Bundle | None
    examined: Examined


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers questions; ``clock`` gives the present instant (UTC), ``address`` is the page's own URL."""

    source: Source
    trust: TrustRoot
    clock: Callable[[], datetime]
    address: str

    def today(self) -> date:
        """The legal day it is."""
        return legal_day(self.clock())

    def question(self) -> Question:
        """What counts today, as known now."""
        now = self.clock()
        return Question(legal_day(now), now, now)

    def ask(self, number: str, question: Question) -> Asked:
        """What becomes of a question about the certification of a normalised number."""
        found: list[Bundle] = []

        def obtain() -> Bundle:
            bundle = fetch_bundle(Hurried(self.source, SECONDS), number)
            check_grown(bundle.checkpoint, self.trust)
            found.append(bundle)
            return bundle

        examined = examine(self.trust, obtain, number)
        return Asked(number, judge(examined, question), found[-1] if found else None, examined)

    def ask_today(self, asked: Asked) -> Report | None:
        """The answer for today from the same bundle, where another day was asked for and there is one."""
        question = self.question()
        if not asked.report.answers or asked.report.question.on == question.on:
            return None
        now = judge(asked.examined, question)
        return now if now.answers else None

    def ask_body(self, slug: str) -> BodyReport:
        """What the log shows of the body of a slug, as known now."""
        return verify_body(self.trust, slug, self.clock(), lambda: fetch_body(Hurried(self.source, SECONDS), slug))

    def snapshot_at(self) -> datetime:
        """The instant (UTC) of the newest snapshot, as the public files claim it.

        Raises:
            AttestoError: the files cannot be had, or are not what they should be.
        """
        _, entry = parse_latest(self.source.read("snapshot"))
        snapshot, size = parse_snapshot(entry), claimed_checkpoint(self.source.read("checkpoint")).size
        if snapshot.size > size:
            raise FormatError("the checkpoint is older than the snapshot")
        return parse_time(read_entry(snapshot.size - 1, size, self.source.read)).at

    def profile_title(self, asked: Asked) -> Mapping[str, str]:
        """The profile's title by language, from the scheme file that the checked edition names; empty without one."""
        facts = asked.report.facts
        return {} if facts is None else find_titles(self.source, asked.bundle).get(facts.profile, {})


def keep_desk(extensions: dict[str, object], desk: Desk) -> None:
    """Keep the desk where ``desk`` finds it."""
    extensions[_EXTENSION] = desk


def the_desk() -> Desk:
    """The desk of the application that answers."""
    desk: Desk = current_app.extensions[_EXTENSION]
    return desk
