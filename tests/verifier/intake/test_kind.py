"""What a file is, is told by its bytes; what is not read says what to do instead."""

import pytest

from tests.verifier.intake.files import LINK, typeset, workbook, zipped
from tests.verifier.paper import jpeg, png, symbol
from verifier.errors import FormatError
from verifier.intake.kind import Kind, kind_of

KINDS = {
    "a PDF file": (typeset("x"), Kind.PDF),
    "a PDF file behind a mail's head": (b"Content-Type: application/pdf\r\n\r\n" + typeset("x"), Kind.PDF),
    "a PNG picture": (png(symbol(LINK)), Kind.PICTURE),
    "a JPEG picture": (jpeg(symbol(LINK)), Kind.PICTURE),
    "a ZIP file": (zipped({"a": b"b"}), Kind.ZIP),
    "an empty ZIP file": (zipped({}), Kind.ZIP),
    "a spreadsheet": (workbook([["a"]]), Kind.ZIP),
    "a bundle": (b' \r\n{"v": 1}', Kind.BUNDLE),
    "a text": (b"7K3M-9P2X-QD4W5", Kind.TEXT),
    "a text that begins as a bitmap does": (b"BMW;7K3M-9P2X-QD4W5", Kind.TEXT),
    "a text that begins as a RIFF file does": (b"RIFFRAFF;7K3M-9P2X", Kind.TEXT),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_file_is_what_its_bytes_say(name: str) -> None:
    content, kind = KINDS[name]

    assert kind_of(content) is kind


REFUSED = {
    b"": "the file is empty",
    b"\0\0\0\x18ftypheic\0\0\0\0mif1heic": "a HEIC picture or a video is not read: save the picture as JPEG",
    b'<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>': "an SVG or HTML file is not read",
    b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x --><svg>': "an SVG or HTML file is not read",
    b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"><SVG>': "an SVG or HTML file is not read",
    b"<!doctype html><title>x</title>": "an SVG or HTML file is not read",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old or locked Office file is not read: save it as XLSX, CSV or PDF",
    b"Rar!\x1a\x07": "a RAR file is not read: pack it as ZIP",
    b"7z\xbc\xaf\x27\x1c": "a 7z file is not read: pack it as ZIP",
    b"\x1f\x8b\x08\0": "a GZIP file is not read",
    png(symbol(LINK))[:99] + b"%PDF-1.7": "a picture that is a PDF file as well is not read",
    b"GIF89a" + typeset("x"): "a picture that is a PDF file as well is not read",
}


@pytest.mark.parametrize("content", REFUSED)
def test_what_is_not_read_says_what_to_do(content: bytes) -> None:
    with pytest.raises(FormatError, match=f"^{REFUSED[content]}"):
        kind_of(content)
