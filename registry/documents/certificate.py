"""The printable certificate: one page of A4 in PDF, the same bytes for the same content, on every machine.

It says what the body decided and nothing of the status, which paper cannot know. The content reaches the template
(certificate.typ) as JSON and is printed as text. The PDF is archival and accessible: PDF/A-3a and PDF/UA-1.
"""

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final
from unicodedata import bidirectional
from urllib.parse import urlsplit

import typst

from registry.documents.symbol import format_svg, make_symbol
from verifier.archival import compiler, typeset
from verifier.encoding import format_day
from verifier.errors import FormatError
from verifier.fonts import NAME_FAMILY, NAME_FILES, TEXT_FAMILY, check_letters
from verifier.number import group_number

_TEMPLATE: Final = Path(__file__).with_name("certificate.typ")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})


@dataclass(frozen=True, slots=True)
class Accreditation:
    """The accreditation as it read on the day of the document."""

    number: str
    accreditation_body: str
    standard: str
    wording: str


@dataclass(frozen=True, slots=True)
class PrintedCertificate:
    """What a certificate shows.

    ``body`` is the body's name; ``scheme`` and ``profile`` are titles in Italian (it) and English (en); ``key_id`` is
    the short id of the body's token key; days are legal days. Of the birth only what the edition says is given.
    ``accreditation`` is None where the body was not accredited for this scheme on that day. ``issued_at`` (UTC) is when
    the document was issued, the one instant in the file.
    """

    number: str
    revision: int
    name: str = field(repr=False)
    body: str
    website: str
    scheme: Mapping[str, str]
    edition: str
    profile: Mapping[str, str]
    granted_on: date
    decided_on: date
    cycle_starts_on: date
    valid_until: date
    key_id: str
    link: str = field(repr=False)
    issued_at: datetime
    accreditation: Accreditation | None = None
    birth_year: int | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    birth_place: str | None = field(default=None, repr=False)


def format_pdf(certificate: PrintedCertificate) -> bytes:
    """Write a certificate as PDF.

    Raises:
        FormatError: it does not fit on a page, no font has a letter of it, or its symbol is too large.
    """
    symbol = format_svg(make_symbol(certificate.link)).decode("ascii")
    content = _content(certificate)
    for text in _texts(content):
        check_letters(text)
    inputs = {"data": json.dumps(content), "symbol": symbol}
    try:
        return typeset(_compiler(), inputs, int(certificate.issued_at.timestamp()))
    except FormatError as error:
        reason = str(error).removeprefix("assertion failed: ")
        raise FormatError(f"the certificate cannot be printed: {reason}") from error


@functools.cache
def _compiler() -> typst.Compiler:
    """One compiler for all certificates."""
    return compiler(_TEMPLATE)


def _content(certificate: PrintedCertificate) -> dict[str, object]:
    """The certificate as the template reads it."""
    page, _, _ = certificate.link.partition("#")
    grouped = group_number(certificate.number)
    shown = {name: format_day(value) if isinstance(value, date) else value for name, value in _facts(certificate)}
    return shown | {
        "title": f"Certificato {grouped}",
        "grouped": grouped,
        "page": page,
        "domain": urlsplit(page).netloc,
        "symbol_alt": f"Codice QR del certificato {grouped}: apre {page}",
        "right_to_left": _right_to_left(certificate.name),
        "name_fonts": [*NAME_FILES, TEXT_FAMILY],
        "text_fonts": [TEXT_FAMILY, *(family for family in NAME_FILES if family != NAME_FAMILY)],
    }


def _facts(certificate: PrintedCertificate) -> list[tuple[str, object]]:
    return [(name, value) for name, value in asdict(certificate).items() if name not in {"link", "issued_at"}]


def _texts(value: object) -> Iterator[str]:
    """Every text in what the template reads."""
    match value:
        case str():
            yield value
        case dict() | list():
            for inner in value.values() if isinstance(value, dict) else value:
                yield from _texts(inner)


def _right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction is of a script from right to left."""
    directions = (bidirectional(character) for character in text)
    return next((way in _RIGHT_TO_LEFT for way in directions if way in {"L", *_RIGHT_TO_LEFT}), False)
