"""Every check of the list has an attack that it alone stops, with its reason."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from keys.signer import Signer
from tests.verifier.story import (
    BODY_STREAM,
    CERTIFICATION,
    EDITION_STREAM,
    EVENTS,
    LOG,
    NUMBER,
    NUMBER_DISCLOSURE,
    OPERATOR,
    OTHER_NUMBER,
    RECOVERY,
    STRANGER,
    TOKENS,
    Impostor,
    Story,
    begin,
    digests,
    ending,
    enrolment,
    grant,
    granted,
    signed_like,
    told,
    trust_root,
)
from verifier.bundle import Bundle, Record
from verifier.encoding import format_base64url
from verifier.report import CHECKS, TOKEN_CHECKS, ExitCode, Outcome, Report, Verdict

Attack = Callable[[], Report]


def forged(entry: int, signer: Signer, **changes: object) -> Attack:
    """The log itself holds another entry in that place."""

    def attack() -> Report:
        story = told()
        story.entries[entry] = signed_like(story.entries[entry], signer, **changes)
        return story.verify()

    return attack


def adding(
    kind: str,
    stream: UUID = CERTIFICATION,
    signer: Signer | None = None,
    before: Callable[[Story], object] = lambda story: None,
    **fields: object,
) -> Attack:
    """The log holds one event more, which the snapshot covers."""

    def attack() -> Report:
        story = granted()
        before(story)
        story.add(stream, kind, signer, **fields)
        story.snapshot()
        return story.verify()

    return attack


def in_bundle(**changes: Callable[[Story, Bundle], object]) -> Attack:
    """The log is genuine, and the bundle says otherwise."""

    def attack() -> Report:
        story = told()
        bundle = story.bundle()
        return story.verify(replace(bundle, **{name: change(story, bundle) for name, change in changes.items()}))

    return attack


def in_record(change: Callable[[Record], Record]) -> Attack:
    """The log is genuine, and the certification's record says otherwise."""

    def attack() -> Report:
        story = told()
        return story.verify(story.bundle_with("certification", change))

    return attack


def altered_entry() -> Report:
    bundle = told().bundle()
    (first, entry), *rest = bundle.certification.entries.items()
    altered = signed_like(entry, STRANGER, profile="direttore")
    record = replace(bundle.certification, entries={first: altered, **dict(rest)})
    return told().verify(replace(bundle, certification=record))


def swapped_places() -> Report:
    bundle = told().bundle()
    (first, one), (second, two) = bundle.certification.entries.items()
    return told().verify(
        replace(bundle, certification=replace(bundle.certification, entries={first: two, second: one}))
    )


def without_time(record: Record, place: int) -> Record:
    return replace(record, times={t: e for at, (t, e) in enumerate(record.times.items()) if at != place})


def time_left_out_between() -> Report:
    story = begin()
    story.later(days=1)
    left_out = len(story.entries) - 1
    grant(story)
    story.later(days=1)
    story.snapshot()
    record = story.record(CERTIFICATION, NUMBER_DISCLOSURE)
    times = {0: story.entries[0], **{t: e for t, e in record.times.items() if t != left_out}}
    return story.verify(story.prove(replace(story.bundle(), certification=replace(record, times=times))))


def time_of_another_log() -> Report:
    story = granted()
    story.time(log="other.example/log")
    story.add(CERTIFICATION, "certification.maintenance_confirmed")
    story.snapshot()
    return story.verify()


def time_that_goes_back() -> Report:
    story = granted()
    story.time(at="2026-03-10T08:00:00Z")
    story.add(CERTIFICATION, "certification.withdrawn")
    story.snapshot()
    return story.verify()


def time_by_a_stranger() -> Report:
    story = begin()
    grant(story)
    story.time(STRANGER)
    story.snapshot()
    return story.verify()


def retired(story: Story) -> None:
    story.add(BODY_STREAM, "key.enrolled", **enrolment(STRANGER, EVENTS))
    story.add(BODY_STREAM, "key.retired", **ending(EVENTS, STRANGER))


