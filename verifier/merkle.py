"""The Merkle tree of RFC 9162, section 2.1: roots, inclusion and consistency proofs, made and checked.

A *subtree* (level, index) is the complete tree over the leaves [index·2^level, (index+1)·2^level). Proofs at any size
are made from a function that returns the hash of a subtree, so that they take O(log n) reads.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from verifier.errors import ProofError

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256().digest()
Subtree = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256 of 0x00 and the entry (RFC 9162, section 2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """The leaf hash of each entry."""
    return [sha256(b"\x00" + entry).digest() for entry in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both children (RFC 9162, section 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def root_hash(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, or over the roots of equal complete subtrees (the last one may be smaller)."""
    if not hashes:
        return EMPTY_ROOT
    level = hashes
    while len(level) > 1:
        # An odd last node is carried up unchanged, which is the same tree as RFC 9162's split at a power of two.
        odd = level[-1:] if len(level) % 2 else ()
        nodes = iter(level)
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(nodes, nodes, strict=False)]
        level += odd
    return level[0]


@dataclass(frozen=True, slots=True)
class Frontier:
    """What appending needs of a tree: its size and the roots of its maximal complete subtrees, the largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        """The tree's root."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def append(self, leaf: bytes) -> tuple["Frontier", tuple[bytes, ...]]:
        """The tree with one leaf more, and what that leaf completes: its own hash, then each larger subtree's."""
        grown, (completed,) = self.extend([leaf])
        return grown, completed

    def extend(self, leaves: Iterable[bytes]) -> tuple["Frontier", list[tuple[bytes, ...]]]:
        """The tree with more leaves, and what each of them completes."""
        size, hashes, completed = self.size, list(self.hashes), []
        for leaf in leaves:
            nodes, remaining = [leaf], size
            # Each one-bit that the size ends in is a complete subtree that waits for its right half.
            while remaining & 1:
                nodes.append(node_hash(hashes.pop(), nodes[-1]))
                remaining >>= 1
            hashes.append(nodes[-1])
            completed.append(tuple(nodes))
            size += 1
        return Frontier(size, tuple(hashes)), completed


def inclusion_proof(index: int, hashes: Sequence[bytes]) -> tuple[bytes, ...]:
    """The inclusion proof of leaf ``index`` in the tree over leaf hashes.

    Raises:
        ProofError: no such leaf.
    """
    return prove_inclusion(index, len(hashes), _subtree_over(hashes))


def consistency_proof(old_size: int, hashes: Sequence[bytes]) -> tuple[bytes, ...]:
    """The proof that the tree over leaf hashes continues the tree over the first ``old_size`` of them.

    Raises:
        ProofError: there are fewer, or nothing to continue.
    """
    return prove_consistency(old_size, len(hashes), _subtree_over(hashes))


def _subtree_over(hashes: Sequence[bytes]) -> Subtree:
    return lambda level, index: root_hash(hashes[index << level : (index + 1) << level])


def subtree_root(size: int, subtree: Subtree) -> bytes:
    """The root at any ``size`` up to what ``subtree`` covers."""
    return EMPTY_ROOT if size == 0 else _range_root(0, size, subtree)


def prove_inclusion(index: int, size: int, subtree: Subtree) -> tuple[bytes, ...]:
    """The inclusion proof of leaf ``index`` in the tree of ``size`` (RFC 9162, section 2.1.3.1).

    Raises:
        ProofError: no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of size {size}")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        split = start + _split(end - start)
        if index < split:
            proof.append(_range_root(split, end, subtree))
            end = split
        else:
            proof.append(_range_root(start, split, subtree))
            start = split
    return tuple(reversed(proof))


def prove_consistency(old_size: int, new_size: int, subtree: Subtree) -> tuple[bytes, ...]:
    """The proof that the tree of ``new_size`` continues the one of ``old_size`` (RFC 9162, section 2.1.4.1).

    Raises:
        ProofError: sizes out of order.
    """
    if not 0 < old_size <= new_size:
        raise ProofError(f"no consistency proof leads from size {old_size} to {new_size}")
    proof: list[bytes] = []
    start, end, complete = 0, new_size, True
    while end != old_size:
        split = start + _split(end - start)
        if old_size <= split:
            proof.append(_range_root(split, end, subtree))
            end = split
        else:
            proof.append(_range_root(start, split, subtree))
            start, complete = split, False
    if not complete:
        proof.append(_range_root(start, end, subtree))
    return tuple(reversed(proof))


def _split(length: int) -> int:
    """The largest power of two below ``length``."""
    return 1 << (length - 1).bit_length() - 1


def _range_root(start: int, end: int, subtree: Subtree) -> bytes:
    """The root over leaves [start, end), where start is aligned as RFC 9162's splits are."""
    nodes = list(_complete(start, end, subtree))
    root = nodes.pop()
    while nodes:
        root = node_hash(nodes.pop(), root)
    return root


def _complete(start: int, end: int, subtree: Subtree) -> Iterable[bytes]:
    while start < end:
        level = (end - start).bit_length() - 1
        yield subtree(level, start >> level)
        start += 1 << level


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that leaf hash ``leaf`` is at ``index`` in the tree of ``size`` with ``root`` (RFC 9162, section 2.1.3.2).

    Raises:
        ProofError: the proof does not lead there.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of size {size}")
    _check_lengths((leaf, *proof, root))
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            raise ProofError("the inclusion proof is too long")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise ProofError("the inclusion proof is too short")
    if r != root:
        raise ProofError("the inclusion proof leads to another root")


def check_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the new tree continues the old one (RFC 9162, section 2.1.4.2).

    Raises:
        ProofError: it does not, or nothing can be shown from an empty tree.
    """
    if not 0 < old_size <= new_size:
        raise ProofError(f"no consistency proof leads from size {old_size} to {new_size}")
    _check_lengths((*proof, old_root, new_root))
    if old_size < new_size:
        _check_growth(old_size, old_root, new_size, new_root, proof)
    elif proof or old_root != new_root:
        raise ProofError("two trees of one size have the same root and an empty proof")


def _check_growth(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """RFC 9162, section 2.1.4.2, steps 1 to 7."""
    # The old root of a complete tree is the first node already; the proof leaves it out.
    path = [old_root, *proof] if old_size.bit_count() == 1 else proof
    if not path:
        raise ProofError("the consistency proof is too short")
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            raise ProofError("the consistency proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise ProofError("the consistency proof is too short")
    if fr != old_root or sr != new_root:
        raise ProofError("the consistency proof leads to another root")


def _check_lengths(hashes: Iterable[bytes]) -> None:
    if any(len(item) != HASH_BYTES for item in hashes):
        raise ProofError("a hash of the proof is not 32 bytes long")
