"""What tests of evidence packs make them of."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from tests.verifier.page.world import NOW, TODAY, World
from verifier.answers import Answer, Means, answer
from verifier.inputs import Input
from verifier.pack.again import ask_again
from verifier.pack.build import Frame, pack_answers
from verifier.pack.content import Pack, Tender, parse_pack
from verifier.pack.document import read_content
from verifier.pack.make import typeset
from verifier.pack.stamp import open_stamped
from verifier.presented import Presented
from verifier.report import Kind, Question
from verifier.trust import format_trust_root, parse_trust_root

TENDER: Final = Tender("Commissione di gara del Comune di Esempio", "B1A2C3D4E5", "2", "20 coordinatori certificati")
DAY: Final = date(2028, 11, 15)


def answers(
    world: World, *names: str, token: bool = True, kind: Kind = Kind.DAY, on: date = DAY, bidder: str = "Alfa S.p.A."
) -> list[Answer]:
    """The answers for samples of the world, by their code or by their number alone."""
    question = Question(on, NOW, NOW, None if kind is Kind.DAY else TODAY, kind)
    means = Means(world.trust, question, {}, world.source)
    return [answer(presented(world, name, token=token, bidder=bidder), means) for name in names]


def presented(world: World, name: str, *, token: bool, bidder: str = "") -> Input:
    sample = world.samples[name]
    return Input(name, Presented(sample.number, sample.tokens[-1] if token else None), bidder=bidder)


def packed(world: World, given: Sequence[Answer], language: str = "it", tender: Tender = TENDER) -> bytes:
    """A pack of answers."""
    frame = Frame(tender, language, format_trust_root(world.trust), "https://attesto.example")
    return pack_answers(given, frame, NOW)


def opened(pack: bytes) -> Pack:
    """The machine-readable part of a pack."""
    return parse_pack(read_content(open_stamped(pack)))


def remade(pack: Pack) -> bytes:
    """A file of a pack whose machine-readable part was edited, printed and stamped as if it were genuine."""
    trust = parse_trust_root(pack.trust)
    return typeset(pack, [ask_again(item, trust) for item in pack.items])
