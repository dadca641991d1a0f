"""The registry that the gallery's certificates are from: two bodies and three more, and a certification of every kind.

Its clock is ours, so that three years pass in seconds: what is decided is decided on the days that are written here.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from keys.signer import Purpose, Signer, generate
from registry.application.transfer import Transfers
from registry.bootstrap import Attesto
from registry.commands.decisions import (
    AdoptCertification,
    AnnulCertification,
    Basis,
    Command,
    ConfirmMaintenance,
    CorrectCertification,
    GrantCertification,
    Person,
    RecertifyCertification,
    ReduceScope,
    ReinstateCertification,
    ReissueCertificate,
    RelinquishCertification,
    SuspendCertification,
    TransferCertification,
    UpholdAppeal,
    WithdrawCertification,
)
from registry.commands.erasure import EraseHolder
from registry.domain.decision import Case
from registry.domain.past import Past
from verifier.key import ED25519, ES256

ADDRESS: Final = "https://registro.example"
TODAY: Final = date(2029, 2, 1)
SCHEMES: Final = Path(__file__).parents[2] / "schemes"
_CASE: Final = Case("decider-1", ("examiner-1",), ("trainer-1",))
_ACCREDITED: Final = {
    "number": "0042 C",
    "accreditation_body": "Ente Immaginario di Accreditamento",
    "standard": "ISO/IEC 17024:2012",
    "wording": "Accreditato per lo schema dimostrativo",
}
_BODIES: Final = {
    "aurora": ("Aurora Certificazioni S.r.l.", ED25519),
    "borea": ("Istituto Boreale di Qualità", ES256),
    "cirro": ("Cirro Verifiche", ED25519),
    "dorsale": ("Dorsale Attestazioni S.p.A.", ES256),
}
_NAMES: Final = {
    "greek": "Ελένη Παπαδοπούλου",
    "cyrillic": "Олександра Шевченко",
    "arabic": "ليلى بنت منصور الفاسي",
    "devanagari": "सीता शर्मा",
    "vietnamese": "Nguyễn Thị Ánh Tuyết",
    "hebrew": "שירה בן־דוד",
    "long": "Maria Immacolata Concetta Degl'Innocenti Della Valle Conti",
}
Make = Callable[[str], Command]


class Clock:
    """The present instant (UTC) that the registry is told."""

    def __init__(self) -> None:
        """Begin years ago."""
        self.at = datetime(2026, 1, 10, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, day: date) -> None:
        """Go on to the morning of a day."""
        self.at = datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


class Lives:
    """Records every life; ``tokens`` are each certification's documents, the oldest first."""

    def __init__(self, attesto: Attesto, clock: Clock) -> None:
        """Record with ``attesto``, whose clock this is."""
        self._attesto = attesto
        self._clock = clock
        self.numbers: dict[str, str] = {}
        self.tokens: dict[str, list[bytes]] = {}
        self.replaced_token_key: Signer

    def record(self) -> None:
        """Found the registry, then let everything happen that happens."""
        self._found()
        for day, name, command in _decisions():
            self._clock.move(day)
            self._decide(name, command)
        self._clock.move(date(2029, 1, 26))
        self._transfer("transferred", "taken over")
        self._attesto.registry.erasure.erase(EraseHolder("aurora", self.numbers["erased"], "decider-1"))
        self._attesto.register.suspend_accreditation("borea", "demo", "accreditation body")
        self._rotate()
        self._decide("after the rotation", _grant("dorsale", "Bruno Rinnovato"))
        self._decide("born today", _grant(holder="Nina Odierna"))

    def _found(self) -> None:
        register = self._attesto.register
        register.publish_edition((SCHEMES / "demo-2026.json").read_bytes())
        for slug, (name, algorithm) in _BODIES.items():
            for purpose in (Purpose.EVENT, Purpose.TOKEN, Purpose.RECOVERY):
                self._attesto.key_set.propose(slug, purpose, generate(algorithm))
            register.register_body(slug, name, f"https://{slug}.example")
        for slug in ("aurora", "borea", "dorsale"):
            register.accredit(slug, "demo", "accreditation body", _ACCREDITED)

    def _rotate(self) -> None:
        """Dorsale's keys are replaced, and the old one for decisions declared compromised from here on."""
        keys, register = self._attesto.key_set, self._attesto.register
        self.replaced_token_key = keys.current("dorsale", Purpose.TOKEN)
        old = keys.current("dorsale", Purpose.EVENT).public_key.key_id
        for purpose in (Purpose.EVENT, Purpose.TOKEN):
            keys.propose("dorsale", purpose, generate(ES256))
            register.rotate_key("dorsale", purpose)
        register.declare_compromised("dorsale", Purpose.EVENT, old, self._attesto.store.log.head().size)

    def _decide(self, name: str, command: Make) -> None:
        made = self._attesto.registry.decide(command(self.numbers.get(name, "")))
        self.numbers[name] = made.number
        if made.token is not None:
            self.tokens.setdefault(name, []).append(made.token)

    def _transfer(self, name: str, into: str) -> None:
        command = TransferCertification(
            "aurora", self.numbers[name], "decider-1", Basis("delibera 2"), "borea", Case("decider-2"), "delibera 3",
            consented=True,
        )  # fmt: skip
        made = Transfers(self._attesto.registry, secrets.token_bytes).transfer(command).into
        self.numbers[into], self.tokens[into] = made.number, [made.token or b""]


