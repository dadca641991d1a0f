"""Texts and lists are read as people write and paste them; every line is answered or says why not."""

import csv
from io import StringIO

import pytest

from tests.verifier.intake.files import LINK, NUMBERS, numbers, read, why
from verifier.number import group_number
from verifier.presented import Presented

ONE, TWO, THREE = NUMBERS[:3]
WRONG = ONE[:-1] + ("0" if ONE[-1] != "0" else "1")


def places(content: bytes) -> list[tuple[int | None, str | None, str]]:
    """Each input's line, number and bidder."""
    inputs = read(content)
    return [(one.row, number, one.bidder) for one, number in zip(inputs, numbers(inputs), strict=True)]


ONE_THING = {
    "a number": group_number(ONE),
    "a number with room around": f"\n\n  {ONE}\r\n",
    "a number broken over lines": f"{ONE[:4]}\n{ONE[4:8]}\n{ONE[8:]}",
    "a link": LINK,
    "a link broken as mail does it": "\r\n".join(LINK[place : place + 76] for place in range(0, len(LINK), 76)),
}


@pytest.mark.parametrize("name", ONE_THING)
def test_a_text_that_is_one_thing_is_that(name: str) -> None:
    assert places(ONE_THING[name].encode()) == [(None, ONE, "")]


def test_lines_that_were_pasted_are_each_answered() -> None:
    text = f"{group_number(ONE)}\r\n\r\n{TWO.lower()}\r\n{LINK}\r\n{WRONG}\r\n"

    inputs = read(text.encode())

    assert [(one.row, number) for one, number in zip(inputs, numbers(inputs), strict=True)] == [
        (1, ONE),
        (3, TWO),
        (4, ONE),
        (5, None),
    ]
    assert isinstance(inputs[2].presented, Presented)
    assert inputs[2].presented.token is not None
    assert "check character" in str(inputs[3].presented)


def test_numbers_that_were_pasted_on_one_line_are_all_read() -> None:
    assert [number for _, number, _ in places(f"{ONE}, {TWO}; {THREE}".replace(";", ",").encode())] == [ONE, TWO, THREE]


HEADINGS = [
    ("Impresa", "Numero certificato"),
    ("Operatore economico", "N. certificato"),
    ("RAGIONE SOCIALE", "Numero"),
    ("Bidder", "Certificate number"),
    ("Supplier", "Certificate No."),
    ("Soumissionnaire", "Numéro de certificat"),
    ("Société", "N° certificat"),
    ("Bieter", "Zertifikatsnummer"),
    ("Unternehmen", "Zertifikat-Nr."),
    ("Licitador", "Número de certificado"),
    ("Empresa", "Nº certificado"),
]


@pytest.mark.parametrize(("bidder", "number"), HEADINGS)
def test_columns_are_known_by_their_headings(bidder: str, number: str) -> None:
    rows = [["Nome", bidder, number], ["Anna", "Alfa S.p.A.", group_number(ONE)], ["Bruno", "Beta", WRONG]]

    assert places(_written(rows, ";").encode()) == [(2, ONE, "Alfa S.p.A."), (3, None, "Beta")]


def _written(rows: list[list[str]], delimiter: str) -> str:
    text = StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_list_is_read_as_spreadsheets_write_it(delimiter: str, encoding: str) -> None:
    rows = [["Società", "Numero"], ["Caffè, Té & Figli; S.r.l.", ONE], ["Beta", TWO]]

    assert places(_written(rows, delimiter).encode(encoding)) == [
        (2, ONE, "Caffè, Té & Figli; S.r.l."),
        (3, TWO, "Beta"),
    ]


def test_a_column_is_known_by_its_numbers_where_its_heading_is_not() -> None:
    rows = [["Chi", "Attestato"], ["Anna", ONE], ["Bruno", TWO], ["Carla", WRONG]]

    assert places(_written(rows, ",").encode()) == [(2, ONE, ""), (3, TWO, ""), (4, None, "")]


def test_a_column_that_only_counts_the_lines_is_not_taken_for_the_numbers() -> None:
    rows = [["N.", "Numero", "Impresa"], ["1", ONE, "Alfa"], ["2", TWO, "Beta"]]

    assert places(_written(rows, ";").encode()) == [(2, ONE, "Alfa"), (3, TWO, "Beta")]


def test_a_heading_may_stand_under_a_title() -> None:
    text = f"Elenco del personale\n\nImpresa;Numero\nAlfa;{ONE}\n\nBeta;\n"

    assert places(text.encode()) == [(4, ONE, "Alfa"), (6, None, "Beta")]


def test_a_line_is_named_by_where_it_begins_in_the_file() -> None:
    text = f'Impresa;Numero\n"Alfa\nS.p.A.";{ONE}\nBeta;{TWO}\n'

    assert places(text.encode()) == [(2, ONE, "Alfa\nS.p.A."), (4, TWO, "Beta")]


def test_a_list_that_begins_with_a_slip_does_not_take_it_for_a_heading() -> None:
    slip = "7" + WRONG[1:]

    assert [row for row, _, _ in places(f"{slip}\n{ONE}\n{TWO}\n".encode())] == [1, 2, 3]


def test_lines_over_the_limit_are_named_and_not_passed_over() -> None:
    inputs = read("\n".join([ONE] * 5_003).encode())

    assert len(inputs) == 5_001
    assert inputs[-1].row == 5_001
    assert str(inputs[-1].presented) == ("this and what follows was not read: 5,000 certificates are checked at a time")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello", "a number has 13 symbols, this one has 5"),
        (b"Caro collega,\nti mando, come d'accordo, i certificati.\nSaluti, Anna", "no number has the symbol"),
        (b"\x00\x01\x02\x03", "no PDF file, picture, ZIP file, list, bundle, nor text"),
        (b"\x81\x8d\x8f", "no PDF file, picture, ZIP file, list, bundle, nor text"),
        (b"\xff\xfeA", "no PDF file, picture, ZIP file, list, bundle, nor text"),
        (b"\t\n", "a number has 13 symbols, this one has 0"),
        (b"Impresa;Numero\n", "no number has the symbol ';'"),
        (b"x" * 5_000_000, "too long for a certificate's number or code"),
        (b'"' * 500_001, "too long for a certificate's number or code"),
    ],
)
def test_a_text_with_nothing_in_it_says_so(content: bytes, sentence: str) -> None:
    assert why(read(content)).startswith(sentence)
