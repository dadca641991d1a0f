"""The world, and a pack of what it answers."""

import pytest

from tests.verifier.pack.packs import answers, packed
from tests.verifier.page.world import World, build
from verifier.trust import format_trust_root

NAMES = ("active", "suspended", "expired", "withdrawn", "accreditation suspended", "not yet")


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A small registry, published."""
    return build(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def trust_file(world: World) -> bytes:
    """The world's trust root."""
    return format_trust_root(world.trust)


@pytest.fixture(scope="session")
def pack(world: World) -> bytes:
    """A pack of six certificates, four of them by their code."""
    return packed(world, [*answers(world, *NAMES[:4]), *answers(world, *NAMES[4:], token=False, bidder="Beta S.r.l.")])
