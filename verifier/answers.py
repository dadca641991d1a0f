"""The answers of one call of the command line: a report on each input, as text or JSON, and one exit code for all."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from verifier.bundle import Bundle
from verifier.certificate import parse_token
from verifier.encoding import Json, format_instant, legal_day
from verifier.errors import FormatError, NotFoundError, UnavailableError
from verifier.fetch import Source, fetch_bundle
from verifier.inputs import Input
from verifier.presented import Presented
from verifier.report import ExitCode, Question, Report
from verifier.report_json import format_report
from verifier.report_text import Line, headline, report_lines
from verifier.report_words import Tone
from verifier.trust import TrustRoot
from verifier.verify import verify

# What several answers come to: the gravest of them, first in this order.
_GRAVITY: Final = (
    ExitCode.FAILED,
    ExitCode.BAD_INPUT,
    ExitCode.NOT_CHECKED,
    ExitCode.NOT_IN_FORCE,
    ExitCode.IN_FORCE,
)
_BAD_INPUT: Final = "BAD INPUT"


@dataclass(frozen=True, slots=True)
class Means:
    """What every answer of one call rests on; ``bundles`` are by name, ``source`` is where to ask for others."""

    trust: TrustRoot
    question: Question
    bundles: Mapping[str, Bundle]
    source: Source | None


@dataclass(frozen=True, slots=True)
class Answer:
    """An input and the report on it, or the error that it is; ``today`` answers for today, if that was not asked.

    ``bundle`` is what the report rests on, where it could be had and was wanted.
    """

    input: Input
    report: Report | FormatError
    today: Report | None = None
    bundle: Bundle | None = field(default=None, repr=False)

    @property
    def exit_code(self) -> ExitCode:
        """What it comes to."""
        return self.report.exit_code if isinstance(self.report, Report) else ExitCode.BAD_INPUT


def answer(one: Input, means: Means) -> Answer:
    """Check what an input presents."""
    presented = one.presented
    if isinstance(presented, FormatError):
        return Answer(one, presented)
    found: list[Bundle] = []

    def obtain() -> Bundle:
        if not found:
            found.append(_obtain(presented, means))
        return found[0]

    ask = partial(verify, means.trust, obtain=obtain, number=presented.number, token=presented.token)
    report, now = ask(question=means.question), means.question.now
    today = Question(legal_day(now), now, now)
    other_day = report.answers and today.on != means.question.on
    return Answer(one, report, ask(question=today) if other_day else None, found[0] if found else None)


def gravest(answers: Iterable[Answer]) -> ExitCode:
    """The exit code of a call with these answers."""
    return min((answer.exit_code for answer in answers), key=_GRAVITY.index)


def _obtain(presented: Presented, means: Means) -> Bundle:
    carried = presented.bundle
    # The bundle in a document is as old as the document; what the caller names, and the registry, know more.
    if carried is not None and presented.number is None:
        return carried
    for name in _names(presented):
        if name in means.bundles:
            return means.bundles[name]
    try:
        return _fetch(means.source, presented.number or "")
    except NotFoundError:
        raise
    except UnavailableError:
        if carried is None:
            raise
        return carried


def _fetch(source: Source | None, number: str) -> Bundle:
    if source is None:
        raise UnavailableError("no registry is named, and no bundle of this certificate is at hand")
    return fetch_bundle(source, number)


def _names(presented: Presented) -> Iterator[str]:
    """By what a bundle may be known: the number, or the digest of the token."""
    if presented.number is not None:
        yield presented.number
    if presented.token is not None:
        with suppress(FormatError):
            yield parse_token(presented.token).digest.hex()


def format_answer(answer: Answer) -> str:
    """An answer as one line of JSON, in ASCII, so that no terminal acts on what it quotes."""
    one, report = answer.input, answer.report
    said: dict[str, Json] = {"input": {"name": one.name, "page": one.page, "certificates": one.certificates}}
    if isinstance(report, Report):
        said |= format_report(report)
    else:
        said |= {"v": 1, "verdict": None, "exit_code": int(answer.exit_code), "error": str(report)}
    return json.dumps(said, sort_keys=True)


def answer_lines(answers: Sequence[Answer], means: Means, trust_root: str) -> Iterator[Line]:
    """The answers as text; ``trust_root`` names the file that says whom to believe."""
    for answer in answers:
        if isinstance(answer.report, Report):
            yield from _one(answer, answer.report, means, trust_root)
            if len(answers) > 1:
                yield from (Line("-" * 80), Line())
    if len(answers) > 1:
        yield from _summary(answers)


def _one(answer: Answer, report: Report, means: Means, trust_root: str) -> Iterator[Line]:
    one = answer.input
    yield from report_lines(report, means.trust.policy.snapshot_max_age, answer.today)
    yield Line()
    yield Line(f"Checked: {one.place}, at {format_instant(report.question.now)}, with the trust root {trust_root}.")
    if one.certificates > 1:
        several = f"! The document shows the codes of {one.certificates} certificates. This is the answer for one."
        yield Line(several, Tone.CAUTION)


def _summary(answers: Sequence[Answer]) -> Iterator[Line]:
    yield Line(f"{len(answers)} answers", Tone.HEADING)
    shown = [(*_verdict(answer), answer.input.place) for answer in answers]
    width = max(len(title) for title, _, _ in shown)
    for title, tone, place in shown:
        yield Line(f"  {title.ljust(width)}  {place}", tone)


def _verdict(answer: Answer) -> tuple[str, Tone]:
    if isinstance(answer.report, FormatError):
        return _BAD_INPUT, Tone.UNKNOWN
    words = headline(answer.report)
    return words.title, words.tone
