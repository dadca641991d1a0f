"""A sealed document of which one reader finds other pages than another is not whole, though its seal's table is."""

import re
from io import BytesIO

import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.seals import document
from tests.verifier.test_seal import AT, AUTHORITY, ROOTS, only, sign
from verifier.report import Outcome
from verifier.seal import SealFinding, read_seals

EXACT, SHORT, RETURN = b" \n", b"\n", b"\r"
WORDS = b"<</Length 48>>stream\n0 g 100 100 300 300 re f                         \nendstream"


@pytest.fixture(scope="module")
def sealed() -> bytes:
    return sign(document())


def object_at(number: int, body: bytes) -> bytes:
    return b"%d 0 obj\n%s\nendobj\n" % (number, body)


def appended(
    sealed: bytes, *, ends: bytes = EXACT, hidden: bytes = b"", more: bytes = b"", trailer: bytes = b""
) -> bytes:
    """The document with an empty store of proofs of its seal appended.

    ``ends`` end the lines of the table of objects; ``hidden`` stands before it and is not in it; ``more`` is one more
    object, which is; ``trailer`` stands after everything.
    """
    reader = PdfFileReader(BytesIO(sealed))
    root, size = reader.trailer.raw_get("/Root").idnum, int(reader.trailer["/Size"])
    catalogue = re.findall(rb"(?<!\d)%d 0 obj(.*?)endobj" % root, sealed, re.DOTALL)[-1].strip()
    bodies = {
        size: b"<</VRI<<>>>>",
        root: catalogue[:-2] + b"/DSS %d 0 R>>" % size,
        **({size + 1: more} if more else {}),
    }
    written, table = b"\n", b""
    for number, body in sorted(bodies.items()):
        table += b"%d 1\n%010d 00000 n%s" % (number, len(sealed) + len(written), ends)
        written += object_at(number, body)
    written += hidden
    place = len(sealed) + len(written)
    end = b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\n" % (size + len(bodies), root, reader.last_startxref)
    return sealed + written + b"xref\n" + table + end + trailer + b"startxref\n%d\n%%%%EOF\n" % place


def shadow(sealed: bytes) -> bytes:
    """Other contents of the only page, under its contents' number."""
    page = PdfFileReader(BytesIO(sealed)).root["/Pages"]["/Kids"][0]
    return object_at(page.raw_get("/Contents").idnum, WORDS)


def ink(pdf: bytes) -> int:
    """How many dots of the page are black, as another library draws it."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return sum(opened[0].render(scale=0.5, grayscale=True).to_pil().histogram()[:100])


def test_an_empty_store_of_proofs_changes_nothing(sealed: bytes) -> None:
    more = appended(sealed)

    assert ink(more) == ink(sealed)
    seal = only(read_seals(more, ROOTS, AT))
    assert (seal.outcome, seal.whole) == (Outcome.PASSED, True)


@pytest.mark.parametrize("ends", [SHORT, RETURN])
def test_another_page_for_whoever_cannot_read_the_table_leaves_no_seal_whole(sealed: bytes, ends: bytes) -> None:
    attack = appended(sealed, ends=ends, hidden=shadow(sealed))
    assert ink(attack) > 1000 + ink(sealed)

    seal = only(read_seals(attack, ROOTS, AT))

    assert (seal.finding, seal.outcome, seal.whole) == (SealFinding.ADDED, Outcome.NOT_CHECKED, False)


CATALOGUE = b"<</Type/Catalog/Pages 1 0 R>>"
STRANGE = {
    "a table whose lines are short": {"ends": SHORT},
    "a table whose lines are long": {"ends": b"  \n"},
    "an object that no table lists": {"hidden": object_at(900, b"<<>>")},
    "an object whose number is parted from it by a remark": {"hidden": b"3 0%\nobj\n<<>>\nendobj\n"},
    "one more catalogue": {"more": CATALOGUE},
    "one more page": {"more": b"<</Type/Page/MediaBox[0 0 9 9]>>"},
    "one more catalogue by another name": {"more": CATALOGUE.replace(b"Catalog", b"C#61talog")},
    "a trailer of nothing": {"trailer": b"trailer\n<</Root 900 0 R>>\n"},
    "a table that is none": {"trailer": b"xref\n0 0\n"},
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_a_reader_may_find_by_itself_leaves_no_seal_whole(sealed: bytes, name: str) -> None:
    seal = only(read_seals(appended(sealed, **STRANGE[name]), ROOTS, AT))

    assert (seal.outcome, seal.whole) == (Outcome.NOT_CHECKED, False)


def test_one_more_object_that_is_no_page_changes_nothing(sealed: bytes) -> None:
    assert only(read_seals(appended(sealed, more=b"<</Certs[]>>"), ROOTS, AT)).whole


def test_proofs_as_they_are_appended_in_good_faith_leave_the_seal_whole() -> None:
    lasting = sign(document(), stamper=AUTHORITY.stamper(AT), revocations=AUTHORITY.revocations())

    seal = only(read_seals(lasting, ROOTS, AT))

    assert b"/DSS" in lasting
    assert (seal.finding, seal.whole) == (SealFinding.HOLDS, True)
