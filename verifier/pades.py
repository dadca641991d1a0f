"""The check of PAdES seals (ETSI EN 319 142-1) with pyHanko: offline, of a document in memory.

Every seal is looked at in this order: is what it covers as it was sealed; does its certificate lead to a root that is
trusted, at the instant that its time-stamp proves, else now; was the document changed afterwards. What may follow a
seal is more proof of the seals alone: whatever else is appended can change what a reader sees.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Final, TypeVar

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import (
    async_validate_cms_signature,
    collect_timing_info,
    validate_tst_signed_data,
)
from pyhanko.sign.validation.status import (
    ModificationInfo,
    SignatureCoverageLevel,
    SignatureStatus,
    TimestampSignatureStatus,
)
from pyhanko_certvalidator import ValidationContext

from verifier.appended import reads_alike
from verifier.errors import FormatError
from verifier.seal import Seal, SealFinding

T = TypeVar("T")
_Status = TypeVar("_Status", SignatureStatus, TimestampSignatureStatus | None)
_OUT_OF_DAYS: Final = frozenset({AdESIndeterminate.OUT_OF_BOUNDS_NO_POE, AdESIndeterminate.NOT_YET_VALID})
# A signer may claim any time; one before there were computers is no time.
_FIRST_YEAR: Final = 1950
_REQUIRED: Final = "require"
_IF_KNOWN: Final = "soft-fail"
# A signature that is nothing but a time-stamp (ISO 32000-2, 12.8.5).
_STAMP_ALONE: Final = "/DocTimeStamp"

# These libraries log whom a document names, which no log of ours does.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class _Trust:
    """Whom to trust, and what the document itself brings to check them with."""

    roots: Sequence[x509.Certificate]
    store: DocumentSecurityStore

    def context(self, moment: datetime, revocation: str) -> ValidationContext:
        """What certificates are checked with, as of an instant; never with anything fetched."""
        wanted = {
            "trust_roots": self.roots,
            "moment": moment,
            "allow_fetching": False,
            "revocation_mode": revocation,
            # A list that is newer than the seal still says what was revoked by then.
            "retroactive_revinfo": True,
        }
        return self.store.as_validation_context(wanted)


def check_seals(pdf: bytes, roots: Sequence[bytes], at: datetime) -> tuple[Seal, ...]:
    """Check every seal of a PDF document; what is damaged beyond reading gives none, or one that cannot be read.

    Raises:
        FormatError: a root is no certificate.
    """
    trusted = [certificate for data in roots for certificate in parse_certificates(data)]
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=True)
        signatures = reader.embedded_signatures
        trust = _Trust(trusted, _security_store(reader))
    except Exception:  # a stranger's bytes bring about errors of every kind
        return ()
    return tuple(_check(signature, trust, at) for signature in signatures)


def parse_certificates(data: bytes) -> Iterator[x509.Certificate]:
    """The certificates in a file: one in DER, or any number in PEM.

    Raises:
        FormatError: there are none.
    """
    try:
        blocks = [der for _, _, der in pem.unarmor(data, multiple=True)] if pem.detect(data) else [data]
        for der in blocks:
            certificate = x509.Certificate.load(der, strict=True)
            certificate.native  # noqa: B018  parsed to the end, or not a certificate
            yield certificate
    except (ValueError, TypeError) as error:
        raise FormatError("it is not a certificate in DER or PEM") from error


def _security_store(reader: PdfFileReader) -> DocumentSecurityStore:
    try:
        return DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return DocumentSecurityStore(None)


def _check(signature: EmbeddedPdfSignature, trust: _Trust, at: datetime) -> Seal:
    try:
        return outside_loops(lambda: asyncio.run(_found(signature, trust, at)))
    except Exception:  # as above
        return Seal("", None, stamped=False, whole=False, finding=SealFinding.UNREADABLE)


def outside_loops(work: Callable[[], T]) -> T:
    """What ``work`` returns, which runs an event loop; where one runs already, it works in a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(work).result()


