"""Two court cases, from the body's decision to what a tender committee reads on the page and on the command line."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.journeys.court import AWARD, AWARD_AT, DEADLINE, DEADLINE_AT, Court, build
from tests.journeys.page.visitor import serving
from tests.verifier.page.translations import compile_translations
from verifier.cli import main
from verifier.fetch import FolderSource
from verifier.trust import format_trust_root

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]

Read = Callable[..., str]
Ask = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory) -> Court:
    """The registry of both cases, published."""
    compile_translations()
    return build(tmp_path_factory.mktemp("court"))


@pytest.fixture(scope="module")
def address(court: Court) -> Iterator[str]:
    """The page and the public files, served on the day of the award."""
    with serving(FolderSource(court.public), court.trust, AWARD_AT) as address:
        yield address


@pytest.fixture
def read(address: str, court: Court) -> Read:
    """The page of a certification, in English."""

    def read(name: str, ending: str = "") -> str:
        headers = {"Accept": "text/html", "Accept-Language": "en"}
        page = Request(f"{address}/v/{court.numbers[name]}{ending}", headers=headers)  # noqa: S310  our own address
        with urlopen(page) as answer:  # noqa: S310
            return str(answer.read().decode())

    return read


@pytest.fixture
def ask(address: str, court: Court, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """The command line, which fetches the public files over HTTP: its exit code, and what it says."""
    trust = tmp_path / "trust.json"
    trust.write_bytes(format_trust_root(court.trust))

    def ask(name: str, *question: object) -> tuple[int, str]:
        place = ["--trust", str(trust), "--registry", f"{address}/public"]
        code = main([court.numbers[name], *place, *map(str, question)], {}, lambda: AWARD_AT)
        return code, capsys.readouterr().out

    return ask


@pytest.fixture
def report(ask: Ask) -> Callable[..., Any]:
    """The command line's answer for programs."""
    return lambda name, *question: json.loads(ask(name, *question, "--json")[1])


# The first case: on the deadline's day the body was accredited, but not for that very scheme.


def test_a_body_accredited_for_another_scheme_only_is_not_accredited_on_the_deadlines_day(read: Read, ask: Ask) -> None:
    shown = read("not accredited", f"?on={DEADLINE}")
    code, said = ask("not accredited", "--on", DEADLINE)

    assert 'data-result="accreditation_not_covered" aria-labelledby' in shown.partition("<template")[0]
    assert "Not accredited for this scheme" in shown
    assert "UNI/PdR 150:2024" in shown
    assert said.startswith("IN FORCE, NOT ACCREDITED on 2029-03-05\n")
    assert "body not accredited for this scheme" in said
    # The certification stands: only the accreditation is missing, which the committee has to weigh.
    assert code == 0


def test_an_accreditation_after_the_deadline_does_not_reach_back_to_it(read: Read, report: Callable[..., Any]) -> None:
    coverages = {
        str(day): report("not accredited", "--on", day)["answers"][0]["accreditation"]["coverage"]
        for day in (DEADLINE, date(2029, 3, 19), date(2029, 3, 20), AWARD)
    }

    assert coverages == {
        "2029-03-05": "not_covered",
        "2029-03-19": "not_covered",
        "2029-03-20": "covered",
        "2029-04-20": "covered",
    }
    assert "20\u00a0March 2029: Accreditation granted" in read("not accredited", "/timeline")


@pytest.mark.parametrize("name", ["accredited", "accredited for another scheme"])
def test_where_the_accreditation_is_for_the_scheme_in_question_it_is_said(name: str, read: Read, ask: Ask) -> None:
    _, said = ask(name, "--on", DEADLINE)

    assert said.startswith("IN FORCE on 2029-03-05\n")
    assert "body accredited for this scheme since 2026-03-02" in said
    assert "Accredited for this scheme" in read(name, f"?on={DEADLINE}")


# The second case: in force on the deadline and on the award, and not on 10, 11 and 12 March between them.
LAPSES = {"expired for three days": "expired", "suspended for three days": "suspended"}


