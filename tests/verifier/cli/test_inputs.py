"""Whatever somebody hands in is found to be what it is."""

import shutil
import sys
from collections.abc import Callable, Sequence
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest

from tests.verifier.cli.asking import HOST, NAME, Ask, bundle, link, written
from tests.verifier.intake.files import typeset
from tests.verifier.page.world import World
from tests.verifier.paper import pdf, png, sheet, symbol
from verifier.fetch import record_path
from verifier.number import group_number

ROOT: Final = Path(__file__).parents[3]


def test_a_file_may_hold_a_link_a_token_or_a_number(world: World, ask: Ask, tmp_path: Path) -> None:
    printed = link(world, "active")
    token = printed.partition("#")[2]
    texts = {
        "link": printed + "\r\n",
        "broken": "\ufeff" + "\n".join(printed[i : i + 76] for i in range(0, len(printed), 76)),
        "token": token.lower(),
        "bare": group_number(world.samples["active"].number),
    }
    files = [written(tmp_path / name, text) for name, text in texts.items()]

    said = ask(*files, "--registry", world.public, "--json")

    assert [report["verdict"] for report in said.reports] == ["in_force"] * 4
    assert [report["certificate"] is None for report in said.reports] == [False, False, False, True]


def test_a_token_may_stand_on_the_command_line_and_is_not_repeated(world: World, ask: Ask) -> None:
    token = link(world, "active").partition("#")[2]

    said = ask(token, "--registry", world.public)

    assert said.code == 0
    assert token not in said.out
    assert f"Checked: {token[:12]}…," in said.out


def test_standard_input_is_read_for_a_hyphen(world: World, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(bundle(world, "active"))))

    said = ask("-")

    assert said.code == 0
    assert "Checked: standard input," in said.out


@pytest.mark.parametrize("make", [lambda text: pdf([sheet(text)]), lambda text: png(symbol(text))])
def test_a_document_is_checked_by_its_code(
    make: Callable[[str], bytes], world: World, ask: Ask, tmp_path: Path
) -> None:
    file = written(tmp_path / "document", make(link(world, "active")))

    said = ask(file, "--registry", world.public)

    assert (said.code, said.first) == (0, "GENUINE AND IN FORCE on 2029-02-01")
    assert f"name         {NAME}" in said.out


def test_a_document_with_two_certificates_is_answered_for_each_and_says_so(
    world: World, ask: Ask, tmp_path: Path
) -> None:
    file = written(tmp_path / "bid.pdf", pdf([sheet(link(world, "active")), sheet(link(world, "suspended"))]))

    said = ask(file, "--registry", world.public)

    assert said.code == 1
    assert said.out.count("! The document shows the codes of 2 certificates. This is the answer for one.") == 2
    assert said.out.splitlines()[-3:] == [
        "2 answers",
        f"  GENUINE AND IN FORCE     {file}, page 1",
        f"  SUSPENDED, NOT IN FORCE  {file}, page 2",
    ]


def test_a_document_that_repeats_its_code_is_answered_once(world: World, ask: Ask, tmp_path: Path) -> None:
    printed = link(world, "active")
    file = written(tmp_path / "copies.pdf", pdf([sheet(printed), sheet(printed.replace(HOST, "clone.example"))]))

    said = ask(file, "--registry", world.public, "--json")

    assert [report["input"] for report in said.reports] == [{"name": str(file), "page": 1, "certificates": 1}]


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ([], "no certificate's code was found on it"),
        (["https://attesto.example/"], "no certificate's code was found on it"),
        (["https://registry.example/V/M3HE67T3VN796"], "only the number in it"),
        (["https://registry.example/V/M3HE67T3VN796#MZXW6Y1"], "the link's token is not base32"),
        (["https://registry.example/V/M3HE67T3VN797#MZXW6YQ"], "check character"),
    ],
)
def test_a_document_without_a_code_to_check_is_bad_input(
    texts: Sequence[str], sentence: str, world: World, ask: Ask, tmp_path: Path
) -> None:
    file = written(tmp_path / "page.png", png(sheet(*texts)))

    said = ask(file, "--registry", world.public)

    assert (said.code, said.out) == (2, "")
    assert sentence in said.err


def test_a_document_is_checked_offline_with_the_bundle_of_its_number(world: World, ask: Ask, tmp_path: Path) -> None:
    file = written(tmp_path / "document.png", png(symbol(link(world, "active"))))
    proofs = tmp_path / "proofs"
    proofs.mkdir()
    for name in ("active", "suspended"):
        written(proofs / f"{name}.json", bundle(world, name))

    by_folder = ask(file, link(world, "suspended"), link(world, "expired"), "--bundle", proofs, "--json")
    by_file = ask(file, "--bundle", proofs / "suspended.json", "--bundle", proofs / "active.json")

    assert [report["verdict"] for report in by_folder.reports] == ["in_force", "not_in_force", "could_not_be_checked"]
    assert by_file.code == 0


