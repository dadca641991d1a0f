"""An audit finds every transfer that has one end only, two beginnings, or days of its own."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.verifier.handover import (
    FIRST,
    SECOND,
    THIRD,
    granted_first,
    hand_over,
    take_over,
    transfer,
    transferred,
    trust_all,
)
from tests.verifier.story import Story
from verifier.audit.findings import Finding, Findings
from verifier.audit.replay import Replay
from verifier.errors import NotFoundError
from verifier.report import Outcome


def nothing(path: str) -> bytes:
    raise NotFoundError(f"there is no file {path}")


def found(story: Story) -> list[Finding]:
    """What a replay of the story's log says of its transfers."""
    findings = Findings()
    replay = Replay(trust_all(), nothing, findings)
    for index, entry in enumerate(story.entries):
        replay.take(index, entry)
    replay.finish(len(story.entries), None)
    return [finding for finding in findings.listed if finding.check == "rules"]


def test_a_transfer_that_fits_is_no_finding() -> None:
    story = transferred()
    transfer(story, SECOND, THIRD)

    assert found(story) == []


def test_what_is_handed_over_and_never_taken_over_is_named_with_its_entry() -> None:
    story = granted_first()
    out = hand_over(story, FIRST, SECOND)

    assert [str(finding) for finding in found(story)] == [
        f"rules: entry {out}: the certification was handed over to body odc-due, which never took it over"
    ]


def never_handed_over(story: Story) -> int:
    return take_over(story, FIRST, story.streams[FIRST.stream][-1], SECOND)


def taken_over_twice(story: Story) -> int:
    out = hand_over(story, FIRST, SECOND)
    take_over(story, FIRST, out, SECOND)
    other = replace(SECOND, stream=THIRD.stream, indexes=(SECOND.indexes[0], THIRD.indexes[1]))
    return take_over(story, FIRST, out, other)


def taking_over(**changes: object) -> Callable[[Story], int]:
    def take(story: Story) -> int:
        return take_over(story, FIRST, hand_over(story, FIRST, SECOND), SECOND, **changes)

    return take


def by_another_body(story: Story) -> int:
    return take_over(story, FIRST, hand_over(story, FIRST, SECOND), THIRD)


def a_minute_later(story: Story) -> int:
    out = hand_over(story, FIRST, SECOND)
    story.later(minutes=1)
    return take_over(story, FIRST, out, SECOND)


@pytest.mark.parametrize(
    ("bend", "reason"),
    [
        (never_handed_over, "was never handed over"),
        (taken_over_twice, "was taken over in entry 11 already"),
        (taking_over(out_sha256="A" * 43), "does not name the event by which another one was handed over"),
        (taking_over(origin=str(THIRD.stream)), "was never handed over"),
        (taking_over(valid_until="2030-03-09"), "keeps every day"),
        (taking_over(profile="esperto"), "changes neither edition nor profile"),
        (by_another_body, "was handed over to body odc-due, not odc-tre"),
        (a_minute_later, "were not recorded together"),
    ],
)
def test_a_transfer_that_does_not_fit_is_found_where_it_was_taken_over(
    bend: Callable[[Story], int], reason: str
) -> None:
    story = granted_first()
    index = bend(story)
    story.later(minutes=1)

    (finding, *_) = found(story)

    assert (finding.place, finding.outcome) == (f"entry {index}", Outcome.FAILED)
    assert reason in finding.reason


def test_one_that_was_taken_over_wrongly_is_still_waiting() -> None:
    story = granted_first()
    by_another_body(story)

    assert [finding.reason for finding in found(story)] == [
        "the certification was handed over to body odc-due, not odc-tre",
        "the certification was handed over to body odc-due, which never took it over",
    ]
