"""Files made to break whoever opens them are refused with a sentence, in bounded time and memory."""

import re
import resource

import pytest

import verifier.pack.content
import verifier.pack.document
from tests.verifier.pack.bombs import BOMBS, attached, bomb, document, slow_page, vast_page
from tests.verifier.pack.packs import opened
from tests.verifier.page.world import World
from verifier.errors import FormatError
from verifier.pack.check import check_pack
from verifier.pack.content import format_pack, parse_pack
from verifier.pack.document import read_content, same_pages


def refused(file: bytes, world: World) -> str:
    """What is said of a file that does not hold."""
    try:
        return check_pack(file, world.trust).altered
    except FormatError as error:
        return str(error)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_with_a_sentence_and_takes_no_memory_of_ours(name: str, world: World) -> None:
    file = bomb(name)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    said = refused(file, world)

    assert re.search(BOMBS[name][1], said), said
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_pages_that_draw_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier.pack.document, "PAGE_SECONDS", 3)
    file = slow_page()

    # Whichever it uses up first.
    with pytest.raises(FormatError, match=r"takes more than 3 seconds|takes too much memory"):
        same_pages(len(file), file + b"\n")


def test_a_page_that_no_memory_holds_is_refused() -> None:
    file = vast_page()

    with pytest.raises(FormatError, match="page 1 of the pack is larger than any of a pack"):
        same_pages(len(file), file + b"\n")


def test_an_attachment_that_is_no_bomb_is_taken_out() -> None:
    assert read_content(document(attached(b"{}"))) == b"{}"


def test_more_values_than_any_pack_has_are_not_read() -> None:
    with pytest.raises(FormatError, match="the pack holds more than 8,000,000 values"):
        parse_pack(b'{"parts":[' + b"0," * 8_000_000 + b"0]}")


def test_one_part_in_many_bundles_is_read_up_to_a_limit(pack: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    content = format_pack(opened(pack))
    monkeypatch.setattr(verifier.pack.content, "_MAX_UNFOLDED_BYTES", len(content) // 4)

    with pytest.raises(FormatError, match="the bundles of the pack unfold to more than"):
        parse_pack(content)
