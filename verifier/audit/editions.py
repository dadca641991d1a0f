"""The scheme editions as the log shows them while it is replayed."""

from uuid import UUID

from verifier.audit.findings import Findings
from verifier.edition import EditionHistory, edition_history
from verifier.errors import ChainError
from verifier.status import Limits
from verifier.stream import LoggedEvent
from verifier.trust import TrustRoot


class Editions:
    """Follows every edition's stream."""

    def __init__(self, trust: TrustRoot, findings: Findings) -> None:
        self._trust = trust
        self._findings = findings
        self.streams: dict[UUID, EditionHistory] = {}
        self._slugs: dict[str, UUID] = {}

    def take(self, logged: LoggedEvent) -> None:
        """Follow one event of an edition; one that does not hold is a finding and has no effect."""
        with self._findings.check("signature", logged.index):
            before = self.streams.get(logged.event.stream)
            events = (logged,) if before is None else (*before.events, logged)
            history = edition_history(self._trust.operator_key, events)
            if self._slugs.setdefault(history.slug, logged.event.stream) != logged.event.stream:
                raise ChainError(f"edition {history.slug} is published twice")
            self.streams[logged.event.stream] = history

    def check_published(self, slug: str) -> None:
        """Check that the edition of that slug is published.

        Raises:
            ChainError: it is not.
        """
        if slug not in self._slugs:
            raise ChainError(f"edition {slug} is not published")

    def limits(self, slug: str) -> Limits:
        """What the edition of that slug allows.

        Raises:
            ChainError: it is not published.
        """
        self.check_published(slug)
        return self.streams[self._slugs[slug]].limits