@pytest.mark.parametrize(("name", "state"), LAPSES.items())
def test_a_lapse_of_three_days_is_held_against_taking_part_and_not_against_the_score(
    name: str, state: str, ask: Ask
) -> None:
    code, said = ask(name, "--from", DEADLINE, "--to", AWARD)

    assert said.startswith("IN FORCE, BUT NOT ALL ALONG from 2029-03-05 to 2029-04-20\n")
    assert f"not in force  2029-03-10 to 2029-03-12  3 days, {state}" in said
    assert said.count("  not in force  ") == 1
    assert "participation  not met: in force on 2029-03-05 and on every day since" in said
    assert "scoring        met: in force on 2029-03-05; the later gap is shown, and not held against it" in said
    assert code == 1


@pytest.mark.parametrize(("name", "state"), LAPSES.items())
def test_a_program_reads_the_same_three_days(name: str, state: str, report: Callable[..., Any]) -> None:
    answered = report(name, "--from", DEADLINE, "--to", AWARD)

    assert answered["verdict"] == "interrupted"
    assert answered["gaps"] == [{"starts_on": "2029-03-10", "ends_on": "2029-03-12", "state": state}]
    assert answered["answers"][0]["in_force"] is True


@pytest.mark.parametrize(("name", "state"), LAPSES.items())
def test_the_page_shows_the_deadline_the_three_days_and_the_award(name: str, state: str, read: Read) -> None:
    results = {
        day: read(name, f"?on=2029-{day}").partition('data-result="')[2].partition('"')[0]
        for day in ("03-05", "03-09", "03-10", "03-12", "03-13", "04-20")
    }

    assert results == {
        "03-05": "in_force",
        "03-09": "in_force",
        "03-10": state,
        "03-12": state,
        "03-13": "in_force",
        "04-20": "in_force",
    }
    assert f"From 10\u00a0March 2029 to 12\u00a0March 2029: <strong>{state}</strong>" in read(name, "/timeline")


@pytest.mark.parametrize(("name", "state"), LAPSES.items())
def test_the_page_answers_the_two_requirements_apart(name: str, state: str, read: Read) -> None:
    shown = re.sub(r"\s+", " ", read(name, f"?from={DEADLINE}&to={AWARD}"))

    assert f"From 10 March 2029 to 12 March 2029: <strong>{state}</strong> (3 days)" in shown
    assert len(re.findall(r"\(\d+ days?\)", shown)) == 1
    assert re.findall(r"<dt>(Requirement [^<]+)</dt><dd><strong>([^<]+)</strong>", shown) == [
        ("Requirement to take part", "Not met"),
        ("Requirement for points", "Met"),
    ]
    assert "a later gap is shown, and not held against it" in shown


@pytest.mark.parametrize("name", LAPSES)
def test_what_was_known_at_the_deadline_and_what_is_known_now_agree_on_it(
    name: str, report: Callable[..., Any]
) -> None:
    answered = report(name, "--on", DEADLINE, "--known-at", f"{DEADLINE_AT:%Y-%m-%dT%H:%M:%SZ}")

    instants = [answer["known_at"] for answer in answered["answers"]]
    assert (instants[0], instants[-1]) == ("2029-03-05T11:00:00Z", "2029-04-20T10:00:00Z")
    assert {answer["state"] for answer in answered["answers"]} == {"active"}
    assert answered["differences"] == []


def test_whoever_renewed_in_time_was_in_force_all_along(ask: Ask) -> None:
    code, said = ask("steady", "--from", DEADLINE, "--to", AWARD)

    assert said.startswith("IN FORCE from 2029-03-05 to 2029-04-20\n")
    assert "participation  met: in force on 2029-03-05 and on every day since" in said
    assert "scoring        met: in force on 2029-03-05\n" in said
    assert code == 0


def test_whoever_never_renewed_scores_and_does_not_take_part(ask: Ask) -> None:
    code, said = ask("not renewed", "--from", DEADLINE, "--to", AWARD)

    # From 10 March to 20 April: 22 days of March and 20 of April.
    assert "not in force  2029-03-10 to 2029-04-20  42 days, expired" in said
    assert "participation  not met" in said
    assert "scoring        met" in said
    assert code == 1
