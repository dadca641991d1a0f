import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.encoding import format_base64, parse_base64
from verifier.errors import ProofError
from verifier.merkle import EMPTY_ROOT, check_inclusion, leaf_hash, root_hash
from verifier.status_tree import UNUSED, StatusTree, chunk_path, prove_status

LEAVES = [leaf_hash(b"entry %d\n" % index) for index in range(70_000)]
# Around every size at which a level of chunks gains a chunk, or the tree a level.
EDGES = (1, 2, 255, 256, 257, 258, 511, 512, 513, 65_535, 65_536, 65_537, 65_538, 65_793)


def published(leaves: list[bytes]) -> tuple[bytes, dict[str, bytes]]:
    chunks: dict[str, bytes] = {}
    return StatusTree(leaves).write_changes(chunks.__setitem__), chunks


def test_walks_lead_to_the_roots_and_proofs_of_others(vectors: Path) -> None:
    trees = json.loads((vectors / "generated/trees.json").read_bytes())["trees"]

    for tree in trees:
        size, root = tree["size"], parse_base64(tree["root"])
        ours, chunks = published(LEAVES[:size])
        assert ours == root
        for answer in tree["inclusion"]:
            leaf, proof = prove_status(root, size, answer["index"], chunks.__getitem__)
            assert leaf == LEAVES[answer["index"]]
            assert [format_base64(item) for item in proof] == answer["proof"]
    assert len(trees) == 24


@pytest.mark.parametrize("size", EDGES)
def test_every_edge_of_a_tree_is_reached(size: int) -> None:
    root, chunks = published(LEAVES[:size])

    assert root == root_hash(LEAVES[:size])
    for index in {0, 1, 255, 256, size // 2, size - 2, size - 1} & set(range(size)):
        leaf, proof = prove_status(root, size, index, chunks.__getitem__)
        assert leaf == LEAVES[index]
        check_inclusion(leaf, index, size, proof, root)


@pytest.mark.parametrize("size", EDGES)
def test_no_two_contents_share_a_name(size: int) -> None:
    chunks: dict[str, bytes] = {}

    def write(path: str, content: bytes) -> None:
        assert chunks.setdefault(path, content) == content

    StatusTree(LEAVES[:size]).write_changes(write)

    assert all(64 <= len(content) <= 8192 for content in chunks.values())


def test_a_chunk_lies_under_the_first_octet_of_its_name() -> None:
    assert chunk_path(bytes.fromhex("ab" * 32)) == "status/tree/ab/" + "ab" * 32


def test_an_empty_tree_has_the_empty_root_and_no_chunks() -> None:
    assert published([]) == (EMPTY_ROOT, {})


def test_a_tree_of_one_leaf_has_that_leaf_as_its_root_and_no_chunks() -> None:
    assert published(LEAVES[:1]) == (LEAVES[0], {})
    assert prove_status(LEAVES[0], 1, 0, refuse_to_read) == (LEAVES[0], ())


def refuse_to_read(path: str) -> bytes:
    raise AssertionError(path)


@pytest.mark.parametrize(("size", "index"), [(0, 0), (1, 1), (300, 300), (300, -1)])
def test_a_status_index_outside_the_tree_is_refused(size: int, index: int) -> None:
    root, chunks = published(LEAVES[:size])

    with pytest.raises(ProofError, match=f"status index {index} is not in a tree of {size}"):
        prove_status(root, size, index, chunks.__getitem__)


def mangled_hash(content: bytes) -> bytes:
    return bytes([content[0] ^ 1]) + content[1:]


@pytest.mark.parametrize(
    "mangle",
    [
        mangled_hash,
        lambda content: content[:-1],
        lambda content: content[:-32],
        lambda content: content + bytes(1),
        lambda content: content + bytes(32),
        lambda _: b"",
        # The same root over its two halves: the right name, and a chunk of another level.
        lambda content: root_hash(hashes(content)[:256]) + root_hash(hashes(content)[256:]),
    ],
)
@pytest.mark.parametrize("depth", [0, 1])
def test_a_chunk_that_is_not_what_its_name_says_is_refused(mangle: Callable[[bytes], bytes], depth: int) -> None:
    root, chunks = published(LEAVES[:300])
    path = (chunk_path(root), chunk_path(root_hash(LEAVES[:256])))[depth]
    chunks[path] = mangle(chunks[path])

    with pytest.raises(ProofError, match="not what its name says"):
        prove_status(root, 300, 5, chunks.__getitem__)


def hashes(content: bytes) -> list[bytes]:
    return [content[i : i + 32] for i in range(0, len(content), 32)]


def test_another_size_than_the_snapshot_s_is_refused() -> None:
    root, chunks = published(LEAVES[:300])

    for size in (299, 301, 512, 513, 70_000):
        with pytest.raises(ProofError, match="not what its name says"):
            prove_status(root, size, 256, lambda path: chunks.get(path, b""))


updates = st.lists(st.tuples(st.integers(0, 1200), st.binary(min_size=32, max_size=32)), max_size=30)


@given(st.integers(0, 600), st.lists(updates, max_size=4))
def test_an_updated_tree_is_the_tree_built_anew(size: int, rounds: list[list[tuple[int, bytes]]]) -> None:
    expected = LEAVES[:size]
    chunks: dict[str, bytes] = {}
    tree = StatusTree(expected)

    for changes in rounds:
        for index, leaf in changes:
            expected += [UNUSED] * (index + 1 - len(expected))
            expected[index] = leaf
            tree.update(index, leaf)
        root = tree.write_changes(chunks.__setitem__)

        assert root == tree.root == root_hash(expected)
        for index in {index for index, _ in changes}:
            leaf, proof = prove_status(root, len(expected), index, chunks.__getitem__)
            assert leaf == expected[index]
            check_inclusion(leaf, index, len(expected), proof, root)


def test_one_update_writes_one_chunk_per_level_and_nothing_twice() -> None:
    tree = StatusTree(LEAVES)
    tree.write_changes(lambda *_: None)
    written: list[str] = []
    collect = lambda path, _: written.append(path)  # noqa: E731

    tree.update(300, LEAVES[0])
    root = tree.write_changes(collect)
    assert len(written) == 3
    assert written[-1] == chunk_path(root)

    written.clear()
    assert tree.write_changes(collect) == root
    assert written == []


def test_a_failed_write_is_made_up_for_by_the_next() -> None:
    def fail(path: str, content: bytes) -> None:
        raise OSError(path, len(content))

    tree = StatusTree(LEAVES[:300])
    with pytest.raises(OSError, match="status/tree"):
        tree.write_changes(fail)

    chunks: dict[str, bytes] = {}
    root = tree.write_changes(chunks.__setitem__)
    assert (root, chunks) == published(LEAVES[:300])


def test_an_unused_status_is_the_leaf_of_nothing() -> None:
    # SHA-256 of the octet 0x00, as every implementation prints it.
    assert UNUSED.hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    tree = StatusTree()

    tree.update(2, LEAVES[2])

    assert tree.size == 3
    assert tree.write_changes(lambda *_: None) == root_hash([UNUSED, UNUSED, LEAVES[2]])
