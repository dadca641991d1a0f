"""The bench itself: every figure that a run must bring is there, beside its limit, or says why not."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import pytest

from tests.benchmarks import batch, checks, grants, hot, http_grants, million, phone, serving
from tests.benchmarks.__main__ import GROUPS, Group, document, main
from tests.benchmarks.figure import Aim, Figure, Kind

TINY = grants.Scale(total=8, window=2, sample=1)
KIND = Kind("jumps", "jumps/s", "jump without a coat", Aim("ratio", 0.5))


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_growing_registry_gives_every_figure_of_its_database_beside_its_limit(database: str) -> None:
    figures = list(grants.measure(database, TINY))

    assert [figure.kind for figure in figures] == list(grants.kinds(database))
    assert all(value > 0 and limit > 0 for figure in figures for value, limit in figure.rounds)
    assert all(figure.rounds for figure in figures)


def test_checks_are_counted_by_the_signatures_that_they_make() -> None:
    figures = list(checks.measure(3, 1))

    assert [figure.kind for figure in figures] == list(checks.KINDS)
    # Two events and a token each, and at least once each: checkpoint, snapshot, body, edition.
    assert all(int(str(figure.detail["signatures"])) > 3 * 2 + 4 for figure in figures)
    assert all(value > 0 and limit > 0 for figure in figures for value, limit in figure.rounds)


def test_a_batch_is_measured_by_numbers_by_pages_and_mixed() -> None:
    figures = list(batch.measure(5, 1))

    assert [figure.kind for figure in figures] == list(batch.KINDS)
    assert all(value > 0 and limit > 0 for figure in figures for value, limit in figure.rounds)
    assert all(figure.rounds for figure in figures)


@pytest.mark.journey
def test_a_long_log_is_measured_at_a_tenth_and_whole_with_the_memory_that_each_work_takes() -> None:
    figures = list(million.measure(400))

    assert {figure.kind for figure in figures} == set(million.KINDS)
    assert len(figures) == len(million.KINDS)
    assert all(value > 0 and limit > 0 for figure in figures for value, limit in figure.rounds)
    sized = [figure.detail for figure in figures if "entries" in figure.detail]
    # Whole lives come close to the events that were asked for, and registrations, times and snapshots are there too.
    assert all(30 < detail["entries"][0] < 80 and 400 < detail["entries"][1] < 440 for detail in sized)
    assert all(min(detail["peak_mib"]) > 1 for detail in sized)
    grown = [figure.detail for figure in figures if "time_by_size" in figure.detail]
    assert len(sized) == len(grown) == 3
    assert [detail["times_as_large"] for detail in grown] == [
        pytest.approx(detail["entries"][1] / detail["entries"][0], abs=0.001) for detail in sized
    ]


@pytest.mark.journey
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_what_is_served_is_measured_beside_a_constant_answer_of_the_same_server() -> None:
    figures = [*http_grants.measure("sqlite", 1, 2), *serving.measure(1, 1)]

    assert [figure.kind for figure in figures] == [*http_grants.kinds("sqlite"), *serving.KINDS]
    assert all(value > 0 and limit > 0 for figure in figures for value, limit in figure.rounds)
    assert all(figure.rounds for figure in figures)


@pytest.mark.journey
@pytest.mark.browser
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_phones_verdict_is_measured_beside_the_least_that_it_can_show() -> None:
    # In a thread of its own: where another test's browser is open, this one has an event loop already.
    with ThreadPoolExecutor(1) as thread:
        (figure,) = thread.submit(lambda: list(phone.measure(1))).result()

    assert figure.kind == phone.VERDICT
    ((verdict, least),) = figure.rounds
    assert 0 < verdict < least


@pytest.mark.journey
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_hot_path_is_measured_beside_nginx_and_its_memory_beside_a_tenths() -> None:
    again, reports, memory = hot.measure(20, 1, 1)

    assert (again.kind, reports.kind, memory.kind) == hot.KINDS
    for figure in (again, reports):
        # Where there is no nginx or no wrk, the figure says so.
        assert figure.rounds or "not installed" in str(figure.why)
    wholes, tenths = zip(*memory.rounds, strict=True)
    assert len(wholes) > 1
    assert min(*wholes, *tenths) > 10
    least, most = memory.detail["mib_for_a_million_more"]
    assert round(most - least) >= int((max(wholes) - min(wholes)) / 18 * 1_000_000)


def test_a_figure_is_the_median_of_its_rounds_and_is_held_to_its_aim() -> None:
    rounds = [(10.0, 20.0), (12.0, 40.0), (30.0, 50.0)]

    said = Figure(KIND, rounds).document()

    assert (said["value"], said["limit"]) == (12.0, 40.0)
    assert said["ratio"] == median([10 / 20, 12 / 40, 30 / 50])
    assert said["aim"] == {"of": "ratio", "at_least": 0.5, "met": True}


def test_a_figure_that_could_not_be_measured_says_why_and_is_not_left_out() -> None:
    other = Kind("hops", "hops/s", "hop without a coat")

    def measure() -> Iterator[Figure]:
        yield Figure(KIND, [(1.0, 4.0)])
        raise OSError("there is no floor")

    first, second = document([Group([KIND, other], measure, measure)], quick=True)["figures"]

    assert first["aim"]["met"] is False
    assert (second["name"], second["value"], second["limit"], second["ratio"]) == ("hops", None, None, None)
    assert second["why_null"] == "OSError: there is no floor"


def test_the_names_of_the_figures_are_told_apart_by_their_database() -> None:
    names = [(kind.name, kind.database) for group in GROUPS.values() for kind in group.kinds]

    assert len(set(names)) == len(names)


def test_the_command_prints_one_json_document_with_the_facts_of_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "--only", "none"]) == 0

    printed = json.loads(capsys.readouterr().out)
    assert printed["figures"] == []
    assert {"processor", "cores", "load", "python", "system", "versions"} == printed["machine"].keys()
