"""A body states how many certifications it has; what somebody hid from it, or from the public, shows."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from registry.bootstrap import now
from tests.registry.cli.conftest import PEOPLE, call, done
from verifier.encoding import legal_day

INTRODUCED = "odc-casa"


@pytest.fixture(scope="session")
def deciding(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with three certifications of a body at home, and the body's receipts beside it."""
    place = tmp_path_factory.mktemp("stating")
    shutil.copytree(made, place / "registry")
    done(
        "home", "keys", place / "home", "--body", INTRODUCED, "--name", "OdC Casa", "--website", "https://casa.example",
        "--log", "cli.example/log",
    )  # fmt: skip
    done("body", "add", place / "registry", INTRODUCED, "--introduction", place / "home" / "introduction.json")
    done("body", "accredit", place / "registry", INTRODUCED, "--scheme", "demo", "--number", "2", "--source", "letter")
    prepare(place, slice(1, 4))
    decide(place)
    return place


@pytest.fixture
def place(deciding: Path, tmp_path: Path) -> Path:
    shutil.copytree(deciding, tmp_path / "place")
    return tmp_path / "place"


def prepare(place: Path, people: slice) -> None:
    header, *rows = PEOPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    (place / "people.csv").write_text("".join([header, *rows[people]]), encoding="utf-8")
    done(
        "grant", place / "registry", place / "people.csv", "--body", INTRODUCED, "--edition", "demo-2026",
        "--prepare", place / "to-sign.json",
    )  # fmt: skip


def decide(place: Path) -> list[dict[str, object]]:
    """Sign what waits at home, submit it, and keep the receipts."""
    done("home", "sign", place / "home", place / "to-sign.json", "--out", place / "signatures.json", "--yes")
    answer = done("submit", place / "registry", place / "signatures.json", "--body", INTRODUCED)
    (place / "answer.json").write_text(json.dumps(answer))
    done(*keep(place))
    recorded: list[dict[str, object]] = answer["recorded"]
    return recorded


def keep(place: Path) -> list[object]:
    return [
        "home", "keep", place / "home", place / "to-sign.json", place / "signatures.json", place / "answer.json",
        "--trust", place / "registry" / "trust.json", "--receipts", place / "receipts.jsonl",
    ]  # fmt: skip


def claim(place: Path) -> dict[str, object]:
    value: dict[str, object] = done(
        "body", "state", place / "registry", "--body", INTRODUCED, "--scheme", "demo", "--prepare", place / "claim.json"
    )
    return value


def home_state(place: Path, *more: object) -> list[object]:
    return [
        "home", "state", place / "home", place / "claim.json", "--receipts", place / "receipts.jsonl",
        "--out", place / "statement.jws", *more,
    ]  # fmt: skip


def record(place: Path) -> dict[str, object]:
    value: dict[str, object] = done("body", "record-statement", place / "registry", place / "statement.jws")
    return value


def audited(folder: Path) -> dict[str, list[dict[str, object]]]:
    done("publish", folder)
    value: dict[str, list[dict[str, object]]] = done("audit", folder / "public", "--trust", folder / "trust.json")
    return value


def test_a_hosted_bodys_statement_is_logged_and_shown_by_the_audit(folder: Path, number: str) -> None:
    until = legal_day(now()) + timedelta(days=30)
    done(
        "suspend", folder, number, "--decider", "DE-1", "--decision", "D-1", "--reason", "fees", "--until", until,
    )  # fmt: skip

    made = done("body", "state", folder, "--body", "odc-uno", "--scheme", "demo")

    assert (made["granted"], made["in_force"]) == (3, 2)
    (stated,) = audited(folder)["statements"]
    assert (stated["body"], stated["scheme"], stated["granted"], stated["in_force"]) == ("odc-uno", "demo", 3, 2)
    assert (stated["size"], stated["entry"]) == (made["covers"], made["entry"])
    said = call("audit", folder / "public", "--trust", folder / "trust.json").stdout
    assert "odc-uno states for demo: 3 certifications granted, 2 in force on" in said


def test_a_body_at_home_states_what_its_receipts_say(place: Path) -> None:
    claim(place)
    done(*home_state(place))

    made = record(place)

    assert (made["granted"], made["in_force"]) == (3, 3)
    assert [stated["granted"] for stated in audited(place / "registry")["statements"]] == [3]


def test_what_was_decided_after_the_claim_is_not_counted(place: Path) -> None:
    before = claim(place)
    number = done("show", place / "registry", numbers(place)[0])["number"]
    done(
        "withdraw", place / "registry", number, "--decider", "DE-1", "--decision", "D-9", "--reason", "fraud",
        "--prepare", place / "to-sign.json",
    )  # fmt: skip
    decide(place)

    done(*home_state(place))

    made = record(place)
    assert (made["in_force"], made["covers"]) == (3, before["covers"])
    assert [stated["in_force"] for stated in audited(place / "registry")["statements"]] == [3]
    assert claim(place)["in_force"] == 2


