"""A body's own record, held against the trust root: what it shows, and what of an attacker's it does not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from keys.signer import Signer, generate
from tests.verifier.story import (
    BODY,
    BODY_STREAM,
    EDITION_STREAM,
    EVENTS,
    LOG,
    RECOVERY,
    STRANGER,
    TOKENS,
    Story,
    begin,
    ending,
    enrolment,
    grant,
    granted,
    signed_like,
    told,
    trust_root,
)
from verifier.accreditation import Coverage
from verifier.body import BodyReport, BodyVerdict, RegisteredKey, verify_body
from verifier.bundle import BodyBundle, Record
from verifier.errors import NotFoundError, UnavailableError
from verifier.report import ExitCode


def body_bundle(story: Story) -> BodyBundle:
    """What a reader of the body's record gets."""
    whole = story.bundle()
    return proven(
        BodyBundle(whole.checkpoint, whole.snapshot, whole.snapshot_time, whole.body, {}, whole.paths["body"]),
        whole.proofs,
    )


def proven(bundle: BodyBundle, proofs: dict[int, tuple[bytes, ...]]) -> BodyBundle:
    """The bundle with the proofs of the entries that it names, and no other."""
    return replace(bundle, proofs={index: proofs[index] for index, _ in bundle.entries()})


def ask(story: Story, bundle: BodyBundle | None = None, **asked: object) -> BodyReport:
    made = body_bundle(story) if bundle is None else bundle
    return verify_body(trust_root(**asked), BODY, story.at, lambda: made)


def keys(report: BodyReport) -> dict[str, RegisteredKey]:
    assert report.body is not None
    return {key.record.key.key_id: key for key in report.body.keys}


def test_its_name_its_accreditation_and_its_first_keys_are_told() -> None:
    report = ask(told())

    assert (report.verdict, report.reason, report.exit_code) == (BodyVerdict.PROVEN, "", ExitCode.IN_FORCE)
    assert report.body is not None
    assert (report.body.history.name, report.body.history.website) == ("OdC Uno", "https://odc-uno.example")
    (accredited,) = report.body.accreditations
    assert (accredited.scheme, accredited.current.coverage) == ("demo", Coverage.COVERED)
    assert [(fact.detail["standard"], logged.index) for fact, logged in accredited.events] == [("ISO/IEC 17024", 3)]
    first, token = report.body.keys
    # The trust root names the event key; the event key vouched for the token key.
    assert (first.record.key, first.enrolled.logged.index, first.enrolled.by) == (EVENTS.public_key, 2, None)
    assert (token.record.key, token.enrolled.by) == (TOKENS.public_key, EVENTS.public_key.key_id)


def test_each_scheme_has_a_timeline_of_its_own() -> None:
    story = begin()
    story.later(days=1)
    other = story.add(
        BODY_STREAM, "accreditation.granted", scheme="other", source="letter",
        number="2", accreditation_body="Ente", standard="ISO/IEC 17024", wording="accreditato",
    )  # fmt: skip
    withdrawn = story.add(BODY_STREAM, "accreditation.withdrawn", scheme="demo", source="letter")
    told_of(story)

    report = ask(story)

    assert report.body is not None
    found = {
        a.scheme: (a.current.coverage, [logged.index for _, logged in a.events]) for a in report.body.accreditations
    }
    assert found == {"demo": (Coverage.NOT_COVERED, [3, withdrawn]), "other": (Coverage.COVERED, [other])}


def told_of(story: Story, signer: Signer = EVENTS) -> None:
    """A certification, so that there is a bundle, and a snapshot over everything."""
    grant(story, signer)
    story.later(days=1)
    story.snapshot()


def test_a_key_that_was_replaced_says_when_and_on_whose_word() -> None:
    story, second = begin(), generate()
    enrolled = story.add(BODY_STREAM, "key.enrolled", **enrolment(second, EVENTS))
    retired = story.add(BODY_STREAM, "key.retired", **ending(EVENTS, second))
    told_of(story, second)

    found = keys(ask(story))

    old, new = found[EVENTS.public_key.key_id], found[second.public_key.key_id]
    assert old.retired is not None
    assert (old.retired.logged.index, old.retired.by) == (retired, second.public_key.key_id)
    assert (new.enrolled.logged.index, new.enrolled.by) == (enrolled, EVENTS.public_key.key_id)
    assert (new.retired, new.compromised, new.record.doubtful_from) == (None, None, None)


def test_a_stolen_key_is_in_doubt_and_so_is_what_it_let_in() -> None:
    story, planted = begin(), generate()
    since = len(story.entries)
    story.add(BODY_STREAM, "key.enrolled", **enrolment(planted, EVENTS))
    declared = story.add(BODY_STREAM, "key.compromised", **ending(EVENTS, RECOVERY, from_index=since))
    told_of(story)

    found = keys(ask(story))

    stolen, let_in = found[EVENTS.public_key.key_id], found[planted.public_key.key_id]
    assert stolen.compromised is not None
    assert (stolen.compromised.logged.index, stolen.compromised.by) == (declared, RECOVERY.public_key.key_id)
    assert stolen.record.doubtful_from == since
    assert (let_in.compromised, let_in.record.doubtful_from) == (None, let_in.record.enrolled_at)


def test_of_two_compromises_the_wider_one_is_shown() -> None:
    story = begin()
    story.add(BODY_STREAM, "key.compromised", **ending(TOKENS, RECOVERY, "token", len(story.entries)))
    wider = story.add(BODY_STREAM, "key.compromised", **ending(TOKENS, RECOVERY, "token", 3))
    told_of(story)

    token = keys(ask(story))[TOKENS.public_key.key_id]

    assert token.compromised is not None
    assert (token.compromised.logged.index, token.record.doubtful_from) == (wider, 3)