def signed_before_enrolment() -> Report:
    story = begin()
    grant(story, STRANGER)
    story.add(BODY_STREAM, "key.enrolled", **enrolment(STRANGER, EVENTS))
    story.later(days=1)
    story.snapshot()
    return story.verify()


def disclosing(name: str, value: str, *, held: bool = False) -> Attack:
    """The record discloses another claim than the number's, which the grant holds or not."""
    text = format_base64url(f'["{"t" * 22}","{name}",{value}]'.encode())

    def attack() -> Report:
        story = begin()
        grant(story, **(digests(10, NUMBER_DISCLOSURE, text) if held else {}))
        story.later(days=1)
        story.snapshot()
        return story.verify(story.bundle_with("certification", lambda r: replace(r, disclosures=(text,))))

    return attack


def left_out(stream: str, kind: str, **fields: object) -> Attack:
    """All in the bundle is genuine, but a stream's last event is missing from it."""

    def attack() -> Report:
        story = granted()
        streams = {"certification": CERTIFICATION, "body": BODY_STREAM, "edition": EDITION_STREAM}
        story.add(streams[stream], kind, **fields)
        story.snapshot()
        return story.verify(story.bundle_with(stream, lambda r: replace(r, entries=dict(list(r.entries.items())[:-1]))))

    return attack


def snapshot_of_another_size(**changes: object) -> Attack:
    def attack() -> Report:
        story = granted()
        story.snapshot(**changes)
        return story.verify()

    return attack


def snapshot_closed_by_a_later_time() -> Report:
    story = told()
    later = story.time()
    return story.verify(story.prove(replace(story.bundle(), snapshot_time=(later, story.entries[later]))))


def backdated() -> Report:
    story = begin()
    grant(story, effective_on="2026-03-01")
    story.later(days=1)
    story.snapshot()
    return story.verify(on=date(2026, 3, 5))


def renewed_after_the_grace() -> Report:
    story = granted()
    story.later(days=3 * 365 + 62)
    story.add(CERTIFICATION, "certification.recertified", valid_until="2032-05-01")
    story.snapshot()
    return story.verify()


