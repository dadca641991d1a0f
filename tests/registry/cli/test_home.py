"""A body that keeps its keys at home: introduction, signing, submission, rotation."""

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
def introduced(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with a body whose keys are at home, beside it in ``home``."""
    place = tmp_path_factory.mktemp("introduced")
    shutil.copytree(made, place / "registry")
    done(
        "home", "keys", place / "home", "--body", INTRODUCED, "--name", "OdC Casa", "--website", "https://casa.example",
        "--log", "cli.example/log",
    )  # fmt: skip
    done("body", "add", place / "registry", INTRODUCED, "--introduction", place / "home" / "introduction.json")
    done("body", "accredit", place / "registry", INTRODUCED, "--scheme", "demo", "--number", "2", "--source", "letter")
    return place


@pytest.fixture
def place(introduced: Path, tmp_path: Path) -> Path:
    shutil.copytree(introduced, tmp_path / "place")
    return tmp_path / "place"


def prepare(place: Path, people: Path, to_sign: str = "to-sign.json") -> None:
    done(
        "grant", place / "registry", people, "--body", INTRODUCED, "--edition", "demo-2026",
        "--prepare", place / to_sign,
    )  # fmt: skip


def sign(place: Path, to_sign: str = "to-sign.json") -> None:
    done("home", "sign", place / "home", place / to_sign, "--out", place / "signatures.json", "--yes")


def submit(place: Path, *more: object) -> dict[str, list[dict[str, object]]]:
    answer: dict[str, list[dict[str, object]]] = json.loads(
        call("submit", place / "registry", place / "signatures.json", "--body", INTRODUCED, "--json", *more).stdout
    )
    return answer


def test_the_registry_never_sees_a_secret_key_of_a_body_at_home(place: Path) -> None:
    folder = place / "registry" / "keys"

    assert not (folder / INTRODUCED).exists()
    assert sorted(path.name for path in (place / "home" / "keys" / INTRODUCED).iterdir()) == [
        "event-1.pem", "recovery-1.pem", "token-1.pem",
    ]  # fmt: skip
    assert "PRIVATE" not in (place / "home" / "introduction.json").read_text()
    bodies = json.loads((place / "registry" / "trust.json").read_bytes())["bodies"]
    assert {slug: body["hosted"] for slug, body in bodies.items()} == {INTRODUCED: False, "odc-uno": True}


def test_a_file_of_people_is_granted_by_what_was_signed_at_home(place: Path, people: Path) -> None:
    prepare(place, people)
    sign(place)

    answer = submit(place)

    assert (len(answer["recorded"]), answer["stale"], answer["refused"]) == (3, 0, {})
    done("publish", place / "registry")
    audit = call("audit", place / "registry" / "public", "--trust", place / "registry" / "trust.json")
    assert audit.exit_code == 0, audit.output
    number = str(answer["recorded"][0]["number"])
    assert done("show", place / "registry", number)["standing"]["state"] == "active"


def test_submitting_twice_records_once(place: Path, people: Path) -> None:
    prepare(place, people)
    sign(place)
    first = submit(place)["recorded"]

    second = submit(place)["recorded"]

    assert [made["entries"] for made in second] == [made["entries"] for made in first]
    assert {made["repeated"] for made in second} == {True}


def test_without_its_signature_nobody_here_decides_for_a_body_at_home(place: Path, people: Path) -> None:
    result = call("grant", place / "registry", people, "--body", INTRODUCED, "--edition", "demo-2026")

    assert result.exit_code == 2
    assert f"{INTRODUCED} has no event key" in result.stderr


def test_a_decision_on_one_certification_is_signed_at_home_too(place: Path, people: Path) -> None:
    prepare(place, people)
    sign(place)
    number = submit(place)["recorded"][0]["number"]
    done(
        "withdraw", place / "registry", number, "--decider", "DE-1", "--decision", "DEL-9", "--reason", "fraud",
        "--prepare", place / "withdrawal.json",
    )  # fmt: skip
    sign(place, "withdrawal.json")

    submit(place)

    assert done("show", place / "registry", number)["standing"]["state"] == "withdrawn"


def test_a_whole_review_is_signed_at_home(place: Path, people: Path) -> None:
    prepare(place, people)
    sign(place)
    number = submit(place)["recorded"][0]["number"]
    today, by, why = legal_day(now()), ("--decider", "DE-1", "--decision", "DEL-9"), ("--reason", "a reason")
    appeal = ("appeal", "--decider", "DE-2", "--decision", "RIC-1", "--reverses")
    # Its events so far are a grant and a document; a correction is three, with the document made anew.
    review = [
        (("suspend", *by, *why, "--until", today + timedelta(days=30)), "suspended"),
        (("prolong", *by, *why, "--until", today + timedelta(days=60)), "suspended"),
        ((*appeal, 3), "active"),
        (("refuse", *by, *why), "active"),
        (("correct", *by, "--name", "Anna Prova"), "active"),
        (("annul", *by, *why), "annulled"),
        ((*appeal, 10), "active"),
    ]

    states = []
    for (command, *options), _ in review:
        done(command, place / "registry", number, *options, "--prepare", place / "review.json")
        sign(place, "review.json")
        assert len(submit(place)["recorded"]) == 1
        states.append(done("show", place / "registry", number)["standing"]["state"])

    assert states == [state for _, state in review]
    done("publish", place / "registry")
    audit = call("audit", place / "registry" / "public", "--trust", place / "registry" / "trust.json")
    assert audit.exit_code == 0, audit.output


def test_a_certificate_of_before_the_registry_is_shown_with_its_days_and_adopted(place: Path, tmp_path: Path) -> None:
    today, file = legal_day(now()), tmp_path / "before.csv"
    begun, until = today - timedelta(days=400), today + timedelta(days=400)
    header = "name,profile,granted_on,valid_until,decider,decision"
    file.write_text(f"{header}\nZoë,addetto,{begun},{until},DE-1,DEL-9\n", encoding="utf-8")
    to = ("--body", INTRODUCED, "--edition", "demo-2026")
    done("adopt", place / "registry", file, *to, "--prepare", place / "to-sign.json")

    shown = call("home", "sign", place / "home", place / "to-sign.json", "--out", place / "signatures.json").stderr
    assert f"first granted {begun}, cycle from {begun}, maintained from {begun}, valid until {until}" in shown
    sign(place)

    number = submit(place)["recorded"][0]["number"]
    assert "adopted" in done("show", place / "registry", number)["standing"]["conditions"]


def test_what_is_signed_is_shown_first_and_only_signed_when_told_so(place: Path, people: Path) -> None:
    prepare(place, people)
    out = place / "signatures.json"

    result = call("home", "sign", place / "home", place / "to-sign.json", "--out", out)

    assert result.exit_code == 1
    assert not out.exists()
    shown = result.stderr
    assert people.read_text(encoding="utf-8").splitlines()[1].split(",")[0] in shown
    assert shown.count("certification.granted") == shown.count("certificate.issued") == 3
    assert shown.count("valid until ") == 6


def test_a_suspension_is_shown_with_its_deadline_and_its_certification(place: Path, people: Path) -> None:
    prepare(place, people)
    sign(place)
    made = submit(place)["recorded"][0]
    deadline = legal_day(now()) + timedelta(days=30)
    done(
        "suspend", place / "registry", made["number"], "--decider", "DE-1", "--decision", "DEL-9", "--reason", "fees",
        "--until", deadline, "--prepare", place / "suspension.json",
    )  # fmt: skip

    result = call("home", "sign", place / "home", place / "suspension.json", "--out", place / "signatures.json")

    assert f"deadline {deadline}" in result.stderr
    assert str(made["certification"]) in result.stderr


def test_of_many_decisions_a_summary_is_shown_and_a_file_names_every_one(place: Path, tmp_path: Path) -> None:
    many = tmp_path / "many.csv"
    many.write_text("".join(PEOPLE.read_text(encoding="utf-8").splitlines(keepends=True)[:23]), encoding="utf-8")
    prepare(place, many)
    arguments = ("home", "sign", place / "home", place / "to-sign.json", "--out", place / "s.json")

    shown = call(*arguments, "--list", place / "list.txt").stderr
    signed = done(*arguments, "--yes")

    assert [line.split()[-1] for line in shown.splitlines() if line.startswith("certificat")] == ["22", "22"]
    assert "--list FILE" in shown
    listed = (place / "list.txt").read_text(encoding="utf-8")
    assert listed.count("certification.granted") == listed.count("certificate.issued") == 22
    assert len(signed["events"]) == 44


@pytest.mark.parametrize("of", ["another body", "another log", "no event", "nothing"])
def test_what_is_not_this_bodys_for_this_log_is_not_signed(place: Path, people: Path, of: str) -> None:
    prepare(place, people)
    asked = json.loads((place / "to-sign.json").read_text())
    introduction = json.loads((place / "home" / "introduction.json").read_text())
    if of == "no event":
        asked["preparations"][0]["events"][0] = "bm90aGluZw"
    elif of == "nothing":
        asked["preparations"][0]["events"] = []
    else:
        introduction["body" if of == "another body" else "log"] = "odc-altro"
    (place / "to-sign.json").write_text(json.dumps(asked))
    (place / "home" / "introduction.json").write_text(json.dumps(introduction))

    result = call("home", "sign", place / "home", place / "to-sign.json", "--out", place / "s.json", "--yes")

    assert result.exit_code == 2
    assert not (place / "s.json").exists()


def test_a_key_is_replaced_from_home_and_what_waits_is_prepared_anew(place: Path, people: Path) -> None:
    prepare(place, people)
    sign(place)
    done("home", "rotate", place / "home", "event", "--out", place / "succession.json")
    done("key", "replace", place / "registry", place / "succession.json")

    stale = submit(place, "--stale", place / "again.json")
    sign(place, "again.json")
    again = submit(place)

    assert (len(stale["recorded"]), stale["stale"]) == (0, 3)
    assert len(again["recorded"]) == 3
    states = [key["state"] for key in done("key", "list", place / "registry", INTRODUCED)["keys"]]
    assert len(states) == 3
    assert states.count("in force") == 2


def test_a_succession_is_recorded_once(place: Path) -> None:
    done("home", "rotate", place / "home", "token", "--out", place / "succession.json")
    done("key", "replace", place / "registry", place / "succession.json")

    result = call("key", "replace", place / "registry", place / "succession.json")

    assert result.exit_code == 1
    assert "is not the token key" in result.stderr


def test_an_introduction_for_another_log_or_under_another_slug_is_refused(place: Path, tmp_path: Path) -> None:
    introduction = place / "home" / "introduction.json"
    foreign = tmp_path / "foreign.json"
    foreign.write_text(introduction.read_text().replace("cli.example/log", "other.example/log"))

    elsewhere = call("body", "add", place / "registry", INTRODUCED, "--introduction", foreign)
    misnamed = call("body", "add", place / "registry", "odc-altro", "--introduction", introduction)

    assert elsewhere.exit_code == 1
    assert "other.example/log" in elsewhere.stderr
    assert misnamed.exit_code == 2
    assert INTRODUCED in misnamed.stderr


def test_a_statement_that_was_altered_is_refused(place: Path, made: Path, tmp_path: Path) -> None:
    document = json.loads((place / "home" / "introduction.json").read_text())
    document["keys"]["token"] = document["keys"]["event"]
    altered = tmp_path / "altered.json"
    altered.write_text(json.dumps(document))
    shutil.copytree(made, tmp_path / "registry")

    result = call("body", "add", tmp_path / "registry", INTRODUCED, "--introduction", altered)

    assert result.exit_code == 1
    assert call("body", "show", tmp_path / "registry", INTRODUCED).exit_code == 2


def test_keys_at_home_are_never_replaced_by_new_ones(place: Path) -> None:
    result = call(
        "home", "keys", place / "home", "--body", INTRODUCED, "--name", "x", "--website", "https://x.example",
        "--log", "cli.example/log",
    )  # fmt: skip

    assert result.exit_code == 2
    assert "already" in result.stderr


def test_the_doctor_says_who_keeps_keys_at_home(place: Path) -> None:
    done("publish", place / "registry")

    checks = {check["check"]: check for check in done("doctor", place / "registry")["checks"]}

    assert checks["keys"]["level"] == "ok"
    assert "1 keep theirs at home" in checks["keys"]["says"]
