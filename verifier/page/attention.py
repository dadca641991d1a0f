"""Which lines of a batch somebody has to look at, and why: one rule, for the page, its table and its files."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from verifier.accreditation import Coverage
from verifier.answers import Answer
from verifier.document import foreign
from verifier.errors import FormatError
from verifier.page.answer_key import of_every_day, result_key
from verifier.report import Report, Requirement, Verdict
from verifier.status import Condition

# What is to be known of a certification in force before anything is built on it.
_GRAVE: Final = frozenset({
    Condition.MAINTENANCE_OVERDUE, Condition.MAINTENANCE_REFUSED, Condition.RECORDED_LATE, Condition.ORIGIN_ANNULLED,
})  # fmt: skip


class Attention(StrEnum):
    """Why a line needs a person's eyes, the gravest first; the last two come of other lines."""

    REFUSED = "refused"
    DIFFERS = "differs"
    FOREIGN = "foreign"
    SEAL = "seal"
    DRAWN = "drawn"
    UNREADABLE = "unreadable"
    UNCHECKED = "unchecked"
    NOT_MET = "not_met"
    SUPERSEDED = "superseded"
    ACCREDITATION = "accreditation"
    CONDITION = "condition"
    KNOWN_LATER = "known_later"
    CHANGED = "changed"
    SEVERAL = "several"
    TWO_BIDDERS = "two_bidders"
    TWICE = "twice"


_OF_VERDICT: Final = {
    Verdict.FORGED: Attention.REFUSED,
    Verdict.UNKNOWN_BODY: Attention.REFUSED,
    Verdict.WITHHELD: Attention.UNCHECKED,
    Verdict.NO_RECORD: Attention.UNCHECKED,
    Verdict.ERASED: Attention.UNCHECKED,
    Verdict.COULD_NOT_BE_CHECKED: Attention.UNCHECKED,
    Verdict.SUPERSEDED: Attention.SUPERSEDED,
}


def attention(answer: Answer) -> tuple[Attention, ...]:
    """Why an answer's own line needs attention; empty where it does not."""
    return tuple(dict.fromkeys(_reasons(answer)))


def _reasons(answer: Answer) -> Iterator[Attention]:
    report = answer.report
    if isinstance(report, FormatError):
        yield Attention.UNREADABLE
        return
    if answer.edited:
        yield Attention.DIFFERS
    if foreign(answer.fields):
        yield Attention.FOREIGN
    if answer.unsealed:
        yield Attention.SEAL
    if answer.doubtful and not foreign(answer.fields):
        yield Attention.DRAWN
    if report.verdict in _OF_VERDICT:
        yield _OF_VERDICT[report.verdict]
    elif report.requirement(report.question.kind) is Requirement.NOT_MET:
        yield Attention.NOT_MET
    if report.answers and report.answers[0].standing.in_force:
        yield from _of_standing(report)
    if result_key(report, answer.today) == "changed_since":
        yield Attention.CHANGED
    if answer.input.certificates > 1:
        yield Attention.SEVERAL


def _of_standing(report: Report) -> Iterator[Attention]:
    first = report.answers[0]
    if first.accreditation.coverage is not Coverage.COVERED or (report.uncovered and of_every_day(report)):
        yield Attention.ACCREDITATION
    if report.changes_to_come() or not _GRAVE.isdisjoint(report.conditions):
        yield Attention.CONDITION
    if report.differences:
        yield Attention.KNOWN_LATER