def _decisions() -> Iterator[tuple[date, str, Make]]:
    yield date(2026, 1, 12), "expired", _grant(holder="Łukasz Żółć")
    yield date(2026, 1, 20), "renewed", _grant(holder="María José Núñez de la Peña")
    yield date(2027, 12, 1), "overdue", _grant(holder="Sara Tardiva")
    yield date(2028, 1, 15), "in grace", _grant(holder="Carlo Graziato")
    yield date(2028, 2, 1), "recorded late", _grant(holder="Dora Lenta")
    yield date(2028, 3, 10), "due", _grant(holder="Elio Prossimo")
    yield date(2028, 4, 3), "reinstated", _grant(holder="Fosca Riammessa")
    yield date(2028, 5, 1), "suspended", _grant(holder="Gino Sospeso")
    yield date(2028, 5, 1), "past deadline", _grant(holder="Ida Pendente")
    yield date(2028, 6, 1), "in force", _grant(holder="Giulia D’Àngelo-Ferrari")
    yield date(2028, 6, 1), "another", _grant(holder="Marta Bianchini")
    yield date(2028, 6, 1), "operator", _grant(holder="Piero Operoso", profile="addetto")
    yield date(2028, 6, 1), "withdrawal announced", _grant(holder="Livia Uscente")
    yield date(2028, 6, 1), "suspension announced", _grant(holder="Mino Avvisato")
    yield date(2028, 6, 2), "withdrawn", _grant(holder="Nora Ritirata")
    yield date(2028, 6, 2), "relinquished", _grant(holder="Omar Rinunciante")
    yield date(2028, 6, 3), "annulled", _grant(holder="Pia Annullata")
    yield date(2028, 6, 3), "appealed", _grant(holder="Quinto Riabilitato")
    yield date(2028, 6, 3), "reissued", _grant(holder="Rita Ristampata")
    yield date(2028, 6, 3), "corrected", _grant(holder="Giovani Errato")
    yield date(2028, 6, 4), "reduced", _grant(holder="Sisto Ridotto")
    yield date(2028, 6, 5), "accreditation suspended", _grant("borea", "Søren Åkesson")
    yield date(2028, 6, 6), "unaccredited", _grant("cirro", "Tea Scoperta", unaccredited=True)
    yield date(2028, 6, 7), "transferred", _grant(holder="Ugo Trasferito")
    yield date(2028, 6, 8), "before the rotation", _grant("dorsale", "Vera Anteriore")
    for place, (script, holder) in enumerate(_NAMES.items()):
        yield date(2028, 7, 1 + place), script, _grant(holder=holder)
    yield date(2028, 9, 1), "past deadline", _suspend(date(2029, 1, 15))
    yield date(2028, 9, 2), "appealed", _withdraw()
    yield date(2028, 9, 20), "appealed", lambda number: UpholdAppeal("aurora", number, "decider-9", _basis(), 3)
    yield (
        date(2028, 9, 21),
        "reduced",
        lambda n: ReduceScope("aurora", n, "decider-1", _basis(), "parte", ("coordinare",)),
    )
    yield date(2028, 10, 1), "reinstated", _suspend(date(2028, 12, 1))
    yield date(2028, 10, 2), "corrected", lambda n: CorrectCertification("aurora", n, "d-1", _basis(), "Giovanni Retto")
    yield date(2028, 11, 1), "reinstated", lambda n: ReinstateCertification("aurora", n, "decider-1", _basis())
    yield date(2028, 11, 2), "reissued", lambda number: ReissueCertificate("aurora", number, _basis())
    yield date(2028, 11, 3), "adopted", _adopt
    yield date(2028, 12, 10), "suspended", _suspend(date(2029, 3, 1))
    yield date(2029, 1, 8), "withdrawn", _withdraw()
    yield date(2029, 1, 9), "relinquished", lambda n: RelinquishCertification("aurora", n, "decider-1", _basis())
    yield date(2029, 1, 10), "renewed", lambda n: RecertifyCertification("aurora", n, _CASE, "esame 2", _basis())
    yield date(2029, 1, 11), "annulled", lambda n: AnnulCertification("aurora", n, "decider-1", _basis(), "frode")
    yield date(2029, 1, 12), "recorded late", _confirm(date(2029, 1, 9))
    yield date(2029, 1, 20), "not yet", _grant(holder="Wilma Futura", effective_on=date(2029, 3, 1))
    yield date(2029, 1, 25), "withdrawal announced", _withdraw(date(2029, 2, 15))
    yield date(2029, 1, 25), "suspension announced", _suspend(date(2029, 4, 1), date(2029, 2, 20))
    yield date(2029, 1, 25), "erased", _grant(holder="Ottavia Dimenticata")


