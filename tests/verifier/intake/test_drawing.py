"""What is drawn on a page besides its text is told wherever a certificate has no such thing."""

import pytest

from tests.verifier.intake.files import drawn, read, stream
from verifier.inputs import Document

WORDS = b"BT /F 18 Tf 100 700 Td (Rossi 2028) Tj 0 -100 Td (Bianchi) Tj ET\n"


def is_drawn_on(content: bytes) -> bool:
    """Whether the only document is."""
    (one,) = read(content)
    assert isinstance(one.document, Document)
    assert one.document.lines
    return one.document.drawn


PLAIN: dict[str, bytes] = {
    "a code and words": b"",
    "lines from margin to margin": b"60 620 m 530 620 l S 2 w 0.06 0.3 0.36 RG 60 500 m 530 500 l S",
    "lines where two pages are put on one": b"30 630 m 280 630 l S 320 630 m 570 630 l S",
    "a tint": b"0.945 0.96 0.965 rg 60 60 470 130 re f q 150 0 0 150 50 50 cm /Q Do Q",
    "words that are printed twice": WORDS,
    "white paper": b"1 g 0 300 595 290 re f",
}


@pytest.mark.parametrize("name", PLAIN)
def test_what_a_certificate_has_is_nothing_drawn(name: str) -> None:
    assert not is_drawn_on(drawn(WORDS + PLAIN[name]))


DRAWN: dict[str, bytes] = {
    "a letter drawn as lines": b"300 700 m 300 720 l 310 700 l 310 720 l S",
    "a letter drawn as a shape, in grey": b"0.85 g 300 700 30 12 re f",
    "a picture": b"q 40 0 0 40 400 700 cm /Q Do Q 1 g 410 710 9 9 re f",
    "a word struck out": b"60 706 m 530 706 l S",
    "a patch that makes an 8 a 3": b"1 g 182.5 704 2.5 4 re f",
    "a patch over a word": b"1 g 100 695 60 24 re f",
    "a box of a thick line": b"12 w 60 640 m 530 640 l S",
    "lines across and down": b"60 640 m 530 640 l S 60 300 m 60 800 l S",
    "a picture of the words over pale ones": b"1 g 95 690 200 40 re f 0.87 g " + WORDS + b"0 g 100 700 60 14 re f",
    "words that cut a shape out": b"q BT /F 18 Tf 7 Tr 100 500 Td (Verdi) Tj ET 0 g 90 490 99 40 re f Q",
}


@pytest.mark.parametrize("name", DRAWN)
def test_what_no_certificate_has_is_told(name: str) -> None:
    assert is_drawn_on(drawn(WORDS + DRAWN[name]))


def note(kind: str, more: str) -> bytes:
    """A page with a note over its words, which has no look of its own."""
    written = f"<</Type/Annot/Subtype/{kind}/Rect[95 690 295 720]/Contents(Verdi)/DA(/F 12 Tf 0 g){more}>>"
    return drawn(WORDS, more="/Annots[7 0 R]", objects=(written.encode(),))


@pytest.mark.parametrize("kind", ["FreeText", "Widget/FT/Tx/V(Verdi)", "Text", "Stamp", "StrikeOut", "Redact"])
def test_a_remark_is_told_though_it_is_drawn_here_as_nothing(kind: str) -> None:
    assert is_drawn_on(note(kind, "/F 4"))


FRAMED: dict[str, tuple[str, str]] = {
    "a link with a frame": ("Link", "/Border[0 0 40]/C[0 0 0]"),
    "a link with a hair of a frame": ("Link", "/Border[0 0 0.5]"),
    "a link with the usual frame": ("Link", ""),
    "a link with a frame's style": ("Link", "/Border[0 0 0]/BS<</W 40/S/S>>/C[0 0 0]"),
    "a link that is drawn": ("Link", "/Border[0 0 0]/AP<</N 6 0 R>>"),
    "what opens beside a remark and is drawn": ("Popup", "/AP<</N 6 0 R>>"),
}


@pytest.mark.parametrize("name", FRAMED)
def test_what_some_programs_draw_over_the_page_and_others_not_is_told(name: str) -> None:
    assert is_drawn_on(note(*FRAMED[name]))


@pytest.mark.parametrize(("kind", "more"), [("Link", "/Border[0 0 0]"), ("Popup", ""), ("FreeText", "/F 2")])
def test_what_is_never_seen_on_the_page_is_no_remark(kind: str, more: str) -> None:
    assert not is_drawn_on(note(kind, more))


def test_the_field_of_a_seal_that_shows_nothing_is_no_remark() -> None:
    seal = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/Rect[0 0 0 0]/F 132>>"

    assert not is_drawn_on(drawn(WORDS, more="/Annots[7 0 R]", objects=(seal,)))


def layered(printed: str, viewed: str) -> bytes:
    """A page of which a layer shows other words on paper than on a screen."""
    states = f"/Print<</PrintState/{printed}>>/View<</ViewState/{viewed}>>"
    layer = f"<</Type/OCG/Name(L)/Usage<<{states}>>>>".encode()
    catalog = (
        b"<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[7 0 R]/D<</AS[<</Event/Print/OCGs[7 0 R]/Category[/Print]>>"
        b"<</Event/View/OCGs[7 0 R]/Category[/View]>>]>>>>>>"
    )
    form = stream(b"BT /F 18 Tf 0 g 100 500 Td (Verdi) Tj ET", "/Type/XObject/Subtype/Form/BBox[0 0 595 842]/OC 7 0 R"
                  "/Resources<</Font<</F 5 0 R>>>>")  # fmt: skip
    content = drawn(WORDS + b"/L Do\n", objects=(layer, form))
    return content.replace(b"/Q 6 0 R", b"/Q 6 0 R/L 8 0 R").replace(b"<</Type/Catalog/Pages 2 0 R>>", catalog)


def test_a_layer_for_the_printer_alone_is_told() -> None:
    assert is_drawn_on(layered("ON", "OFF"))
    assert is_drawn_on(layered("OFF", "ON"))
    assert not is_drawn_on(layered("ON", "ON"))
