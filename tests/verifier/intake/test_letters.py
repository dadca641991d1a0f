"""A letter counts as what it is drawn as: a font that says of its shapes what they are not is told."""

import pypdfium2
import pytest

from registry.documents.certificate import format_pdf
from tests.verifier.intake.files import drawn, read, stream
from tests.verifier.page.world import World, build
from tests.verifier.printing import certificate_of
from verifier.inputs import Document
from verifier.intake.leaf import Leaf
from verifier.intake.letters import strange_lines
from verifier.printed import states


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(tmp_path_factory.mktemp("world"))


def lying(shown: str, said: str) -> bytes:
    """A page on which a font draws ``shown``, and says of each of its letters that it is the one in ``said``."""
    codes = "".join(f"<{place:02X}> <{ord(letter):04X}>\n" for place, letter in enumerate(said, start=33))
    mapping = f"/CIDInit /ProcSet findresource begin begincmap {len(said)} beginbfchar\n{codes}endbfchar endcmap end"
    names = " ".join({" ": "/space"}.get(letter, f"/{letter}") for letter in shown)
    font = (
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 8 0 R"
        f"/Encoding<</Type/Encoding/Differences[33 {names}]>>>>"
    )
    text = "".join(f"{place:02X}" for place in range(33, 33 + len(shown)))
    contents = f"BT /F 12 Tf 100 700 Td <{text}> Tj ET".encode()
    return drawn(contents, objects=(font.encode(), stream(mapping.encode()))).replace(b"/F 5 0 R", b"/F 7 0 R")


def drawn_on(content: bytes) -> bool:
    """Whether something is drawn on the only document that no certificate has."""
    (one,) = read(content)
    assert isinstance(one.document, Document)
    return one.document.drawn


@pytest.mark.parametrize("said", [" ", "\u200b", "\u00ad", "\u202e"])
def test_letters_that_are_said_to_be_none_are_told(said: str) -> None:
    assert drawn_on(lying("responsabile seen", said * 12 + " seen"))
    assert not drawn_on(lying("responsabile", "responsabile"))


def strange(content: bytes) -> list[str]:
    """The lines of the first page with a letter of another shape than in the fonts of certificates."""
    with pypdfium2.PdfDocument(content) as document:
        return [line.strip() for line in strange_lines(Leaf(document[0]).letters)]


@pytest.mark.parametrize("sample", ["active", "renewed", "expired", "relinquished", "accreditation suspended"])
def test_a_certificate_has_no_strange_letter(world: World, sample: str) -> None:
    assert strange(format_pdf(certificate_of(world, sample))) == []


def test_a_letter_of_another_shape_is_strange() -> None:
    assert strange(lying("responsabile", "coordinatore")) == ["coordinatore"]


def test_strange_letters_count_where_a_certificate_states_something() -> None:
    page = (
        "Aurora Certificazioni", "certificato / certificate", "7K3M-9P2X-QD4W5", "L'organismo certifica che /",
        "The body certifies that", "Giulia Rossi", "è persona certificata per il profilo /",
        "is a certified person for the profile", "Coordinatore di turno", "Shift coordinator", "accreditamento",
        "accreditation", "n. 1", "e digitare il numero / and type the number", "7K3M-9P2X-QD4W5",
        "Per il DGUE, da incollare / For the ESPD, ready to paste",
        "URL https://x.example/V/7K3M9P2XQD4W5 · Codice 7K3M-9P2X-QD4W5 · Emittente Aurora Certificazioni",
        "Prot. 12 del 3 maggio",
    )  # fmt: skip

    assert states(page, "Coordinatore di turno")
    assert states(page, "Aurora  certificazioni")
    assert states(page, "certificato / certificate 2")
    assert not states(page, "Prot. 12 del 3 maggio")
    assert not states(page, "  ")
