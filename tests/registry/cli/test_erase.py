"""A person with two certificates is erased: what the registry answers then, and what the documents still prove."""

import json
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result

from registry.bootstrap import open_registry
from registry.settings import read_settings
from tests.registry.cli.conftest import PEOPLE, call, done
from tests.registry.cli.test_serve import ATTESTO, free_port
from tests.verifier.page.translations import compile_translations
from tests.waiting import eventually
from verifier.bundle import Bundle, format_bundle
from verifier.cli import main as verify
from verifier.fetch import FolderSource, fetch_bundle
from verifier.number import group_number


@dataclass(frozen=True)
class Person:
    """A person with two certifications, published, and what was handed out before the erasure."""

    folder: Path
    numbers: tuple[str, str]
    neighbour: str
    pdf: Path
    bundle: Path

    def fetched(self) -> Bundle:
        return fetch_bundle(FolderSource(self.folder / "public"), self.numbers[0])


@pytest.fixture
def person(folder: Path, tmp_path: Path) -> Person:
    header, _, second, third, *_ = PEOPLE.read_text(encoding="utf-8").splitlines()
    again = second.replace(",referente,", ",addetto,")
    assert again != second
    people = tmp_path / "two.csv"
    people.write_text("\n".join((header, second, again, third)) + "\n", encoding="utf-8")
    granted = done("grant", folder, people, "--body", "odc-uno", "--edition", "demo-2026")["granted"]
    one, two, neighbour = (str(row["number"]) for row in granted)
    done("publish", folder)
    done("certificate", folder, one, "--out", tmp_path / "certificate.pdf")
    made = Person(folder, (one, two), neighbour, tmp_path / "certificate.pdf", tmp_path / "before.json")
    made.bundle.write_bytes(format_bundle(made.fetched()))
    return made


def erase(person: Person) -> dict[str, object]:
    told: dict[str, object] = done("erase", person.folder, person.numbers[0], "--decider", "DE-06", "--yes")
    done("publish", person.folder)
    return told


def checked(capsys: pytest.CaptureFixture[str], person: Person, *arguments: object) -> tuple[int, str]:
    """The exit code and the first line of attesto-verify."""
    capsys.readouterr()
    code = verify([*map(str, arguments), "--trust", str(person.folder / "trust.json")], {})
    return code, capsys.readouterr().out.partition("\n")[0].partition(" on ")[0]


def test_it_asks_before_and_says_how_much_goes(person: Person) -> None:
    asked = call("erase", person.folder, person.numbers[0], "--decider", "DE-06")

    assert asked.exit_code == 1
    both = ", ".join(map(group_number, sorted(person.numbers)))
    assert f"Erase one person with 2 certifications ({both})? This cannot be undone. [y/N]" in asked.output
    assert done("show", person.folder, person.numbers[0])["number"] == person.numbers[0]


