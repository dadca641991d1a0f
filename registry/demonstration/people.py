"""The made-up people of the demonstration, as grants."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from registry.commands.decisions import GrantCertification
from registry.commands.people_file import FileContext, parse_people
from registry.domain.edition import Edition
from registry.errors import CsvError

PEOPLE_FILE: Final = Path(__file__).with_name("people.csv")


def read_people(
    body: str, edition: Edition, today: date, check_name: Callable[[str], None]
) -> list[GrantCertification]:
    """The grants of the demonstration's file.

    Raises:
        CsvError: a row cannot be taken.
    """
    people = parse_people(PEOPLE_FILE.read_bytes(), FileContext(body, edition, today, check_name, bytes(32)))
    if people.problems:
        raise CsvError(f"the demonstration's people: {people.problems[0]}")
    return list(people.commands.values())


def many(grants: Sequence[GrantCertification], count: int) -> Iterator[GrantCertification]:
    """As many grants as wanted; past the file's end its people come again, under other references."""
    for place, grant in enumerate(islice(cycle(grants), count)):
        turn = place // len(grants)
        reference = grant.person.reference if turn == 0 else f"{grant.person.reference}-{turn + 1}"
        person = replace(grant.person, reference=reference)
        yield replace(grant, person=person, basis=replace(grant.basis, idempotency_key=None))
