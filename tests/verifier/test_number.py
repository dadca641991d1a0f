"""The number that people read and type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import FormatError
from verifier.number import SYMBOLS, format_number, group_number, number_value, parse_number

VALUES = st.integers(0, 2**60 - 1)
# Check characters computed by python-stdnum 2.2: stdnum.luhn.calc_check_digit(symbols, SYMBOLS).
ANSWERS = {
    "000000000000": "0",
    "000000000001": "Y",
    "000000000010": "Z",
    "7K3M9P2XQD4W": "5",
    "ZZZZZZZZZZZZ": "C",
    "123456789ABC": "8",
    "DEFGHJKMNPQR": "B",
    "STVWXYZ01234": "N",
    "G0000000000G": "F",
    "FEDCBA987654": "R",
}


def test_the_symbols_are_those_of_crockford() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    assert "0123456789" + "".join(letter for letter in letters if letter not in "ILOU") == SYMBOLS


@pytest.mark.parametrize(("symbols", "check"), ANSWERS.items())
def test_the_check_character_is_the_one_that_others_compute(symbols: str, check: str) -> None:
    assert parse_number(symbols + check) == symbols + check
    assert format_number(number_value(symbols + check)) == symbols + check


def test_the_bits_stand_most_significant_first() -> None:
    # One group of five for each of 7 K 3 M 9 P 2 X Q D 4 W, by hand.
    bits = "001111001100011101000100110110000101110110111011010010011100"

    assert number_value("7K3M9P2XQD4W5") == int(bits, 2)


@given(VALUES)
def test_a_number_is_read_as_it_was_written(value: int) -> None:
    number = format_number(value)

    assert parse_number(number) == number
    assert parse_number(group_number(number)) == number
    assert number_value(number) == value


@pytest.mark.parametrize(
    "text",
    [
        "7K3M-9P2X-QD4W5",
        "7k3m9p2xqd4w5",
        " 7K3M 9P2X QD4W5\n",
        "7K3M–9P2X–QD4W5",
        "7K3M‑9P2X‑QD4W5",
        "7K3M\u00a09P2X\u202fQD4W5",
        "-7-K-3-M-9-P-2-X-Q-D-4-W-5-",
    ],
)
def test_case_and_grouping_do_not_matter(text: str) -> None:
    assert parse_number(text) == "7K3M9P2XQD4W5"


@pytest.mark.parametrize("text", ["OOOOOOOOOOOIY", "ooooooooooolY", "0o0O0o0O0o0Ly"])
def test_letters_that_look_like_digits_are_read_as_digits(text: str) -> None:
    assert parse_number(text) == "000000000001Y"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "13 symbols, this one has 0"),
        ("7K3M9P2XQD4W", "13 symbols, this one has 12"),
        ("7K3M9P2XQD4W55", "13 symbols, this one has 14"),
        ("7K3M9P2XQD4WU", "no number has the symbol 'U'"),
        ("7K3M9P2XQD4W5!", "no number has the symbol '!'"),
        ("7K3M9P2XQD4W５", "no number has the symbol '５'"),  # a full-width digit
        ("7К3M9P2XQD4W5", "no number has the symbol 'К'"),  # a Cyrillic letter
        ("00000000000ıY", "no number has the symbol 'ı'"),  # upper case would make it I
        ("7K3M9P2XQD4W6", "check character does not fit"),
        ("K73M9P2XQD4W5", "check character does not fit"),
        ("7K3M9P2XQD4W5" + " " * 60, "too long"),
    ],
)
def test_what_is_no_number_is_refused_by_name(text: str, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        parse_number(text)


@given(VALUES, st.integers(0, 12), st.sampled_from(SYMBOLS))
def test_every_single_wrong_symbol_is_caught(value: int, place: int, symbol: str) -> None:
    number = format_number(value)
    wrong = number[:place] + symbol + number[place + 1 :]

    if wrong != number:
        with pytest.raises(FormatError, match="check character"):
            parse_number(wrong)


@given(VALUES, st.integers(0, 11))
def test_every_swap_of_neighbours_is_caught_but_of_0_and_z(value: int, place: int) -> None:
    number = format_number(value)
    pair = number[place : place + 2]
    swapped = number[:place] + pair[::-1] + number[place + 2 :]

    if set(pair) == {"0", "Z"} or swapped == number:
        assert parse_number(swapped) == swapped
    else:
        with pytest.raises(FormatError, match="check character"):
            parse_number(swapped)


@pytest.mark.parametrize("value", [-1, 2**60])
def test_only_60_bits_make_a_number(value: int) -> None:
    with pytest.raises(FormatError, match="60 bits"):
        format_number(value)


@pytest.mark.parametrize("text", ["7K3M-9P2X-QD4W5", "7k3m9p2xqd4w5"])
def test_only_the_normalised_form_has_a_value(text: str) -> None:
    with pytest.raises(FormatError, match="normalised"):
        number_value(text)


def test_a_number_is_printed_in_groups() -> None:
    assert group_number("7K3M9P2XQD4W5") == "7K3M-9P2X-QD4W5"
