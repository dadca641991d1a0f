"""Pictures: photographs, screenshots, scans and faxes, each of one page or of several."""

from collections.abc import Iterator
from io import BytesIO
from numbers import Real
from typing import Final

from PIL import Image, UnidentifiedImageError

from verifier.errors import FormatError

MAX_PIXELS: Final = 64_000_000
MAX_PAGES: Final = 100
Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and checked before a pixel is decoded
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_SEVERAL_PAGES: Final = "TIFF"
_WHITE: Final = (255, 255, 255, 255)
# A fax has up to twice as many dots to the line as it has lines; more is no resolution that anybody meant.
_SLIGHT: Final = 1.1
_MAX_STRETCH: Final = 4.0


def open_pages(content: bytes) -> Iterator[tuple[int | None, Image.Image]]:
    """Each page in shades of grey, as it would look on white paper, with its number where there are several.

    Raises:
        FormatError: it cannot be read, or has more pixels than are read.
    """
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as picture:
            count = getattr(picture, "n_frames", 1) if picture.format == _SEVERAL_PAGES else 1
            for place in range(min(count, MAX_PAGES)):
                picture.seek(place)
                check_pixels(picture.width * picture.height, "the picture")
                yield (None if count == 1 else place + 1), _grey(picture)
    except UnidentifiedImageError as error:
        raise FormatError("the picture cannot be read: it is damaged, or of another kind than it says") from error
    if count > MAX_PAGES:
        raise FormatError(pages_not_read(MAX_PAGES, count))


def check_pixels(pixels: float, what: str) -> None:
    """Refuse what is too large to be drawn.

    Raises:
        FormatError: more than MAX_PIXELS.
    """
    if pixels > MAX_PIXELS:
        raise FormatError(
            f"{what} has {pixels / 1_000_000:.0f} million pixels, over the limit of {MAX_PIXELS // 1_000_000} million:"
            " make it smaller"
        )


def pages_not_read(read: int, count: int) -> str:
    """The sentence that says which pages of a document were left out."""
    left = f"page {count} was" if count == read + 1 else f"pages {read + 1} to {count} were"
    return f"{left} not read: at most {MAX_PAGES} pages of a document are; hand the others in as a file of their own"


def _grey(picture: Image.Image) -> Image.Image:
    picture.load()
    return _square(_on_white(picture).convert("L"), picture.info.get("dpi"))


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture
    seen = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, _WHITE), seen)


def _square(picture: Image.Image, resolution: object) -> Image.Image:
    """The picture with pixels as wide as high: a fax has 204 dots to the inch, and 98 or 196 lines (ITU-T T.4)."""
    stretch = _stretch(resolution)
    if not _SLIGHT < stretch <= _MAX_STRETCH:
        return picture
    height = round(picture.height * stretch)
    check_pixels(picture.width * height, "the picture")
    return picture.resize((picture.width, height))


def _stretch(resolution: object) -> float:
    match resolution:
        case (Real() as across, Real() as down) if down:
            return float(across) / float(down)
    return 1
