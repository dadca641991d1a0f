"""A certificate's PDF file: what its page shows is held against the record."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from pypdfium2 import raw

from registry.documents.certificate import PrintedCertificate, format_pdf
from tests.verifier.cli.asking import Ask, bundle, link, written
from tests.verifier.page.world import World
from tests.verifier.paper import png, symbol
from tests.verifier.printing import certificate_of, struck, with_attachment


@pytest.fixture(scope="module")
def certificate(world: World) -> PrintedCertificate:
    return certificate_of(world, "active")


def different(report: Mapping[str, object]) -> list[str]:
    """The fields of a JSON report that differ."""
    fields = report["fields"]
    assert isinstance(fields, list)
    return [field["name"] for field in fields if field["outcome"] == "different"]


def test_a_certificate_as_printed_agrees_with_the_record(
    certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    file = written(tmp_path / "bid.pdf", format_pdf(certificate))

    said = ask(file, "--registry", world.public)
    (report,) = ask(file, "--registry", world.public, "--json").reports

    assert (said.code, said.first) == (0, "GENUINE AND IN FORCE on 2029-02-01")
    assert "  same          last valid day  2031-05-31" in said.out
    assert {field["outcome"] for field in report["fields"]} == {"same"}


def test_a_page_that_is_drawn_on_is_for_the_eye_though_its_code_is_genuine(
    certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    file = written(tmp_path / "bid.pdf", struck(format_pdf(certificate)))

    said = ask(file, "--registry", world.public)
    (report,) = ask(file, "--registry", world.public, "--json").reports

    assert (said.code, said.first) == (4, "IN FORCE, BUT LOOK AT THE PAGE on 2029-02-01")
    assert "GENUINE AND IN FORCE" not in said.out
    assert (report["doubtful"], report["exit_code"]) == (True, 4)


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ({"profile": {"it": "Team leader", "en": "Team leader"}}, "profile"),
        ({"valid_until": date(2041, 5, 31)}, "valid_until"),
        ({"name": "Mario Bianchi"}, "name"),
        ({"number": "7K3M9P2XQD4W5"}, "number"),
        ({"body": "Istituto Boreale di Qualità"}, "body"),
    ],
)
def test_an_edited_document_is_told_apart_though_its_code_is_genuine(
    edit: Mapping[str, object], field: str, certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    file = written(tmp_path / "bid.pdf", format_pdf(replace(certificate, **edit)))

    said = ask(file, "--registry", world.public)
    (report,) = ask(file, "--registry", world.public, "--json").reports

    assert (said.code, said.first) == (3, "EDITED, DO NOT RELY ON IT")
    assert "GENUINE" not in said.out
    assert (report["verdict"], report["exit_code"]) == ("forged", 3)
    assert different(report) == [field]


def test_a_genuine_attachment_makes_an_edited_document_no_better(
    certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    proofs = bundle(world, "active", world.samples["active"].tokens[-1])
    genuine = written(tmp_path / "1.pdf", with_attachment(format_pdf(certificate), "a.json", proofs))
    later = format_pdf(replace(certificate, valid_until=date(2041, 5, 31)))
    edited = written(tmp_path / "2.pdf", with_attachment(later, "a.json", proofs))

    assert ask(genuine).code == 0
    (report,) = ask(edited, "--json").reports
    assert (report["verdict"], different(report)) == ("forged", ["valid_until"])


def test_an_edit_is_told_from_a_bundle_alone(
    certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    proofs = written(tmp_path / "proofs.json", bundle(world, "active"))
    edited = written(tmp_path / "bid.pdf", format_pdf(replace(certificate, name="Mario Bianchi")))

    (report,) = ask(edited, "--bundle", proofs, "--json").reports

    assert different(report) == ["name"]
    assert {f["name"]: f["reason"] for f in report["fields"] if f["outcome"] == "not_comparable"} == {
        "profile": "no_record"
    }


def test_an_edited_document_among_others_is_the_gravest(
    certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    edited = written(tmp_path / "bid.pdf", format_pdf(replace(certificate, name="Mario Bianchi")))

    said = ask(edited, link(world, "suspended"), "--registry", world.public)

    assert said.code == 3
    assert said.out.splitlines()[-2] == f"  EDITED, DO NOT RELY ON IT  {edited}, page 1"


def test_a_photo_has_no_fields_and_it_is_said_that_its_code_alone_was_checked(
    certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    file = written(tmp_path / "photo.png", png(symbol(link(world, "active"))))
    unsaid = "! What is printed beside the code was not compared with the record: go by what is written here."

    said = ask(file, "--registry", world.public)
    (report,) = ask(file, "--registry", world.public, "--json").reports

    assert (report["verdict"], report["fields"]) == ("in_force", None)
    assert unsaid in said.out
    whole = written(tmp_path / "bid.pdf", format_pdf(certificate))
    for other in (whole, link(world, "active"), world.samples["active"].number):
        assert unsaid not in ask(other, "--registry", world.public).out


def covered(pdf: bytes, text: str) -> bytes:
    """The document with a white box over a text of its first page."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        place, length = page.get_textpage().search(text).get_next()
        lefts, bottoms, rights, tops = zip(
            *(page.get_textpage().get_charbox(place + step) for step in range(length)), strict=True
        )
        left, bottom, right, top = min(lefts), min(bottoms), max(rights), max(tops)
        white = raw.FPDFPageObj_CreateNewRect(left - 1, bottom - 2, right - left + 2, top - bottom + 4)
        raw.FPDFPageObj_SetFillColor(white, 255, 255, 255, 255)
        raw.FPDFPath_SetDrawMode(white, raw.FPDF_FILLMODE_ALTERNATE, False)
        raw.FPDFPage_InsertObject(page, white)
        page.gen_content()
        return saved(document)


