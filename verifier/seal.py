"""Seals of PDF documents (PAdES, ETSI EN 319 142-1): what makes them, and what a check of one says.

Who seals is not here: a package that has a key for it registers an opener under the entry-point group attesto.sealer,
which reads the environment and gives a sealer, or None where none is configured.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import entry_points
from typing import Final, Protocol

from verifier.errors import AttestoError, FormatError
from verifier.report import Outcome

ENTRY_POINTS: Final = "attesto.sealer"


class Sealer(Protocol):
    """What seals documents under one certificate."""

    def seal(self, pdf: bytes) -> bytes:
        """Seal a PDF document, by bytes appended to it.

        Raises:
            AttestoError: it cannot be sealed as configured; it is never sealed with less instead.
        """
        ...


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal of a document, and what came of its check.

    ``signer`` is the subject of its certificate; ``at`` (UTC) is when it was made: by a time-stamp that was checked if
    ``stamped``, else as the signer claims; ``whole`` says that nothing was appended to the document afterwards, but for
    more proof of the seals themselves.
    """

    signer: str
    at: datetime | None
    stamped: bool
    whole: bool
    outcome: Outcome
    reason: str


def open_sealer(environment: Mapping[str, str]) -> Sealer | None:
    """The sealer that the environment configures; None where nothing here can seal, or nothing is configured.

    Raises:
        FormatError: it is configured, and cannot be used; or several are.
    """
    try:
        opened = [point.load()(environment) for point in entry_points(group=ENTRY_POINTS)]
    except AttestoError as error:
        raise FormatError(f"documents cannot be sealed: {error}") from error
    sealers: list[Sealer] = [sealer for sealer in opened if sealer is not None]
    if len(sealers) > 1:
        raise FormatError("documents cannot be sealed: several sealers are configured")
    return sealers[0] if sealers else None
