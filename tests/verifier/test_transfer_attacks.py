"""Whoever bends a transfer is stopped by the check that it is for; what is not at hand is never green."""

import base64
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from tests.verifier.handover import (
    FIRST,
    SECOND,
    THIRD,
    Stop,
    bundle_of,
    closed,
    decide,
    files_of,
    granted_first,
    hand_over,
    take_over,
    transfer,
    transferred,
    trust_all,
)
from tests.verifier.public_files import Files
from tests.verifier.story import STRANGER, Story, signed_like
from verifier.bundle import format_bundle, format_record, parse_bundle, parse_record
from verifier.encoding import format_base64url, format_json, parse_json
from verifier.errors import FormatError, UnavailableError
from verifier.fetch import body_path, fetch_bundle, transferred_path
from verifier.report import ExitCode, Outcome, Report, Verdict

Attack = Callable[[], Report]


def taking_over(receiver: str = SECOND.body, signer: Stop = SECOND, **changes: object) -> Attack:
    """Both events in the log, the new body's bent."""

    def attack() -> Report:
        story = granted_first()
        out = hand_over(story, FIRST, SECOND, receiver=receiver)
        take_over(story, FIRST, out, SECOND, signer.event, **changes)
        story.later(days=1)
        return story.verify(closed(story), trust=trust_all())

    return attack


def between(happens: Callable[[Story], object], **changes: object) -> Attack:
    """Something happens between the two events."""

    def attack() -> Report:
        story = granted_first()
        out = hand_over(story, FIRST, SECOND)
        happens(story)
        take_over(story, FIRST, out, SECOND, **changes)
        story.later(days=1)
        return story.verify(closed(story), trust=trust_all())

    return attack


def scheduled_together() -> Report:
    story = granted_first()
    out = hand_over(story, FIRST, SECOND, effective_on="2026-05-01")
    take_over(story, FIRST, out, SECOND, effective_on="2026-05-01")
    story.later(days=30)
    return story.verify(closed(story), trust=trust_all())


def taken_over_first() -> Report:
    """The new body's event lies before the old one's in the log, at the same instant."""
    story = granted_first()
    out = hand_over(story, FIRST, SECOND)
    into = take_over(story, FIRST, out, SECOND)
    story.entries[out], story.entries[into] = story.entries[into], story.entries[out]
    story.streams[FIRST.stream][-1], story.streams[SECOND.stream][0] = into, out
    story.later(days=1)
    return story.verify(closed(story), trust=trust_all())


def from_the_same_body() -> Report:
    story = granted_first()
    again = replace(SECOND, body=FIRST.body, body_stream=FIRST.body_stream, event=FIRST.event, indexes=(1, 5))
    transfer(story, FIRST, again)
    story.later(days=1)
    return story.verify(closed(story, FIRST, again), trust=trust_all())


def never_handed_over() -> Report:
    story = granted_first()
    take_over(story, FIRST, story.streams[FIRST.stream][-1], SECOND)
    story.later(days=1)
    return story.verify(closed(story), trust=trust_all())


def handed_over_by_a_stranger() -> Report:
    story = granted_first()
    out = decide(story, FIRST, "certification.transferred_out", STRANGER, receiver=SECOND.body)
    take_over(story, FIRST, out, SECOND)
    story.later(days=1)
    return story.verify(closed(story), trust=trust_all())


def handed_over_before_its_withdrawal() -> Report:
    story = granted_first()
    decide(story, FIRST, "certification.withdrawn", effective_on="2026-05-01")
    transfer(story, FIRST, SECOND)
    story.later(days=30)
    return story.verify(closed(story), trust=trust_all())


def handed_over_while_suspended() -> Report:
    story = granted_first()
    decide(story, FIRST, "certification.suspended", deadline="2026-06-01")
    transfer(story, FIRST, SECOND)
    story.later(days=1)
    return story.verify(closed(story), trust=trust_all())


def origin_without_its_annulment() -> Report:
    """The old body annulled; who serves the bundle leaves that event out of the origin's record."""
    story = transferred()
    decide(story, FIRST, "certification.annulled")
    story.later(days=1)
    bundle = closed(story)
    (origin,) = bundle.origins
    record = origin.certification.record
    cut = replace(record, entries=dict(list(record.entries.items())[:-1]))
    forged = replace(origin, certification=replace(origin.certification, record=cut))
    return story.verify(story.prove(replace(bundle, origins=(forged,))), trust=trust_all())


