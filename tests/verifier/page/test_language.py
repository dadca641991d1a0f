import pytest
from flask.testing import FlaskClient

from tests.verifier.page.world import World


@pytest.mark.parametrize(
    ("asked", "preferred", "spoken"),
    [
        ("", "it-IT,it;q=0.9,en;q=0.8", "it"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "de,en;q=0.5", "en"),
        ("", "ja", "it"),
        ("", "", "it"),
        ("?lang=en", "it", "en"),
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


def test_days_are_written_as_people_write_them(world: World, client: FlaskClient) -> None:
    path = f"/V/{world.samples['withdrawn'].number}"

    italian = client.get(path, headers={"Accept": "text/html", "Accept-Language": "it"}).text
    english = client.get(path, headers={"Accept": "text/html", "Accept-Language": "en"}).text

    assert "8 gennaio 2029" in italian
    assert "8 January 2029" in english
    assert "1 febbraio 2029, 12:00 (ora di Roma)" in italian
