"""From a report to what the page shows: the big result, and every check with its outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from verifier.accreditation import Accreditation
from verifier.headline import unmet
from verifier.page.answer_key import of_every_day, result_key
from verifier.page.check_words import BROWSER_CHECKS, CHECK_WORDS, UNCHECKED, CheckWords
from verifier.page.day import standing_days
from verifier.page.sentence import answer_sentence
from verifier.page.words import (
    BROWSER_STATES,
    COVERAGES,
    HEADLINES,
    OTHER_PROFILE,
    PERIOD_HEADLINES,
    Headline,
)
from verifier.report import CHECKS, Answer, Check, Outcome, Report
from verifier.status import Standing
from verifier.tone import Tone


@dataclass(frozen=True, slots=True)
class Result:
    """The big result: ``key`` names it for style and script; every text is translated."""

    key: str
    tone: Tone
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One check as shown: its name, its outcome, translated words, and the raw reason for experts.

    ``resting`` says that it was not made only because an earlier one did not pass.
    """

    name: str
    outcome: Outcome
    label: str
    text: str
    reason: str = ""
    resting: bool = False


def show_result(key: str, standing: Standing | None = None, alone: str = "") -> Result:
    """A headline in the language of the request, with the standing's days and the number's own answer in it."""
    return _result(key, HEADLINES[key], standing, alone)


def _result(key: str, words: Headline, standing: Standing | None, alone: str = "") -> Result:
    return Result(key, words.tone, str(words.title), str(words.text) % {**standing_days(standing), "alone": alone})


def _headline(key: str, report: Report) -> Headline:
    of_period = PERIOD_HEADLINES if of_every_day(report) else {}
    return of_period.get(key, HEADLINES[key])


def report_result(report: Report, now: Report | None = None) -> Result:
    """The big result of a report; ``now`` is the one for today, where another day was asked for."""
    key, standing = result_key(report, now), report.answers[0].standing if report.answers else None
    genuine = report.token is not None and key == "in_force"
    result = _result("genuine" if genuine else key, _headline(key, report), standing)
    if key == "could_not_be_checked":
        return replace(result, text=_unchecked(report, result.text))
    if standing is None or key == "superseded":
        return result
    result = replace(result, title=answer_sentence(report, now, genuine=genuine))
    return replace(result, tone=Tone.BAD) if unmet(report) else result


def number_sentence(report: Report, now: Report | None = None) -> str:
    """What the registry says of the number, and not a word of the document that was presented."""
    return answer_sentence(report, now) if report.answers else report_result(report, now).title


def browser_results(report: Report, now: Report | None = None) -> Mapping[str, Result]:
    """What the browser may turn the page of a report to, by name."""
    alone = report_result(report, now).title
    found = {key: _result(key, _headline(key, report), None, alone) for key in BROWSER_STATES}
    if report.answers:
        found["genuine"] = replace(found["genuine"], title=answer_sentence(report, now, genuine=True))
    return found


def _unchecked(report: Report, otherwise: str) -> str:
    """Why there is no answer, by the check that did not pass."""
    stopped = next(check for check in report.checks if check.outcome is not Outcome.PASSED)
    cause = "unreadable" if stopped.outcome is Outcome.FAILED else stopped.name
    return str(UNCHECKED.get(cause, otherwise))


def coverage_words(accreditation: Accreditation) -> str:
    """Whether the body was accredited, in words; a reduced accreditation may leave just this profile out."""
    return str(OTHER_PROFILE if accreditation.leaves_profile_out else COVERAGES[accreditation.coverage])


def same_then(report: Report) -> bool:
    """Whether the answer was the same by what was known at the end of a day that is over."""
    if len(report.answers) < 2 or report.differences:
        return False
    return len({_gist(answer) for answer in report.answers}) == 1


def _gist(answer: Answer) -> tuple[str, str]:
    return answer.standing.state, answer.accreditation.coverage


def check_lines(report: Report) -> list[Line]:
    """Every check in order; those of a token are there too, unmade where none was presented."""
    made = {check.name: check for check in report.checks}
    stopped_by = next((check.name for check in report.checks if check.outcome is not Outcome.PASSED), None)
    return [_line(name, made.get(name), CHECK_WORDS[name], stopped_by) for name in CHECKS]


def browser_lines() -> list[Line]:
    """The checks that only the browser makes, before it has made them."""
    return [_line(name, None, words) for name, words in BROWSER_CHECKS.items()]


def _line(name: str, check: Check | None, words: CheckWords, stopped_by: str | None = None) -> Line:
    outcome = Outcome.NOT_CHECKED if check is None else check.outcome
    resting = check is not None and outcome is Outcome.NOT_CHECKED and name != stopped_by
    reason = "" if check is None else check.reason
    return Line(name, outcome, str(words.label), _outcome_text(words, outcome), reason, resting)


def check_text(name: str, outcome: Outcome) -> str:
    """The sentence for one outcome of the check of that name."""
    return _outcome_text({**CHECK_WORDS, **BROWSER_CHECKS}[name], outcome)


def _outcome_text(words: CheckWords, outcome: Outcome) -> str:
    match outcome:
        case Outcome.PASSED:
            return str(words.passed)
        case Outcome.FAILED:
            return str(words.failed)
        case _:
            return str(words.not_checked)


def in_language(texts: Mapping[str, str], language: str, otherwise: str) -> str:
    """The text of that language, else the English one, else any, else ``otherwise``."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), otherwise)


def safe_link(website: str) -> str | None:
    """A web address that may become a link: nothing but http and https."""
    return website if website.startswith(("https://", "http://")) else None
