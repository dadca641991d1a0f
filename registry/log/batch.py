"""What a batch of entries makes of the tree, from the frontier before it alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from verifier.merkle import Frontier, leaf_hashes, prove_inclusion


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries appended together: ``nodes`` holds, for each, its leaf hash and the subtree roots that it completes."""

    start: int
    frontier: Frontier
    nodes: Sequence[tuple[bytes, ...]]
    subtrees: Mapping[tuple[int, int], bytes] = field(repr=False)

    def prove(self, index: int) -> tuple[bytes, ...]:
        """The inclusion proof of one of the batch's entries in the tree after the whole batch."""
        return prove_inclusion(index, self.frontier.size, lambda level, place: self.subtrees[level, place])


def append_batch(frontier: Frontier, entries: Iterable[bytes]) -> Batch:
    """Append entries to the tree of ``frontier``.

    Every left sibling on a new leaf's path is either complete in the old frontier or made by the batch.
    """
    subtrees = _subtrees(frontier)
    grown, nodes = frontier.extend(leaf_hashes(entries))
    for index, completed in enumerate(nodes, start=frontier.size):
        for level, node in enumerate(completed):
            subtrees[level, index >> level] = node
    return Batch(frontier.size, grown, nodes, subtrees)


def _subtrees(frontier: Frontier) -> dict[tuple[int, int], bytes]:
    placed: dict[tuple[int, int], bytes] = {}
    start = 0
    for node in frontier.hashes:
        level = (frontier.size - start).bit_length() - 1
        placed[level, start >> level] = node
        start += 1 << level
    return placed
