"""The log's tree, made again from its entries and compared with the published tiles."""

from collections.abc import Callable, Sequence
from typing import Final

from verifier.audit.findings import Findings
from verifier.errors import ProofError
from verifier.merkle import EMPTY_ROOT, root_hash
from verifier.tiles import TILE_WIDTH, parse_tile, tile_path

Read = Callable[[str], bytes]
_NAMED: Final = 5


class TileCheck:
    """Takes the leaf hashes of one entry bundle after the other and keeps no more than one open tile per level."""

    def __init__(self, read: Read, findings: Findings) -> None:
        """Compare with the tiles that ``read`` hands out by path."""
        self._read = read
        self._findings = findings
        self._open: list[list[bytes]] = []
        self._closed: list[int] = []

    def add(self, hashes: Sequence[bytes], level: int = 0) -> None:
        """Take in the next hashes of a tile level, up to a tile's width; a full tile is compared and closed."""
        if level == len(self._open):
            self._open.append([])
            self._closed.append(0)
        tile = self._open[level]
        tile += hashes
        if len(tile) == TILE_WIDTH:
            self._compare(level, tile)
            self._open[level] = []
            self._closed[level] += 1
            self.add([root_hash(tile)], level + 1)

    def finish(self) -> bytes:
        """Compare the tiles at the tree's edge and return the root of all."""
        right: list[bytes] = []
        for level, tile in enumerate(self._open):
            if tile:
                self._compare(level, tile)
            # The root over equal complete subtrees, of which the last may be smaller.
            nodes = [*tile, *right]
            right = [root_hash(nodes)] if nodes else []
        return right[0] if right else EMPTY_ROOT

    def _compare(self, level: int, hashes: Sequence[bytes]) -> None:
        path = tile_path(level, self._closed[level], len(hashes))
        with self._findings.check("tile", path):
            tile = self._read(path)
            if tile == b"".join(hashes):
                return
            published = parse_tile(tile, len(hashes))
            start = self._closed[level] * TILE_WIDTH
            odd = [start + i for i, pair in enumerate(zip(hashes, published, strict=True)) if pair[0] != pair[1]]
            named = ", ".join(map(str, odd[:_NAMED])) + (" and others" if len(odd) > _NAMED else "")
            raise ProofError(f"it holds another hash than the {'subtrees' if level else 'entries'} {named}")
