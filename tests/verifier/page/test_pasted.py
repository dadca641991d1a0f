import pytest

from verifier.page.pasted import Line, pasted
from verifier.presented import Presented

NUMBER = "7K3M9P2XQD4W5"


@pytest.mark.parametrize(
    ("text", "bidder"),
    [
        ("7K3M-9P2X-QD4W5", ""),
        (" 7k3m 9p2x qd4w5 ;Alfa S.r.l. ", "Alfa S.r.l."),
        ("7K3M-9P2X-QD4W5\tAlfa S.r.l.\tlotto 2", "Alfa S.r.l."),
        ("Alfa S.r.l.;7K3M-9P2X-QD4W5", "Alfa S.r.l."),
        (";7K3M-9P2X-QD4W5;", ""),
        ("https://registry.example/V/7K3M9P2XQD4W5;Alfa S.r.l.", "Alfa S.r.l."),
    ],
)
def test_a_line_presents_a_number_wherever_it_stands(text: str, bidder: str) -> None:
    (one,) = pasted([Line("", 3, text)])

    assert isinstance(one.presented, Presented)
    assert one.presented.number == NUMBER
    assert (one.row, one.bidder) == (3, bidder)


@pytest.mark.parametrize("text", ["", "Alfa S.r.l.", "7K3M-9P2X-QD4W6", "A" * 5000, ";" * 5000])
def test_a_line_that_presents_nothing_says_so_in_its_place(text: str) -> None:
    (one,) = pasted([Line("gara.csv", 7, text)])

    assert not isinstance(one.presented, Presented)
    assert (one.name, one.row) == ("gara.csv", 7)


def test_of_a_code_nothing_is_shown_again() -> None:
    (one,) = pasted([Line("", 1, f"https://registry.example/V/{NUMBER}#GIULIA")])

    assert "GIULIA" not in one.name + repr(one)
