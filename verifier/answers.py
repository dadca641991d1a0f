"""The answers to what is handed in, for page, pack and command line: a report on each, and one exit code for all."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from verifier.bundle import Bundle
from verifier.certificate import parse_token
from verifier.document import Field, compare, differing, foreign, several
from verifier.document_text import field_lines
from verifier.encoding import Json, format_instant, legal_day
from verifier.errors import FormatError, NotFoundError, UnavailableError
from verifier.fetch import Source, fetch_bundle
from verifier.head import check_grown
from verifier.inputs import Input
from verifier.presented import Presented
from verifier.report import EXIT_CODES, ExitCode, Outcome, Question, Report, Verdict
from verifier.report_json import format_report
from verifier.report_text import Line, headline, report_lines
from verifier.report_words import HEADLINES, Headline
from verifier.seal import format_seal
from verifier.seal_text import seal_lines
from verifier.titles import find_titles
from verifier.tone import Tone
from verifier.trust import TrustRoot
from verifier.verify import examine, judge

# What several answers come to: the gravest of them, first in this order.
_GRAVITY: Final = (
    ExitCode.FAILED,
    ExitCode.BAD_INPUT,
    ExitCode.NOT_CHECKED,
    ExitCode.NOT_IN_FORCE,
    ExitCode.IN_FORCE,
)
_BAD_INPUT: Final = "BAD INPUT"
_HEADLINE_LINES: Final = 2
_ONLY_CODE: Final = "! What is printed beside the code was not compared with the record: go by what is written here."


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

    ``bundle`` is what the report rests on, where it could be had and was wanted. ``fields`` are those of the document,
    held against the record; none where its text could not be had or its code is not believed.
    """

    input: Input
    report: Report | FormatError
    today: Report | None = None
    bundle: Bundle | None = field(default=None, repr=False)
    fields: tuple[Field, ...] = field(default=(), repr=False)

    @property
    def edited(self) -> bool:
        """Whether the document shows another thing than what was recorded, though its code is genuine."""
        return bool(differing(self.fields))

    @property
    def unsealed(self) -> bool:
        """Whether the document was altered after it was sealed, as a seal of it shows."""
        document = self.input.document
        return document is not None and any(seal.outcome is Outcome.FAILED for seal in document.checked)

    @property
    def doubtful(self) -> bool:
        """Whether the page shows what was not compared with the record, so that it has to be looked at."""
        document = self.input.document
        drawn = document is not None and document.drawn
        return bool(self.fields) and (drawn or foreign(self.fields) or several(self.fields))

    @property
    def uncompared(self) -> bool:
        """Whether nothing that a document shows beside its code could be compared, as of a photo."""
        return self.input.document is not None and not self.fields

    @property
    def verdict(self) -> Verdict | None:
        """The report's verdict, but for a document that was edited or unsealed; None for what is nothing to check."""
        if not isinstance(self.report, Report):
            return None
        return Verdict.FORGED if self.edited or self.unsealed else self.report.verdict

    @property
    def exit_code(self) -> ExitCode:
        """What it comes to; of a page that has to be looked at nothing is proven by its code alone."""
        code = ExitCode.BAD_INPUT if self.verdict is None else EXIT_CODES[self.verdict]
        return ExitCode.NOT_CHECKED if self.doubtful and code is ExitCode.IN_FORCE else code


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

    examined = examine(means.trust, obtain, presented.number, presented.token)
    report, now = judge(examined, means.question), means.question.now
    today = Question(legal_day(now), now, now)
    other_day = report.answers and today.on != means.question.on
    bundle = found[0] if found else None
    fields = _compared(one, report, bundle, means)
    return Answer(one, report, judge(examined, today) if other_day else None, bundle, fields)


def _compared(one: Input, report: Report, bundle: Bundle | None, means: Means) -> tuple[Field, ...]:
    lines = () if one.document is None else one.document.lines
    return compare(lines, report, find_titles(means.source, bundle)) if lines else ()


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
        return _fetch(means.source, presented.number or "", means.trust)
    except NotFoundError:
        raise
    except UnavailableError:
        if carried is None:
            raise
        return carried


def _fetch(source: Source | None, number: str, trust: TrustRoot) -> Bundle:
    if source is None:
        raise UnavailableError("no registry is named, and no bundle of this certificate is at hand")
    bundle = fetch_bundle(source, number)
    check_grown(bundle.checkpoint, trust)
    return bundle


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
        said |= {"verdict": str(answer.verdict), "exit_code": int(answer.exit_code)}
        said["fields"] = [_field(found) for found in answer.fields] if answer.fields else None
        said["doubtful"] = answer.doubtful
        said["seals"] = None if one.document is None else [format_seal(seal) for seal in one.document.checked]
    else:
        said |= {"v": 1, "verdict": None, "exit_code": int(answer.exit_code), "error": str(report)}
    return json.dumps(said, sort_keys=True)


def _field(found: Field) -> Json:
    return {
        "name": found.name,
        "shown": found.shown,
        "recorded": found.recorded,
        "outcome": str(found.outcome),
        "reason": None if found.reason is None else str(found.reason),
    }


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
    overruling = _overruling(answer)
    if overruling is not None:
        yield from (Line(overruling.title, overruling.tone), Line(overruling.text), *_of_document(answer))
    lines = report_lines(report, means.trust.policy.snapshot_max_age, answer.today)
    if overruling is not None:
        # The headline of what the code names would read like a word for the edited document.
        lines = islice(lines, _HEADLINE_LINES, None)
    elif (words := _headline(answer, report)).title != headline(report).title:
        first, _, *others = lines
        asked = first.text.removeprefix(headline(report).title)
        lines = iter((Line(words.title + asked, words.tone), Line(words.text), *others))
    yield from lines
    if overruling is None:
        yield from _of_document(answer)
    yield Line()
    yield Line(f"Checked: {one.place}, at {format_instant(report.question.now)}, with the trust root {trust_root}.")
    if one.certificates > 1:
        several = f"! The document shows the codes of {one.certificates} certificates. This is the answer for one."
        yield Line(several, Tone.CAUTION)


def _overruling(answer: Answer) -> Headline | None:
    """What is said in place of the report's headline, where the document is not what its code says."""
    if answer.edited:
        return HEADLINES["edited"]
    return HEADLINES["unsealed"] if answer.unsealed else None


def _headline(answer: Answer, report: Report) -> Headline:
    """The report's headline; nothing is simply good of a page that has to be looked at."""
    words = headline(report, answer.today)
    return HEADLINES["to_compare"] if answer.doubtful and headline(report).tone is Tone.GOOD else words


def _of_document(answer: Answer) -> Iterator[Line]:
    report = answer.report
    if answer.uncompared and isinstance(report, Report) and report.token is not None and report.answers:
        yield from (Line(), Line(_ONLY_CODE, Tone.CAUTION))
    yield from field_lines(answer.fields)
    yield from seal_lines(() if answer.input.document is None else answer.input.document.checked)


def _summary(answers: Sequence[Answer]) -> Iterator[Line]:
    yield Line(f"{len(answers)} answers", heading=True)
    shown = [(*_verdict(answer), answer.input.place) for answer in answers]
    width = max(len(title) for title, _, _ in shown)
    for title, tone, place in shown:
        yield Line(f"  {title.ljust(width)}  {place}", tone)


def _verdict(answer: Answer) -> tuple[str, Tone]:
    if isinstance(answer.report, FormatError):
        return _BAD_INPUT, Tone.UNKNOWN
    words = _overruling(answer) or _headline(answer, answer.report)
    return words.title, words.tone
