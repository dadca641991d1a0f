"""What a camera sees: videos of a code, made without a camera, and a browser that takes one for its camera."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import qrcode
from PIL import Image, ImageEnhance, ImageFilter
from playwright.sync_api import BrowserContext, Playwright

WIDTH, HEIGHT = 1280, 720
_GROUND, _LIGHT, _DARK = 200, 235, 16


def code_picture(text: str, module: int) -> Image.Image:
    """A code with its quiet zone, so many pixels a module, as grey values."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=4)
    code.add_data(text, optimize=20)
    code.make(fit=True)
    rows = code.get_matrix()
    small = Image.new("L", (len(rows), len(rows)), _LIGHT)
    small.putdata([_DARK if dark else _LIGHT for row in rows for dark in row])
    return small.resize((len(rows) * module, len(rows) * module), Image.Resampling.NEAREST)


def easy(text: str) -> list[Image.Image]:
    """The code held still and straight in good light."""
    frame = Image.new("L", (WIDTH, HEIGHT), _GROUND)
    picture = code_picture(text, 7)
    frame.paste(picture, ((WIDTH - picture.width) // 2, (HEIGHT - picture.height) // 2))
    return [frame] * 5


def hard(text: str) -> list[Image.Image]:
    """The code turned, tilted, moving, in bad light, out of focus and with noise."""
    picture = code_picture(text, 6)
    edge = picture.width
    frames = []
    for step in range(10):
        tilt = edge * 0.12
        # Each corner of the target is fetched from here: the far side of the paper is smaller.
        quad = (
            -tilt,
            -tilt * 0.3,
            -tilt * 0.2,
            edge + tilt * 0.4,
            edge + tilt * 0.3,
            edge + tilt,
            edge + tilt,
            -tilt * 0.5,
        )
        tilted = picture.transform(
            (edge, edge), Image.Transform.QUAD, quad, Image.Resampling.BICUBIC, fillcolor=_GROUND
        )
        turned = tilted.rotate(17 + step, Image.Resampling.BICUBIC, expand=True, fillcolor=_GROUND)
        frame = Image.new("L", (WIDTH, HEIGHT), _GROUND)
        frame.paste(turned, (300 + 9 * step, 20 + 3 * step))
        frames.append(_spoil(frame))
    return frames


def _spoil(frame: Image.Image) -> Image.Image:
    dim = ImageEnhance.Contrast(ImageEnhance.Brightness(frame).enhance(0.55)).enhance(0.6)
    # Light falls off from left to right, as under a desk lamp.
    shade = Image.linear_gradient("L").rotate(90).resize((WIDTH, HEIGHT))
    lit = Image.blend(dim, shade, 0.18).filter(ImageFilter.GaussianBlur(0.9))
    return Image.blend(lit, Image.effect_noise((WIDTH, HEIGHT), 60), 0.15)


def empty() -> list[Image.Image]:
    """A desk without any code on it."""
    return [Image.linear_gradient("L").resize((WIDTH, HEIGHT))] * 5


def write_video(path: Path, frames: Iterable[Image.Image]) -> None:
    """Write frames as YUV4MPEG2, ten a second."""
    chroma = bytes([128]) * (WIDTH * HEIGHT // 2)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode())
        for frame in frames:
            file.write(b"FRAME\n" + frame.tobytes() + chroma)


@contextmanager
def phone(
    playwright: Playwright, folder: Path, frames: Iterable[Image.Image], *, granted: bool = True
) -> Iterator[BrowserContext]:
    """A browser whose camera sees those frames, over and over; one that is not ``granted`` refuses to be asked."""
    video = folder / "video.y4m"
    write_video(video, frames)
    asking = ["--use-fake-ui-for-media-stream"] if granted else ["--deny-permission-prompts"]
    context = playwright.chromium.launch_persistent_context(
        str(folder / "profile"),
        executable_path="/usr/bin/chromium",
        headless=True,
        permissions=["camera"] if granted else [],
        viewport={"width": 412, "height": 915},
        locale="en-GB",
        args=[
            "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={video}", *asking,
        ],
    )  # fmt: skip
    try:
        yield context
    finally:
        context.close()