def numbers(place: Path) -> list[str]:
    signatures = call("submit", place / "registry", place / "signatures.json", "--body", INTRODUCED, "--json")
    return [str(made["number"]) for made in json.loads(signatures.stdout)["recorded"]]


def test_what_is_kept_at_home_is_what_the_log_holds(place: Path) -> None:
    done("body", "receipts", place / "registry", "--body", INTRODUCED, "--out", place / "fetched.jsonl")

    assert (place / "receipts.jsonl").read_text() == (place / "fetched.jsonl").read_text()


def test_an_answer_of_entries_that_were_not_signed_here_is_not_kept(place: Path) -> None:
    answer = json.loads((place / "answer.json").read_text())
    first, second = (made["certification"] for made in answer["recorded"][:2])
    answer["recorded"][0]["certification"], answer["recorded"][1]["certification"] = second, first
    (place / "answer.json").write_text(json.dumps(answer))
    before = (place / "receipts.jsonl").read_text()

    refused = call(*keep(place))

    assert refused.exit_code == 1
    assert "of the log is nothing that was signed here" in refused.stderr
    assert (place / "receipts.jsonl").read_text() == before


def test_an_answer_under_a_checkpoint_of_another_log_is_not_kept(place: Path) -> None:
    done("init", place / "other", "--origin", "cli.example/log", "--address", "https://cli.example")
    (place / "registry" / "trust.json").write_bytes((place / "other" / "trust.json").read_bytes())

    refused = call(*keep(place))

    assert refused.exit_code == 1
    assert "key" in refused.stderr


def test_a_certification_that_the_operator_hid_is_missed_at_home(place: Path) -> None:
    honest, forked = place / "registry", place / "forked"
    shutil.copytree(honest, forked)
    prepare(place, slice(4, 7))
    decide(place)
    # The operator goes on with a copy of the log that never held the last decisions, until it is as long.
    honest.rename(place / "hidden")
    forked.rename(honest)
    for name in ("odc-due", "odc-tre", "odc-quattro"):
        done("body", "add", honest, name, "--name", name, "--website", "https://odc.example")
        done("body", "accredit", honest, name, "--scheme", "demo", "--number", "3", "--source", "letter")
    claimed = claim(place)

    refused = call(*home_state(place))

    assert claimed["granted"] == 3
    assert refused.exit_code == 1
    assert "the registry claims of its first" in refused.stderr
    assert "3 granted, 3 in force" in refused.stderr
    assert "but the receipts say: 6 granted, 6 in force" in refused.stderr
    assert not (place / "statement.jws").exists()


def test_a_body_may_insist_and_the_registry_does_not_log_what_its_log_does_not_say(place: Path) -> None:
    lines = (place / "receipts.jsonl").read_text().splitlines(keepends=True)
    (place / "receipts.jsonl").write_text("".join(lines[:-2]))
    claim(place)
    done(*home_state(place, "--insist"))

    refused = call("body", "record-statement", place / "registry", place / "statement.jws")

    assert refused.exit_code == 1
    assert "body odc-casa states for scheme demo: 2 granted" in refused.stderr
    assert "hold: 3 granted" in refused.stderr


@pytest.mark.parametrize("of", ["a receipt missing", "two faces", "another body", "a line that is none"])
def test_receipts_that_are_not_whole_sign_nothing(place: Path, of: str) -> None:
    path = place / "receipts.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    first = json.loads(lines[0])
    claim(place)
    if of == "a receipt missing":
        path.write_text("".join(lines[1:]))
        says = "are not whole: event 1 of the stream is missing"
    elif of == "two faces":
        path.write_text("".join([*lines, json.dumps(first | {"entry": json.loads(lines[1])["entry"]})]))
        says = "two different entries"
    elif of == "another body":
        introduction = json.loads((place / "home" / "introduction.json").read_text())
        introduction["body"] = "odc-altro"
        (place / "home" / "introduction.json").write_text(json.dumps(introduction))
        says = "the claim is of body odc-casa"
    else:
        path.write_text("nothing\n")
        says = "not JSON"

    refused = call(*home_state(place))

    assert refused.exit_code != 0
    assert says in refused.stderr
    assert not (place / "statement.jws").exists()


def test_a_statement_signed_with_a_key_that_was_replaced_is_not_logged(place: Path) -> None:
    claim(place)
    done(*home_state(place))
    done("home", "rotate", place / "home", "event", "--out", place / "succession.json")
    done("key", "replace", place / "registry", place / "succession.json")

    refused = call("body", "record-statement", place / "registry", place / "statement.jws")

    assert refused.exit_code == 1
    assert "the signature names key" in refused.stderr


def test_a_scheme_of_no_edition_and_a_body_of_no_registration_state_nothing(folder: Path) -> None:
    unknown = call("body", "state", folder, "--body", "odc-uno", "--scheme", "nessuno")
    nobody = call("body", "state", folder, "--body", "odc-nessuno", "--scheme", "demo")

    assert (unknown.exit_code, nobody.exit_code) == (2, 2)
    assert "no edition of scheme nessuno" in unknown.stderr
