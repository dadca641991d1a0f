"""QR codes on pictures and in PDF files, read by a process of its own.

Pictures and PDF files come from strangers, and their decoders are written in C: so they run where a crash, a flood of
pixels or an endless page ends that process and nothing else.
"""

import multiprocessing
import signal
import sys
import warnings
from collections.abc import Iterator
from io import BytesIO
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Event, Timer
from typing import Final

import pypdfium2
import zxingcpp
from PIL import Image

from verifier.encoding import Json, format_json, parse_json
from verifier.errors import FormatError
from verifier.presented import Code, is_pdf

if sys.platform == "linux":
    import resource

MAX_PAGES: Final = 100
MAX_PIXELS: Final = 64_000_000
MAX_MEMORY: Final = 1024 * 1024 * 1024
MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024
SECONDS: Final = 60
_RESOLUTIONS: Final = (150, 300)
_POINTS_PER_INCH: Final = 72
_QR: Final = zxingcpp.barcode_formats_from_str("QRCode")
_WHITE: Final = (255, 255, 255, 255)


def read_codes(content: bytes, seconds: float = SECONDS) -> tuple[Code, ...]:
    """Every QR code of a picture or of a PDF file's pages, each text once, in the order of the pages.

    Raises:
        FormatError: it cannot be read, or takes more pages, pixels, memory or time than it may.
    """
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe(duplex=False)
    process = spawning.Process(target=_answer, args=(content, theirs), daemon=True)
    try:
        process.start()
    except OSError as error:
        raise FormatError("nothing to read it with can be started") from error
    theirs.close()
    try:
        return _parse_answer(receive(ours, process, seconds))
    finally:
        process.kill()
        process.join()
        ours.close()


def receive(answers: Connection, process: BaseProcess, seconds: float) -> bytes:
    """The answer of a process, which is ended after so many seconds, also in the middle of its answer.

    Raises:
        FormatError: it ends without a whole answer, or its answer is too long.
    """
    late = Event()

    def end() -> None:
        late.set()
        process.kill()

    ending = Timer(seconds, end)
    ending.start()
    try:
        return answers.recv_bytes(MAX_ANSWER_BYTES)
    except (EOFError, OSError) as error:
        if late.is_set():
            raise FormatError(f"reading it takes more than {seconds:g} seconds") from error
        raise FormatError("it cannot be read, or takes too much memory") from error
    finally:
        ending.cancel()


def _answer(content: bytes, answers: Connection) -> None:
    """What the process does: read, and answer in JSON, so that whatever breaks it hands over text and no objects."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who interrupts the parent ends this process too
    warnings.simplefilter("ignore")
    _limit_memory()
    firsts: dict[str, int | None] = {}
    try:
        for code in _read(content):
            firsts.setdefault(code.text, code.page)
        answer = format_json({"codes": list(firsts.items())})
    except FormatError as error:
        answer = format_json({"error": str(error)})
    except Exception:  # What decoders raise over a stranger's bytes is no closed list.
        answer = format_json({"error": "it cannot be read: it is damaged, or too large"})
    answers.send_bytes(answer)


def _parse_answer(answer: bytes) -> tuple[Code, ...]:
    match parse_json(answer):
        case {"codes": list(codes)}:
            return tuple(map(_parse_code, codes))
        case {"error": str(error)}:
            raise FormatError(error)
    raise FormatError("it cannot be read")


def _parse_code(value: Json) -> Code:
    match value:
        case [str(text), int() | None as page]:
            return Code(text, page)
    raise FormatError("it cannot be read")


def _limit_memory() -> None:
    """Take no more memory than MAX_MEMORY; elsewhere than on Linux the other limits must do."""
    if sys.platform == "linux":
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = MAX_MEMORY if most == resource.RLIM_INFINITY else min(MAX_MEMORY, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def _read(content: bytes) -> Iterator[Code]:
    for page, picture in _pdf_pages(content) if is_pdf(content) else _picture(content):
        for code in zxingcpp.read_barcodes(picture, _QR, text_mode=zxingcpp.TextMode.Plain):
            yield Code(code.text, page)


def _picture(content: bytes) -> Iterator[tuple[None, Image.Image]]:
    with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as picture:
        _check_pixels(picture.width * picture.height, "the picture")
        yield None, _on_white(picture).convert("L")


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture
    seen = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, _WHITE), seen)


def _pdf_pages(content: bytes) -> Iterator[tuple[int, Image.Image]]:
    """Each page twice: what the coarse picture lacks, the fine one may show."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise FormatError("the PDF file cannot be opened: it is damaged or locked by a password") from error
    if len(document) > MAX_PAGES:
        raise FormatError(f"the PDF file has {len(document)} pages, over the limit of {MAX_PAGES}")
    for number, page in enumerate(document, start=1):
        for resolution in _RESOLUTIONS:
            scale = resolution / _POINTS_PER_INCH
            _check_pixels(page.get_width() * page.get_height() * scale**2, f"page {number}")
            yield number, page.render(scale=scale, grayscale=True).to_pil()
        page.close()


def _check_pixels(pixels: float, what: str) -> None:
    if pixels > MAX_PIXELS:
        raise FormatError(f"{what} is over the limit of {MAX_PIXELS // 1_000_000} million pixels")
