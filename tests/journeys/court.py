"""The certifications of two court cases, from a real registry whose clock is ours, published.

A tender's deadline is Monday, 5 March 2029, at noon in Rome; the contract is awarded on Friday, 20 April 2029. In the
first case a body is accredited, but not for the scheme in question; in the second a certification is not in force on
10, 11 and 12 March, and is again from 13 March on.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from registry.commands.decisions import (
    Basis,
    Command,
    ConfirmMaintenance,
    GrantCertification,
    Person,
    RecertifyCertification,
    ReinstateCertification,
    SuspendCertification,
)
from registry.domain.errors import NotAccreditedError
from tests.contracts.parts import CASE, RECEIVED, Clock, Parts, found, make_place, open_parts
from verifier.trust import TrustRoot

DEADLINE: Final = date(2029, 3, 5)
DEADLINE_AT: Final = datetime(2029, 3, 5, 11, 0, tzinfo=UTC)
AWARD: Final = date(2029, 4, 20)
AWARD_AT: Final = datetime(2029, 4, 20, 10, 0, tzinfo=UTC)
PRACTICE: Final = Path(__file__).parents[2] / "schemes" / "pdr150-2024.json"
_PERSON: Final = Person("Ada Prova", date(1990, 1, 1), "Enna")
_DETAIL: Final = {"number": "1", "accreditation_body": "Ente", "standard": "ISO/IEC 17024:2012", "wording": "w"}
_EVIDENCE: Final = ("continuita", "formazione", "reclami")


@dataclass(frozen=True, slots=True)
class Court:
    """The public files, whom to trust, and the numbers by what became of them."""

    public: Path
    trust: TrustRoot
    numbers: dict[str, str]


class _Years:
    """A registry from March 2026 to the award."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.numbers: dict[str, str] = {}

    def on(self, day: str) -> None:
        """Let it be nine o'clock of that day, UTC."""
        self.parts.clock.at = datetime.fromisoformat(f"{day}T09:00:00+00:00")

    def grant(self, name: str, body: str = "aurora") -> None:
        """Grant for the scheme of the demonstration, for which both bodies are accredited."""
        basis = Basis("delibera 1")
        grant = GrantCertification(body, "demo-2026", "addetto", _PERSON, CASE, "esame 1", basis, received=RECEIVED)
        self.decide(name, grant)

    def grant_practice(self, name: str, body: str, *, unaccredited: bool = False) -> None:
        """Grant for the other scheme, until a day that the body states, as the scheme makes none public."""
        basis, until = Basis("delibera 1"), date(2031, 6, 4)
        person = (_PERSON, CASE, "esame 1", basis, until, unaccredited)
        self.decide(name, GrantCertification(body, "pdr150-2024", "operatore", *person))

    def decide(self, name: str, command: Command) -> None:
        self.numbers[name] = self.parts.registry.decide(command).number

    def confirm(self, *names: str) -> None:
        for name in names:
            basis = Basis("mantenimento")
            self.decide(name, ConfirmMaintenance("aurora", self.numbers[name], "decider-1", basis, _EVIDENCE))

    def renew(self, *names: str) -> None:
        for name in names:
            self.decide(name, RecertifyCertification("aurora", self.numbers[name], CASE, "esame 2", Basis("rinnovo")))


def _tell(years: _Years) -> None:
    parts = years.parts
    years.on("2026-03-02")
    found(parts)
    parts.register.publish_edition(PRACTICE.read_bytes())
    parts.register.accredit("aurora", "pdr150", "https://accreditamento.example/1", _DETAIL)
    # Thirty-six months from 10 March 2026: the last valid day is 9 March 2029, four days after the deadline.
    years.on("2026-03-10")
    for name in ("steady", "suspended for three days", "expired for three days", "not renewed"):
        years.grant(name)
    for year in ("2027", "2028"):
        years.on(f"{year}-03-01")
        years.confirm("steady", "suspended for three days", "expired for three days", "not renewed")
    years.on("2028-06-05")
    years.grant_practice("accredited", "aurora")
    years.grant("accredited for another scheme", "borea")
    with pytest.raises(NotAccreditedError, match="body borea is not accredited for scheme pdr150"):
        years.grant_practice("not accredited", "borea")
    years.grant_practice("not accredited", "borea", unaccredited=True)
    years.on("2029-02-20")
    years.renew("steady", "suspended for three days")
    number = years.numbers["suspended for three days"]
    years.on("2029-03-10")
    suspension = SuspendCertification("aurora", number, "decider-1", Basis("s"), "r", date(2029, 6, 30))
    years.decide("suspended for three days", suspension)
    years.on("2029-03-13")
    reinstatement = ReinstateCertification("aurora", number, "decider-1", Basis("r"))
    years.decide("suspended for three days", reinstatement)
    years.renew("expired for three days")
    # Too late for the tender: the accreditation for that very scheme.
    years.on("2029-03-20")
    parts.register.accredit("borea", "pdr150", "https://accreditamento.example/2", _DETAIL)


def build(folder: Path) -> Court:
    """Let the years pass, and publish an hour before the award."""
    place = make_place(folder, f"sqlite:///{folder / 'registry.sqlite'}")
    with open_parts(place, Clock()) as parts:
        years = _Years(parts)
        _tell(years)
        parts.clock.at = AWARD_AT - timedelta(hours=1)
        parts.publisher.publish()
        return Court(place.public, parts.trust(), years.numbers)
