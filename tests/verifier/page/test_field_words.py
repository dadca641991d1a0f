from flask.testing import FlaskClient

from verifier.document import Field, FieldOutcome, Reason
from verifier.page import field_words, seal_words
from verifier.page.field_words import field_lines
from verifier.seal import SealFinding
from verifier.tone import Tone


def test_every_outcome_and_reason_has_words() -> None:
    assert field_words._OUTCOMES.keys() == set(FieldOutcome)
    assert field_words._REASONS.keys() == set(Reason)
    assert seal_words._FINDINGS.keys() == set(SealFinding)


def test_what_differs_stands_first_and_only_the_same_is_green(client: FlaskClient) -> None:
    fields = [
        Field(name, "a", "2029-02-01", outcome) for name, outcome in zip(field_words.FIELDS, FieldOutcome, strict=False)
    ]

    with client.application.test_request_context("/?lang=en"):
        lines = field_lines(fields)

    assert lines[0].tone is Tone.BAD
    assert [line.name for line in lines if line.tone is Tone.GOOD] == [fields[0].name]
    assert lines[0].recorded == "1 February 2029"
