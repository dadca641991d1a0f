"""What a registry is asked for, and how it answers: an attempt of the model's, brought to the domain's own methods."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from registry.domain import errors
from registry.domain.beginning import Beginning, adopt, grant
from registry.domain.certification import Certification
from registry.domain.decision import Case, Decision
from registry.domain.edition import Edition, Gap, Profile, RecertificationRule, Rules
from registry.domain.past import Past
from tests.verifier.model_rules import Attempt, Book

PROFILES: Final = ("junior", "senior")
IMPARTIAL, PARTIAL = Case("decider", ("examiner",)), Case("decider", ("decider",))
UNKNOWN: Final = Gap({"it": "ignoto", "en": "unknown"})
# Which error a registry answers an objection with.
ERRORS: Final[Mapping[str, type[errors.DomainError]]] = {
    "state": errors.TransitionError,
    "backdated": errors.BackdatedError,
    "not today": errors.ImmediateError,
    "scheduled": errors.AlreadyScheduledError,
    "eyes": errors.FourEyesError,
    "not accredited": errors.NotAccreditedError,
    "closed": errors.EditionNotOpenError,
    "validity": errors.ValidityError,
    "past": errors.PastError,
    "past expired": errors.PastExpiredError,
    "early": errors.NotDueError,
    "window": errors.RecertificationError,
    "grace": errors.RecertificationError,
    "deadline": errors.SuspensionError,
    "no later": errors.ProlongationError,
    "scope": errors.ScopeError,
    "appeal": errors.AppealError,
    "correction": errors.CorrectionError,
    "receiver": errors.ReceiverError,
}


def edition(scheme: str, book: Book) -> Edition:
    """The edition that says what the book says."""
    rules = Rules(
        book.opens,
        book.closes,
        book.months,
        book.maintenance,  # type: ignore[arg-type]
        RecertificationRule(book.window, book.grace),
        book.longest,
        book.late,
        UNKNOWN,
    )
    title = {"it": "X", "en": "X"}
    profiles = {slug: Profile(slug, title) for slug in PROFILES}
    tasks = dict.fromkeys(PROFILES, tuple(sorted(book.tasks)))
    return Edition(f"{scheme}-1", scheme, title, profiles, rules, bytes(32), tasks)


def begun(beginning: Beginning, profile: str, attempt: Attempt) -> Certification:
    if attempt.did == "granted":
        return grant(beginning, profile, attempt.stated)
    assert attempt.past is not None
    assert attempt.stated is not None
    return adopt(beginning, profile, Past(*attempt.past, attempt.stated))


def act(one: Certification, edition: Edition, attempt: Attempt, decision: Decision) -> object:
    """Let the registry try."""
    case = IMPARTIAL if attempt.impartial else PARTIAL
    acts: Mapping[str, Callable[[], object]] = {
        "maintenance_confirmed": lambda: one.confirm_maintenance(decision, edition),
        "maintenance_refused": lambda: one.refuse_maintenance(decision),
        "recertified": lambda: one.recertify(decision, case, edition, attempt.stated),
        "scope_extended": lambda: one.extend_scope(decision, edition, tuple(attempt.tasks)),
        "scope_reduced": lambda: one.reduce_scope(decision, edition, tuple(attempt.tasks)),
        "suspended": lambda: one.suspend(decision, edition, attempt.deadline or date.max),
        "suspension_prolonged": lambda: one.prolong_suspension(decision, edition, attempt.deadline or date.max),
        "reinstated": lambda: one.reinstate(decision),
        "withdrawn": lambda: one.withdraw(decision),
        "relinquished": lambda: one.relinquish(decision),
        "annulled": lambda: one.annul(decision),
        "appeal_upheld": lambda: one.uphold_appeal(decision, attempt.names or 0),
        "personal_data_erased": lambda: one.erase(decision),
        "corrected": lambda: one.correct(decision, attempt.names or 0),
        "document": lambda: one.issue(decision, bytes(32)),
    }
    return acts[attempt.did]()


def refusal(act: Callable[[], object]) -> type[errors.DomainError] | None:
    """The class of the error that the registry refuses it with, or None."""
    try:
        act()
    except errors.DomainError as refused:
        return type(refused)
    return None


def agree(refused: type[errors.DomainError] | None, against: set[str], about: object) -> None:
    expected = {ERRORS[word] for word in against} or {None}
    assert refused in expected, f"registry: {refused}; model: {against}; {about}"
