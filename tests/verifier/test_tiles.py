import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.checkpoint import parse_checkpoint
from verifier.errors import FormatError, ProofError
from verifier.merkle import (
    check_consistency,
    check_inclusion,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_hash,
    subtree_root,
)
from verifier.tiles import (
    entries_path,
    format_entries,
    new_tiles,
    parse_entries,
    parse_tile,
    subtree_reader,
    tile_path,
    tile_width,
)


def leaves(size: int) -> list[bytes]:
    return [leaf_hash(b"entry %d\n" % index) for index in range(size)]


def write_tiles(hashes: list[bytes], old_size: int = 0) -> dict[str, bytes]:
    """The tiles as their definition says it (tlog-tiles: the hash of each full tile below), and in no cleverer way."""
    files = {}
    for level, index, width in new_tiles(old_size, len(hashes)):
        span = 256**level
        nodes = [root_hash(hashes[k * span : (k + 1) * span]) for k in range(256 * index, 256 * index + width)]
        files[tile_path(level, index, width)] = b"".join(nodes)
    return files


@pytest.fixture(scope="session")
def trees(vectors: Path) -> list[dict]:
    return json.loads((vectors / "generated" / "trees.json").read_text())["trees"]


def test_a_tree_has_the_tiles_that_go_gives_it_octet_for_octet(trees: list[dict]) -> None:
    for tree in trees:
        hashes = leaves(tree["size"])

        written = {path: sha256(data).hexdigest() for path, data in write_tiles(hashes).items()}
        listed = {tile["path"]: tile["sha256"] for tile in tree["tiles"]}

        # Of the largest trees the vectors name the first and the last tiles only.
        assert written.items() >= listed.items()
        assert len(written) == len(listed) or tree["size"] > 1000


def test_roots_and_proofs_from_tiles_are_those_of_go(trees: list[dict]) -> None:
    for tree in trees:
        size = tree["size"]
        subtree = subtree_reader(size, write_tiles(leaves(size)).__getitem__)

        assert subtree_root(size, subtree) == b64decode(tree["root"])
        for made in tree["inclusion"]:
            assert prove_inclusion(made["index"], size, subtree) == tuple(map(b64decode, made["proof"]))
        for made in tree["consistency"]:
            assert prove_consistency(made["old"], size, subtree) == tuple(map(b64decode, made["proof"]))


@pytest.mark.parametrize("size", range(1, 16))
def test_a_log_of_tessera_is_read_at_each_of_its_sizes(vectors: Path, size: int) -> None:
    folder = vectors / "tessera_log"
    checkpoint = parse_checkpoint((folder / f"checkpoint.{size}").read_text().partition("\n\n")[0] + "\n")
    entries = parse_entries((folder / entries_path(0, size)).read_bytes(), size)

    subtree = subtree_reader(size, lambda path: (folder / path).read_bytes())

    assert checkpoint.size == size
    assert format_entries(entries) == (folder / entries_path(0, size)).read_bytes()
    assert subtree_root(size, subtree) == checkpoint.root_hash
    for index, entry in enumerate(entries):
        proof = prove_inclusion(index, size, subtree)
        check_inclusion(leaf_hash(entry), index, size, proof, checkpoint.root_hash)


def test_a_log_of_tessera_only_ever_grew(vectors: Path) -> None:
    folder = vectors / "tessera_log"
    roots = {
        size: parse_checkpoint((folder / f"checkpoint.{size}").read_text().partition("\n\n")[0] + "\n").root_hash
        for size in range(1, 16)
    }

    subtree = subtree_reader(15, lambda path: (folder / path).read_bytes())

    for old_size, old_root in roots.items():
        check_consistency(old_size, old_root, 15, roots[15], prove_consistency(old_size, 15, subtree))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        # C2SP tlog-tiles, section Merkle Tree
        (tile_path(0, 1234067), "tile/0/x001/x234/067"),
        (entries_path(1234067), "tile/entries/x001/x234/067"),
        (tile_path(0, 0), "tile/0/000"),
        (tile_path(0, 999), "tile/0/999"),
        (tile_path(0, 1000), "tile/0/x001/000"),
        (tile_path(63, 0, 1), "tile/63/000.p/1"),
        (entries_path(273, 112), "tile/entries/273.p/112"),
        (tile_path(1, 0, 255), "tile/1/000.p/255"),
        (tile_path(1, 0, 256), "tile/1/000"),
    ],
)
def test_a_path_is_spelt_as_the_specification_spells_it(path: str, expected: str) -> None:
    assert path == expected


