"""PDF files are read page by page: their codes, how many seals there are, and what of them was not read."""

import subprocess
import time
from functools import partial
from io import BytesIO

import pytest
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.seals import Authority, now
from tests.verifier.intake.files import LINK, NUMBERS, OTHER, drawn, numbers, pdf_of, read, stream, why
from tests.verifier.paper import pdf, sheet, symbol
from verifier.pades import outside_loops


def test_the_codes_of_a_pdf_file_are_read_with_their_pages() -> None:
    inputs = read(pdf([sheet(), sheet(LINK), sheet(), sheet(OTHER)]))

    assert numbers(inputs) == list(NUMBERS[:2])
    assert [(one.page, one.certificates, one.place) for one in inputs] == [
        (2, 2, "file 0, page 2"),
        (4, 2, "file 0, page 4"),
    ]


def test_a_code_that_stands_on_several_pages_is_one_certificate() -> None:
    (one,) = read(pdf([sheet(LINK), sheet(LINK)]))

    assert (one.page, one.certificates) == (1, 1)


def test_a_small_code_is_read_at_the_finer_resolution() -> None:
    tiny = Image.new("L", (2480, 3508), 255)
    tiny.paste(symbol(LINK, 2), (300, 300))

    assert numbers(read(pdf([tiny]))) == [NUMBERS[0]]


def test_a_document_says_which_bytes_it_is_of() -> None:
    content = pdf([sheet(LINK)])
    (one,) = read(content)

    assert one.document is not None
    assert (one.document.sha256.hex(), one.document.seals, one.document.lines) == (digest(content), 0, ())


def digest(content: bytes) -> str:
    """SHA-256, as another program computes it."""
    said = subprocess.run(["sha256sum"], input=content, capture_output=True, check=True)
    return said.stdout.decode().split()[0]


def test_the_seals_in_a_document_are_counted() -> None:
    identity = Authority(now()).seal_identity()
    store = SimpleCertificateStore()
    signer = SimpleSigner(identity.asn1_certificate, identity.asn1_key, store)
    content = drawn(b"")
    for name in ("One", "Two"):
        sealed = BytesIO()
        writer = IncrementalPdfFileWriter(BytesIO(content), strict=False)
        sealer = PdfSigner(PdfSignatureMetadata(field_name=name), signer, new_field_spec=SigFieldSpec(name))
        outside_loops(partial(sealer.sign_pdf, writer, output=sealed))
        content = sealed.getvalue()

    (one,) = read(content)

    assert one.document is not None
    assert one.document.seals == 2


def locked(password: str) -> bytes:
    """A PDF file that wants a password."""
    writer = copy_into_new_writer(PdfFileReader(BytesIO(drawn(b"")), strict=False))
    writer.encrypt(owner_pass=password or "owner", user_pass=password)
    content = BytesIO()
    writer.write(content)
    return content.getvalue()


def test_a_document_that_is_locked_says_so() -> None:
    assert why(read(locked("secret"))) == "the PDF file is locked by a password: save it without one"
    assert numbers(read(locked(""))) == [NUMBERS[0]]


ROOT = b"<</Type/Catalog/Pages 2 0 R>>"
BAD: dict[str, tuple[bytes, str]] = {
    "only a mark": (b"%PDF-1.7", "the PDF file cannot be opened: it is damaged"),
    "cut off": (pdf([sheet()])[:2000], "the PDF file cannot be opened: it is damaged"),
    "a page tree that is its own child": (
        pdf_of(ROOT, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"),
        "page 1 of the PDF file cannot be read: it is damaged",
    ),
    "a page tree that doubles for ever": (
        pdf_of(
            ROOT,
            b"<</Type/Pages/Kids[3 0 R 3 0 R]/Count 1000000000>>",
            b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R 2 0 R]/Count 1000000000>>",
        ),
        "the PDF file cannot be opened: it is damaged",
    ),
    "no pages": (pdf_of(ROOT, b"<</Type/Pages/Kids[]/Count 0>>"), "the PDF file cannot be opened: it is damaged"),
    "contents that are the page itself": (
        pdf_of(
            ROOT,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R>>",
        ),
        "no certificate's code was found on it: is it sharp, whole and large enough?",
    ),
    "a form that draws itself": (
        pdf_of(
            ROOT,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>>>",
            stream(b"/A Do"),
            stream(b"/A Do /A Do", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 5 0 R>>>>"),
        ),
        "it cannot be read, or takes too much memory",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_broken_document_is_refused_with_why(name: str) -> None:
    content, sentence = BAD[name]

    assert why(read(content)) == sentence


def test_a_page_that_cannot_be_read_does_not_hide_the_others() -> None:
    good = drawn(b"").replace(b"/Kids[3 0 R]/Count 1", b"/Kids[3 0 R 2 0 R]/Count 2")

    inputs = read(good)

    assert numbers(inputs) == [NUMBERS[0], None]
    assert str(inputs[1].presented) == "page 2 of the PDF file cannot be read: it is damaged"


def test_pages_over_the_limit_are_named_and_not_passed_over() -> None:
    inputs = read(pdf([sheet(LINK).reduce(2), *[Image.new("1", (8, 8))] * 101]))

    assert numbers(inputs) == [NUMBERS[0], None]
    assert str(inputs[1].presented).startswith("pages 101 to 102 were not read: at most 100 pages of a document are")


def test_a_page_of_an_acre_is_drawn_no_larger_than_others() -> None:
    assert "no certificate's code" in why(read(drawn(b"", "0 0 200000 200000")))


def test_a_page_that_never_ends_is_ended() -> None:
    content = drawn(b"0 0 m 1 1 l S\n" * 10_000_000)
    began = time.monotonic()

    sentence = why(read(content, seconds=5))

    assert sentence in {"reading it takes more than 5 seconds", "it cannot be read, or takes too much memory"}
    assert time.monotonic() - began < 20
