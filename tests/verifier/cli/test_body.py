"""``attesto-verify body SLUG``: the same answer as on the body's page, and an exit code."""

import json
from pathlib import Path

import pytest

from tests.verifier.cli.asking import Ask, written
from tests.verifier.page.world import NOW, World, too_late
from verifier.cli import main
from verifier.page import create_app
from verifier.trust import format_trust_root


def test_accreditation_and_keys_are_told_over_time(world: World, ask: Ask) -> None:
    said = ask("body", "borea", "--registry", world.public)

    assert (said.code, said.first, said.err) == (0, "THE BODY'S RECORD HOLDS", "")
    assert "Istituto Boreale di Qualità (borea, https://borea.example)" in said.out
    demo, other = said.out.split("Accreditation for scheme ")[1:]
    assert "today: body's accreditation for this scheme suspended since 2029-01-25" in demo
    assert "2026-01-10  accreditation granted\n" in demo
    assert "Ente Immaginario di Accreditamento · 0042 C · ISO/IEC 17024:2012 · Accreditato per lo schema" in demo
    assert "accreditation reduced (addetto, analista)" in other
    assert "declared compromised in entry" in said.out
    assert "on the word of the recovery key" in said.out


def test_a_program_hears_what_the_page_says(world: World, ask: Ask) -> None:
    said = ask("body", "borea", "--registry", world.public, "--json")
    page = create_app(world.source, world.trust, lambda: NOW, "https://attesto.example").test_client()

    assert said.code == 0
    assert json.loads(said.out) == page.get("/body/borea.json").json


def test_a_body_that_is_not_on_the_list_is_unknown(world: World, ask: Ask, tmp_path: Path) -> None:
    trust = written(tmp_path / "trust.json", format_trust_root(world.without_body("borea")))

    said = ask("body", "borea", "--registry", world.public, trusted=trust)

    assert (said.code, said.first) == (3, "UNKNOWN CERTIFICATION BODY")
    assert "Boreale" not in said.out


def test_an_altered_record_is_told(world: World, ask: Ask, tmp_path: Path) -> None:
    registry = tmp_path / "altered"
    registry.mkdir()
    for path in world.public.iterdir():
        (registry / path.name).symlink_to(path)
    (registry / "body").unlink()
    (registry / "body").mkdir()
    (registry / "body" / "borea").write_bytes((world.public / "body" / "aurora").read_bytes())

    said = ask("body", "borea", "--registry", registry)

    assert (said.code, said.first) == (3, "THE RECORD DOES NOT HOLD")
    assert "Why: the stream does not begin with the registration of body borea." in said.out


def test_what_cannot_be_checked_is_neither_good_nor_bad(world: World, ask: Ask, tmp_path: Path) -> None:
    for place, at in ((tmp_path, NOW), (world.public, too_late())):
        said = ask("body", "borea", "--registry", place, at=at)

        assert (said.code, said.first) == (4, "COULD NOT BE CHECKED")
        assert "\nWhy: " in said.out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("Borea", "--registry", "."), "not a slug"),
        (("borea",), "the following arguments are required: --registry"),
        ((), "the following arguments are required: SLUG, --registry"),
        (("borea", "--registry", "no/such/folder"), "there is no folder no/such/folder"),
        (("borea", "--registry", ".", "--on", "2029-01-01"), "unrecognized arguments: --on 2029-01-01"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused_in_a_sentence(
    arguments: tuple[str, ...], complaint: str, ask: Ask
) -> None:
    said = ask("body", *arguments)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("attesto-verify: ")
    assert complaint in said.err
    assert said.err.count("\n") == 1


def test_whom_to_believe_must_be_said(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["body", "borea", "--registry", str(world.public)], {}, lambda: NOW) == 2
    assert "name a trust root with --trust FILE or ATTESTO_TRUST" in capsys.readouterr().err


def test_a_file_of_that_name_is_still_checked(
    world: World, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "body", world.samples["active"].number)
    monkeypatch.chdir(tmp_path)

    assert ask("./body", "--registry", world.public).first == "IN FORCE on 2029-02-01"
