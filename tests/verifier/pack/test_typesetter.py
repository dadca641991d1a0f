"""The typesetter ends with its pack, and says why where there is none."""

import json

import pytest

import verifier.pack.typesetter
from verifier.errors import FormatError, UnavailableError
from verifier.pack.typesetter import typeset_pdf


def test_what_the_template_does_not_understand_is_no_pack() -> None:
    with pytest.raises(FormatError, match=r"^the pack cannot be typeset: "):
        typeset_pdf(json.dumps({}), "{}", 0)


def test_too_slow_is_no_verdict_on_a_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier.pack.typesetter, "SECONDS", 0.01)

    with pytest.raises(UnavailableError, match=r"within 0\.01 seconds"):
        typeset_pdf("{}", "{}", 0)