def origin_whose_body_record_is_cut() -> Report:
    story = transferred()
    story.add(FIRST.body_stream, "accreditation.withdrawn", scheme="demo", source="letter")
    story.later(days=1)
    bundle = closed(story)
    (origin,) = bundle.origins
    record = origin.body.record
    cut = replace(record, entries=dict(list(record.entries.items())[:-1]))
    forged = replace(origin, body=replace(origin.body, record=cut))
    return story.verify(story.prove(replace(bundle, origins=(forged,))), trust=trust_all())


def entry_of_the_origin_altered() -> Report:
    story = transferred()
    bundle = closed(story)
    (origin,) = bundle.origins
    (index, entry), *rest = origin.certification.record.entries.items()
    altered = signed_like(entry, FIRST.event, valid_until="2035-01-01")
    record = replace(origin.certification.record, entries={index: altered, **dict(rest)})
    forged = replace(origin, certification=replace(origin.certification, record=record))
    return story.verify(replace(bundle, origins=(forged,)), trust=trust_all())


def origin_under_another_body() -> Report:
    """Another body's record in the place of the one that handed it over."""
    story = transferred()
    bundle = closed(story)
    (origin,) = bundle.origins
    other = replace(origin.body, record=story.record(THIRD.body_stream))
    return story.verify(story.prove(replace(bundle, origins=(replace(origin, body=other),))), trust=trust_all())


def origin_that_nobody_names() -> Report:
    story = transferred()
    story.snapshot()
    at_first = bundle_of(story, FIRST)
    with_origin = replace(at_first, origins=bundle_of(story, FIRST, SECOND).origins)
    return story.verify(story.prove(with_origin), trust=trust_all())


def receiver_of_what_was_never_handed_over() -> Report:
    story = granted_first()
    story.snapshot()
    return story.verify(bundle_of(story, FIRST, receiver=SECOND), trust=trust_all())


def another_body_as_receiver() -> Report:
    story = transferred()
    story.snapshot()
    return story.verify(bundle_of(story, FIRST, receiver=THIRD), trust=trust_all())


def receivers_record_cut() -> Report:
    story = transferred()
    story.snapshot()
    bundle = bundle_of(story, FIRST, receiver=SECOND)
    assert bundle.receiver is not None
    record = bundle.receiver.record
    cut = replace(record, entries=dict(list(record.entries.items())[:-1]))
    return story.verify(story.prove(replace(bundle, receiver=replace(bundle.receiver, record=cut))), trust=trust_all())


def origin_with_an_event_of_another_profile() -> Report:
    story = granted_first()
    decide(story, FIRST, "certification.maintenance_confirmed", profile="esperto")
    transfer(story, FIRST, SECOND)
    story.later(days=1)
    return story.verify(closed(story), trust=trust_all())


