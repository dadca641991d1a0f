"""Codes are read from pictures as people make them."""

from collections.abc import Callable

import pytest
from PIL import Image, ImageFilter, ImageOps

from tests.verifier.intake.files import LINK, NUMBERS, OTHER, numbers, read, why
from tests.verifier.paper import jpeg, png, sheet, symbol

Change = Callable[[Image.Image], Image.Image]


@pytest.mark.parametrize("turned", [0, 7, 45, 90, 180, 300])
def test_a_code_is_read_however_it_is_turned(turned: float) -> None:
    picture = symbol(LINK, 6).rotate(turned, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)

    assert numbers(read(png(picture))) == [NUMBERS[0]]


def photograph(code: Image.Image, ground: int = 140) -> Image.Image:
    """The code on a sheet on a table, taken with a telephone."""
    seen = Image.new("RGB", (1600, 1200), (ground + 10, ground, ground - 20))
    seen.paste(code, (500, 200))
    return seen


def aside(picture: Image.Image) -> Image.Image:
    """The picture seen from one side and from below: no two of its edges are parallel."""
    page = ImageOps.expand(picture, picture.width // 4, 255)
    wide, high = page.size
    corners = (0, 0, wide * 0.12, high, wide, high * 0.94, wide * 0.88, high * 0.1)
    return page.transform(page.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)


def dirty(picture: Image.Image) -> Image.Image:
    """Specks of dust all over, and a fold across."""
    noise = Image.effect_noise(picture.size, 120).point(lambda grey: 255 if grey > 250 else 0)
    spotted = picture.copy()
    spotted.paste(90, mask=noise)
    spotted.paste(200, (0, picture.height // 2, picture.width, picture.height // 2 + 3))
    return spotted


def faxed(picture: Image.Image) -> Image.Image:
    """Black and white at 200 dots to the inch, where the original has 300, dithered as a fax does it."""
    return picture.resize((picture.width * 2 // 3, picture.height * 2 // 3)).convert("1")


CHANGES: dict[str, Change] = {
    "a blurred photograph": lambda code: photograph(
        code.filter(ImageFilter.GaussianBlur(2)).reduce(2).point(lambda grey: 40 + grey * 180 // 255)
    ),
    "seen from aside": lambda code: photograph(aside(code).reduce(2)),
    "dirty": dirty,
    "faxed": faxed,
    "in bad light": lambda code: code.point(lambda grey: 60 + grey * 40 // 255),
    "light on dark": lambda code: code.point(lambda grey: 255 - grey),
    "mirrored": lambda code: code.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "small on a screen": lambda code: code.resize((code.width // 4, code.height // 4), Image.Resampling.BILINEAR),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_code_is_read_as_it_comes(name: str) -> None:
    picture = CHANGES[name](symbol(LINK, 8))

    assert numbers(read(jpeg(picture.convert("RGB"), quality=50))) == [NUMBERS[0]]


def test_two_codes_on_one_picture_are_both_read() -> None:
    inputs = read(png(sheet(LINK, OTHER)))

    assert sorted(map(str, numbers(inputs))) == sorted(NUMBERS[:2])
    assert {one.certificates for one in inputs} == {2}


def test_a_code_that_is_seen_and_not_read_is_told_from_none() -> None:
    torn = symbol(LINK, 8)
    torn.paste(255, (0, torn.height // 3, torn.width * 2 // 3, torn.height * 2 // 3))

    assert "there is a code that cannot be read; is it sharp, whole and large enough?" in why(read(png(torn)))
    assert why(read(png(sheet()))) == ("no certificate's code was found on it: is it sharp, whole and large enough?")


def test_a_code_of_something_else_is_said_to_be_that() -> None:
    assert why(read(png(symbol("https://bidder.example/brochure")))) == (
        "no certificate's code was found on it: the code on it is another one"
    )


def test_a_code_of_something_else_beside_a_certificates_one_is_passed_over() -> None:
    assert numbers(read(png(sheet("https://bidder.example/brochure", LINK)))) == [NUMBERS[0]]
