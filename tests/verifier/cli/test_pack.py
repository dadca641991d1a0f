"""Evidence packs on the command line: made of any answers, never over another, and checked again."""

import json
from pathlib import Path

import pytest

from tests.verifier.cli.asking import NAME, Ask, link, written
from tests.verifier.pack.bombs import bomb
from tests.verifier.page.world import World


def test_a_pack_is_made_beside_the_answers_and_checked_again(ask: Ask, world: World, tmp_path: Path) -> None:
    pack = tmp_path / "evidence.pdf"

    made = ask(
        link(world, "active"), link(world, "suspended"), "--registry", world.public, "--on", "2028-11-15",
        "--kind", "participation", "--pack", pack, "--committee", "Commissione", "--cig", "B1", "--bidder", "Alfa",
    )  # fmt: skip
    said, told = ask("pack", pack), ask("pack", pack, "--json")

    assert made.code == 1
    assert (said.code, said.first) == (0, "THE PACK HOLDS")
    assert "  asked by  Commissione (as stated by whoever asked)" in said.out
    assert "  pages     show what the machine-readable part says" in said.out
    assert "  seal      none: nothing proves who made the file, or when" in said.out
    assert "Alfa: GENUINE AND IN FORCE on 2028-11-15" in said.out
    assert NAME not in said.out
    (report,) = told.reports
    assert (report["exit_code"], report["altered"], report["own_trust_root"]) == (0, None, True)
    assert [(item["stated"], item["verdict"], item["same"]) for item in report["items"]] == [
        ("in_force", "in_force", True),
        ("interrupted", "interrupted", True),
    ]


def test_what_could_not_be_read_is_named_by_the_pack(ask: Ask, world: World, tmp_path: Path) -> None:
    pack, list_ = tmp_path / "evidence.pdf", tmp_path / "gara.csv"
    list_.write_text(f"numero,ditta\n{world.samples['active'].number},Alfa\n,Beta\n", encoding="utf-8")
    ask(list_, "--registry", world.public, "--on", "2028-11-15", "--pack", pack)

    said, told = ask("pack", pack), ask("pack", pack, "--json")

    assert (said.code, said.first) == (0, "THE PACK HOLDS")
    assert "1 handed in without an answer, as whoever made the pack says" in said.out
    assert f"  1  {list_}, line 3, Beta: This line has no number." in said.out
    left = {"source": str(list_), "page": None, "line": 3, "bidder": "Beta", "reason": "no_number"}
    assert told.reports[0]["unanswered"] == [left]


def test_evidence_is_not_written_over(ask: Ask, world: World, tmp_path: Path) -> None:
    kept = written(tmp_path / "evidence.pdf", b"kept")

    said = ask(link(world, "active"), "--registry", world.public, "--pack", kept)

    assert (said.code, kept.read_bytes()) == (2, b"kept")
    assert "is there already, and evidence is not written over" in said.err


def test_an_altered_pack_says_so_and_nothing_else(ask: Ask, world: World, tmp_path: Path) -> None:
    pack = tmp_path / "evidence.pdf"
    ask(link(world, "active"), "--registry", world.public, "--pack", pack)
    content = bytearray(pack.read_bytes())
    content[len(content) // 2] ^= 1
    pack.write_bytes(content)

    said, told = ask("pack", pack), ask("pack", pack, "--json")

    assert (said.code, said.first) == (3, "THE PACK WAS ALTERED")
    assert len(said.out.splitlines()) == 2
    assert told.reports[0]["altered"].startswith("the pack was altered")


def test_an_answer_without_proof_makes_the_outcome_not_checked(ask: Ask, tmp_path: Path) -> None:
    pack = tmp_path / "evidence.pdf"
    ask("0000-0000-00000", "--pack", pack)

    said = ask("pack", pack)

    assert (said.code, said.first) == (4, "THE PACK COULD NOT BE CHECKED WHOLLY")
    assert "the pack holds no proof of this answer" in said.out


def test_what_is_no_pack_is_bad_input(ask: Ask, tmp_path: Path) -> None:
    other = ask("pack", written(tmp_path / "other.pdf", b"%PDF-1.7"))
    missing = ask("pack", tmp_path / "missing.pdf")

    assert (other.code, missing.code) == (2, 2)
    assert "no evidence pack: it bears no stamp of one" in other.err
    assert "there is no such file" in missing.err


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("10 GB of zeros, packed four times", 2, "takes too much memory"),
        ("locked", 2, "the pack is locked by a password"),
        ("5,000 attachments", 3, "the pack has not exactly one attachment"),
    ],
)
def test_a_bomb_gets_a_sentence_and_no_green(name: str, code: int, said: str, ask: Ask, tmp_path: Path) -> None:
    answer = ask("pack", written(tmp_path / "bomb.pdf", bomb(name)))

    assert answer.code == code
    assert said in answer.out + answer.err


def test_a_pack_needs_something_that_could_be_asked(ask: Ask, tmp_path: Path) -> None:
    said = ask(tmp_path / "missing.pdf", "--pack", tmp_path / "evidence.pdf")

    assert said.code == 2
    assert "a pack has at least one answer" in said.err
    assert not (tmp_path / "evidence.pdf").exists()


def test_what_is_said_of_a_pack_in_json_is_one_line_of_ascii(ask: Ask, world: World, tmp_path: Path) -> None:
    pack = tmp_path / "evidence.pdf"
    ask(link(world, "active"), "--registry", world.public, "--pack", pack, "--bidder", "Società Àlfa")

    said = ask("pack", pack, "--json")

    assert said.out.isascii()
    assert json.loads(said.out)["items"][0]["bidder"] == "Società Àlfa"
