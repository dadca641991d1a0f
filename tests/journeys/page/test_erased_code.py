"""The code of an erased certification in a real browser: what was erased is not told again, and a forgery stays one."""

import pytest
from playwright.sync_api import Page

from keys.signer import generate
from keys.signing import sign_token
from tests.journeys.page.visitor import scan
from tests.verifier.page.world import World
from verifier.certificate import parse_token

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


def test_a_genuine_code_leaves_the_answer_and_says_what_to_do(world: World, page: Page, address: str) -> None:
    found = scan(page, address + world.erased.path)

    assert found == "erased"
    assert "attesto-verify" in page.locator("#browser-note").inner_text()
    assert not page.locator("#holder").is_visible()
    assert "Ottavia" not in page.content()
    assert page.locator("[data-check=token]").get_attribute("class") == "check passed"


def test_an_altered_code_is_forged_all_the_same(world: World, page: Page, address: str) -> None:
    token = world.erased.tokens[-1]
    altered = token[:120] + bytes([token[120] ^ 4]) + token[121:]

    assert scan(page, address + world.erased.link(altered)) == "forged"


def test_a_code_of_an_unknown_key_makes_nothing_better(world: World, page: Page, address: str) -> None:
    forged = sign_token(generate(), parse_token(world.erased.tokens[-1]).claims)

    assert scan(page, address + world.erased.link(forged)) == "erased"
    assert "was not checked" in page.locator("#browser-note").inner_text()
    assert not page.locator("#holder").is_visible()
