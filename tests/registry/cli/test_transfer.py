"""The command transfer: what it shows before it asks, what it records, and what it refuses."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from registry.cli import main
from registry.cli.exits import BAD_INPUT, REFUSED
from tests.registry.cli.conftest import call, done

HOW = ("--to", "odc-due", "--decider", "DE-06", "--decision", "DEL-7", "--receiver-decider", "VE-01")


@pytest.fixture(scope="module")
def two(certified: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry that has certified three people, with a second accredited body."""
    folder = tmp_path_factory.mktemp("two") / "registry"
    shutil.copytree(certified[0], folder)
    done("body", "add", folder, "odc-due", "--name", "OdC Due", "--website", "https://odc-due.example")
    done("body", "accredit", folder, "odc-due", "--scheme", "demo", "--number", "2", "--source", "letter")
    return folder


@pytest.fixture
def receiver(two: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(two, tmp_path / "registry")
    return tmp_path / "registry"


@pytest.fixture
def number(certified: tuple[Path, str]) -> str:
    return certified[1]


def entries(folder: Path) -> int:
    return int(done("rebuild", folder)["size"])


def test_a_transfer_ends_here_and_goes_on_there(receiver: Path, number: str) -> None:
    before = done("show", receiver, number)

    made = done("transfer", receiver, number, *HOW, "--receiver-decision", "TR-3", "--yes")

    assert made["out"]["number"] == number
    left, begun = (done("show", receiver, n, "--personal") for n in (number, made["in"]["number"]))
    assert (left["standing"]["state"], begun["standing"]["state"]) == ("transferred", "active")
    assert left["events"][-1]["content"] == {"receiver": "odc-due"}
    assert begun["body"] == "odc-due"
    days = ("granted_on", "cycle_starts_on", "valid_until", "maintenance_due_on")
    assert [begun["standing"][day] for day in days] == [before["standing"][day] for day in days]
    assert begun["events"][0]["content"]["origin"] == before["certification"]
    assert begun["events"][0]["personal"]["decision"] == "TR-3"
    assert begun["events"][0]["personal"]["name"] == left["events"][0]["personal"]["name"]
    (first,) = made["out"]["entries"]
    assert made["in"]["entries"] == [first + 1, first + 2]


def test_what_goes_on_is_shown_as_a_verifier_sees_it(receiver: Path, number: str) -> None:
    into = done("transfer", receiver, number, *HOW, "--yes")["in"]["number"]
    day = date.fromisoformat(done("show", receiver, into)["on"])
    done("annul", receiver, number, "--decider", "DE-06", "--decision", "DEL-8", "--reason", "answers were sold")

    shown = call("show", receiver, into).stdout
    today, before = done("show", receiver, into), done("show", receiver, into, "--on", str(day - timedelta(days=1)))

    assert (today["held_at"], today["standing"]["state"]) == ("odc-due", "active")
    assert today["standing"]["conditions"] == ["origin_annulled"]
    assert "Status: active" in shown
    assert "  origin annulled\n" in shown
    assert (before["held_at"], before["standing"]["state"]) == ("odc-uno", "annulled")


def test_what_will_be_is_shown_before_it_is_asked_for(receiver: Path, number: str) -> None:
    before, size = done("show", receiver, number), entries(receiver)
    asked = ["transfer", str(receiver), number, *HOW]

    refused = CliRunner().invoke(main, asked, input="n\n")

    assert refused.exit_code == 1
    assert f"last valid day: {before['standing']['valid_until']}" in refused.stderr
    assert "from odc-uno to odc-due on" in refused.stderr
    assert "Has the holder agreed, and is it to be transferred?" in refused.stderr
    # Of evidence there is none yet; what is filed stays where it is.
    assert "evidence" not in refused.stderr
    done("evidence", "add", receiver, number, "--kind", "reclami")
    asked_again = CliRunner().invoke(main, asked, input="n\n")
    assert "1 record of evidence stays at odc-uno: odc-due files its own" in asked_again.stderr
    assert entries(receiver) == size

    agreed = CliRunner().invoke(main, asked, input="y\n")

    assert agreed.exit_code == 0
    assert "handed over: log entry" in agreed.stdout
    assert "taken over: log entry" in agreed.stdout
    assert done("show", receiver, number)["standing"]["state"] == "transferred"


def test_the_same_transfer_with_its_key_is_recorded_once(receiver: Path, number: str) -> None:
    first = done("transfer", receiver, number, *HOW, "--key", "k1", "--yes")
    size = entries(receiver)

    again = done("transfer", receiver, number, *HOW, "--key", "k1", "--yes")

    assert (again["out"]["repeated"], again["in"]["repeated"]) == (True, True)
    assert again["in"]["number"] == first["in"]["number"]
    assert entries(receiver) == size


@pytest.mark.parametrize(
    ("changed", "words", "code"),
    [
        (("--to", "odc-uno"), "the certification is odc-uno's already", REFUSED),
        (("--to", "odc-tre"), "no body odc-tre is registered here", BAD_INPUT),
        (("--receiver-examiner", "VE-01"), "VE-01 was examiner or trainer of the case and may not decide it", REFUSED),
        *(
            (("--receiver-" + named, " "), "is no line of 1 to", BAD_INPUT)
            for named in ("decider", "decision", "trainer")
        ),
        (("--reference", "M\x1b[31m"), "is no line of 1 to", BAD_INPUT),
    ],
)
def test_a_refused_transfer_says_why_and_writes_nothing(
    receiver: Path, number: str, changed: tuple[str, str], words: str, code: int
) -> None:
    size = entries(receiver)

    told = call("transfer", receiver, number, *HOW, *changed, "--yes")

    assert told.exit_code == code
    assert words in told.stderr
    assert entries(receiver) == size


def test_a_body_with_its_keys_at_home_is_named(receiver: Path, number: str) -> None:
    shutil.rmtree(receiver / "keys" / "odc-due")

    told = call("transfer", receiver, number, *HOW)

    assert told.exit_code == REFUSED
    assert "to be transferred?" not in told.stderr
    assert "the keys of body odc-due are not here, and its half of the transfer is not signed at" in told.stderr
