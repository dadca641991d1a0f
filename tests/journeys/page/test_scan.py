"""Scanning in a real browser whose camera sees a video: read when it can be, and a helpful word when it cannot."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request, expect

from tests.journeys.page.camera import code_picture, easy, empty, hard, phone
from tests.journeys.page.visitor import ELSEWHERE, shown
from tests.verifier.page.world import World

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

VIDEOS = {"easy": easy, "hard": hard}


def leaked(asked: list[Request], code: str) -> list[str]:
    """What was sent that holds a piece of the code."""
    pieces = {code[place : place + 12] for place in range(0, len(code) - 12, 4)}
    sent = [text for request in asked for text in (request.url.partition("#")[0], request.post_data or "")]
    return [text for text in sent if any(piece in text.upper() for piece in pieces)]


def photo(folder: Path, text: str) -> Path:
    """A picture file of a code."""
    path = folder / "photo.png"
    code_picture(text, 5).save(path)
    return path


def said(page: Page) -> str:
    """What the scanner says, by name."""
    return page.locator("#scanner").get_attribute("data-said") or ""


@pytest.mark.parametrize("video", VIDEOS)
def test_a_code_before_the_camera_gives_the_verdict_and_stays_on_the_device(
    world: World, address: str, playwright: Playwright, tmp_path: Path, video: str
) -> None:
    sample = world.samples["active"]
    code = sample.path.partition("#")[2]
    asked: list[Request] = []
    broken: list[str] = []

    with phone(playwright, tmp_path, VIDEOS[video](address + sample.path)) as context:
        context.on("request", lambda request: asked.append(request))  # noqa: PLW0108
        page = context.new_page()
        page.on("console", lambda message: broken.append(message.text))
        page.goto(f"{address}/scan")
        expect(page.locator("html[data-checked]")).to_be_attached(timeout=20_000)

        assert shown(page) == "genuine"
        assert page.url == f"{address}/V/{sample.number}"
        assert page.locator(".name").inner_text() == "Giulia D’Àngelo-Ferrari"
    assert leaked(asked, code) == []
    assert all(request.url.startswith(address) for request in asked)
    assert broken == []


def test_without_a_code_before_the_camera_the_page_helps_and_goes_on(
    address: str, playwright: Playwright, tmp_path: Path
) -> None:
    with phone(playwright, tmp_path, empty()) as context:
        page = context.new_page()
        page.goto(f"{address}/scan")

        expect(page.get_by_role("status")).to_contain_text("No code found yet", timeout=20_000)
        assert page.get_by_role("button", name="Stop the camera").is_visible()
        assert page.locator("video").is_visible()


def test_a_code_that_is_no_certificates_is_told_and_scanning_goes_on(
    address: str, playwright: Playwright, tmp_path: Path
) -> None:
    with phone(playwright, tmp_path, easy("https://example.org/menu")) as context:
        page = context.new_page()
        page.goto(f"{address}/scan")

        expect(page.get_by_role("status")).to_contain_text("not that of a certificate", timeout=20_000)
        assert page.get_by_role("button", name="Stop the camera").is_visible()
        assert page.url == f"{address}/scan"


def test_a_code_of_another_address_is_told_and_checked_here(
    world: World, address: str, playwright: Playwright, tmp_path: Path
) -> None:
    sample = world.samples["active"]
    asked: list[Request] = []

    with phone(playwright, tmp_path, easy(f"https://attesto.example.net{sample.path}")) as context:
        context.on("request", lambda request: asked.append(request))  # noqa: PLW0108
        page = context.new_page()
        page.goto(f"{address}/scan")
        expect(page.get_by_role("alert")).to_contain_text("attesto.example.net", timeout=20_000)
        expect(page.get_by_role("link", name="Check it here")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("html[data-checked]")).to_be_attached()

        assert shown(page) == "genuine"
    assert all(request.url.startswith(address) for request in asked)


def test_the_camera_is_off_once_it_is_stopped_and_starts_again(
    address: str, playwright: Playwright, tmp_path: Path
) -> None:
    with phone(playwright, tmp_path, empty()) as context:
        page = context.new_page()
        page.goto(f"{address}/scan")
        expect(page.get_by_role("button", name="Stop the camera")).to_be_focused(timeout=20_000)
        page.evaluate("globalThis.track = document.querySelector('video').srcObject.getTracks()[0]")
        page.keyboard.press("Enter")

        assert page.evaluate("track.readyState") == "ended"
        assert page.evaluate("document.querySelector('video').srcObject") is None
        expect(page.get_by_role("button", name="Start the camera")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Stop the camera")).to_be_focused()


def test_a_refused_camera_leaves_the_photo(world: World, address: str, playwright: Playwright, tmp_path: Path) -> None:
    sample = world.samples["active"]
    asked: list[Request] = []

    with phone(playwright, tmp_path, empty(), granted=False) as context:
        context.on("request", lambda request: asked.append(request))  # noqa: PLW0108
        page = context.new_page()
        page.goto(f"{address}/scan")
        page.get_by_role("button", name="Start the camera").click()
        expect(page.get_by_role("status")).to_contain_text("may not use the camera")
        page.get_by_label("Or choose a photo").set_input_files(photo(tmp_path, address + sample.path))
        expect(page.locator("html[data-checked]")).to_be_attached(timeout=20_000)

        assert shown(page) == "genuine"
        assert page.url == f"{address}/V/{sample.number}"
    assert leaked(asked, sample.path.partition("#")[2]) == []
    assert not [request for request in asked if request.method != "GET"]


def test_without_a_camera_the_photo_is_pointed_to(page: Page, context: BrowserContext, address: str) -> None:
    context.grant_permissions(["camera"])

    page.goto(f"{address}/scan")

    expect(page.get_by_role("status")).to_contain_text("no camera that this page can use")
    expect(page.get_by_label("Or choose a photo")).to_be_visible()


def test_over_plain_http_the_page_says_why_there_is_no_camera_and_reads_photos(
    world: World, page: Page, address: str, tmp_path: Path
) -> None:
    sample = world.samples["active"]
    elsewhere = address.replace("127.0.0.1", ELSEWHERE)
    page.goto(f"{elsewhere}/scan")
    expect(page.get_by_role("status")).to_contain_text("without encryption")
    expect(page.get_by_role("button", name="Start the camera")).to_be_hidden()

    page.get_by_label("Or choose a photo").set_input_files(photo(tmp_path, elsewhere + sample.path))

    expect(page.locator("html[data-checked]")).to_be_attached(timeout=20_000)
    assert shown(page) == "code_not_checked"


def beside(left: Image.Image, right: Image.Image) -> Image.Image:
    """Two pictures on one sheet."""
    sheet = Image.new("L", (left.width + right.width, max(left.height, right.height)), 255)
    sheet.paste(left, (0, 0))
    sheet.paste(right, (left.width, 0))
    return sheet


PHOTOS: dict[str, Callable[[str], Image.Image]] = {
    "upside down": lambda link: code_picture(link, 5).rotate(180),
    "beside another code": lambda link: beside(code_picture("https://example.org/menu", 8), code_picture(link, 5)),
    "small on a large page": lambda link: beside(Image.new("L", (2400, 3400), 255), code_picture(link, 6)),
    "light on dark": lambda link: ImageOps.invert(code_picture(link, 5)),
    "black and white, as faxed": lambda link: code_picture(link, 5).convert("1"),
    "a bad frame of a video": lambda link: hard(link)[3],
}


@pytest.mark.parametrize("kind", PHOTOS)
def test_a_photo_is_read_as_people_take_it(world: World, page: Page, address: str, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "photo.png"
    PHOTOS[kind](address + world.samples["suspended"].path).save(path)
    page.goto(f"{address}/scan")

    page.get_by_label("Or choose a photo").set_input_files(path)

    expect(page.locator("html[data-checked]")).to_be_attached(timeout=20_000)
    assert shown(page) == "suspended"


def test_what_is_no_photo_of_a_certificate_is_told(page: Page, address: str, tmp_path: Path) -> None:
    files = {
        "svg.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not a picture"),
        "text.png": (b"no picture at all", "not a picture"),
        "huge.png": (bytes.fromhex("89504e470d0a1a0a0000000d49484452ffffffffffffffff0806000000"), "not a picture"),
    }
    Image.new("L", (900, 900), 200).save(tmp_path / "blank.png")
    code_picture("BEGIN:VCARD", 6).save(tmp_path / "card.png")
    page.goto(f"{address}/scan")
    for name, (content, _) in files.items():
        (tmp_path / name).write_bytes(content)

    for name, told in (
        *((name, told) for name, (_, told) in files.items()),
        ("blank.png", "no readable code in this photo"),
        ("card.png", "in this photo is not that of a certificate"),
    ):
        page.get_by_label("Or choose a photo").set_input_files(tmp_path / name)
        expect(page.get_by_role("status")).to_contain_text(told, timeout=20_000)
        expect(page.locator("#photo")).to_have_value("")
    assert page.url == f"{address}/scan"


def test_the_camera_is_off_once_nobody_looks(address: str, playwright: Playwright, tmp_path: Path) -> None:
    with phone(playwright, tmp_path, empty()) as context:
        page = context.new_page()
        page.goto(f"{address}/scan")
        expect(page.get_by_role("button", name="Stop the camera")).to_be_focused(timeout=20_000)
        page.evaluate("globalThis.track = document.querySelector('video').srcObject.getTracks()[0]")

        page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")

        assert page.evaluate("track.readyState") == "ended"
        expect(page.get_by_role("button", name="Start the camera")).to_be_visible()


def test_a_camera_that_starts_after_somebody_left_is_put_off_again(
    address: str, playwright: Playwright, tmp_path: Path
) -> None:
    with phone(playwright, tmp_path, empty()) as context:
        page = context.new_page()
        page.goto(f"{address}/scan")
        page.get_by_role("button", name="Stop the camera").click(timeout=20_000)

        page.evaluate(
            """() => {
                const { getUserMedia } = MediaDevices.prototype;
                navigator.mediaDevices.getUserMedia = async (wanted) => {
                    globalThis.opened = await getUserMedia.call(navigator.mediaDevices, wanted);
                    return globalThis.opened;
                };
                document.querySelector("[data-part=start]").click();
                dispatchEvent(new PageTransitionEvent("pagehide"));
            }"""
        )

        expect(page.get_by_role("button", name="Start the camera")).to_be_enabled()
        page.wait_for_timeout(500)
        assert page.evaluate("opened.getTracks()[0].readyState") == "ended"
        assert page.locator("video").is_hidden()


@pytest.mark.parametrize("path", ["/scan", "/offline"])
def test_without_javascript_the_page_says_what_else_there_is(browser: Browser, address: str, path: str) -> None:
    with browser.new_context(java_script_enabled=False, locale="en-GB") as context:
        page = context.new_page()
        page.goto(address + path)

        assert page.get_by_text("Scan it with the camera app of your phone").is_visible()
        assert page.locator("input:visible, textarea:visible, button:visible").count() == 0
