"""A key that is lost or stolen is replaced by the word of the recovery key, and what was issued before stands."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.registry.cli.conftest import PEOPLE, call, done
from tests.registry.cli.test_home import INTRODUCED, introduced, place, prepare, sign, submit
from verifier.cli import main as verify

__all__ = ["introduced", "place"]


def check(folder: Path, *numbers: str) -> None:
    """Check that outsiders find the log clean and these certifications genuine and in force."""
    done("publish", folder)
    public, trust = folder / "public", folder / "trust.json"
    assert call("audit", public, "--trust", trust).exit_code == 0
    for number in numbers:
        assert verify([number, "--registry", str(public), "--trust", str(trust)]) == 0


def states(folder: Path, body: str, purpose: str) -> list[str]:
    keys = done("key", "list", folder, body)["keys"]
    return [key["state"].split(" from")[0].split(" at")[0] for key in keys if key["purpose"] == purpose]


def key_of(folder: Path, body: str, purpose: str) -> str:
    keys = done("key", "list", folder, body)["keys"]
    return str(next(key["key_id"] for key in keys if key["purpose"] == purpose and key["state"] == "in force"))


def size_of(folder: Path) -> int:
    return int(done("body", "accredit", folder, "odc-uno", "--scheme", "x", "--number", "1", "--source", "s")["size"])


@pytest.mark.parametrize("purpose", ["event", "token"])
def test_a_stolen_key_of_a_hosted_body_is_replaced(purpose: str, folder: Path, number: str, tmp_path: Path) -> None:
    header, *rows = PEOPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    others = tmp_path / "others.csv"
    others.write_text(header + "".join(rows[10:12]), encoding="utf-8")
    stolen = key_of(folder, "odc-uno", purpose)
    done("key", "compromised", folder, "odc-uno", purpose, "--key-id", stolen, "--from-entry", size_of(folder))
    refused = call("grant", folder, others, "--body", "odc-uno", "--edition", "demo-2026")
    assert f"has no {purpose} key in force" in refused.stderr

    recovered = done("key", "recover", folder, "odc-uno", purpose)

    assert states(folder, "odc-uno", purpose) == ["compromised", "in force"]
    assert key_of(folder, "odc-uno", purpose) == recovered["key_id"] != stolen
    made = done("grant", folder, others, "--body", "odc-uno", "--edition", "demo-2026")["granted"]
    check(folder, number, *(str(granted["number"]) for granted in made))


def test_a_lost_key_of_a_hosted_body_is_retired_and_replaced(folder: Path, number: str) -> None:
    (folder / "keys" / "odc-uno" / "event-1.pem").unlink()

    done("key", "recover", folder, "odc-uno", "event")

    assert states(folder, "odc-uno", "event") == ["retired", "in force"]
    done("reissue", folder, number, "--decision", "DEL-9")
    check(folder, number)


def test_a_key_is_not_recovered_without_the_recovery_key(folder: Path) -> None:
    (folder / "keys" / "odc-uno" / "recovery-1.pem").unlink()

    result = call("key", "recover", folder, "odc-uno", "event")

    assert result.exit_code == 2
    assert "odc-uno has no recovery key" in result.stderr
    assert states(folder, "odc-uno", "event") == ["in force"]


@pytest.mark.parametrize("purpose", ["event", "token"])
def test_a_stolen_key_of_a_body_at_home_is_replaced(purpose: str, place: Path, people: Path) -> None:
    registry, home = place / "registry", place / "home"
    stolen = key_of(registry, INTRODUCED, purpose)
    prepare(place, people)
    sign(place)
    before = submit(place)["recorded"][0]["number"]

    done(
        "home", "compromised", home, purpose, "--key-id", stolen, "--from-entry", size_of(registry),
        "--out", place / "compromise.json",
    )  # fmt: skip
    done("key", "record", registry, place / "compromise.json")
    done("home", "recover", home, purpose, "--out", place / "succession.json")
    done("key", "replace", registry, place / "succession.json")

    assert states(registry, INTRODUCED, purpose) == ["compromised", "in force"]
    number = done("show", registry, before)["number"]
    done("reissue", registry, number, "--decision", "DEL-9", "--prepare", place / "again.json")
    sign(place, "again.json")
    again = submit(place)
    assert (len(again["recorded"]), again["refused"]) == (1, {})
    check(registry, str(number))


def test_a_lost_key_of_a_body_at_home_is_named_to_be_replaced(place: Path) -> None:
    registry, home = place / "registry", place / "home"
    lost = key_of(registry, INTRODUCED, "event")
    (home / "keys" / INTRODUCED / "event-1.pem").unlink()
    nameless = call("home", "recover", home, "event", "--out", place / "succession.json")

    done("home", "recover", home, "event", "--key-id", lost, "--out", place / "succession.json")
    done("key", "replace", registry, place / "succession.json")

    assert nameless.exit_code == 2
    assert states(registry, INTRODUCED, "event") == ["retired", "in force"]


def declared(place: Path, **changes: object) -> Any:
    """What the registry says to a declaration, altered on the way."""
    key_id = key_of(place / "registry", INTRODUCED, "event")
    path = place / "compromise.json"
    done("home", "compromised", place / "home", "event", "--key-id", key_id, "--from-entry", 3, "--out", path)
    path.write_text(json.dumps(json.loads(path.read_bytes()) | changes))
    return call("key", "record", place / "registry", path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"from_index": 2}, "does not authorise to compromise"),
        ({"purpose": "token"}, "never had the token key"),
        ({"log": "other.example/log"}, "the declaration is for log other.example/log"),
        ({"body": "odc-uno"}, "never had the event key"),
    ],
    ids=["another entry", "another purpose", "another log", "another body"],
)
def test_a_declaration_that_was_altered_is_refused(changes: dict[str, object], words: str, place: Path) -> None:
    result = declared(place, **changes)

    assert result.exit_code != 0
    assert words in result.stderr
    assert states(place / "registry", INTRODUCED, "event") == ["in force"]


def test_a_key_that_nobody_had_and_an_entry_that_is_not_there_are_refused(folder: Path) -> None:
    mine = key_of(folder, "odc-uno", "event")

    nobodys = call("key", "compromised", folder, "odc-uno", "event", "--key-id", "x" * 43, "--from-entry", 1)
    future = call("key", "compromised", folder, "odc-uno", "event", "--key-id", mine, "--from-entry", 4711)

    assert "never had the event key xxxxxxxx…" in nobodys.stderr
    assert "nothing can be in doubt from entry 4711 on" in future.stderr
    assert states(folder, "odc-uno", "event") == ["in force"]
