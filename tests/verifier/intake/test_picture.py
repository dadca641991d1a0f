"""Pictures of every common kind are read, whichever way they are turned, and none can do more than be refused."""

import struct
import time
import zlib
from io import BytesIO

import pytest
from PIL import Image

from tests.verifier.intake.files import LINK, NUMBERS, OTHER, numbers, read, why
from tests.verifier.paper import png, sheet, symbol


def written(picture: Image.Image, file_format: str, **options: object) -> bytes:
    content = BytesIO()
    picture.save(content, file_format, **options)
    return content.getvalue()


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_picture_is_read_in_every_format(file_format: str) -> None:
    (one,) = read(written(symbol(LINK), file_format))

    assert numbers([one]) == [NUMBERS[0]]
    assert (one.page, one.document and one.document.lines) == (None, ())


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_a_picture_is_read_in_every_kind_of_colour(mode: str) -> None:
    assert numbers(read(png(symbol(LINK).convert(mode)))) == [NUMBERS[0]]


def test_a_code_on_a_transparent_ground_is_read_as_on_paper() -> None:
    code = symbol(LINK)
    picture = Image.new("RGBA", code.size, (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), mask=code.point(lambda grey: 255 - grey))

    assert numbers(read(png(picture))) == [NUMBERS[0]]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_read_whichever_way_the_camera_was_held(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation

    assert numbers(read(written(symbol(LINK), "JPEG", exif=exif))) == [NUMBERS[0]]


def test_a_photograph_of_a_whole_sheet_is_read() -> None:
    photo = sheet(LINK).resize((3024, 4277)).rotate(4, fillcolor=120)

    assert numbers(read(written(photo, "JPEG", quality=60))) == [NUMBERS[0]]


@pytest.mark.parametrize("lines", [98, 196])
def test_a_fax_is_read_though_its_dots_are_wider_than_high(lines: int) -> None:
    page = Image.new("L", (1728, 1100), 255)
    page.paste(symbol(LINK, 4), (200, 200))
    fax = page.resize((1728, 1100 * lines // 204)).point(lambda grey: 255 if grey > 127 else 0).convert("1")

    content = written(fax, "TIFF", compression="group4", dpi=(204, lines))

    assert numbers(read(content)) == [NUMBERS[0]]


def test_the_pages_of_a_fax_are_read_one_by_one() -> None:
    pages = [sheet(), sheet(LINK), sheet(OTHER)]
    content = written(pages[0].convert("1"), "TIFF", save_all=True, append_images=[p.convert("1") for p in pages[1:]])

    inputs = read(content)

    assert numbers(inputs) == list(NUMBERS[:2])
    assert [(one.page, one.certificates) for one in inputs] == [(2, 2), (3, 2)]


def test_pages_of_a_fax_over_the_limit_are_named() -> None:
    page = Image.new("1", (100, 100), 1)
    content = written(page, "TIFF", save_all=True, append_images=[page] * 101, compression="group4")

    assert why(read(content)).startswith("pages 101 to 102 were not read: at most 100 pages of a document are")


def claimed(width: int, height: int) -> bytes:
    """A PNG picture that says it has so many pixels, and holds none."""
    header = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data)) for kind, data in chunks
    )


BOMBS = {
    "a hundred megapixels": (
        claimed(12_000, 9_000),
        "the picture has 108 million pixels, over the limit of 64 million: make it smaller",
    ),
    "just over the limit": (claimed(8_001, 8_000), "over the limit of 64 million"),
    "four thousand million pixels": (claimed(65_535, 65_535), "the picture has 4295 million pixels"),
    "more pixels than there are numbers": (claimed(2**31 - 1, 2**31 - 1), "million pixels"),
    "none of the pixels that it says": (claimed(4_000, 4_000), "it cannot be read: it is damaged, or too large"),
    "no pixels": (claimed(0, 0), "the picture cannot be read"),
    "only a mark": (b"\xff\xd8\xff", "the picture cannot be read: it is damaged, or of another kind than it says"),
    "half": (png(sheet(LINK))[:500], "damaged"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_picture_that_is_none_or_too_large_is_refused_at_once(name: str) -> None:
    content, sentence = BOMBS[name]
    began = time.monotonic()

    assert sentence in why(read(content))
    assert time.monotonic() - began < 10


def test_colours_that_fill_the_memory_end_that_file_only() -> None:
    large = png(Image.new("RGBA", (7_990, 7_990)))

    inputs = read(large, png(symbol(LINK)))

    assert numbers(inputs) == [None, NUMBERS[0]]
