"""QR codes on one picture in shades of grey: looked for once, or with every means."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from verifier.presented import is_certificate_code

_QR: Final = zxingcpp.barcode_formats_from_str("QRCode")
# Below this length of a side a small symbol is enlarged, above it a large one is reduced, in pixels.
_LARGE: Final = 2400
_SMALL: Final = 1200
_WHITE: Final = 255
# Left, top, right and bottom, as parts of the picture's width and height.
Place: TypeAlias = tuple[float, float, float, float]
# Where the symbol was printed light, or the light was uneven, one threshold for all of the picture may do better.
_BINARIZERS: Final = (
    zxingcpp.Binarizer.LocalAverage,
    zxingcpp.Binarizer.GlobalHistogram,
    zxingcpp.Binarizer.FixedThreshold,
)


@dataclass(frozen=True, slots=True)
class Symbols:
    """The texts of the codes that were read, and whether one was seen that could not be.

    ``places`` is where those stand that were read at first sight.
    """

    texts: tuple[str, ...] = ()
    unread: bool = False
    places: tuple[Place, ...] = ()

    @property
    def of_certificates(self) -> bool:
        """Whether a certificate's code is among them."""
        return any(map(is_certificate_code, self.texts))

    @property
    def enough(self) -> bool:
        """Whether there is no need to look closer."""
        return self.of_certificates and not self.unread


def dots_of(picture: Image.Image) -> memoryview:
    """The shades of grey of a picture, row by row."""
    return memoryview(picture.tobytes()).cast("B", (picture.height, picture.width))


def find_symbols(dots: memoryview, binarizer: zxingcpp.Binarizer = _BINARIZERS[0]) -> Symbols:
    """The codes that are read at first sight in these rows of dots; rotated, mirrored and inverted ones are."""
    found = zxingcpp.read_barcodes(
        dots, _QR, text_mode=zxingcpp.TextMode.Plain, binarizer=binarizer, return_errors=True
    )
    texts = tuple(code.text for code in found if code.valid)
    places = tuple(_place(code.position, dots) for code in found if code.valid)
    # Other errors are mostly patterns in a photograph that only look like a code.
    unread = any(code.error is not None and code.error.type is zxingcpp.ErrorType.Checksum for code in found)
    return Symbols(texts, unread, places)


def search_symbols(picture: Image.Image, in_time: Callable[[], bool]) -> Symbols:
    """The codes that are read once the picture is made smaller, larger, smoother, sharper and turned; while in time."""
    texts: dict[str, None] = {}
    unread = False
    for variant in _variants(picture):
        dots = dots_of(variant)
        for binarizer in _BINARIZERS:
            if not in_time():
                return Symbols(tuple(texts), unread)
            found = find_symbols(dots, binarizer)
            texts |= dict.fromkeys(found.texts)
            unread = unread or found.unread
            if any(map(is_certificate_code, texts)):
                return Symbols(tuple(texts))
    return Symbols(tuple(texts), unread)


def _place(position: zxingcpp.Position, dots: memoryview) -> Place:
    height, width = len(dots), dots.nbytes // len(dots)
    corners = position.top_left, position.top_right, position.bottom_left, position.bottom_right
    across, down = [corner.x / width for corner in corners], [corner.y / height for corner in corners]
    return min(across), min(down), max(across), max(down)


def _variants(picture: Image.Image) -> Iterator[Image.Image]:
    """The picture as other eyes might see it, the likeliest to help first."""
    sides = max(picture.size)
    yield picture
    if sides > _LARGE:
        picture = _resized(picture, _LARGE / sides)
        yield picture
    yield picture.filter(ImageFilter.GaussianBlur(1))
    yield picture.filter(ImageFilter.MedianFilter(3))
    yield ImageOps.autocontrast(picture, cutoff=2)
    yield picture.filter(ImageFilter.UnsharpMask(3, 200, 0))
    if sides <= _LARGE:
        larger = _resized(picture, 2)
        yield larger
        yield larger.filter(ImageFilter.GaussianBlur(2))
        yield larger.filter(ImageFilter.MedianFilter(5))
    yield from (_turned(picture, degrees) for degrees in (45, 22))
    if sides > _SMALL:
        for part in (0.66, 0.5, 0.33):
            smaller = _resized(picture, part)
            yield smaller
            yield ImageOps.autocontrast(smaller, cutoff=2)


def _resized(picture: Image.Image, scale: float) -> Image.Image:
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX)


def _turned(picture: Image.Image, degrees: float) -> Image.Image:
    return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=_WHITE)
