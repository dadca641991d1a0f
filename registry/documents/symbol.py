"""The symbol of a certificate: its link as a QR code that any phone reads from paper.

    https://HOST/V/NUMBER#TOKEN     QR code model 2 (ISO/IEC 18004), error correction level M, at most version 15

Printed it is 36 mm wide with the four modules of white around it, so a module of the largest version, 85 of which stand
in a row, measures 0.42 mm, and that of a smaller version more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from typing import Final
from urllib.parse import urlsplit

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode

from verifier.certificate import format_link
from verifier.errors import FormatError

MAX_VERSION: Final = 15
QUIET_MODULES: Final = 4
PRINTED_MM: Final = 36
_PIXELS_PER_MODULE: Final = 10
_MM_PER_INCH: Final = 25.4


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR code: rows of modules, True where dark, with the white around them."""

    version: int
    rows: tuple[tuple[bool, ...], ...]

    @property
    def width(self) -> int:
        """How many modules stand in a row, the white on both sides included."""
        return len(self.rows)


def certificate_link(address: str, number: str, token: bytes) -> str:
    """The link of a certificate at the page of ``address``; a page on plain HTTP, for trying things out, stays so."""
    page = urlsplit(address)
    link = format_link(page.netloc, number, token)
    return link if page.scheme == "https" else link.replace("https:", "http:", 1)


def fits(link: str) -> bool:
    """Whether a link's symbol is small enough to be printed."""
    try:
        _code(link)
    except FormatError:
        return False
    return True


def make_symbol(link: str) -> Symbol:
    """The symbol of a link.

    Raises:
        FormatError: it would be too large to be printed.
    """
    code = _code(link)
    code.make()
    return Symbol(code.version, tuple(tuple(map(bool, row)) for row in code.get_matrix()))


def format_svg(symbol: Symbol) -> bytes:
    """Write a symbol as an SVG image of its printed size: one path of dark runs on white."""
    width = symbol.width
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in _dark_runs(symbol))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{PRINTED_MM}mm" height="{PRINTED_MM}mm" '
        f'viewBox="0 0 {width} {width}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{width}v{width}h-{width}z"/><path d="{path}"/></svg>\n'
    ).encode("ascii")


def format_png(symbol: Symbol) -> bytes:
    """Write a symbol as a PNG image that names its printed size."""
    width = symbol.width
    modules = bytes(0 if dark else 255 for row in symbol.rows for dark in row)
    pixels = width * _PIXELS_PER_MODULE
    image = Image.frombytes("L", (width, width), modules).resize((pixels, pixels), Image.Resampling.NEAREST)
    dots_per_inch = pixels * _MM_PER_INCH / PRINTED_MM
    written = BytesIO()
    image.convert("1").save(written, "PNG", dpi=(dots_per_inch, dots_per_inch))
    return written.getvalue()


def _code(link: str) -> QRCode:
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_MODULES)
    code.add_data(link)
    try:
        small = code.best_fit() <= MAX_VERSION
    except (DataOverflowError, ValueError):  # past version 40 the library raises the one or the other
        small = False
    if not small:
        raise FormatError(f"the link of {len(link)} characters needs a symbol over version {MAX_VERSION}")
    return code


def _dark_runs(symbol: Symbol) -> Iterator[tuple[int, int, int]]:
    """The place and length of every run of dark modules in a row."""
    for y, row in enumerate(symbol.rows):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                yield x, y, length
            x += length
