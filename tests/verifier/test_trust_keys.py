"""A body's keys follow from the trust root, one from the other, each from its place in the log to its end."""

import json
from collections.abc import Callable
from datetime import date

import pytest

from keys.ceremony import authorise, possession
from keys.signer import ES256, Signer, generate
from keys.signing import sign_jws
from tests.verifier.story import (
    BODY,
    BODY_STREAM,
    EVENTS,
    OPERATOR,
    ORIGIN,
    RECOVERY,
    STRANGER,
    TOKENS,
    Impostor,
    Story,
    begin,
    ending,
    enrolment,
    registration,
    trust_root,
)
from verifier.accreditation import Coverage, accreditation
from verifier.encoding import format_json
from verifier.errors import AttestoError, ChainError, FormatError, KeyNotInForceError, SignatureError, TrustError
from verifier.event import REGISTRATION
from verifier.jws import parse_jws
from verifier.key import PublicKey
from verifier.stream import open_stream
from verifier.trust import (
    BodyHistory,
    KeyRecord,
    TrustedBody,
    body_history,
)

NEXT, AFTER = generate(), generate(ES256)


def history(story: Story, trusted: TrustedBody | None = None) -> BodyHistory:
    story.later(minutes=1)
    events = open_stream(story.record(BODY_STREAM), ORIGIN, OPERATOR.public_key)
    return body_history(trusted or trust_root().body(BODY), OPERATOR.public_key, events)


def adding(*events: tuple[str, dict[str, object]]) -> Story:
    story = begin()
    for kind, fields in events:
        story.add(BODY_STREAM, kind, **fields)
    return story


def key_at(body: BodyHistory, signer: Signer, index: int, purpose: str = "event") -> PublicKey:
    return body.key(purpose, signer.public_key.key_id, index)


def test_a_registration_names_the_body_its_keys_and_its_place() -> None:
    body = history(begin())

    assert (body.slug, body.name, body.website, body.status_index) == (BODY, "OdC Uno", "https://odc-uno.example", 1)
    assert body.keys == (KeyRecord("event", EVENTS.public_key, 2), KeyRecord("token", TOKENS.public_key, 2))


def test_a_key_counts_from_its_enrolment_to_its_retirement() -> None:
    # Index 4 enrols the next key, index 5 retires the first one.
    body = history(adding(("key.enrolled", enrolment(NEXT, EVENTS)), ("key.retired", ending(EVENTS, NEXT))))

    assert [key_at(body, EVENTS, index) for index in (2, 4)] == [EVENTS.public_key] * 2
    assert [key_at(body, NEXT, index) for index in (4, 5, 10**6)] == [NEXT.public_key] * 3
    with pytest.raises(KeyNotInForceError, match="was retired at index 5, before index 5"):
        key_at(body, EVENTS, 5)
    with pytest.raises(KeyNotInForceError, match="was enrolled only at index 4, after index 3"):
        key_at(body, NEXT, 3)
    with pytest.raises(KeyNotInForceError, match="was enrolled only at index 2, after index 1"):
        key_at(body, EVENTS, 1)


def test_a_key_counts_for_its_purpose_only() -> None:
    body = history(begin())

    with pytest.raises(KeyNotInForceError, match="never enrolled by body odc-uno for token"):
        key_at(body, EVENTS, 5, "token")
    with pytest.raises(KeyNotInForceError, match="never enrolled by body odc-uno for event"):
        key_at(body, TOKENS, 5)
    with pytest.raises(KeyNotInForceError, match="never enrolled"):
        key_at(body, STRANGER, 5)
    # The recovery key signs no decision.
    with pytest.raises(KeyNotInForceError, match="never enrolled"):
        key_at(body, RECOVERY, 5)


def test_a_compromise_reaches_back_to_the_index_that_it_names_and_leaves_what_lies_before() -> None:
    body = history(adding(("key.compromised", ending(EVENTS, RECOVERY, from_index=3))))

    assert key_at(body, EVENTS, 2) == EVENTS.public_key
    with pytest.raises(KeyNotInForceError, match="is compromised from index 3 on, index 3 is in doubt"):
        key_at(body, EVENTS, 3)


