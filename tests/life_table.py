"""Which event may follow which state: the domain's rules in one table, written by hand and computed from nothing.

The tests hold the registry's guards and the verifier's rule against it; ``scripts/life-table`` prints it for the docs.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final


class Cell(StrEnum):
    """What becomes of an event: allowed, refused for the state, or refused for the day within it."""

    ALLOWED = "●"
    STATE = "·"
    DAY = "○"


# Terminal means terminal; a new cycle from expired within the edition's grace; an appeal from terminal or suspended;
# annulled from any but annulled. A document is made where there is a standing that it could state, a correction where
# there is such a document; erasure is beside the status.
_TABLE: Final = """
event                                | not recorded
                                     | | not yet effective
                                     | | | active
                                     | | | | suspended
                                     | | | | | expired, within the grace
                                     | | | | | | expired, after the grace
                                     | | | | | | | withdrawn
                                     | | | | | | | | relinquished
                                     | | | | | | | | | annulled
                                     | | | | | | | | | | transferred
certification.granted                | ● · · · · · · · · ·
certification.adopted                | ● · · · · · · · · ·
certification.transferred_in         | ● · · · · · · · · ·
certification.maintenance_confirmed  | · · ● ● · · · · · ·
certification.maintenance_refused    | · · ● ● · · · · · ·
certification.recertified            | · · ● · ● ○ · · · ·
certification.scope_extended         | · · ● · · · · · · ·
certification.scope_reduced          | · · ● ● · · · · · ·
certification.suspended              | · · ● · · · · · · ·
certification.suspension_prolonged   | · · · ● · · · · · ·
certification.reinstated             | · · · ● · · · · · ·
certification.withdrawn              | · · ● ● · · · · · ·
certification.relinquished           | · · ● ● · · · · · ·
certification.annulled               | · ● ● ● ● ● ● ● · ●
certification.transferred_out        | · · ● · · · · · · ·
certification.appeal_upheld          | · · · ● · · ● ● ● ●
certification.corrected              | · ● ● ● · · · · · ·
certification.personal_data_erased   | · ● ● ● ● ● ● ● ● ●
certificate.issued                   | · ● ● · · · · · · ·
certificate.reissued                 | · ● ● ● · · · · · ·
certificate.superseded               | · ● ● ● ● ● ● ● ● ●
"""
_LINES: Final = [line.split(" | ", 1) for line in _TABLE.strip().splitlines()]
STATES: Final = tuple(state.split("| ")[-1] for event, state in _LINES if event.strip() in {"", "event"})
LIFE: Final[Mapping[str, Mapping[str, Cell]]] = {
    event.strip(): dict(zip(STATES, map(Cell, cells.split()), strict=True))
    for event, cells in _LINES
    if event.strip() not in {"", "event"}
}


def pairs() -> Iterator[tuple[str, str, Cell]]:
    """Every state with every event, and what becomes of it."""
    for event, cells in LIFE.items():
        for state, cell in cells.items():
            yield state, event, cell


def markdown() -> str:
    """The table in Markdown: a row for each event, a column for each state."""
    rows = [["event", *STATES], ["---", *[":-:"] * len(STATES)]]
    for event, cells in LIFE.items():
        rows.append([f"`{event}`", *("" if cell is Cell.STATE else cell for cell in cells.values())])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
