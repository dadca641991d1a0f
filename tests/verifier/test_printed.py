"""A certificate's page is read by its labels, wherever lines are broken; days are read in both languages."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.printed import Printed, day_in, key, read_printed, split_off

PAGE = """OdC Uno S.r.l.
https://odc-uno.example
CERTIFICATO / CERTIFICATE
7K3M-9P2X-QD4W5
revisione / revision 3
L’organismo certifica che / The body certifies that
Maria Immacolata Concetta Della
Rovere
è persona certificata per il profilo / is a certified person for the profile
Operatore
Operator
ultimo giorno valido
last valid day
1 agosto 2029
1 August 2029
Vale solo se mantenuto: verificare lo stato
Per il DGUE, da incollare / For the ESPD, ready to paste
URL https://registry.example/V/7K3M9P2XQD4W5 · Codice 7K3M-9P2X-QD4W5 · Emittente OdC Uno S.r.l.
Prot. 123"""


def test_every_place_has_what_stands_after_its_label() -> None:
    printed = read_printed(PAGE.split("\n"))

    assert printed.top == ("OdC Uno S.r.l.", "https://odc-uno.example")
    assert printed.values("number", "espd") == ("7K3M-9P2X-QD4W5", "7K3M-9P2X-QD4W5", "7K3M9P2XQD4W5")
    assert printed.values("revision") == ("3",)
    assert printed.values("name") == ("Maria Immacolata Concetta Della Rovere",)
    assert printed.values("profile") == ("Operatore / Operator",)
    assert printed.values("valid_until") == ("1 agosto 2029 / 1 August 2029",)
    assert printed.values("birth_year") == ()
    assert printed.issuers == (("OdC Uno S.r.l.", "Prot. 123"),)


def test_labels_may_be_broken_and_in_other_letters() -> None:
    page = PAGE.replace("certifica che / The", "CERTI\ufb01CA\nche\n/ The").replace("è persona", "e\u0300 PERSONA")

    assert read_printed(page.split("\n")) == read_printed(PAGE.split("\n"))


@pytest.mark.parametrize("lines", [[], ["decisione", "accreditamento"], ["Certificate of attendance", "Mario Rossi"]])
def test_another_document_has_no_places(lines: list[str]) -> None:
    assert read_printed(lines) == Printed()


@given(st.lists(st.text(max_size=60), max_size=20))
def test_whatever_stands_on_a_page_it_is_read(lines: list[str]) -> None:
    read_printed([*PAGE.split("\n")[2:10], *lines])


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1 agosto 2029 / 1 August 2029", date(2029, 8, 1)),
        ("1 agosto / 2029", date(2029, 8, 1)),
        ("01/08/2029", date(2029, 8, 1)),
        ("2029-08-01", date(2029, 8, 1)),
        ("31 DICEMBRE 2029", date(2029, 12, 31)),
        ("1 agosto 2029 / 1 August 2030", None),
        ("1 agosto 2029 prorogato", None),
        ("31 febbraio 2029", None),
        ("1 agosto 20291", None),
        ("", None),
    ],
)
def test_a_place_states_one_day_or_none(text: str, day: date | None) -> None:
    assert day_in(text) == day


@pytest.mark.parametrize(
    ("one", "other"),
    [("Certi\ufb01cazioni", "CERTIFICAZIONI"), ("D’Angelo-\nFerrari", "d'angelo ferrari"), ("a\u00a0b\u00adc", "abc")],
)
def test_what_a_broken_line_adds_does_not_count(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_what_follows_a_text_is_split_off_at_the_end_of_a_line() -> None:
    assert split_off(("Ente di", "prova", "x"), "Ente di prova") == ("x",)
    assert split_off(("Ente di prova e figli",), "Ente di prova") is None
    assert split_off(("Altro ente",), "Ente di prova") is None
    assert split_off((), "Ente di prova") is None
