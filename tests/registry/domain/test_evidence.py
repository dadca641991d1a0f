"""Which evidence a decision needs."""

import pytest

from registry.domain.edition import Evidence, Gap
from registry.domain.errors import MissingEvidenceError, UnknownEvidenceError
from registry.domain.evidence import check_evidence

TITLE = {"it": "Prova", "en": "Proof"}
RULE = (Evidence("work", TITLE, required=True), Evidence("hours", TITLE, True, 16), Evidence("praise", TITLE, False))


def test_what_is_required_suffices_in_any_order() -> None:
    check_evidence(RULE, ("hours", "work"))


def test_what_is_required_and_was_not_received_is_named() -> None:
    with pytest.raises(MissingEvidenceError, match=r"not received: hours$"):
        check_evidence(RULE, ("praise", "work"))


def test_a_kind_that_the_edition_does_not_know_is_refused() -> None:
    with pytest.raises(UnknownEvidenceError, match="no evidence luck"):
        check_evidence(RULE, ("hours", "work", "luck"))


@pytest.mark.parametrize("rule", [None, Gap({"it": "non pubblico", "en": "not public"})], ids=["no rule", "gap"])
def test_where_no_evidence_is_known_to_be_demanded_nothing_is_refused(rule: Gap | None) -> None:
    check_evidence(rule, ())
    check_evidence(rule, ("anything",))
