"""Every option, and every complaint in one sentence."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.verifier.cli.asking import Ask, link, written
from tests.verifier.page.world import NOW, World
from verifier.cli import main
from verifier.report import ExitCode

ROOT: Final = Path(__file__).parents[3]


@pytest.mark.parametrize("text", ["2029-01-31T12:30", "2029-01-31T11:30:00Z", "2029-01-31T06:30:00-05:00"])
def test_a_time_may_be_of_rome_or_of_a_named_zone(text: str, world: World, ask: Ask) -> None:
    said = ask(link(world, "active"), "--registry", world.public, "--known-at", text, "--json")

    assert [report["question"]["known_at"] for report in said.reports] == ["2029-01-31T11:30:00Z"]


def test_the_present_instant_is_not_later_than_now(world: World, ask: Ask) -> None:
    said = ask(link(world, "active"), "--registry", world.public, "--known-at", "2029-02-01T11:00:00Z")

    assert (said.code, said.first) == (0, "GENUINE AND IN FORCE on 2029-02-01")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--on", "31.1.2029"], "argument --on: not a day like 2026-11-24"),
        (["--on", "2029-02-30"], "argument --on: not a day like 2026-11-24"),
        (["--on", "9999-12-31"], "argument --on: not a day like 2026-11-24"),
        (["--known-at", "yesterday"], "argument --known-at: not a time like 2026-11-24T12:00"),
        (["--known-at", "2029-01-31"], "argument --known-at: not a time like 2026-11-24T12:00"),
        (["--known-at", "2029-13-31T00:00"], "argument --known-at: no such time"),
        (["--known-at", "0001-01-01T00:00"], "argument --known-at: no such day"),
        (["--known-at", "2028-10-29T02:30"], "argument --known-at: the clocks were changed"),
        (["--known-at", "2029-02-01T11:00:01Z"], "--known-at is later than now, 2029-02-01T11:00:00Z"),
        (["--registry", "no/such/folder"], "there is no folder no/such/folder"),
        (["--registry", "ftp://registry.example"], "a registry's address begins with https:// or http://"),
        (["--registry", "http://["], "the registry's address is not a URL"),
        (["--bundle", "no/such/bundle"], "bundle no/such/bundle: there is no such file"),
        (["--bundle", str(ROOT / "README.md")], "not JSON as this format wants it"),
        (["--frob"], "unrecognized arguments: --frob"),
    ],
)
def test_a_wrong_option_is_named_in_one_sentence(
    arguments: Sequence[str], sentence: str, world: World, ask: Ask
) -> None:
    said = ask(link(world, "active"), *arguments)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("attesto-verify: ")
    assert sentence in said.err
    assert said.err.count("\n") == 1


def test_whom_to_believe_must_be_said(world: World, capsys: pytest.CaptureFixture[str], trust: Path) -> None:
    given_none = main([link(world, "active")], {}, lambda: NOW)
    assert given_none == 2
    assert "name a trust root with --trust FILE or ATTESTO_TRUST" in capsys.readouterr().err

    given_by_environment = main([link(world, "active")], {"ATTESTO_TRUST": str(trust)}, lambda: NOW)
    assert given_by_environment == 4


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\x00", b'{"v":1}'])
def test_a_trust_root_that_is_none_is_named(content: bytes, world: World, ask: Ask, tmp_path: Path) -> None:
    file = written(tmp_path / "trust.json", content)

    said = ask(link(world, "active"), trusted=file)

    assert said.code == 2
    assert said.err.startswith(f"attesto-verify: trust root {file}: not ")


def test_a_folder_is_no_trust_root(world: World, ask: Ask, tmp_path: Path) -> None:
    said = ask(link(world, "active"), trusted=tmp_path)

    assert (said.code, said.err) == (2, f"attesto-verify: trust root {tmp_path}: it cannot be read: Is a directory\n")


def test_help_teaches_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"], {})

    text = capsys.readouterr().out
    assert ended.value.code == 0
    for code in ExitCode:
        assert f"\n  {int(code)}  " in text
    for option in ("--trust", "--registry", "--bundle", "--on", "--known-at", "--kind", "--json"):
        assert f"\n  {option} " in text
    assert text.count("\n  attesto-verify ") == 10
