"""The evidence that a decision is taken on: which kinds an edition demands, and which were received."""

from collections.abc import Collection

from registry.domain.edition import Evidence, Gap
from registry.domain.errors import MissingEvidenceError, UnknownEvidenceError


def check_evidence(rule: tuple[Evidence, ...] | Gap | None, received: Collection[str]) -> None:
    """Check that every kind that the edition requires was received, and none that it does not know.

    An edition without such a rule, or with one that is not public, refuses nothing.

    Raises:
        MissingEvidenceError: a required kind was not received.
        UnknownEvidenceError: the edition knows no such kind.
    """
    if rule is None or isinstance(rule, Gap):
        return
    if odd := sorted(set(received) - {kind.slug for kind in rule}):
        raise UnknownEvidenceError(f"the edition knows no evidence {', '.join(odd)[:64]}")
    if missing := [kind.slug for kind in rule if kind.required and kind.slug not in received]:
        raise MissingEvidenceError(f"the edition requires evidence that was not received: {', '.join(missing)}")