def test_it_answers_with_what_it_erased_and_the_proofs(person: Person) -> None:
    told = erase(person)

    assert told["erased"] == sorted(person.numbers)
    assert len(told["entries"]) == len(told["proofs"]) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "command",
    [
        ("show",),
        ("show", "--personal"),
        ("confirm", "--decider", "DE-06", "--decision", "D"),
        ("withdraw", "--decider", "DE-06", "--decision", "D", "--reason", "R"),
        ("reissue", "--decision", "D"),
        ("certificate", "--out", "out.pdf"),
        ("erase", "--decider", "DE-06", "--yes"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_every_command_says_that_it_was_erased(person: Person, command: tuple[str, ...]) -> None:
    erase(person)
    name, *options = command

    for number in person.numbers:
        refused = call(name, person.folder, number, *options, "--json")

        assert refused.exit_code == 1
        sentence = f"certification {number} was erased"
        assert json.loads(refused.stdout) == {"error": {"kind": "ErasedError", "message": sentence}}


def test_repeated_under_its_key_it_gives_the_first_answer(person: Person) -> None:
    command = ("erase", person.folder, person.numbers[0])

    keyed = ("--decider", "DE-06", "--key", "e-1")
    first, again = done(*command, *keyed, "--yes"), done(*command, *keyed)
    other = call(*command, "--decider", "DE-07", "--key", "e-1")

    assert (again["erased"], again["entries"]) == (first["erased"], first["entries"])
    assert "idempotency key e-1 was used for another content" in other.stderr


def test_nothing_of_it_is_due_any_more(person: Person) -> None:
    erase(person)

    listed = done("due", person.folder, "--body", "odc-uno", "--on", "2099-01-01")["due"]

    assert not {one["number"] for one in listed} & set(person.numbers)


def test_the_same_file_grants_the_erased_nothing_and_names_the_lines(person: Person, tmp_path: Path) -> None:
    erase(person)

    refused = call("grant", person.folder, tmp_path / "two.csv", "--body", "odc-uno", "--edition", "demo-2026")

    assert refused.exit_code == 1
    assert refused.output.count("was erased") == 2
    assert "Traceback" not in refused.output


def test_by_number_the_answer_is_only_erased(person: Person, capsys: pytest.CaptureFixture[str]) -> None:
    registry = ("--registry", person.folder / "public")
    assert checked(capsys, person, person.numbers[0], *registry) == (0, "IN FORCE")

    erase(person)

    for number in person.numbers:
        assert checked(capsys, person, number, *registry) == (4, "ERASED")
    assert checked(capsys, person, person.neighbour, *registry) == (0, "IN FORCE")


def test_document_and_bundle_prove_what_they_proved(
    person: Person, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    erase(person)
    after = tmp_path / "after.json"
    after.write_bytes(format_bundle(person.fetched()))

    assert checked(capsys, person, person.pdf, "--registry", person.folder / "public") == (0, "GENUINE AND IN FORCE")
    assert checked(capsys, person, person.pdf, "--bundle", person.bundle) == (0, "GENUINE AND IN FORCE")
    assert checked(capsys, person, person.pdf, "--bundle", after) == (0, "GENUINE AND IN FORCE")
    assert checked(capsys, person, person.bundle) == (0, "IN FORCE")
    assert checked(capsys, person, after) == (4, "ERASED")


def test_the_document_says_that_its_holder_was_erased(person: Person, capsys: pytest.CaptureFixture[str]) -> None:
    erase(person)
    trust = str(person.folder / "trust.json")

    verify([str(person.pdf), "--trust", trust, "--registry", str(person.folder / "public"), "--json"], {})

    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["verdict"], told["erased"]) == ("in_force", True)
    assert told["certificate"]["number"] == person.numbers[0]


def test_audit_and_doctor_find_nothing_wrong(person: Person) -> None:
    erase(person)

    audited = call("audit", person.folder / "public", "--trust", person.folder / "trust.json", "--json")
    healthy = call("doctor", person.folder, "--json")

    assert (audited.exit_code, json.loads(audited.stdout)["findings"]) == (0, [])
    assert healthy.exit_code == 0
    (erasures,) = [check for check in json.loads(healthy.stdout)["checks"] if check["check"] == "erasures"]
    assert (erasures["level"], "nothing is left" in erasures["says"]) == ("ok", True)


def test_an_audit_finds_an_erased_record_that_lies_in_a_second_place(person: Person) -> None:
    erase(person)
    public = person.folder / "public"
    record = next(path for path in public.glob("record/*/*") if b'"disclosures":[]' in path.read_bytes())
    elsewhere = public / "record" / "00" / ("00" * 32)
    elsewhere.parent.mkdir(exist_ok=True)
    elsewhere.write_bytes(record.read_bytes())

    audited = call("audit", public, "--trust", person.folder / "trust.json", "--json")

    assert audited.exit_code == 3
    assert ["lies elsewhere too" in found["reason"] for found in json.loads(audited.stdout)["findings"]] == [True]


def bring_back(person: Person) -> None:
    """Erase, and then restore the holders' keys from a copy of before."""
    (keys,) = (person.folder / "holder-keys").glob("*.sqlite")
    copy = keys.read_bytes()
    erase(person)
    keys.write_bytes(copy)
    assert left_of(person) == 2


def left_of(person: Person) -> int:
    with open_registry(read_settings(person.folder)) as attesto:
        return len(attesto.registry.remains.unfinished().graves)


def test_before_anything_is_published_what_came_back_is_erased_again(person: Person) -> None:
    bring_back(person)

    done("publish", person.folder)

    assert left_of(person) == 0


@pytest.mark.journey
@pytest.mark.enable_socket
def test_before_anything_is_served_what_came_back_is_erased_again(person: Person) -> None:
    bring_back(person)
    compile_translations()
    port = free_port()

    with subprocess.Popen([ATTESTO, "serve", person.folder, "--port", str(port)]) as served:
        try:
            assert eventually(lambda: served.poll() is not None or listening(port))
            assert served.poll() is None
            left = left_of(person)
        finally:
            served.terminate()

    assert left == 0


def listening(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


def test_the_doctor_erases_again_what_came_back_and_says_so(person: Person) -> None:
    bring_back(person)

    first, second = (call("doctor", person.folder, "--json") for _ in range(2))

    checks = [check for told in (first, second) for check in json.loads(told.stdout)["checks"]]
    assert [check["level"] for check in checks if check["check"] == "erasures"] == ["warning", "ok"]


@dataclass(frozen=True)
class AtHome:
    """A registry with a body that keeps its keys at home, and a number of that body's."""

    folder: Path
    home: Path
    number: str

    def erase(self, *more: object) -> Result:
        return call("erase", self.folder, self.number, "--decider", "DE-06", "--yes", *more)

    def sign(self, to_sign: Path) -> Path:
        signatures = to_sign.with_suffix(".signed")
        done("home", "sign", self.home, to_sign, "--out", signatures, "--yes")
        return signatures


@pytest.fixture
def casa(folder: Path, people: Path, tmp_path: Path) -> AtHome:
    home, waiting = tmp_path / "home", tmp_path / "grants.json"
    whose = ("--body", "odc-casa")
    done(
        "home", "keys", home, *whose, "--name", "Casa", "--website", "https://casa.example", "--log", "cli.example/log"
    )
    done("body", "add", folder, "odc-casa", "--introduction", home / "introduction.json")
    done("body", "accredit", folder, "odc-casa", "--scheme", "demo", "--number", "2", "--source", "letter")
    done("grant", folder, people, *whose, "--edition", "demo-2026", "--prepare", waiting)
    signed = AtHome(folder, home, "").sign(waiting)
    return AtHome(folder, home, str(done("submit", folder, signed, *whose)["recorded"][0]["number"]))


def test_a_body_erases_by_what_it_signs_at_home(casa: AtHome, tmp_path: Path) -> None:
    refused = casa.erase()

    waiting = casa.erase("--prepare", tmp_path / "erase.json", "--json")
    both = ("--prepared", tmp_path / "erase.json", "--signatures", casa.sign(tmp_path / "erase.json"))
    submitted, again = casa.erase(*both), casa.erase(*both)

    assert (refused.exit_code, "keeps its event key elsewhere" in refused.output) == (1, True)
    assert json.loads(waiting.stdout)["prepared"]["decisions"] == 1
    assert (tmp_path / "erase.json").stat().st_mode & 0o077 == 0
    assert submitted.exit_code == 0, submitted.output
    for asked in (again, call("show", casa.folder, casa.number)):
        assert (asked.exit_code, f"certification {casa.number} was erased" in asked.output) == (1, True)


def test_what_was_signed_at_home_takes_both_files_each_of_the_other(casa: AtHome, tmp_path: Path) -> None:
    casa.erase("--prepare", tmp_path / "erase.json")
    casa.erase("--prepare", tmp_path / "another.json")
    signed = casa.sign(tmp_path / "another.json")

    alone = casa.erase("--prepared", tmp_path / "erase.json")
    other = casa.erase("--prepared", tmp_path / "erase.json", "--signatures", signed)

    assert (alone.exit_code, "takes both files" in alone.output) == (2, True)
    assert (other.exit_code, "was not signed of" in other.output) == (2, True)
    assert done("show", casa.folder, casa.number)["number"] == casa.number


def test_a_record_beside_its_own_place_is_found_there_and_not_where_it_belongs(person: Person) -> None:
    public = person.folder / "public"
    record = next(path for path in public.glob("record/*/*") if b'"disclosures":[]' not in path.read_bytes())
    elsewhere = public / "record" / "00" / ("00" * 32)
    elsewhere.parent.mkdir(exist_ok=True)
    elsewhere.write_bytes(record.read_bytes())

    audited = call("audit", public, "--trust", person.folder / "trust.json", "--json")

    (found,) = json.loads(audited.stdout)["findings"]
    assert found["reason"] == "it lies under another number than its own"
