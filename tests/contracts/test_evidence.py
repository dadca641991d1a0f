"""A maintenance is confirmed on the evidence that the edition demands, and says on which."""

from dataclasses import replace

import pytest

from registry.domain.errors import MissingEvidenceError, UnknownEvidenceError
from tests.contracts.parts import Parts, confirm, grant
from verifier.disclosure import parse_disclosure


def test_a_confirmation_hides_the_kinds_of_evidence_that_were_received(parts: Parts) -> None:
    made = parts.registry.decide(grant())
    parts.clock.pass_by(days=360)

    parts.registry.decide(confirm(made.number))

    hidden = parts.vault.hidden(made.certification).values()
    (evidence,) = (parse_disclosure(claims["evidence"]).value for claims in hidden if "evidence" in claims)
    assert evidence == ["continuita", "formazione", "reclami"]


def test_a_confirmation_without_what_the_edition_demands_is_refused(parts: Parts) -> None:
    made = parts.registry.decide(grant())
    parts.clock.pass_by(days=360)
    size = parts.store.log.head().size

    with pytest.raises(MissingEvidenceError, match="reclami"):
        parts.registry.decide(replace(confirm(made.number), evidence=("continuita", "formazione")))
    with pytest.raises(UnknownEvidenceError, match="fortuna"):
        parts.registry.decide(
            replace(confirm(made.number), evidence=("continuita", "formazione", "reclami", "fortuna"))
        )

    assert parts.store.log.head().size == size
