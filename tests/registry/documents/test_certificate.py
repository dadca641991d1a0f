"""The printable certificate: what it says, read by others than the writer, and that it is one archival page."""

import re
from datetime import date, timedelta

import pytest
from babel.dates import format_date

from registry.documents.certificate import PrintedCertificate, format_pdf
from registry.documents.symbol import certificate_link, make_symbol
from tests.registry.documents.conftest import (
    ADDRESS,
    NUMBER,
    Change,
    any_token,
    boxes_of,
    code_in,
    poppler,
    rendered,
    text_of,
)
from verifier.errors import FormatError
from verifier.fonts import NAME_FILES
from verifier.status import State

# The scripts as they stand in the demonstration, each name written by somebody who reads it.
NAMES = {
    "Noto Serif Display": "Đức Phạm",
    "Noto Naskh Arabic": "عبد الرحمن محمد",
    "Noto Serif Armenian": "Անահիտ Հակոբյան",
    "Noto Serif Bengali": "রফিকুল ইসলাম",
    "Noto Serif Devanagari": "अर्जुन श्रीवास्तव",
    "Noto Serif Georgian": "თამარი გელაია",
    "Noto Serif Hebrew": "נועה פרץ",
}
LONG_BODY = (
    "Istituto Interregionale per la Certificazione delle Competenze Professionali nel Mezzogiorno e nelle Isole " * 2
)
A4_WIDTH, A4_HEIGHT, MARGIN = 595.3, 841.9, 28.3  # in points; the margin is 1 cm
HOSTILE = r'#panic("x") \u{41} "q" <a> $x$ *b* _c_ `d` [e] @f // g'


@pytest.fixture(scope="module")
def pdf(printed: PrintedCertificate) -> bytes:
    return format_pdf(printed)


@pytest.mark.parametrize(
    "fact",
    [
        "Zoë D'Angelo-Ñandú",
        "anno di nascita / year of birth 1990",
        "7K3M-9P2X-QD4W5",
        "revisione / revision 3",
        "OdC Uno S.r.l. ",
        "https://odc-uno.example",
        "Schema di prova, edizione 2026 Trial scheme, 2026 edition prova-2026",
        "Coordinatore di turno Shift coordinator",
        "2 gennaio 2023 30 dicembre 2025 2 gennaio 2026 1 agosto 2029",
        "2 January 2023 30 December 2025 2 January 2026 1 August 2029",
        "primo rilascio decisione inizio del ciclo ultimo giorno valido",
        "first grant decision cycle start last valid day",
        "Ab3dE5fG…",
        "n. 123A, Ente di prova",
        "ISO/IEC 17024:2012",
        "PRS n. 123A",
        "Vale solo se mantenuto: verificare lo stato",
        "Valid only while maintained: check the status",
        "registry.example.org e digitare il numero / and type the number 7K3M-9P2X-QD4W5",
        f"URL https://registry.example.org/V/{NUMBER} · Codice 7K3M-9P2X-QD4W5 · Emittente OdC Uno S.r.l.",
    ],
)
def test_a_second_reader_finds_every_fact(fact: str, pdf: bytes) -> None:
    assert fact in text_of(pdf)


@pytest.mark.parametrize("month", range(1, 13))
def test_days_are_written_out_in_both_languages(month: int, change: Change) -> None:
    pdf = format_pdf(change(valid_until=date(2030, month, 17)))

    assert f"17 {format_date(date(2030, month, 1), 'MMMM', 'it')} 2030" in text_of(pdf)
    assert f"17 {format_date(date(2030, month, 1), 'MMMM', 'en')} 2030" in text_of(pdf)


def test_the_document_has_no_word_of_a_status(pdf: bytes) -> None:
    text = text_of(pdf).lower()

    states = {state.value.replace("_", " ") for state in State}
    words = {*states, "in force", "in vigore", "attiv", "sospes", "revocat", "ritirat", "rinunci", "scad", "superseded"}
    assert {word for word in words if word in text} == set()


def test_the_habit_of_checking_the_address_is_taught_beside_it(pdf: bytes) -> None:
    taught = text_of(pdf)

    assert "controllare che l’indirizzo sia questo" in taught
    assert "check that the address is this one" in taught


def test_the_accreditation_is_there_only_where_there_is_one(change: Change) -> None:
    text = text_of(format_pdf(change(accreditation=None))).lower()

    assert "17024" not in text
    assert "accredit" not in text


def test_of_the_birth_only_what_is_given_is_there(change: Change) -> None:
    nothing = text_of(format_pdf(change(birth_year=None)))
    whole = text_of(format_pdf(change(birth_year=None, birth_date=date(1990, 2, 1), birth_place="Forlì")))

    assert "nascita" not in nothing
    assert "data e luogo di nascita / date and place of birth 1 febbraio 1990, Forlì" in whole


def test_words_that_both_languages_share_stand_once(change: Change) -> None:
    text = text_of(format_pdf(change(profile={"it": "Team leader", "en": "Team leader"})))

    assert text.count("Team leader") == 1


