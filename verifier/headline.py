"""Which headline a report gets: the name by which command line, page and pack find their words for it."""

from verifier.accreditation import Coverage
from verifier.report import TOKEN_CHECKS, Answer, Kind, Outcome, Report, Verdict
from verifier.status import Condition, State


def headline_key(report: Report) -> str:
    """The headline of the verdict, as the day asked for is known."""
    match report.verdict:
        case Verdict.IN_FORCE:
            return _in_force_key(report)
        case Verdict.NOT_IN_FORCE:
            return state_key(report.answers[0])
        case Verdict.FORGED:
            return "forged" if stopped_at(report) in {*TOKEN_CHECKS, "number"} else "altered"
        case Verdict.COULD_NOT_BE_CHECKED if report.token is not None and not _registered(report):
            return "signed_only"
        case verdict:
            return str(verdict)


def _in_force_key(report: Report) -> str:
    answer = report.answers[0]
    if answer.accreditation.leaves_profile_out:
        return "accreditation_other_profile"
    if answer.accreditation.coverage is not Coverage.COVERED:
        return f"accreditation_{answer.accreditation.coverage}"
    if report.uncovered and report.question.kind is not Kind.SCORING:
        return "accreditation_interrupted"
    if Condition.MAINTENANCE_OVERDUE in answer.standing.conditions:
        return "maintenance_overdue"
    if report.changes_to_come():
        return "change_scheduled"
    return "in_force" if report.token is None else "genuine"


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


def _registered(report: Report) -> bool:
    return report.check("registered").outcome is Outcome.PASSED
