"""The typesetter ends with its pack, and says why where there is none."""

import json
import re

import pytest

import verifier.pack.typesetter
from verifier.errors import FormatError, UnavailableError
from verifier.pack.typesetter import TEMPLATE, typeset_pdf


def test_what_the_template_does_not_understand_is_no_pack() -> None:
    with pytest.raises(FormatError, match=r"^the pack cannot be typeset: "):
        typeset_pdf(json.dumps({}), "{}", 0)


def test_too_slow_is_no_verdict_on_a_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier.pack.typesetter, "SECONDS", 0.01)

    with pytest.raises(UnavailableError, match=r"within 0\.01 seconds"):
        typeset_pdf("{}", "{}", 0)


def test_what_is_laid_out_for_each_answer_does_not_refer_to_all_of_them() -> None:
    # A function in a loop is hashed with all that it refers to: for 5,000 answers that were minutes.
    _, _, loop = TEMPLATE.read_text(encoding="utf-8").partition("#for one in d.details {")
    body, end, _ = loop.partition("\n}\n")

    assert end
    assert re.findall(r"\bd\.", body) == []
