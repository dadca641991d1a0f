"""What was signed and never logged counts nowhere in a bundle, whatever else the bundle holds under its leaf index."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from keys.signing import sign_jws
from tests.verifier.story import (
    BODY_STREAM,
    CERTIFICATION,
    EVENTS,
    INDEXES,
    OPERATOR,
    TOKEN,
    Story,
    granted,
    signed_like,
)
from verifier.bundle import format_bundle, parse_bundle
from verifier.encoding import format_base64url, format_json
from verifier.event import EVENT, REGISTRATION
from verifier.merkle import inclusion_proof, root_hash
from verifier.report import Outcome, Report, Verdict


def reinstatement_in_the_place_of_a_time() -> Report:
    """An event that the log never held, under the index of a time entry that the record carries too."""
    story = granted()
    story.add(CERTIFICATION, "certification.suspended", deadline="2026-06-01")
    story.snapshot()
    place = story.time()
    unlogged = sign_jws(EVENTS, EVENT, format_json(story.payload(CERTIFICATION, "certification.reinstated")))
    return story.verify(
        story.bundle_with(
            "certification",
            lambda r: replace(r, entries=r.entries | {place: unlogged}, times=r.times | {place: story.entries[place]}),
        )
    )


def snapshot_in_the_place_of_a_time() -> Report:
    """A snapshot for one reader alone, of the log as if a withdrawal were not there."""
    story = granted()
    leaves = story.leaves(len(story.entries))
    story.add(CERTIFICATION, "certification.withdrawn")
    closing, place = story.time(), story.time()
    story.snapshot()
    bundle = story.bundle()
    unlogged = signed_like(bundle.snapshot[1], OPERATOR, size=closing + 1, root=format_base64url(root_hash(leaves)))
    kept = dict(list(bundle.certification.entries.items())[:-1])
    hiding = replace(
        bundle,
        snapshot=(place, unlogged),
        snapshot_time=(closing, story.entries[closing]),
        certification=replace(bundle.certification, entries=kept),
        body=replace(bundle.body, times=bundle.body.times | {place: story.entries[place]}),
        paths={name: inclusion_proof(index, leaves) for name, index in INDEXES.items()},
    )
    return story.verify(story.prove(hiding))


@pytest.mark.parametrize(
    ("attack", "place"), [(reinstatement_in_the_place_of_a_time, 10), (snapshot_in_the_place_of_a_time, 9)]
)
def test_what_the_log_does_not_hold_is_refused_beside_what_it_holds(attack: Callable[[], Report], place: int) -> None:
    report = attack()

    assert (report.verdict, report.answers) == (Verdict.FORGED, ())
    assert report.check("inclusion").reason == f"entry {place} is not what the log holds there"


def suspended() -> Story:
    story = granted()
    story.add(CERTIFICATION, "certification.suspended", deadline="2026-05-01")
    story.snapshot()
    story.time()
    return story


SUSPENDED = suspended()
# What the body and the operator signed, and the log never held.
UNLOGGED = {
    "reinstated": sign_jws(EVENTS, EVENT, format_json(SUSPENDED.payload(CERTIFICATION, "certification.reinstated"))),
    "accreditation withdrawn": sign_jws(
        OPERATOR,
        REGISTRATION,
        format_json(SUSPENDED.payload(BODY_STREAM, "accreditation.withdrawn", scheme="demo", source="letter")),
    ),
    "time": signed_like(SUSPENDED.entries[0], OPERATOR, at="2026-03-11T08:30:00Z", previous=0),
}


@pytest.mark.parametrize("unlogged", UNLOGGED)
@pytest.mark.parametrize("kind", ["entries", "times"])
@pytest.mark.parametrize("name", ["certification", "body", "edition"])
def test_no_entry_that_the_log_does_not_hold_can_be_put_into_a_bundle(name: str, kind: str, unlogged: str) -> None:
    last = len(SUSPENDED.entries) - 1
    bundle = SUSPENDED.bundle(TOKEN)
    # The last time entry is in every record, so that what comes before it is timed there.
    wider = {n: replace(record, times=record.times | {last: SUSPENDED.entries[last]}) for n, record in bundle.records}
    genuine = SUSPENDED.prove(replace(bundle, **wider))
    answered = SUSPENDED.verify(genuine, token=TOKEN)
    assert answered.trusted

    for index in range(last + 2):
        held = dict(sorted((getattr(wider[name], kind) | {index: UNLOGGED[unlogged]}).items()))
        proofs = {index: genuine.proofs[last]} | genuine.proofs
        forged = replace(genuine, proofs=proofs, **{name: replace(wider[name], **{kind: held})})

        report = SUSPENDED.verify(parse_bundle(format_bundle(forged)), token=TOKEN)

        assert report.check("inclusion").outcome is Outcome.FAILED
        assert report.answers == ()
