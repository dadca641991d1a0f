"""What a command answers is a receipt: entries with proofs that lead to a checkpoint which the log's key signed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from registry.bootstrap import open_registry
from registry.settings import read_settings
from tests.registry.cli.conftest import SCHEME, call, done
from verifier.checkpoint import open_checkpoint
from verifier.merkle import check_inclusion, leaf_hash
from verifier.proof import parse_proof

TO = ("--body", "odc-uno", "--edition", "demo-2026")


def topics(folder: Path, answer: Mapping[str, Any]) -> list[str]:
    """The types of the answer's entries, once every proof of them holds."""
    with open_registry(read_settings(folder)) as attesto:
        trust = attesto.trust_root()
        logged = [next(attesto.store.log.entries(index, index + 1)) for index in answer["entries"]]
    head = open_checkpoint(answer["checkpoint"].encode(), trust.origin, trust.log_key)
    assert head.size == answer["size"]
    for entry, written in zip(logged, answer["proofs"], strict=True):
        proof = parse_proof(written.encode())
        assert (proof.index, proof.checkpoint) == (entry.index, answer["checkpoint"].encode())
        check_inclusion(leaf_hash(entry.body), proof.index, head.size, proof.hashes, head.root_hash)
    return [entry.topic for entry in logged]


def test_every_row_of_a_file_gets_its_receipt_and_the_same_file_again_a_fresh_one(folder: Path, people: Path) -> None:
    first = done("grant", folder, people, *TO)["granted"]
    again = done("grant", folder, people, *TO)["granted"]

    for row in (*first, *again):
        assert topics(folder, row) == ["certification.granted", "certificate.issued"]
    assert [row["repeated"] for row in again] == [True] * 3


def test_a_decision_gets_its_receipt(folder: Path, number: str) -> None:
    made = done("withdraw", folder, number, "--decider", "DE-9", "--decision", "DEL-9", "--reason", "fraud")

    assert topics(folder, made) == ["certification.withdrawn"]


def test_what_is_registered_gets_its_receipt(folder: Path) -> None:
    body = done("body", "add", folder, "odc-due", "--name", "OdC Due", "--website", "https://due.example")
    accredited = done("body", "accredit", folder, "odc-due", "--scheme", "demo", "--number", "2", "--source", "letter")
    done("key", "propose", folder, "odc-due", "event")
    rotated = done("key", "rotate", folder, "odc-due", "event")
    published = done("scheme", "publish", folder, SCHEME.with_name("demo-2027.json"))

    assert topics(folder, body) == ["body.registered"]
    assert topics(folder, accredited) == ["accreditation.granted"]
    assert topics(folder, rotated) == ["key.enrolled", "key.retired"]
    assert topics(folder, published) == ["edition.published"]
    assert published["entry"] == published["entries"][-1]
    assert topics(folder, done("scheme", "close", folder, "demo-2027")) == ["edition.closed"]


def test_an_edition_that_its_owner_withdraws_takes_no_new_grants(folder: Path, people: Path) -> None:
    withdrawn = done("scheme", "withdraw", folder, "demo-2026")

    assert topics(folder, withdrawn) == ["edition.withdrawn"]
    assert "demo-2026 takes no new grants since" in call("grant", folder, people, *TO).stderr
    assert done("scheme", "show", folder, "demo-2026")["closed_on"] is not None
    done("publish", folder)
    assert call("audit", folder / "public", "--trust", folder / "trust.json").exit_code == 0
