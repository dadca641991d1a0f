"""What the page says of a document's seals: what a check found of each, who sealed, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext, lazy_gettext

from verifier.page.day import rome_time
from verifier.page.words import Text
from verifier.report import Outcome
from verifier.seal import Seal, SealFinding
from verifier.tone import Tone

_FINDINGS: Final[Mapping[SealFinding, Text]] = {
    SealFinding.HOLDS: lazy_gettext("The file is as it was sealed, by somebody whom this registry names for it."),
    SealFinding.HOLDS_REVOCATION_UNKNOWN: lazy_gettext(
        "The file is as it was sealed, by somebody whom this registry names for it. Whether the certificate of the seal"
        " was revoked is not known."
    ),
    SealFinding.ALTERED: lazy_gettext("What was sealed was altered afterwards."),
    SealFinding.CHANGED: lazy_gettext("The file was changed after it was sealed."),
    SealFinding.REVOKED: lazy_gettext("The certificate of the seal had been revoked when the seal was made."),
    SealFinding.ADDED: lazy_gettext(
        "Something was added after it was sealed, such as another signature: what is shown may not be what was sealed."
    ),
    SealFinding.NO_ROOTS: lazy_gettext("A seal is there. This registry does not say whose seals are to be trusted."),
    SealFinding.UNKNOWN_SIGNER: lazy_gettext("A seal is there, of somebody whom this registry does not name for it."),
    SealFinding.EXPIRED: lazy_gettext("The certificate of the seal is not valid; no time-stamp proves that it was."),
    SealFinding.UNSUITABLE: lazy_gettext("The certificate of the seal does not do for a seal."),
    SealFinding.STAMP_BROKEN: lazy_gettext("The time-stamp does not belong to the seal."),
    SealFinding.UNREADABLE: lazy_gettext("A seal is there and cannot be read."),
    SealFinding.NO_READER: lazy_gettext("A seal is there. It cannot be checked here."),
}
_TONES: Final = {Outcome.PASSED: Tone.GOOD, Outcome.FAILED: Tone.BAD, Outcome.NOT_CHECKED: Tone.UNKNOWN}


@dataclass(frozen=True, slots=True)
class SealLine:
    """One seal as shown: what was found, and who made it when, in words."""

    tone: Tone
    text: str
    made: str


def seal_lines(seals: Iterable[Seal]) -> list[SealLine]:
    """The seals in words."""
    return [SealLine(_TONES[seal.outcome], str(_FINDINGS[seal.finding]), _made(seal)) for seal in seals]


def _made(seal: Seal) -> str:
    if seal.at is None:
        return seal.signer
    when = rome_time(seal.at)
    if seal.stamped:
        return str(gettext("%(signer)s, with a time-stamp of %(when)s", signer=seal.signer, when=when))
    return str(gettext("%(signer)s, as it says on %(when)s", signer=seal.signer, when=when))
