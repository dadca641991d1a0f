"""What an answer brings into a pack."""

from dataclasses import replace

from tests.verifier.pack.packs import answers, opened, packed
from tests.verifier.page.world import World
from verifier.inputs import Document
from verifier.pack.check import check_pack
from verifier.report import Verdict
from verifier.seal import Seal, SealFinding


def test_a_document_that_was_altered_after_it_was_sealed_stays_a_forgery(world: World) -> None:
    (genuine,) = answers(world, "active")
    seal = Seal("Registro di prova", None, stamped=False, whole=False, finding=SealFinding.ALTERED)
    unsealed = replace(genuine, input=replace(genuine.input, document=Document((), bytes(32), 1, (seal,))))

    pack = packed(world, [unsealed, genuine])

    assert [item.verdict for item in opened(pack).items] == [Verdict.FORGED, Verdict.IN_FORCE]
    check = check_pack(pack, world.trust)
    assert [item.verdict for item in check.items] == [Verdict.FORGED, Verdict.IN_FORCE]
    assert check.exit_code == 0
