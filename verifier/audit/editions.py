"""The scheme editions as the log shows them while it is replayed."""

from uuid import UUID

from verifier.audit.findings import Findings
from verifier.edition import EditionHistory, edition_history
from verifier.encoding import parse_json
from verifier.errors import ChainError, FormatError, ProofError
from verifier.status import Limits, MaintenanceRule
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

    def scheme(self, slug: str) -> str:
        """The scheme of the edition of that slug.

        Raises:
            ChainError: it is not published.
        """
        self.check_published(slug)
        return self.streams[self._slugs[slug]].scheme

    def limits(self, slug: str) -> Limits:
        """What the edition of that slug allows.

        Raises:
            ChainError: it is not published.
        """
        self.check_published(slug)
        return self.streams[self._slugs[slug]].limits

    def maintenance(self, slug: str) -> MaintenanceRule | None:
        """How often the edition of that slug wants a certification confirmed.

        Raises:
            ChainError: it is not published.
        """
        self.check_published(slug)
        return self.streams[self._slugs[slug]].maintenance


def check_scheme_file(edition: EditionHistory, content: bytes) -> None:
    """Check that an edition was published as its scheme file has it: its name, its title and every rule.

    Raises:
        FormatError: not a scheme file.
        ProofError: the log says otherwise.
    """
    file, published = parse_json(content), edition.events[0].event
    match file.get("rules"):
        case dict(rules):
            known = {name: rule for name, rule in rules.items() if not (isinstance(rule, dict) and "gap" in rule)}
            gaps = {name: rule["gap"] for name, rule in rules.items() if isinstance(rule, dict) and "gap" in rule}
        case _:
            raise FormatError("not a scheme file: it has no rules")
    if published.mapping("rules") != known | {"gaps": gaps}:
        raise ProofError("the log published the edition with other rules than the file's")
    said = (published.text("edition"), published.text("scheme"), published.mapping("title"))
    if said != (file.get("slug"), file.get("scheme"), file.get("title")):
        raise ProofError("the log published the edition under another name or title than the file's")


def scheme_profiles(content: bytes) -> frozenset[str]:
    """The slugs of the profiles that a scheme file has.

    Raises:
        FormatError: not a scheme file.
    """
    match parse_json(content).get("profiles"):
        case dict(profiles):
            return frozenset(profiles)
    raise FormatError("not a scheme file: it has no profiles")