def _basis(effective_on: date | None = None) -> Basis:
    return Basis("delibera 1", effective_on)


def _grant(
    body: str = "aurora",
    holder: str = "",
    effective_on: date | None = None,
    profile: str = "coordinatore",
    unaccredited: bool = False,
) -> Make:
    person = Person(holder, date(1987, 5, 4), "Forlì")
    granted = GrantCertification(
        body, "demo-2026", profile, person, _CASE, "esame 1", _basis(effective_on), unaccredited=unaccredited,
        received=("domanda", "esperienza"),
    )  # fmt: skip
    return lambda _: replace(granted)


def _suspend(deadline: date, effective_on: date | None = None) -> Make:
    return lambda n: SuspendCertification("aurora", n, "decider-1", _basis(effective_on), "quota", deadline)


def _withdraw(effective_on: date | None = None) -> Make:
    return lambda number: WithdrawCertification("aurora", number, "decider-1", _basis(effective_on), "motivo")


def _confirm(effective_on: date) -> Make:
    return lambda number: ConfirmMaintenance(
        "aurora", number, "decider-1", _basis(effective_on), ("continuita", "formazione", "reclami")
    )


def _adopt(_: str) -> Command:
    person = Person("Zaira Preesistente", date(1979, 3, 2), "Forlì")
    days = Past(date(2026, 11, 10), date(2026, 11, 10), date(2028, 9, 1), date(2029, 11, 9))
    return AdoptCertification("aurora", "demo-2026", "coordinatore", person, _CASE, days, _basis(), "AURORA-0117")
