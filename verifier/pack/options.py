"""The options of the command line that make an evidence pack of its answers."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from verifier.answers import Answer, Means
from verifier.errors import AttestoError, FormatError
from verifier.pack.content import Tender
from verifier.pack.words import LANGUAGES
from verifier.seal import open_sealer

_TENDER: Final = {
    "committee": ("TEXT", "who asks"),
    "cig": ("CIG", "the tender's id"),
    "lot": ("LOT", "the tender's lot"),
    "requirement": ("TEXT", "the requirement, in the tender's words"),
    "bidder": ("NAME", "whose certificates these are, where a list does not say"),
}


def add_pack_options(parser: argparse.ArgumentParser) -> None:
    """Let a parser take what a pack is made with."""
    group = parser.add_argument_group("evidence pack", "what is said here stands in the pack, unchecked")
    group.add_argument(
        "--pack", metavar="FILE.pdf", help="also write the answers, with every proof, as an evidence pack"
    )
    for name, (metavar, text) in _TENDER.items():
        group.add_argument(f"--{name}", metavar=metavar, default="", help=text)
    group.add_argument("--language", choices=LANGUAGES, default="it", help="the pack's language; else Italian")


def write_pack(
    given: argparse.Namespace, answers: Sequence[Answer], means: Means, trust: bytes, environment: Mapping[str, str]
) -> None:
    """Write the pack that was asked for, where there is no such file yet.

    Raises:
        FormatError: it cannot be made or written.
    """
    try:
        from verifier.pack.build import Frame, pack_answers  # noqa: PLC0415  an extra, which only packs need
    except ImportError as error:
        sentence = f"evidence packs want {error.name}, which is not installed: pip install 'attesto[pack]'"
        raise FormatError(sentence) from error
    tender = Tender(given.committee, given.cig, given.lot, given.requirement)
    named = [replace(a, input=replace(a.input, bidder=a.input.bidder or given.bidder)) for a in answers]
    frame = Frame(tender, given.language, trust, _page(given.registry), means.source)
    try:
        content = pack_answers(named, frame, means.question.now, open_sealer(environment))
        _write_new(Path(given.pack), content)
    except AttestoError as error:
        raise FormatError(f"the pack: {error}") from error


def _page(registry: str | None) -> str:
    """The page's address, as mostly the public files lie below it; empty for a folder."""
    if registry is None or not registry.startswith(("https://", "http://")):
        return ""
    return registry.rstrip("/").removesuffix("/public")


def _write_new(path: Path, content: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise FormatError(f"{path} is there already, and evidence is not written over") from error
    except OSError as error:
        raise FormatError(f"{path} cannot be written: {error.strerror}") from error
