"""The status tree as static files: content-addressed chunks of up to 256 hashes.

A snapshot names the root over the status leaves and their number. Chunk k of a level holds the hashes [256k, 256k+256)
of that level, 32 octets each; its name is the RFC 9162 root over them, which is a hash of the level above. The one
chunk of the topmost level is named by the tree's root, so that whoever knows the root walks down to any leaf and needs
to trust nobody. A chunk of a single hash would be its own name; it is no file.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from verifier.errors import ProofError
from verifier.merkle import EMPTY_ROOT, HASH_BYTES, leaf_hash, root_hash

CHUNK_HEIGHT: Final = 8
CHUNK_WIDTH: Final = 1 << CHUNK_HEIGHT
UNUSED: Final = leaf_hash(b"")
_CHUNK_BYTES: Final = CHUNK_WIDTH * HASH_BYTES
Read = Callable[[str], bytes]
Write = Callable[[str, bytes], None]


def chunk_path(name: bytes) -> str:
    """Where the chunk of that name lies."""
    return f"status/tree/{name.hex()[:2]}/{name.hex()}"


def prove_status(root: bytes, size: int, index: int, read: Read) -> tuple[bytes, tuple[bytes, ...]]:
    """The leaf hash of status ``index`` and its inclusion proof; ``root`` and ``size`` are those of one snapshot.

    Raises:
        ProofError: no such leaf, or a chunk that is not what its name says.
    """
    if not 0 <= index < size:
        raise ProofError(f"status index {index} is not in a tree of {size}")
    name = root
    proof: tuple[bytes, ...] = ()
    for level in reversed(range(_height(size))):
        hashes = -(-size // CHUNK_WIDTH**level)
        chunk, position = divmod(index // CHUNK_WIDTH**level, CHUNK_WIDTH)
        width = min(CHUNK_WIDTH, hashes - CHUNK_WIDTH * chunk)
        if width > 1:
            levels = _open_chunk(name, width, read)
            proof = (*_prove_child(position, levels), *proof)
            name = levels[0][position]
    return name, proof


def _height(size: int) -> int:
    """How many levels of chunks lead to one root."""
    return -(-(size - 1).bit_length() // CHUNK_HEIGHT)


def _open_chunk(name: bytes, width: int, read: Read) -> Sequence[Sequence[bytes]]:
    levels = _levels(read(chunk_path(name)))
    if len(levels[0]) != width or levels[-1][0] != name:
        raise ProofError(f"chunk {name.hex()[:8]}… of the status tree is not what its name says")
    return levels


def _hashes(chunk: bytes) -> list[bytes]:
    return [chunk[start : start + HASH_BYTES] for start in range(0, len(chunk), HASH_BYTES)]


# A snapshot's upper chunks lead to every certification.
@functools.lru_cache(maxsize=64)
def _levels(chunk: bytes) -> Sequence[Sequence[bytes]]:
    """The hashes of a chunk, and every level of the tree over them up to the root."""
    level = tuple(_hashes(chunk)) or (EMPTY_ROOT,)
    levels = [level]
    while len(level) > 1:
        level = tuple(root_hash(level[start : start + 2]) for start in range(0, len(level), 2))
        levels.append(level)
    return levels


def _prove_child(position: int, levels: Sequence[Sequence[bytes]]) -> tuple[bytes, ...]:
    # The sibling at each level; a last node without one is carried up as it is.
    siblings = ((level, (position >> height) ^ 1) for height, level in enumerate(levels))
    return tuple(level[place] for level, place in siblings if place < len(level))


class StatusTree:
    """The leaf hashes by status index with the chunk names above them, updated without computing the rest again."""

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        # 32 octets for each leaf and little more: ten million leaves stay below 400 MB.
        self._levels = [bytearray()]
        for leaf in leaf_hashes:
            self._levels[0] += leaf
        self._changed = set(range(-(-self.size // CHUNK_WIDTH)))

    @property
    def size(self) -> int:
        """The number of leaves."""
        return len(self._levels[0]) // HASH_BYTES

    def update(self, index: int, leaf: bytes) -> None:
        """Set one leaf hash; indexes that this one skips become unused leaves."""
        leaves, start = self._levels[0], index * HASH_BYTES
        if start > len(leaves):
            self._changed.update(range(self.size // CHUNK_WIDTH, index // CHUNK_WIDTH))
            leaves += UNUSED * (index - self.size)
        leaves[start : start + HASH_BYTES] = leaf
        self._changed.add(index // CHUNK_WIDTH)

    def write_changes(self, write: Write) -> bytes:
        """Hand the path and content of every chunk that changed to ``write``, children first, and return the root."""
        changed = self._changed
        for level in range(_height(self.size)):
            if level + 1 == len(self._levels):
                self._levels.append(bytearray())
            for chunk in sorted(changed):
                name = _write_chunk(self._levels[level], chunk, write)
                _set(self._levels[level + 1], chunk, name)
            changed = {chunk // CHUNK_WIDTH for chunk in changed}
        # Forgotten only now: where ``write`` fails, the next call writes them all again.
        self._changed = set()
        return self.root

    @property
    def root(self) -> bytes:
        """The root as of the last write_changes."""
        return bytes(self._levels[_height(self.size)]) if self.size else EMPTY_ROOT


def _write_chunk(level: bytearray, chunk: int, write: Write) -> bytes:
    content = bytes(level[chunk * _CHUNK_BYTES : (chunk + 1) * _CHUNK_BYTES])
    name = root_hash(_hashes(content))
    if len(content) > HASH_BYTES:
        write(chunk_path(name), content)
    return name


def _set(hashes: bytearray, index: int, value: bytes) -> None:
    hashes[index * HASH_BYTES : (index + 1) * HASH_BYTES] = value