@pytest.mark.parametrize(("first", "second"), [(3, 10), (10, 3)])
def test_a_later_statement_may_widen_the_doubt_and_never_narrow_it(first: int, second: int) -> None:
    said = [("key.compromised", ending(EVENTS, RECOVERY, from_index=index)) for index in (first, second)]

    assert history(adding(*said)).keys[0].doubtful_from == 3


def test_a_key_is_retired_once_and_for_all() -> None:
    said = ("key.retired", ending(EVENTS, RECOVERY))

    assert history(adding(said, said)).keys[0].retired_at == 4


@pytest.mark.parametrize(
    "record", [KeyRecord("event", EVENTS.public_key, 2, 8, 5), KeyRecord("event", EVENTS.public_key, 2, 5, 8)]
)
def test_the_earlier_of_retirement_and_doubt_ends_a_key(record: KeyRecord) -> None:
    assert [index for index in range(12) if record.in_force(index)] == [2, 3, 4]


# What lets a key in, and what does not: the purpose's key in force, the event key, the recovery key.
ENROLLED: dict[str, Callable[[], Story]] = {
    "an event key by the event key": lambda: adding(("key.enrolled", enrolment(NEXT, EVENTS))),
    "an event key by the recovery key": lambda: adding(("key.enrolled", enrolment(NEXT, RECOVERY))),
    "an event key of the other algorithm": lambda: adding(("key.enrolled", enrolment(AFTER, EVENTS))),
    "an event key by the one before it": lambda: adding(
        ("key.enrolled", enrolment(NEXT, EVENTS)),
        ("key.retired", ending(EVENTS, NEXT)),
        ("key.enrolled", enrolment(AFTER, NEXT)),
    ),
    "a token key by the token key": lambda: adding(("key.enrolled", enrolment(NEXT, TOKENS, "token"))),
    "a token key by the event key": lambda: adding(("key.enrolled", enrolment(NEXT, EVENTS, "token"))),
    "an event key by the recovery key after a compromise": lambda: adding(
        ("key.compromised", ending(EVENTS, RECOVERY, from_index=3)), ("key.enrolled", enrolment(NEXT, RECOVERY))
    ),
}


@pytest.mark.parametrize("case", ENROLLED)
def test_a_key_that_follows_from_the_trust_root_is_enrolled(case: str) -> None:
    body = history(ENROLLED[case]())

    assert len(body.keys) > 2
    assert body.keys[-1].in_force(10**6)


def stolen(name: str, **changes: object) -> Story:
    return adding(("key.enrolled", enrolment(NEXT, EVENTS) | {name: changes[name]}))


def word(signer: Signer, action: str, purpose: str, key: Signer, log: str = ORIGIN, body: str = BODY) -> str:
    return authorise(signer, log, body, action, purpose, key.public_key.key_id).decode()


def held(signer: Signer, purpose: str = "event", log: str = ORIGIN, body: str = BODY) -> str:
    return possession(signer, log, body, purpose).decode()


def registered_again() -> Story:
    """The operator logs the body's registration once more, to begin another stream."""
    story = begin()
    registered = json.loads(parse_jws(story.entries[2]).payload)
    story.streams[BODY_STREAM] = [story.append(sign_jws(OPERATOR, REGISTRATION, format_json(registered)))]
    return story


