"""Every error has its status, a code of its own and one sentence; a trouble of the registry's own tells no more."""

import logging
import re
from pathlib import Path
from typing import Final

import pytest
from flask import Flask

import keys.errors
import registry.domain.errors
import registry.errors
import verifier.errors
from registry.api.problem import answer_problems, code_of
from verifier.errors import AttestoError

MODULES: Final = (verifier.errors, keys.errors, registry.errors, registry.domain.errors)
ERRORS: Final = {
    kind
    for module in MODULES
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, AttestoError)
}
# What no request can meet.
NOT_OVER_HTTP: Final = {
    "setting", "csv", "exam-stands", "consent", "reduction", "edition-overlap",
}  # fmt: skip
# What is a fault of ours, or of the machine's: whoever asks can do nothing about it.
OURS: Final = {
    "AttestoError", "KeysError", "StoreError", "TamperedError", "SealError", "TokenError", "KeyFileError",
    "PassphraseError", "ProofError", "ChainError", "TrustError", "UnknownBodyError", "UnavailableError",
    "NotFoundError", "AlteredError", "SealingError",
}  # fmt: skip
SECRET: Final = "postgresql://attesto@db"
STATUSES: Final = {
    "UnknownError": 404, "ForeignError": 403, "IdempotencyError": 422, "StaleError": 409, "TransitionError": 409,
    "FourEyesError": 422, "SuspensionError": 422, "ConflictError": 409, "KeyMissingError": 409,
    "KeyNotInForceError": 409, "SignatureError": 409,
    "ErasedError": 410, "KeysElsewhereError": 409,
    "HolderErasedError": 410, "FormatError": 400, "StoreUnavailableError": 503, "CommitUnknownError": 503,
    "ForkError": 503, "TamperedError": 500, "SealError": 500,
}  # fmt: skip


def answer_to(error: Exception) -> tuple[int, dict[str, object], str]:
    app = Flask(__name__)
    answer_problems(app)

    @app.get("/")
    def fail() -> str:
        raise error

    answer = app.test_client().get("/")
    return answer.status_code, answer.get_json(force=True), answer.text


@pytest.mark.parametrize("kind", sorted(ERRORS, key=lambda kind: kind.__name__))
def test_no_error_leaves_without_status_code_and_sentence(kind: type[AttestoError]) -> None:
    status, problem, _ = answer_to(kind("one sentence"))

    assert 400 <= status < 600
    assert problem["code"] == code_of(kind(""))
    assert "\n" not in str(problem["detail"])


def test_no_error_is_called_a_fault_of_ours_unless_it_is_one() -> None:
    assert {kind.__name__ for kind in ERRORS if answer_to(kind("x"))[0] == 500} == OURS


def test_no_two_errors_share_a_code() -> None:
    assert len({code_of(kind("")) for kind in ERRORS}) == len(ERRORS)


@pytest.mark.parametrize(("name", "status"), STATUSES.items())
def test_an_error_has_the_status_that_is_documented(name: str, status: int) -> None:
    (kind,) = (kind for kind in ERRORS if kind.__name__ == name)

    assert answer_to(kind("one sentence"))[0] == status


def test_every_refusal_is_documented_by_its_code() -> None:
    text = (Path(__file__).parents[3] / "docs" / "formats" / "api.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"`([a-z-]+)`", text))
    leaves = [kind for kind in ERRORS if kind.__module__.startswith("registry.") and not kind.__subclasses__()]
    refusals = {code_of(kind("")) for kind in leaves if answer_to(kind("x"))[0] != 500} - NOT_OVER_HTTP

    assert refusals - documented == set()


def test_a_refusal_tells_its_sentence_and_a_trouble_keeps_its_own(caplog: pytest.LogCaptureFixture) -> None:
    refused = answer_to(registry.domain.errors.FourEyesError("DE-06 may not decide it"))
    trouble = answer_to(registry.errors.StoreUnavailableError(f"cannot connect to {SECRET}"))

    assert refused[1]["detail"] == "DE-06 may not decide it"
    assert SECRET not in trouble[2]
    assert SECRET in caplog.text


def test_a_commit_that_is_unknown_tells_to_repeat_with_the_same_key() -> None:
    _, problem, _ = answer_to(registry.errors.CommitUnknownError("the database stopped answering while committing"))

    assert "same Idempotency-Key" in str(problem["detail"])


def test_a_fault_of_ours_shows_no_trace_and_logs_no_content(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        status, problem, text = answer_to(ValueError("Zoë D'Angelo-Ñandú"))

    assert (status, problem["code"]) == (500, "internal-server-error")
    assert "Traceback" not in text
    assert "ValueError" not in text
    assert "ValueError" in caplog.text
    assert "in fail" in caplog.text
    assert "Zoë" not in caplog.text
