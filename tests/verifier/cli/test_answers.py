"""Every verdict has its exit code, its words and its JSON."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.verifier.cli.asking import HOST, NAME, VERDICTS, Ask, bundle, link, written
from tests.verifier.page.world import World
from verifier.certificate import format_link
from verifier.fetch import record_path
from verifier.number import group_number
from verifier.report import CHECKS, EXIT_CODES, Verdict


def test_every_sample_has_a_verdict_here(world: World) -> None:
    assert VERDICTS.keys() == world.samples.keys()


@pytest.mark.parametrize("name", VERDICTS)
def test_a_certificate_gets_its_verdict_from_the_public_files(name: str, world: World, ask: Ask) -> None:
    said = ask(link(world, name), "--registry", world.public)

    assert (said.code, said.first) == (VERDICTS[name][0], f"{VERDICTS[name][1]} on 2029-02-01")
    assert {said.outcome(check) for check in CHECKS} == {"passed"}
    assert said.err == ""


@pytest.mark.parametrize("name", VERDICTS)
def test_a_bundle_gets_the_same_verdict_with_nothing_else_at_hand(
    name: str, world: World, ask: Ask, tmp_path: Path
) -> None:
    file = written(tmp_path / "bundle.json", bundle(world, name, world.samples[name].tokens[-1]))

    said = ask(file)

    assert (said.code, said.first) == (VERDICTS[name][0], f"{VERDICTS[name][1]} on 2029-02-01")


def test_an_older_document_is_replaced_and_not_in_force(world: World, ask: Ask) -> None:
    said = ask(link(world, "renewed", 0), "--registry", world.public)

    assert (said.code, said.first) == (1, "REPLACED BY A NEWER CERTIFICATE on 2029-02-01")


def test_what_the_certificate_says_is_shown_with_its_name(world: World, ask: Ask) -> None:
    said = ask(link(world, "active"), "--registry", world.public)

    assert f"name         {NAME}, born 1987" in said.out
    assert group_number(world.samples["active"].number) in said.out
    assert "valid until  2031-05-31, if maintained" in said.out
    assert "Ente Immaginario di Accreditamento · 0042 C" in said.out
    assert "snapshot  of 2029-02-01T10:00:00Z, 1 hour before this check" in said.out
    assert "certification granted, effective 2028-06-01, recorded 2028-06-01T09:00:00Z" in said.out


def test_a_number_is_answered_without_a_name_and_without_its_document(world: World, ask: Ask) -> None:
    said = ask(group_number(world.samples["active"].number).lower(), "--registry", world.public)

    assert (said.code, said.first) == (0, "IN FORCE on 2029-02-01")
    assert NAME not in said.out
    assert (said.outcome("token"), said.outcome("registered")) == ("not checked", "not checked")
    assert "no document was presented" in said.out.lower()


def test_a_code_alone_is_signed_and_not_known_to_be_registered(world: World, ask: Ask) -> None:
    said = ask(link(world, "active"))

    assert (said.code, said.first) == (4, "COULD NOT BE CHECKED")
    assert (said.outcome("token"), said.outcome("registered")) == ("passed", "not checked")
    assert "The signature on the code is the body's." in said.out
    assert "no registry is named, and no bundle of this certificate is at hand" in said.out
    assert "What would help: the registry's public files (--registry" in said.out


def test_a_number_that_nobody_has_is_no_record_at_this_address(world: World, ask: Ask) -> None:
    said = ask("0000-0000-00000", "--registry", world.public)

    assert (said.code, said.first) == (4, "NO RECORD")
    assert "no record under this number at this address" in said.out


def test_a_genuine_certificate_whose_record_is_not_shown_is_withheld(world: World, ask: Ask, tmp_path: Path) -> None:
    public = tmp_path / "public"
    shutil.copytree(world.public, public)
    (public / record_path(world.samples["active"].number)).unlink()

    said = ask(link(world, "active"), "--registry", public)

    assert (said.code, said.first) == (4, "WITHHELD, COULD NOT BE CHECKED")


@pytest.mark.parametrize("place", ["", "record", "trust.json"])
def test_a_folder_that_is_no_registry_s_could_not_be_checked(place: str, world: World, ask: Ask) -> None:
    said = ask(link(world, "active"), "--registry", world.public.parent / place)

    assert (said.code, said.first) in {(4, "COULD NOT BE CHECKED"), (2, "")}


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["active", "suspended"], 1),
        (["active", "suspended", "unknown"], 4),
        (["active", "unknown", "bad"], 2),
        (["forged", "bad", "unknown", "suspended"], 3),
        (["active", "active"], 0),
    ],
)
def test_several_answers_come_to_the_gravest(names: Sequence[str], code: int, world: World, ask: Ask) -> None:
    forged = format_link(HOST, world.samples["active"].number, world.token_over("active", "Furbo Falsari"))
    others = {"unknown": "0000-0000-00000", "bad": "nothing.pdf", "forged": forged}

    said = ask(*(others.get(name) or link(world, name) for name in names), "--registry", world.public)

    assert said.code == code
    assert said.out.splitlines()[-len(names) - 1] == f"{len(names)} answers"
    assert said.err.count("\n") == names.count("bad")


def test_json_has_a_line_for_every_input(world: World, ask: Ask) -> None:
    number = world.samples["suspended"].number

    said = ask(number, "nothing.pdf", link(world, "active"), "--registry", world.public, "--json")

    suspended, bad, active = said.reports
    assert (suspended["verdict"], suspended["exit_code"], suspended["certificate"]) == ("not_in_force", 1, None)
    assert suspended["input"] == {"name": number, "page": None, "certificates": 1}
    assert (bad["verdict"], bad["exit_code"], bad["error"][:21]) == (None, 2, "there is no such file")
    assert (active["verdict"], active["certificate"]["name"]) == ("in_force", NAME)
    assert active["input"]["name"] == f"https://{HOST}/V/{world.samples['active'].number}"
    assert (said.code, said.err) == (2, "")


def test_no_check_is_unmade_where_the_exit_code_is_0(world: World, ask: Ask) -> None:
    everything = [link(world, name) for name in VERDICTS]

    reports = ask(*everything, "--registry", world.public, "--json").reports

    for report in reports:
        assert report["exit_code"] == EXIT_CODES[Verdict(report["verdict"])]
        assert report["exit_code"] or {check["outcome"] for check in report["checks"]} == {"passed"}
    assert {report["exit_code"] for report in reports} == {0, 1}