def test_seventy_thousand_leaves_have_the_tiles_that_the_specification_counts() -> None:
    # C2SP tlog-tiles, section Partial Tiles
    listed = list(new_tiles(0, 70_000))

    assert sum(level == 0 and width == 256 for level, _, width in listed) == 273
    assert [tile for tile in listed if tile[2] < 256 or tile[0] > 0] == [
        (0, 273, 112),
        (1, 0, 256),
        (1, 1, 17),
        (2, 0, 1),
    ]


def test_a_tree_of_256_has_a_full_tile_with_one_hash_above() -> None:
    # C2SP tlog-tiles, section Partial Tiles
    assert list(new_tiles(0, 256)) == [(0, 0, 256), (1, 0, 1)]


def test_an_empty_tree_has_no_tile() -> None:
    assert list(new_tiles(0, 0)) == []


@given(st.integers(0, 200_000), st.integers(0, 3_000))
def test_what_is_new_is_what_the_larger_tree_has_and_the_smaller_has_not(old_size: int, growth: int) -> None:
    new = set(new_tiles(0, old_size + growth))

    assert set(new_tiles(old_size, old_size + growth)) == new - set(new_tiles(0, old_size))


@given(st.integers(0, 2**40), st.integers(0, 5), st.integers(0, 2**40))
def test_a_tile_is_as_wide_as_the_specification_says(size: int, level: int, index: int) -> None:
    count = size // 256**level
    expected = 256 if index < count // 256 else count % 256 if index == count // 256 else 0

    assert tile_width(level, index, size) == expected


@given(st.integers(1, 1100), st.data())
def test_any_subtree_read_from_tiles_is_the_root_over_its_leaves(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    subtree = subtree_reader(size, write_tiles(hashes).__getitem__)
    level = data.draw(st.integers(0, size.bit_length() - 1))
    index = data.draw(st.integers(0, (size >> level) - 1))

    assert subtree(level, index) == root_hash(hashes[index << level : (index + 1) << level])


@pytest.mark.parametrize(("level", "index"), [(0, 5), (1, 2), (2, 1), (3, 0), (8, 0)])
def test_a_subtree_that_is_not_complete_has_no_hash(level: int, index: int) -> None:
    subtree = subtree_reader(5, write_tiles(leaves(5)).__getitem__)

    with pytest.raises(ProofError, match="not in a tree of size 5"):
        subtree(level, index)


@pytest.mark.parametrize(
    ("path", "index"),
    [("tile/0/000", 3), ("tile/0/001", 300), ("tile/0/002.p/188", 600), ("tile/1/000.p/2", 600)],
)
def test_a_forged_tile_makes_a_proof_that_does_not_verify(path: str, index: int) -> None:
    hashes = leaves(700)
    files = write_tiles(hashes)
    proof = prove_inclusion(index, 700, subtree_reader(700, files.__getitem__))
    check_inclusion(hashes[index], index, 700, proof, root_hash(hashes))

    files[path] = bytes(len(files[path]))
    proof = prove_inclusion(index, 700, subtree_reader(700, files.__getitem__))

    with pytest.raises(ProofError, match="another root"):
        check_inclusion(hashes[index], index, 700, proof, root_hash(hashes))


@pytest.mark.parametrize("length", [0, 31, 32 * 4, 32 * 5 - 1, 32 * 5 + 1, 32 * 6, 32 * 256])
def test_a_tile_of_another_length_is_refused(length: int) -> None:
    subtree = subtree_reader(5, lambda _: bytes(length))

    with pytest.raises(FormatError, match="tile of 5 hashes"):
        subtree(0, 0)


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=256))
def test_a_tile_is_its_hashes_one_after_the_other(hashes: list[bytes]) -> None:
    assert parse_tile(b"".join(hashes), len(hashes)) == tuple(hashes)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_that_is_written_is_read_back(entries: list[bytes]) -> None:
    assert parse_entries(format_entries(entries), len(entries)) == tuple(entries)


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=8), st.data())
def test_a_bundle_cut_short_grown_or_miscounted_is_refused(entries: list[bytes], data: st.DataObject) -> None:
    bundle = format_entries(entries)
    cut = data.draw(st.integers(0, len(bundle) - 1))
    more = data.draw(st.binary(min_size=1, max_size=20))

    for mangled, width in (
        (bundle[:cut], len(entries)),
        (bundle + more, len(entries)),
        (bundle, len(entries) - 1),
        (bundle, len(entries) + 1),
    ):
        with pytest.raises(FormatError, match="the bundle does not hold"):
            parse_entries(mangled, width)


def test_the_longest_entry_fits_a_bundle_and_no_longer_one() -> None:
    assert parse_entries(format_entries([bytes(65535)]), 1) == (bytes(65535),)

    with pytest.raises(FormatError, match="65536 octets is over the limit of 65535"):
        format_entries([bytes(65536)])
