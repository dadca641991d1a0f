"""A certificate to print, and readers of what was printed that are not the writers."""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import shake_256
from html import unescape
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from registry.documents.certificate import Accreditation, PrintedCertificate
from registry.documents.symbol import certificate_link

NUMBER = "7K3M9P2XQD4W5"
ADDRESS = "https://registry.example.org"
Change = Callable[..., PrintedCertificate]


@pytest.fixture(scope="session")
def printed() -> PrintedCertificate:
    return PrintedCertificate(
        number=NUMBER,
        revision=3,
        name="Zoë D'Angelo-Ñandú",
        body="OdC Uno S.r.l.",
        website="https://odc-uno.example",
        scheme={"it": "Schema di prova, edizione 2026", "en": "Trial scheme, 2026 edition"},
        edition="prova-2026",
        profile={"it": "Coordinatore di turno", "en": "Shift coordinator"},
        granted_on=date(2023, 1, 2),
        decided_on=date(2025, 12, 30),
        cycle_starts_on=date(2026, 1, 2),
        valid_until=date(2029, 8, 1),
        key_id="Ab3dE5fG",
        link=certificate_link(ADDRESS, NUMBER, any_token(220)),
        issued_at=datetime(2026, 1, 5, 9, 30, 7, tzinfo=UTC),
        accreditation=Accreditation("123A", "Ente di prova", "ISO/IEC 17024:2012", "PRS n. 123A"),
        birth_year=1990,
    )


@pytest.fixture
def change(printed: PrintedCertificate) -> Change:
    """The certificate with some fields changed."""
    return lambda **fields: replace(printed, **fields)


def text_of(pdf: bytes) -> str:
    """What poppler reads in a PDF, its white space as one space."""
    return " ".join(poppler("pdftotext", "-layout", "-", "-", pdf=pdf).split())


def poppler(tool: str, *arguments: str, pdf: bytes) -> str:
    if shutil.which(tool) is None:
        pytest.skip(f"NO {tool.upper()}: poppler-utils is not installed")
    return subprocess.run([tool, *arguments], input=pdf, capture_output=True, check=True).stdout.decode()


@dataclass(frozen=True, slots=True)
class Box:
    """A word and where it stands, in points from the page's top left corner."""

    word: str
    left: float
    right: float
    bottom: float


def boxes_of(pdf: bytes) -> list[Box]:
    """Every word of a PDF, as poppler finds it; one from right to left is spelt backwards."""
    pattern = r'<word xMin="(\S+)" yMin="\S+" xMax="(\S+)" yMax="(\S+)">(.*?)</word>'
    found = re.findall(pattern, poppler("pdftotext", "-bbox", "-", "-", pdf=pdf))
    return [Box(unescape(word), float(left), float(right), float(bottom)) for left, right, bottom, word in found]


def rendered(pdf: bytes, dots_per_inch: int) -> Image.Image:
    """The only page of a PDF, as pdfium draws it."""
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 1
        image: Image.Image = document[0].render(scale=dots_per_inch / 72).to_pil()
    return image


def code_in(image: Image.Image) -> zxingcpp.Barcode:
    """The only QR code that zxing-cpp finds in an image; in noise it would see other kinds of codes, too."""
    (found,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return found


def any_token(size: int) -> bytes:
    """Bytes as random as a token's, always the same."""
    return shake_256(b"a token").digest(size)


def png(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))
