"""No bytes make the command line fail, say yes, or steer the terminal."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.verifier.cli.asking import HOST, Ask, bundle, link, written
from tests.verifier.page.world import World
from verifier.bundle import parse_bundle
from verifier.cli import main
from verifier.report import ExitCode

STEERING: Final = "\x1b]0;mine\x07\x9b31m\u202e\x7f"


def steers(text: str) -> bool:
    """Whether a terminal would act on a character of the text, or not show it."""
    return not text.replace("\n", "").isprintable()


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_nothing_that_an_input_holds_steers_the_terminal(
    more: Sequence[str], world: World, ask: Ask, trust: Path, tmp_path: Path
) -> None:
    file = written(tmp_path / f"certificate{STEERING}.json", bundle(world, "active"))
    believed = written(tmp_path / f"trust{STEERING}.json", trust.read_bytes())

    said = [
        ask(file, *more, trusted=believed),
        ask(STEERING, file, "\udcff", *more),
        ask(file, f"--frob{STEERING}"),
        ask(file, "--on", STEERING),
        ask(file, "--registry", STEERING),
        ask(file, trusted=STEERING),
    ]

    assert [one.code for one in said] == [0, 2, 2, 2, 2, 2]
    assert not any(steers(one.out + one.err) for one in said)
    assert "certificate\\x1b]0;mine" in said[0].out or more


FOUND_NOTHING: Final = {ExitCode.BAD_INPUT, ExitCode.FAILED, ExitCode.NOT_CHECKED}
fuzzed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


# Each file starts a process that reads it: a fifth of the profile's examples.
@settings(fuzzed, max_examples=max(50, settings().max_examples // 5))
@given(content=st.binary() | st.text().map(str.encode) | st.sampled_from([b"{", b"[" * 100_000, b'{"v":' * 9_999]))
def test_no_file_makes_it_fail_or_say_yes(content: bytes, ask: Ask, tmp_path: Path) -> None:
    said = ask(written(tmp_path / "file", content), "--registry", tmp_path)

    assert said.code in FOUND_NOTHING
    assert "failed" not in said.err
    assert not steers(said.out + said.err)


@fuzzed
@given(text=st.text() | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=200, max_size=900))
def test_no_text_makes_it_fail_or_say_yes(text: str, ask: Ask, world: World) -> None:
    said = [
        ask("--registry", str(world.public), "--", text),
        ask("--registry", str(world.public), "--", f"https://{HOST}/V/{world.samples['active'].number}#0{text}"),
    ]

    assert {one.code for one in said} <= FOUND_NOTHING
    assert "failed" not in "".join(one.err for one in said)
    assert not steers("".join(one.out + one.err for one in said))


@fuzzed
@given(data=st.data())
def test_no_damage_to_a_bundle_makes_it_fail_or_say_yes(
    data: st.DataObject, ask: Ask, world: World, tmp_path: Path
) -> None:
    genuine = bundle(world, "active", world.samples["active"].tokens[0])
    place = data.draw(st.integers(0, len(genuine) - 1))
    damaged = data.draw(
        st.sampled_from([genuine[:place], genuine[:place] + genuine[place + 1 :]])
        | st.binary(min_size=1, max_size=3).map(lambda more: genuine[:place] + more + genuine[place:])
        | st.integers(0, 7).map(lambda bit: _flipped(genuine, place, bit))
    )

    said = ask(written(tmp_path / "bundle.json", damaged))

    assert said.code in FOUND_NOTHING or parse_bundle(damaged) == parse_bundle(genuine)
    assert "failed" not in said.err


def _flipped(content: bytes, place: int, bit: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]


@fuzzed
@given(content=st.binary())
def test_no_trust_root_makes_it_fail_or_say_yes(content: bytes, ask: Ask, world: World, tmp_path: Path) -> None:
    said = ask(link(world, "active"), "--registry", world.public, trusted=written(tmp_path / "trust", content))

    assert said.code == ExitCode.BAD_INPUT
    assert "failed" not in said.err


def test_a_failure_of_the_program_itself_is_neither_yes_nor_genuine(
    trust: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> datetime:
        raise ZeroDivisionError

    assert main(["x", "--trust", str(trust)], {}, broken) == ExitCode.NOT_CHECKED
    assert capsys.readouterr().err == (
        "attesto-verify: nothing is known, because this program failed: ZeroDivisionError\n"
    )
