import json
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.encoding import format_base64, parse_base64
from verifier.errors import ProofError
from verifier.merkle import (
    EMPTY_ROOT,
    Frontier,
    Subtree,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    prove_consistency,
    prove_inclusion,
    root_hash,
    subtree_root,
)

LEAVES = [leaf_hash(b"entry %d\n" % index) for index in range(1000)]


def subtree_of(leaves: Sequence[bytes]) -> Subtree:
    def subtree(level: int, index: int) -> bytes:
        hashes = leaves[index << level : (index + 1) << level]
        assert len(hashes) == 1 << level, "only complete subtrees are asked for"
        return root_hash(hashes)

    return subtree


def encoded(hashes: Sequence[bytes]) -> list[str]:
    return [format_base64(item) for item in hashes]


def decoded(texts: list[str] | None) -> tuple[bytes, ...]:
    return tuple(parse_base64(text) for text in texts or [])


def refused(check: Callable[..., None], *arguments: object) -> bool:
    try:
        check(*arguments)
    except ProofError:
        return True
    return False


def probes(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(folder.rglob("*.json")):
        yield str(path.relative_to(folder)), json.loads(path.read_bytes())


def test_inclusion_probes_of_others_are_judged_as_they_say(vectors: Path) -> None:
    judged = {
        name: refused(
            check_inclusion,
            parse_base64(p["leafHash"] or ""),
            p["leafIdx"],
            p["treeSize"],
            decoded(p["proof"]),
            parse_base64(p["root"] or ""),
        )
        == p["wantErr"]
        for name, p in probes(vectors / "transparency-dev_merkle/inclusion")
    }

    assert [name for name, agreed in judged.items() if not agreed] == []
    assert len(judged) == 98


# Two equal roots of 12 octets: the Go code compares them only; a root of ours is a SHA-256 hash or refused.
NO_HASH = "additional/sizes-are-equal-one-and-proof-is-empty.json"


def test_consistency_probes_of_others_are_judged_as_they_say(vectors: Path) -> None:
    judged = {
        name: refused(
            check_consistency,
            p["size1"],
            parse_base64(p["root1"] or ""),
            p["size2"],
            parse_base64(p["root2"] or ""),
            decoded(p["proof"]),
        )
        == p["wantErr"]
        for name, p in probes(vectors / "transparency-dev_merkle/consistency")
    }

    assert [name for name, agreed in judged.items() if not agreed] == [NO_HASH]
    assert len(judged) == 98


def test_inclusion_probes_in_subtrees_are_judged_as_in_a_tree_of_their_own(vectors: Path) -> None:
    folder = vectors / "transparency-dev_merkle/subtreeinclusion"
    inside = {name: p for name, p in probes(folder) if aligned(p["start"], p["end"])}

    judged = {
        name: refused(
            check_inclusion,
            parse_base64(p["leafHash"] or ""),
            p["leafIdx"] - p["start"],
            p["end"] - p["start"],
            decoded(p["proof"]),
            parse_base64(p["root"] or ""),
        )
        == p["wantErr"]
        for name, p in inside.items()
    }

    assert [name for name, agreed in judged.items() if not agreed] == []
    assert all(p["wantErr"] for name, p in probes(folder) if name not in inside)
    assert len(judged) == 185


def aligned(start: int, end: int) -> bool:
    return start < end and start % (1 << (end - start - 1).bit_length()) == 0


def test_the_reference_tree_of_certificate_transparency_has_its_roots_and_nodes(vectors: Path) -> None:
    tree = json.loads((vectors / "extracted/rfc6962_tree8.json").read_bytes())
    leaves = [leaf_hash(bytes.fromhex(text)) for text in tree["leaf_inputs_hex"]]
    frontiers, nodes = [Frontier()], set[str]()

    for leaf in leaves:
        frontier, completed = frontiers[-1].append(leaf)
        frontiers.append(frontier)
        nodes |= {node.hex() for node in completed}

    assert [frontier.root.hex() for frontier in frontiers] == tree["root_by_size_hex"]
    assert [root_hash(leaves[:size]).hex() for size in range(9)] == tree["root_by_size_hex"]
    assert [subtree_root(size, subtree_of(leaves)).hex() for size in range(9)] == tree["root_by_size_hex"]
    assert nodes == set(tree["node_hashes_hex"])


def test_every_subtree_and_inclusion_proof_of_130_leaves_is_that_of_others(vectors: Path) -> None:
    answers = json.loads((vectors / "extracted/subtree_accumulated.json").read_bytes())["rolling_sha256"]
    leaves = [leaf_hash(bytes([number])) for number in range(130)]
    roots, proofs = sha256(), sha256()

    for start, end in ((first, last) for last in range(131) for first in range(last + 1)):
        part = leaves[start:end]
        if start == end or aligned(start, end):
            roots.update(f"[{start}, {end}) {root_hash(part).hex()}\n".encode())
            for index in range(start, end):
                proof = "".join(f" {item.hex()}" for item in inclusion_proof(index - start, part))
                proofs.update(f"{index} [{start}, {end}){proof}\n".encode())

    assert roots.hexdigest() == answers["subtree_hash"]["sha256"]
    assert proofs.hexdigest() == answers["subtree_inclusion"]["sha256"]


def test_trees_of_others_have_the_same_roots_and_proofs_and_their_proofs_are_accepted(vectors: Path) -> None:
    trees = json.loads((vectors / "generated/trees.json").read_bytes())["trees"]
    small = [tree for tree in trees if tree["size"] <= len(LEAVES)]

    for tree in small:
        leaves, root = LEAVES[: tree["size"]], parse_base64(tree["root"])
        assert root_hash(leaves) == grown(leaves).root == subtree_root(len(leaves), subtree_of(leaves)) == root
        for answer in tree["inclusion"]:
            index = answer["index"]
            assert encoded(prove_inclusion(index, len(leaves), subtree_of(leaves))) == answer["proof"]
            assert encoded(inclusion_proof(index, leaves)) == answer["proof"]
            check_inclusion(leaves[index], index, len(leaves), decoded(answer["proof"]), root)
        for answer in tree["consistency"]:
            old, old_root = answer["old"], parse_base64(answer["old_root"])
            assert encoded(prove_consistency(old, len(leaves), subtree_of(leaves))) == answer["proof"]
            assert encoded(consistency_proof(old, leaves)) == answer["proof"]
            check_consistency(old, old_root, len(leaves), root, decoded(answer["proof"]))
    assert len(small) == 20


def grown(leaves: Sequence[bytes]) -> Frontier:
    frontier = Frontier()
    for leaf in leaves:
        frontier, _ = frontier.append(leaf)
    return frontier


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    # RFC 9162, section 2.1.1
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_hash([]) == Frontier().root == subtree_root(0, subtree_of([])) == EMPTY_ROOT


def test_a_leaf_is_never_taken_for_a_node() -> None:
    left, right = LEAVES[:2]

    assert leaf_hash(left + right) == sha256(b"\x00" + left + right).digest()
    assert node_hash(left, right) == sha256(b"\x01" + left + right).digest()


SIZES = st.integers(1, len(LEAVES))


@given(SIZES)
def test_a_leaf_appended_completes_the_subtrees_that_end_with_it(size: int) -> None:
    frontier, completed = grown(LEAVES[: size - 1]).append(LEAVES[size - 1])

    assert frontier == grown(LEAVES[:size])
    assert completed == tuple(
        root_hash(LEAVES[size - (1 << level) : size]) for level in range(len(completed)) if size % (1 << level) == 0
    )
    assert size % (1 << len(completed)) != 0


@given(SIZES, st.data())
def test_a_proof_is_accepted_for_its_leaf_and_for_no_other(size: int, data: st.DataObject) -> None:
    index, other = data.draw(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)))
    proof, root = inclusion_proof(index, LEAVES[:size]), root_hash(LEAVES[:size])

    check_inclusion(LEAVES[index], index, size, proof, root)
    assert len(proof) <= (size - 1).bit_length()
    if other != index:
        assert refused(check_inclusion, LEAVES[other], index, size, proof, root)
        assert refused(check_inclusion, LEAVES[index], other, size, proof, root)


