"""Seals of PDF documents (PAdES, ETSI EN 319 142-1): what makes them, and what a check of one says.

Who seals is not here: a package that has a key for it registers an opener under the entry-point group attesto.sealer,
which reads the environment and gives a sealer, or None where none is configured.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from verifier.encoding import Json, format_instant, parse_instant
from verifier.errors import AttestoError, FormatError
from verifier.report import Outcome

ENTRY_POINTS: Final = "attesto.sealer"
# A seal's own dictionary stands in the open, never compressed (ISO 32000-2, 12.8.1): one of these is in it, also where
# damage hides the seal from whoever looks for it the usual way.
_RANGES: Final = b"/ByteRange"
_MARKS: Final = (_RANGES, b"/ETSI.CAdES.detached", b"/ETSI.RFC3161", b"/adbe.pkcs7.")


class Sealer(Protocol):
    """What seals documents under one certificate."""

    def seal(self, pdf: bytes) -> bytes:
        """Seal a PDF document, by bytes appended to it.

        Raises:
            AttestoError: it cannot be sealed as configured; it is never sealed with less instead.
        """
        ...


class SealFinding(StrEnum):
    """What the check of a seal found."""

    HOLDS = "holds"
    HOLDS_REVOCATION_UNKNOWN = "holds_revocation_unknown"
    ALTERED = "altered"
    CHANGED = "changed"
    REVOKED = "revoked"
    ADDED = "added"
    NO_ROOTS = "no_roots"
    UNKNOWN_SIGNER = "unknown_signer"
    EXPIRED = "expired"
    UNSUITABLE = "unsuitable"
    STAMP_BROKEN = "stamp_broken"
    UNREADABLE = "unreadable"
    NO_READER = "no_reader"


SEAL_REASONS: Final[Mapping[SealFinding, str]] = {
    SealFinding.HOLDS: "the document is as it was sealed, by somebody who is trusted for it",
    SealFinding.HOLDS_REVOCATION_UNKNOWN: "the document is as it was sealed, by somebody who is trusted for it; whether"
    " the seal's certificate was revoked is not known",
    SealFinding.ALTERED: "what was sealed was altered afterwards",
    SealFinding.CHANGED: "the document was changed after it was sealed, by something appended to it",
    SealFinding.REVOKED: "the seal's certificate had been revoked when the seal was made",
    SealFinding.ADDED: "something was added after the document was sealed, such as another signature: what is shown may"
    " not be what was sealed",
    SealFinding.NO_ROOTS: "a seal is there, but whom to trust for it was not said",
    SealFinding.UNKNOWN_SIGNER: "nobody who is trusted for seals vouches for its certificate",
    SealFinding.EXPIRED: "its certificate is not valid now, and no time-stamp of a trusted authority proves that it was"
    " when the seal was made",
    SealFinding.UNSUITABLE: "its certificate does not do for a seal: it is for something else, badly signed or weak",
    SealFinding.STAMP_BROKEN: "its time-stamp does not belong to it",
    SealFinding.UNREADABLE: "it cannot be read",
    SealFinding.NO_READER: "seals are checked with pyhanko, which is not installed: pip install 'attesto[seal]'",
}
_PASSED: Final = frozenset({SealFinding.HOLDS, SealFinding.HOLDS_REVOCATION_UNKNOWN})
_FAILED: Final = frozenset({SealFinding.ALTERED, SealFinding.CHANGED, SealFinding.REVOKED})


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal of a document, and what its check found.

    ``signer`` is the subject of its certificate, empty where that cannot be read; ``at`` (UTC) is when it was made: by
    a time-stamp of a trusted authority if ``stamped``, else as the signer claims; ``whole`` says that nothing was
    appended to the document afterwards but more proof of its seals.
    """

    signer: str
    at: datetime | None
    stamped: bool
    whole: bool
    finding: SealFinding

    @property
    def outcome(self) -> Outcome:
        """What came of the check; a seal by somebody else, whom nobody vouches for, is not a forgery."""
        if self.finding in _PASSED:
            return Outcome.PASSED
        return Outcome.FAILED if self.finding in _FAILED else Outcome.NOT_CHECKED

    @property
    def reason(self) -> str:
        """The finding in a sentence."""
        return SEAL_REASONS[self.finding]


@dataclass(frozen=True, slots=True)
class SealTrust:
    """Who is trusted for seals, by certificates in DER or PEM, and the instant (UTC) at which they are checked."""

    roots: tuple[bytes, ...]
    at: datetime


def format_seal(seal: Seal) -> dict[str, Json]:
    """Write what was found of a seal as JSON."""
    return {
        "signer": seal.signer,
        "at": None if seal.at is None else format_instant(seal.at),
        "stamped": seal.stamped,
        "whole": seal.whole,
        "outcome": str(seal.outcome),
        "finding": str(seal.finding),
    }


def parse_seal(value: Json) -> Seal:
    """Read what was found of a seal.

    Raises:
        FormatError: it is not that.
    """
    match value:
        case {"signer": str(signer), "at": str() | None as at, "stamped": bool(stamped), "whole": bool(whole), **rest}:
            made_at = None if at is None else parse_instant(at)
            try:
                return Seal(signer, made_at, stamped, whole, SealFinding(str(rest.get("finding"))))
            except ValueError as error:
                raise FormatError("not a finding of a seal") from error
    raise FormatError("not what was found of a seal")


def open_sealer(environment: Mapping[str, str]) -> Sealer | None:
    """The sealer that the environment configures; None where nothing here can seal, or nothing is configured.

    Raises:
        FormatError: it is configured, and cannot be used; or several are.
    """
    try:
        opened = [opener(environment) for opener in _openers()]
    except AttestoError as error:
        raise FormatError(f"documents cannot be sealed: {error}") from error
    sealers: list[Sealer] = [sealer for sealer in opened if sealer is not None]
    if len(sealers) > 1:
        raise FormatError("documents cannot be sealed: several sealers are configured")
    return sealers[0] if sealers else None


def _openers() -> Iterator[Callable[[Mapping[str, str]], Sealer | None]]:
    from importlib.metadata import entry_points  # noqa: PLC0415  slow to load, and only who makes a pack needs it

    for point in entry_points(group=ENTRY_POINTS):
        try:
            opener = point.load()
        except ModuleNotFoundError:
            # What was installed to seal was taken away, as where the verifier stands alone: nothing here can seal.
            continue
        yield opener


def read_seals(pdf: bytes, roots: Sequence[bytes], at: datetime) -> tuple[Seal, ...]:
    """Check every seal of a PDF document at the instant ``at`` (UTC), offline, from the bytes alone.

    Run it on a stranger's document where memory and time are limited. ``roots`` are certificates in DER or PEM, of
    authorities or of a seal itself.

    Raises:
        FormatError: a root is no certificate.
    """
    if not any(mark in pdf for mark in _MARKS):
        return ()
    try:
        from verifier.pades import check_seals  # noqa: PLC0415  an extra, which whoever has no seals does without
    except ImportError:
        return (_unread(SealFinding.NO_READER),)
    found = check_seals(pdf, roots, at)
    hidden = not found or pdf.count(_RANGES) > len(found)
    return (*found, _unread(SealFinding.UNREADABLE)) if hidden else found


def _unread(finding: SealFinding) -> Seal:
    return Seal("", None, stamped=False, whole=False, finding=finding)
