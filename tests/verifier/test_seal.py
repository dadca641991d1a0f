"""Seals are made here by pyHanko itself, not by our sealer: what is checked must not depend on who made it."""

import re
import sys
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from asn1crypto.cms import ContentInfo
from asn1crypto.crl import CertificateList
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.seals import Authority, Identity, document, now
from verifier.errors import FormatError
from verifier.pades import outside_loops
from verifier.report import Outcome
from verifier.seal import SEAL_REASONS, Seal, SealFinding, open_sealer, read_seals

AT = now()
AUTHORITY = Authority(AT)
STRANGER = Authority(AT, "Altra radice")
IDENTITY = AUTHORITY.seal_identity()
ROOTS = [AUTHORITY.root.pem]
YEARS_LATER = AT + timedelta(days=900)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return document()


def trust_in(revocations: bytes) -> ValidationContext:
    return ValidationContext(
        trust_roots=[AUTHORITY.root.asn1_certificate],
        crls=[revocations],
        allow_fetching=False,
        revocation_mode="require",
    )


def sign(
    pdf: bytes,
    identity: Identity = IDENTITY,
    stamper: DummyTimeStamper | None = None,
    revocations: bytes | None = None,
    field: str = "Seal",
) -> bytes:
    metadata = PdfSignatureMetadata(
        field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=revocations is not None,
        validation_context=trust_in(revocations) if revocations else None,
    )
    signer = SimpleSigner(identity.asn1_certificate, identity.asn1_key, SimpleCertificateStore())
    signed = BytesIO()
    sealer = PdfSigner(metadata, signer, timestamper=stamper)
    outside_loops(lambda: sealer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=signed))
    return signed.getvalue()


@pytest.fixture(scope="module")
def sealed(pdf: bytes) -> bytes:
    return sign(pdf)


@pytest.fixture(scope="module")
def stamped(pdf: bytes) -> bytes:
    return sign(pdf, stamper=AUTHORITY.stamper(AT))


def only(seals: tuple[Seal, ...]) -> Seal:
    (seal,) = seals
    return seal


def signed_ranges(sealed: bytes) -> tuple[range, range]:
    match = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)", sealed)
    assert match is not None
    first, second, length = map(int, match.groups())
    return range(first), range(second, second + length)


def flipped(content: bytes, place: int, bit: int = 0) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    return bytes(changed)


