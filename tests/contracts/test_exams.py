"""An exam session is recorded once, carries the decisions that name it, and carries none once it was invalidated."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from keys.signer import Purpose
from registry.application.answers import Recorded
from registry.application.submit import sign, submission
from registry.commands.decisions import (
    Basis,
    Command,
    ExtendScope,
    GrantCertification,
    RecertifyCertification,
    ReduceScope,
)
from registry.commands.erasure import EraseHolder
from registry.database import Database, Transaction
from registry.domain.decision import Case
from registry.domain.errors import (
    ExamEditionError,
    ExamInvalidatedError,
    ExamPartError,
    ExamUnrecordedError,
    FourEyesError,
    IncompleteApplicationError,
    UnknownEvidenceError,
)
from registry.domain.exam import ExamSession, Invalidation, Part
from registry.errors import ChangedExamError, ConflictError, UnknownError
from tests.contracts.parts import CASE, EDITION, SCHEME, Parts, Place, Wrapping, found, grant, open_parts
from tests.contracts.threads import together
from verifier.disclosure import parse_disclosure

HELD = date(2026, 11, 20)
SESSION = ExamSession(
    "aurora",
    "ESA-1",
    EDITION,
    tuple(Part(form, HELD) for form in ("scritta", "caso", "colloquio")),
    ("examiner-7", "examiner-8"),
)
FRAUD = Invalidation(date(2026, 11, 24), "decider-2", "the answers were known before")


def hold(parts: Parts, session: ExamSession = SESSION) -> bool:
    today = parts.registry.moment().today
    return parts.registry.exams.hold(session, parts.streams.edition(EDITION).edition, today)


def test_a_session_that_many_record_at_once_is_one_and_nobody_hears_of_a_conflict(place: Place) -> None:
    with open_parts(place) as one, open_parts(place, one.clock, one.key_set) as other:
        found(one)

        made = together([lambda: hold(one), lambda: hold(other)] * 3)

        assert sorted(made) == [False] * 5 + [True]
        changed = replace(SESSION, examiners=("examiner-9",), reference="ESA-2")
        results = together([lambda: outcome(one, changed), lambda: outcome(other, replace(SESSION, reference="ESA-2"))])
        assert sorted(results) == ["changed", "new"]


def outcome(parts: Parts, session: ExamSession) -> str:
    try:
        return "new" if hold(parts, session) else "repeated"
    except ChangedExamError:
        return "changed"


def resting(name: str = "Ada", body: str = "aurora", **changes: object) -> GrantCertification:
    return replace(grant(name, body), exam="ESA-1", **changes)


def claims(parts: Parts, certification: UUID) -> dict[str, object]:
    """What the certification's last event hides, its document apart."""
    hidden = parts.vault.hidden(certification)
    events = [e for e in parts.streams.events(certification) if e.type.startswith("certification.")]
    return {n: parse_disclosure(d).value for n, d in hidden[events[-1].event_id].items()}


def test_a_session_is_recorded_once_and_found_by_its_bodys_reference(parts: Parts) -> None:
    assert hold(parts)
    assert not hold(parts)
    hold(parts, replace(SESSION, reference="ESA-0", parts=SESSION.parts[:1]))

    exams = parts.registry.exams
    assert exams.session("aurora", "ESA-1") == SESSION
    assert [session.reference for session in exams.of_body("aurora")] == ["ESA-0", "ESA-1"]
    assert exams.of_body("borea") == []
    with pytest.raises(UnknownError, match="no exam session ESA-1 of body borea"):
        exams.session("borea", "ESA-1")


@pytest.mark.parametrize("other", [replace(SESSION, examiners=("examiner-7",)), replace(SESSION, edition="demo-2027")])
def test_a_session_is_not_recorded_again_with_another_content(parts: Parts, other: ExamSession) -> None:
    hold(parts)

    with pytest.raises(ChangedExamError, match="ESA-1 of body aurora"):
        hold(parts, other)

    assert parts.registry.exams.session("aurora", "ESA-1") == SESSION


def test_a_grant_hides_the_session_with_its_parts_and_examiners_and_the_checklist(parts: Parts) -> None:
    hold(parts)

    made = parts.registry.decide(resting(application="DOM-1"))

    hidden = claims(parts, made.certification)
    assert hidden["exam"] == {
        "session": "ESA-1",
        "parts": [{"form": form, "held_on": "2026-11-20"} for form in ("scritta", "caso", "colloquio")],
        "examiners": ["examiner-7", "examiner-8"],
    }
    assert hidden["examiners"] == ["examiner-1", "examiner-7", "examiner-8"]
    assert hidden["application"] == {"reference": "DOM-1", "received": ["domanda", "esperienza"]}
    assert parts.registry.exams.resting_on(SESSION) == [made.certification]


