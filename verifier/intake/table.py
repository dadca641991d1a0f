"""Lists of numbers: which column of a table they stand in, and who of the bidders each is for."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from verifier.errors import FormatError
from verifier.number import NUMBER_SYMBOLS
from verifier.presented import parse_text

MAX_ROWS: Final = 5_000
MAX_COLUMNS: Final = 64
# A heading may stand under a title and a few remarks.
_HEAD_WITHIN: Final = 20
# The part of the lines that have what resembles a number in its column, with and without a heading that says so.
_FEW: Final = 0.2
_MOST: Final = 0.5
_SLIPS: Final = 2
_NUMBER_WORDS: Final = """
    numero nr n numerocertificato numerodicertificato numerodelcertificato numerocertificazione ncertificato
    nrcertificato numerocertificati certificato certificazione codice codicecertificato link
    number certificatenumber certificationnumber certificateno certificateid certificate certification no code
    numerodecertificat numeroducertificat numerocertificat numerodecertification certificat nocertificat
    nummer zertifikatsnummer zertifikatnummer zertifikatnr zertifikatsnr zertifikat nummerdeszertifikats
    numerodecertificado numerodelcertificado numerocertificado numerodecertificacion certificado ncertificado
"""
_BIDDER_WORDS: Final = """
    concorrente offerente operatoreeconomico impresa ditta fornitore azienda ragionesociale societa partecipante
    bidder tenderer supplier company economicoperator firm contractor
    soumissionnaire candidat entreprise societe fournisseur operateureconomique raisonsociale
    bieter unternehmen firma lieferant wirtschaftsteilnehmer auftragnehmer bewerber
    licitador licitante empresa proveedor oferente operadoreconomico razonsocial ofertante
"""
_NUMBER: Final = frozenset(_NUMBER_WORDS.split())
_BIDDER: Final = frozenset(_BIDDER_WORDS.split())


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list, by its place counted from 1: the text that is to be a number, and the bidder it is for."""

    place: int
    text: str = field(repr=False)
    bidder: str = ""


Line = tuple[int, Sequence[str]]


def find_rows(lines: Sequence[Line]) -> Iterator[Row]:
    """The rows of a table, each line of it given with its place; empty lines and the heading are none.

    Raises:
        FormatError: no column holds numbers.
    """
    head, columns, bidder = _heading(lines)
    body = lines[head:]
    if not lines:
        raise FormatError("the list is empty")
    if not head and all(map(reads, (cell for _, cells in body for cell in cells if cell.strip()))):
        yield from (Row(place, cell.strip()) for place, cells in body for cell in cells if cell.strip())
        return
    column = _column(body, columns)
    told = head > 0
    for place, cells in body:
        text = _cell(cells, column)
        # A heading in words that are not known here has no digit, and nearly every number has.
        told = told or any(map(str.isdigit, text))
        if told and any(cells):
            yield Row(place, text, "" if bidder is None else _cell(cells, bidder))


def reads(text: str) -> bool:
    """Whether the text is a link, a token or a number."""
    try:
        parse_text(text)
    except FormatError:
        return False
    return True


def _heading(lines: Sequence[Line]) -> tuple[int, list[int], int | None]:
    """How many lines the heading ends after, which columns it says are of numbers, and which one of bidders."""
    for count, (_, cells) in enumerate(lines[:_HEAD_WITHIN], start=1):
        names = [_plain(cell) for cell in cells[:MAX_COLUMNS]]
        columns = [place for place, name in enumerate(names) if name in _NUMBER]
        bidder = next((place for place, name in enumerate(names) if name in _BIDDER), None)
        if columns or bidder is not None:
            return count, columns, bidder
    return 0, [], None


def _column(lines: Sequence[Line], named: Sequence[int]) -> int:
    """The column of the numbers: the first of several with most of what resembles them, rather one with their name.

    Raises:
        FormatError: it is not filled with them, or none of them is a number.
    """
    counts = [sum(_resembles(_cell(cells, column)) for _, cells in lines) for column in range(MAX_COLUMNS)]
    by_name = max(named, key=counts.__getitem__, default=None)
    if by_name is not None and counts[by_name] > _FEW * len(lines):
        return by_name
    fullest = max(range(MAX_COLUMNS), key=counts.__getitem__)
    if counts[fullest] >= _MOST * len(lines) and any(reads(_cell(cells, fullest)) for _, cells in lines):
        return fullest
    raise FormatError("no column of the list holds certificates' numbers")


def _resembles(text: str) -> bool:
    """Whether the text is about as long as a number, and may be one with a slip; or a link or token."""
    letters = sum(map(str.isalnum, text))
    return (abs(letters - NUMBER_SYMBOLS) <= _SLIPS and len(text) <= 2 * NUMBER_SYMBOLS) or reads(text)


def _cell(cells: Sequence[str], column: int) -> str:
    return cells[column].strip() if column < len(cells) else ""


def _plain(text: str) -> str:
    """A heading's letters, without accents, case and what stands between them."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if letter.isalnum())