REFUSED: dict[str, tuple[Callable[[], Story], type[AttestoError], str]] = {
    "a key that vouches for itself": (
        lambda: adding(("key.enrolled", enrolment(NEXT, NEXT))), TrustError, "may not authorise this"
    ),
    "an event key by the token key": (
        lambda: adding(("key.enrolled", enrolment(NEXT, TOKENS))), TrustError, "may not authorise this"
    ),
    "a key by the operator": (
        lambda: adding(("key.enrolled", enrolment(NEXT, OPERATOR))), TrustError, "may not authorise this"
    ),
    "a key by one that was retired": (
        lambda: adding(
            ("key.enrolled", enrolment(NEXT, EVENTS)),
            ("key.retired", ending(EVENTS, NEXT)),
            ("key.enrolled", enrolment(AFTER, EVENTS)),
        ),
        TrustError, "may not authorise this",
    ),
    "a key by one in doubt": (
        lambda: adding(
            ("key.compromised", ending(EVENTS, RECOVERY, from_index=3)), ("key.enrolled", enrolment(NEXT, EVENTS))
        ),
        TrustError, "may not authorise this",
    ),
    "a key of the past once more": (
        lambda: adding(
            ("key.enrolled", enrolment(NEXT, EVENTS)),
            ("key.retired", ending(EVENTS, NEXT)),
            ("key.enrolled", enrolment(EVENTS, NEXT)),
        ),
        TrustError, "is enrolled twice",
    ),
    "the token key for events": (
        lambda: adding(("key.enrolled", enrolment(TOKENS, EVENTS))), TrustError, "is enrolled twice"
    ),
    "a recovery key": (
        lambda: adding(("key.enrolled", enrolment(NEXT, RECOVERY, "recovery"))), FormatError, "not for 'recovery'"
    ),
    "the recovery key for events": (
        lambda: adding(("key.enrolled", enrolment(RECOVERY, EVENTS))), TrustError, "is its recovery key"
    ),
    "one key for events and tokens": (
        lambda: begin(**registration(token=EVENTS)), TrustError, "body odc-uno has one key for two purposes"
    ),
    "one key for tokens and recovery": (
        lambda: begin(**registration(token=RECOVERY)), TrustError, "body odc-uno has one key for two purposes"
    ),
    "a possession by another": (lambda: stolen("possession", possession=held(STRANGER)), SignatureError, "names key"),
    "a possession in its name": (
        lambda: stolen("possession", possession=held(Impostor(NEXT.public_key))), SignatureError, "does not fit"
    ),
    "a possession for tokens": (
        lambda: stolen("possession", possession=held(NEXT, "token")), TrustError, "does not say that body odc-uno holds"
    ),
    "a possession for another body": (
        lambda: stolen("possession", possession=held(NEXT, body="odc-due")), TrustError, "does not say"
    ),
    "a possession in another log": (
        lambda: stolen("possession", possession=held(NEXT, log="other")), TrustError, "does not say"
    ),
    "a word for another key": (
        lambda: stolen("authorisation", authorisation=word(EVENTS, "enrol", "event", AFTER)),
        TrustError, "does not authorise to enrol",
    ),
    "a word for another purpose": (
        lambda: stolen("authorisation", authorisation=word(EVENTS, "enrol", "token", NEXT)),
        TrustError, "does not authorise to enrol",
    ),
    "a word to retire": (
        lambda: stolen("authorisation", authorisation=word(EVENTS, "retire", "event", NEXT)),
        TrustError, "does not authorise to enrol",
    ),
    "a word in another log": (
        lambda: stolen("authorisation", authorisation=word(EVENTS, "enrol", "event", NEXT, log="other")),
        TrustError, "does not authorise to enrol",
    ),
    "a word for another body": (
        lambda: stolen("authorisation", authorisation=word(EVENTS, "enrol", "event", NEXT, body="odc-due")),
        TrustError, "does not authorise to enrol",
    ),
    "a word that is not ASCII": (lambda: stolen("authorisation", authorisation="è"), FormatError, "three parts"),
    "the end of a key that never was": (
        lambda: adding(("key.retired", ending(NEXT, EVENTS))), TrustError, "was never enrolled by body odc-uno"
    ),
    "a retirement by a stranger": (
        lambda: adding(("key.retired", ending(EVENTS, STRANGER))), TrustError, "may not authorise this"
    ),
    "a retirement by the token key": (
        lambda: adding(("key.retired", ending(EVENTS, TOKENS))), TrustError, "may not authorise this"
    ),
    "a compromise by the event key": (
        lambda: adding(("key.compromised", ending(EVENTS, EVENTS, from_index=3))), TrustError, "may not authorise this"
    ),
    "a compromise by the operator": (
        lambda: adding(("key.compromised", ending(EVENTS, OPERATOR, from_index=3))), TrustError, "may not authorise"
    ),
    "a compromise from another index than was signed": (
        lambda: adding(("key.compromised", ending(EVENTS, RECOVERY, from_index=9) | {"from_index": 3})),
        TrustError, "does not authorise to compromise",
    ),
    "a stream that begins otherwise": (
        lambda: Story(entries=[], streams={}), FormatError, "does not begin with the registration of body odc-uno"
    ),
    "another body's registration": (
        lambda: begin(body="odc-due"), FormatError, "does not begin with the registration of body odc-uno"
    ),
    "another first event key": (
        lambda: begin(**registration(STRANGER)), TrustError, "registered with other keys than the trust root names"
    ),
    "another recovery key": (
        lambda: begin(**registration(recovery=STRANGER)), TrustError, "registered with other keys than the trust root"
    ),
    "a second registration, in another place than the trust root names": (
        registered_again, TrustError, "is registered in entry 2, as the trust root says, not here"
    ),
    "a registration without a possession": (
        lambda: begin(possession=registration()["possession"][1:]),  # type: ignore[index]
        FormatError, "a possession per key and the authorisation of the token key",
    ),
    "a registration with another's possession": (
        lambda: begin(possession=registration(token=STRANGER)["possession"]), SignatureError, "names key"
    ),
    "a token key for which the event key gave no word": (
        lambda: begin(
            possession=[*registration()["possession"][:3], word(TOKENS, "enrol", "token", TOKENS)]  # type: ignore[index]
        ),
        TrustError, "may not authorise this",
    ),
    "an accreditation dated back": (
        lambda: adding(("accreditation.withdrawn", {"scheme": "demo", "source": "x", "effective_on": "2026-03-09"})),
        ChainError, "takes effect on 2026-03-09, but was recorded on 2026-03-10 only",
    ),
    "an event of an edition": (lambda: adding(("edition.closed", {})), FormatError, "does not belong in a body's"),
    "a key that must not be used": (
        lambda: stolen("jwk", jwk={"crv": "Ed25519", "kty": "OKP", "x": "A" * 43}), FormatError, "low order"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_follow_from_the_trust_root_is_refused_with_its_reason(case: str) -> None:
    make, error, reason = REFUSED[case]
    story = make()
    if not story.entries:
        story.time()
        story.add(BODY_STREAM, "accreditation.suspended", scheme="demo", source="x")

    with pytest.raises(error, match=reason):
        history(story)


def test_a_trust_root_that_names_no_place_takes_the_registration_as_it_comes() -> None:
    assert history(registered_again(), trust_root(keys=()).body(BODY)).keys[0].enrolled_at == 4


def test_an_event_of_a_body_is_the_operators() -> None:
    story = begin()
    story.add(BODY_STREAM, "accreditation.suspended", EVENTS, scheme="demo", source="x")

    with pytest.raises(SignatureError, match="names key"):
        history(story)


def test_accreditations_are_followed_per_scheme() -> None:
    said = {"source": "letter of 9 June", "effective_on": "2026-06-09"}
    body = history(
        adding(
            ("accreditation.suspended", {"scheme": "demo", **said}),
            ("accreditation.restored", {"scheme": "demo", **said, "effective_on": "2026-07-01"}),
            ("accreditation.withdrawn", {"scheme": "demo", **said, "effective_on": "2026-08-01"}),
            (
                "accreditation.granted",
                {"scheme": "other", **said, "number": "2", "accreditation_body": "A", "standard": "S", "wording": "W"},
            ),
        )
    )
    latest = body.accreditations[-1].recorded_at
    days = [date(2026, 3, 10), date(2026, 6, 9), date(2026, 7, 1), date(2026, 8, 1)]

    assert [accreditation(body.accreditations, "demo", day, latest).coverage for day in days] == [
        Coverage.COVERED,
        Coverage.SUSPENDED,
        Coverage.COVERED,
        Coverage.NOT_COVERED,
    ]
    assert accreditation(body.accreditations, "other", days[1], latest).detail == {
        "number": "2",
        "accreditation_body": "A",
        "standard": "S",
        "wording": "W",
        "source": "letter of 9 June",
    }
