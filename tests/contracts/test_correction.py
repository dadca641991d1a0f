"""A corrected name is what every later document states; the earlier documents stay as they were."""

from registry.commands.decisions import Basis, CorrectCertification
from tests.contracts.parts import Parts, grant, reissue
from verifier.certificate import parse_token


def test_later_documents_state_the_corrected_name_and_the_first_one_stays(parts: Parts) -> None:
    made = parts.registry.decide(grant(name="Zoe Angelo"))
    corrected = CorrectCertification("aurora", made.number, "decider-1", Basis("delibera 2"), name="Zoë D’Angelo")

    parts.registry.decide(corrected)
    parts.registry.decide(reissue(made.number))

    stated = {
        revision: parse_token(parts.registry.document(made.certification, revision)[0]).claims.name
        for revision in (1, 2, 3)
    }
    assert stated == {1: "Zoe Angelo", 2: "Zoë D’Angelo", 3: "Zoë D’Angelo"}
