"""What a registry's decisions promise: each recorded once, in its turn, and never at a neighbour's cost."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from keys.signer import Purpose
from registry.application.answers import Recorded
from registry.application.registry import Outcome, Registry
from registry.commands.decisions import Command
from registry.domain.errors import DomainError, TransitionError
from registry.errors import ConflictError, ForeignError, IdempotencyError, StoreUnavailableError, UnknownError
from registry.vault import HOLDER_TAG_BYTES
from tests.contracts.parts import (
    BODIES,
    EDITION,
    Parts,
    Place,
    confirm,
    found,
    grant,
    open_parts,
    propose,
    reissue,
    suspend,
    withdraw,
)
from tests.contracts.submissions import bodies
from tests.contracts.threads import together
from verifier.certificate import parse_token
from verifier.checkpoint import open_checkpoint
from verifier.encoding import parse_json
from verifier.errors import AttestoError, FormatError
from verifier.event import parse_event
from verifier.jws import check_jws, parse_jws
from verifier.key import check_signature, parse_jwk
from verifier.merkle import check_inclusion, leaf_hash


@pytest.fixture
def two(place: Place) -> Iterator[tuple[Parts, Parts]]:
    """Two processes' views of one registry."""
    with open_parts(place) as one, open_parts(place) as other:
        found(one)
        yield one, other


def topics(parts: Parts) -> list[str]:
    return [str(parse_json(parse_jws(body).payload)["type"]) for body in bodies(parts)]


def recorded(outcome: Recorded | AttestoError) -> Recorded:
    assert isinstance(outcome, Recorded), outcome
    return outcome


def check(parts: Parts, answer: Recorded) -> None:
    """Check that a receipt proves events of this certification, each signed by its body's current key."""
    checkpoint = open_checkpoint(answer.receipt.checkpoint, parts.store.origin, parts.log_verifier)
    keys = dict(parts.streams.body("aurora").aggregate.keys)
    for index in answer.receipt.indexes:
        (entry,) = parts.store.log.entries(index, index + 1)
        event = parse_event(entry.body)
        check_jws(event.jws, parse_jwk(keys["event"]))
        assert event.stream == answer.certification
        path = answer.receipt.prove(index)
        check_inclusion(leaf_hash(entry.body), index, checkpoint.size, path, checkpoint.root_hash)


def attempt(parts: Parts, command: Command) -> Callable[[], Outcome]:
    return lambda: parts.registry.decide_all([command])[0]


def test_a_grant_is_recorded_with_its_first_certificate_and_a_receipt_of_both(parts: Parts) -> None:
    answer = parts.registry.decide(grant())

    assert topics(parts)[-2:] == ["certification.granted", "certificate.issued"]
    check(parts, answer)
    assert answer.token is not None
    assert parse_token(answer.token).claims.number == answer.number
    assert not answer.repeated


