"""Shadow attacks: what is appended to a sealed document, or done to its signature, never leaves a seal that passes.

Hide, replace, and hide-and-replace are those of Mainka, Mladenov and Rohlmann (2021); the universal forgery and the
wrapped signature, those of Mladenov and others (2019).
"""

import re
from collections.abc import Callable
from functools import cache
from io import BytesIO

import pytest
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject
from pyhanko.pdf_utils.generic import TextStringObject as Text
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.seals import document
from tests.verifier.test_seal import AT, IDENTITY, ROOTS, only, sign
from verifier.pades import outside_loops
from verifier.report import Outcome
from verifier.seal import read_seals

Update = Callable[[IncrementalPdfFileWriter], None]
WORDS = b"BT /F1 30 Tf 100 700 Td (Direttore) Tj ET"
PATCH = b"1 g 0 0 1000 1000 re f"


@cache
def sealed(permission: MDPPerm | None = None) -> bytes:
    """A document with a seal, which certifies it and says what may follow, if that is given."""
    if permission is None:
        return sign(document())
    metadata = PdfSignatureMetadata(
        "Seal", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, certify=True, docmdp_permissions=permission
    )
    signer = SimpleSigner(IDENTITY.asn1_certificate, IDENTITY.asn1_key, SimpleCertificateStore())
    written = BytesIO()
    sealer = PdfSigner(metadata, signer)
    outside_loops(lambda: sealer.sign_pdf(IncrementalPdfFileWriter(BytesIO(document())), output=written))
    return written.getvalue()


def updated(pdf: bytes, update: Update) -> bytes:
    writer, written = IncrementalPdfFileWriter(BytesIO(pdf)), BytesIO()
    update(writer)
    writer.write(written)
    return written.getvalue()


def page_of(writer: IncrementalPdfFileWriter) -> DictionaryObject:
    return writer.root["/Pages"]["/Kids"][0]


def numbers(*values: int) -> ArrayObject:
    return ArrayObject(map(NumberObject, values))


def of(**entries: object) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def stream(writer: IncrementalPdfFileWriter, content: bytes, **entries: object) -> object:
    return writer.add_object(StreamObject(of(**entries), stream_data=content))


def replace(writer: IncrementalPdfFileWriter) -> None:
    page = page_of(writer)
    page[NameObject("/Contents")] = stream(writer, WORDS)
    writer.update_container(page)


def hide(writer: IncrementalPdfFileWriter) -> None:
    page = page_of(writer)
    page[NameObject("/Contents")] = ArrayObject([page.raw_get("/Contents"), stream(writer, PATCH)])
    writer.update_container(page)


def laid_over(writer: IncrementalPdfFileWriter, kind: str, **entries: object) -> object:
    look = stream(writer, PATCH, Type=NameObject("/XObject"), Subtype=NameObject("/Form"), BBox=numbers(0, 0, 200, 50))
    box = {"Rect": numbers(50, 650, 400, 800), "F": NumberObject(4), "AP": of(N=look)}
    note = writer.add_object(of(Type=NameObject("/Annot"), Subtype=NameObject(kind), **box, **entries))
    page = page_of(writer)
    page[NameObject("/Annots")] = ArrayObject([*page.get("/Annots", ()), note])
    writer.update_container(page)
    return note


def note(kind: str) -> Update:
    return lambda writer: laid_over(writer, kind, Contents=Text("Direttore")) and None


def field(writer: IncrementalPdfFileWriter) -> None:
    fields = writer.root["/AcroForm"]["/Fields"]
    fields.append(laid_over(writer, "/Widget", FT=NameObject("/Tx"), T=Text("profilo"), V=Text("Direttore")))
    writer.update_container(writer.root["/AcroForm"])


def look_of_seal(writer: IncrementalPdfFileWriter) -> None:
    seal = writer.root["/AcroForm"]["/Fields"][0]
    look = stream(writer, PATCH, Type=NameObject("/XObject"), Subtype=NameObject("/Form"), BBox=numbers(0, 0, 200, 50))
    seal.update(of(Rect=numbers(50, 650, 400, 800), AP=of(N=look), F=NumberObject(4)))
    writer.update_container(seal)


