import json
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.checkpoint import claimed_checkpoint
from verifier.encoding import format_base64, parse_base64
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
    read_entry,
    subtree_reader,
    tile_path,
)


def tile_levels(leaves: list[bytes]) -> list[list[bytes]]:
    """The hashes of each tile level, by C2SP's words: MTH of 256 complete hashes of the level below."""
    levels = [leaves]
    while len(levels[-1]) >= 256:
        below = levels[-1]
        levels.append([root_hash(below[i : i + 256]) for i in range(0, len(below) // 256 * 256, 256)])
    return levels


def published(leaves: list[bytes], old_size: int = 0) -> dict[str, bytes]:
    levels = tile_levels(leaves)
    return {
        tile_path(level, index, width): b"".join(levels[level][256 * index : 256 * index + width])
        for level, index, width in new_tiles(old_size, len(leaves))
    }


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(b"entry %d\n" % index) for index in range(size)]


LEAVES = leaves_of(70_000)


def test_tiles_of_others_trees_are_written_to_the_same_places(vectors: Path) -> None:
    trees = json.loads((vectors / "generated/trees.json").read_bytes())["trees"]
    assert [tree["size"] for tree in trees][-1] == 70_000

    for tree in trees:
        ours = {path: sha256(tile).hexdigest() for path, tile in published(LEAVES[: tree["size"]]).items()}
        theirs = {tile["path"]: tile["sha256"] for tile in tree["tiles"]}
        # Of the four largest trees the vectors hold the tiles at the edges only.
        assert theirs.items() <= ours.items()
        assert theirs == ours or tree["size"] > 65_000


def test_proofs_read_from_tiles_are_those_of_others(vectors: Path) -> None:
    for tree in json.loads((vectors / "generated/trees.json").read_bytes())["trees"]:
        size = tree["size"]
        subtree = subtree_reader(size, published(LEAVES[:size]).__getitem__)

        assert format_base64(subtree_root(size, subtree)) == tree["root"]
        for given_proof in tree["inclusion"]:
            proof = prove_inclusion(given_proof["index"], size, subtree)
            assert [format_base64(item) for item in proof] == given_proof["proof"]
        for given_proof in tree["consistency"]:
            proof = prove_consistency(given_proof["old"], size, subtree)
            assert [format_base64(item) for item in proof] == given_proof["proof"]
            assert format_base64(subtree_root(given_proof["old"], subtree)) == given_proof["old_root"]


def test_a_running_log_s_tiles_and_entries_lead_to_each_of_its_checkpoints(vectors: Path) -> None:
    def read(path: str) -> bytes:
        return (vectors / "tessera_log" / path).read_bytes()

    checkpoints = [claimed_checkpoint(read(f"checkpoint.{size}")) for size in range(1, 16)]

    for checkpoint in checkpoints:
        subtree = subtree_reader(checkpoint.size, read)
        bundle = read(entries_path(0, checkpoint.size))
        entries = parse_entries(bundle, checkpoint.size)
        assert subtree_root(checkpoint.size, subtree) == checkpoint.root_hash
        assert format_entries(entries) == bundle
        for index, entry in enumerate(entries):
            proof = prove_inclusion(index, checkpoint.size, subtree)
            check_inclusion(leaf_hash(entry), index, checkpoint.size, proof, checkpoint.root_hash)
    for old, new in pairwise(checkpoints):
        proof = prove_consistency(old.size, new.size, subtree_reader(new.size, read))
        check_consistency(old.size, old.root_hash, new.size, new.root_hash, proof)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (tile_path(0, 0), "tile/0/000"),
        (tile_path(63, 999), "tile/63/999"),
        (tile_path(0, 1000), "tile/0/x001/000"),
        (tile_path(0, 1_234_067), "tile/0/x001/x234/067"),
        (tile_path(1, 12_345_678, 7), "tile/1/x012/x345/678.p/7"),
        (entries_path(0), "tile/entries/000"),
        (entries_path(273, 112), "tile/entries/273.p/112"),
        (entries_path(1_000_000), "tile/entries/x001/x000/000"),
    ],
)
def test_a_tile_s_place_is_spelt_in_groups_of_three_digits(path: str, place: str) -> None:
    assert path == place


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_tiles_written_as_a_log_grows_are_all_that_its_readers_need(first: int, second: int) -> None:
    old_size, new_size = sorted((first, second))
    levels = tile_levels(LEAVES[:new_size])
    before, after, every = (set(new_tiles(*sizes)) for sizes in ((0, old_size), (old_size, new_size), (0, new_size)))

    assert after == every - before
    assert {(level, 256 * index + width) for level, index, width in every} >= {
        (level, len(hashes)) for level, hashes in enumerate(levels) if hashes
    }


