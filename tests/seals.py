"""A test authority for seals: a root, seal certificates under it, a time-stamp authority and revocation lists."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from http.server import BaseHTTPRequestHandler
from typing import TypeAlias

import typst
from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    CertificateBuilder,
    CertificateRevocationListBuilder,
    ExtendedKeyUsage,
    KeyUsage,
    Name,
    NameAttribute,
    RevokedCertificateBuilder,
    SubjectKeyIdentifier,
    random_serial_number,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from tests.served import saying, served

PASSPHRASE = b"correct horse battery"
Key: TypeAlias = EllipticCurvePrivateKey | RSAPrivateKey
_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def _usage(*wanted: str) -> KeyUsage:
    return KeyUsage(**{name: name in wanted for name in _USAGES})


def _name(common_name: str) -> Name:
    return Name([NameAttribute(NameOID.COUNTRY_NAME, "IT"), NameAttribute(NameOID.COMMON_NAME, common_name)])


@dataclass(frozen=True)
class Identity:
    """A certificate with its key."""

    certificate: Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def key_pem(self) -> bytes:
        """PKCS#8 under the passphrase."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE))

    @property
    def pkcs12(self) -> bytes:
        encryption = BestAvailableEncryption(PASSPHRASE)
        return pkcs12.serialize_key_and_certificates(b"seal", self.key, self.certificate, None, encryption)

    @property
    def asn1_certificate(self) -> x509.Certificate:
        return x509.Certificate.load(self.der)

    @property
    def asn1_key(self) -> keys.PrivateKeyInfo:
        plain = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return keys.PrivateKeyInfo.load(plain)


class Authority:
    """A certification authority whose certificates are valid from a day before ``at`` for ten years."""

    def __init__(self, at: datetime, name: str = "Radice di prova") -> None:
        self.at = at
        self._key = generate_ec(SECP256R1())
        usage = _usage("key_cert_sign", "crl_sign")
        builder = self._builder(_name(name), self._key, at + timedelta(days=3650)).issuer_name(_name(name))
        builder = builder.add_extension(BasicConstraints(ca=True, path_length=None), critical=True)
        self.root = Identity(builder.add_extension(usage, critical=True).sign(self._key, SHA256()), self._key)

    def _builder(self, subject: Name, key: Key, until: datetime) -> CertificateBuilder:
        return (
            CertificateBuilder()
            .subject_name(subject)
            .public_key(key.public_key())
            .serial_number(random_serial_number())
            .not_valid_before(self.at - timedelta(days=1))
            .not_valid_after(until)
            .add_extension(SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )

    def seal_identity(
        self, name: str = "Registro di prova", days: int = 700, rsa: bool = False, usage: str = "content_commitment"
    ) -> Identity:
        """A seal's certificate, valid for so many days from ``at`` on."""
        key: Key = generate_rsa(65537, 2048) if rsa else generate_ec(SECP256R1())
        builder = self._builder(_name(name), key, self.at + timedelta(days=days)).issuer_name(
            self.root.certificate.subject
        )
        return Identity(builder.add_extension(_usage(usage), critical=True).sign(self._key, SHA256()), key)

    @cached_property
    def stamping(self) -> Identity:
        """The time-stamp authority's certificate; pyHanko's answers for it are made with RSA only."""
        key = generate_rsa(65537, 2048)
        builder = self._builder(_name("Marche temporali di prova"), key, self.at + timedelta(days=3000))
        builder = builder.issuer_name(self.root.certificate.subject).add_extension(
            ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
        builder = builder.add_extension(_usage("digital_signature"), critical=True)
        return Identity(builder.sign(self._key, SHA256()), key)

    def revocations(self, *revoked: Identity, at: datetime | None = None) -> bytes:
        """A revocation list in DER of a day before ``at``, good for a month, with these certificates on it."""
        at = at or self.at
        builder = CertificateRevocationListBuilder().issuer_name(self.root.certificate.subject)
        builder = builder.last_update(at - timedelta(hours=12)).next_update(at + timedelta(days=30))
        for identity in revoked:
            entry = RevokedCertificateBuilder().serial_number(identity.certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(at - timedelta(hours=13)).build())
        return builder.sign(self._key, SHA256()).public_bytes(Encoding.DER)

    def stamper(self, at: datetime | None = None) -> DummyTimeStamper:
        """What answers time-stamp requests, with the instant ``at`` or the present one."""
        stamping = self.stamping
        return DummyTimeStamper(stamping.asn1_certificate, stamping.asn1_key, fixed_dt=at)

    @contextmanager
    def serve_stamps(self, at: datetime | None = None) -> Iterator[str]:
        """A time-stamp server on 127.0.0.1 (RFC 3161, section 3.4); gives its URL."""
        stamper = self.stamper(at)

        def answer(request: BaseHTTPRequestHandler) -> None:
            asked = tsp.TimeStampReq.load(request.body)  # type: ignore[attr-defined]
            stamped = stamper.request_tsa_response(asked).dump()
            saying(200, stamped, kind="application/timestamp-reply")(request)

        with served(answer) as url:
            yield url


@cache
def document(text: str = "Team leader") -> bytes:
    """A document as certificates are: PDF/A-3a and PDF/UA-1, of one page with this text."""
    source = f'#set document(title: "Prova", date: auto)\n#set text(lang: "it")\n{text}\n'
    standards = ["a-3a", "ua-1"]
    pdf = typst.Compiler(source.encode()).compile(format="pdf", pdf_standards=standards, timestamp=1_700_000_000)
    assert isinstance(pdf, bytes)
    return pdf


def now() -> datetime:
    """The present instant, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
