"""What is to be done with the rows of a file, found out before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from keys.errors import HolderErasedError, KeyMissingError
from registry.application.answers import Recorded
from registry.application.exams import Sessions
from registry.bootstrap import Attesto
from registry.cli.progress import Tell
from registry.commands.csv_table import CellProblem
from registry.commands.decisions import Begun, GrantCertification
from registry.commands.people_file import PeopleFile
from registry.database import pages
from registry.domain.errors import (
    BackdatedError,
    EditionNotOpenError,
    ExamError,
    ExamUnrecordedError,
    FourEyesError,
    IncompleteApplicationError,
    PastExpiredError,
    UnknownEvidenceError,
    UnknownProfileError,
    ValidityError,
)
from registry.errors import StoreError
from verifier.errors import AttestoError

B = TypeVar("B", bound=Begun)
# The column that a refusal is about; of any other the sentence alone says what is wrong.
_COLUMNS: Final[tuple[tuple[type[AttestoError], str], ...]] = (
    (UnknownProfileError, "profile"),
    (FourEyesError, "decider"),
    (BackdatedError, "effective_on"),
    (EditionNotOpenError, "effective_on"),
    (ValidityError, "valid_until"),
    (PastExpiredError, "valid_until"),
    (HolderErasedError, "reference"),
    (ExamError, "exam"),
    (ExamUnrecordedError, "exam"),
    (IncompleteApplicationError, "received"),
    (UnknownEvidenceError, "received"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows by line: what is new, what was recorded before, and why others cannot be taken."""

    fresh: Mapping[int, Begun]
    repeated: dict[int, Recorded]
    problems: Sequence[CellProblem]


def check_rows(attesto: Attesto, people: PeopleFile[B], tell: Tell) -> Plan:
    """Find out what each row would come to; no certification begins.

    Raises:
        StoreError: the database cannot be asked.
    """
    grants: Mapping[int, Begun] = people.commands
    answered = _answered(attesto, grants)
    again = {line: command for line, command in grants.items() if command.basis.idempotency_key in answered}
    outcomes = dict(zip(again, attesto.registry.decide_all(list(again.values())), strict=True))
    repeated = {line: outcome for line, outcome in outcomes.items() if isinstance(outcome, Recorded)}
    changed = [_refusal(people, line, e) for line, e in outcomes.items() if not isinstance(e, Recorded)]
    fresh = {line: command for line, command in grants.items() if line not in again}
    erased = _erased(attesto, fresh)
    refusals = _refused(attesto, {line: c for line, c in fresh.items() if line not in erased}, tell) | erased
    refused = [_refusal(people, line, error) for line, error in refusals.items()]
    lines = refusals.keys()
    return Plan({line: c for line, c in fresh.items() if line not in lines}, repeated, [*changed, *refused])


def _answered(attesto: Attesto, grants: Mapping[int, Begun]) -> set[object]:
    """The idempotency keys that were used before."""
    keys = [(c.body, c.basis.idempotency_key) for c in grants.values() if c.basis.idempotency_key is not None]
    found: set[object] = set()
    with attesto.database.snapshot() as reading:
        for page in pages(keys):
            places = ", ".join("?" * len(page))
            sql = f"SELECT idempotency_key FROM answer WHERE body = ? AND idempotency_key IN ({places})"
            found |= {key for (key,) in reading.rows(sql, (page[0][0], *(key for _, key in page)))}
    return found


def _refusal(people: PeopleFile[B], line: int, error: AttestoError) -> CellProblem:
    column = next((name for kind, name in _COLUMNS if isinstance(error, kind)), "")
    return people.refusal(line, column, str(error))


def _erased(attesto: Attesto, grants: Mapping[int, Begun]) -> dict[int, AttestoError]:
    """The lines of persons whom the body knows and who were erased."""
    references = {line: c.person.reference for line, c in grants.items() if c.person.reference is not None}
    body = next((command.body for command in grants.values()), "")
    known = attesto.vault.find_holders(body, list(references.values()))
    found: dict[int, AttestoError] = {}
    for line, reference in references.items():
        if reference in known:
            try:
                attesto.vault.keys.open(known[reference].holder)
            except KeyMissingError:
                continue  # no key yet is not erased
            except HolderErasedError as error:
                found[line] = error
    return found


def _refused(attesto: Attesto, grants: Mapping[int, Begun], tell: Tell) -> dict[int, AttestoError]:
    # What a rule looks at is the case, the checklist and the days, never the person: rows that share these are asked
    # once. Of exams only recorded sessions count; where the edition wants one, any other reference is as good as none.
    sessions = attesto.registry.exams.named_by(grants.values())
    alike: dict[tuple[object, ...], list[int]] = {}
    for line, command in grants.items():
        alike.setdefault(_asked(command, sessions), []).append(line)
    refused: dict[int, AttestoError] = {}
    for done, lines in enumerate(alike.values(), start=1):
        try:
            attesto.registry.rehearse(grants[lines[0]])
        except StoreError:
            raise
        except AttestoError as error:
            refused |= dict.fromkeys(lines, error)
        tell("checking", done, len(alike))
    return refused


def _asked(command: Begun, sessions: Sessions) -> tuple[object, ...]:
    asked = (command.profile, command.case, command.basis.effective_on, command.unaccredited)
    if isinstance(command, GrantCertification):
        session = sessions.get((command.body, command.exam))
        return *asked, command.valid_until, frozenset(command.received), session
    return *asked, command.past
