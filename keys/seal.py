"""The seal on documents: PAdES (ETSI EN 319 142-1) under a certificate, made with pyHanko.

Level B-B by itself, B-T with a time-stamp authority, B-LT with revocation lists besides. Every document is checked
before it is handed out, so that a seal never says less than was configured.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, pkcs12
from cryptography.x509 import Certificate, load_pem_x509_certificates
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from keys.errors import KeyFileError, PassphraseError, SealingError
from keys.secret_file import read_secret
from keys.software import decrypt_key
from verifier.errors import FormatError
from verifier.pades import outside_loops, parse_certificates
from verifier.report import Outcome
from verifier.seal import SealFinding, read_seals

Clock = Callable[[], datetime]
_FIELD: Final = "Seal"
_PEM: Final = b"-----BEGIN "
# A page of nothing, as small as a PDF file can be.
_EMPTY: Final = (
    b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
    b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n0000000105 00000 n \n"
    b"trailer\n<</Root 1 0 R/Size 4>>\nstartxref\n166\n%%EOF\n"
)


@dataclass(frozen=True, slots=True)
class SealKey:
    """A private key with its certificate, and the certificates between that and a root."""

    private_key: asn1_keys.PrivateKeyInfo = field(repr=False)
    certificate: asn1_x509.Certificate = field(repr=False)
    chain: tuple[asn1_x509.Certificate, ...] = field(default=(), repr=False)

    @property
    def expires_at(self) -> datetime:
        """The last instant (UTC) at which the certificate is valid."""
        last: datetime = self.certificate.not_valid_after
        return last


@dataclass(frozen=True, slots=True)
class PadesSealer:
    """Seals documents.

    ``roots`` (DER or PEM) are what whoever checks a seal trusts; ``stamper`` asks a time-stamp authority, if there is
    one; ``revocations`` are lists in DER, of every authority on the way; ``clock`` gives the present instant (UTC).
    """

    key: SealKey
    roots: tuple[bytes, ...]
    clock: Clock
    stamper: TimeStamper | None = None
    revocations: tuple[bytes, ...] = ()

    def seal(self, pdf: bytes) -> bytes:
        """Seal a PDF document, by bytes appended to it.

        Raises:
            SealingError: it cannot be sealed as configured; it is never sealed with less instead.
        """
        sealed = BytesIO()
        try:
            signer = _Signer(self._metadata(), self._signer(), timestamper=self.stamper)
            outside_loops(lambda: signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=sealed))
        except (TimestampRequestError, SigningError) as error:
            raise SealingError(f"the document is not sealed: {error}") from error
        except Exception as error:  # of many kinds, and some quote what they are about
            raise SealingError(f"the document is not sealed: {type(error).__name__}") from error
        self._check(sealed.getvalue())
        return sealed.getvalue()

    def try_out(self) -> None:
        """Seal an empty page, and throw it away.

        Raises:
            SealingError: as for a document.
        """
        self.seal(_EMPTY)

    def _metadata(self) -> PdfSignatureMetadata:
        trust = ValidationContext(
            trust_roots=[root for data in self.roots for root in parse_certificates(data)],
            other_certs=list(self.key.chain),
            crls=list(self.revocations),
            allow_fetching=False,
            revocation_mode="require",
        )
        return PdfSignatureMetadata(
            field_name=_FIELD,
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
            embed_validation_info=bool(self.revocations),
            validation_context=trust if self.revocations else None,
        )

    def _signer(self) -> SimpleSigner:
        chain = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        chain.register_multiple(self.key.chain)
        return SimpleSigner(self.key.certificate, self.key.private_key, chain)

    def _check(self, sealed: bytes) -> None:
        seals = read_seals(sealed, self.roots, self.clock())
        if not seals or seals[-1].outcome is not Outcome.PASSED:
            reason = seals[-1].reason if seals else "it cannot be read"
            raise SealingError(f"the seal would not hold: {reason}")
        if self.stamper is not None and not seals[-1].stamped:
            raise SealingError("the seal would not hold: no root vouches for the time-stamp authority")
        if self.revocations and seals[-1].finding is not SealFinding.HOLDS:
            raise SealingError(f"the seal would not hold: {seals[-1].reason}")


class _Signer(PdfSigner):
    """Signs without making a PDF 2.0 document of it, which PDF/A-3 documents are not."""

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        """Name the extension of PDF 1.7 that PAdES is, and none of those that elliptic curves are to PDF 2.0."""
        del md_algorithm
        pdf_out.register_extension(ESIC_EXTENSION_1)


def open_seal_key(path: Path, passphrase: bytes, certificates: bytes = b"") -> SealKey:
    """Open a seal's key: PKCS#12, or encrypted PKCS#8 in PEM with ``certificates`` in PEM, the seal's own first.

    Raises:
        KeyMissingError: there is no such file.
        KeyFileError: broken, without encryption, open to others, or without a certificate of the key.
        PassphraseError: the passphrase is another one.
    """
    data = read_secret(path)
    try:
        return _seal_key(data, passphrase, certificates)
    except KeyFileError as error:
        raise type(error)(f"seal key file {path} cannot be used: {error}") from error


def _seal_key(data: bytes, passphrase: bytes, certificates: bytes) -> SealKey:
    found: list[Certificate] = []
    if data.startswith(_PEM):
        key = decrypt_key(data, passphrase)
    else:
        key, found = _open_pkcs12(data, passphrase)
    given = [*_certificates(certificates), *found]
    own = next((certificate for certificate in given if _fits(key, certificate)), None)
    if own is None:
        raise KeyFileError("no certificate here is of this key")
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    chain = tuple(_asn1(certificate) for certificate in given if certificate is not own)
    return SealKey(asn1_keys.PrivateKeyInfo.load(plain), _asn1(own), chain)


def _open_pkcs12(data: bytes, passphrase: bytes) -> tuple[PrivateKeyTypes, list[Certificate]]:
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, passphrase)
    except (ValueError, UnsupportedAlgorithm):
        # As with PKCS#8, the cause may speak of what was decrypted.
        raise PassphraseError("the passphrase does not open it, or it is no PKCS#12 file of a known cipher") from None
    if key is None:
        raise KeyFileError("there is no key in it")
    return key, [*([] if certificate is None else [certificate]), *others]


def _certificates(pem: bytes) -> list[Certificate]:
    if not pem:
        return []
    try:
        return load_pem_x509_certificates(pem)
    except ValueError as error:
        raise KeyFileError("its certificates are not in PEM") from error


def _fits(key: PrivateKeyTypes, certificate: Certificate) -> bool:
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(*form) == certificate.public_key().public_bytes(*form)


def _asn1(certificate: Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def open_pades_sealer(
    key: SealKey, roots: bytes, clock: Clock, stamper: TimeStamper | None = None, revocations: Sequence[bytes] = ()
) -> PadesSealer:
    """A sealer with that key; ``roots`` are certificates in PEM, of the seal's authority and the time-stamps'.

    Raises:
        SealingError: a root is no certificate, or a revocation list none.
    """
    try:
        list(parse_certificates(roots))
    except FormatError as error:
        raise SealingError(f"the roots of the seal cannot be read: {error}") from error
    try:
        for data in revocations:
            asn1_crl.CertificateList.load(data, strict=True)
    except ValueError as error:
        raise SealingError("a revocation list is not one in DER") from error
    return PadesSealer(key, (roots,), clock, stamper, tuple(revocations))
