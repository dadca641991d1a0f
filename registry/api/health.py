"""Whether the registry works: the database answers, and what was recorded is published in time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from flask import Blueprint, Response

from registry.publish.schedule import Schedule
from verifier.encoding import format_instant, format_json
from verifier.errors import AttestoError

# A publication takes its time; one that is due for longer fails, or nobody publishes.
OVERDUE: Final = timedelta(minutes=2)


def health(schedule: Schedule, clock: Callable[[], datetime], max_age: int) -> Blueprint:
    """The health of a registry whose snapshots may be ``max_age`` seconds old."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        now = clock()
        try:
            waiting, due_at = schedule.waiting(), schedule.due_at()
        except AttestoError:
            return _answer(503, {"status": "unavailable", "reason": "the database does not answer"})
        if waiting.covered == 0:
            return _answer(503, {"status": "unpublished", "reason": "nothing is published yet"})
        state = {
            "snapshot_at": format_instant(waiting.snapshot_at),
            "snapshot_age": int((now - waiting.snapshot_at).total_seconds()),
            "publication_due_at": format_instant(due_at),
        }
        if now - due_at > OVERDUE:
            return _answer(503, {"status": "overdue", "reason": "publishing fails or takes too long", **state})
        if now - waiting.snapshot_at > timedelta(seconds=max_age):
            return _answer(503, {"status": "stale", "reason": "the newest snapshot is too old", **state})
        return _answer(200, {"status": "ok", **state})

    return blueprint


def _answer(status: int, content: dict[str, object]) -> Response:
    return Response(format_json(content), status, content_type="application/json")
