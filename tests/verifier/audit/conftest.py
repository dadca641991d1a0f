"""A registry to audit, published once for the tests of a module."""

from datetime import timedelta
from pathlib import Path

import pytest

from keys.key_set import OPERATOR
from keys.signer import Purpose, generate
from registry.bootstrap import initialise, now, open_registry
from registry.commands.decisions import Basis, GrantCertification, Person, SuspendCertification, WithdrawCertification
from registry.domain.decision import Case
from tests.verifier.audit.world import ORIGIN, World
from verifier.encoding import legal_day

SCHEMES = Path(__file__).parents[3] / "schemes"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("audited")
    opened = initialise(folder, ORIGIN, "http://127.0.0.1:8000")
    with open_registry(opened) as attesto:
        edition, _ = attesto.register.publish_edition((SCHEMES / "demo-2026.json").read_bytes())
        for purpose in (Purpose.EVENT, Purpose.TOKEN, Purpose.RECOVERY):
            attesto.key_set.propose("odc-uno", purpose, generate())
        attesto.register.register_body("odc-uno", "OdC Uno", "https://odc-uno.example")
        detail = {"number": "1", "accreditation_body": "A", "standard": "S", "wording": "W"}
        attesto.register.accredit("odc-uno", edition.scheme, "letter", detail)
        case = Case("DE-1", ("ES-1",))
        numbers = [
            attesto.registry.decide(
                GrantCertification(
                    "odc-uno",
                    edition.slug,
                    "addetto",
                    Person(f"Nome {i}"),
                    case,
                    "E-1",
                    Basis("D-1"),
                    received=("domanda", "esperienza"),
                )
            ).number
            for i in range(6)
        ]
        until = legal_day(now()) + timedelta(days=30)
        attesto.registry.decide(SuspendCertification("odc-uno", numbers[0], "DE-1", Basis("D-2"), "r", until))
        attesto.registry.decide(WithdrawCertification("odc-uno", numbers[1], "DE-1", Basis("D-3"), "r"))
        attesto.publisher.publish()
        attesto.write_trust_root()
        (folder / "public" / "trust.json").unlink()
        keys = attesto.key_set
        return World(
            folder / "public",
            attesto.trust_root(),
            keys.current(OPERATOR, Purpose.LOG),
            keys.current(OPERATOR, Purpose.OPERATOR),
            keys.current("odc-uno", Purpose.EVENT),
            keys.current("odc-uno", Purpose.RECOVERY),
        )
