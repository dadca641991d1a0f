"""A name held against a certificate's, in a real browser."""

import json
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page

from tests.verifier import test_names

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

PAIRS: Final = json.loads(Path(test_names.__file__).with_name("names.json").read_text(encoding="utf-8"))
COMPARE: Final = """async ([path, pairs]) => {
    const { compareNames } = await import(path + "/static/js/names.js");
    return pairs.map(([typed, printed]) => {
        const { outcome, overlooked } = compareNames(typed, printed);
        return [outcome, overlooked];
    });
}"""


def test_the_script_compares_names_as_the_verifier_does(page: Page, address: str) -> None:
    written = [(pair[:2], [outcome, *(pair[2:] or [[]])]) for outcome, pairs in PAIRS.items() for pair in pairs]
    page.goto(address)

    found = page.evaluate(COMPARE, [address, [pair for pair, _ in written]])

    assert found == [expected for _, expected in written]