def test_an_exam_that_is_no_recorded_session_is_hidden_as_it_was_named(parts: Parts) -> None:
    made = parts.registry.decide(resting())
    hold(parts)

    assert claims(parts, made.certification)["exam"] == "ESA-1"
    assert parts.registry.exams.resting_on(SESSION) == []


def test_another_bodys_session_is_none(parts: Parts) -> None:
    hold(parts)

    made = parts.registry.decide(resting(body="borea"))

    assert claims(parts, made.certification)["exam"] == "ESA-1"
    assert parts.registry.exams.resting_on(SESSION) == []


def test_who_examined_in_the_session_does_not_decide_on_the_grant(parts: Parts) -> None:
    hold(parts)

    with pytest.raises(FourEyesError, match="examiner-8"):
        parts.registry.decide(resting(case=Case("examiner-8", ("examiner-1",))))


def test_a_session_that_lacks_a_part_carries_no_grant(parts: Parts) -> None:
    hold(parts, replace(SESSION, parts=SESSION.parts[1:]))

    with pytest.raises(ExamPartError, match="scritta"):
        parts.registry.decide(resting())


def test_a_session_of_another_edition_carries_no_grant(parts: Parts) -> None:
    parts.register.publish_edition(SCHEME.with_name("demo-2027.json").read_bytes())
    hold(parts, replace(SESSION, edition="demo-2027"))

    with pytest.raises(ExamEditionError, match="demo-2027"):
        parts.registry.decide(resting())


def test_an_edition_that_wants_its_exams_recorded_takes_no_other(parts: Parts) -> None:
    parts.register.publish_edition(SCHEME.with_name("demo-2027.json").read_bytes())
    parts.clock.pass_by(days=60)
    unrecorded = resting(edition="demo-2027")

    with pytest.raises(ExamUnrecordedError, match="recorded here"):
        parts.registry.decide(unrecorded)
    hold(parts, replace(SESSION, edition="demo-2027"))
    made = parts.registry.decide(unrecorded)

    assert parts.registry.exams.resting_on(SESSION) == [made.certification]


def test_what_an_application_lacks_and_what_it_cannot_hold_is_refused(parts: Parts) -> None:
    size = parts.store.log.head().size

    with pytest.raises(IncompleteApplicationError, match=r"requires: domanda, esperienza$"):
        parts.registry.decide(replace(grant(), received=("titolo",)))
    with pytest.raises(UnknownEvidenceError, match="fortuna"):
        parts.registry.decide(replace(grant(), received=("domanda", "esperienza", "fortuna")))

    assert parts.store.log.head().size == size


def test_an_invalidated_session_carries_nothing_more_and_keeps_what_rests_on_it(parts: Parts) -> None:
    hold(parts)
    made = parts.registry.decide(resting())
    size = parts.store.log.head().size

    gone = parts.registry.exams.invalidate("aurora", "ESA-1", FRAUD)
    again = parts.registry.exams.invalidate("aurora", "ESA-1", replace(FRAUD, on=date(2026, 11, 25)))

    assert gone == again == replace(SESSION, invalidation=FRAUD)
    assert parts.registry.exams.session("aurora", "ESA-1") == gone
    with pytest.raises(ExamInvalidatedError, match=r"was invalidated on 2026-11-24$"):
        parts.registry.decide(resting("Bea"))
    assert parts.registry.exams.resting_on(gone) == [made.certification]
    assert parts.store.log.head().size == size


def test_a_session_that_was_invalidated_is_recorded_still(parts: Parts) -> None:
    hold(parts)
    parts.registry.exams.invalidate("aurora", "ESA-1", FRAUD)

    assert not hold(parts)

    assert parts.registry.exams.session("aurora", "ESA-1").invalidation == FRAUD


def test_a_session_invalidated_between_guards_and_log_is_a_conflict(place: Place, parts: Parts) -> None:
    hold(parts)
    prepared = parts.registry.prepare(resting())
    signed = sign(prepared, *(parts.key_set.current("aurora", purpose) for purpose in (Purpose.EVENT, Purpose.TOKEN)))
    made = submission(prepared, signed, parts.registry.holder_key(prepared))
    size = parts.store.log.head().size
    with open_parts(place, parts.clock) as other:
        other.registry.exams.invalidate("aurora", "ESA-1", FRAUD)

    with pytest.raises(ConflictError):
        parts.store.append(made)

    assert parts.store.log.head().size == size
    assert parts.registry.exams.resting_on(SESSION) == []


