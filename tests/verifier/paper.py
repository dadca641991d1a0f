"""Certificates as they come: a code on a sheet of paper, as picture or PDF file."""

from collections.abc import Sequence
from io import BytesIO

import qrcode
from PIL import Image

_DPI = 300
_A4 = (2480, 3508)


def symbol(text: str, box_size: int = 5) -> Image.Image:
    """The QR code of a text, black on white; at 300 dpi, a box of 5 pixels is 0.42 mm."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=box_size)
    code.add_data(text)
    code.make()
    return code.make_image().get_image().convert("L")


def sheet(*texts: str) -> Image.Image:
    """A page of A4 with a code for each text."""
    page = Image.new("L", _A4, 255)
    for place, text in enumerate(texts):
        page.paste(symbol(text), (300, 300 + 900 * place))
    return page


def png(picture: Image.Image) -> bytes:
    """The picture as PNG."""
    return _written(picture, "PNG")


def jpeg(picture: Image.Image, quality: int = 75) -> bytes:
    """The picture as JPEG."""
    return _written(picture, "JPEG", quality=quality)


def pdf(pages: Sequence[Image.Image]) -> bytes:
    """The pictures as the pages of a PDF file."""
    first, *others = pages
    return _written(first, "PDF", save_all=True, append_images=others, resolution=_DPI)


def _written(picture: Image.Image, file_format: str, **options: object) -> bytes:
    content = BytesIO()
    picture.save(content, file_format, **options)
    return content.getvalue()
