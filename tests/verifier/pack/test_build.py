"""What an answer brings into a pack."""

from dataclasses import replace

from tests.verifier.pack.packs import answers, opened, packed
from tests.verifier.page.world import World
from verifier.answers import Answer
from verifier.errors import FormatError
from verifier.inputs import Document, Input
from verifier.pack.check import check_pack
from verifier.pack.content import Unanswered
from verifier.report import Verdict
from verifier.seal import Seal, SealFinding
from verifier.unread import Unread


def test_a_document_that_was_altered_after_it_was_sealed_stays_a_forgery(world: World) -> None:
    (genuine,) = answers(world, "active")
    seal = Seal("Registro di prova", None, stamped=False, whole=False, finding=SealFinding.ALTERED)
    unsealed = replace(genuine, input=replace(genuine.input, document=Document((), bytes(32), 1, (seal,))))

    pack = packed(world, [unsealed, genuine])

    assert [item.verdict for item in opened(pack).items] == [Verdict.FORGED, Verdict.IN_FORCE]
    check = check_pack(pack, world.trust)
    assert [item.verdict for item in check.items] == [Verdict.FORGED, Verdict.IN_FORCE]
    assert check.exit_code == 0


def test_what_was_handed_in_and_is_nothing_to_check_has_its_place(world: World) -> None:
    why = FormatError("the line has no number")
    line = Answer(Input("gara.xlsx", why, row=7, bidder="Beta"), why)

    pack = packed(world, [line, *answers(world, "active")])

    assert opened(pack).unanswered == (Unanswered("gara.xlsx", None, 7, "Beta", Unread.NO_NUMBER),)
    assert len(opened(pack).items) == 1
    assert check_pack(pack, world.trust).exit_code == 0
