"""Codes are read from pictures and PDF files as people make them, and no file can do more than be refused."""

import multiprocessing
import os
import re
import struct
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from tests.verifier.paper import jpeg, pdf, png, sheet, symbol
from verifier import qr
from verifier.errors import FormatError
from verifier.presented import Code

LINK = "https://registry.example/V/7K3M9P2XQD4W5#" + "MZXW6YTBOI2KCEKA" * 20
OTHER = "https://other.example/V/JH8XFBB2KJ4DY#" + "NBSWY3DPEB3W64TM" * 20


def texts(content: bytes) -> list[str]:
    return [code.text for code in qr.read_codes(content)]


@pytest.mark.parametrize("turned", [0, 7, 45, 90, 180, 300])
def test_a_code_is_read_however_it_is_turned(turned: float) -> None:
    picture = symbol(LINK, 6).rotate(turned, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)

    assert texts(png(picture)) == [LINK]


def test_a_code_is_read_from_a_blurred_and_shrunken_photograph() -> None:
    photo = symbol(LINK, 8).filter(ImageFilter.GaussianBlur(2)).reduce(2)
    seen = Image.new("RGB", (1600, 1200), (150, 140, 120))
    seen.paste(photo.point(lambda grey: 40 + grey * 180 // 255), (500, 200))

    assert texts(jpeg(seen, quality=40)) == [LINK]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_a_picture_is_read_in_every_kind_of_colour(mode: str) -> None:
    assert texts(png(symbol(LINK).convert(mode))) == [LINK]


def test_a_code_on_a_transparent_ground_is_read_as_on_paper() -> None:
    code = symbol(LINK)
    picture = Image.new("RGBA", code.size, (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), mask=code.point(lambda grey: 255 - grey))

    assert texts(png(picture)) == [LINK]


def test_the_codes_of_a_pdf_file_are_read_with_their_pages() -> None:
    content = pdf([sheet(), sheet(LINK), sheet(), sheet(OTHER)])

    assert qr.read_codes(content) == (Code(LINK, 2), Code(OTHER, 4))


def test_a_code_that_stands_on_several_pages_is_named_once() -> None:
    assert qr.read_codes(pdf([sheet(LINK), sheet(LINK)])) == (Code(LINK, 1),)


def test_two_codes_on_one_picture_are_both_read() -> None:
    assert sorted(texts(png(sheet(LINK, OTHER)))) == sorted([LINK, OTHER])


def test_a_picture_without_a_code_has_none() -> None:
    assert texts(png(sheet())) == []


def pdf_of(contents: bytes, box: str = "0 0 595 842") -> bytes:
    """A PDF file of one page with these compressed contents."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R>>".encode(),
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(contents), contents),
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % numbered for numbered in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + body + b"trailer<</Size 5/Root 1 0 R>>\n%%EOF"


def much(contents: bytes, times: int) -> bytes:
    """The contents so many times over, compressed."""
    compressing = zlib.compressobj()
    return b"".join(compressing.compress(contents * 1000) for _ in range(times // 1000)) + compressing.flush()


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a picture of 900 million pixels": (lambda: png(Image.new("1", (30_000, 30_000))), "damaged, or too large"),
    "a picture just over the limit": (lambda: png(Image.new("1", (8_001, 8_000))), "over the limit of 64 million"),
    "a picture whose colours fill the memory": (lambda: png(Image.new("RGBA", (7_990, 7_990))), "too large"),
    "a page of an acre": (lambda: pdf_of(much(b"", 0), "0 0 200000 200000"), "page 1 is over the limit of 64 million"),
    "a page whose lines fill the memory": (lambda: pdf_of(much(b"0 0 m 1 1 l S\n", 30_000_000)), "too much memory"),
    "a PDF file of 101 pages": (lambda: pdf([Image.new("1", (8, 8))] * 101), "101 pages, over the limit of 100"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_grows_when_it_is_opened_is_refused_in_time(name: str) -> None:
    make, why = BOMBS[name]
    content = make()
    began = time.monotonic()

    with pytest.raises(FormatError, match=f"{why}|more than 60 seconds"):
        qr.read_codes(content)

    assert time.monotonic() - began < qr.SECONDS + 10


def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(FormatError, match=r"reading it takes more than 0\.01 seconds"):
        qr.read_codes(pdf([sheet(LINK)]), seconds=0.01)


def half_an_answer(answers: Connection) -> None:
    os.write(answers.fileno(), struct.pack("!i", 100) + b'{"codes":')
    time.sleep(60)


def an_endless_answer(answers: Connection) -> None:
    os.write(answers.fileno(), struct.pack("!i", qr.MAX_ANSWER_BYTES + 1) + b'{"codes":')
    time.sleep(60)


@pytest.mark.parametrize(
    ("answer", "why"),
    [(half_an_answer, "reading it takes more than 3 seconds"), (an_endless_answer, "it cannot be read")],
)
def test_a_broken_reader_keeps_nobody_waiting(answer: Callable[[Connection], None], why: str) -> None:
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe(duplex=False)
    process = spawning.Process(target=answer, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    began = time.monotonic()

    with ours, pytest.raises(FormatError, match=why):
        qr.receive(ours, process, seconds=3)

    process.kill()
    process.join()
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"%PDF-1.7", "damaged or locked"),
        (pdf([sheet()])[:2000], "damaged or locked"),
        (png(sheet())[:500], "damaged, or too large"),
        (b"\xff\xd8\xff", "damaged, or too large"),
        (b"GIF89a", "damaged, or too large"),
        (b"", "damaged, or too large"),
    ],
)
def test_what_is_no_whole_picture_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(FormatError, match=re.escape(why)):
        qr.read_codes(content)


@settings(max_examples=15)
@given(st.sampled_from([b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]), st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(mark: bytes, more: bytes) -> None:
    with suppress(FormatError):
        assert qr.read_codes(mark + more) == ()
