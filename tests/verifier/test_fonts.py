"""The vendored fonts: as their package ships them, all known to the printer, and complete for what they promise."""

import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
import typst

from verifier.errors import FormatError
from verifier.fonts import FOLDER, NAME_FILES, TEXT_FAMILY, check_letters, printable

SCRIPT = Path(__file__).parents[2] / "scripts" / "vendor-fonts"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the fonts, to spoil."""
    for file in FOLDER.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def checked(folder: Path) -> tuple[int, str]:
    command = [sys.executable, SCRIPT, "--check", "--folder", folder]
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode, done.stderr.decode()


def test_the_fonts_are_those_that_their_manifest_names() -> None:
    assert checked(FOLDER) == (0, "")


def change(folder: Path) -> None:
    font = folder / "NotoSans-Bold.ttf"
    font.write_bytes(font.read_bytes() + b"\x00")


def remove(folder: Path) -> None:
    (folder / "OFL.txt").unlink()


def add(folder: Path) -> None:
    (folder / "Another.ttf").write_bytes(b"")


SPOILT = {
    "changed": (change, "NotoSans-Bold.ttf is changed\n"),
    "missing": (remove, "OFL.txt is missing\n"),
    "too many": (add, "Another.ttf is not named in fonts.json\n"),
}


@pytest.mark.parametrize(("spoil", "said"), SPOILT.values(), ids=SPOILT)
def test_a_font_that_is_not_as_vendored_is_told(spoil: Callable[[Path], None], said: str, folder: Path) -> None:
    spoil(folder)

    assert checked(folder) == (1, said)


def test_the_licence_lies_beside_the_fonts_and_is_named_by_hash_too() -> None:
    licence = (FOLDER / "OFL.txt").read_bytes()

    assert b"SIL OPEN FONT LICENSE Version 1.1" in licence
    assert json.loads((FOLDER / "fonts.json").read_text())["files"]["OFL.txt"] == sha256(licence).hexdigest()


def test_the_printer_finds_every_family_in_the_folder_and_no_other() -> None:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER])

    assert set(fonts.families()) == {TEXT_FAMILY, *NAME_FILES}


@pytest.mark.parametrize(
    "alphabet",
    [
        "ÀÈÉÌÒÙàèéìòùçñßøåæœłşğıąężźćńśőűčšžđțșảẵộữýþð",
        "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩάέήίόύώϊϋΐΰς",
        "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯґєіїўђћљњџј",
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأإؤئىةپچژگکیٹڈڑںھہے",
        "ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖև",
        "অআইঈউঊঋএঐওঔকখগঘঙচছজঝঞটঠডঢণতথদধনপফবভমযরলশষসহড়ঢ়য়ৎ",
        "अआइईउऊऋएऐओऔकखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहक्षत्रज्ञ",
        "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
        "אבגדהוזחטיכךלמםנןסעפףצץקרשת׳״־",
    ],
)
def test_the_letters_of_an_alphabet_that_is_promised_are_all_there(alphabet: str) -> None:
    check_letters(alphabet)


def test_a_control_is_no_letter_though_a_font_has_a_sign_for_it() -> None:
    with pytest.raises(FormatError, match="U\\+0000"):
        check_letters("A\0")

    assert printable("A\0B") == "A?B"
