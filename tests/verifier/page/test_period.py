"""A period asked for on the page: every day of it, as the command line answers --from and --to."""

import html
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.verifier.page.world import World
from verifier.page import words

Read = Callable[..., str]


def shown(page: str) -> str:
    """The key of the big result."""
    match = re.search(r'<section class="result (\w+)" data-result="(\w+)"', page)
    assert match is not None
    return f"{match[1]} {match[2]}"


@pytest.mark.parametrize(
    ("name", "asked", "result", "says"),
    [
        # Suspended on 1 October 2028 and reinstated on 1 November.
        ("reinstated", "from=2028-11-01&to=2029-01-31", "good in_force", "In force on every day."),
        ("reinstated", "from=2028-08-01&to=2028-09-30", "good in_force", "In force on every day."),
        (
            "reinstated",
            "from=2028-09-30&to=2028-10-01",
            "caution interrupted",
            "On 1\u00a0October 2028: <strong>suspended",
        ),
        (
            "renewed late",
            "from=2029-01-01",
            "caution interrupted",
            "In force on 1 January 2029, but expired on 14 January 2029",
        ),
        (
            "reinstated",
            "from=2028-10-31&to=2028-11-02",
            "bad suspended",
            "Not in force on 31 October 2028: suspended since 1 October 2028",
        ),
        # Without a last day the period ends today, 1 February 2029.
        ("active", "from=2028-10-01&to=", "good in_force", "In force on every day from 1 October 2028 to today"),
        ("active", "from=2029-02-01", "good in_force", "In force on every day from 1 February 2029 to today"),
        ("active", "from=2029-01-01&to=2029-02-02", "caution in_force_so_far", "Not every one of these days has come"),
        # Withdrawn from 15 February on, as was recorded in January.
        (
            "ends soon",
            "from=2029-01-31&to=2029-02-20",
            "caution interrupted",
            "but withdrawn from 15 February 2029 to 20",
        ),
        (
            "accreditation suspended",
            "from=2029-01-25",
            "caution accreditation_suspended",
            "In force on every day from 25 January 2029 to today, but the body",
        ),
        (
            "accreditation suspended",
            "from=2029-01-24",
            "caution accreditation_interrupted",
            "In force on every day from 24 January 2029 to today, but the body was not accredited for it on every day",
        ),
        ("accreditation suspended", "from=2029-01-20&to=2029-01-24", "caution changed_since", "In force on every day."),
        (
            "accreditation suspended",
            "kind=execution&on=2029-01-24",
            "caution accreditation_interrupted",
            "To be judged by you: in force on every day from 24 January 2029 to today, but the body was not accredited",
        ),
    ],
)
def test_every_day_of_a_period_is_answered(
    world: World, read: Read, name: str, asked: str, result: str, says: str
) -> None:
    page = read(f"/V/{world.samples[name].number}?{asked}")

    assert shown(page) == result
    assert says in page


def test_a_gap_is_named_with_its_days_and_what_it_was(world: World, read: Read) -> None:
    page = re.sub(r"\s+", " ", read(f"/V/{world.samples['reinstated'].number}?from=2028-09-30&to=2029-01-31"))

    assert ">In force on 30 September 2028, but suspended from 1 October 2028 to 31 October 2028</h1>" in page
    # October has 31 days.
    assert "From 1 October 2028 to 31 October 2028: <strong>suspended</strong> (31 days)" in page


@pytest.mark.parametrize(
    ("name", "asked", "takes_part", "points"),
    [
        ("reinstated", "from=2028-11-01", "Met", "Met"),
        ("reinstated", "from=2028-09-30", "Not met", "Met"),
        ("reinstated", "from=2028-10-31", "Not met", "Not met"),
        ("reinstated", "from=2028-11-01&to=2029-02-02", "Met so far", "Met so far"),
        # In force, by a body that is accredited for nothing, or no more.
        ("unaccredited", "from=2028-11-01", "To be judged", "To be judged"),
        ("accreditation suspended", "from=2029-01-25", "To be judged", "To be judged"),
        ("accreditation suspended", "from=2029-01-24", "To be judged", "Met"),
        ("accreditation suspended", "from=2029-01-20&to=2029-01-24", "Met", "Met"),
    ],
)
def test_what_it_comes_to_for_a_tender_goes_by_the_requirement(
    world: World, read: Read, name: str, asked: str, takes_part: str, points: str
) -> None:
    page = read(f"/V/{world.samples[name].number}?{asked}")

    found = re.findall(r"<dt>(Requirement [^<]+)</dt><dd><strong>([^<]+)</strong>", page)
    assert found == [("Requirement to take part", takes_part), ("Requirement for points", points)]


