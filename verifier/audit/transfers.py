"""The transfers while the log is replayed: what one body handed over, another took over, once and with its days."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from verifier.audit.findings import Findings
from verifier.errors import ChainError
from verifier.event import Event
from verifier.link import TRANSFERRED_OUT, check_kept, check_link
from verifier.report import Outcome
from verifier.status import Fact, MaintenanceRule
from verifier.stream import LoggedEvent


class Transfers:
    """Holds the two events of each transfer against each other.

    What was reduced of the scope is not among the facts that an audit keeps, and not held against anything here.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._waiting: dict[UUID, LoggedEvent] = {}
        self._taken_over: dict[UUID, int] = {}
        self._handed_over: dict[UUID, int] = {}

    @property
    def handed_over(self) -> Mapping[UUID, int]:
        """The streams that were handed over, each with the leaf index of the event that did."""
        return self._handed_over

    def leave(self, logged: LoggedEvent) -> None:
        """Note an event of a certification, if it hands it over."""
        if logged.event.type == TRANSFERRED_OUT:
            self._waiting[logged.event.stream] = logged
            self._handed_over[logged.event.stream] = logged.index

    def enter(self, logged: LoggedEvent, begun: Fact, left: Sequence[Fact], rule: MaintenanceRule | None) -> None:
        """Hold an event that takes a certification over against the one that handed it over.

        Args:
            logged: the event.
            begun: its fact.
            left: the facts of the stream that it names, none where there is no such stream.
            rule: the edition's rule of maintenance.

        Raises:
            ChainError: none was handed over to it, or another one took it over already, or they do not fit.
        """
        out = self._named(logged.event)
        check_link(out, logged)
        del self._waiting[out.event.stream]
        self._taken_over[out.event.stream] = logged.index
        check_kept([[begun], left], rule)

    def _named(self, event: Event) -> LoggedEvent:
        match event.content:
            case {"origin": UUID() as stream} if stream in self._waiting:
                return self._waiting[stream]
            case {"origin": UUID() as stream} if stream in self._taken_over:
                taken = self._taken_over[stream]
                raise ChainError(f"the certification that it goes on from was taken over in entry {taken} already")
        raise ChainError("the certification that it goes on from was never handed over")

    def finish(self) -> None:
        """Name what was handed over and never taken over."""
        for out in self._waiting.values():
            receiver = out.event.text("receiver")
            reason = f"the certification was handed over to body {receiver}, which never took it over"
            self._findings.add("rules", out.index, Outcome.FAILED, reason)