def test_the_files_of_a_folder_are_each_answered_by_name(world: World, ask: Ask, tmp_path: Path) -> None:
    bid = tmp_path / "bid"
    (bid / "more").mkdir(parents=True)
    written(bid / "b.txt", link(world, "suspended"))
    written(bid / "a.png", png(symbol(link(world, "active"))))
    written(bid / "more" / "c.txt", link(world, "expired"))
    written(bid / ".DS_Store", b"\0\0\0\1Bud1")

    said = ask(bid, "--registry", world.public, "--json")

    assert [report["input"]["name"] for report in said.reports] == [str(bid / "a.png"), str(bid / "b.txt")]
    assert [report["verdict"] for report in said.reports] == ["in_force", "not_in_force"]


def test_an_empty_folder_is_not_passed_over(ask: Ask, tmp_path: Path) -> None:
    said = ask(tmp_path)

    assert (said.code, said.err) == (2, f"attesto-verify: {tmp_path}: there is no file in the folder\n")


def test_a_zip_file_and_a_list_are_answered_line_by_line(world: World, ask: Ask, tmp_path: Path) -> None:
    rows = f"Impresa;Numero\nAlfa;{world.samples['active'].number}\nBeta;7K3M-9P2X-QD4W6\n"
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("photo.png", png(symbol(link(world, "suspended"))))
        archive.writestr("list.csv", rows)
    file = written(tmp_path / "bid.zip", content.getvalue())

    said = ask(file, "--registry", world.public)

    assert said.code == 2
    assert said.out.splitlines()[-4:] == [
        "3 answers",
        f"  SUSPENDED, NOT IN FORCE  {file}/photo.png",
        f"  IN FORCE                 {file}/list.csv, line 2",
        f"  BAD INPUT                {file}/list.csv, line 3",
    ]
    assert said.err.startswith(f"attesto-verify: {file}/list.csv, line 3: the number's check character does not fit")


def with_bundle(world: World, shown: str, attached: str) -> bytes:
    """A PDF file with a certificate's code, and the bundle of a certification attached."""
    source = '#pdf.attach("bundle.json", relationship: "data", mime-type: "application/json")\n#image("code.png")'
    return typeset(source, {"code.png": png(symbol(link(world, shown))), "bundle.json": bundle(world, attached)})


def test_a_document_is_checked_offline_with_the_bundle_that_is_attached(world: World, ask: Ask, tmp_path: Path) -> None:
    file = written(tmp_path / "certificate.pdf", with_bundle(world, "active", "active"))

    said = ask(file)

    assert (said.code, said.first) == (0, "GENUINE AND IN FORCE on 2029-02-01")


def test_a_bundle_of_another_certification_proves_nothing_where_it_is_attached(
    world: World, ask: Ask, tmp_path: Path
) -> None:
    file = written(tmp_path / "certificate.pdf", with_bundle(world, "suspended", "active"))

    assert ask(file).first == "COULD NOT BE CHECKED"


def test_the_registry_is_asked_before_the_bundle_in_a_document(world: World, ask: Ask, tmp_path: Path) -> None:
    file = written(tmp_path / "certificate.pdf", with_bundle(world, "active", "active"))
    without = tmp_path / "public"
    shutil.copytree(world.public, without)
    (without / record_path(world.samples["active"].number)).unlink()
    empty = tmp_path / "empty"
    empty.mkdir()

    assert ask(file, "--registry", world.public).first == "GENUINE AND IN FORCE on 2029-02-01"
    assert ask(file, "--registry", without).first == "WITHHELD, COULD NOT BE CHECKED"
    assert ask(file, "--registry", empty).first == "GENUINE AND IN FORCE on 2029-02-01"


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("certificate.pdf", "there is no such file, and as a number or code it does not do"),
        ("7K3M-9P2X-QD4W6", "the number's check character does not fit"),
        ("folder/certificate.pdf", "there is no such file"),
        ("a\0b", "there is no such file"),
        ("x" * 5000, "there is no such file"),
        ("https://registry.example/W/7K3M9P2XQD4W5", "not a link to a certificate"),
        ("https://registry.example/V/7K3M9P2XQD4W5#" + "A" * 2000, "too long"),
        ("", "nothing is named"),
        (str(ROOT / "README.md"), "too long for a certificate's number or code"),
        (str(ROOT / "pyproject.toml"), "too long for a certificate's number or code"),
        (str(ROOT / "docker-compose.yml"), "too long for a certificate's number or code"),
    ],
)
def test_what_is_nothing_to_check_is_named_with_why(argument: str, sentence: str, ask: Ask) -> None:
    said = ask(argument)

    assert (said.code, said.out) == (2, "")
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert len(said.err) < 400


def test_a_file_that_is_too_large_is_not_read(ask: Ask, tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(1 << 40)

    said = ask(tmp_path / "large")

    assert (said.code, said.err.count("over the limit of 33,554,432 bytes")) == (2, 1)