def new_page(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    first = of(Type=NameObject("/Page"), Parent=writer.root.raw_get("/Pages"), MediaBox=numbers(0, 0, 500, 500))
    pages["/Kids"].insert(0, writer.add_object(first))
    pages[NameObject("/Count")] = NumberObject(2)
    writer.update_container(pages)


def other_pages(writer: IncrementalPdfFileWriter) -> None:
    page = writer.add_object(of(Type=NameObject("/Page"), MediaBox=numbers(0, 0, 500, 500)))
    pages = of(Type=NameObject("/Pages"), Count=NumberObject(1), Kids=ArrayObject([page]))
    writer.root[NameObject("/Pages")] = writer.add_object(pages)
    writer.update_root()


def without_seal(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/AcroForm"][NameObject("/Fields")] = ArrayObject()
    writer.update_container(writer.root["/AcroForm"])


UPDATES: dict[str, Update] = {
    "replace": replace,
    "hide": hide,
    **{f"a remark: {kind}": note(kind) for kind in ("/FreeText", "/Stamp", "/Redact", "/Highlight")},
    "a field with a value": field,
    "a look of the seal": look_of_seal,
    "a new page": new_page,
    "other pages in the catalogue": other_pages,
    "the seal's field taken away": without_seal,
}


@pytest.mark.parametrize("permission", [None, *MDPPerm], ids=lambda one: "approval" if one is None else one.name)
@pytest.mark.parametrize("name", UPDATES)
def test_nothing_that_is_appended_leaves_a_seal_that_passes(name: str, permission: MDPPerm | None) -> None:
    whole = sealed(permission)
    assert only(read_seals(whole, ROOTS, AT)).outcome is Outcome.PASSED

    seal = only(read_seals(updated(whole, UPDATES[name]), ROOTS, AT))

    assert (seal.outcome is Outcome.PASSED, seal.whole) == (False, False)


def test_what_was_hidden_before_the_seal_cannot_be_brought_out_after_it() -> None:
    def prepare(writer: IncrementalPdfFileWriter) -> None:
        page = page_of(writer)
        page[NameObject("/Shadow")] = stream(writer, WORDS)
        writer.update_container(page)

    def swap(writer: IncrementalPdfFileWriter) -> None:
        page = page_of(writer)
        page[NameObject("/Contents")] = page.raw_get("/Shadow")
        writer.update_container(page)

    prepared = sign(updated(document(), prepare))
    assert only(read_seals(prepared, ROOTS, AT)).whole

    for brought_out in (updated(prepared, swap), table_alone(prepared)):
        assert only(read_seals(brought_out, ROOTS, AT)).outcome is not Outcome.PASSED


def table_alone(pdf: bytes) -> bytes:
    """The document with a table that says the shadow's place of the contents, and nothing else appended."""
    reader = PdfFileReader(BytesIO(pdf))
    page = reader.root["/Pages"]["/Kids"][0]
    number, shadow = (page.raw_get(name).idnum for name in ("/Contents", "/Shadow"))
    place = [match.start() for match in re.finditer(rb"(?<!\d)%d 0 obj" % shadow, pdf)][-1]
    root, size = reader.trailer.raw_get("/Root").idnum, reader.trailer["/Size"]
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, place)
    trailer = b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\n" % (size, root, reader.last_startxref)
    return pdf + b"\n" + table + trailer + b"startxref\n%d\n%%%%EOF\n" % (len(pdf) + 1)


def with_ranges(written: bytes) -> bytes:
    return re.sub(rb"/ByteRange \[[^\]]*\]", lambda found: written.ljust(len(found[0])), sealed())


def with_contents(written: bytes) -> bytes:
    return re.sub(rb"/Contents <[0-9A-Fa-f]+>", lambda found: written.ljust(len(found[0])), sealed())


def wrapped() -> bytes:
    """Another document with the seal's signature, whose ranges are those of the sealed octets behind it."""
    other = sign(updated(document(), replace))
    ranges = re.compile(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\s*\]")
    hexadecimal = re.compile(rb"/Contents <([0-9A-Fa-f]+)>")
    theirs, ours = ranges.search(other), ranges.search(sealed())
    signature, room = hexadecimal.search(sealed()), hexadecimal.search(other)
    assert theirs
    assert ours
    assert signature
    assert room
    length, begin, rest = map(int, ours.groups())
    moved = b"/ByteRange [%d %d %d %d]" % (len(other), length, len(other) + begin, rest)
    space = len(room[1]) - max(0, len(moved) - len(theirs[0]))
    made = other.replace(room[1], signature[1].ljust(space, b"0")[:space]).replace(
        theirs[0], moved.ljust(len(theirs[0]))
    )
    assert len(made) == len(other)
    return made + sealed()


FORGERIES = {
    "no ranges": lambda: sealed().replace(b"/ByteRange", b"/ByteRanqe"),
    "ranges of nothing": lambda: with_ranges(b"/ByteRange null"),
    "empty ranges": lambda: with_ranges(b"/ByteRange [0 0 0 0]"),
    "negative ranges": lambda: with_ranges(b"/ByteRange [0 -1 0 -1]"),
    "ranges twice": lambda: sealed().replace(b"/ByteRange", b"/ByteRange [0 1 2 3] /ByteRange"),
    "a signature of nothing": lambda: with_contents(b"/Contents null"),
    "an empty signature": lambda: with_contents(b"/Contents <>"),
    "a signature of zero": lambda: with_contents(b"/Contents <00>"),
    "something before the beginning": lambda: b"junk\n" + sealed(),
    "the sealed octets behind another document": wrapped,
}


@pytest.mark.parametrize("name", FORGERIES)
def test_no_signature_passes_for_other_octets_than_the_whole_document(name: str) -> None:
    seals = read_seals(FORGERIES[name](), ROOTS, AT)

    assert seals
    assert all(seal.outcome is not Outcome.PASSED for seal in seals)
