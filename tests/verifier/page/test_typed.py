"""What is typed in place of a number: which thing is likely wrong is said."""

import html
from collections.abc import Callable
from urllib.parse import quote

import pytest

Read = Callable[..., str]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("7K3M-9P2X-QD4W", "this one has 12: too few."),
        ("7K3M-9P2X-QD4W55", "this one has 14: too many."),
        ("7K3M-9P2X-QU4W5", "No number has the letter U: perhaps it is a V."),
        ("7k3m-9p2x-qu4w5", "No number has the letter U: perhaps it is a V."),
        ("7K3M-9P2X-QÀ4W5", "“À” does not belong to it."),
        ("7K3M.9P2X.QD4W5", "“.” does not belong to it."),
        # The last digit is wrong; then two neighbours are swapped.
        ("7K3M-9P2X-QD4W6", "one of them is wrong, or two are swapped"),
        ("K73M-9P2X-QD4W5", "one of them is wrong, or two are swapped"),
        ("https://registry.example/", "A number has 13 letters and digits. One is missing or wrong"),
    ],
)
def test_the_slip_is_named(read: Read, typed: str, said: str) -> None:
    page = html.unescape(read(f"/?number={quote(typed)}", status=400)).replace("\u00a0", " ")

    assert page.count(said) == 2
    assert 'data-result="bad_number"' in page


@pytest.mark.parametrize(
    "typed", ["7k3m 9p2x qd4w5", "7K3M9P2XQD4W5", "  7K3M-9P2X-QD4W5  ", "7K3M\u20119P2X\u2013QD4W5"]
)
def test_case_and_what_stands_between_groups_do_not_matter(read: Read, typed: str) -> None:
    assert "/V/7K3M9P2XQD4W5" in read(f"/?number={quote(typed)}", status=303)


@pytest.mark.parametrize("typed", ["OOOO-OOOO-OOO1Y", "oooo-oooo-ooolY", "0000-0000-000IY"])
def test_letters_that_look_like_digits_are_read_as_those(read: Read, typed: str) -> None:
    assert "/V/000000000001Y" in read(f"/?number={quote(typed)}", status=303)
