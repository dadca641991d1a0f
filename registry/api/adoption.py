"""What a body may ask to begin a certification with, as JSON: a grant, or an adoption from before the registry."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from registry.api.requests import Asked, Day, Grant, Line, Model, People, Person, Slug
from registry.commands.decisions import AdoptCertification, Basis, Command
from registry.domain.decision import Case
from registry.domain.past import Past


class Adoption(Model):
    """Take in a certification that the body granted before the registry; its days are the body's claim.

    ``cycle_starts_on`` is absent for a first cycle, ``maintained_from`` where nothing was confirmed since it began.
    """

    edition: Slug
    profile: Slug
    person: Person
    decision: Line
    decider: Line
    granted_on: Day
    valid_until: Day
    cycle_starts_on: Day | None = None
    maintained_from: Day | None = None
    former_number: Line | None = None
    examiners: People = ()
    trainers: People = ()
    unaccredited: bool = False

    def command(self, asked: Asked) -> Command:
        """The command of the body that asks."""
        starts_on = self.cycle_starts_on or self.granted_on
        past = Past(self.granted_on, starts_on, self.maintained_from or starts_on, self.valid_until)
        case, basis = Case(self.decider, self.examiners, self.trainers), Basis(self.decision, None, asked.key)
        return AdoptCertification(
            asked.body, self.edition, self.profile, self.person.person(), case, past, basis, self.former_number,
            self.unaccredited,
        )  # fmt: skip


Beginning: TypeAlias = Grant | Adoption
# What begins a certification, by the name that a preparation gives it.
BEGINNINGS: Final[Mapping[str, type[Beginning]]] = MappingProxyType({"grant": Grant, "adopt": Adoption})
