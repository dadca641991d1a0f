"""An exam session: what a body's record says of it, and what may rest on it.

The record holds when and in which form an exam was held, and who examined. It holds no candidate, mark or failure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from registry.domain.decision import Case
from registry.domain.edition import Acquisition, Edition, Gap
from registry.domain.errors import (
    ExamDayError,
    ExamEditionError,
    ExamInvalidatedError,
    ExamPartError,
    ExamStandsError,
    ExamUnrecordedError,
    FourEyesError,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an exam: its form, by the slug of a part in the edition, and the legal day on which it was held."""

    form: str
    held_on: date


@dataclass(frozen=True, slots=True)
class Invalidation:
    """That a session was invalidated: on which legal day, by whose decision, why."""

    on: date
    decider: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExamSession:
    """An exam that a body held, under the body's own reference; examiners are pseudonymous ids."""

    body: str
    reference: str
    edition: str
    parts: tuple[Part, ...]
    examiners: tuple[str, ...]
    invalidation: Invalidation | None = None

    @property
    def held_on(self) -> date:
        """The legal day of the last part."""
        return max(part.held_on for part in self.parts)


def check_held(session: ExamSession, edition: Edition, today: date) -> None:
    """Check that a session may be recorded on legal day ``today``.

    Raises:
        ExamPartError: it has no part, one twice, or one that the edition's exam does not have.
        ExamDayError: a part is still to come.
        FourEyesError: nobody examined.
    """
    forms = [part.form for part in session.parts]
    if not forms:
        raise ExamPartError("an exam session has one part at least")
    if twice := sorted({form for form in forms if forms.count(form) > 1}):
        raise ExamPartError(f"a part of the exam stands twice: {_listed(twice)}")
    if edition.exam_parts and (odd := sorted(set(forms) - set(edition.exam_parts))):
        known = ", ".join(edition.exam_parts)
        raise ExamPartError(f"the exam of {edition.slug} has no part {_listed(odd)}; its parts are {known}")
    if session.held_on > today:
        raise ExamDayError(f"the exam's last part is on {session.held_on}: a session is recorded once it was held")
    if not session.examiners:
        raise FourEyesError("nobody is named as examiner")


def invalidated(session: ExamSession, invalidation: Invalidation) -> ExamSession:
    """The session, invalidated; the same invalidation again changes nothing.

    Raises:
        FourEyesError: who decides examined.
        ExamInvalidatedError: it was invalidated already, by another decision.
    """
    _check_decider(session, invalidation.decider)
    before = session.invalidation
    if before is None:
        return replace(session, invalidation=invalidation)
    if (before.decider, before.reason) != (invalidation.decider, invalidation.reason):
        raise ExamInvalidatedError(f"exam {session.reference} was invalidated on {before.on} already")
    return session


def check_reviewable(session: ExamSession, decider: str) -> Invalidation:
    """Check that ``decider`` may decide on what rests on the session, because that was invalidated.

    Raises:
        ExamStandsError: it was not.
        FourEyesError: who decides examined.
    """
    if session.invalidation is None:
        raise ExamStandsError(f"exam {session.reference} stands: invalidate it before what rests on it is annulled")
    _check_decider(session, decider)
    return session.invalidation


def check_foundation(session: ExamSession, edition: str, effective_on: date, decider: str) -> None:
    """Check that a decision of ``decider``, effective on that legal day under that edition, may rest on the session.

    Raises:
        FourEyesError: who decides examined.
        ExamInvalidatedError: it was invalidated.
        ExamEditionError: it was held under another edition.
        ExamDayError: its last part is later.
    """
    if session.invalidation is not None:
        raise ExamInvalidatedError(f"exam {session.reference} was invalidated on {session.invalidation.on}")
    if session.edition != edition:
        raise ExamEditionError(f"exam {session.reference} was held under {session.edition}, not {edition}")
    _check_decider(session, decider)
    if effective_on < session.held_on:
        raise ExamDayError(
            f"the last part of exam {session.reference} was held on {session.held_on}, after {effective_on}"
        )


def check_exam(session: ExamSession | None, rule: Acquisition | Gap | None) -> None:
    """Check that a grant's exam is what the edition's rule of acquisition wants; None is an exam that is not recorded.

    Without such a rule, or where it is not public, any reference will do.

    Raises:
        ExamUnrecordedError: the edition wants a recorded session, and no session has that reference.
        ExamPartError: the session lacks parts that lead to the certification.
    """
    if not isinstance(rule, Acquisition):
        return
    if session is None:
        if rule.exam_recorded:
            raise ExamUnrecordedError(
                "the edition wants an exam session that is recorded here, and the grant names none"
            )
        return
    if missing := sorted(set(rule.exam_parts) - {part.form for part in session.parts}):
        raise ExamPartError(f"exam {session.reference} lacks parts that the edition requires: {_listed(missing)}")


def examined(case: Case, session: ExamSession | None) -> Case:
    """The case, with the session's examiners among its own."""
    if session is None:
        return case
    return replace(case, examiners=(*case.examiners, *(e for e in session.examiners if e not in case.examiners)))


def _check_decider(session: ExamSession, decider: str) -> None:
    if decider in session.examiners:
        raise FourEyesError(f"{decider} examined in {session.reference} and may not decide on it")


def _listed(slugs: Iterable[str]) -> str:
    return ", ".join(slugs)[:200]