def test_a_retirement_on_the_word_of_a_key_in_doubt_retires_nothing() -> None:
    story, planted = begin(), generate()
    since = len(story.entries)
    story.add(BODY_STREAM, "key.enrolled", **enrolment(planted, EVENTS, "token"))
    story.add(BODY_STREAM, "key.retired", **ending(TOKENS, planted, "token"))
    story.add(BODY_STREAM, "key.compromised", **ending(EVENTS, RECOVERY, from_index=since))
    told_of(story)

    assert keys(ask(story))[TOKENS.public_key.key_id].retired is None


def with_body(change: Callable[[Record], Record]) -> Callable[[Story], BodyBundle]:
    """The bundle with the body's record changed, and proofs for whatever that names."""

    def made(story: Story) -> BodyBundle:
        bundle = body_bundle(story)
        changed = replace(bundle, body=change(bundle.body))
        hashes = story.bundle_with("body", change).proofs
        return proven(changed, dict(hashes))

    return made


def without_last(record: Record) -> Record:
    return replace(record, entries=dict(list(record.entries.items())[:-1]))


def by_a_stranger(record: Record) -> Record:
    *kept, (index, last) = record.entries.items()
    return replace(record, entries={**dict(kept), index: signed_like(last, STRANGER)})


def saying_otherwise(record: Record) -> Record:
    *kept, (index, last) = record.entries.items()
    return replace(record, entries={**dict(kept), index: signed_like(last, STRANGER, number="999")})


def closed_by_another(story: Story) -> BodyBundle:
    bundle = body_bundle(story)
    first_time = next(iter(bundle.body.times.items()))
    return replace(bundle, snapshot_time=first_time)


ATTACKS: dict[str, tuple[Callable[[Story], BodyBundle], str]] = {
    "the last event is left out": (with_body(without_last), "the body's record is not what the snapshot names"),
    "an event is signed by a stranger": (with_body(by_a_stranger), "is not what the log holds there"),
    "an event says otherwise": (with_body(saying_otherwise), "is not what the log holds there"),
    "an entry has no proof": (lambda story: replace(body_bundle(story), proofs={}), "has no inclusion proof"),
    "the head is a stranger's": (
        lambda story: replace(body_bundle(story), checkpoint=story.checkpoint(STRANGER)),
        "signed by no key that is known",
    ),
    "the head is another log's": (
        lambda story: replace(body_bundle(story), checkpoint=story.checkpoint(LOG, "other.example/log")),
        "signed by no key that is known",
    ),
    "the record is an edition's": (
        lambda story: proven(
            replace(body_bundle(story), body=story.record(EDITION_STREAM)), dict(story.bundle().proofs)
        ),
        "does not begin with the registration of body",
    ),
    "the snapshot is closed by another time entry": (
        closed_by_another, "the snapshot is not closed by its time entry",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_altered_record_is_told_and_nothing_of_it_shown(attack: str) -> None:
    alter, reason = ATTACKS[attack]
    story = told()

    report = ask(story, alter(story))

    assert (report.verdict, report.body, report.exit_code) == (BodyVerdict.ALTERED, None, ExitCode.FAILED)
    assert reason in report.reason


def test_a_key_that_the_trust_root_does_not_name_is_no_body_of_it() -> None:
    report = ask(told(), event_key=STRANGER.public_key)

    assert (report.verdict, report.body) == (BodyVerdict.ALTERED, None)
    assert report.reason == "body odc-uno is registered with other keys than the trust root names"


def test_a_body_that_is_not_on_the_list_is_not_even_fetched() -> None:
    def never() -> BodyBundle:
        raise AssertionError

    report = verify_body(replace(trust_root(), bodies={}), BODY, told().at, never)

    assert (report.verdict, report.exit_code) == (BodyVerdict.UNKNOWN_BODY, ExitCode.FAILED)


@pytest.mark.parametrize("error", [UnavailableError("it does not answer"), NotFoundError("no such file")])
def test_what_cannot_be_had_is_neither_good_nor_bad(error: Exception) -> None:
    def withheld() -> BodyBundle:
        raise error

    report = verify_body(trust_root(), BODY, told().at, withheld)

    assert (report.verdict, report.exit_code) == (BodyVerdict.COULD_NOT_BE_CHECKED, ExitCode.NOT_CHECKED)


@pytest.mark.parametrize(
    ("later", "reason"),
    [(timedelta(hours=24, seconds=1), "too old"), (timedelta(minutes=-6), "one of the two clocks is wrong")],
)
def test_a_snapshot_of_another_time_says_nothing_about_now(later: timedelta, reason: str) -> None:
    story = told()
    bundle = body_bundle(story)

    report = verify_body(trust_root(), BODY, story.at + later, lambda: bundle)

    assert (report.verdict, report.body) == (BodyVerdict.COULD_NOT_BE_CHECKED, None)
    assert reason in report.reason


@pytest.mark.parametrize("later", [timedelta(hours=24), timedelta(minutes=-5)])
def test_a_snapshot_within_the_limits_does(later: timedelta) -> None:
    story = granted()
    story.snapshot()
    bundle = body_bundle(story)

    assert verify_body(trust_root(), BODY, story.at + later, lambda: bundle).verdict is BodyVerdict.PROVEN
