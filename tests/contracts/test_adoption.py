"""What an adoption promises: recorded as a grant is, with the days that the body claims and a former number hidden."""

from dataclasses import replace
from datetime import date

import pytest

from registry.application.answers import Recorded
from registry.commands.decisions import AdoptCertification, Basis, Person
from registry.domain.decision import Case
from registry.domain.errors import EditionNotOpenError, PastExpiredError
from registry.domain.past import Past
from registry.errors import IdempotencyError
from tests.contracts.parts import EDITION, Parts, grant, suspend
from tests.contracts.submissions import bodies
from verifier.audit import audit
from verifier.certificate import parse_token
from verifier.disclosure import parse_disclosure
from verifier.event import parse_event
from verifier.fetch import FolderSource, record_path
from verifier.status import State

TODAY = date(2026, 11, 24)
# A first cycle of three years, renewed in time, confirmed once.
PAST = Past(date(2022, 9, 30), date(2025, 9, 30), date(2026, 9, 30), date(2028, 9, 29))


def adopt(name: str = "Zoë D’Àngelo-Ñandú", key: str | None = None, reference: str | None = None) -> AdoptCertification:
    person, case = Person(name, date(1987, 5, 4), "Forlì", reference), Case("decider-1", ("examiner-1",))
    return AdoptCertification(
        "aurora", EDITION, "addetto", person, case, PAST, Basis("delibera 9", None, key), "UNO-17"
    )


def test_an_adoption_is_recorded_with_its_first_certificate(parts: Parts) -> None:
    made = parts.registry.decide(adopt())

    adopted, issued = (parse_event(entry.body) for entry in parts.store.log.stream(made.certification))
    assert (adopted.type, issued.type) == ("certification.adopted", "certificate.issued")
    assert adopted.effective_on == TODAY
    assert {name: adopted.content[name] for name in PAST.days()} == PAST.days()
    assert made.token is not None
    claims = parse_token(made.token).claims
    assert (claims.number, claims.valid_until, claims.name) == (made.number, PAST.valid_until, "Zoë D’Àngelo-Ñandú")


def test_the_former_number_and_who_took_part_are_hidden_behind_digests(parts: Parts) -> None:
    made = parts.registry.decide(adopt())

    adopted = parse_event(parts.store.log.stream(made.certification)[0].body)
    hidden = parts.vault.hidden(made.certification)[adopted.event_id].values()
    disclosed = [parse_disclosure(text) for text in hidden]
    assert {one.name: one.value for one in disclosed} == {
        "number": made.number, "name": "Zoë D’Àngelo-Ñandú", "birth_date": "1987-05-04", "birth_place": "Forlì",
        "decision": "delibera 9", "decider": "decider-1", "examiners": ["examiner-1"], "trainers": [],
        "former_number": "UNO-17",
    }  # fmt: skip
    assert {one.digest for one in disclosed} <= set(adopted.digests)
    assert not any(b"UNO-17" in body for body in bodies(parts))


def test_an_adopted_certification_is_decided_on_as_any_other(parts: Parts) -> None:
    number = parts.registry.decide(adopt()).number

    parts.registry.decide(suspend(number))

    assert parts.registry.certification(number)[1].standing(TODAY).state is State.SUSPENDED


def test_an_adopted_person_whom_the_body_knows_is_the_same_holder(parts: Parts) -> None:
    known, adopted, again = (
        parts.registry.decide(command)
        for command in (grant(reference="P-1"), adopt(reference="P-1"), adopt(reference="P-2"))
    )

    holders = [parts.vault.numbered(made.certification).holder for made in (known, adopted, again)]
    assert holders[0] == holders[1] != holders[2]


def test_a_repeated_adoption_gets_its_first_answer(parts: Parts) -> None:
    first = parts.registry.decide(adopt(key="k1"))
    size = parts.store.log.head().size

    again = parts.registry.decide(adopt(key="k1"))

    assert (again.repeated, again.number) == (True, first.number)
    assert parts.store.log.head().size == size
    with pytest.raises(IdempotencyError):
        parts.registry.decide(replace(adopt(key="k1"), former_number="UNO-18"))


def test_a_refused_adoption_leaves_nothing_behind(parts: Parts) -> None:
    before = bodies(parts)
    expired = replace(adopt(key="k1"), past=replace(PAST, valid_until=date(2026, 11, 23)))

    with pytest.raises(PastExpiredError):
        parts.registry.decide(expired)
    parts.register.close_edition(EDITION)
    with pytest.raises(EditionNotOpenError):
        parts.registry.decide(adopt())

    assert bodies(parts)[: len(before)] == before
    assert all(b"adopted" not in body for body in bodies(parts))
    with parts.database.snapshot() as reading:
        assert reading.rows("SELECT number FROM number") == reading.rows("SELECT holder FROM holder") == []


def test_a_thousand_are_adopted_in_one_commit_as_grants_are(parts: Parts) -> None:
    outcomes = parts.registry.decide_all([adopt(f"Person {place}", reference=f"P-{place}") for place in range(1000)])

    assert all(isinstance(outcome, Recorded) for outcome in outcomes)
    assert {outcome.receipt.size for outcome in outcomes if isinstance(outcome, Recorded)} == {
        parts.store.log.head().size
    }
    assert parts.vault.find_holders("aurora", ["P-0", "P-999"]).keys() == {"P-0", "P-999"}


def test_an_audit_of_what_is_published_finds_nothing(parts: Parts) -> None:
    made = parts.registry.decide(adopt())
    parts.publisher.publish()

    found = audit(FolderSource(parts.place.public), parts.trust(), [record_path(made.number)])

    assert found.findings == ()
