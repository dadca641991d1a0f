"""The registry is well while its database answers and what was recorded is published in time."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from registry.api.app import create_app
from registry.api.desk import Desk
from registry.bootstrap import Attesto, now, open_registry
from registry.publish.schedule import Schedule
from registry.settings import Settings
from tests.registry.office import grant, suspend

MAX_AGE = 86400


@pytest.fixture
def quiet(settings: Settings, tmp_path: Path) -> Iterator[Attesto]:
    """A copy of the registry that nobody else writes to."""
    shutil.copytree(settings.folder, tmp_path / "registry")
    with open_registry(replace(settings, folder=tmp_path / "registry")) as attesto:
        yield attesto


def health(attesto: Attesto, desk: Desk, at: datetime, heartbeat: int = 3600) -> tuple[int, Any]:
    schedule = Schedule(attesto.store.log, attesto.publisher.covered, 600, heartbeat)
    answer = create_app(desk, schedule, lambda: at, MAX_AGE).test_client().get("/healthz")
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json["status"]


def test_a_registry_that_has_published_nothing_is_not_well_yet(quiet: Attesto, desk: Desk) -> None:
    assert health(quiet, desk, now()) == (503, "unpublished")


def test_a_registry_is_well_until_a_publication_is_overdue(quiet: Attesto, desk: Desk) -> None:
    number = grant(quiet)
    quiet.publisher.publish()
    at = now()

    assert health(quiet, desk, at) == (200, "ok")
    assert health(quiet, desk, at + timedelta(minutes=61)) == (200, "ok")
    assert health(quiet, desk, at + timedelta(minutes=63)) == (503, "overdue")
    grant(quiet)
    assert health(quiet, desk, at + timedelta(minutes=10)) == (200, "ok")
    assert health(quiet, desk, at + timedelta(minutes=13)) == (503, "overdue")
    suspend(quiet, number)
    assert health(quiet, desk, at + timedelta(minutes=3)) == (503, "overdue")
    quiet.publisher.publish()
    assert health(quiet, desk, now()) == (200, "ok")


def test_a_snapshot_past_its_age_is_stale_though_the_heartbeat_be_slower(quiet: Attesto, desk: Desk) -> None:
    quiet.publisher.publish()

    late = now() + timedelta(seconds=MAX_AGE + 1)

    assert health(quiet, desk, late, heartbeat=2 * MAX_AGE) == (503, "stale")


def test_a_database_that_does_not_answer_is_told(quiet: Attesto, desk: Desk) -> None:
    quiet.database.close()

    assert health(quiet, desk, datetime(2026, 11, 24, tzinfo=UTC)) == (503, "unavailable")
