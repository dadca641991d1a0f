"""What a body is shown before it signs is all that it signs; what is not one whole decision is not signed."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

import pytest

from registry.application.preparations import Preparation
from registry.bootstrap import now, open_registry
from registry.commands.asked import read_asked
from registry.commands.decisions import (
    AdoptCertification,
    AnnulCertification,
    Basis,
    Command,
    ConfirmMaintenance,
    CorrectCertification,
    ExtendScope,
    GrantCertification,
    Person,
    ProlongSuspension,
    RecertifyCertification,
    ReduceScope,
    RefuseMaintenance,
    ReinstateCertification,
    ReissueCertificate,
    RelinquishCertification,
    SuspendCertification,
    UpholdAppeal,
    WithdrawCertification,
)
from registry.commands.home_file import ToSign
from registry.domain.past import Past
from tests.registry.office import CASE, RECEIVED, grant, make_registry, suspend
from verifier.encoding import format_base64url, parse_base64url
from verifier.errors import FormatError

LOG: Final = "office.example/log"
BODY: Final = "odc-uno"
BASIS: Final = Basis("DEL-9")
DOCUMENT: Final = ["certificate.superseded", "certificate.reissued"]
MONTH: Final = timedelta(days=30)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ToSign]:
    """One preparation of each kind of decision, by the type of its first event."""
    settings = make_registry(tmp_path_factory.mktemp("asked") / "registry")
    with open_registry(settings) as attesto:
        standing, suspended = grant(attesto), grant(attesto)
        suspend(attesto, suspended)
        deadline = attesto.registry.moment().today
        # Of the two tasks of one of them one is left.
        person = Person("Zoë D'Angelo")
        wide = GrantCertification(BODY, "demo-2026", "referente", person, CASE, "ESA-1", BASIS, received=RECEIVED)
        whole, reduced = (attesto.registry.decide(wide).number for _ in range(2))
        attesto.registry.decide(ReduceScope(BODY, reduced, "DE-06", BASIS, "fees", ("accogliere",)))
    made: dict[str, ToSign] = {}

    def prepare(at: datetime, *commands: Command) -> None:
        with open_registry(settings, lambda: at) as attesto:
            for command in commands:
                waiting = attesto.preparations.prepare(command)
                assert isinstance(waiting, Preparation)
                made[waiting.prepared.events[0].topic] = waiting.to_sign

    prepare(
        now(),
        GrantCertification(
            BODY, "demo-2026", "addetto", Person("Zoë D'Angelo"), CASE, "ESA-1", BASIS, received=RECEIVED
        ),
        AdoptCertification(BODY, "demo-2026", "addetto", Person("Zoë D'Angelo"), CASE, past(deadline), BASIS),
        SuspendCertification(BODY, standing, "DE-06", BASIS, "fees", deadline),
        ReinstateCertification(BODY, suspended, "DE-06", BASIS),
        WithdrawCertification(BODY, standing, "DE-06", BASIS, "fraud"),
        RelinquishCertification(BODY, standing, "DE-06", BASIS),
        ReissueCertificate(BODY, standing, BASIS),
        RefuseMaintenance(BODY, standing, "DE-06", BASIS, "fees"),
        ReduceScope(BODY, whole, "DE-06", BASIS, "fees", ("accogliere",)),
        ExtendScope(BODY, reduced, "DE-06", BASIS, ("accogliere", "risolvere"), "ESA-2"),
        ProlongSuspension(BODY, suspended, "DE-06", BASIS, "fees", deadline + MONTH),
        AnnulCertification(BODY, standing, "DE-06", BASIS, "fraud"),
        UpholdAppeal(BODY, suspended, "DE-09", BASIS, 3),
        CorrectCertification(BODY, standing, "DE-06", BASIS, "Zoe Dangelo"),
    )
    prepare(
        now() + 12 * MONTH, ConfirmMaintenance(BODY, standing, "DE-06", BASIS, ("continuita", "formazione", "reclami"))
    )
    prepare(now() + 35 * MONTH, RecertifyCertification(BODY, standing, CASE, "ESA-2", BASIS))
    return made


def test_every_decision_that_the_registry_prepares_is_read_whole(asked: dict[str, ToSign]) -> None:
    read = {name: read_asked(item, LOG, BODY) for name, item in asked.items()}

    assert {name: [event.type for event in what.events] for name, what in read.items()} == {
        "certification.granted": ["certification.granted", "certificate.issued"],
        "certification.adopted": ["certification.adopted", "certificate.issued"],
        "certification.suspended": ["certification.suspended"],
        "certification.reinstated": ["certification.reinstated"],
        "certification.withdrawn": ["certification.withdrawn"],
        "certification.relinquished": ["certification.relinquished"],
        "certification.maintenance_confirmed": ["certification.maintenance_confirmed"],
        "certification.recertified": ["certification.recertified", *DOCUMENT],
        "certificate.superseded": DOCUMENT,
        "certification.maintenance_refused": ["certification.maintenance_refused"],
        "certification.scope_reduced": ["certification.scope_reduced"],
        "certification.scope_extended": ["certification.scope_extended"],
        "certification.suspension_prolonged": ["certification.suspension_prolonged"],
        "certification.annulled": ["certification.annulled"],
        "certification.appeal_upheld": ["certification.appeal_upheld"],
        "certification.corrected": ["certification.corrected", *DOCUMENT],
    }
    assert {name for name, what in read.items() if what.certificate} == {
        "certification.granted", "certification.adopted", "certification.recertified", "certification.corrected",
        "certificate.superseded",
    }  # fmt: skip


def past(today: date) -> Past:
    """A first cycle that began a year ago and ends in a year."""
    begun = today - 12 * MONTH
    return Past(begun, begun, begun, today + 12 * MONTH)


def altered(item: ToSign, place: int, **fields: object) -> ToSign:
    """The preparation with other fields in one of its events."""
    events = list(item.events)
    head, payload = events[place].split(b".")
    said = json.loads(parse_base64url(payload.decode())) | fields
    content = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    events[place] = head + b"." + format_base64url(content).encode()
    return replace(item, events=tuple(events))


GRANT: Final = "certification.granted"
ADOPTION: Final = "certification.adopted"
SUSPENSION: Final = "certification.suspended"
REISSUE: Final = "certificate.superseded"
Make = Callable[[dict[str, ToSign]], ToSign]
NOT_SIGNED: Final[dict[str, tuple[Make, str]]] = {
    "nothing": (lambda a: replace(a[SUSPENSION], events=()), "is no decision that we know"),
    "a withdrawal behind a suspension": (
        lambda a: replace(a[SUSPENSION], events=a[SUSPENSION].events + a["certification.withdrawn"].events),
        "is no decision that we know",
    ),
    "a withdrawal behind a grant": (
        lambda a: replace(a[GRANT], events=a[GRANT].events + a["certification.withdrawn"].events),
        "is no decision that we know",
    ),
    "an adoption that goes on a stream": (lambda a: altered(a[ADOPTION], 0, sequence=2), "do not follow each other"),
    "a grant without its document": (
        lambda a: replace(a[GRANT], events=a[GRANT].events[:1], token=None), "is no decision that we know",
    ),
    "events in another order": (
        lambda a: replace(a[GRANT], events=a[GRANT].events[::-1]), "is no decision that we know",
    ),
    "the document of another certification": (
        lambda a: replace(a[GRANT], events=(altered(a[GRANT], 0, status_index=7).events[0], a[GRANT].events[1])),
        "events that do not follow each other",
    ),
    "a later event of another stream": (
        lambda a: altered(a[GRANT], 1, stream="00000000-0000-4000-8000-000000000000"), "do not follow each other",
    ),
    "a later event of another place": (lambda a: altered(a[GRANT], 1, sequence=3), "do not follow each other"),
    "a later event of another profile": (
        lambda a: altered(a[REISSUE], 1, profile="coordinatore"), "do not follow each other",
    ),
    "a later event of another body": (lambda a: altered(a[REISSUE], 1, body="odc-due"), "is of another body or log"),
    "a later event of another log": (lambda a: altered(a[REISSUE], 1, log="a.example"), "is of another body or log"),
    "a grant that goes on a stream": (
        lambda a: altered(a["certification.withdrawn"], 0, sequence=1), "do not follow each other",
    ),
    "no certificate": (lambda a: replace(a[GRANT], token=None), "lacks the certificate"),
    "a certificate beside a suspension": (lambda a: replace(a[SUSPENSION], token=a[GRANT].token), "or has one that"),
    "another certificate": (lambda a: replace(a[GRANT], token=a[REISSUE].token), "holds another certificate"),
    "another revision": (lambda a: altered(a[GRANT], 1, revision=2), "holds another certificate"),
    "another digest": (lambda a: altered(a[REISSUE], 1, token_sha256="A" * 43), "holds another certificate"),
    "another standing superseded": (
        lambda a: rechained(altered(a[REISSUE], 0, revision=7)), "holds another certificate",
    ),
    "another last valid day": (
        lambda a: rechained(altered(a[GRANT], 0, valid_until="2099-01-01")), "holds another certificate",
    ),
    "another place in the snapshots": (
        lambda a: rechained(altered(a[GRANT], 0, status_index=7)), "holds another certificate",
    ),
}  # fmt: skip


def rechained(item: ToSign) -> ToSign:
    """The preparation with its second event naming the first as it is now."""
    return altered(item, 1, previous=format_base64url(sha256(item.events[0]).digest()))


@pytest.mark.parametrize("case", NOT_SIGNED)
def test_what_is_not_one_whole_decision_is_not_signed(case: str, asked: dict[str, ToSign]) -> None:
    make, reason = NOT_SIGNED[case]

    with pytest.raises(FormatError, match=rf"^preparation [0-9a-f-]{{36}} .*{reason}.*: it is not signed$"):
        read_asked(make(asked), LOG, BODY)