class Meanwhile:
    """A database to which something happens before its next transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.first: Callable[[], object] | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._database, name)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        first, self.first = self.first, None
        if first is not None:
            first()
        with self._database.transaction() as transaction:
            yield transaction


def test_a_session_invalidated_while_decisions_are_on_their_way_refuses_those_alone(place: Place, parts: Parts) -> None:
    hold(parts)
    made: list[Meanwhile] = []

    def wrap(database: Database) -> Database:
        made.append(Meanwhile(database))
        return made[0]  # type: ignore[return-value]

    with open_parts(place, parts.clock, parts.key_set, Wrapping(wrap)) as other:
        before = other.registry.decide(resting("Ada"))  # from now on everything that a grant needs is at hand
        made[0].first = lambda: parts.registry.exams.invalidate("aurora", "ESA-1", FRAUD)
        outcomes = other.registry.decide_all([resting("Bea"), grant("Carla"), resting("Eva")])

    assert [type(outcome) for outcome in outcomes] == [ExamInvalidatedError, Recorded, ExamInvalidatedError]
    assert parts.registry.exams.resting_on(SESSION) == [before.certification]


def test_many_grants_rest_on_one_session_and_each_is_listed(parts: Parts) -> None:
    hold(parts)

    outcomes = parts.registry.decide_all([resting(f"Nome {i}") for i in range(120)])

    certifications = sorted(outcome.certification for outcome in outcomes)  # type: ignore[union-attr]
    assert parts.registry.exams.resting_on(SESSION) == certifications


def test_who_was_erased_rests_on_nothing_that_could_be_listed(parts: Parts) -> None:
    hold(parts)
    made, other = parts.registry.decide(resting("Ada")), parts.registry.decide(resting("Bea"))

    parts.registry.erasure.erase(EraseHolder("aurora", made.number, "decider-1"))

    assert parts.registry.exams.resting_on(SESSION) == [other.certification]


def recertify(number: str, decider: str = "decider-1") -> Command:
    case = Case(decider, ("examiner-1",))
    return RecertifyCertification("aurora", number, case, "ESA-1", Basis("delibera 2"))


def scope(kind: type[ReduceScope | ExtendScope], number: str, *tasks: str, decider: str = "decider-1") -> Command:
    if kind is ReduceScope:
        return ReduceScope("aurora", number, decider, Basis("delibera 2"), "reason", tasks)
    return ExtendScope("aurora", number, decider, Basis("delibera 3"), tasks, "ESA-1")


def test_a_recertification_rests_on_a_session_of_fewer_parts_too(parts: Parts) -> None:
    hold(parts, replace(SESSION, parts=SESSION.parts[:1]))
    made = parts.registry.decide(grant())
    parts.clock.pass_by(days=1050)

    with pytest.raises(FourEyesError, match="examiner-7"):
        parts.registry.decide(recertify(made.number, "examiner-7"))
    parts.registry.decide(recertify(made.number))

    hidden = claims(parts, made.certification)
    assert hidden["exam"] == {
        "session": "ESA-1",
        "parts": [{"form": "scritta", "held_on": "2026-11-20"}],
        "examiners": ["examiner-7", "examiner-8"],
    }
    assert hidden["examiners"] == ["examiner-1", "examiner-7", "examiner-8"]
    parts.clock.pass_by(days=30)
    parts.registry.exams.invalidate("aurora", "ESA-1", FRAUD)
    with pytest.raises(ExamInvalidatedError):
        parts.registry.decide(recertify(made.number))
    assert parts.registry.exams.resting_on(SESSION) == [made.certification]


def test_an_extension_rests_on_a_session_and_a_certification_that_rests_on_it_twice_is_listed_once(
    parts: Parts,
) -> None:
    hold(parts)
    tasks = ("accogliere", "risolvere")
    made = parts.registry.decide(resting(profile="referente"))
    parts.registry.decide(scope(ReduceScope, made.number, "risolvere"))

    with pytest.raises(FourEyesError, match="examiner-7"):
        parts.registry.decide(scope(ExtendScope, made.number, *tasks, decider="examiner-7"))
    parts.registry.decide(scope(ExtendScope, made.number, *tasks))

    exam = claims(parts, made.certification)["exam"]
    assert isinstance(exam, dict)
    assert exam["session"] == "ESA-1"
    assert parts.registry.exams.resting_on(SESSION) == [made.certification]


def test_the_case_of_a_grant_without_a_session_is_what_it_was(parts: Parts) -> None:
    made = parts.registry.decide(grant())

    assert claims(parts, made.certification)["examiners"] == list(CASE.examiners)
