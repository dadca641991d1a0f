"""The fields of a document in words."""

from verifier.document import Field, FieldOutcome, Reason
from verifier.document_text import field_lines
from verifier.tone import Tone

SAME = Field("number", "7K3M", "7K3M", FieldOutcome.SAME)
MISSING = Field("valid_until", "", "2029-08-01", FieldOutcome.NOT_FOUND)


def test_every_outcome_has_its_sentence() -> None:
    fields = (
        SAME,
        MISSING,
        Field("profile", "Team leader", "Operatore", FieldOutcome.DIFFERENT),
        *(Field("name", "x", "y", FieldOutcome.NOT_COMPARABLE, reason) for reason in Reason),
    )

    lines = list(field_lines(fields))[2:]

    assert [line.text for line in lines[:3]] == [
        "  same          number          7K3M",
        "  not found     last valid day  recorded is 2029-08-01",
        "  DIFFERENT     profile         it shows Team leader, recorded is Operatore",
    ]
    assert [line.tone for line in lines[:3]] == [Tone.GOOD, Tone.UNKNOWN, Tone.BAD]
    assert len({line.text for line in lines[3:]}) == len(Reason)
    assert {line.tone for line in lines[3:]} == {Tone.UNKNOWN}


def test_a_document_of_another_kind_gets_one_sentence() -> None:
    *_, last = field_lines((MISSING,))

    assert last.text == "  The document does not look like a certificate of this registry: only its code was checked."


def test_without_fields_nothing_is_said() -> None:
    assert list(field_lines(())) == []
