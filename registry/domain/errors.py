"""The errors of the domain: one class per rule.

AttestoError
└── DomainError                    a decision is refused, nothing was written
    ├── TransitionError            the event may not follow what is there on its day
    ├── BackdatedError             effective before it is recorded, beyond what the edition allows
    ├── FarDayError                a day is later than a certificate can state
    ├── AlreadyScheduledError      one event is scheduled for later already
    ├── FourEyesError              who decides had a part in the case, or took the decision appealed against
    ├── ImmediateError             a decision that concerns the whole life takes effect on another day than today
    ├── AppealError                an appeal names no decision that it may reverse
    ├── CorrectionError            a correction names nothing that it corrects
    ├── ExamError                  an exam session does not allow it
    │   ├── ExamInvalidatedError   it was invalidated
    │   ├── ExamStandsError        it was not invalidated, so nothing that rests on it is annulled for it
    │   ├── ExamEditionError       it was held under another edition
    │   ├── ExamDayError           its last part is later than the day on which it is to count
    │   └── ExamPartError          its parts are not those of the edition's exam
    ├── ReceiverError              a transfer names the body that has the certification already
    ├── ConsentError               the holder has not agreed to what the decision hands on
    ├── PastError                  the days of a certificate of before the registry do not follow each other
    ├── PastExpiredError           it has expired already
    ├── AccreditationTransitionError  the accreditation is not what the event needs: granted, or suspended
    ├── ReductionError             a reduced accreditation names a profile that it had not, or that no edition has
    ├── EditionOverlapError        an edition grants what another one grants on the same days, or passes from none
    ├── NotAccreditedError         the body is not accredited for the scheme on that day
    └── RuleError                  the decision breaks a rule of its scheme edition
        ├── UnknownProfileError    the edition has no such profile
        ├── EditionNotOpenError    the edition takes no grants on that day
        ├── ValidityError          the last valid day is not the one that the edition's rule gives
        │   └── ValidityGapError   the edition leaves the validity open, and the body has not stated the last valid day
        ├── NotDueError            maintenance is confirmed before its window opens
        ├── RecertificationError   the day is outside the window and the grace around the last valid day
        ├── MissingEvidenceError   evidence that the edition requires was not received
        ├── UnknownEvidenceError   the edition knows no such evidence
        ├── IncompleteApplicationError  an application lacks what the edition requires
        ├── EvidenceHoursError     evidence names hours that its kind does not count, or none where it does
        ├── EvidenceDayError       evidence was received before the certification began, or on a day to come
        ├── ExamUnrecordedError    the edition wants a recorded exam session
        ├── ScopeError             the tasks are not the profile's, or an extension or reduction is none
        └── SuspensionError        the deadline is before the suspension, or past the edition's maximum
            └── ProlongationError  the deadline is no later than the one there is
"""

from verifier.errors import AttestoError


class DomainError(AttestoError):
    """A decision is refused: the message is one sentence for people, without personal data."""


class TransitionError(DomainError):
    """The event may not follow what is there on its day."""


class BackdatedError(DomainError):
    """Effective before it is recorded, beyond what the edition allows."""


class FarDayError(DomainError):
    """A day is later than a certificate can state."""


class AlreadyScheduledError(DomainError):
    """One event is scheduled for later already."""


class FourEyesError(DomainError):
    """Who decides was examiner or trainer of the case, or took the decision that is appealed against."""


class ImmediateError(DomainError):
    """A decision that concerns the whole life takes effect on another day than today."""


class AppealError(DomainError):
    """An appeal names no decision that it may reverse."""


class CorrectionError(DomainError):
    """A correction names nothing that it corrects."""


class ExamError(DomainError):
    """An exam session does not allow what was asked."""


class ExamInvalidatedError(ExamError):
    """The exam session was invalidated."""


class ExamStandsError(ExamError):
    """The exam session was not invalidated, so nothing that rests on it is annulled for it."""


class ExamEditionError(ExamError):
    """The exam session was held under another edition."""


class ExamDayError(ExamError):
    """The exam session's last part is later than the day on which it is to count."""


class ExamPartError(ExamError):
    """The exam session's parts are not those of the edition's exam."""


class ReceiverError(DomainError):
    """A transfer names the body that has the certification already."""


class ConsentError(DomainError):
    """The holder has not agreed to what the decision hands on."""


class PastError(DomainError):
    """The days of a certificate of before the registry do not follow each other."""


class PastExpiredError(DomainError):
    """The certificate of before the registry has expired already."""


class AccreditationTransitionError(DomainError):
    """The accreditation is not what the event needs: granted, or suspended."""


class ReductionError(DomainError):
    """A reduced accreditation names a profile that it did not cover before, or that no edition of its scheme has."""


class EditionOverlapError(DomainError):
    """An edition grants a profile on the days of another of its scheme, or passes from one that is none of it."""


class NotAccreditedError(DomainError):
    """The body is not accredited for the scheme on that day."""


class RuleError(DomainError):
    """The decision breaks a rule of its scheme edition."""


class UnknownProfileError(RuleError):
    """The edition has no such profile."""


class EditionNotOpenError(RuleError):
    """The edition takes no grants on that day."""


class ValidityError(RuleError):
    """The last valid day is not the one that the edition's rule gives."""


class ValidityGapError(ValidityError):
    """The edition leaves the validity open, and the body has not stated the last valid day."""


class NotDueError(RuleError):
    """Maintenance is confirmed before its window opens."""


class RecertificationError(RuleError):
    """The day is outside the window and the grace around the last valid day."""


class SuspensionError(RuleError):
    """The deadline is before the suspension, or past the edition's maximum."""


class ProlongationError(SuspensionError):
    """The deadline is no later than the one there is."""


class MissingEvidenceError(RuleError):
    """Evidence that the edition requires was not received."""


class UnknownEvidenceError(RuleError):
    """The edition knows no such evidence."""


class IncompleteApplicationError(RuleError):
    """An application lacks what the edition requires."""


class EvidenceHoursError(RuleError):
    """Evidence names hours that its kind does not count, or none where it does."""


class EvidenceDayError(RuleError):
    """Evidence was received before the certification began, or on a day to come."""


class ExamUnrecordedError(RuleError):
    """The edition wants a recorded exam session, and the reference is none."""


class ScopeError(RuleError):
    """The tasks are not the profile's, or an extension or reduction is none."""