ATTACKS: dict[str, tuple[Attack, str, str]] = {
    "another hash": (
        taking_over(out_sha256=format_base64url(bytes(32))), "chain", "does not name the event by which another one",
    ),
    "another origin": (
        taking_over(origin=str(THIRD.stream)), "chain", "does not name the event by which another one",
    ),
    "handed over to another": (
        taking_over(receiver=THIRD.body), "chain", "was handed over to body odc-tre, not odc-due",
    ),
    "handed over to the same body": (from_the_same_body, "chain", "was handed over to body odc-uno, not odc-uno"),
    "of another profile": (taking_over(profile="esperto"), "chain", "changes neither edition nor profile"),
    "of another edition": (taking_over(edition="demo-2027"), "chain", "changes neither edition nor profile"),
    "granted on another day": (taking_over(granted_on="2025-03-10"), "rules", "keeps every day"),
    "a later last valid day": (taking_over(valid_until="2029-03-10"), "rules", "keeps every day"),
    "another cycle": (taking_over(cycle_starts_on="2026-04-09"), "rules", "keeps every day"),
    "maintenance counted anew": (taking_over(maintained_from="2026-04-09"), "rules", "keeps every day"),
    "signed by the old body": (taking_over(signer=FIRST), "signatures", "was never enrolled by body odc-due"),
    "handed over by a stranger": (handed_over_by_a_stranger, "signatures", "was never enrolled by body odc-uno"),
    "never handed over": (never_handed_over, "chain", "was never handed over"),
    "handed over while suspended": (handed_over_while_suspended, "rules", "transferred_out (event 3) may not follow"),
    "a day between the two": (
        between(lambda story: story.later(days=1)), "chain", "were not recorded together",
    ),
    "another instant of the same day": (
        between(lambda story: story.later(minutes=1)), "chain", "were not recorded together",
    ),
    "different days": (taking_over(effective_on="2026-04-10"), "chain", "take effect on different days"),
    "a day to come": (scheduled_together, "chain", "takes effect on the day it is recorded"),
    "taken over before it was handed over": (taken_over_first, "chain", "were not recorded together"),
    "the origin's last event left out": (
        origin_without_its_annulment, "complete", "the certification that this one goes on from's record is not",
    ),
    "the old body's last event left out": (
        origin_whose_body_record_is_cut, "complete", "the body that handed it over's record is not",
    ),
    "an entry of the origin altered": (entry_of_the_origin_altered, "inclusion", "entry 8 is not what the log holds"),
    "the origin under another body": (origin_under_another_body, "body", "does not begin with the registration of"),
    "an event of the origin for another profile": (
        origin_with_an_event_of_another_profile, "rules", "event 2 names another body, edition or profile",
    ),
    "a withdrawal that was scheduled at the old body": (
        handed_over_before_its_withdrawal, "rules", "leaves nothing behind that takes effect later",
    ),
    "an origin that nobody names": (
        origin_that_nobody_names, "chain", "does not name the event by which another one",
    ),
    "a receiver of what was not handed over": (receiver_of_what_was_never_handed_over, "body", "was never handed over"),
    "another receiver": (another_body_as_receiver, "body", "does not begin with the registration of body odc-due"),
    "the receiver's last event left out": (
        receivers_record_cut, "complete", "the body that it was handed over to's record is not",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("attack", "check", "reason"), ATTACKS.values(), ids=ATTACKS.keys())
def test_a_bent_transfer_is_stopped_by_the_check_that_it_is_for(attack: Attack, check: str, reason: str) -> None:
    report = attack()

    assert (report.verdict, report.exit_code) == (Verdict.FORGED, ExitCode.FAILED)
    assert report.check(check).outcome is Outcome.FAILED
    assert reason in report.check(check).reason


def test_without_its_origin_a_transferred_certification_could_not_be_checked() -> None:
    story = transferred()
    bundle = replace(closed(story), origins=())

    report = story.verify(bundle, trust=trust_all())

    assert (report.verdict, report.exit_code, report.answers) == (
        Verdict.COULD_NOT_BE_CHECKED, ExitCode.NOT_CHECKED, (),
    )  # fmt: skip
    assert report.check("chain").outcome is Outcome.NOT_CHECKED
    assert "whose record is not at hand" in report.check("chain").reason


def three() -> Story:
    story = transferred()
    transfer(story, SECOND, THIRD)
    story.later(days=1)
    story.snapshot()
    return story


def test_without_the_oldest_of_three_bodies_it_could_not_be_checked() -> None:
    story = three()
    bundle = bundle_of(story, FIRST, SECOND, THIRD)

    report = story.verify(replace(bundle, origins=bundle.origins[:1]), trust=trust_all())

    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert story.verify(bundle, trust=trust_all()).verdict is Verdict.IN_FORCE


def test_without_the_one_between_three_bodies_it_does_not_hold() -> None:
    story = three()
    bundle = bundle_of(story, FIRST, SECOND, THIRD)

    report = story.verify(replace(bundle, origins=bundle.origins[1:]), trust=trust_all())

    assert report.check("chain").outcome is Outcome.FAILED


def test_an_old_body_that_is_not_on_the_list_is_an_unknown_body() -> None:
    story = transferred()

    report = story.verify(closed(story), trust=trust_all(FIRST))

    assert (report.verdict, report.check("body").outcome) == (Verdict.UNKNOWN_BODY, Outcome.FAILED)


def test_an_origin_younger_than_the_snapshot_could_not_be_checked() -> None:
    story = granted_first()
    story.snapshot()
    transfer(story, FIRST, SECOND)
    story.later(minutes=1)

    report = story.verify(bundle_of(story, FIRST, SECOND), trust=trust_all())

    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_the_origins_are_fetched_by_their_streams() -> None:
    story = three()
    source = Files(files_of(story, FIRST, SECOND, THIRD))

    bundle = fetch_bundle(source, "0000000000000")

    assert bundle == bundle_of(story, FIRST, SECOND, THIRD)
    assert "transferred/00000000-0000-0000-0000-000000000003" in source.reads


def test_the_receiver_is_fetched_with_the_old_number() -> None:
    story = transferred()
    story.snapshot()
    files = files_of(story, FIRST) | {body_path(SECOND.body): format_record(story.record(SECOND.body_stream))}

    assert fetch_bundle(Files(files), "0000000000000") == bundle_of(story, FIRST, receiver=SECOND)


def test_an_origin_that_is_withheld_is_not_no_such_number() -> None:
    story = three()
    files = files_of(story, FIRST, SECOND, THIRD)
    del files[transferred_path(FIRST.stream)]

    with pytest.raises(UnavailableError, match="withholds transferred/"):
        fetch_bundle(Files(files), "0000000000000")


def beginning_again(record: bytes, stream: str) -> bytes:
    """A record whose first event says, unsigned, that it goes on from ``stream``."""
    said = dict(parse_json(record))
    entries = said["entries"]
    assert isinstance(entries, list)
    first = entries[0]
    assert isinstance(first, dict)
    header, payload, signature = str(first["entry"]).split(".")
    decoded = dict(parse_json(_octets(payload))) | {"origin": stream}
    said["entries"] = [
        first | {"entry": f"{header}.{format_base64url(format_json(decoded))}.{signature}"},
        *entries[1:],
    ]
    return format_json(said)


def _octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_transfer_that_leads_back_to_itself_is_refused() -> None:
    story = three()
    files = files_of(story, FIRST, SECOND, THIRD)
    path = transferred_path(SECOND.stream)
    files[path] = beginning_again(files[path], str(SECOND.stream))

    with pytest.raises(FormatError, match="does not lead back to another certification"):
        fetch_bundle(Files(files), "0000000000000")


def test_a_record_of_another_stream_is_no_origin() -> None:
    story = three()
    files = files_of(story, FIRST, SECOND, THIRD)
    files[transferred_path(SECOND.stream)] = files[transferred_path(FIRST.stream)]

    with pytest.raises(FormatError, match="does not lead back to another certification"):
        fetch_bundle(Files(files), "0000000000000")


def moved(times: int) -> tuple[Story, list[Stop]]:
    """A certification that goes to and fro between two bodies, closed by a snapshot, and where it was."""
    story, stops = granted_first(), [FIRST]
    for number in range(times):
        body = (SECOND, FIRST)[number % 2]
        stop = replace(body, stream=UUID(int=200 + number), indexes=(body.indexes[0], 10 + number))
        transfer(story, stops[-1], stop)
        story.later(minutes=1)
        stops.append(stop)
    story.snapshot()
    return story, stops


def test_sixteen_transfers_are_followed_and_one_more_could_not_be_checked() -> None:
    story, stops = moved(16)
    report = story.verify(fetch_bundle(Files(files_of(story, *stops)), "0000000000000"), trust=trust_all())

    assert (report.verdict, len(report.origins)) == (Verdict.IN_FORCE, 16)

    story, stops = moved(17)
    with pytest.raises(UnavailableError, match="transferred more than 16 times"):
        fetch_bundle(Files(files_of(story, *stops)), "0000000000000")


def test_records_of_more_than_a_bundle_may_hold_are_not_collected() -> None:
    story, stops = moved(3)
    files = files_of(story, *stops)

    def padded(paths: list[str]) -> dict[str, bytes]:
        """Records of a megabyte each, which is within their own limit."""
        return {path: format_record(replace(parse_record(files[path]), disclosures=("x" * 10**6,))) for path in paths}

    origins = [transferred_path(stop.stream) for stop in stops[:-1]]
    bodies = [body_path(stop.body) for stop in stops[:-1]]

    # Three megabytes, and six; a bundle holds 4 MiB (docs/formats/bundle.md, must 1).
    assert len(fetch_bundle(Files(files | padded(origins)), "0000000000000").origins) == 3
    with pytest.raises(UnavailableError, match="over the limit of 4194304 bytes"):
        fetch_bundle(Files(files | padded(origins + bodies)), "0000000000000")


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("origins", [], "at least one origin and at most 16"),
        ("origins", None, "not the list"),
        ("origins", [1], "not the object"),
        ("receiver", None, "not the object"),
        ("receiver", {"record": {}}, "not the object"),
    ],
)
def test_what_is_no_origin_is_refused_with_its_reason(field: str, value: object, reason: str) -> None:
    story = transferred()
    written = dict(parse_json(format_bundle(closed(story)), limit=4 * 1024 * 1024))

    with pytest.raises(FormatError, match=reason):
        parse_bundle(format_json(written | {field: value}))


def test_sixteen_transfers_are_the_most_that_a_bundle_holds() -> None:
    story = transferred()
    bundle = closed(story)

    assert len(parse_bundle(format_bundle(replace(bundle, origins=bundle.origins * 16))).origins) == 16
    with pytest.raises(FormatError, match="at most 16"):
        parse_bundle(format_bundle(replace(bundle, origins=bundle.origins * 17)))
