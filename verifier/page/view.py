"""From a report to what the page shows: which headline, which notices, which check with which outcome."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from flask_babel import format_date, format_datetime, gettext

from verifier.accreditation import Accreditation, Coverage
from verifier.page.check_words import BROWSER_CHECKS, CHECK_WORDS, CheckWords
from verifier.page.words import (
    ACCREDITATION_EVENTS,
    BROWSER_STATES,
    CAUSES,
    CONDITIONS,
    COVERAGES,
    EVENTS,
    HEADLINES,
    OTHER_PROFILE,
    PERIOD_HEADLINES,
    STATES,
    Headline,
    Tone,
)
from verifier.report import CHECKS, TOKEN_CHECKS, Answer, Check, Origin, Outcome, Report, Verdict
from verifier.status import Condition, Standing, State


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


def result_key(report: Report) -> str:
    """Which headline a report gets."""
    match report.verdict:
        case Verdict.IN_FORCE:
            accredited = report.answers[0].accreditation
            if accredited.leaves_profile_out:
                return "accreditation_other_profile"
            if accredited.coverage is not Coverage.COVERED:
                return f"accreditation_{accredited.coverage}"
            return "in_force_so_far" if report.question.so_far else "in_force"
        case Verdict.NOT_IN_FORCE:
            return _state_key(report.answers[0])
        case Verdict.FORGED:
            return "forged" if _failed(report) in {*TOKEN_CHECKS, "number"} else "altered"
        case verdict:
            return str(verdict)


def _state_key(answer: Answer) -> str:
    if answer.only_claimed:
        return "not_proven"
    # What the old body annulled may still be in force at the new one.
    annulled_before = answer.origin is not None and answer.standing.state is State.ANNULLED
    return "origin_annulled" if annulled_before else str(answer.standing.state)


def _failed(report: Report) -> str:
    return next((check.name for check in report.checks if check.outcome is Outcome.FAILED), "")


def show_result(key: str, standing: Standing | None = None, alone: str = "") -> Result:
    """A headline in the language of the request, with the standing's days and the number's own answer in it."""
    return _result(key, HEADLINES[key], standing, alone)


def _result(key: str, words: Headline, standing: Standing | None, alone: str = "") -> Result:
    return Result(key, words.tone, str(words.title), str(words.text) % {**_days(standing), "alone": alone})


def _headline(key: str, report: Report) -> Headline:
    of_period = {} if report.question.until is None else PERIOD_HEADLINES
    return of_period.get(key, HEADLINES[key])


def report_result(report: Report) -> Result:
    """The big result of a report."""
    key, standing = result_key(report), report.answers[0].standing if report.answers else None
    return _result(key, _headline(key, report), standing)


def browser_results(report: Report) -> Mapping[str, Result]:
    """What the browser may turn the page of a report to, by name."""
    alone = report_result(report).title
    return {key: _result(key, _headline(key, report), None, alone) for key in BROWSER_STATES}


_DAYS: Final = ("since", "valid_until", "deadline", "granted_on", "maintenance_due_on", "proven_from")


def _days(standing: Standing | None) -> dict[str, str]:
    return {name: long_day(getattr(standing, name, None)) for name in _DAYS}


def long_day(day: date | None) -> str:
    """A day as people write it in the language of the request; a dash for none."""
    return "–" if day is None else str(format_date(day, "d MMMM yyyy"))


def rome_time(at: datetime) -> str:
    """An instant as clocks in Rome showed it."""
    return str(format_datetime(at, "d MMMM yyyy, HH:mm"))


def notices(report: Report) -> list[str]:
    """What is to be said beside the state: conditions, and what was known then where it differs."""
    if not report.answers:
        return []
    answer = report.answers[0]
    found = [str(CONDITIONS[c]) % _days(answer.standing) for c in answer.standing.conditions if c is not _SCHEDULED]
    so_far = [str(_headline("in_force_so_far", report).text)] if report.question.so_far else []
    return [
        *so_far,
        *found,
        *_transfers(report),
        *_scheduled(report),
        *_known_then(report),
        *_through(report),
        *_without_effect(report),
    ]


def _transfers(report: Report) -> Iterable[str]:
    """Which body answers for the day, and where the certification comes from or went."""
    then = body_then(report)
    if then is not None:
        yield gettext("On this day it was held at %(body)s, which answers for it.", body=then.body_name)
    for origin in report.origins:
        day = long_day(origin.handed_over_on)
        yield gettext("It was taken over from %(body)s on %(day)s, with all its days.", body=origin.body_name, day=day)
    if report.facts is not None and report.facts.receiver is not None:
        yield gettext("It goes on at %(body)s.", body=report.facts.receiver_name or report.facts.receiver)


def body_then(report: Report) -> Origin | None:
    """What the certification goes on from, where that answers for the day asked."""
    place = report.answers[0].origin if report.answers else None
    return None if place is None else report.origins[place]


_SCHEDULED: Final = Condition.CHANGE_SCHEDULED


def _scheduled(report: Report) -> Iterable[str]:
    if _SCHEDULED not in report.answers[0].standing.conditions:
        return
    for _, event_type, effective_on, _ in report.to_come():
        event = str(EVENTS[event_type])
        yield gettext("Already recorded for %(day)s: %(event)s.", day=long_day(effective_on), event=event)


def _known_then(report: Report) -> Iterable[str]:
    now, *others = report.answers
    for then in others:
        if then.standing.state is not now.standing.state:
            yield gettext(
                "As known at the end of that day: %(then)s. As known now: %(now)s.",
                then=str(STATES[then.standing.state]),
                now=str(STATES[now.standing.state]),
            )
        if then.accreditation.coverage is not now.accreditation.coverage:
            yield gettext(
                "The accreditation as known at the end of that day: %(then)s. As known now: %(now)s.",
                then=str(COVERAGES[then.accreditation.coverage]),
                now=str(COVERAGES[now.accreditation.coverage]),
            )


def _through(report: Report) -> Iterable[str]:
    for found in report.differences:
        yield gettext(
            "The answers differ through entry %(index)s of the log, “%(event)s” (counts from %(day)s, recorded on"
            " %(at)s): %(cause)s.",
            index=found.index,
            event=str({**EVENTS, **ACCREDITATION_EVENTS}[found.type]),
            day=long_day(found.effective_on),
            at=rome_time(found.recorded_at),
            cause=str(CAUSES[found.cause]),
        )


def _without_effect(report: Report) -> Iterable[str]:
    standing, events = report.answers[0].standing, report.events(report.answers[0])
    for sequence in standing.left_out:
        index, event_type, effective_on, _ = events[sequence - 1]
        yield gettext(
            "“%(event)s” of %(day)s (entry %(index)s) was taken back by an appeal that was upheld.",
            event=str(EVENTS[event_type]),
            day=long_day(effective_on),
            index=index,
        )
    for sequence in standing.without_effect:
        index, event_type, effective_on, _ = events[sequence - 1]
        yield gettext(
            "“%(event)s” of %(day)s (entry %(index)s) has no effect: nothing was left that it could act on.",
            event=str(EVENTS[event_type]),
            day=long_day(effective_on),
            index=index,
        )


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
    """The text of that language, else any, else ``otherwise``."""
    return texts.get(language) or next(iter(texts.values()), otherwise)


def safe_link(website: str) -> str | None:
    """A web address that may become a link: nothing but http and https."""
    return website if website.startswith(("https://", "http://")) else None
