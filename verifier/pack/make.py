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

import typst

from verifier.errors import FormatError
from verifier.fonts import FOLDER, NAME_FAMILY, NAME_FILES, TEXT_FAMILY
from verifier.pack.content import Pack, format_pack
from verifier.pack.printed import printed
from verifier.pack.stamp import stamp
from verifier.pack.words import TRANSLATIONS
from verifier.report import Report
from verifier.seal import Sealer
from verifier.trust import parse_trust_root

_TEMPLATE: Final = Path(__file__).with_name("pack.typ")
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
    """
    shown = printed(pack, reports, parse_trust_root(pack.trust))
    shown |= {"fonts": [TEXT_FAMILY, *NAME_FILES], "name_fonts": [TEXT_FAMILY, *_OTHER_SCRIPTS]}
    try:
        pdf = _compiler().compile(
            format="pdf",
            sys_inputs={"data": json.dumps(shown), "content": format_pack(pack).decode()},
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(pack.made_at.timestamp()),
        )
    except typst.TypstError as error:
        raise FormatError(f"the pack cannot be typeset: {error.message}") from error
    if not isinstance(pdf, bytes):
        raise FormatError("the pack cannot be typeset: it came out in pieces")
    return stamp(pdf)


def software() -> str:
    """The version of this program; one that was copied and not installed does not know it."""
    try:
        return version("attesto")
    except PackageNotFoundError:
        return "(version unknown)"


@functools.cache
def typesetting() -> str:
    """A digest of what decides how a pack is printed: this package, the page's texts, the fonts and the typesetter."""
    package = Path(__file__).parent
    files = [*package.glob("*.*"), FOLDER / "fonts.json", *TRANSLATIONS.rglob("*.mo")]
    digests = sorted(sha256(path.read_bytes()).hexdigest() for path in files)
    return sha256("\n".join([version("typst"), *digests]).encode()).hexdigest()


@functools.cache
def _compiler() -> typst.Compiler:
    """One compiler for all packs: it keeps the fonts."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER])
    return typst.Compiler(_TEMPLATE, root=_TEMPLATE.parent, font_paths=fonts)