async def _found(signature: EmbeddedPdfSignature, trust: _Trust, at: datetime) -> Seal:
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]
    changes = ModificationInfo(**signature.summarise_integrity_info())
    whole = _untouched(changes, signature)
    stamp, _ = await _weighed(partial(_stamp, signature), trust, at)
    proven_at = stamp.timestamp if stamp is not None and stamp.trusted else None
    status, revocation_known = await _weighed(partial(_status, signature), trust, proven_at or at)
    finding = (
        _fault_of_signature(status, stamp)
        or _fault_of_changes(changes, status, trust)
        or _fault_of_certificate(status, trust, proven_at)
        or (None if whole else SealFinding.ADDED)
        or (SealFinding.HOLDS if revocation_known else SealFinding.HOLDS_REVOCATION_UNKNOWN)
    )
    made_at = proven_at or signature.self_reported_timestamp
    return Seal(
        signer=_name_of(signature.signer_cert),
        at=None if made_at is None or made_at.year < _FIRST_YEAR else made_at.astimezone(UTC).replace(microsecond=0),
        stamped=proven_at is not None,
        whole=whole,
        finding=finding,
    )


async def _weighed(
    ask: Callable[[ValidationContext], Awaitable[_Status]], trust: _Trust, moment: datetime
) -> tuple[_Status, bool]:
    """What something is worth as of an instant, and whether it is known what was revoked by then."""
    strict = await ask(trust.context(moment, _REQUIRED))
    if strict is None or strict.trusted or strict.revoked:
        return strict, True
    return await ask(trust.context(moment, _IF_KNOWN)), False


async def _stamp(signature: EmbeddedPdfSignature, context: ValidationContext) -> TimestampSignatureStatus | None:
    """What the signature's time-stamp is worth, None where it has none; one that stands alone is its own."""
    if signature.sig_object_type == _STAMP_ALONE:
        found = await validate_tst_signed_data(signature.signed_data, context, signature.compute_digest)
        return TimestampSignatureStatus(**found)
    timing = await collect_timing_info(signature.signer_info, context, signature.compute_digest)
    stamp: TimestampSignatureStatus | None = timing.get("timestamp_validity")
    return stamp


async def _status(signature: EmbeddedPdfSignature, context: ValidationContext) -> SignatureStatus:
    """What the signature and its certificate are worth."""
    if signature.sig_object_type == _STAMP_ALONE and (stamp := await _stamp(signature, context)) is not None:
        return stamp
    digest = signature.compute_digest()
    return await async_validate_cms_signature(signature.signed_data, raw_digest=digest, validation_context=context)


def _fault_of_signature(status: SignatureStatus, stamp: TimestampSignatureStatus | None) -> SealFinding | None:
    if not (status.intact and status.valid):
        return SealFinding.ALTERED
    if stamp is not None and not (stamp.intact and stamp.valid):
        return SealFinding.STAMP_BROKEN
    return None


def _fault_of_changes(changes: ModificationInfo, status: SignatureStatus, trust: _Trust) -> SealFinding | None:
    # After somebody else's signature other programs append in good faith what this check does not know.
    known = bool(trust.roots) and status.trust_problem_indic is not AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND
    return SealFinding.CHANGED if known and not changes.docmdp_ok else None


def _fault_of_certificate(status: SignatureStatus, trust: _Trust, proven_at: datetime | None) -> SealFinding | None:
    if not trust.roots:
        return SealFinding.NO_ROOTS
    if status.revoked:
        return SealFinding.REVOKED if proven_at is not None else SealFinding.EXPIRED
    # A certificate that is a root itself is trusted without a look at its days.
    if status.trust_problem_indic in _OUT_OF_DAYS or not _valid(status.signing_cert, status.validation_time):
        return SealFinding.EXPIRED
    if status.trust_problem_indic is AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND:
        return SealFinding.UNKNOWN_SIGNER
    return None if status.trusted else SealFinding.UNSUITABLE


def _valid(certificate: x509.Certificate, moment: datetime | None) -> bool:
    return moment is not None and bool(certificate.not_valid_before <= moment <= certificate.not_valid_after)


def _untouched(changes: ModificationInfo, signature: EmbeddedPdfSignature) -> bool:
    if changes.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return True
    # What follows the seal without being a change in one reader's eyes may be one in another's.
    *_, begin, length = map(int, signature.byte_range)
    proof = changes.modification_level is ModificationLevel.LTA_UPDATES
    return proof and reads_alike(signature.reader, signature.signed_revision, begin + length)


def _name_of(certificate: x509.Certificate) -> str:
    """Whom a certificate is of: the name that people know, else the whole subject."""
    names = certificate.subject.native
    name = names.get("common_name") or names.get("organization_name")
    return name if isinstance(name, str) else str(certificate.subject.human_friendly)
