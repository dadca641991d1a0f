"""What becomes of a page of paper on its way to a committee: photographed, skewed, soiled, faxed, shown on a phone."""

import math
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

_TABLE: Final = (92, 74, 58)
_TILE: Final = 512


def printed(pdf: bytes, dpi: int = 200) -> Image.Image:
    """The first page as poppler prints it, which none of our programs uses."""
    with tempfile.TemporaryDirectory() as place:
        Path(place, "page.pdf").write_bytes(pdf)
        subprocess.run(
            ["pdftoppm", "-r", str(dpi), "-f", "1", "-l", "1", "-png", "page.pdf", "page"], cwd=place, check=True
        )
        (picture,) = Path(place).glob("page*.png")
        with Image.open(picture) as page:
            return page.convert("RGB")


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    made = BytesIO()
    picture.save(made, "JPEG", quality=quality)
    return made.getvalue()


def _noise(size: tuple[int, int], strength: int) -> Image.Image:
    """Grey noise around the middle, the same every time."""
    octets = b"".join(sha256(place.to_bytes(4)).digest() for place in range(_TILE * _TILE // 32))
    tile = Image.frombytes("L", (_TILE, _TILE), octets)
    noise = Image.new("L", size)
    for x in range(0, size[0], _TILE):
        for y in range(0, size[1], _TILE):
            noise.paste(tile, (x, y))
    return noise.point([128 + (value - 128) * strength // 128 for value in range(256)])


def photographed(pdf: bytes) -> bytes:
    """On a table, from the side, a little out of focus, with a shadow and a sensor's noise."""
    page = printed(pdf, 220)
    width, height = page.size
    table = Image.new("RGB", (width + 600, height + 400), _TABLE)
    corners = ((330, 150), (width + 180, 90), (width + 390, height + 300), (110, height + 250))
    coefficients = _perspective(corners, ((0, 0), (width, 0), (width, height), (0, height)))
    lying = page.transform(table.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    mask = Image.new("L", page.size, 255).transform(table.size, Image.Transform.PERSPECTIVE, coefficients)
    table.paste(lying, mask=mask)
    shadow = Image.linear_gradient("L").rotate(60).resize(table.size).point([150 + v * 105 // 255 for v in range(256)])
    lit = ImageChops.multiply(table, Image.merge("RGB", [shadow] * 3))
    noisy = ImageChops.add(lit, Image.merge("RGB", [_noise(lit.size, 24)] * 3), 1, -128)
    return _jpeg(noisy.filter(ImageFilter.GaussianBlur(1.1)), 70)


def _perspective(source: tuple[tuple[int, int], ...], target: tuple[tuple[int, int], ...]) -> tuple[float, ...]:
    """The eight coefficients with which Pillow maps ``source`` to ``target``, by elimination."""
    rows = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    matrix = [[float(value) for value in row] for row in rows]
    for place in range(8):
        pivot = max(range(place, 8), key=lambda row: abs(matrix[row][place]))
        matrix[place], matrix[pivot] = matrix[pivot], matrix[place]
        matrix[place] = [value / matrix[place][place] for value in matrix[place]]
        for row in range(8):
            if row != place:
                factor = matrix[row][place]
                matrix[row] = [a - factor * b for a, b in zip(matrix[row], matrix[place], strict=True)]
    return tuple(row[8] for row in matrix)


def skewed(pdf: bytes) -> bytes:
    """Scanned askew."""
    return _jpeg(printed(pdf).rotate(-11.5, Image.Resampling.BICUBIC, expand=True, fillcolor="white"), 80)


def upside_down(pdf: bytes) -> bytes:
    """Scanned from the wrong end."""
    return _jpeg(printed(pdf, 150).rotate(180), 60)


def dirty(pdf: bytes) -> bytes:
    """With a cup's ring, a fold and a pen's stroke over the code."""
    page = printed(pdf)
    width, height = page.size
    draw = ImageDraw.Draw(page)
    draw.ellipse((width * 0.25, height * 0.82, width * 0.5, height * 0.98), outline=(190, 150, 110), width=6)
    draw.line((0, height * 0.865, width, height * 0.872), fill=(200, 200, 200), width=3)
    draw.line((width * 0.23, height * 0.89, width * 0.34, height * 0.84), fill=(40, 40, 120), width=3)
    for place in range(60):
        x, y = width * (0.5 + 0.45 * math.sin(place * 7.1)), height * (0.5 + 0.45 * math.cos(place * 3.7))
        draw.ellipse((x, y, x + 4, y + 4), fill=(90, 80, 70))
    return _jpeg(page, 75)


def faxed(pdf: bytes) -> bytes:
    """As a fine fax sends it: one bit a point, some of them lost."""
    page = printed(pdf, 204).convert("L")
    noisy = ImageChops.add(page, _noise(page.size, 70), 1, -128)
    made = BytesIO()
    noisy.point([0 if value < 140 else 255 for value in range(256)]).convert("1").save(made, "PNG")
    return made.getvalue()


def on_a_phone(pdf: bytes) -> bytes:
    """A phone's picture of its own screen, with the page fitted to its width."""
    page = printed(pdf)
    screen = Image.new("RGB", (1080, 2340), (18, 18, 20))
    fitted = page.resize((1080, page.height * 1080 // page.width), Image.Resampling.LANCZOS)
    screen.paste(fitted, (0, (screen.height - fitted.height) // 2))
    ImageDraw.Draw(screen).rectangle((0, 0, 1080, 90), fill=(30, 30, 34))
    return _jpeg(screen, 82)


WAYS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "photographed": photographed,
    "skewed": skewed,
    "upside down": upside_down,
    "dirty": dirty,
    "faxed": faxed,
    "on a phone": on_a_phone,
}
