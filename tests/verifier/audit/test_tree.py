"""The tree is made again from entries alone, over as many levels of tiles as there are."""

from collections.abc import Sequence
from hashlib import sha256

import pytest

from verifier.audit.findings import Findings
from verifier.audit.tree import TileCheck
from verifier.errors import NotFoundError
from verifier.merkle import EMPTY_ROOT, root_hash
from verifier.report import Outcome
from verifier.tiles import TILE_WIDTH, new_tiles, tile_path

LEAVES = [sha256(index.to_bytes(4)).digest() for index in range(TILE_WIDTH**2 + TILE_WIDTH + 3)]


def tiles(leaves: Sequence[bytes]) -> dict[str, bytes]:
    """Every tile of a tree, each hash by the definition: the root over the leaves below it."""
    made: dict[str, bytes] = {}
    for level, index, width in new_tiles(0, len(leaves)):
        step = TILE_WIDTH**level
        first = index * TILE_WIDTH
        roots = [root_hash(leaves[i * step : (i + 1) * step]) for i in range(first, first + width)]
        made[tile_path(level, index, width)] = b"".join(roots)
    return made


def reader(files: dict[str, bytes]):  # type: ignore[no-untyped-def]
    def read(path: str) -> bytes:
        if path not in files:
            raise NotFoundError(f"no {path}")
        return files[path]

    return read


def check(leaves: Sequence[bytes], files: dict[str, bytes]) -> tuple[bytes, Findings]:
    findings = Findings()
    checked = TileCheck(reader(files), findings)
    for start in range(0, len(leaves), TILE_WIDTH):
        checked.add(leaves[start : start + TILE_WIDTH])
    return checked.finish(), findings


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 1000, 65535, 65536, 65537, len(LEAVES)])
def test_the_root_and_every_tile_come_out_as_defined(size: int) -> None:
    leaves = LEAVES[:size]

    root, findings = check(leaves, tiles(leaves))

    assert root == (root_hash(leaves) if leaves else EMPTY_ROOT)
    assert findings.listed == []


def test_every_tile_is_looked_at() -> None:
    whole = tiles(LEAVES)
    for path in (
        tile_path(0, 0),
        tile_path(0, 256),
        tile_path(0, 257, 3),
        tile_path(1, 0),
        tile_path(1, 1, 1),
        tile_path(2, 0, 1),
    ):
        altered = whole | {path: whole[path][:-1] + bytes([whole[path][-1] ^ 1])}

        _, findings = check(LEAVES, altered)

        assert [(f.check, f.place, f.outcome) for f in findings.listed] == [("tile", path, Outcome.FAILED)]


def test_a_tile_that_is_withheld_or_cut_is_found() -> None:
    whole = tiles(LEAVES[:300])
    withheld = {path: content for path, content in whole.items() if path != "tile/0/000"}
    cut = whole | {"tile/0/000": whole["tile/0/000"][:-1]}

    assert [f.outcome for f in check(LEAVES[:300], withheld)[1].listed] == [Outcome.NOT_CHECKED]
    assert [f.outcome for f in check(LEAVES[:300], cut)[1].listed] == [Outcome.FAILED]