# What is wrong, the check that says so, and what it says. Beside it everything is right: no other check stands in.
ATTACKS: dict[str, tuple[Attack, str, str]] = {
    "a checkpoint by another key": (
        in_bundle(checkpoint=lambda story, _: story.checkpoint(STRANGER)), "checkpoint", "no key that is known"
    ),
    "a checkpoint of another log": (
        in_bundle(checkpoint=lambda story, _: story.checkpoint(LOG, "other.example/log")),
        "checkpoint", "no key that is known",
    ),
    "an older checkpoint": (
        in_bundle(checkpoint=lambda *_: granted().checkpoint()), "inclusion", "is not what the log holds there"
    ),
    "an entry that the log does not hold": (altered_entry, "inclusion", "entry 4 is not what the log holds there"),
    "two entries in each other's place": (swapped_places, "inclusion", "entry 4 is not what the log holds there"),
    "an entry without its proof": (
        in_bundle(proofs=lambda _, b: {i: p for i, p in b.proofs.items() if i != 5}),
        "inclusion", "entry 5 has no inclusion proof",
    ),
    "a proof cut short": (
        in_bundle(proofs=lambda _, b: b.proofs | {5: b.proofs[5][:-1]}), "inclusion", "entry 5 is not what"
    ),
    "a snapshot by a stranger": (forged(8, STRANGER), "chain", "names key"),
    "a snapshot in the operator's name": (forged(8, Impostor(OPERATOR.public_key)), "chain", "does not fit"),
    "a snapshot's time by a stranger": (forged(7, STRANGER), "chain", "names key"),
    "a snapshot of another log": (
        snapshot_of_another_size(log="other.example/log"), "chain", "the snapshot belongs to another log"
    ),
    "a snapshot closed by a time of another log": (
        forged(7, OPERATOR, log="other.example/log"), "chain", "the snapshot belongs to another log"
    ),
    "a snapshot of a size that no time closes": (
        snapshot_of_another_size(size=6), "chain", "not closed by its time entry"
    ),
    "a snapshot closed by a later time": (snapshot_closed_by_a_later_time, "chain", "not closed by its time entry"),
    "a stream without its first event": (
        in_record(lambda r: replace(r, entries=dict(list(r.entries.items())[1:]))),
        "chain", "event 1 of the stream is missing or moved",
    ),
    "a stream with an event doubled": (
        adding("certification.maintenance_confirmed", sequence=2), "chain", "event 3 of the stream is missing or moved"
    ),
    "an event that names another before it": (
        adding("certification.maintenance_confirmed", previous=format_base64url(bytes(32))),
        "chain", "event 3 of the stream does not name the event before it",
    ),
    "an event that names none before it": (
        adding("certification.maintenance_confirmed", previous=None), "chain", "does not name the event before it"
    ),
    "an event of another stream": (
        forged(5, EVENTS, stream=str(BODY_STREAM)), "chain", "event 2 belongs to another stream or log"
    ),
    "a record under another stream's name": (
        in_record(lambda r: replace(r, stream=BODY_STREAM)), "chain", "event 1 belongs to another stream or log"
    ),
    "a body's event of another log": (
        adding("accreditation.suspended", BODY_STREAM, log="other.example/log", scheme="demo", source="x"),
        "chain", "event 3 belongs to another stream or log",
    ),
    "an event of another log": (
        adding("certification.maintenance_confirmed", log="other.example/log"), "chain", "another stream or log"
    ),
    "a record without events": (in_record(lambda r: replace(r, entries={})), "chain", "the record holds no event"),
    "an event whose earlier time is left out": (
        in_record(lambda r: without_time(r, 0)), "chain", "lacks the time entry before or after it"
    ),
    "an event whose later time is left out": (
        in_record(lambda r: without_time(r, 1)), "chain", "lacks the time entry before or after it"
    ),
    "a time left out just before an event": (time_left_out_between, "chain", "was left out"),
    "a time of another log": (time_of_another_log, "chain", "belongs to another log"),
    "a time that goes back": (time_that_goes_back, "chain", "goes back in time"),
    "a time by a stranger": (time_by_a_stranger, "chain", "names key"),
    "a time in the operator's name": (forged(0, Impostor(OPERATOR.public_key)), "chain", "does not fit"),
    "an edition in the operator's name": (forged(1, Impostor(OPERATOR.public_key)), "body", "does not fit"),
    "a body's event in the operator's name": (forged(3, Impostor(OPERATOR.public_key)), "body", "does not fit"),
    "a body registered with another event key": (
        lambda: told().verify(trust=trust_root(event_key=STRANGER.public_key)), "body", "other keys than the trust root"
    ),
    "a body registered with another recovery key": (
        lambda: told().verify(trust=trust_root(recovery_key=STRANGER.public_key)),
        "body", "other keys than the trust root",
    ),
    "a body's event by a stranger": (
        adding("accreditation.suspended", BODY_STREAM, STRANGER, scheme="demo", source="x"), "body", "names key"
    ),
    "an edition's event by a stranger": (adding("edition.closed", EDITION_STREAM, STRANGER), "body", "names key"),
    "a second key enrolled by the operator": (
        adding("key.enrolled", BODY_STREAM, **enrolment(STRANGER, STRANGER)), "body", "may not authorise this"
    ),
    "an event in a body's stream that is none of its": (
        adding("edition.closed", BODY_STREAM), "body", "does not belong in a body's stream"
    ),
    "an event in an edition's stream that is none of its": (
        adding("accreditation.suspended", EDITION_STREAM, scheme="demo", source="x"), "body", "not a scheme edition's"
    ),
    "an event by another's key": (
        adding("certification.withdrawn", signer=STRANGER), "signatures", "was never enrolled by body odc-uno for event"
    ),
    "an event in the name of the body's key": (
        adding("certification.withdrawn", signer=Impostor(EVENTS.public_key)), "signatures", "does not fit"
    ),
    "an event by the operator": (adding("certification.withdrawn", signer=OPERATOR), "signatures", "never enrolled"),
    "an event by the body's token key": (
        adding("certification.withdrawn", signer=TOKENS), "signatures", "never enrolled by body odc-uno for event"
    ),
    "an event by a key that had been retired": (
        adding("certification.withdrawn", signer=EVENTS, before=retired), "signatures", "was retired at index 8"
    ),
    "an event before its key was enrolled": (signed_before_enrolment, "signatures", "was enrolled only at index 6"),
    "events by a key in doubt": (
        adding("key.compromised", BODY_STREAM, **ending(EVENTS, RECOVERY, from_index=4)),
        "signatures", "is compromised from index 4 on",
    ),
    "another number than was asked for": (
        lambda: told().verify(number=OTHER_NUMBER), "number", "of another certification than"
    ),
    "a number that the grant does not hold": (disclosing("number", f'"{OTHER_NUMBER}"'), "number", "no number"),
    "the right number under another salt": (disclosing("number", f'"{NUMBER}"'), "number", "discloses no number"),
    "another claim of the grant's": (disclosing("exam", f'"{NUMBER}"', held=True), "number", "discloses no number"),
    "a number that is no text": (disclosing("number", "7", held=True), "number", "discloses no number"),
    "no number": (in_record(lambda r: replace(r, disclosures=())), "number", "discloses no number"),
    "an event of another profile": (
        adding("certification.maintenance_confirmed", profile="direttore"), "rules", "event 3 names another body"
    ),
    "an event of another body": (
        adding("certification.maintenance_confirmed", body="odc-due"), "rules", "event 3 names another body"
    ),
    "an event under another edition": (
        adding("certification.maintenance_confirmed", edition="demo-1999"), "rules", "event 3 names another body"
    ),
    "a reinstatement of what was never suspended": (
        adding("certification.reinstated"), "rules", "certification.reinstated (event 3) may not follow"
    ),
    "a second grant": (
        adding("certification.granted", valid_until="2035-01-01", status_index=2), "rules", "granted (event 3) may not"
    ),
    "a grant dated back": (backdated, "rules", "(event 1) takes effect on 2026-03-01, but was recorded on 2026-03-10"),
    "a renewal after the grace": (renewed_after_the_grace, "rules", "more than 60 days after the last valid day"),
    "a withdrawal left out": (left_out("certification", "certification.withdrawn"), "complete", "an event is left out"),
    "the retirement of a key left out": (
        left_out("body", "key.retired", **ending(EVENTS, RECOVERY)), "complete", "the body's record is not what"
    ),
    "a lost accreditation left out": (
        left_out("body", "accreditation.withdrawn", scheme="demo", source="x"), "complete", "an event is left out"
    ),
    "the closing of an edition left out": (
        left_out("edition", "edition.closed"), "complete", "the edition's record is not what the snapshot names"
    ),
    "a snapshot of other streams": (
        snapshot_of_another_size(root=format_base64url(bytes(32))), "complete", "is not what the snapshot names"
    ),
    "a snapshot of fewer streams": (snapshot_of_another_size(streams=2), "complete", "is not what the snapshot names"),
    "a status path of another stream": (
        in_bundle(paths=lambda _, b: b.paths | {"certification": b.paths["edition"]}), "complete", "is left out"
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_stopped_by_its_check_and_named(attack: str) -> None:
    make, check, reason = ATTACKS[attack]

    report = make()

    failed = [c for c in report.checks if c.outcome is Outcome.FAILED]
    assert [c.name for c in failed] == [check]
    assert reason in failed[0].reason
    assert (report.verdict, report.exit_code, report.answers) == (Verdict.FORGED, ExitCode.FAILED, ())
    after = [c for c in report.checks if list(CHECKS).index(c.name) > list(CHECKS).index(check)]
    assert {c.outcome for c in after} <= {Outcome.NOT_CHECKED}


def test_every_check_without_a_token_is_needed_by_some_attack() -> None:
    # A record is had or not, and is fresh or not: what is not had or not fresh is no attack, but not checked.
    assert {check for _, check, _ in ATTACKS.values()} == CHECKS.keys() - TOKEN_CHECKS - {"record", "fresh"}
