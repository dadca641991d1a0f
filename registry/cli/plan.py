"""What is to be done with the rows of a file, found out before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.application.answers import Recorded
from registry.bootstrap import Attesto
from registry.cli.progress import Tell
from registry.commands.csv_table import CellProblem
from registry.commands.decisions import GrantCertification
from registry.domain.errors import DomainError
from registry.errors import RequestError

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows by line: what is new, what was recorded before, and why others cannot be taken."""

    fresh: Mapping[int, GrantCertification]
    repeated: dict[int, Recorded]
    problems: Sequence[CellProblem]


def check_rows(attesto: Attesto, grants: Mapping[int, GrantCertification], tell: Tell) -> Plan:
    """Find out what each row would come to; no certification is granted."""
    answered = _answered(attesto, grants)
    again = {line: command for line, command in grants.items() if command.basis.idempotency_key in answered}
    outcomes = dict(zip(again, attesto.registry.decide_all(list(again.values())), strict=True))
    repeated = {line: outcome for line, outcome in outcomes.items() if isinstance(outcome, Recorded)}
    changed = [CellProblem(line, "", "", str(e)) for line, e in outcomes.items() if not isinstance(e, Recorded)]
    fresh = {line: command for line, command in grants.items() if line not in again}
    refused = _refused(attesto, fresh, tell)
    lines = {problem.line for problem in refused}
    return Plan({line: c for line, c in fresh.items() if line not in lines}, repeated, [*changed, *refused])


def _answered(attesto: Attesto, grants: Mapping[int, GrantCertification]) -> set[object]:
    """The idempotency keys that were used before."""
    keys = [(c.body, c.basis.idempotency_key) for c in grants.values() if c.basis.idempotency_key is not None]
    found: set[object] = set()
    with attesto.database.snapshot() as reading:
        for start in range(0, len(keys), _PAGE):
            page = keys[start : start + _PAGE]
            places = ", ".join("?" * len(page))
            sql = f"SELECT idempotency_key FROM answer WHERE body = ? AND idempotency_key IN ({places})"
            found |= {key for (key,) in reading.rows(sql, (page[0][0], *(key for _, key in page)))}
    return found


def _refused(attesto: Attesto, grants: Mapping[int, GrantCertification], tell: Tell) -> list[CellProblem]:
    # What a rule looks at is the case and the days, never the person: rows that share these are asked once.
    alike: dict[tuple[object, ...], list[int]] = {}
    for line, command in grants.items():
        asked = (command.profile, command.case, command.basis.effective_on, command.valid_until, command.unaccredited)
        alike.setdefault(asked, []).append(line)
    problems: list[CellProblem] = []
    for done, lines in enumerate(alike.values(), start=1):
        try:
            attesto.registry.rehearse(grants[lines[0]])
        except (DomainError, RequestError) as error:
            problems += [CellProblem(line, "", "", str(error)) for line in lines]
        tell("checking", done, len(alike))
    return problems
