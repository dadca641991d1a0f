"""Files of certificates of before the registry: each row of a CSV becomes an adoption, or a list of what is wrong.

    name,birth_date,birth_place,profile,granted_on,cycle_starts_on,maintained_from,valid_until,former_number,decider,…
    Zoë D'Angelo,24/11/1990,Forlì,addetto,10/05/2023,01/05/2026,,30/04/2029,UNO-2023-0117,DE-06,…

A day that is left out is the one before it: a cycle begins with the first grant, maintenance counts from its start.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from registry.commands.decisions import AdoptCertification, Basis
from registry.commands.people_cells import Cells
from registry.commands.people_file import FileContext, Key, Layout, PeopleFile, parse_file, read_person
from registry.domain.decision import Case
from registry.domain.past import Past

_COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "name": ("full name", "nome", "nominativo", "nome e cognome", "cognome e nome"),
    "birth_date": ("date of birth", "data di nascita", "nato il"),
    "birth_place": ("place of birth", "luogo di nascita", "nato a"),
    "profile": ("profilo",),
    "granted_on": ("first grant", "primo rilascio", "data di rilascio", "rilasciato il"),
    "cycle_starts_on": ("cycle start", "inizio del ciclo", "ultimo rinnovo"),
    "maintained_from": ("last maintenance", "ultimo mantenimento"),
    "valid_until": ("last valid day", "valido fino al", "ultimo giorno di validità", "scadenza"),
    "former_number": ("former certificate number", "numero precedente", "numero del certificato"),
    "examiners": ("examiner", "esaminatori", "esaminatore"),
    "trainers": ("trainer", "formatori", "formatore"),
    "decider": ("decision maker", "deliberante"),
    "decision": ("decision reference", "delibera", "decisione"),
    "reference": ("id", "riferimento", "matricola"),
}


def parse_adoptions(data: bytes, context: FileContext) -> PeopleFile[AdoptCertification]:
    """Read a file of certificates to adopt; nothing raises, everything that is wrong is in ``problems``."""
    return parse_file(data, context, _ADOPTIONS)


def _adoption(cells: Cells, context: FileContext, key: Key) -> AdoptCertification:
    person = read_person(cells, context)
    profile = cells.profile(context.edition)
    case = Case(cells.text("decider"), cells.people("examiners"), cells.people("trainers"))
    decision = cells.text("decision")
    return AdoptCertification(
        context.body,
        context.edition.slug,
        profile,
        person,
        case,
        _past(cells),
        Basis(decision, None, key(person, profile, decision)),
        cells.text("former_number") or None,
        context.unaccredited,
    )


def _past(cells: Cells) -> Past:
    # A day that is missing or none is a problem of the row by then, and the row no adoption.
    granted_on = cells.day("granted_on") or date.min
    starts_on = cells.day("cycle_starts_on") or granted_on
    maintained_from = cells.day("maintained_from") or starts_on
    return Past(granted_on, starts_on, maintained_from, cells.day("valid_until") or date.max)


_REQUIRED: Final = ("name", "profile", "granted_on", "valid_until", "decider", "decision")
_ADOPTIONS: Final = Layout(_COLUMNS, _REQUIRED, _adoption, ("adoption",))
