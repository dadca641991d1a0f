"""Making an evidence pack: typeset as PDF/A-3a and PDF/UA-1, stamped, and sealed where a sealer is at hand.

The same content gives the same bytes on every machine, but for the seal.
"""

import functools
import json
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from verifier.fonts import FOLDER, NAME_FAMILY, NAME_FILES, TEXT_FAMILY
from verifier.pack.content import Pack, format_pack
from verifier.pack.printed import printed
from verifier.pack.stamp import stamp
from verifier.pack.typesetter import typeset_pdf
from verifier.pack.words import TRANSLATIONS
from verifier.report import Report
from verifier.seal import Sealer
from verifier.trust import parse_trust_root

_OTHER_SCRIPTS: Final = [family for family in NAME_FILES if family != NAME_FAMILY]


def make_pack(pack: Pack, reports: Sequence[Report], sealer: Sealer | None = None) -> bytes:
    """Write an evidence pack; ``reports`` are those of its items, in their order.

    Raises:
        FormatError: it cannot be typeset.
        AttestoError: it cannot be sealed as configured.
    """
    document = typeset(replace(pack, sealed=sealer is not None), reports)
    return document if sealer is None else sealer.seal(document)


def typeset(pack: Pack, reports: Sequence[Report]) -> bytes:
    """A pack as a stamped PDF file, with its machine-readable part attached.

    Raises:
        FormatError: it cannot be typeset.
        UnavailableError: it takes too much time or memory.
    """
    shown = printed(pack, reports, parse_trust_root(pack.trust))
    shown |= {"fonts": [TEXT_FAMILY, *NAME_FILES], "name_fonts": [TEXT_FAMILY, *_OTHER_SCRIPTS]}
    return stamp(typeset_pdf(json.dumps(shown), format_pack(pack).decode(), int(pack.made_at.timestamp())))


def software() -> str:
    """The version of this program; one that was copied and not installed does not know it."""
    try:
        return version("attesto")
    except PackageNotFoundError:
        return "(version unknown)"


@functools.cache
def typesetting() -> str:
    """A digest of what decides how a pack is printed: this package, headlines, counts, texts, fonts, typesetter."""
    package = Path(__file__).parent
    beside = [package.with_name("headline.py"), package.with_name("tally.py")]
    files = [*package.glob("*.*"), *beside, FOLDER / "fonts.json", *TRANSLATIONS.rglob("*.mo")]
    digests = sorted(sha256(path.read_bytes()).hexdigest() for path in files)
    return sha256("\n".join([version("typst"), *digests]).encode()).hexdigest()
