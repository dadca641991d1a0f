"""The samples that take months, made on a clock of the demonstration's own, which is set back and then goes on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from registry.application.registry import Registry
from registry.application.transfer import Transfers
from registry.commands.decisions import (
    AdoptCertification,
    AnnulCertification,
    Basis,
    Command,
    ConfirmMaintenance,
    GrantCertification,
    RecertifyCertification,
    RefuseMaintenance,
    SuspendCertification,
    TransferCertification,
)
from registry.demonstration.samples import AURORA, CIRRO, DECIDER, Sample
from registry.domain.decision import Case
from registry.domain.edition import Edition
from registry.domain.past import Past as Days
from verifier.encoding import legal_day
from verifier.report import Verdict

# What the demonstration's edition wants to have received before a maintenance is confirmed.
_EVIDENCE: Final = ("continuita", "formazione", "reclami")
# What a certification that is transferred becomes.
_BECOMES: Final = {"22-transferred": "23-taken-over", "25-origin": "25-origin-annulled"}
# How many days before today the demonstration's log begins.
BEGINS: Final = 240


@dataclass(slots=True)
class DemonstrationClock:
    """The present instant (UTC), some days back."""

    now: Callable[[], datetime]
    days_back: int = BEGINS

    def __call__(self) -> datetime:
        """The instant that the registry is told."""
        return self.now() - timedelta(days=self.days_back)


class Past:
    """Makes what needs months; every sample is of a person of its own."""

    def __init__(
        self,
        registry: Registry,
        transfers: Transfers,
        people: Sequence[GrantCertification],
        quick: Edition,
        clock: DemonstrationClock,
    ) -> None:
        """Grant to ``people`` in their order, under ``quick`` where the edition's days must come soon."""
        self._registry = registry
        self._transfers = transfers
        self._people = iter(people)
        self._quick = quick.slug
        self._clock = clock
        self._made: dict[str, tuple[str, bytes]] = {}

    def make(self) -> list[Sample]:
        """Every sample, in the order of the files; the clock then shows the present."""
        for days_back, name, command in sorted(self._life(), key=lambda step: -step[0]):
            self._clock.days_back = days_back
            self._take(name, command(self._made.get(name, ("", b""))[0]))
        self._clock.days_back = 0
        return [
            self._of("13-expired", Verdict.NOT_IN_FORCE, "expired: its last valid day has passed"),
            self._of("14-maintenance-in-grace", Verdict.IN_FORCE, "in force, maintenance not confirmed, in grace"),
            self._of("15-maintenance-overdue", Verdict.IN_FORCE, "in force, maintenance overdue: the body must decide"),
            self._of("16-suspension-past-deadline", Verdict.NOT_IN_FORCE, "suspended, and the deadline has passed"),
            self._of("17-recorded-late", Verdict.IN_FORCE, "in force; a confirmation was recorded late, as allowed"),
            self._of("18-renewed", Verdict.IN_FORCE, "in force, in its second cycle"),
            self._of(
                "19-accreditation-suspended", Verdict.IN_FORCE, "in force, and the body's accreditation is suspended"
            ),
            self._of("20-annulled", Verdict.NOT_IN_FORCE, "annulled: it does not count on any day, not even before"),
            self._of("21-maintenance-refused", Verdict.IN_FORCE, "in force, though its maintenance was refused"),
            self._of("22-transferred", Verdict.NOT_IN_FORCE, "handed over to another body: under this number, no more"),
            self._of(
                "23-taken-over", Verdict.IN_FORCE, "in force: number 22, at the body that took it over, same dates"
            ),
            self._of(
                "24-adopted", Verdict.IN_FORCE, "in force; granted before the registry, which its body states alone"
            ),
            self._of(
                "25-origin-annulled", Verdict.IN_FORCE, "in force where it is now; the body that granted it annulled it"
            ),
        ]

    def _take(self, name: str, command: Command | TransferCertification) -> None:
        if isinstance(command, TransferCertification):
            taken_over = self._transfers.transfer(command).into
            self._made[_BECOMES[name]] = (taken_over.number, taken_over.token or b"")
        else:
            made = self._registry.decide(command)
            self._made[name] = (made.number, made.token or self._made[name][1])

    def _life(self) -> Iterator[tuple[int, str, Callable[[str], Command | TransferCertification]]]:
        yield 200, "13-expired", self._grant(edition=self._quick)
        yield 35, "14-maintenance-in-grace", self._grant(edition=self._quick)
        yield 90, "15-maintenance-overdue", self._grant(edition=self._quick)
        yield 60, "16-suspension-past-deadline", self._grant()
        yield 20, "16-suspension-past-deadline", self._suspend(5)
        yield 40, "17-recorded-late", self._grant(edition=self._quick)
        yield 11, "17-recorded-late", self._confirm(13)
        yield 150, "18-renewed", self._grant(edition=self._quick)
        yield 10, "18-renewed", self._renew()
        yield 30, "19-accreditation-suspended", self._grant(body=CIRRO)
        yield 50, "20-annulled", self._grant()
        yield 9, "20-annulled", self._annul
        yield 45, "21-maintenance-refused", self._grant(edition=self._quick)
        yield 8, "21-maintenance-refused", self._refuse
        yield 120, "22-transferred", self._grant()
        yield 7, "22-transferred", self._transfer
        yield 25, "24-adopted", self._adopt()
        yield 100, "25-origin", self._grant()
        yield 6, "25-origin", self._transfer
        yield 5, "25-origin", self._annul

    def _of(self, name: str, verdict: Verdict, says: str) -> Sample:
        return Sample(name, *self._made[name], verdict, says)

    def _grant(self, **changes: object) -> Callable[[str], Command]:
        grant = next(self._people)
        return lambda _: replace(grant, **changes)  # type: ignore[arg-type]

    def _suspend(self, until: int) -> Callable[[str], Command]:
        deadline = self._day(until)
        return lambda number: SuspendCertification(AURORA, number, DECIDER, Basis("DEL-DEMO-16"), "verifica", deadline)

    def _confirm(self, effective: int) -> Callable[[str], Command]:
        basis = Basis("DEL-DEMO-17", self._day(effective))
        return lambda number: ConfirmMaintenance(AURORA, number, DECIDER, basis, _EVIDENCE)

    def _renew(self) -> Callable[[str], Command]:
        case = next(self._people).case
        return lambda number: RecertifyCertification(AURORA, number, case, "ESA-DEMO-18", Basis("DEL-DEMO-18"))

    @staticmethod
    def _annul(number: str) -> Command:
        return AnnulCertification(AURORA, number, DECIDER, Basis("DEL-DEMO-20"), "prova sostenuta da un altro")

    @staticmethod
    def _refuse(number: str) -> Command:
        return RefuseMaintenance(AURORA, number, DECIDER, Basis("DEL-DEMO-21"), "ore di formazione mancanti")

    @staticmethod
    def _transfer(number: str) -> TransferCertification:
        return TransferCertification(
            AURORA, number, DECIDER, Basis("DEL-DEMO-22"), CIRRO, Case("VE-01"), "TR-DEMO-23", consented=True
        )

    def _adopt(self) -> Callable[[str], Command]:
        person = next(self._people)
        began = self._day(900)
        days = Days(began, began, self._day(170), self._day(-150))
        basis = Basis("DEL-DEMO-24")
        return lambda _: AdoptCertification(
            AURORA, person.edition, person.profile, person.person, person.case, days, basis, "AURORA-0117"
        )

    def _day(self, days_back: int) -> date:
        return legal_day(self._clock.now() - timedelta(days=days_back))
