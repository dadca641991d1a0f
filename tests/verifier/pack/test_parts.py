"""Folded bundles: what they hold alike is written once, and nothing is lost."""

import pytest

from tests.verifier.page.world import World
from verifier.bundle import format_bundle
from verifier.encoding import Json, format_json, parse_json
from verifier.errors import FormatError
from verifier.fetch import fetch_bundle
from verifier.pack.parts import fold, unfold


def bundles(world: World) -> list[dict[str, Json]]:
    numbers = [world.samples[name].number for name in ("active", "suspended", "expired")]
    return [parse_json(format_bundle(fetch_bundle(world.source, number))) for number in numbers]


def test_a_folded_bundle_unfolds_to_the_very_same(world: World) -> None:
    parts: list[Json] = []
    known: dict[bytes, int] = {}

    folded = [fold(bundle, parts, known) for bundle in bundles(world)]

    assert [unfold(one, parts) for one in folded] == bundles(world)


def test_what_bundles_hold_alike_is_written_once(world: World) -> None:
    parts: list[Json] = []
    known: dict[bytes, int] = {}

    folded = [fold(bundle, parts, known) for bundle in bundles(world)]

    assert len({format_json(part) for part in parts}) == len(parts)
    assert len({format_json(one["checkpoint"]) for one in folded}) == 1
    body, edition = [], []
    for one in folded:
        match one["records"]:
            case {"body": int(of_body), "edition": int(of_edition), "certification": int()}:
                body.append(of_body)
                edition.append(of_edition)
    assert (len(body), len(set(body)), len(set(edition))) == (3, 1, 1)


@pytest.mark.parametrize("place", [-1, 1, 10**9, True, None, "0", [0]])
def test_a_part_that_is_not_there_is_refused(place: Json) -> None:
    with pytest.raises(FormatError, match="names a part that is not there"):
        unfold({"checkpoint": place}, ["…"])


@pytest.mark.parametrize("folded", [None, [], "…", 1])
def test_what_is_no_folded_bundle_is_refused(folded: Json) -> None:
    with pytest.raises(FormatError, match="a bundle of the pack is none"):
        unfold(folded, [])
