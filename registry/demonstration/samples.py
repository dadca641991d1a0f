"""The sample certificates that a single day can make; ``past`` makes those that take months."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from registry.application.registry import Registry
from registry.commands.decisions import (
    Basis,
    Command,
    GrantCertification,
    ReinstateCertification,
    ReissueCertificate,
    RelinquishCertification,
    SuspendCertification,
    WithdrawCertification,
)
from registry.domain.edition import Edition
from verifier.report import Verdict

AURORA: Final = "odc-aurora"
BOREA: Final = "odc-borea"
CIRRO: Final = "odc-cirro"
DEMO: Final = "demo-2026"
NEXT: Final = "demo-2027"
DECIDER: Final = "DE-90"


@dataclass(frozen=True, slots=True)
class Sample:
    """A certificate to look at: its file's name, number and token, the verdict to expect, and what it shows."""

    name: str
    number: str
    token: bytes = field(repr=False)
    verdict: Verdict
    says: str


class Samples:
    """Makes the samples, each of a person of its own."""

    def __init__(
        self, registry: Registry, people: Sequence[GrantCertification], quick: Edition, gapped: Edition, today: date
    ) -> None:
        """Grant to ``people`` in their order.

        ``quick`` is the edition whose maintenance is due at once, ``gapped`` one that leaves the validity to the body.
        """
        self._registry = registry
        self._people = iter(people)
        self._quick = quick.slug
        self._gapped = gapped
        self._today = today

    def make(self) -> Iterator[Sample]:
        """Every sample, in the order of the files."""
        yield self._of("01-in-force", Verdict.IN_FORCE, "in force", self._grant())
        yield self._reinstated()
        yield self._change_scheduled()
        yield self._maintenance_due()
        yield self._last_day()
        yield self._not_accredited()
        yield self._not_yet_effective()
        yield self._suspended()
        yield self._withdrawn()
        yield self._relinquished()
        yield from self._superseded()

    def _reinstated(self) -> Sample:
        granted = self._suspend(self._grant(), 30)
        self._take(ReinstateCertification(AURORA, granted[0], DECIDER, _basis(2)))
        return self._of(
            "02-reinstated", Verdict.IN_FORCE, "in force again, after a suspension that was lifted", granted
        )

    def _change_scheduled(self) -> Sample:
        granted = self._grant()
        later = self._in_days(30)
        self._take(RelinquishCertification(AURORA, granted[0], DECIDER, _basis(3, later)))
        says = f"in force; the holder gives it up on {later}, and that is announced"
        return self._of("03-change-announced", Verdict.IN_FORCE, says, granted)

    def _maintenance_due(self) -> Sample:
        says = "in force, maintenance due; in a month, with nothing done, in grace and then overdue"
        return self._of("04-maintenance-due", Verdict.IN_FORCE, says, self._grant(edition=self._quick))

    def _last_day(self) -> Sample:
        edition = self._gapped
        granted = self._grant(
            body=BOREA,
            edition=edition.slug,
            profile=next(iter(edition.profiles)),
            valid_until=self._today,
            unaccredited=True,
        )
        title = edition.title["en"]
        says = f"in force until 24:00 today, from tomorrow on expired ({title}; the body is not accredited for it)"
        return self._of("05-expires-tonight", Verdict.IN_FORCE, says, granted)

    def _not_accredited(self) -> Sample:
        granted = self._grant(body=BOREA, unaccredited=True)
        says = "in force, and the body is not accredited for the scheme: the answer says so"
        return self._of("06-body-not-accredited", Verdict.IN_FORCE, says, granted)

    def _not_yet_effective(self) -> Sample:
        later = self._in_days(30)
        granted = self._grant(basis=_basis(7, later))
        return self._of("07-not-yet-effective", Verdict.NOT_IN_FORCE, f"not in force before {later}", granted)

    def _suspended(self) -> Sample:
        granted = self._suspend(self._grant(), 0)
        says = "suspended, to be decided on by tonight; tomorrow the deadline has passed"
        return self._of("08-suspended", Verdict.NOT_IN_FORCE, says, granted)

    def _withdrawn(self) -> Sample:
        granted = self._grant()
        self._take(WithdrawCertification(AURORA, granted[0], DECIDER, _basis(9), "una prova falsa (inventata)"))
        return self._of("09-withdrawn", Verdict.NOT_IN_FORCE, "withdrawn by the body", granted)

    def _relinquished(self) -> Sample:
        granted = self._grant()
        self._take(RelinquishCertification(AURORA, granted[0], DECIDER, _basis(10)))
        return self._of("10-relinquished", Verdict.NOT_IN_FORCE, "given up by the holder", granted)

    def _superseded(self) -> Iterator[Sample]:
        first = self._grant()
        newer = self._take(ReissueCertificate(AURORA, first[0], _basis(11)))
        yield self._of("11-superseded", Verdict.SUPERSEDED, "genuine, but a newer document was issued", first)
        yield self._of("12-reissued", Verdict.IN_FORCE, "in force: the newer document of number 11", newer)

    def _of(self, name: str, verdict: Verdict, says: str, granted: tuple[str, bytes]) -> Sample:
        return Sample(name, *granted, verdict, says)

    def _grant(self, **changes: object) -> tuple[str, bytes]:
        grant = next(self._people)
        return self._take(replace(grant, **changes))  # type: ignore[arg-type]

    def _suspend(self, granted: tuple[str, bytes], days: int) -> tuple[str, bytes]:
        deadline = self._in_days(days)
        self._take(SuspendCertification(AURORA, granted[0], DECIDER, _basis(8), "quota non versata", deadline))
        return granted

    def _take(self, command: Command) -> tuple[str, bytes]:
        made = self._registry.decide(command)
        return made.number, made.token or b""

    def _in_days(self, days: int) -> date:
        return self._today + timedelta(days=days)


def _basis(place: int, effective_on: date | None = None) -> Basis:
    return Basis(f"DEL-DEMO-{place:02}", effective_on)