@given(st.integers(2, len(LEAVES)), st.data())
def test_an_inclusion_proof_with_anything_changed_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(index, LEAVES[:size]), root_hash(LEAVES[:size])

    for mangled in mangle(proof, data):
        assert refused(check_inclusion, LEAVES[index], index, size, mangled, root)
    assert refused(check_inclusion, LEAVES[index], index, size, proof, flip(root, data))


@given(st.integers(2, len(LEAVES)), st.data())
def test_a_consistency_proof_is_accepted_and_with_anything_changed_refused(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    proof = consistency_proof(old, LEAVES[:size])
    old_root, root = root_hash(LEAVES[:old]), root_hash(LEAVES[:size])

    check_consistency(old, old_root, size, root, proof)
    for mangled in mangle(proof, data):
        assert refused(check_consistency, old, old_root, size, root, mangled)
    assert refused(check_consistency, old, flip(old_root, data), size, root, proof)
    assert refused(check_consistency, old, old_root, size, flip(root, data), proof)


@given(st.integers(2, 200), st.data())
def test_a_log_that_changed_an_old_entry_cannot_prove_that_it_grew(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    changed = data.draw(st.integers(0, old - 1))
    forked = [*LEAVES[:changed], leaf_hash(b"another"), *LEAVES[changed + 1 : size]]

    proof = consistency_proof(old, forked)

    assert refused(check_consistency, old, root_hash(LEAVES[:old]), size, root_hash(forked), proof)


def mangle(proof: tuple[bytes, ...], data: st.DataObject) -> Iterator[tuple[bytes, ...]]:
    yield (*proof, LEAVES[0])
    yield (LEAVES[0], *proof)
    if proof:
        yield proof[:-1]
        yield proof[1:]
        place = data.draw(st.integers(0, len(proof) - 1))
        yield (*proof[:place], flip(proof[place], data), *proof[place + 1 :])
    if len(proof) > 1:
        yield (*proof[:-2], proof[-1], proof[-2])


def flip(value: bytes, data: st.DataObject) -> bytes:
    bit = data.draw(st.integers(0, 255))
    return bytes(octet ^ (1 << bit % 8 if place == bit // 8 else 0) for place, octet in enumerate(value))


ROOT, OLD_ROOT = root_hash(LEAVES[:6]), root_hash(LEAVES[:4])


@pytest.mark.parametrize(
    ("index", "size", "proof", "reason"),
    [
        (6, 6, (), "leaf 6 is not in a tree of size 6"),
        (-1, 6, (), "leaf -1 is not in a tree of size 6"),
        (0, 0, (), "leaf 0 is not in a tree of size 0"),
        (0, 1, (LEAVES[1],), "too long"),
        (0, 6, inclusion_proof(0, LEAVES[:6])[:-1], "too short"),
        (0, 6, (*inclusion_proof(0, LEAVES[:6])[:-1], bytes(31)), "not 32 bytes long"),
        (0, 6, (*inclusion_proof(0, LEAVES[:6])[:-1], bytes(32)), "leads to another root"),
        (1, 6, inclusion_proof(0, LEAVES[:6]), "leads to another root"),
    ],
)
def test_a_wrong_inclusion_proof_is_refused_with_its_reason(
    index: int, size: int, proof: tuple[bytes, ...], reason: str
) -> None:
    with pytest.raises(ProofError, match=reason):
        check_inclusion(LEAVES[0], index, size, proof, ROOT)


@pytest.mark.parametrize(
    ("old_size", "old_root", "size", "proof", "reason"),
    [
        (0, EMPTY_ROOT, 6, (), "no consistency proof leads from size 0 to 6"),
        (0, EMPTY_ROOT, 0, (), "no consistency proof leads from size 0 to 0"),
        (7, OLD_ROOT, 6, (), "no consistency proof leads from size 7 to 6"),
        (6, ROOT, 6, (LEAVES[0],), "the same root and an empty proof"),
        (6, OLD_ROOT, 6, (), "the same root and an empty proof"),
        (5, OLD_ROOT, 6, (), "too short"),
        (4, OLD_ROOT, 6, (), "too short"),
        (4, OLD_ROOT, 6, (*consistency_proof(4, LEAVES[:6]), LEAVES[0]), "too long"),
        (4, OLD_ROOT, 6, (bytes(33),), "not 32 bytes long"),
        (4, OLD_ROOT, 6, (bytes(32),), "leads to another root"),
        (4, bytes(32), 6, consistency_proof(4, LEAVES[:6]), "leads to another root"),
        (5, OLD_ROOT, 6, consistency_proof(5, LEAVES[:6]), "leads to another root"),
    ],
)
def test_a_wrong_consistency_proof_is_refused_with_its_reason(
    old_size: int, old_root: bytes, size: int, proof: tuple[bytes, ...], reason: str
) -> None:
    with pytest.raises(ProofError, match=reason):
        check_consistency(old_size, old_root, size, ROOT, proof)


@pytest.mark.parametrize(
    ("prove", "arguments"),
    [(prove_inclusion, (6, 6)), (prove_inclusion, (-1, 6)), (prove_consistency, (0, 6)), (prove_consistency, (7, 6))],
)
def test_a_proof_of_what_is_not_there_is_not_made(prove: Callable[..., object], arguments: tuple[int, int]) -> None:
    with pytest.raises(ProofError):
        prove(*arguments, subtree_of(LEAVES[:6]))
