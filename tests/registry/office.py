"""A registry with two accredited bodies and one open edition, made as an operator makes it."""

from pathlib import Path
from typing import Final

from keys.signer import Purpose, generate
from registry.bootstrap import Attesto, initialise, open_registry
from registry.commands.decisions import Basis, GrantCertification, Person, SuspendCertification
from registry.domain.decision import Case
from registry.settings import Settings
from verifier.encoding import legal_day

SCHEME: Final = Path(__file__).parents[2] / "schemes" / "demo-2026.json"
BODIES: Final = ("odc-uno", "odc-due")
DETAIL: Final = {"number": "1", "accreditation_body": "Accredia", "standard": "ISO/IEC 17024:2012", "wording": "1"}
RECEIVED: Final = ("domanda", "esperienza")
CASE: Final = Case("DE-06", ("ES-05",), ("FO-05",))


def make_registry(folder: Path, database_url: str = "") -> Settings:
    """A registry in ``folder``; on SQLite unless another database is given."""
    settings = initialise(folder, "office.example/log", "https://office.example", database_url)
    with open_registry(settings) as attesto:
        attesto.register.publish_edition(SCHEME.read_bytes())
        for slug in BODIES:
            for purpose in (Purpose.EVENT, Purpose.TOKEN, Purpose.RECOVERY):
                attesto.key_set.propose(slug, purpose, generate())
            attesto.register.register_body(slug, slug.title(), f"https://{slug}.example")
            attesto.register.accredit(slug, "demo", "letter", DETAIL)
        attesto.standings.catch_up(attesto.store.log.head().size, legal_day(attesto.registry.moment().at))
        attesto.write_trust_root()
    return settings


def grant(attesto: Attesto, name: str = "Zoë D'Angelo-Ñandú", body: str = "odc-uno") -> str:
    """Certify somebody; return the number."""
    command = GrantCertification(
        body, "demo-2026", "addetto", Person(name), CASE, "ESA-1", Basis("DEL-1"), received=RECEIVED
    )
    return attesto.registry.decide(command).number


def suspend(attesto: Attesto, number: str) -> None:
    """Suspend a certification until today."""
    today = attesto.registry.moment().today
    attesto.registry.decide(SuspendCertification("odc-uno", number, "DE-06", Basis("DEL-2"), "fees", today))
