"""Which lines need a person's eyes: every reason by itself, and silence where there is none."""

from dataclasses import replace
from datetime import date

import pytest

from tests.verifier.page.world import NOW, World
from verifier.answers import Answer, Means, answer
from verifier.document import Field, FieldOutcome
from verifier.errors import FormatError
from verifier.inputs import Document, Input
from verifier.page.attention import Attention, attention
from verifier.presented import parse_text
from verifier.report import Kind, Question
from verifier.seal import Seal, SealFinding

TODAY = Question(NOW.date(), NOW, NOW)


def asked(world: World, text: str, question: Question = TODAY) -> Answer:
    return answer(Input("a", parse_text(text)), Means(world.trust, question, {}, world.source))


def printed(outcome: FieldOutcome) -> tuple[Field, ...]:
    return (Field("name", "Carla Altra", "Giulia D’Àngelo-Ferrari", outcome),)


@pytest.mark.parametrize("name", ["active", "due", "in grace", "reinstated"])
def test_what_is_in_force_and_in_order_is_left_alone(world: World, name: str) -> None:
    assert attention(asked(world, world.samples[name].number)) == ()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("suspended", Attention.NOT_MET),
        ("expired", Attention.NOT_MET),
        ("not yet", Attention.NOT_MET),
        ("overdue", Attention.CONDITION),
        ("late", Attention.CONDITION),
        ("ends soon", Attention.CONDITION),
        ("accreditation suspended", Attention.ACCREDITATION),
        ("unaccredited", Attention.ACCREDITATION),
    ],
)
def test_what_is_to_be_known_is_told(world: World, name: str, why: Attention) -> None:
    assert attention(asked(world, world.samples[name].number)) == (why,)


def test_an_unreadable_thing_is_no_silence() -> None:
    assert attention(Answer(Input("a", FormatError("broken")), FormatError("broken"))) == (Attention.UNREADABLE,)


@pytest.mark.parametrize("number", ["0000000000000", "erased"])
def test_what_could_not_be_answered_is_no_silence(world: World, number: str) -> None:
    text = world.erased.number if number == "erased" else number

    assert attention(asked(world, text)) == (Attention.UNCHECKED,)


def test_a_forged_and_an_old_document_are_told_apart(world: World) -> None:
    forged = world.samples["active"].link(world.token_over("active", "Carla Altra"))
    old = world.samples["renewed"].link(world.samples["renewed"].tokens[0])

    assert attention(asked(world, forged)) == (Attention.REFUSED,)
    assert attention(asked(world, old))[0] == Attention.SUPERSEDED


def test_the_requirement_decides_what_a_later_end_means(world: World) -> None:
    def told(kind: Kind, until: date | None) -> tuple[Attention, ...]:
        question = Question(date(2029, 1, 5), NOW, NOW, until, kind)
        return attention(asked(world, world.samples["withdrawn"].number, question))

    assert Attention.NOT_MET in told(Kind.PARTICIPATION, NOW.date())
    assert Attention.NOT_MET in told(Kind.EXECUTION, NOW.date())
    assert told(Kind.SCORING, NOW.date()) == ()
    assert told(Kind.DAY, None) == (Attention.CHANGED,)


def test_what_was_known_otherwise_then_is_told(world: World) -> None:
    question = Question(date(2029, 1, 10), NOW, NOW)

    assert Attention.KNOWN_LATER in attention(asked(world, world.samples["late"].number, question))


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (FieldOutcome.SAME, ()),
        (FieldOutcome.NOT_COMPARABLE, ()),
        (FieldOutcome.DIFFERENT, (Attention.DIFFERS,)),
        (FieldOutcome.NOT_FOUND, (Attention.FOREIGN,)),
    ],
)
def test_what_is_printed_otherwise_is_told(world: World, outcome: FieldOutcome, why: tuple[Attention, ...]) -> None:
    found = replace(asked(world, world.samples["active"].path), fields=printed(outcome))

    assert attention(found) == why


@pytest.mark.parametrize(
    ("finding", "why"),
    [
        (SealFinding.HOLDS, ()),
        (SealFinding.UNKNOWN_SIGNER, ()),
        (SealFinding.ALTERED, (Attention.SEAL,)),
        (SealFinding.CHANGED, (Attention.SEAL,)),
    ],
)
def test_a_seal_that_does_not_hold_is_told(world: World, finding: SealFinding, why: tuple[Attention, ...]) -> None:
    found = asked(world, world.samples["active"].path)
    seal = Seal("CN=Somebody", NOW, stamped=False, whole=True, finding=finding)
    sealed = replace(found.input, document=Document((), b"", 1, (seal,)))

    assert attention(replace(found, input=sealed)) == why


def test_a_document_of_several_certificates_is_told(world: World) -> None:
    found = asked(world, world.samples["active"].path)

    assert attention(replace(found, input=replace(found.input, certificates=2))) == (Attention.SEVERAL,)
