"""Seals of documents that are handed in: checked where the document is read."""

from datetime import UTC, datetime, timedelta

from keys.seal import PadesSealer, SealKey
from tests.seals import Authority, now
from tests.verifier.intake.files import LINK, typeset, zipped
from tests.verifier.paper import png, symbol
from verifier.inputs import Document
from verifier.intake.files import read_files
from verifier.seal import Seal, SealFinding, SealTrust, format_seal, parse_seal, read_seals

AT = now()
AUTHORITY = Authority(AT)
IDENTITY = AUTHORITY.seal_identity()
TRUST = SealTrust((AUTHORITY.root.der,), AT)
PLAIN = typeset('#image("code.png", width: 5cm)\nTeam leader', {"code.png": png(symbol(LINK))})
SEALED = PadesSealer(SealKey(IDENTITY.asn1_key, IDENTITY.asn1_certificate), (AUTHORITY.root.der,), now).seal(PLAIN)


def document(pdf: bytes, trust: SealTrust | None = TRUST) -> Document:
    (one,) = read_files([("certificate.pdf", pdf)], trust=trust)
    assert one.document is not None
    return one.document


def test_a_sealed_document_shows_what_it_showed_before_and_its_seal() -> None:
    before, after = document(PLAIN), document(SEALED)

    assert after.lines == before.lines != ()
    assert (before.seals, before.checked) == (0, ())
    assert after.seals == 1
    assert after.checked == read_seals(SEALED, TRUST.roots, AT)
    assert [seal.finding for seal in after.checked] == [SealFinding.HOLDS_REVOCATION_UNKNOWN]


def test_an_altered_document_tells_of_its_seal() -> None:
    place = SEALED.index(b"/MediaBox")
    altered = SEALED[:place] + b"/CropBoxx" + SEALED[place + 9 :]

    assert [seal.finding for seal in document(altered).checked] == [SealFinding.ALTERED]


def test_seals_are_checked_only_where_that_is_asked_for() -> None:
    assert document(SEALED, None).checked == ()
    assert [seal.finding for seal in document(SEALED, SealTrust((), AT)).checked] == [SealFinding.NO_ROOTS]


def test_each_document_in_a_file_has_its_own_seals() -> None:
    inputs = read_files([("bid.zip", zipped({"a.pdf": SEALED, "b.pdf": PLAIN}))], trust=TRUST)

    assert {one.name: len(one.document.checked) for one in inputs if one.document} == {
        "bid.zip/a.pdf": 1,
        "bid.zip/b.pdf": 0,
    }


def test_what_was_found_of_a_seal_is_read_as_it_was_written() -> None:
    seals = [Seal("", None, stamped=False, whole=False, finding=finding) for finding in SealFinding] + [
        Seal(
            'Ù "\u202e',
            datetime(1950, 1, 1, tzinfo=UTC) + timedelta(days=1),
            stamped=True,
            whole=True,
            finding=SealFinding.HOLDS,
        )
    ]

    assert [parse_seal(format_seal(seal)) for seal in seals] == seals