def test_each_decision_goes_on_where_the_one_before_it_ended(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number

    answers = [parts.registry.decide(command(number)) for command in (reissue, suspend, withdraw)]

    for answer in answers:
        check(parts, answer)
    _, certification = parts.registry.certification(number)
    assert certification.version == 2 + 2 + 1 + 1


def test_a_repeated_command_gets_its_first_answer(parts: Parts) -> None:
    first = parts.registry.decide(grant(key="k1"))
    size = parts.store.log.head().size

    again = parts.registry.decide(grant(key="k1"))

    assert again.repeated
    assert (again.certification, again.number, again.receipt.indexes) == (
        first.certification,
        first.number,
        first.receipt.indexes,
    )
    check(parts, again)
    assert parts.store.log.head().size == size


def test_a_repeated_decision_gets_its_first_answer_though_the_certification_moved_on(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number
    first = parts.registry.decide(suspend(number, key="k1"))
    parts.registry.decide(withdraw(number))

    again = parts.registry.decide(suspend(number, key="k1"))

    assert again.repeated
    assert again.receipt.indexes == first.receipt.indexes


@pytest.mark.parametrize(
    "other",
    [
        grant("Another Name", key="k1"),
        replace(grant(key="k1"), valid_until=date(2027, 1, 1)),
        replace(grant(key="k1"), profile="coordinatore"),
        confirm("0000000000000", key="k1"),
    ],
    ids=["another name", "another day", "another profile", "another command"],
)
def test_an_idempotency_key_with_another_content_is_refused(parts: Parts, other: Command) -> None:
    parts.registry.decide(grant(key="k1"))

    with pytest.raises(IdempotencyError, match=r"^idempotency key k1 was used for another content$"):
        parts.registry.decide(other)


def test_an_idempotency_key_is_its_bodys_own(parts: Parts) -> None:
    answers = [parts.registry.decide(grant(body=body, key="k1")) for body in ("aurora", "borea")]

    assert not any(answer.repeated for answer in answers)
    assert answers[0].certification != answers[1].certification


def test_one_key_twice_in_a_batch_is_one_certification(parts: Parts) -> None:
    first, other, again = map(recorded, parts.registry.decide_all([grant(key="k1"), grant(), grant(key="k1")]))

    assert again.repeated
    assert again.certification == first.certification != other.certification
    assert topics(parts).count("certification.granted") == 2


def test_one_key_from_many_threads_and_processes_is_one_certification(two: tuple[Parts, Parts]) -> None:
    answers = [recorded(answer) for answer in together([attempt(parts, grant(key="k1")) for parts in two * 4])]

    assert len({answer.certification for answer in answers}) == 1
    assert [answer.repeated for answer in answers].count(False) == 1
    assert topics(two[0]).count("certification.granted") == 1


def test_of_many_that_withdraw_one_certification_one_wins_and_the_others_are_refused(two: tuple[Parts, Parts]) -> None:
    number = two[0].registry.decide(grant()).number

    answers = together([attempt(parts, withdraw(number)) for parts in two * 3])

    assert sorted(type(answer).__name__ for answer in answers) == ["Recorded", *["TransitionError"] * 5]
    assert topics(two[0]).count("certification.withdrawn") == 1


def test_of_many_that_reissue_one_certificate_each_is_decided_again_or_refused(two: tuple[Parts, Parts]) -> None:
    number = two[0].registry.decide(grant()).number

    answers = together([attempt(parts, reissue(number)) for parts in two * 4])

    won = [answer for answer in answers if isinstance(answer, Recorded)]
    assert won
    assert all(isinstance(answer, Recorded | ConflictError) for answer in answers)
    _, certification = two[1].registry.certification(number)
    assert certification.revision == 1 + len(won)
    for answer in won:
        check(two[0], answer)


def test_decisions_on_one_certification_in_a_batch_follow_each_other(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number

    answers = parts.registry.decide_all([reissue(number), suspend(number), withdraw(number), reissue(number)])

    assert [type(answer) for answer in answers] == [Recorded, Recorded, Recorded, TransitionError]
    _, certification = parts.registry.certification(number)
    assert certification.facts[-1].type == "certification.withdrawn"


def test_what_is_not_here_is_named(parts: Parts) -> None:
    nobodys = "0000000000000"
    for command, words in (
        (grant(body="nobody"), r"^no body nobody is registered here$"),
        (replace(grant(), edition="none-2020"), r"^no edition none-2020 is published here$"),
        (confirm(nobodys), r"^no certification with number 0000000000000 here$"),
    ):
        with pytest.raises(UnknownError, match=words):
            parts.registry.decide(command)


def test_another_bodys_certification_is_not_decided_on(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number

    with pytest.raises(ForeignError, match=rf"^certification {number} is another body's$"):
        parts.registry.decide(withdraw(number, body="borea"))
    assert topics(parts)[-1] == "certificate.issued"


def test_two_grants_of_one_reference_are_of_one_holder(parts: Parts) -> None:
    first = parts.registry.decide(grant(reference="P-1"))
    batch = [recorded(a) for a in parts.registry.decide_all([grant(reference=r) for r in ("P-1", "P-2", "P-2")])]

    assert holders(parts, [first, *batch]) == [0, 0, 1, 1]
    assert tags([first, *batch]) == [0, 0, 1, 1]


def test_one_reference_at_two_registeredis_two_holders(parts: Parts) -> None:
    parts.registry.decide(grant(reference="P-1"))
    batch = [grant(reference="P-1"), grant(body="borea", reference="P-1"), grant(body="borea", reference="P-1")]

    answers = [recorded(answer) for answer in parts.registry.decide_all(batch)]

    assert holders(parts, answers) == [0, 1, 1] == tags(answers)
    assert [parts.vault.numbered(answer.certification).body for answer in answers] == ["aurora", "borea", "borea"]


def test_one_reference_from_many_threads_and_processes_is_one_holder(two: tuple[Parts, Parts]) -> None:
    for round_ in range(3):
        command = grant(reference=f"P-{round_}")

        answers = [recorded(answer) for answer in together([attempt(parts, command) for parts in two * 3])]

        assert holders(two[0], answers) == [0] * 6 == tags(answers)


def test_a_batch_whose_new_holder_is_known_meanwhile_takes_the_holder_that_is_known(parts: Parts) -> None:
    meanwhile: list[Recorded] = []

    def chance(count: int) -> bytes:
        # A new holder's tag is drawn after the batch looked for known ones, and before it is stored.
        if count == HOLDER_TAG_BYTES and not meanwhile:
            meanwhile.append(parts.registry.decide(grant(reference="P-1")))
        return secrets.token_bytes(count)

    slower = Registry(parts.database, parts.store, parts.streams, parts.vault, parts.key_set, parts.clock, chance)
    answers = [recorded(answer) for answer in slower.decide_all([grant(reference="P-1"), grant(reference="P-1")])]

    assert holders(parts, [*meanwhile, *answers]) == [0, 0, 0] == tags([*meanwhile, *answers])
    for answer in answers:
        parts.registry.decide(reissue(answer.number))


def test_a_large_batch_records_what_it_can_and_names_the_rest_each_in_its_place(parts: Parts) -> None:
    standing = parts.registry.decide(grant()).number
    wrong: dict[int, Command] = {
        0: confirm("0000000000000"),
        7: withdraw(standing, body="borea"),
        999: grant(body="nobody"),
        1000: replace(grant(), profile="astronauta"),
        1700: withdraw("not a number"),
        2499: replace(grant(), edition="none-2020"),
    }
    commands = [wrong.get(place) or grant(f"Person {place}", reference=f"P-{place}") for place in range(2500)]
    heard: list[int] = []

    outcomes = parts.registry.decide_all(commands, heard.append)

    refused = {place: type(outcome) for place, outcome in enumerate(outcomes) if not isinstance(outcome, Recorded)}
    assert refused.keys() == wrong.keys()
    assert all(issubclass(error, DomainError | UnknownError | ForeignError | FormatError) for error in refused.values())
    assert heard == [1000, 2000, 2500]
    assert topics(parts).count("certification.granted") == 1 + 2500 - len(wrong)
    for place in (1, 998, 1001, 2000, 2498):
        check(parts, recorded(outcomes[place]))
    names = {recorded(outcomes[place]).number for place in range(2500) if place not in wrong}
    assert len(names) == 2500 - len(wrong)


def test_status_indexes_of_many_threads_and_processes_never_collide(two: tuple[Parts, Parts]) -> None:
    def some(parts: Parts) -> Callable[[], list[Outcome]]:
        return lambda: [parts.registry.decide_all([grant()])[0] for _ in range(30)]

    answers = [recorded(answer) for made in together([some(parts) for parts in two * 2]) for answer in made]

    indexes = [status_index(two[0], answer.certification) for answer in answers]
    assert len(set(indexes)) == len(indexes) == 120
    registered = [two[0].streams.body(slug).aggregate.id for slug in BODIES]
    assert not set(indexes) & {status_index(two[0], body) for body in registered}


def test_a_key_that_another_process_rotated_is_used_from_then_on(two: tuple[Parts, Parts]) -> None:
    one, other = two
    numbers = [parts.registry.decide(grant()).number for parts in two]
    for purpose in (Purpose.EVENT, Purpose.TOKEN):
        propose(one.place, "aurora", purpose)
        one.register.rotate_key("aurora", purpose)
    one.registry.decide(reissue(numbers[0]))

    # The other process still has the body and its keys in memory as they were.
    answers = [other.registry.decide(command) for command in (grant(), reissue(numbers[0]), reissue(numbers[1]))]

    current = {purpose: one.key_set.current("aurora", purpose).public_key for purpose in (Purpose.EVENT, Purpose.TOKEN)}
    for answer in answers:
        for index in answer.receipt.indexes:
            (entry,) = one.store.log.entries(index, index + 1)
            check_jws(parse_jws(entry.body), current[Purpose.EVENT])
        assert answer.token is not None
        token = parse_token(answer.token)
        check_signature(current[Purpose.TOKEN], token.signature, token.signing_input)
    for number in numbers:
        one.registry.decide(withdraw(number))


def test_a_refusal_never_rests_on_what_another_process_has_changed_meanwhile(two: tuple[Parts, Parts]) -> None:
    one, other = two
    other.registry.decide(grant())
    one.register.suspend_accreditation("aurora", "demo", "https://accreditamento.example/2")
    with pytest.raises(DomainError):
        one.registry.decide(grant())
    with pytest.raises(DomainError):
        other.registry.decide(grant())

    one.register.restore_accreditation("aurora", "demo", "https://accreditamento.example/3")

    other.registry.decide(grant())
    one.register.close_edition(EDITION)
    with pytest.raises(DomainError):
        other.registry.decide(grant())


def test_nothing_is_recorded_when_the_database_does_not_answer(place: Place) -> None:
    with open_parts(place) as parts:
        found(parts)
        number = parts.registry.decide(grant()).number
        parts.database.close()

        for command in (grant(), withdraw(number), grant(key="k1")):
            with pytest.raises(StoreUnavailableError):
                parts.registry.decide(command)


def test_a_clock_that_was_put_back_dates_nothing_before_what_the_log_recorded(parts: Parts) -> None:
    number = parts.registry.decide(grant()).number
    (granted, *_) = parts.registry.certification(number)[1].facts
    parts.clock.pass_by(minutes=-48 * 60)

    later = parts.registry.decide(grant())

    (fact, *_) = parts.registry.certification(later.number)[1].facts
    assert fact.effective_on == granted.effective_on
    assert later.receipt.recorded_at.date() == fact.recorded_at.date()


def test_what_earlier_batches_recorded_is_told_though_a_later_one_cannot_be_stored(place: Place) -> None:
    with open_parts(place) as parts:
        found(parts)
        commands = [grant(f"Person {number}") for number in range(1001)]

        outcomes = parts.registry.decide_all(commands, lambda done: parts.database.close() if done == 1000 else None)

    assert [isinstance(outcome, Recorded) for outcome in outcomes] == [True] * 1000 + [False]
    assert isinstance(outcomes[-1], StoreUnavailableError)


def test_a_refused_decision_leaves_nothing_behind(parts: Parts) -> None:
    number = parts.registry.decide(withdraw(parts.registry.decide(grant()).number)).number
    before = bodies(parts)

    with pytest.raises(TransitionError):
        parts.registry.decide(suspend(number, key="k1"))

    assert bodies(parts) == before
    with parts.database.snapshot() as reading:
        assert reading.rows("SELECT idempotency_key FROM answer") == []


def holders(parts: Parts, answers: list[Recorded]) -> list[int]:
    """Whose each certification is, counted from 0 in the order of appearance; each holder is known."""
    ids = [parts.vault.numbered(answer.certification).holder for answer in answers]
    for holder in ids:
        assert parts.vault.holder(holder).holder == holder
    return _places(ids)


def tags(answers: list[Recorded]) -> list[int]:
    """The same by the tags that the tokens carry."""
    return _places([parse_token(answer.token or b"").claims.holder_tag for answer in answers])


def _places(values: Sequence[object]) -> list[int]:
    known = list(dict.fromkeys(values))
    return [known.index(value) for value in values]


def status_index(parts: Parts, stream: UUID) -> int:
    return parse_event(parts.store.log.stream(stream)[0].body).integer("status_index")