@pytest.mark.parametrize("size", [180, 250, 310])
def test_another_library_reads_the_code_of_the_page_at_150_dots_per_inch(size: int, change: Change) -> None:
    link = certificate_link(ADDRESS, NUMBER, any_token(size))

    page = rendered(format_pdf(change(link=link)), 150)

    assert code_in(page).text == link


def test_the_symbol_is_printed_36_mm_wide_with_its_white(pdf: bytes, printed: PrintedCertificate) -> None:
    modules = make_symbol(printed.link).width

    found = code_in(rendered(pdf, 600))
    across = (found.position.top_right.x - found.position.top_left.x) / 600 * 25.4

    assert across == pytest.approx(36 * (modules - 8) / modules, abs=0.2)


def test_two_compilations_give_the_same_bytes(pdf: bytes, printed: PrintedCertificate, change: Change) -> None:
    format_pdf(change(name="Another Person"))

    assert format_pdf(printed) == pdf


def test_another_time_of_issue_is_the_only_instant_in_the_file(printed: PrintedCertificate, change: Change) -> None:
    info = poppler("pdfinfo", "-isodates", "-", pdf=format_pdf(change(issued_at=printed.issued_at + timedelta(days=1))))

    assert set(re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", info)) == {"2026-01-06T09:30:07"}


def test_the_document_is_one_page_of_a4_with_title_language_and_tags(pdf: bytes) -> None:
    info = poppler("pdfinfo", "-", pdf=pdf)

    assert "Title:           Certificato 7K3M-9P2X-QD4W5\n" in info
    assert re.search(r"Tagged: +yes\n", info)
    assert re.search(r"Pages: +1\n", info)
    assert "(A4)" in info
    assert b"/Lang (it" in pdf or b"/Lang(it" in pdf
    assert poppler("pdfinfo", "-struct-text", "-", pdf=pdf).count("Figure") == 1


def test_the_document_claims_the_archival_and_the_accessible_standard(pdf: bytes) -> None:
    metadata = poppler("pdfinfo", "-meta", "-", pdf=pdf)

    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata


@pytest.mark.parametrize(("family", "name"), NAMES.items(), ids=NAMES)
def test_a_name_is_set_in_its_scripts_own_font(family: str, name: str, change: Change) -> None:
    pdf = format_pdf(change(name=name))

    fonts = {line.split()[0].partition("+")[2] for line in poppler("pdffonts", "-", pdf=pdf).splitlines()[2:]}
    assert f"{family.replace(' ', '')}-Regular" in fonts
    assert fonts <= {
        "NotoSans-Regular",
        "NotoSans-Bold",
        "NotoSerifDisplay-Regular",
        f"{family.replace(' ', '')}-Regular",
    }


def test_every_vendored_family_is_tried_with_a_name() -> None:
    assert NAMES.keys() == NAME_FILES.keys()


@pytest.mark.parametrize("family", ["Noto Naskh Arabic", "Noto Serif Hebrew"])
def test_a_name_from_right_to_left_begins_on_the_right(family: str, change: Change) -> None:
    first, *_, last = (word[::-1] for word in NAMES[family].split())

    page = format_pdf(change(name=NAMES[family]))

    places = {box.word: box.left for box in boxes_of(page)}
    assert places[first] > places[last]


def test_a_hostile_name_is_printed_as_it_is(change: Change) -> None:
    text = text_of(format_pdf(change(name=HOSTILE, body=f"OdC {HOSTILE}")))

    assert f"The body certifies that {HOSTILE} " in text
    assert f"Emittente OdC {HOSTILE}" in text


def test_the_longest_name_and_a_long_body_stay_on_the_page(change: Change) -> None:
    name = "Maria Immacolata Concetta Della Rovere Montecuccoli d'Arezzo"
    assert len(name) == 60

    pdf = format_pdf(change(name=name, body=LONG_BODY.strip(), website="https://" + "x" * 60 + ".example"))

    text = text_of(pdf)
    assert all(word in text for word in name.split())
    assert "Per il DGUE, da incollare" in text
    assert max(box.bottom for box in boxes_of(pdf)) < A4_HEIGHT - MARGIN
    assert max(box.right for box in boxes_of(pdf)) < A4_WIDTH - MARGIN


def test_what_does_not_fit_on_a_page_is_refused(change: Change) -> None:
    with pytest.raises(FormatError, match=r"^the certificate cannot be printed: more than one page$"):
        format_pdf(change(body=LONG_BODY * 20))


def test_a_letter_without_a_font_is_refused_and_never_printed_as_a_box(change: Change) -> None:
    for changed in (change(name="王小明"), change(body="認証機構"), change(name="Ada 🙂")):
        with pytest.raises(FormatError, match=r"^no font here has [王認🙂]"):
            format_pdf(changed)


def test_a_symbol_that_is_too_large_is_refused(change: Change) -> None:
    with pytest.raises(FormatError, match="over version 15"):
        format_pdf(change(link=certificate_link(ADDRESS, NUMBER, any_token(400))))
