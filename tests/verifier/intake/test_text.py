"""What counts as a page's text is what a reader of the page sees."""

import subprocess

import pytest

from tests.verifier.intake.files import LINK, drawn, read, stream, typeset
from tests.verifier.paper import png, symbol
from verifier.inputs import Document

CODE = {"code.png": png(symbol(LINK))}


def lines(content: bytes) -> tuple[str, ...]:
    """The lines of the only document, which shows a certificate's code."""
    (one,) = read(content)
    assert isinstance(one.document, Document)
    return one.document.lines


def page(source: str) -> bytes:
    return typeset(f'#image("code.png", width: 5cm)\n{source}', CODE)


def test_the_words_of_a_page_are_those_that_another_reader_finds() -> None:
    content = page("L’organismo certifica che\n\nZoë D'Angelo-Ñandú\n\n#table(columns: 2)[uno][due][tre][quattro]")

    other = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()

    assert " ".join(lines(content)).split() == other.split()


def test_columns_side_by_side_are_lines_of_their_own() -> None:
    content = page("#grid(columns: 2, column-gutter: 1cm, [primo rilascio], [decisione], [2 gennaio], [3 marzo])")

    assert lines(content) == ("primo rilascio", "decisione", "2 gennaio", "3 marzo")


HIDDEN = {
    "white on white": "#text(fill: white)[team leader]",
    "outside of the page": "#place(dx: -30cm)[team leader]",
    "covered by a box": "#place[team leader]#place(rect(fill: white, width: 6cm, height: 1cm))",
    "covered, with other words on top": "#place[team leader]#place(rect(fill: white, width: 6cm, height: 1cm))"
    "#place(dx: 2pt)[operatore]",
    "covered but for its edge": "#let w = [leader]\n#place(w)#context place(rect("
    "fill: white, width: measure(w).width - 1pt, height: 1cm))",
    "covered by a picture": '#place[team leader]#place(image("code.png", width: 4cm))',
    "cut off": "#box(width: 0pt, height: 0pt, clip: true)[team leader]",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_words_that_nobody_sees_do_not_count(name: str) -> None:
    seen = " ".join(lines(page(f"prima\n\n{HIDDEN[name]}\n\n#v(3cm)dopo"))).split()

    assert [word for word in seen if word != "operatore"] == ["prima", "dopo"]
    assert ("operatore" in seen) == ("operatore" in HIDDEN[name])


def test_words_that_are_drawn_invisibly_do_not_count() -> None:
    assert lines(
        drawn(b"BT /F 12 Tf 3 Tr 100 700 Td (team leader) Tj ET BT 0 Tr /F 12 Tf 100 500 Td (shown) Tj ET")
    ) == ("shown",)


def test_words_over_each_other_all_count_where_all_are_seen() -> None:
    assert sorted(lines(page("#place[operatore]#place(dx: 3pt, dy: 1pt)[team leader]"))) == ["operatore", "team leader"]


def test_words_that_are_printed_twice_for_bold_count_once() -> None:
    twice = b"BT /F 12 Tf 100 700 Td (Rossi) Tj ET BT /F 12 Tf 100.3 700 Td (Rossi) Tj ET"

    assert lines(drawn(twice)) == ("Rossi",)


def test_a_note_that_lies_over_the_page_is_read_and_hides_what_it_hides() -> None:
    appearance = stream(
        b"1 g 0 0 200 30 re f 0 g BT /F 12 Tf 5 10 Td (team leader) Tj ET",
        "/Type/XObject/Subtype/Form/BBox[0 0 200 30]/Resources<</Font<</F 5 0 R>>>>",
    )
    note = b"<</Type/Annot/Subtype/FreeText/Rect[95 690 295 720]/F 4/Contents(team leader)/AP<</N 8 0 R>>>>"

    content = drawn(
        b"BT /F 12 Tf 100 700 Td (operatore) Tj ET BT /F 12 Tf 100 500 Td (shown) Tj ET",
        more="/Annots[7 0 R]",
        objects=(note, appearance),
    )

    assert sorted(lines(content)) == ["shown", "team leader"]


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_that_is_shown_turned_is_read_as_it_is_shown(turned: int) -> None:
    white = b"BT /F 12 Tf 1 g 100 700 Td (hidden) Tj ET BT /F 12 Tf 0 g 300 500 Td (shown) Tj ET"

    assert lines(drawn(white, more=f"/Rotate {turned}")) == ("shown",)


def test_half_a_letter_breaks_nothing() -> None:
    mapping = stream(b"/CIDInit /ProcSet findresource begin begincmap 1 beginbfchar <41> <D83D> endbfchar endcmap end")
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 8 0 R>>"
    content = drawn(b"BT /F 12 Tf 100 700 Td (ABA) Tj ET", objects=(font, mapping)).replace(b"/F 5 0 R", b"/F 7 0 R")

    assert len(lines(content)) == 1
