import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.verifier.page.world import World
from verifier.page.day import long_day
from verifier.page.language import LANGUAGES, told


@pytest.mark.parametrize(
    ("asked", "preferred", "spoken"),
    [
        ("", "it-IT,it;q=0.9,en;q=0.8", "it"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "de-CH,en;q=0.5", "de"),
        ("", "fr-CA,en;q=0.8,fr;q=0.7", "fr"),
        ("", "es-419,es;q=0.9,en;q=0.8", "es"),
        ("", "pt-BR,DE-at;q=0.5,en;q=0.4", "de"),
        ("", "de;q=0,en", "en"),
        ("", "ja", "it"),
        ("", "", "it"),
        ("?lang=en", "it", "en"),
        ("?lang=es", "de", "es"),
        ("?lang=it", "en", "it"),
        ("?lang=xx", "en", "en"),
        ("?lang=../../etc", "it", "it"),
    ],
)
def test_the_url_speaks_first_then_the_browser(client: FlaskClient, asked: str, preferred: str, spoken: str) -> None:
    answer = client.get(f"/{asked}", headers={"Accept": "text/html", "Accept-Language": preferred})

    assert f'<html lang="{spoken}">' in answer.text
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_language_of_the_url_is_kept(world: World, client: FlaskClient) -> None:
    path = f"/V/{world.samples['active'].number}"

    page = client.get(f"{path}?lang=en&on=2029-01-31", headers={"Accept": "text/html", "Accept-Language": "it"}).text

    assert 'href="/?lang=en"' in page
    assert '<input type="hidden" name="lang" value="en">' in page


def test_the_switch_leads_to_the_same_answer(world: World, client: FlaskClient) -> None:
    path = f"/V/{world.samples['active'].number}"

    page = client.get(f"{path}?on=2029-01-31", headers={"Accept": "text/html", "Accept-Language": "it"}).text

    assert f'href="{path}?on=2029-01-31&amp;lang=en"' in page


@pytest.mark.parametrize(
    ("language", "day", "instant"),
    [
        ("it", "8 gennaio 2029", "1 febbraio 2029, 12:00 (ora di Roma)"),
        ("en", "8 January 2029", "1 February 2029, 12:00 (time of Rome)"),
        ("fr", "8 janvier 2029", "1er février 2029, 12:00 (heure de Rome)"),
        ("de", "8. Januar 2029", "1. Februar 2029, 12:00 (Zeit von Rom)"),
        ("es", "8 de enero de 2029", "1 de febrero de 2029, 12:00 (hora de Roma)"),
    ],
)
def test_days_are_written_as_people_write_them(
    world: World, read: Callable[..., str], language: str, day: str, instant: str
) -> None:
    page = read(f"/V/{world.samples['withdrawn'].number}", language)

    assert day in page
    assert instant in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_switch_names_every_language_in_itself_and_marks_the_present_one(
    read: Callable[..., str], language: str
) -> None:
    page = read(f"/?lang={language}")
    links = re.findall(
        r'<a href="/\?lang=(\w+)" rel="alternate" lang="(\w+)" hreflang="(\w+)"([^>]*)>([^<]+)</a>', page
    )

    assert [link[0] for link in links] == ["it", "en", "fr", "de", "es"]
    assert all(link[0] == link[1] == link[2] for link in links)
    assert [link[4] for link in links] == ["Italiano", "English", "Français", "Deutsch", "Español"]
    assert [link[0] for link in links if "aria-current" in link[3]] == [language]
    assert f"<summary>{LANGUAGES[language]}</summary>" in page


def test_what_is_not_translated_is_marked_with_its_own_language(world: World, read: Callable[..., str]) -> None:
    path = f"/V/{world.samples['active'].number}"

    assert '<strong><span lang="en">' in read(path, "de")
    assert "<strong><span lang" not in read(path, "en") + read(path, "it")


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        ({"it": "Uno", "de": "Eins", "en": "One"}, "Eins"),
        ({"it": "Uno", "en": "One & only"}, '<span lang="en">One &amp; only</span>'),
        ({"it": "Uno", "de": ""}, '<span lang="it">Uno</span>'),
        ({}, "a&lt;b"),
    ],
)
def test_a_text_of_others_is_told_in_the_nearest_language(
    client: FlaskClient, texts: dict[str, str], shown: str
) -> None:
    with client.application.test_request_context("/?lang=de"):
        assert told(texts, "a<b") == shown


@pytest.mark.parametrize(
    ("language", "day"),
    [("fr", "1er octobre 2028"), ("it", "1 ottobre 2028"), ("de", "1. Oktober 2028"), ("en", "1 October 2028")],
)
def test_french_alone_writes_the_first_of_a_month_as_an_ordinal(client: FlaskClient, language: str, day: str) -> None:
    with client.application.test_request_context(f"/?lang={language}"):
        assert long_day(date(2028, 10, 1)) == day
        assert long_day(date(2028, 10, 11)) == day.replace("1er", "1").replace("1", "11", 1)


def test_a_french_colon_stands_off_and_never_begins_a_line(world: World, read: Callable[..., str]) -> None:
    path = f"/V/{world.samples['reinstated'].number}/timeline"

    assert "30\u00a0septembre 2028\N{NO-BREAK SPACE}: <strong>en vigueur" in read(path, "fr")
    assert "30.\u00a0September 2028: <strong>gültig" in read(path, "de")
