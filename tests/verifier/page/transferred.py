"""Public files of a certification that was transferred and of one that was adopted, whom to trust, and the time."""

from dataclasses import replace
from datetime import datetime

from tests.verifier.handover import FIRST, SECOND, files_of, transferred, trust_all
from tests.verifier.public_files import Files, published
from tests.verifier.story import CERTIFICATION, NUMBER_DISCLOSURE, begin, digests, trust_root
from verifier.trust import TrustRoot

Shown = tuple[Files, TrustRoot, datetime]


def taken_over() -> Shown:
    """Granted by the first body on 2026-03-10, handed over to the second on 2026-04-09."""
    story = transferred()
    story.snapshot()
    return Files(files_of(story, FIRST, SECOND)), trust_all(), story.at


def adopted() -> Shown:
    """Granted on 2021-06-01, as its body claims; adopted on 2026-03-10."""
    story = begin()
    brought = {"granted_on": "2021-06-01", "cycle_starts_on": "2024-06-01", "maintained_from": "2025-06-01"}
    story.add(
        CERTIFICATION, "certification.adopted", **brought, valid_until="2027-05-31", status_index=2,
        **digests(9, NUMBER_DISCLOSURE),
    )  # fmt: skip
    story.later(days=1)
    story.snapshot()
    return Files(published(story)), replace(trust_root(), as_of_size=len(story.entries)), story.at
