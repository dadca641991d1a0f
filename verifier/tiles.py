"""Tiles: a log's tree as static files (C2SP tlog-tiles).

    tile/0/x001/x234/067          the leaf hashes 256·1234067 and on, 32 octets each
    tile/1/000.p/17               the first 17 hashes one tile level, 8 tree levels, higher
    tile/entries/000.p/112        the first 112 entries, each after its length as u16be

A partial tile is a prefix of the full one. A tile says what it likes: a proof made of tiles is worth what the check
of that proof says, and nothing before.
"""

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from verifier.errors import FormatError, ProofError
from verifier.merkle import HASH_BYTES, Subtree, root_hash

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT
MAX_BUNDLED_ENTRY_BYTES: Final = 2**16 - 1
_LENGTH_BYTES: Final = 2
Read = Callable[[str], bytes]


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Where the tile lies that holds the hashes [256·index, 256·index + width) of a tile level."""
    return f"tile/{level}/{_number(index)}{_suffix(width)}"


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """Where the bundle lies that holds the entries [256·index, 256·index + width)."""
    return f"tile/entries/{_number(index)}{_suffix(width)}"


def _number(index: int) -> str:
    groups = f"{index:,}".split(",")
    groups[0] = groups[0].zfill(3)
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def _suffix(width: int) -> str:
    return "" if width == TILE_WIDTH else f".p/{width}"


def tile_width(level: int, index: int, size: int) -> int:
    """How many hashes a tile holds in the tree of ``size``: 256, fewer at the edge, 0 past it."""
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - TILE_WIDTH * index))


def new_tiles(old_size: int, new_size: int) -> Iterator[tuple[int, int, int]]:
    """The (level, index, width) of each tile that a tree of ``new_size`` has and one of ``old_size`` has not.

    Those of level 0 are the entry bundles to write as well; ``new_tiles(0, size)`` is every tile of a tree.
    """
    level = 0
    while (last := new_size >> TILE_HEIGHT * level) > (first := old_size >> TILE_HEIGHT * level):
        for index in range(first // TILE_WIDTH, -(-last // TILE_WIDTH)):
            yield level, index, tile_width(level, index, new_size)
        level += 1


def subtree_reader(size: int, read: Read) -> Subtree:
    """A function that proofs are made with, from the tiles of a tree of ``size``; ``read`` gets a tile's path.

    The function raises FormatError for a tile of another length and ProofError for a subtree outside the tree. What
    was read is kept for as long as the function is.
    """

    @functools.lru_cache(maxsize=4096)
    def tile(level: int, index: int) -> tuple[bytes, ...]:
        width = tile_width(level, index, size)
        return parse_tile(read(tile_path(level, index, width)), width)

    @functools.lru_cache(maxsize=65536)
    def subtree(level: int, index: int) -> bytes:
        if (index + 1) << level > size:
            raise ProofError(f"subtree {index} of level {level} is not in a tree of size {size}")
        tile_level, height = divmod(level, TILE_HEIGHT)
        tile_index, start = divmod(index << height, TILE_WIDTH)
        return root_hash(tile(tile_level, tile_index)[start : start + (1 << height)])

    return subtree


def read_entry(index: int, size: int, read: Read) -> bytes:
    """The entry at leaf index ``index`` of a log of ``size``; ``read`` gets its bundle's path.

    Raises:
        FormatError: the log has no such entry, or the bundle is not what it should be.
    """
    if not 0 <= index < size:
        raise FormatError(f"entry {index} is not in a log of {size}")
    bundle, place = divmod(index, TILE_WIDTH)
    width = tile_width(0, bundle, size)
    return parse_entries(read(entries_path(bundle, width)), width)[place]


def parse_tile(data: bytes, width: int) -> tuple[bytes, ...]:
    """Read a tile's hashes.

    Raises:
        FormatError: not ``width`` hashes.
    """
    if len(data) != HASH_BYTES * width:
        raise FormatError(f"a tile of {width} hashes is {HASH_BYTES * width} octets long, not {len(data)}")
    return tuple(data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES))


def format_entries(entries: Iterable[bytes]) -> bytes:
    """Write an entry bundle.

    Raises:
        FormatError: an entry of over 65,535 octets.
    """
    return b"".join(_prefixed(entry) for entry in entries)


def _prefixed(entry: bytes) -> bytes:
    if len(entry) > MAX_BUNDLED_ENTRY_BYTES:
        raise FormatError(f"an entry of {len(entry)} octets is over the limit of {MAX_BUNDLED_ENTRY_BYTES}")
    return len(entry).to_bytes(_LENGTH_BYTES) + entry


def parse_entries(data: bytes, width: int) -> tuple[bytes, ...]:
    """Read an entry bundle.

    Raises:
        FormatError: not ``width`` entries, to the octet.
    """
    entries: list[bytes] = []
    start, size = _LENGTH_BYTES, len(data)
    while start <= size:
        end = start + (data[start - 2] << 8 | data[start - 1])
        entries.append(data[start:end])
        start = end + _LENGTH_BYTES
    if start != size + _LENGTH_BYTES or len(entries) != width:
        raise FormatError(f"the bundle does not hold {width} entries")
    return tuple(entries)
