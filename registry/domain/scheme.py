"""A published scheme edition: immutable once in force; closed to new grants or withdrawn by an event."""

from collections.abc import Mapping
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from registry.domain.body import Registration
from registry.domain.edition import Edition
from registry.domain.errors import EditionNotOpenError


class SchemeEdition(Aggregate):
    """The publication of a scheme edition, by its slug; what the edition says is in its file, named by hash."""

    TOPIC = "edition"

    class Event(Aggregate.Event):
        """What every event of an edition carries."""

        TOPIC = ""  # every class below has its own
        event_id: UUID
        effective_on: date

    class Created(Event, Aggregate.Created):
        """The edition was published, with the rules a verifier needs."""

        TOPIC = "edition.published"
        edition: str
        scheme: str
        title: Mapping[str, str]
        sha256: bytes
        status_index: int
        rules: Mapping[str, object]

    class Closed(Event):
        """The edition takes no new grants from its day on."""

        TOPIC = "edition.closed"

        def apply(self, aggregate: "SchemeEdition") -> None:
            """Keep the day."""
            aggregate.closed_on = min(aggregate.closed_on or self.effective_on, self.effective_on)

    class Withdrawn(Event):
        """The edition was withdrawn by its owner."""

        TOPIC = "edition.withdrawn"

        def apply(self, aggregate: "SchemeEdition") -> None:
            """Keep the day."""
            aggregate.withdrawn_on = self.effective_on
            aggregate.closed_on = min(aggregate.closed_on or self.effective_on, self.effective_on)

    def __init__(self, edition: str, scheme: str, sha256: bytes, status_index: int) -> None:
        self.edition = edition
        self.scheme = scheme
        self.sha256 = sha256
        self.status_index = status_index
        self.closed_on: date | None = None
        self.withdrawn_on: date | None = None

    @classmethod
    def published(
        cls, edition: Edition, registration: Registration, status_index: int, rules: Mapping[str, object]
    ) -> "SchemeEdition":
        """The stream that an edition begins with its publication; ``rules`` as the event carries them."""
        return cls._create(
            cls.Created,
            id=cls.create_id(edition.slug),
            timestamp=registration.decided_at,
            event_id=registration.event_id,
            effective_on=registration.effective_on,
            edition=edition.slug,
            scheme=edition.scheme,
            title=dict(edition.title),
            sha256=edition.sha256,
            status_index=status_index,
            rules=rules,
        )

    @staticmethod
    def create_id(edition: str) -> UUID:
        """The stream id of the edition of that slug."""
        return uuid5(NAMESPACE_URL, f"attesto:edition:{edition}")

    def check_open(self, on: date) -> None:
        """Check that the edition takes new grants on legal day ``on``.

        Raises:
            EditionNotOpenError: it was closed or withdrawn.
        """
        if self.closed_on is not None and on >= self.closed_on:
            raise EditionNotOpenError(f"edition {self.edition} takes no new grants since {self.closed_on}")

    def end(self, event_class: type[Event], registration: Registration) -> None:
        """Close or withdraw the edition; what is closed may still be withdrawn.

        Raises:
            EditionNotOpenError: it is so already.
        """
        if self.withdrawn_on is not None:
            raise EditionNotOpenError(f"edition {self.edition} was withdrawn on {self.withdrawn_on}")
        if event_class is self.Closed:
            self.check_open(registration.effective_on)
        self.trigger_event(
            event_class,
            event_id=registration.event_id,
            timestamp=registration.decided_at,
            effective_on=registration.effective_on,
        )
