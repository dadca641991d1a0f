"""The replay: the log's entries, one after the other, each held against all before it."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from verifier.audit.bodies import Bodies
from verifier.audit.editions import Editions
from verifier.audit.findings import Findings
from verifier.audit.links import header_typ
from verifier.audit.places import StatusIndexes
from verifier.audit.snapshots import Read, Snapshots
from verifier.audit.statements import Statements
from verifier.audit.streams import KINDS, Replayed, following, kind_of
from verifier.audit.times import Times
from verifier.audit.transfers import Transfers
from verifier.encoding import legal_day
from verifier.errors import AttestoError, ChainError, FormatError
from verifier.event import SNAPSHOT, TIME, Event, parse_event, parse_snapshot, parse_time
from verifier.jws import check_jws
from verifier.link import TRANSFERRED_IN
from verifier.opened import fact_of
from verifier.report import Outcome
from verifier.statement import STATEMENT, parse_statement
from verifier.status import Fact, Limits, breach
from verifier.stream import LoggedEvent
from verifier.trust import TrustRoot


class _Entry(Protocol):
    @property
    def log(self) -> str:
        """The origin that the entry names."""


E = TypeVar("E", bound=_Entry)


class Replay:
    """Takes the log's entries in order; what does not hold becomes a finding, and the replay goes on."""

    def __init__(self, trust: TrustRoot, read: Read, findings: Findings) -> None:
        """Believe ``trust``; read what snapshots name with ``read``."""
        self._trust = trust
        self._findings = findings
        self._names: dict[tuple[object, ...], int] = {}
        self._taken = StatusIndexes()
        self.times = Times()
        self.bodies = Bodies(trust, findings)
        self.editions = Editions(trust, findings)
        self.snapshots = Snapshots(read, findings)
        self.statements = Statements(self.snapshots.find)
        self.transfers = Transfers(findings)
        self.counts: Counter[str] = Counter()

    def take_all(self, start: int, entries: Sequence[bytes]) -> None:
        """Take the entries from leaf index ``start`` on."""
        for index, entry in enumerate(entries, start):
            self.take(index, entry)

    def take(self, index: int, entry: bytes) -> None:
        """Take the entry at leaf index ``index``."""
        typ = _typ(entry)
        take = {TIME: self._take_time, SNAPSHOT: self._take_snapshot, STATEMENT: self._take_statement}.get(typ)
        try:
            (take or self._take_event)(index, entry)
        except OverflowError:
            # The last days that a calendar has, for one.
            self._findings.add("entry", index, Outcome.FAILED, "a day or number in it is out of any range")

    def finish(self, size: int, now: datetime | None) -> None:
        """Check what can be checked only at the end, of a log of ``size`` entries; ``now`` is the present instant."""
        if now is not None:
            with self._findings.check("time", "the last time entry"):
                self.times.check_past(now)
        self.bodies.finish(size)
        self.transfers.finish()
        self.snapshots.finish()

    def _open(self, index: int, entry: bytes, parse: Callable[[bytes], E]) -> E | None:
        try:
            return _of_log(parse(entry), self._trust.origin)
        except AttestoError as error:
            self._findings.add("entry", index, Outcome.FAILED, str(error))
            return None

    def _take_time(self, index: int, entry: bytes) -> None:
        time = self._open(index, entry, parse_time)
        if time is None:
            return
        self.counts["times"] += 1
        with self._findings.check("signature", index):
            check_jws(time.jws, self._trust.operator_key)
        with self._findings.check("time", index):
            self.times.take(index, time, entry)
        self.snapshots.close(index + 1)

    def _take_snapshot(self, index: int, entry: bytes) -> None:
        snapshot = self._open(index, entry, parse_snapshot)
        if snapshot is None:
            return
        self.counts["snapshots"] += 1
        with self._findings.check("signature", index):
            check_jws(snapshot.jws, self._trust.operator_key)
        self.snapshots.take(index, snapshot, entry, self.times)

    def _take_statement(self, index: int, entry: bytes) -> None:
        statement = self._open(index, entry, parse_statement)
        if statement is None:
            return
        self.counts["statements"] += 1
        with self._findings.check("statement", index):
            self.bodies.check_signed(statement.jws, statement.scope.body, index)
            self.statements.check(index, statement, legal_day(self.times.latest))

    def _take_event(self, index: int, entry: bytes) -> None:
        event = self._open(index, entry, parse_event)
        if event is None:
            return
        self.counts["events"] += 1
        with self._findings.check("time", index):
            self.times.check_begun()
        logged = LoggedEvent(event, index, self.times.latest)
        before = self.snapshots.find(event.stream)
        with self._findings.check("chain", index):
            before = before or self._begin(index, event)
            _check_follows(before, event)
        if before is not None:
            self._take_logged(logged, before, entry)

    def _take_logged(self, logged: LoggedEvent, before: Replayed, entry: bytes) -> None:
        match before.kind:
            case "body":
                self.bodies.take(logged)
            case "edition":
                self.editions.take(logged)
            case _:
                self._check_certification(logged, before)
        fact = fact_of(logged) if before.kind == "certification" else None
        after = following(before, logged.event, logged.index, entry, fact)
        self.snapshots.keep(logged.event.stream, after)
        if fact is not None:
            with self._findings.check("rules", logged.index):
                body, edition = logged.event.text("body"), logged.event.text("edition")
                self.statements.take(body, self.editions.scheme(edition), logged.event.stream, after)
                _check_rules(after, self.editions.limits(edition))
            with self._findings.check("rules", logged.index):
                self._follow_transfer(logged, fact)

    def _follow_transfer(self, logged: LoggedEvent, fact: Fact) -> None:
        self.transfers.leave(logged)
        if logged.event.type == TRANSFERRED_IN:
            left = self.snapshots.find(origin) if isinstance(origin := logged.event.content["origin"], UUID) else None
            rule = self.editions.maintenance(logged.event.text("edition"))
            self.transfers.enter(logged, fact, () if left is None else left.facts, rule)

    def _check_certification(self, logged: LoggedEvent, before: Replayed) -> None:
        event, index = logged.event, logged.index
        with self._findings.check("signature", index):
            self.bodies.check_signed(event.jws, event.text("body"), index)
        with self._findings.check("chain", index):
            if self._named(event) != before.names:
                raise ChainError(f"event {event.sequence} names another body, edition or profile than the first")

    def _begin(self, index: int, event: Event) -> Replayed:
        """The state of a stream before its first event.

        Raises:
            ChainError: its first event is another one, its status index is taken, or its edition unknown.
        """
        if event.sequence != 1 or "status_index" not in event.content:
            raise ChainError(f"event {event.sequence} of stream {event.stream} comes before the stream's first")
        status_index = event.integer("status_index")
        self._taken.take(status_index, index + 1 + sum(self.counts[kind] for kind in KINDS))
        kind = kind_of(event.type)
        if kind == "certification":
            self.editions.check_published(event.text("edition"))
        self.counts[kind] += 1
        return Replayed(kind, self._named(event), 0, status_index, 0, b"", b"", b"")

    def _named(self, event: Event) -> int:
        content = event.content
        names = (content.get("body"), content.get("edition"), content.get("profile"))
        return self._names.setdefault(names, len(self._names))


def _of_log(entry: E, origin: str) -> E:
    if entry.log != origin:
        raise ChainError("the entry belongs to another log")
    return entry


def _typ(entry: bytes) -> str:
    try:
        return header_typ(entry.partition(b".")[0])
    except FormatError:
        return ""


def _check_follows(before: Replayed, event: Event) -> None:
    if kind_of(event.type) != before.kind:
        raise ChainError(f"an event {event.type} does not belong in the stream of a {before.kind}")
    if event.sequence != before.events + 1:
        raise ChainError(f"event {event.sequence} of stream {event.stream} follows event {before.events}")
    if event.previous != (before.chain or None):
        raise ChainError(f"event {event.sequence} of stream {event.stream} does not name the event before it")


def _check_rules(stream: Replayed, limits: Limits) -> None:
    if broken := breach(stream.facts, limits):
        raise ChainError(f"{stream.facts[-1].type} {broken}")