def turned(pdf: bytes) -> bytes:
    """The document with its page turned, by an incremental update as an editor appends it."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = NumberObject(90)
    writer.update_container(page)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def with_list(sealed: bytes, revocations: bytes) -> bytes:
    """The document with a revocation list put into its security store, as anybody may."""
    stream = BytesIO(sealed)
    DocumentSecurityStore.add_dss(stream, None, crls=[CertificateList.load(revocations)])
    return stream.getvalue()


def contents(sealed: bytes) -> tuple[range, ContentInfo]:
    """Where the signature stands, in hexadecimal, and what it says."""
    match = re.search(rb"/Contents <([0-9A-Fa-f]+)>", sealed)
    assert match is not None
    return range(*match.span(1)), ContentInfo.load(bytes.fromhex(match[1].decode()))


def with_stamp_of(sealed: bytes, another: bytes) -> bytes:
    place, signature = contents(sealed)
    _, other = contents(another)
    theirs = other["content"]["signer_infos"][0]["unsigned_attrs"]
    signature["content"]["signer_infos"][0]["unsigned_attrs"] = theirs
    written = signature.dump(force=True).hex().upper().encode().ljust(len(place), b"0")
    return sealed[: place.start] + written + sealed[place.stop :]


def test_a_document_without_a_seal_has_none(pdf: bytes) -> None:
    assert read_seals(pdf, ROOTS, AT) == ()


def test_a_seal_says_who_made_it_and_when_and_that_nothing_was_changed(sealed: bytes) -> None:
    seal = only(read_seals(sealed, ROOTS, AT))

    assert (seal.signer, seal.stamped, seal.whole) == ("Registro di prova", False, True)
    assert seal.at is not None
    assert AT <= seal.at <= now()
    assert seal.finding is SealFinding.HOLDS_REVOCATION_UNKNOWN
    assert seal.outcome is Outcome.PASSED


def test_without_roots_nobody_is_trusted(sealed: bytes) -> None:
    seal = only(read_seals(sealed, [], AT))

    assert (seal.finding, seal.outcome) == (SealFinding.NO_ROOTS, Outcome.NOT_CHECKED)


def test_the_seal_of_somebody_else_is_no_forgery(sealed: bytes) -> None:
    for handed_in in (sealed, turned(sealed)):
        seal = only(read_seals(handed_in, [STRANGER.root.pem], AT))

        assert (seal.finding, seal.outcome) == (SealFinding.UNKNOWN_SIGNER, Outcome.NOT_CHECKED)


def test_an_authority_of_the_same_name_is_another_one(sealed: bytes) -> None:
    namesake = Authority(AT)

    assert only(read_seals(sealed, [namesake.root.pem], AT)).outcome is Outcome.NOT_CHECKED


def test_a_seals_own_certificate_may_be_the_root(sealed: bytes) -> None:
    another = AUTHORITY.seal_identity()

    assert only(read_seals(sealed, [IDENTITY.pem], AT)).outcome is Outcome.PASSED
    assert only(read_seals(sealed, [another.pem], AT)).finding is SealFinding.UNKNOWN_SIGNER


@pytest.mark.parametrize("roots", [ROOTS, [IDENTITY.pem]], ids=["authority", "certificate"])
def test_once_its_certificate_has_expired_only_a_stamp_upholds_a_seal(
    roots: list[bytes], sealed: bytes, stamped: bytes
) -> None:
    with_the_authority = [*roots, AUTHORITY.root.pem]

    assert only(read_seals(sealed, roots, YEARS_LATER)).finding is SealFinding.EXPIRED
    upheld = only(read_seals(stamped, with_the_authority, YEARS_LATER))
    assert (upheld.outcome, upheld.stamped, upheld.at) == (Outcome.PASSED, True, AT)


def test_a_stamp_of_an_unknown_authority_proves_no_time(pdf: bytes) -> None:
    unproven = sign(pdf, stamper=STRANGER.stamper(AT))

    fresh, late = (only(read_seals(unproven, ROOTS, at)) for at in (AT, YEARS_LATER))

    assert (fresh.outcome, fresh.stamped) == (Outcome.PASSED, False)
    assert late.finding is SealFinding.EXPIRED


@pytest.mark.parametrize(
    ("revoked_at", "finding"),
    [(AT - timedelta(days=1), SealFinding.REVOKED), (AT + timedelta(days=90), SealFinding.HOLDS)],
    ids=["before", "afterwards"],
)
def test_what_a_revocation_means_depends_on_the_time_stamp(
    revoked_at: datetime, finding: SealFinding, stamped: bytes
) -> None:
    revoked = with_list(stamped, AUTHORITY.revocations(IDENTITY, at=revoked_at + timedelta(hours=13)))

    assert only(read_seals(revoked, ROOTS, AT + timedelta(days=100))).finding is finding


def test_without_a_time_stamp_a_revoked_certificate_upholds_nothing(sealed: bytes) -> None:
    revoked = with_list(sealed, AUTHORITY.revocations(IDENTITY))

    assert only(read_seals(revoked, ROOTS, AT)).outcome is Outcome.NOT_CHECKED


def test_what_was_sealed_cannot_be_altered_by_a_bit(sealed: bytes) -> None:
    places = [place for area in signed_ranges(sealed) for place in area[:: max(1, len(area) // 150)]]

    found = {place: read_seals(flipped(sealed, place, place % 8), ROOTS, AT) for place in places}

    assert len(found) > 300
    assert [place for place, seals in found.items() if not seals] == []
    assert [place for place, seals in found.items() if any(s.outcome is Outcome.PASSED for s in seals)] == []
    altered = [place for place, seals in found.items() if any(s.finding is SealFinding.ALTERED for s in seals)]
    assert len(altered) > len(places) / 2


def test_nothing_can_be_appended_unseen(sealed: bytes) -> None:
    seal = only(read_seals(turned(sealed), ROOTS, AT))

    assert (seal.finding, seal.outcome, seal.whole) == (SealFinding.CHANGED, Outcome.FAILED, False)


def test_without_roots_what_is_appended_to_a_bidders_signature_is_no_forgery(sealed: bytes) -> None:
    """Whoever signs what it hands in may append with any program; who cannot be told from it is not accused."""
    seal = only(read_seals(turned(sealed), [], AT))

    assert (seal.finding, seal.outcome, seal.whole) == (SealFinding.NO_ROOTS, Outcome.NOT_CHECKED, False)


def test_bytes_after_the_end_are_no_part_of_what_was_sealed(sealed: bytes) -> None:
    for more in (b"\n", b" ", b"%PDF-1.7\n%%EOF\n", sealed):
        assert {seal.outcome for seal in read_seals(sealed + more, ROOTS, AT)}.isdisjoint({Outcome.PASSED})


def test_a_signature_on_top_leaves_the_seal_unproven_but_no_forgery(sealed: bytes) -> None:
    """A bidder signs what it hands in; what its signature shows may lie over what was sealed."""
    ours, theirs = read_seals(sign(sealed, STRANGER.seal_identity("Offerente"), field="Bidder"), ROOTS, AT)

    assert (ours.signer, ours.finding, ours.outcome) == ("Registro di prova", SealFinding.ADDED, Outcome.NOT_CHECKED)
    assert (theirs.signer, theirs.finding) == ("Offerente", SealFinding.UNKNOWN_SIGNER)


def test_a_time_stamp_over_the_whole_document_leaves_the_seal_whole(pdf: bytes) -> None:
    lasting = sign(pdf, stamper=AUTHORITY.stamper(AT), revocations=AUTHORITY.revocations())
    archived = outside_loops(
        lambda: PdfTimeStamper(AUTHORITY.stamper(AT)).timestamp_pdf(
            IncrementalPdfFileWriter(BytesIO(lasting)), "sha256", trust_in(AUTHORITY.revocations())
        )
    )

    ours, stamp = read_seals(archived.getvalue(), ROOTS, AT)

    assert (ours.finding, ours.whole) == (SealFinding.HOLDS, True)
    assert (stamp.signer, stamp.stamped, stamp.at) == ("Marche temporali di prova", True, AT)
    assert stamp.outcome is Outcome.PASSED


def test_the_time_stamp_of_another_seal_is_none(pdf: bytes, stamped: bytes) -> None:
    """The stamp lies outside what is signed: so it can be taken from one seal and put into another."""
    another = sign(pdf, AUTHORITY.seal_identity("Altro sigillo"), stamper=AUTHORITY.stamper(AT))

    assert only(read_seals(with_stamp_of(stamped, another), ROOTS, AT)).finding is SealFinding.STAMP_BROKEN


def test_a_damaged_seal_is_not_passed_over(sealed: bytes) -> None:
    for mark in (b"/ByteRange", b"/FT /Sig", b"/AcroForm", b"startxref"):
        place = sealed.rindex(mark)
        assert read_seals(flipped(sealed, place + 2), ROOTS, AT) != ()


@pytest.mark.parametrize(
    "content",
    [
        b"/ByteRange",
        b"%PDF-1.7\n/ByteRange [0 1 2 3]\n%%EOF",
        b"%PDF-1.7\n" + b"[" * 100_000 + b"/ByteRange",
        b"%PDF-1.7\n" + b"/ByteRange " * 100_000,
        b"%PDF-1.7\nxref\n0 0\ntrailer << /Prev 9 /ByteRange [] >>\nstartxref\n9\n%%EOF",
    ],
)
def test_junk_comes_to_one_seal_that_cannot_be_read(content: bytes) -> None:
    assert only(read_seals(content, ROOTS, AT)).finding is SealFinding.UNREADABLE


def test_a_certificate_for_something_else_is_no_seals(pdf: bytes) -> None:
    wrong = sign(pdf, AUTHORITY.seal_identity(usage="key_agreement"))

    assert only(read_seals(wrong, ROOTS, AT)).finding is SealFinding.UNSUITABLE


def test_roots_come_in_both_forms_and_several_in_one_file(sealed: bytes) -> None:
    der = AUTHORITY.root.asn1_certificate.dump()

    assert only(read_seals(sealed, [der], AT)).outcome is Outcome.PASSED
    assert only(read_seals(sealed, [STRANGER.root.pem + AUTHORITY.root.pem], AT)).outcome is Outcome.PASSED
    for broken in (b"", b"roots", der[:-1], b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        with pytest.raises(FormatError, match="it is not a certificate in DER or PEM"):
            read_seals(sealed, [broken], AT)


def test_without_what_checks_seals_there_is_still_a_seal(
    sealed: bytes, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "verifier.pades", None)

    seal = only(read_seals(sealed, ROOTS, AT))
    assert (seal.finding, seal.outcome) == (SealFinding.NO_READER, Outcome.NOT_CHECKED)
    assert "attesto[seal]" in seal.reason
    assert read_seals(pdf, ROOTS, AT) == ()


def test_nothing_is_logged_of_whom_a_document_names(sealed: bytes, caplog: pytest.LogCaptureFixture) -> None:
    read_seals(turned(sealed), [STRANGER.root.pem], YEARS_LATER)

    assert caplog.text == ""


def test_every_finding_has_its_sentence() -> None:
    assert set(SEAL_REASONS) == set(SealFinding)
    assert len(set(SEAL_REASONS.values())) == len(SealFinding)


def test_where_no_seal_is_configured_nothing_is_sealed() -> None:
    assert open_sealer({}) is None
