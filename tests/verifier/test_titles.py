"""The titles of an edition's profiles, from the scheme file that its record names."""

import pytest

from tests.verifier.page.world import Withheld, World, build
from verifier.fetch import fetch_bundle
from verifier.titles import find_titles


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(tmp_path_factory.mktemp("world"))


def test_titles_are_those_of_the_scheme_file(world: World) -> None:
    bundle = fetch_bundle(world.source, world.samples["active"].number)

    titles = find_titles(world.source, bundle)

    assert titles["addetto"] == {"it": "Addetto allo sportello", "en": "Desk agent"}
    assert titles.keys() == {"addetto", "referente", "coordinatore", "analista", "formatore", "direttore"}


def test_without_the_scheme_file_there_are_none(world: World) -> None:
    bundle = fetch_bundle(world.source, world.samples["active"].number)

    assert find_titles(Withheld(world.source, silent="scheme/"), bundle) == {}
    assert find_titles(None, bundle) == {}
    assert find_titles(world.source, None) == {}
