"""Files that a registry served before the trust root was made say nothing of what was recorded since then."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.verifier.page.bids import form
from tests.verifier.page.world import NOW, World, before_and_after_a_withdrawal
from verifier.page import create_app

LATER = NOW + timedelta(hours=3)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, World]:
    return before_and_after_a_withdrawal(tmp_path_factory.mktemp("world"))


@pytest.mark.parametrize(
    ("trust_of", "result"), [(lambda worlds: worlds[0], "in_force"), (lambda worlds: worlds[1], "could_not_be_checked")]
)
def test_older_files_than_the_trust_root_hide_no_withdrawal(
    worlds: tuple[World, World], trust_of: Callable[[tuple[World, World]], World], result: str
) -> None:
    before, _ = worlds
    number = before.samples["active"].number
    client = create_app(before.source, trust_of(worlds).trust, lambda: LATER, "https://attesto.example").test_client()

    typed = client.get(f"/v/{number}", headers={"Accept": "text/html", "Accept-Language": "en"}).text
    handed_in = client.post("/check", **form([("number.txt", number.encode())])).text

    for page in (typed, handed_in):
        assert f'data-result="{result}"' in page.partition("</section>")[0]


def test_the_newer_files_tell_of_it(worlds: tuple[World, World]) -> None:
    _, after = worlds
    number = after.samples["active"].number
    client = create_app(after.source, after.trust, lambda: LATER, "https://attesto.example").test_client()

    assert 'data-result="withdrawn"' in client.get(f"/v/{number}", headers={"Accept": "text/html"}).text
