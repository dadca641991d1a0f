"""A registry that is opened is the one that its settings name, and hands out a whole trust root."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from registry.bootstrap import open_registry
from registry.errors import SettingError
from registry.settings import Settings
from tests.registry.office import BODIES, make_registry


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_registry(tmp_path_factory.mktemp("bootstrap") / "registry")


def test_a_trust_root_names_every_body_though_the_projection_was_left_behind(settings: Settings) -> None:
    with open_registry(settings) as attesto:
        # As a crash leaves it that comes right after everything was dropped.
        attesto.standings.rebuild(0, date.min)

        path = attesto.write_trust_root()

        assert attesto.trust_root().bodies.keys() == set(BODIES)
    assert all(f'"{slug}"' in path.read_text(encoding="utf-8") for slug in BODIES)


def test_an_origin_that_is_not_the_logs_opens_nothing(settings: Settings) -> None:
    mistyped = replace(settings, origin="ofice.example/log")

    words = r"^setting origin is ofice\.example/log, but the log in the database is office\.example/log$"
    with pytest.raises(SettingError, match=words), open_registry(mistyped):
        pytest.fail("it was opened")


def test_an_empty_log_is_of_any_origin(settings: Settings, tmp_path: Path) -> None:
    elsewhere = replace(settings, database_url=f"sqlite:///{tmp_path / 'new.sqlite'}", guard_file=tmp_path / "head")

    with open_registry(replace(elsewhere, origin="new.example/log")) as attesto:
        assert attesto.store.log.head().size == 0
