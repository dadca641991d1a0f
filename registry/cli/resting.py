"""The certifications that rest on an exam session, as the commands list them."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import click

from registry.bootstrap import Attesto, now
from registry.cli.options import LINE
from registry.cli.output import columns, counted
from registry.domain.exam import ExamSession
from verifier.encoding import legal_day
from verifier.number import group_number
from verifier.status import ANNULLED, State

BODY: Final = click.option("--body", required=True, help="The body whose exam it is.")
# What tied those to the session was destroyed with the holder's data, so that nobody can count them either.
_ERASED: Final = "; of who was erased nothing is known."
REFERENCE: Final = click.argument("reference", metavar="EXAM", type=LINE)


@dataclass(frozen=True, slots=True)
class Resting:
    """A certification that rests on a session: its state today, and after how many events.

    ``restored``: an appeal reversed its annulment.
    """

    number: str
    certification: UUID
    profile: str
    state: State
    restored: bool
    events: int

    @property
    def value(self) -> dict[str, object]:
        """What a program hears of it."""
        return {
            "number": self.number,
            "certification": self.certification,
            "profile": self.profile,
            "state": self.state,
            "restored": self.restored,
        }


def resting_on(attesto: Attesto, session: ExamSession) -> list[Resting]:
    """The certifications that rest on a session, by number; who was erased has none left."""
    certifications = attesto.registry.exams.resting_on(session)
    attesto.standings.catch_up(attesto.store.log.head().size, legal_day(now()))
    standings = attesto.standings.of(certifications)
    found = []
    for certification, numbered in attesto.vault.numbers(certifications).items():
        row = standings[certification]
        state = row.state or State.NOT_RECORDED
        restored = state is not State.ANNULLED and any(fact.type == ANNULLED for fact in row.facts)
        found.append(Resting(numbered.number, certification, row.profile, state, restored, row.events))
    return sorted(found, key=lambda one: one.number)


def resting_text(resting: list[Resting]) -> str:
    """What people read of them."""
    if not resting:
        return f"No certification rests on it{_ERASED}"
    rows = [(group_number(one.number), one.profile, _said(one)) for one in resting]
    rests = counted(len(resting), "certification rests", "certifications rest")
    return f"{columns(('number', 'profile', 'state'), rows)}\n{rests} on it{_ERASED}"


def _said(one: Resting) -> str:
    return one.state.replace("_", " ") + (" (an appeal reversed its annulment)" if one.restored else "")
