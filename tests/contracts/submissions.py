"""Submissions of any bytes: the sequencer stores them as they were signed, and reads none of them."""

from uuid import UUID, uuid4

from registry.store.submission import NewEvent, Submission
from tests.contracts.parts import Parts

ANY = b"eyJ0eXAiOiJ0ZXN0In0.e30."


def event(stream: UUID, sequence: int = 1, body: bytes = ANY) -> NewEvent:
    return NewEvent(stream, sequence, "test.made", body)


def submission(*events: NewEvent, expects: dict[UUID, int] | None = None) -> Submission:
    """A submission; without events of one that no other holds."""
    return Submission(events or (event(uuid4(), body=ANY + uuid4().bytes),), expects=expects or {})


def bodies(parts: Parts) -> list[bytes]:
    """Every entry of the log."""
    log = parts.store.log
    return [entry.body for entry in log.entries(0, log.head().size)]
