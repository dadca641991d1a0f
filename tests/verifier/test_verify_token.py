"""A certificate's token is believed as far as body and log vouch for it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from keys.signer import ES256, Signer, generate
from keys.signing import sign_token
from tests.verifier.story import (
    BODY,
    BODY_STREAM,
    CERTIFICATE,
    CERTIFICATION,
    EVENTS,
    OTHER_NUMBER,
    RECOVERY,
    STRANGER,
    TOKEN,
    TOKENS,
    UNTIL,
    Impostor,
    Story,
    ask_without_record,
    begin,
    ending,
    enrolment,
    grant,
    granted,
    saying,
    told,
    trust_root,
)
from verifier.certificate import parse_token
from verifier.encoding import format_base64url
from verifier.errors import NotFoundError
from verifier.report import ExitCode, Outcome, Report, Verdict
from verifier.trust import KeyRecord

Attack = Callable[[], Report]


def logged(**changes: object) -> Attack:
    """A token that says otherwise than the events, though the body logged its very digest."""
    token = sign_token(TOKENS, saying(**changes))

    def attack() -> Report:
        story = begin()
        grant(story, token=token)
        story.later(days=1)
        story.snapshot()
        return story.verify(token=token)

    return attack


def presented(token: bytes, number: str | None = None) -> Attack:
    return lambda: told().verify(token=token, number=number)


def by_a_younger_key(signer: Signer, *, enrolled: Signer | None = None, body: str = BODY) -> Attack:
    """A token by a key that the trust root does not know, where the log knows the key ``enrolled``, if any."""
    token = sign_token(signer, saying(body=body))
    trust = trust_root()
    both = replace(trust, bodies=trust.bodies | {"odc-due": replace(trust.bodies[BODY], slug="odc-due", keys=())})

    def attack() -> Report:
        story = begin()
        if enrolled is not None:
            story.add(BODY_STREAM, "key.enrolled", **enrolment(enrolled, EVENTS, "token"))
        grant(story, token=token)
        story.later(days=1)
        story.snapshot()
        return story.verify(token=token, trust=both)

    return attack


def by_a_retired_key() -> Report:
    story = begin()
    story.add(BODY_STREAM, "key.retired", **ending(TOKENS, RECOVERY, "token"))
    grant(story)
    story.later(days=1)
    story.snapshot()
    return story.verify(token=TOKEN)


YOUNGER = generate(ES256)
TAMPERED = TOKEN.replace("Łucja".encode(), "Łucha".encode())
TOKEN_ATTACKS: dict[str, tuple[Attack, str, str]] = {
    "no token": (presented(b"\x00"), "token", "no COSE_Sign1"),
    "another name under the old signature": (presented(TAMPERED), "token", "does not fit"),
    "a token beside another number": (presented(TOKEN, OTHER_NUMBER), "token", "another certificate than the number"),
    "a token of another number by the genuine key": (
        presented(sign_token(TOKENS, saying(number=OTHER_NUMBER))), "number", "of another certification than"
    ),
    "a token by a stranger's key": (
        presented(sign_token(STRANGER, CERTIFICATE)), "token", "signed by no token key of body odc-uno"
    ),
    "a token by the body's event key": (
        presented(sign_token(EVENTS, CERTIFICATE)), "token", "signed by no token key of body odc-uno"
    ),
    "a token by a younger key that nobody enrolled": (
        by_a_younger_key(YOUNGER), "token", "signed by no token key"
    ),
    "a token in the name of a younger key": (
        by_a_younger_key(Impostor(YOUNGER.public_key), enrolled=YOUNGER), "token", "does not fit"
    ),
    "a token by a younger key in another body's name": (
        by_a_younger_key(YOUNGER, enrolled=YOUNGER, body="odc-due"), "token", "signed by no token key of body odc-uno"
    ),
    "a token by the genuine key over another name": (
        presented(sign_token(TOKENS, saying(name="Furbo Falsari", token_id=bytes([1]) * 16))),
        "registered", "the body never logged this certificate",
    ),
    "a token logged after its key was retired": (by_a_retired_key, "registered", "was retired at index 4"),
    "a logged token of another profile": (logged(profile="direttore"), "registered", "says otherwise"),
    "a logged token of another edition": (logged(edition="demo-1999"), "registered", "says otherwise"),
    "a logged token of another revision": (logged(revision=2), "registered", "says otherwise"),
    "a logged token of another status index": (logged(status_index=1), "registered", "says otherwise"),
}  # fmt: skip


@pytest.mark.parametrize("attack", TOKEN_ATTACKS)
def test_an_attack_with_a_token_is_stopped_by_its_check_and_named(attack: str) -> None:
    make, check, reason = TOKEN_ATTACKS[attack]

    report = make()

    failed = [c for c in report.checks if c.outcome is Outcome.FAILED]
    assert [c.name for c in failed] == [check]
    assert reason in failed[0].reason
    assert (report.verdict, report.exit_code) == (Verdict.FORGED, ExitCode.FAILED)
    assert (report.token is None) is (check == "token")


def test_a_token_by_a_key_younger_than_the_trust_root_waits_for_the_log() -> None:
    report = by_a_younger_key(YOUNGER, enrolled=YOUNGER)()

    assert report.verdict is Verdict.IN_FORCE
    assert report.trusted


def test_a_token_by_a_younger_key_is_not_checked_where_the_log_cannot_be_had() -> None:
    report = ask_without_record(NotFoundError("no such file"), token=sign_token(YOUNGER, CERTIFICATE))

    assert report.check("token").outcome is Outcome.NOT_CHECKED
    assert report.check("token").reason == "its key is younger than the trust root"
    # Nothing vouches for the token, so nothing says that a record is missing.
    assert (report.verdict, report.token) == (Verdict.NO_RECORD, None)


def reissued() -> tuple[Story, bytes]:
    newer = sign_token(TOKENS, saying(revision=2, token_id=bytes([2]) * 16))
    story = granted()
    story.add(CERTIFICATION, "certificate.superseded", revision=1)
    story.add(
        CERTIFICATION, "certificate.reissued", revision=2, token_sha256=format_base64url(parse_token(newer).digest)
    )
    story.snapshot()
    return story, newer


def test_an_older_revision_is_superseded() -> None:
    story, newer = reissued()

    assert story.verify(token=TOKEN).verdict is Verdict.SUPERSEDED
    assert story.verify(token=TOKEN).exit_code is ExitCode.NOT_IN_FORCE
    assert story.verify(token=newer).verdict is Verdict.IN_FORCE
    facts = story.verify().facts
    assert facts is not None
    assert facts.revision == 2


def test_a_document_is_superseded_from_the_day_of_the_newer_one_as_known_then() -> None:
    newer = sign_token(TOKENS, saying(revision=2, token_id=bytes([2]) * 16))
    digest = format_base64url(parse_token(newer).digest)
    story = granted()
    story.add(CERTIFICATION, "certificate.reissued", revision=2, token_sha256=digest, effective_on="2026-03-20")
    story.snapshot()
    before = story.at - timedelta(seconds=1)

    assert story.verify(token=TOKEN, on=date(2026, 3, 19)).verdict is Verdict.IN_FORCE
    assert story.verify(token=TOKEN, on=date(2026, 3, 20)).verdict is Verdict.SUPERSEDED
    assert story.verify(token=TOKEN, on=date(2026, 3, 20), known_at=before).verdict is Verdict.IN_FORCE
    assert story.verify(token=newer, on=date(2026, 3, 19)).verdict is Verdict.IN_FORCE


def test_what_is_not_in_force_is_not_called_superseded() -> None:
    story, _ = reissued()

    assert story.verify(token=TOKEN, on=UNTIL + timedelta(days=1)).verdict is Verdict.NOT_IN_FORCE


def test_the_trust_roots_keys_are_for_reading_tokens_and_never_stand_for_the_log() -> None:
    # A token key that only the trust root's list names opens the token, and the log then knows nothing of it.
    stranger = KeyRecord("token", STRANGER.public_key, 0)
    report = told().verify(trust=trust_root(keys=(stranger,)), token=sign_token(STRANGER, CERTIFICATE))

    assert report.check("token").outcome is Outcome.PASSED
    assert report.check("registered").outcome is Outcome.FAILED
