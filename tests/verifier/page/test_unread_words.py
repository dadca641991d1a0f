import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from verifier import intake
from verifier.errors import FormatError
from verifier.intake.archive import _OTHERS
from verifier.intake.kind import _REFUSED
from verifier.intake.picture import pages_not_read
from verifier.pack.words import UNREAD
from verifier.page.attention import Attention
from verifier.page.row import REASONS
from verifier.page.unread_words import SENTENCES, unread_text
from verifier.unread import Unread, why_unread

# Said between processes, or no more than that nothing was found.
UNSAID = ("a frame", "a reader that finds no end", "no answer of", "no row of", "no PDF file, picture")


def raised() -> Iterator[str]:
    """What the intake says of a file that it does not read, as far as it is written in one place."""
    for path in Path(intake.__file__).parent.glob("*.py"):
        if path.stem == "argument":  # Of the command line alone.
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="FormatError"), args=[ast.Constant(value=str(text))]):
                    yield text
                case ast.Call(func=ast.Name(id="FormatError"), args=[ast.JoinedStr(values=pieces)]):
                    yield "".join(str(piece.value) if isinstance(piece, ast.Constant) else "9" for piece in pieces)
    yield from (*_REFUSED.values(), *_OTHERS.values(), pages_not_read(3, 4), pages_not_read(3, 9))


def test_whatever_is_not_read_gets_a_sentence_of_its_own() -> None:
    told = [text for text in raised() if not text.startswith(UNSAID)]

    assert len(told) > 25
    assert [text for text in told if why_unread(FormatError(text)) is Unread.NOTHING_FOUND] == []


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("the PDF file is locked by a password: save it without one", "It is locked by a password, or an old file"),
        ("it is over the limit of 26,214,400 bytes", "It is too large to be read."),
        ("reading it takes more than 20 seconds", "Reading it takes too long"),
        ("page 4 of the PDF file cannot be read: it is damaged", "It cannot be read: it is damaged."),
        (
            "pages 4 to 9 were not read: at most 3 pages of a document are; hand the others in",
            "Not every page was read.",
        ),
        ("a RAR file is not read: pack it as ZIP", "Such an archive is not opened."),
        ("a Word document is not read: save it as PDF", "A file of this kind is not read."),
        (
            "no certificate's code was found on it: the code on it is another one",
            "The code on it is not that of a cert",
        ),
        ("no certificate's code was found on it: is it sharp, whole and large enough?", "No code of a certificate was"),
        ("a number has 13 characters, not 3", "No number, code or bundle of a certificate was found here: hand in"),
    ],
)
def test_the_sentence_says_what_to_do(why: str, said: str) -> None:
    assert str(unread_text(FormatError(why))).startswith(said)


def test_a_pack_says_it_in_the_words_of_the_page() -> None:
    others = {Unread.NOT_CHECKED: REASONS[Attention.UNCHECKED], Unread.REFUSED: REASONS[Attention.REFUSED]}

    assert {why: str(said) for why, said in (SENTENCES | others).items()} == UNREAD
