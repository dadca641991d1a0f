"""Packs under a trust root that is not the reader's: another registry's, or one that was made up for the pages."""

from dataclasses import replace

import pypdfium2
import pytest

from tests.verifier.pack.packs import answers, opened, packed, remade
from tests.verifier.page.world import TODAY, World, build
from verifier.pack.again import ask_again
from verifier.pack.check import check_pack
from verifier.pack.command import format_check, pack_lines
from verifier.pack.make import typeset
from verifier.report import ExitCode, Outcome, Verdict
from verifier.tone import Tone
from verifier.trust import TrustRoot, format_trust_root


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Another registry, whose origin and bodies bear the same names."""
    return build(tmp_path_factory.mktemp("other"))


def printed_by(pack: bytes, trust: TrustRoot) -> bytes:
    """The pack as it is printed by another trust root, which is put into it."""
    return remade(replace(opened(pack), trust=format_trust_root(trust)))


def test_a_pack_of_another_registry_does_not_hold(world: World, other: World) -> None:
    check = check_pack(packed(other, answers(other, "active", on=TODAY)), world.trust)

    assert (check.exit_code, check.items[0].verdict) == (ExitCode.FAILED, Verdict.FORGED)


def test_an_item_of_another_registry_among_ours_does_not_hold(world: World, other: World) -> None:
    ours = opened(packed(world, answers(world, "active", on=TODAY)))
    theirs = opened(packed(other, answers(other, "active", on=TODAY)))

    for frame in (ours, theirs):
        check = check_pack(remade(replace(frame, items=(*ours.items, *theirs.items))), world.trust)
        assert (check.exit_code, check.printed) == (ExitCode.FAILED, Outcome.FAILED)
        assert [item.same for item in check.items] == [True, False]


def test_pages_that_another_trust_root_makes_say_otherwise_than_the_proofs(world: World, other: World) -> None:
    pack = packed(world, answers(world, "active", on=TODAY))

    for trust in (other.trust, world.without_body("aurora")):
        check = check_pack(printed_by(pack, trust), world.trust)
        assert check.items[0].same
        assert (check.exit_code, check.printed) == (ExitCode.FAILED, Outcome.FAILED)


def test_pages_are_not_green_by_a_trust_root_that_knows_a_body_more(world: World) -> None:
    reader = replace(world, trust=world.without_body("aurora"))
    pack = packed(reader, answers(reader, "active", on=TODAY))
    assert check_pack(pack, reader.trust).exit_code is ExitCode.IN_FORCE

    check = check_pack(printed_by(pack, world.trust), reader.trust)

    assert (check.items[0].verdict, check.items[0].same) == (Verdict.UNKNOWN_BODY, True)
    assert (check.exit_code, check.printed) == (ExitCode.FAILED, Outcome.FAILED)


def test_a_title_that_the_scheme_does_not_have_stands_beside_the_slug_that_the_body_signed(world: World) -> None:
    pack = opened(packed(world, answers(world, "active", on=TODAY), language="en"))
    false = remade(replace(pack, titles={"demo-2026/coordinatore": {"en": "Managing director"}}))

    check = check_pack(false, world.trust)

    with pypdfium2.PdfDocument(false) as document:
        pages = [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    assert any("Managing director (coordinatore)" in page for page in pages)
    assert any(", coordinatore, Alfa S.p.A.: GENUINE AND IN FORCE" in line.text for line in pack_lines(check))
    (told,) = format_check(check)["items"]
    assert told["profile"] == "coordinatore"


def test_pages_that_were_not_compared_leave_nothing_simply_good(world: World) -> None:
    pack = opened(packed(world, answers(world, "withdrawn", on=TODAY)))
    (in_force,) = opened(packed(world, answers(world, "active", on=TODAY))).items
    false = typeset(replace(pack, typesetting="00" * 32), [ask_again(in_force, world.trust)])

    check = check_pack(false, world.trust)

    first, second, *_ = pack_lines(check)
    assert (check.printed, check.items[0].verdict) == (Outcome.NOT_CHECKED, Verdict.NOT_IN_FORCE)
    assert (first.tone, first.text) == (Tone.CAUTION, "THE ANSWERS HOLD, THE PAGES WERE NOT COMPARED")
    assert "read the answers below instead" in second.text
