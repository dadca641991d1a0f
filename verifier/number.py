"""A certification's number: 60 random bits in Crockford's base 32 with a check character, for people to read and type.

    7K3M9P2XQD4W5     printed 7K3M-9P2X-QD4W5

Twelve symbols carry five bits each, most significant first; the thirteenth is the Luhn check character (ISO/IEC 7812-1,
annex B) modulo 32. It catches every single wrong symbol and every swap of neighbours but that of 0 and Z, so a slip of
the hand never names somebody else's certification. Letters that look like digits are no symbols and are read as those.
"""

import functools
from typing import Final

from verifier.errors import FormatError

SYMBOLS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER_BITS: Final = 60
NUMBER_SYMBOLS: Final = 13
_VALUES: Final = {symbol: value for value, symbol in enumerate(SYMBOLS)}
_DOUBLED: Final = {symbol: 2 * value // 32 + 2 * value % 32 for symbol, value in _VALUES.items()}
_MAX_TEXT: Final = 64
# What people put between groups, and what printing and copying make of it: spaces, hyphens and dashes.
_BETWEEN: Final = " \t\r\n\u00a0\u2009\u202f-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212"
_SPELLINGS: Final = str.maketrans(
    dict.fromkeys(_BETWEEN)
    | {symbol.lower(): symbol for symbol in SYMBOLS}
    | dict(zip("OoIiLl", "001111", strict=True))
)


class NumberError(FormatError):
    """What was typed is no number."""


class ForeignSymbolError(NumberError):
    """A character that stands in no number."""

    def __init__(self, symbol: str) -> None:
        """Name the character, as it was typed."""
        super().__init__(f"no number has the symbol {symbol!r}")
        self.symbol = symbol


class LengthError(NumberError):
    """Too few symbols for a number, or too many."""

    def __init__(self, count: int) -> None:
        """Say how many there are."""
        super().__init__(f"a number has {NUMBER_SYMBOLS} symbols, this one has {count}")
        self.count = count


class CheckCharacterError(NumberError):
    """A symbol is wrong, or two are swapped."""


@functools.lru_cache(maxsize=4096)
def format_number(value: int) -> str:
    """Write a number of 60 bits with its check character, in the normalised form: 13 symbols, no hyphens.

    Raises:
        FormatError: under zero or over 60 bits.
    """
    if not 0 <= value < 1 << NUMBER_BITS:
        raise FormatError("a number has 60 bits")
    symbols = "".join(SYMBOLS[value >> shift & 31] for shift in range(NUMBER_BITS - 5, -1, -5))
    return symbols + _check_character(symbols)


def parse_number(text: str) -> str:
    """Read a number as people write it, in any case and grouping, and return the normalised form.

    Raises:
        ForeignSymbolError, LengthError, CheckCharacterError: what is wrong with it.
        FormatError: too long to be looked at.
    """
    if len(text) > _MAX_TEXT:
        raise FormatError("too long for a number")
    number = text.translate(_SPELLINGS)
    for symbol in number:
        if symbol not in _VALUES:
            raise ForeignSymbolError(symbol)
    if len(number) != NUMBER_SYMBOLS:
        raise LengthError(len(number))
    if number[-1] != _check_character(number[:-1]):
        raise CheckCharacterError("the number's check character does not fit: a symbol is wrong or two are swapped")
    return number


@functools.lru_cache(maxsize=4096)
def number_value(number: str) -> int:
    """The 60 bits of a normalised number.

    Raises:
        FormatError: not a normalised number.
    """
    if parse_number(number) != number:
        raise FormatError("the number is not in its normalised form")
    value = 0
    for symbol in number[:-1]:
        value = value << 5 | _VALUES[symbol]
    return value


def group_number(number: str) -> str:
    """The normalised number in groups, for print: ``7K3M-9P2X-QD4W5``."""
    return f"{number[:4]}-{number[4:8]}-{number[8:]}"


def _check_character(symbols: str) -> str:
    total = sum(map(_DOUBLED.__getitem__, symbols[::-2])) + sum(map(_VALUES.__getitem__, symbols[-2::-2]))
    return SYMBOLS[-total % 32]
