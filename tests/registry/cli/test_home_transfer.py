"""The whole way of a transfer that is signed at home: by both bodies, or by the one that keeps its keys there."""

import json
import shutil
from pathlib import Path

import pytest

from registry.cli.exits import BAD_INPUT, REFUSED
from tests.registry.cli.conftest import call, done

HOW = ("--decider", "DE-06", "--decision", "DEL-7", "--receiver-decider", "VE-01")
AT_HOME = ("odc-casa", "odc-villa")


@pytest.fixture(scope="module")
def introduced(certified: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry that has certified people for a hosted body, with two bodies whose keys are at home, beside it."""
    place = tmp_path_factory.mktemp("homes")
    shutil.copytree(certified[0], place / "registry")
    for slug in AT_HOME:
        done(
            "home", "keys", place / slug, "--body", slug, "--name", slug.title(), "--website", f"https://{slug}.example",
            "--log", "cli.example/log",
        )  # fmt: skip
        done("body", "add", place / "registry", slug, "--introduction", place / slug / "introduction.json")
        done("body", "accredit", place / "registry", slug, "--scheme", "demo", "--number", "2", "--source", "letter")
    return place


@pytest.fixture
def place(introduced: Path, tmp_path: Path) -> Path:
    shutil.copytree(introduced, tmp_path / "place")
    return tmp_path / "place"


@pytest.fixture
def number(certified: tuple[Path, str]) -> str:
    """A certification of the hosted body."""
    return certified[1]


def granted_at_home(place: Path, people: Path) -> str:
    """A certification of the first body at home, which keeps its receipts."""
    to_sign, signed = place / "grant.json", place / "grant-signed.json"
    done("grant", place / "registry", people, "--body", "odc-casa", "--edition", "demo-2026", "--prepare", to_sign)
    done("home", "sign", place / "odc-casa", to_sign, "--out", signed, "--yes")
    answer = done("submit", place / "registry", signed, "--body", "odc-casa")
    keep(place, "odc-casa", to_sign, signed, answer)
    return str(answer["recorded"][0]["number"])


def keep(place: Path, slug: str, to_sign: Path, signed: Path, answer: object) -> int:
    (place / "answer.json").write_text(json.dumps(answer))
    kept = done(
        "home", "keep", place / slug, to_sign, signed, place / "answer.json",
        "--trust", place / "registry" / "trust.json", "--receipts", place / f"{slug}.jsonl",
    )  # fmt: skip
    return int(kept["receipts"])


def prepare(place: Path, number: str, receiver: str) -> Path:
    file = place / "to-sign.json"
    done("transfer", place / "registry", number, "--to", receiver, *HOW, "--prepare", file, "--yes")
    return file


def sign(place: Path, slug: str) -> Path:
    out = place / f"{slug}-signed.json"
    assert done("home", "sign", place / slug, place / "to-sign.json", "--out", out, "--yes")["signed"] == 1
    return out


def submission(place: Path, number: str, receiver: str, *signatures: Path) -> list[object]:
    given = [part for file in signatures for part in ("--signatures", file)]
    return [
        "transfer",
        place / "registry",
        number,
        "--to",
        receiver,
        *HOW,
        "--prepared",
        place / "to-sign.json",
        *given,
    ]


def size(place: Path) -> int:
    return int(done("rebuild", place / "registry")["size"])


def audited(place: Path) -> None:
    done("publish", place / "registry")
    audit = call("audit", place / "registry" / "public", "--trust", place / "registry" / "trust.json")
    assert audit.exit_code == 0, audit.output


def test_both_bodies_sign_their_halves_at_home(place: Path, people: Path) -> None:
    number, receiver = granted_at_home(place, people), "odc-villa"
    to_sign = prepare(place, number, receiver)
    signed = [sign(place, slug) for slug in AT_HOME]

    made = done(*submission(place, number, receiver, *signed))

    assert made["out"]["number"] == number
    left, begun = (done("show", place / "registry", made[half]["number"]) for half in ("out", "in"))
    assert (left["standing"]["state"], left["body"]) == ("transferred", "odc-casa")
    assert (begun["standing"]["state"], begun["body"]) == ("active", "odc-villa")
    audited(place)
    # Each body keeps the receipts of its own half, and has them all.
    assert [keep(place, slug, to_sign, file, made) for slug, file in zip(AT_HOME, signed, strict=True)] == [1, 2]
    for slug in AT_HOME:
        done("body", "receipts", place / "registry", "--body", slug, "--out", place / "fetched.jsonl")
        assert (place / f"{slug}.jsonl").read_text() == (place / "fetched.jsonl").read_text()
    unsigned = call(
        "home", "keep", place / "odc-casa", to_sign, place / "grant-signed.json", place / "answer.json",
        "--trust", place / "registry" / "trust.json", "--receipts", place / "odc-casa.jsonl",
    )  # fmt: skip
    assert unsigned.exit_code == REFUSED
    assert "of the log is nothing that was signed here" in unsigned.stderr


def test_the_hosted_body_signs_at_once_what_the_receiver_signed_at_home(place: Path, number: str) -> None:
    prepare(place, number, "odc-villa")

    made = done(*submission(place, number, "odc-villa", sign(place, "odc-villa")))

    assert done("show", place / "registry", made["in"]["number"])["body"] == "odc-villa"
    first, *others = made["out"]["entries"] + made["in"]["entries"]
    assert others == [first + 1, first + 2]
    assert size(place) == first + 3
    audited(place)


def test_the_hosted_receiver_takes_over_what_the_old_body_signed_at_home(place: Path, people: Path) -> None:
    number = granted_at_home(place, people)
    prepare(place, number, "odc-uno")

    made = done(*submission(place, number, "odc-uno", sign(place, "odc-casa")))

    assert done("show", place / "registry", number)["standing"]["state"] == "transferred"
    assert done("show", place / "registry", made["in"]["number"])["body"] == "odc-uno"
    audited(place)


def test_each_body_is_shown_its_half_before_it_signs(place: Path, people: Path) -> None:
    number = granted_at_home(place, people)
    certification = done("show", place / "registry", number)["certification"]
    until = done("show", place / "registry", number)["standing"]["valid_until"]
    prepare(place, number, "odc-villa")

    shown = [
        call("home", "sign", place / slug, place / "to-sign.json", "--out", place / "s.json").stderr for slug in AT_HOME
    ]

    old, receiver = shown
    (out,) = (line for line in old.splitlines() if line.startswith("certification."))
    assert out.split()[0] == "certification.transferred_out"
    assert "to odc-villa" in out
    assert certification in out
    name = people.read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    assert name not in old
    begun, issued = (line for line in receiver.splitlines() if line.startswith("certificat"))
    assert f"from odc-casa, certification {certification}, first granted " in begun
    assert f"valid until {until}" in begun
    assert name in issued
    assert "Sign 1 decision of odc-villa?" in receiver
    assert not (place / "s.json").exists()


def test_a_body_that_has_not_signed_is_named_and_nothing_is_recorded(place: Path, people: Path) -> None:
    number = granted_at_home(place, people)
    prepare(place, number, "odc-villa")
    before = size(place)

    told = call(*submission(place, number, "odc-villa", sign(place, "odc-casa")))

    assert told.exit_code == REFUSED
    assert "the keys of body odc-villa are not here, and its half of the transfer is not signed" in told.stderr
    assert size(place) == before


def test_a_transfer_that_was_overtaken_is_written_anew_and_signed_again(place: Path, number: str) -> None:
    to_sign = prepare(place, number, "odc-villa")
    signed, stale = sign(place, "odc-villa"), to_sign.read_bytes()
    done("reissue", place / "registry", number, "--decision", "DEL-8")
    before = size(place)

    told = call(*submission(place, number, "odc-villa", signed))

    assert told.exit_code == REFUSED
    assert f"Anew, 2 decisions wait in {to_sign} to be signed and submitted by " in told.stdout
    assert to_sign.read_bytes() != stale
    assert size(place) == before
    again = call(*submission(place, number, "odc-villa", signed))
    assert again.exit_code == BAD_INPUT
    assert f"{signed} was not signed of {to_sign}" in again.stderr
    done(*submission(place, number, "odc-villa", sign(place, "odc-villa")))
    audited(place)


def test_submitted_twice_it_is_recorded_once(place: Path, number: str) -> None:
    prepare(place, number, "odc-villa")
    arguments = submission(place, number, "odc-villa", sign(place, "odc-villa"))
    first, before = done(*arguments), size(place)

    again = done(*arguments)

    assert (again["out"]["repeated"], again["in"]["repeated"]) == (True, True)
    assert again["in"]["number"] == first["in"]["number"]
    assert size(place) == before


def test_preparing_asks_first_and_the_file_is_its_owners_alone(place: Path, number: str) -> None:
    file = place / "to-sign.json"

    asked = call("transfer", place / "registry", number, "--to", "odc-villa", *HOW, "--prepare", file)

    assert asked.exit_code == 1
    assert "Has the holder agreed, and is it to be transferred?" in asked.stderr
    assert not file.exists()
    prepare(place, number, "odc-villa")
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_does_not_belong_together_is_bad_input(place: Path, number: str, people: Path) -> None:
    to_sign = prepare(place, number, "odc-villa")
    signed = sign(place, "odc-villa")
    other = place / "other.json"
    done("grant", place / "registry", people, "--body", "odc-casa", "--edition", "demo-2026", "--prepare", other)
    start = ("transfer", place / "registry", number, "--to", "odc-villa", *HOW)
    before = size(place)
    wrong: list[tuple[tuple[object, ...], str]] = [
        (("--signatures", signed), "takes both files: --prepared and --signatures"),
        (("--prepared", to_sign, "--prepare", other), "--prepared and --signatures take it back: not both"),
        (("--prepared", other, "--signatures", signed), f"{other} is not what 'attesto transfer --prepare' wrote"),
        (("--prepared", signed, "--signatures", signed), "not a file of preparations"),
        (("--prepared", to_sign, "--signatures", to_sign), "not a file of signatures"),
    ]

    for options, words in wrong:
        told = call(*start, *options)

        assert told.exit_code == BAD_INPUT
        assert words in told.stderr
    submitted = call("submit", place / "registry", signed, "--body", "odc-villa")
    assert submitted.exit_code == REFUSED
    assert "of body odc-villa waits" in submitted.stdout
    assert size(place) == before
