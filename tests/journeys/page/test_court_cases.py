"""A tender committee asks for the deadline's day in a real browser, in the two court cases."""

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.court import AWARD_AT, DEADLINE, Court, build
from tests.journeys.page.visitor import serving, shown
from verifier.fetch import FolderSource

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory) -> Court:
    """The registry of both cases, published."""
    return build(tmp_path_factory.mktemp("court"))


@pytest.fixture
def address(court: Court) -> Iterator[str]:
    """The page on the day of the award."""
    with serving(FolderSource(court.public), court.trust, AWARD_AT) as address:
        yield address


def ask(page: Page, address: str, number: str, day: date) -> str:
    """Type a number and a day, and read the big result."""
    page.goto(address)
    page.get_by_label("Number of the certificate").fill(number)
    page.get_by_label("Day that matters").fill(str(day))
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#verdict h1")).to_contain_text(f"n force on {day.day} {day:%B %Y}")
    return shown(page)


def test_the_page_says_that_the_body_was_not_accredited_for_this_scheme(page: Page, address: str, court: Court) -> None:
    assert ask(page, address, court.numbers["not accredited"], DEADLINE) == "accreditation_not_covered"
    expect(page.locator(".coverage.not_covered")).to_have_text("Not accredited for this scheme")
    expect(page.locator("#record .today")).to_contain_text("Today, 20 April 2029: In force")


@pytest.mark.parametrize(
    ("name", "state"), [("expired for three days", "expired"), ("suspended for three days", "suspended")]
)
def test_the_page_says_yes_for_the_deadline_and_names_the_three_days(
    page: Page, address: str, court: Court, name: str, state: str
) -> None:
    assert ask(page, address, court.numbers[name], DEADLINE) == "in_force"
    assert ask(page, address, court.numbers[name], date(2029, 3, 12)) == state
    assert ask(page, address, court.numbers[name], date(2029, 3, 13)) == "in_force"

    page.locator("details.experts > summary").click()
    page.get_by_role("link", name="Timeline, with the body's accreditation").click()

    expect(page.locator(".spans").first).to_contain_text(f"From 10 March 2029 to 12 March 2029: {state}")