def saved(document: pypdfium2.PdfDocument) -> bytes:
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def behind(first: bytes, second: bytes) -> bytes:
    """The pages of one document behind those of another."""
    with pypdfium2.PdfDocument(first) as document, pypdfium2.PdfDocument(second) as other:
        document.import_pages(other)
        return saved(document)


def test_a_field_that_was_taken_away_makes_a_document_no_genuine_one_here_nor_in_a_pack(
    certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    file = written(tmp_path / "bid.pdf", covered(format_pdf(certificate), certificate.name))
    pack = tmp_path / "pack.pdf"

    said = ask(file, "--registry", world.public, "--pack", pack)

    assert (said.code, said.first) == (3, "EDITED, DO NOT RELY ON IT")
    again = ask("pack", pack)
    assert again.code == 0
    assert "FORGED OR ALTERED" in again.out


def test_an_edited_page_behind_a_genuine_one_is_an_answer_of_its_own(
    certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    genuine, edited = format_pdf(certificate), format_pdf(replace(certificate, name="Mario Bianchi"))
    file = written(tmp_path / "bid.pdf", behind(genuine, edited))

    reports = ask(file, "--registry", world.public, "--json").reports

    assert [report["verdict"] for report in reports] == ["in_force", "forged"]
    assert ask(written(tmp_path / "twice.pdf", behind(genuine, genuine)), "--registry", world.public).code == 0


def test_a_page_like_a_certificate_without_a_code_is_told(
    certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    codeless = format_pdf(certificate)
    with pypdfium2.PdfDocument(codeless) as document:
        page = document[0]
        for drawn in list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_FORM], max_depth=1)):
            page.remove_obj(drawn)
        page.gen_content()
        codeless = saved(document)
    file = written(tmp_path / "bid.pdf", behind(format_pdf(certificate), codeless))

    said = ask(file, "--registry", world.public)

    assert said.code == 2
    assert "page 2: this page looks like a certificate, and no code is on it" in said.err


def test_a_page_that_was_turned_is_read_as_it_was_written(
    certificate: PrintedCertificate, world: World, ask: Ask, tmp_path: Path
) -> None:
    with pypdfium2.PdfDocument(format_pdf(certificate)) as document:
        document[0].set_rotation(90)
        file = written(tmp_path / "bid.pdf", saved(document))

    (report,) = ask(file, "--registry", world.public, "--json").reports

    assert {field["outcome"] for field in report["fields"]} == {"same"}
