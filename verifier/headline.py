"""Which headline a report gets: the name by which command line, page and pack find their words for it."""

from verifier.accreditation import Coverage
from verifier.report import TOKEN_CHECKS, Answer, Kind, Outcome, Report, Requirement, Verdict
from verifier.status import Condition, State


def headline_key(report: Report, today: Report | None = None) -> str:
    """The headline of the verdict, as the day asked for is known; ``today`` is the report for the present day."""
    match report.verdict:
        case Verdict.IN_FORCE:
            return _in_force_key(report, today)
        case Verdict.NOT_IN_FORCE:
            return state_key(report.answers[0])
        case Verdict.FORGED:
            return "forged" if stopped_at(report) in {*TOKEN_CHECKS, "number"} else "altered"
        case Verdict.COULD_NOT_BE_CHECKED if report.token is not None and report.registered is None:
            return "signed_only"
        case verdict:
            return str(verdict)


def _in_force_key(report: Report, today: Report | None) -> str:
    answer = report.answers[0]
    if answer.accreditation.leaves_profile_out:
        return "accreditation_other_profile"
    if answer.accreditation.coverage is not Coverage.COVERED:
        return f"accreditation_{answer.accreditation.coverage}"
    if report.uncovered and report.question.kind is not Kind.SCORING:
        return "accreditation_interrupted"
    if changed_since(report, today):
        return "changed_since"
    if Condition.MAINTENANCE_OVERDUE in report.conditions:
        return "maintenance_overdue"
    if report.changes_to_come():
        return "change_scheduled"
    return "in_force" if report.token is None else "genuine"


def changed_since(report: Report, today: Report | None) -> bool:
    """Whether there is something else to know today, of a day in force.

    What came later is told, and not held against a requirement for points; of a day to come nothing came later.
    """
    if today is None or report.question.kind is Kind.SCORING or report.question.so_far:
        return False
    return headline_key(today) not in {"in_force", "genuine"}


def unmet(report: Report) -> bool:
    """Whether it does not meet the requirement that was asked for, which is grave whatever the headline."""
    kind = report.question.kind
    return bool(report.answers) and kind is not Kind.DAY and report.requirement(kind) is Requirement.NOT_MET


def state_key(answer: Answer) -> str:
    """The headline of a certification that is not in force."""
    if answer.only_claimed:
        return "not_proven"
    # What the old body annulled may still be in force at the new one.
    annulled_before = answer.origin is not None and answer.standing.state is State.ANNULLED
    return "origin_annulled" if annulled_before else str(answer.standing.state)


def stopped_at(report: Report) -> str:
    """The first check that did not pass, on which what follows rests; empty for none."""
    return next((check.name for check in report.checks if check.outcome is not Outcome.PASSED), "")
