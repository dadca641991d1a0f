"""The symbol: read by another library to the very link, and large enough in print."""

import re

import pytest

from registry.documents.symbol import Symbol, certificate_link, fits, format_png, format_svg, make_symbol
from tests.registry.documents.conftest import ADDRESS, NUMBER, any_token, code_in, png
from verifier.certificate import parse_link
from verifier.errors import FormatError


@pytest.mark.parametrize("size", range(150, 331, 12))
def test_another_library_reads_the_png_to_the_very_link(size: int) -> None:
    link = certificate_link(ADDRESS, NUMBER, any_token(size))

    read = code_in(png(format_png(make_symbol(link)))).text

    assert read == link
    assert parse_link(read).token == any_token(size)


def test_another_library_reads_the_svg_to_the_very_link() -> None:
    link = certificate_link(ADDRESS, NUMBER, any_token(250))

    svg = format_svg(make_symbol(link)).decode()

    assert code_in(png(format_png(Symbol(13, drawn(svg))))).text == link


def drawn(svg: str) -> tuple[tuple[bool, ...], ...]:
    """The modules that the path of an SVG image draws, by the rules of SVG and not by ours."""
    size = int(re.findall(r'viewBox="0 0 (\d+) \1"', svg)[0])
    rows = [[False] * size for _ in range(size)]
    for x, y, length, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", svg.rpartition(' d="')[2]):
        assert length == back
        for place in range(int(x), int(x) + int(length)):
            rows[int(y)][place] = True
    return tuple(map(tuple, rows))


# ISO/IEC 18004, table 7: what version 15 at level M holds.
@pytest.mark.parametrize(("character", "capacity"), [("a", 412), ("A", 600), ("7", 991)])
def test_a_symbol_has_the_capacity_of_version_15_m_and_no_more(character: str, capacity: int) -> None:
    symbol = make_symbol(character * capacity)

    assert symbol.version == 15
    assert not fits(character * (capacity + 1))
    with pytest.raises(FormatError, match=f"^the link of {capacity + 1} characters needs a symbol over version 15$"):
        make_symbol(character * (capacity + 1))


def test_what_no_symbol_at_all_can_hold_is_refused_alike() -> None:
    with pytest.raises(FormatError, match="over version 15"):
        make_symbol("A" * 8000)


def test_error_correction_is_of_level_m() -> None:
    symbol = make_symbol(certificate_link(ADDRESS, NUMBER, any_token(200)))

    assert code_in(png(format_png(symbol))).ec_level == "M"


@pytest.mark.parametrize("size", [150, 200, 250, 300, 330])
def test_the_printed_symbol_is_36_mm_wide_and_its_modules_are_042_mm_or_more(size: int) -> None:
    symbol = make_symbol(certificate_link(ADDRESS, NUMBER, any_token(size)))

    image = png(format_png(symbol))
    across, down = (pixels / dpi * 25.4 for pixels, dpi in zip(image.size, image.info["dpi"], strict=True))
    svg = format_svg(symbol).decode()

    assert across == pytest.approx(36, abs=0.01)
    assert down == pytest.approx(36, abs=0.01)
    assert 'width="36mm" height="36mm"' in svg
    assert f'viewBox="0 0 {symbol.width} {symbol.width}"' in svg
    assert symbol.width == 4 * symbol.version + 17 + 8
    assert across / symbol.width >= 0.42


def test_four_modules_of_white_stand_around_the_code() -> None:
    symbol = make_symbol(certificate_link(ADDRESS, NUMBER, any_token(200)))

    dark = [(x, y) for y, row in enumerate(symbol.rows) for x, module in enumerate(row) if module]

    assert {min(x for x, _ in dark), min(y for _, y in dark)} == {4}
    assert {max(x for x, _ in dark), max(y for _, y in dark)} == {symbol.width - 5}


def test_the_same_link_gives_the_same_bytes() -> None:
    link = certificate_link(ADDRESS, NUMBER, any_token(200))

    assert format_png(make_symbol(link)) == format_png(make_symbol(link))
    assert format_svg(make_symbol(link)) == format_svg(make_symbol(link))


def test_a_page_on_plain_http_is_linked_to_as_it_is() -> None:
    assert certificate_link("http://127.0.0.1:8000", NUMBER, b"\x00").startswith(f"http://127.0.0.1:8000/V/{NUMBER}#")
    assert certificate_link("https://Registry.Example", NUMBER, b"\x00").startswith("https://registry.example/V/")
