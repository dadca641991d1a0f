"""Sealed packs: the seal covers the whole file, cannot be taken off unnoticed, and nothing else may be appended."""

from pathlib import Path

import pypdfium2
import pytest

from keys.seal import open_pades_sealer, open_seal_key
from tests.seals import PASSPHRASE, Authority, now
from tests.verifier.pack.packs import TENDER, answers
from tests.verifier.page.world import NOW, World
from verifier.pack.build import Frame, pack_answers
from verifier.pack.check import PackCheck, check_pack
from verifier.pack.stamp import open_stamped
from verifier.report import Outcome
from verifier.seal import read_seals
from verifier.trust import format_trust_root


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority(now())


@pytest.fixture(scope="module")
def sealed(world: World, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A pack that was made to be sealed, and was."""
    identity = authority.seal_identity()
    path: Path = tmp_path_factory.mktemp("seal") / "key"
    path.touch(mode=0o600)
    path.write_bytes(identity.key_pem)
    sealer = open_pades_sealer(open_seal_key(path, PASSPHRASE, identity.pem), authority.root.pem, now)
    return pack_answers(answers(world, "active"), Frame(TENDER, "en", format_trust_root(world.trust)), NOW, sealer)


def checked(pack: bytes, world: World, *roots: bytes) -> PackCheck:
    return check_pack(pack, world.trust, read_seals=lambda pdf: read_seals(pdf, roots, now()))


def test_a_sealed_pack_holds_and_names_its_seal(sealed: bytes, world: World, authority: Authority) -> None:
    check = checked(sealed, world, authority.root.pem)

    assert (check.exit_code, check.altered, check.printed) == (0, "", Outcome.PASSED)
    (seal,) = check.seals
    assert (seal.signer, seal.whole, seal.outcome) == ("Registro di prova", True, Outcome.PASSED)


def test_a_sealed_pack_says_so_on_its_first_page(sealed: bytes) -> None:
    pdf = pypdfium2.PdfDocument(sealed)
    text = pdf[0].get_textpage().get_text_bounded()
    pdf.close()

    assert "This file is sealed" in " ".join(text.split())


def test_a_pack_whose_seal_was_taken_off_is_refused(sealed: bytes, world: World) -> None:
    check = checked(open_stamped(sealed), world)

    assert check.exit_code == 3
    assert check.altered == "the pack was altered: it was made to be sealed, and bears no seal"


@pytest.mark.parametrize("place", [100, -1000, -50])
def test_a_sealed_pack_with_one_byte_changed_is_refused(
    place: int, sealed: bytes, world: World, authority: Authority
) -> None:
    altered = bytearray(sealed)
    altered[place] ^= 1

    assert checked(bytes(altered), world, authority.root.pem).exit_code != 0


def test_no_byte_of_the_room_for_the_seal_can_be_changed(sealed: bytes, world: World, authority: Authority) -> None:
    begin = sealed.rindex(b"/Contents <") + len(b"/Contents <")
    end = sealed.index(b">", begin)

    # Every other octet at the beginning, where those stand that nothing signs, and some of the zeros behind.
    places = [*range(begin, begin + 140, 3), *range(begin + 140, end, (end - begin) // 40)]
    for place in places:
        for change in (0x01, 0x20):
            altered = bytearray(sealed)
            altered[place] ^= change
            assert checked(bytes(altered), world, authority.root.pem).exit_code != 0, place


def test_what_is_appended_after_the_seal_is_not_covered(sealed: bytes, world: World, authority: Authority) -> None:
    assert checked(sealed + b"\n% more\n", world, authority.root.pem).exit_code != 0


def test_a_seal_by_somebody_unknown_is_told_and_the_answers_hold(sealed: bytes, world: World) -> None:
    check = checked(sealed, world, Authority(now(), "Altra radice").root.pem)

    assert check.items[0].same
    assert check.seals[0].outcome is Outcome.NOT_CHECKED
