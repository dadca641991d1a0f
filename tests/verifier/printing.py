"""Certificates printed as a body prints them, and their text as whoever reads it gets it."""

import ctypes
from io import BytesIO

import pypdfium2
from pypdfium2 import raw

from registry.documents.certificate import Accreditation, PrintedCertificate
from registry.documents.symbol import certificate_link
from tests.verifier.page.world import ACCREDITED, NOW, TODAY, World
from verifier.certificate import parse_token
from verifier.encoding import legal_day
from verifier.fetch import fetch_bundle
from verifier.intake.leaf import Leaf
from verifier.intake.text import visible_lines
from verifier.report import Question
from verifier.titles import find_titles
from verifier.verify import verify


def certificate_of(world: World, sample: str, host: str = "registry.example") -> PrintedCertificate:
    """The first document of a sample; days and titles are those of the public files."""
    number, token = world.samples[sample].number, world.samples[sample].tokens[0]
    bundle, claims = fetch_bundle(world.source, number), parse_token(token).claims
    report = verify(world.trust, Question(TODAY, NOW, NOW), lambda: bundle, number)
    assert report.facts is not None
    assert report.evidence is not None
    _, _, granted_on, recorded_at = report.evidence.events[0]
    return PrintedCertificate(
        number=number,
        revision=claims.revision,
        name=claims.name,
        body=report.facts.body_name,
        website=report.facts.website,
        scheme=report.facts.edition_title,
        edition=claims.edition,
        profile=find_titles(world.source, bundle)[claims.profile],
        granted_on=granted_on,
        decided_on=legal_day(recorded_at),
        cycle_starts_on=granted_on,
        valid_until=claims.valid_until,
        key_id="Ab3dE5fG",
        link=certificate_link(f"https://{host}", number, token),
        issued_at=claims.issued_at,
        accreditation=Accreditation(**ACCREDITED),
        birth_year=claims.birth_year,
    )


def with_attachment(pdf: bytes, name: str, content: bytes) -> bytes:
    """A PDF file with another file in it."""
    with pypdfium2.PdfDocument(pdf) as document:
        document.new_attachment(name).set_data(content)
        written = BytesIO()
        document.save(written)
    return written.getvalue()


def lines_of(pdf: bytes) -> tuple[str, ...]:
    """The visible lines of the first page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return visible_lines(Leaf(document[0]))


def laid_over(
    pdf: bytes,
    old: str,
    new: str,
    *,
    covered: bool = True,
    colour: tuple[int, int, int] = (22, 32, 43),
    moved: tuple[float, float] = (0, 0),
) -> bytes:
    """A PDF file in which another text lies over the first place of one, with a white patch between unless said.

    It may be moved by as many of the first text's widths to the right, and of its heights up.
    """
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        left, bottom, right, top = _place(page, old)
        size = top - bottom
        if covered:
            patch = raw.FPDFPageObj_CreateNewRect(left - 1, bottom - 1, right - left + 40, top - bottom + 2)
            raw.FPDFPageObj_SetFillColor(patch, 255, 255, 255, 255)
            raw.FPDFPath_SetDrawMode(patch, raw.FPDF_FILLMODE_WINDING, 0)
            raw.FPDFPage_InsertObject(page, patch)
        text = raw.FPDFPageObj_NewTextObj(document, b"Helvetica", size)
        letters = (new + "\0").encode("utf-16-le")
        raw.FPDFText_SetText(text, ctypes.cast(letters, raw.FPDF_WIDESTRING))
        raw.FPDFPageObj_SetFillColor(text, *colour, 255)
        across, up = moved
        left, bottom = left + across * (right - left), bottom + up * (top - bottom)
        raw.FPDFPageObj_Transform(text, 1, 0, 0, 1, left, bottom)
        raw.FPDFPage_InsertObject(page, text)
        raw.FPDFPage_GenerateContent(page)
        page.close()
        written = BytesIO()
        document.save(written)
    return written.getvalue()


def struck(pdf: bytes) -> bytes:
    """A PDF file with a short line drawn on its first page, where nothing is written."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        line = raw.FPDFPageObj_CreateNewRect(430, 560, 60, 3)
        raw.FPDFPath_SetDrawMode(line, raw.FPDF_FILLMODE_WINDING, 0)
        raw.FPDFPage_InsertObject(page, line)
        raw.FPDFPage_GenerateContent(page)
        page.close()
        written = BytesIO()
        document.save(written)
    return written.getvalue()


def _place(page: pypdfium2.PdfPage, text: str) -> tuple[float, float, float, float]:
    textpage = page.get_textpage()
    found = textpage.search(text).get_next()
    assert found is not None
    boxes = [textpage.get_charbox(place) for place in range(found[0], sum(found))]
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)