def test_the_days_without_accreditation_are_named(world: World, read: Read) -> None:
    number = world.samples["accreditation suspended"].number

    page = re.sub(r"\s+", " ", read(f"/V/{number}?from=2029-01-24"))
    before = read(f"/V/{number}?from=2029-01-20&to=2029-01-24")

    # Suspended on 25 January; today is 1 February.
    said = "From 25 January 2029 to 1 February 2029: <strong>Accreditation for this scheme suspended</strong> (8 days)"
    assert said in page
    assert "The body was accredited for this scheme on every day." in before
    assert "The body was not accredited on these days" not in before


def test_it_is_asked_for_and_told_in_italian(world: World, read: Read) -> None:
    page = html.unescape(read(f"/V/{world.samples['reinstated'].number}?from=2028-09-30&to=2029-01-31", "it"))

    assert "Dal giorno 1\u00a0ottobre 2028 al giorno 31\u00a0ottobre 2028: <strong>sospesa</strong>" in page
    assert "Requisito di partecipazione" in page
    assert "&from=2028-09-30&to=2029-01-31" in page or "from=2028-09-30&to=2029-01-31&lang=en" in page


def test_a_deadline_at_24_00_is_the_end_of_its_day(world: World, read: Read) -> None:
    asked = f"/V/{world.samples['withdrawn'].number}?kind=scoring&on=2029-01-07"

    # The links to the other languages repeat the address.
    assert read(f"{asked}&at=24:00").replace("&amp;at=24:00", "") == read(asked)
    assert 'value="09:30"' in read(f"{asked}&at=09:30")


def test_the_form_holds_what_was_asked_for(world: World, read: Read) -> None:
    number = world.samples["reinstated"].number

    asked, unasked = read(f"/V/{number}?from=2028-09-30&to=2029-01-31"), read(f"/V/{number}")

    assert re.search(r'name="from" type="date" required value="2028-09-30"', asked)
    assert re.search(r'name="to" type="date" value="2029-01-31"', asked)
    assert re.search(r'name="from" type="date" required value=""', unasked)
    assert "--from 2028-09-30 --to 2029-01-31</pre>" in asked
    assert "--on 2029-02-01</pre>" in unasked
    assert "Day by day" not in unasked


def test_a_program_and_the_pages_own_script_hear_of_the_same_period(
    world: World, client: FlaskClient, read: Read
) -> None:
    number = world.samples["reinstated"].number
    page = html.unescape(read(f"/V/{number}?from=2028-09-30&to=2029-01-31"))

    (alternate,) = re.findall(r'type="application/vnd.attesto.report.v1\+json" href="([^"]+)"', page)
    report = client.get(alternate).json

    assert report["verdict"] == "interrupted"
    assert (report["question"]["on"], report["question"]["until"]) == ("2028-09-30", "2029-01-31")
    assert report["gaps"] == [{"starts_on": "2028-10-01", "ends_on": "2028-10-31", "state": "suspended"}]
    assert 'data-verdict="interrupted"' in page


def test_what_a_scanned_code_may_turn_the_page_to_speaks_of_the_period_too(world: World, read: Read) -> None:
    page = read(f"/V/{world.samples['active'].number}?from=2028-10-01")

    (genuine,) = re.findall(r'<template data-result="genuine">(.*?)</template>', page, re.DOTALL)
    assert "Genuine, and in force on every day" in genuine


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ("to=2029-01-31", "The period has no first day."),
        ("from=&to=2029-01-31", "The period has no first day."),
        ("from=2029-01-31&to=2029-01-30", "The period ends before it begins."),
        # Today is 1 February 2029.
        ("from=2029-02-02", "The period ends before it begins."),
        ("from=2029-01-01&on=2029-01-31", "Ask for one day or for a period, not for both."),
        ("from=31.1.2029", "write it as 2026-01-31"),
        ("from=2029-01-31&to=9999-12-31", "write it as 2026-01-31"),
        ("kind=participation&on=0001-01-01&at=00:00", "write it as 2026-01-31"),
        ("from=2029-01-31&to=%F0%9F%A6%84", "write it as 2026-01-31"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    world: World, client: FlaskClient, read: Read, asked: str, complaint: str
) -> None:
    number = world.samples["active"].number

    assert complaint in read(f"/V/{number}?{asked}", status=400)
    assert client.get(f"/V/{number}.json?{asked}").status_code == 400


def test_the_words_of_a_period_have_the_tone_of_a_days() -> None:
    for key, headline in words.PERIOD_HEADLINES.items():
        assert headline.tone is words.HEADLINES[key].tone, key
