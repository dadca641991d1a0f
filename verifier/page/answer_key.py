"""Which of the page's answers a report is: the name by which words, style and script know it."""

from verifier.accreditation import Coverage
from verifier.headline import changed_since, state_key
from verifier.report import TOKEN_CHECKS, Kind, Outcome, Report, Verdict
from verifier.status import Condition


def result_key(report: Report, now: Report | None = None) -> str:
    """Which answer a report is; ``now`` is the one for today, where another day was asked for."""
    match report.verdict:
        case Verdict.IN_FORCE:
            return _in_force_key(report, now)
        case Verdict.NOT_IN_FORCE:
            return state_key(report.answers[0])
        case Verdict.FORGED:
            return "forged" if failed(report) in {*TOKEN_CHECKS, "number"} else "altered"
        case verdict:
            return str(verdict)


def _in_force_key(report: Report, now: Report | None) -> str:
    answer = report.answers[0]
    if answer.accreditation.leaves_profile_out:
        return "accreditation_other_profile"
    if answer.accreditation.coverage is not Coverage.COVERED:
        return f"accreditation_{answer.accreditation.coverage}"
    if report.uncovered and of_every_day(report):
        return "accreditation_interrupted"
    if report.question.so_far:
        return "in_force_so_far"
    if changed_since(report, now):
        return "changed_since"
    if Condition.MAINTENANCE_OVERDUE in report.conditions:
        return "maintenance_overdue"
    return "change_scheduled" if report.changes_to_come() else "in_force"


def of_every_day(report: Report) -> bool:
    """Whether the answer is about every day of a period; for points the first day alone decides."""
    return report.question.until is not None and report.question.kind is not Kind.SCORING


def failed(report: Report) -> str:
    """The name of the check that failed; empty for none."""
    return next((check.name for check in report.checks if check.outcome is Outcome.FAILED), "")