@given(st.integers(1, 2000), st.data())
def test_a_proof_made_of_tiles_is_accepted_by_the_check(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old_size = data.draw(st.integers(1, size))
    subtree = subtree_reader(size, published(LEAVES[:size]).__getitem__)
    root = root_hash(LEAVES[:size])

    check_inclusion(LEAVES[index], index, size, prove_inclusion(index, size, subtree), root)
    check_consistency(old_size, root_hash(LEAVES[:old_size]), size, root, prove_consistency(old_size, size, subtree))


def test_each_tile_is_read_once() -> None:
    tiles = published(LEAVES[:1000])
    reads: list[str] = []

    def read(path: str) -> bytes:
        reads.append(path)
        return tiles[path]

    subtree = subtree_reader(1000, read)
    for index in range(1000):
        prove_inclusion(index, 1000, subtree)

    assert sorted(reads) == sorted(set(reads))
    assert set(reads) <= set(tiles)


@pytest.mark.parametrize(("level", "index"), [(0, 300), (0, 301), (8, 1), (9, 0), (1, 150), (2, 75)])
def test_a_subtree_outside_the_tree_is_refused(level: int, index: int) -> None:
    subtree = subtree_reader(300, published(LEAVES[:300]).__getitem__)

    with pytest.raises(ProofError, match="not in a tree of size 300"):
        subtree(level, index)


@pytest.mark.parametrize("length", [0, 31, 32 * 43, 32 * 45, 32 * 256])
def test_a_tile_of_another_length_is_refused(length: int) -> None:
    tiles = published(LEAVES[:300]) | {"tile/0/001.p/44": bytes(length)}

    with pytest.raises(FormatError, match="a tile of 44 hashes"):
        subtree_reader(300, tiles.__getitem__)(0, 256)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_an_entry_bundle_is_read_as_it_was_written(entries: list[bytes]) -> None:
    assert parse_entries(format_entries(entries), len(entries)) == tuple(entries)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=256))
def test_a_tile_is_read_as_it_was_written(hashes: list[bytes]) -> None:
    assert parse_tile(b"".join(hashes), len(hashes)) == tuple(hashes)


def test_the_largest_entry_is_bundled_and_a_larger_one_is_refused() -> None:
    assert parse_entries(format_entries([bytes(65_535)]), 1) == (bytes(65_535),)

    with pytest.raises(FormatError, match="65536 octets"):
        format_entries([bytes(65_536)])


@pytest.mark.parametrize(
    ("bundle", "width", "reason"),
    [
        (b"", 1, "too few entries"),
        (b"\x00\x01a", 2, "too few entries"),
        (b"\x00\x01a\x00\x01b", 1, "too many entries"),
        (b"\x00\x02a", 1, "the entry is cut short"),
        (b"\x00\x01a\x00", 1, "an octet is left over"),
        (b"\x00\x01a\x00", 2, "the length is cut short"),
    ],
)
def test_a_bundle_that_does_not_hold_its_entries_is_refused(bundle: bytes, width: int, reason: str) -> None:
    with pytest.raises(FormatError, match=f"does not hold {width} entries"):
        parse_entries(bundle, width)


def test_a_wrong_hash_in_a_tile_makes_a_proof_that_the_check_refuses(vectors: Path) -> None:
    tree = next(t for t in json.loads((vectors / "generated/trees.json").read_bytes())["trees"] if t["size"] == 1000)
    tiles = published(LEAVES[:1000])
    tiles["tile/1/000.p/3"] = bytes(32) + tiles["tile/1/000.p/3"][32:]

    proof = prove_inclusion(999, 1000, subtree_reader(1000, tiles.__getitem__))

    with pytest.raises(ProofError, match="another root"):
        check_inclusion(LEAVES[999], 999, 1000, proof, parse_base64(tree["root"]))


@pytest.mark.parametrize("index", [-1, 300, 1000])
def test_an_entry_that_the_log_does_not_have_is_not_read(index: int) -> None:
    with pytest.raises(FormatError, match="is not in a log of 300"):
        read_entry(index, 300, {}.__getitem__)


def test_an_entry_is_read_from_its_bundle() -> None:
    entries = [str(number).encode() for number in range(300)]
    files = {entries_path(0): format_entries(entries[:256]), entries_path(1, 44): format_entries(entries[256:])}

    assert [read_entry(index, 300, files.__getitem__) for index in (0, 255, 256, 299)] == [b"0", b"255", b"256", b"299"]
