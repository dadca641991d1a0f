"""The registry answers whether a name matches, from the newest certificate, and of an erased number nothing."""

from pathlib import Path

from registry.application.names import Names
from registry.bootstrap import open_registry
from registry.commands.decisions import Basis, CorrectCertification
from registry.commands.erasure import EraseHolder
from tests.registry.office import grant, make_registry
from verifier.names import NameMatch, NameOutcome, Overlooked

SAME = NameMatch(NameOutcome.SAME)
DIFFERENT = NameMatch(NameOutcome.DIFFERENT)


def test_a_name_is_held_against_the_newest_certificate_until_its_holder_is_erased(tmp_path: Path) -> None:
    with open_registry(make_registry(tmp_path)) as attesto:
        names, number = Names(attesto.registry), grant(attesto, "Zoë D'Angelo-Ñandú")

        assert names.matches(number, "Zoë D'Angelo-Ñandú") == SAME
        assert names.matches(number, "Zoe D'Angelo-Nandu") == NameMatch(NameOutcome.SAME_BUT, (Overlooked.ACCENTS,))
        assert names.matches(number, "Zoë Rossi") == DIFFERENT
        assert names.matches("0000000000000", "Zoë Rossi") is None

        attesto.registry.decide(CorrectCertification("odc-uno", number, "DE-06", Basis("DEL-2"), name="Zoë D'Angeli"))
        assert names.matches(number, "Zoë D'Angeli") == SAME
        assert names.matches(number, "Zoë D'Angelo-Ñandú") == DIFFERENT

        attesto.registry.erasure.erase(EraseHolder("odc-uno", number, "DE-06"))
        assert names.matches(number, "Zoë D'Angeli") is None
