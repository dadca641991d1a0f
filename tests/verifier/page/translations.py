"""What an install compiles, compiled for tests too, so that a text changed since is there."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).parents[3] / "verifier" / "page" / "translations"


def compile_translations() -> None:
    """Compile every language; each file appears whole, whoever else reads or compiles it."""
    for source in TRANSLATIONS.rglob("*.po"):
        made = source.with_suffix(f".{os.getpid()}.new")
        with source.open("rb") as text, made.open("wb") as compiled:
            write_mo(compiled, read_po(text, locale=source.parts[-3]))
        made.replace(source.with_suffix(".mo"))
