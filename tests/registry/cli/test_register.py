"""Bodies, keys and schemes by command, and the trust root that follows them."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.registry.cli.conftest import SCHEME, call, done
from verifier.encoding import legal_day, parse_day
from verifier.trust import parse_trust_root


def keys(folder: Path) -> list[tuple[str, str]]:
    return [(key["purpose"], key["state"]) for key in done("key", "list", folder, "odc-uno")["keys"]]


def test_a_new_body_is_in_the_trust_root_with_its_keys(folder: Path) -> None:
    trust = parse_trust_root((folder / "trust.json").read_bytes())

    assert list(trust.bodies) == ["odc-uno"]
    assert keys(folder) == [("event", "in force"), ("token", "in force")]


def test_a_body_is_registered_once(folder: Path) -> None:
    again = call("body", "add", folder, "odc-uno", "--name", "X", "--website", "https://x.example")

    assert again.exit_code == 1
    assert again.stderr.count("\n") == 1


@pytest.mark.parametrize("option", ["--name", "--website"])
@pytest.mark.parametrize("typed", ["", " ", "X\x1b[31m", "X" * 501])
def test_a_body_is_registered_under_a_line_of_text(folder: Path, option: str, typed: str) -> None:
    given = {"--name": "X", "--website": "https://x.example", option: typed}

    told = call("body", "add", folder, "odc-due", *(word for pair in given.items() for word in pair))

    assert told.exit_code == 2
    assert "is no line of 1 to" in told.stderr
    assert [body["body"] for body in done("body", "list", folder)["bodies"]] == ["odc-uno"]


@pytest.mark.parametrize("option", ["--number", "--source", "--standard", "--accreditation-body"])
def test_what_is_recorded_of_an_accreditation_is_a_line_of_text(folder: Path, option: str) -> None:
    given = {"--scheme": "demo", "--number": "2", "--source": "letter", option: " "}

    told = call("body", "accredit", folder, "odc-uno", *(word for pair in given.items() for word in pair))

    assert told.exit_code == 2
    assert "is no line of 1 to" in told.stderr


def test_the_operators_own_slug_is_no_bodys(folder: Path) -> None:
    assert call("body", "add", folder, "operator", "--name", "X", "--website", "https://x.example").exit_code != 0


def test_an_accreditation_is_suspended_restored_and_withdrawn(folder: Path) -> None:
    def covered() -> list[str]:
        (body,) = done("body", "list", folder)["bodies"]
        return list(body["accredited_for"])

    assert covered() == ["demo"]
    for command, after in [
        ("suspend-accreditation", []), ("restore-accreditation", ["demo"]), ("withdraw-accreditation", []),
    ]:  # fmt: skip
        done("body", command, folder, "odc-uno", "--scheme", "demo", "--source", "letter")
        assert covered() == after
    assert len(done("body", "show", folder, "odc-uno")["accreditations"]) == 4


def accreditations(folder: Path) -> list[tuple[str, date]]:
    shown = done("body", "show", folder, "odc-uno")["accreditations"]
    return [(fact["type"].partition(".")[2], parse_day(fact["effective_on"])) for fact in shown]


def test_an_accreditation_is_reduced_to_the_profiles_that_are_named(folder: Path) -> None:
    command = ("body", "reduce-accreditation", folder, "odc-uno", "--scheme", "demo", "--source", "letter")

    done(*command, "--profile", "coordinatore", "--profile", "addetto", "--profile", "addetto")

    (_, reduced) = done("body", "show", folder, "odc-uno")["accreditations"]
    assert (reduced["type"], reduced["profiles"]) == ("accreditation.reduced", ["addetto", "coordinatore"])
    (body,) = done("body", "list", folder)["bodies"]
    assert body["accredited_for"] == ["demo"]


def test_a_reduction_names_a_profile_and_finds_something_to_reduce(folder: Path) -> None:
    command = ("body", "reduce-accreditation", folder, "odc-uno", "--source", "letter")

    unnamed = call(*command, "--scheme", "demo")
    ungranted = call(*command, "--scheme", "other", "--profile", "addetto")

    assert (unnamed.exit_code, "--profile" in unnamed.stderr) == (2, True)
    assert "the accreditation of odc-uno for other is not granted: it cannot be reduced" in ungranted.stderr
    assert ungranted.stderr.count("\n") == 1
    unknown = call(*command, "--scheme", "demo", "--profile", "addetto", "--profile", "palombaro")
    assert (unknown.exit_code, "no edition of demo has a profile palombaro" in unknown.stderr) == (1, True)
    assert [kind for kind, _ in accreditations(folder)] == ["granted"]


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("suspend-accreditation", ()),
        ("withdraw-accreditation", ()),
        ("reduce-accreditation", ("--profile", "addetto")),
        ("accredit", ("--number", "2")),
    ],
)
def test_what_happens_to_an_accreditation_may_take_effect_later_and_never_earlier(
    folder: Path, command: str, option: tuple[str, ...]
) -> None:
    today = legal_day(datetime.now(UTC))
    asked = ("body", command, folder, "odc-uno", "--scheme", "demo", "--source", "letter", *option)

    late = call(*asked, "--on", today - timedelta(days=1))
    done(*asked, "--on", today + timedelta(days=30))
    second = call(*asked, "--on", today + timedelta(days=60))
    nonsense = call(*asked, "--on", "tomorrow")

    assert "never effective before the day it is recorded" in late.stderr
    assert "is scheduled already" in second.stderr
    assert (nonsense.exit_code, "'tomorrow' is not a day" in nonsense.stderr) == (2, True)
    assert [day for _, day in accreditations(folder)][1:] == [today + timedelta(days=30)]
    # Until then it is what it was.
    (body,) = done("body", "list", folder)["bodies"]
    assert body["accredited_for"] == ["demo"]


def test_an_accreditation_is_restored_on_a_later_day(folder: Path) -> None:
    today = legal_day(datetime.now(UTC))
    said = ("odc-uno", "--scheme", "demo", "--source", "letter")
    done("body", "suspend-accreditation", folder, *said)

    told = call("body", "restore-accreditation", folder, *said, "--on", today + timedelta(days=1))

    assert told.stdout.startswith(
        f"Accreditation of odc-uno is restored from {today + timedelta(days=1)} on: log entry "
    )
    assert accreditations(folder)[1:] == [("suspended", today), ("restored", today + timedelta(days=1))]
    (body,) = done("body", "list", folder)["bodies"]
    assert body["accredited_for"] == []


def test_a_key_is_rotated_and_the_old_one_retired(folder: Path, number: str) -> None:
    proposed = done("key", "propose", folder, "odc-uno", "event")
    rotated = done("key", "rotate", folder, "odc-uno", "event")

    assert rotated["key_id"] == proposed["key_id"]
    assert [purpose for purpose, state in keys(folder) if state == "in force"] == ["token", "event"]
    assert done("reissue", folder, number, "--decision", "D-9")["entries"]
    trust = parse_trust_root((folder / "trust.json").read_bytes())
    assert [record.key.key_id for record in trust.bodies["odc-uno"].keys].count(rotated["key_id"]) == 1


def test_a_key_that_nobody_proposed_is_not_rotated_in(folder: Path) -> None:
    told = call("key", "rotate", folder, "odc-uno", "event")

    assert told.exit_code == 2
    assert "key" in told.stderr


def test_a_compromised_key_is_in_doubt_from_its_entry(folder: Path) -> None:
    (event, _) = done("key", "list", folder)["keys"]

    done("key", "compromised", folder, "odc-uno", "event", "--key-id", event["key_id"], "--from-entry", 2)

    assert keys(folder)[0] == ("event", "compromised from entry 2")


def test_a_scheme_file_is_checked_and_every_problem_named(tmp_path: Path) -> None:
    scheme = json.loads(SCHEME.read_bytes())
    scheme["slug"], scheme["rules"]["validity_months"] = "Not A Slug", "three"
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(scheme, indent=1), encoding="utf-8")

    good, bad = call("scheme", "check", SCHEME), call("scheme", "check", broken)

    assert good.exit_code == 0
    assert "addetto" in good.stdout
    assert bad.exit_code == 2
    assert "/slug: is no slug" in bad.stderr
    assert "/rules/validity_months: is not a whole number" in bad.stderr


def test_an_edition_is_published_once_and_closed(folder: Path, people: Path) -> None:
    again = call("scheme", "publish", folder, SCHEME)
    done("scheme", "close", folder, "demo-2026")

    refused = call("grant", folder, people, "--body", "odc-uno", "--edition", "demo-2026")

    assert again.exit_code == 1
    assert "takes no new grants" in refused.stderr
    (edition,) = done("scheme", "list", folder)["editions"]
    assert edition["closed_on"] == done("scheme", "show", folder, "demo-2026")["closed_on"] is not None
