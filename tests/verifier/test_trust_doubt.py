"""What rests on the word of a stolen key counts for nothing, whenever the theft is declared."""

import pytest

from keys.signer import ES256, generate
from tests.verifier.story import EVENTS, RECOVERY, TOKENS, ending, enrolment
from tests.verifier.test_trust_keys import adding, history, key_at
from verifier.errors import KeyNotInForceError

NEXT, AFTER = generate(), generate(ES256)


def test_a_key_let_in_by_one_in_doubt_never_counts_nor_what_it_lets_in() -> None:
    # Index 4: the thief of the first key enrols another; 5: that one lets in a third; 6: the body declares the theft.
    body = history(
        adding(
            ("key.enrolled", enrolment(NEXT, EVENTS)),
            ("key.enrolled", enrolment(AFTER, NEXT)),
            ("key.compromised", ending(EVENTS, RECOVERY, from_index=4)),
        )
    )

    assert key_at(body, EVENTS, 3) == EVENTS.public_key
    for signer, index in ((NEXT, 4), (AFTER, 5)):
        with pytest.raises(KeyNotInForceError, match=f"is in doubt from its enrolment at index {index} on"):
            key_at(body, signer, 10**6)


@pytest.mark.parametrize(("from_index", "counts"), [(4, False), (5, True)])
def test_a_key_counts_that_was_let_in_before_the_doubt_began(from_index: int, counts: bool) -> None:
    body = history(
        adding(
            ("key.enrolled", enrolment(NEXT, EVENTS)),
            ("key.enrolled", enrolment(AFTER, NEXT, "token")),
            ("key.compromised", ending(EVENTS, RECOVERY, from_index=from_index)),
        )
    )

    assert [record.in_force(10**6) for record in body.keys] == [False, True, counts, counts]


def test_a_key_let_in_by_the_recovery_key_counts_whatever_else_is_in_doubt() -> None:
    body = history(
        adding(
            ("key.enrolled", enrolment(NEXT, RECOVERY)),
            ("key.compromised", ending(EVENTS, RECOVERY, from_index=3)),
            ("key.enrolled", enrolment(AFTER, NEXT)),
        )
    )

    assert [record.in_force(10**6) for record in body.keys] == [False, True, True, True]


def test_a_token_key_let_in_by_a_stolen_event_key_never_counts() -> None:
    body = history(
        adding(
            ("key.enrolled", enrolment(NEXT, EVENTS, "token")),
            ("key.compromised", ending(EVENTS, RECOVERY, from_index=3)),
        )
    )

    with pytest.raises(KeyNotInForceError, match="is in doubt from its enrolment"):
        key_at(body, NEXT, 4, "token")
    assert key_at(body, TOKENS, 4, "token") == TOKENS.public_key


def test_a_retirement_by_a_key_in_doubt_counts_for_nothing() -> None:
    # The thief of the second key retires the first one, of which the body declares nothing.
    body = history(
        adding(
            ("key.enrolled", enrolment(NEXT, EVENTS)),
            ("key.retired", ending(EVENTS, NEXT)),
            ("key.compromised", ending(NEXT, RECOVERY, from_index=5)),
            ("key.enrolled", enrolment(AFTER, EVENTS)),
        )
    )

    assert [record.in_force(10**6) for record in body.keys] == [True, True, False, True]


def test_a_retirement_by_the_recovery_key_counts_after_one_that_does_not() -> None:
    body = history(
        adding(
            ("key.enrolled", enrolment(NEXT, EVENTS)),
            ("key.retired", ending(EVENTS, NEXT)),
            ("key.retired", ending(EVENTS, RECOVERY)),
            ("key.compromised", ending(NEXT, RECOVERY, from_index=5)),
        )
    )

    assert body.keys[0].retired_at == 6
