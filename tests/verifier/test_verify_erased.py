"""An erased certification: by number the answer is only that; a document proves what it proved, and no host can lie."""

import json
from dataclasses import replace

import pytest

from keys.signer import Signer
from keys.signing import sign_token
from tests.verifier.story import (
    BEGIN,
    BODY,
    CERTIFICATION,
    EDITION,
    EVENTS,
    NUMBER,
    NUMBER_DISCLOSURE,
    OTHER_NUMBER,
    PROFILE,
    STRANGER,
    TOKEN,
    TOKENS,
    Impostor,
    Story,
    granted,
    saying,
    told,
)
from verifier.bundle import Bundle
from verifier.certificate import parse_token
from verifier.encoding import format_day
from verifier.errors import FormatError
from verifier.opened import bundle_names
from verifier.report import CHECKS, ExitCode, Outcome, Report, Verdict
from verifier.report_json import format_report
from verifier.report_text import report_lines

ERASED = "certification.personal_data_erased"


def erased(signer: Signer = EVENTS) -> Story:
    """A certification in force whose holder was erased, closed by a snapshot."""
    story = granted()
    story.add(CERTIFICATION, ERASED, signer)
    story.later(days=1)
    story.snapshot()
    return story


def nameless(story: Story) -> Bundle:
    """The bundle as the registry publishes it then."""
    return story.bundle_with("certification", lambda record: replace(record, disclosures=()))


def outcomes(report: Report) -> dict[str, Outcome]:
    return {check.name: check.outcome for check in report.checks if check.outcome is not Outcome.PASSED}


def everything_said(report: Report) -> str:
    return json.dumps(format_report(report)) + "\n".join(line.text for line in report_lines(report, 86400))


@pytest.mark.parametrize("number", [NUMBER, None])
def test_by_number_alone_the_answer_is_only_that_it_was_erased(number: str | None) -> None:
    story = erased()

    report = story.verify(nameless(story), number=number)

    assert (report.verdict, report.exit_code, report.erased) == (Verdict.ERASED, ExitCode.NOT_CHECKED, True)
    assert outcomes(report) == {"number": Outcome.NOT_CHECKED}
    assert "the registry's word" in report.check("number").reason
    assert not report.trusted


@pytest.mark.parametrize("disclosures", [(), (NUMBER_DISCLOSURE,)])
def test_no_day_no_profile_and_no_body_is_told_by_number_though_a_host_kept_the_disclosure(
    disclosures: tuple[str, ...],
) -> None:
    story = erased()
    bundle = story.bundle_with("certification", lambda record: replace(record, disclosures=disclosures))

    report = story.verify(bundle, number=NUMBER)

    assert report.verdict is Verdict.ERASED
    assert (report.answers, report.facts, report.evidence, report.token) == ((), None, None, None)
    for told_of in (PROFILE, BODY, EDITION, format_day(BEGIN.date()), "2029-03-09"):
        assert told_of not in everything_said(report)


def test_in_words_it_is_neither_a_yes_nor_a_no_and_says_what_would_help() -> None:
    story = erased()

    first, *rest = [line.text for line in report_lines(story.verify(nameless(story), number=NUMBER), 86400)]

    assert first == "ERASED"
    assert rest[0].endswith("This is neither a yes nor a no.")
    assert rest[-1].startswith("What would help: the certificate itself.")


def test_a_document_proves_its_number_and_is_answered_as_ever() -> None:
    story = erased()

    report = story.verify(nameless(story), number=NUMBER, token=TOKEN)

    assert (report.verdict, report.exit_code, report.trusted) == (Verdict.IN_FORCE, ExitCode.IN_FORCE, True)
    assert [check.name for check in report.checks] == list(CHECKS)
    assert report.erased
    assert report.facts is not None
    assert report.facts.number == NUMBER
    assert any("erased the holder's data" in line.text for line in report_lines(report, 86400))


def test_a_document_is_answered_alike_before_and_after_but_for_the_erasure() -> None:
    before, after = told().verify(token=TOKEN), (story := erased()).verify(nameless(story), token=TOKEN)

    assert (before.verdict, before.erased) == (Verdict.IN_FORCE, False)
    assert before.answers[0].standing == after.answers[0].standing


def test_a_bundle_of_before_proves_what_it_proved() -> None:
    before = told()

    report = before.verify(number=NUMBER)

    assert (report.verdict, report.erased, report.trusted) == (Verdict.IN_FORCE, False, True)


@pytest.mark.parametrize(
    "token",
    [
        sign_token(TOKENS, saying(name="Mario Rossi")),
        sign_token(TOKENS, saying(number=OTHER_NUMBER)),
        sign_token(STRANGER, saying()),
        sign_token(Impostor(TOKENS.public_key), saying()),
    ],
    ids=["another name", "another number", "a stranger's key", "a stranger's signature"],
)
def test_a_forged_document_of_an_erased_certification_is_forged(token: bytes) -> None:
    story = erased()

    report = story.verify(nameless(story), token=token)

    assert (report.verdict, report.exit_code) == (Verdict.FORGED, ExitCode.FAILED)
    assert report.check("number").outcome is not Outcome.PASSED


def test_a_document_beside_another_number_is_refused() -> None:
    story = erased()

    report = story.verify(nameless(story), number=OTHER_NUMBER, token=TOKEN)

    assert report.verdict is Verdict.FORGED


def test_a_record_that_names_no_number_and_was_not_erased_is_refused() -> None:
    story = told()

    report = story.verify(nameless(story), number=NUMBER)

    assert report.verdict is Verdict.FORGED
    assert report.check("number").reason == "the record discloses no number that the grant holds"


@pytest.mark.parametrize("signer", [STRANGER, Impostor(EVENTS.public_key)], ids=["a stranger", "in the body's name"])
def test_an_erasure_that_the_body_did_not_sign_erases_nothing(signer: Signer) -> None:
    story = erased(signer)

    report = story.verify(nameless(story), number=NUMBER)

    assert report.verdict is Verdict.FORGED
    assert report.check("signatures").outcome is Outcome.FAILED


def test_an_erasure_does_not_hide_that_the_record_breaks_the_rules() -> None:
    story = granted()
    story.add(CERTIFICATION, "certification.reinstated", _sd=["A" * 43, "B" * 43], _sd_alg="sha-256")
    story.add(CERTIFICATION, ERASED)
    story.later(days=1)
    story.snapshot()

    report = story.verify(nameless(story), number=NUMBER)

    assert report.verdict is Verdict.FORGED
    assert outcomes(report)["rules"] is Outcome.FAILED


def test_an_erasure_that_is_left_out_of_the_record_is_missed() -> None:
    story = erased()
    cut = story.bundle_with(
        "certification", lambda record: replace(record, entries=dict(list(record.entries.items())[:-1]))
    )

    report = story.verify(cut, number=NUMBER)

    assert report.verdict is Verdict.FORGED
    assert report.check("complete").outcome is Outcome.FAILED


def test_old_proofs_of_an_erasure_say_nothing_about_now() -> None:
    story = erased()
    story.at = story.at.replace(year=2027)

    report = story.verify(nameless(story), number=NUMBER)

    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_a_bundle_is_found_by_its_number_or_once_erased_by_its_documents() -> None:
    story = erased()

    assert bundle_names(story.bundle()) == (NUMBER,)
    assert bundle_names(nameless(story)) == (parse_token(TOKEN).digest.hex(),)
    with pytest.raises(FormatError, match=r"^the record discloses no number that the grant holds$"):
        bundle_names(nameless(told()))
