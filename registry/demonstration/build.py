"""Builds the demonstration: a registry in a folder, its samples, its forgeries, and what there is to see."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

from keys.signer import Purpose, generate
from registry.application.answers import Recorded
from registry.bootstrap import Attesto, initialise, now, open_registry
from registry.commands.decisions import GrantCertification
from registry.demonstration.forgeries import Forgery, forge
from registry.demonstration.past import DemonstrationClock, Past
from registry.demonstration.people import many, read_people
from registry.demonstration.readme import format_readme
from registry.demonstration.samples import AURORA, BOREA, CIRRO, DEMO, NEXT, Sample, Samples
from registry.demonstration.schemes import gapped_scheme_file, quick_scheme_file, scheme_file
from registry.documents.symbol import certificate_link
from registry.domain.edition import Edition
from registry.domain.exam import ExamSession, Part
from verifier.bundle import Bundle, format_bundle
from verifier.encoding import format_day, legal_day
from verifier.fetch import FolderSource, fetch_bundle

# Written last: a demonstration without it was interrupted.
LAST_FILE: Final = "README.md"
ORIGIN: Final = "demo.attesto.example/log"
Tell = Callable[[str, int, int], None]
NameCheck = Callable[[Attesto, str, str], Callable[[str], None]]
WriteDocument = Callable[[Attesto, str, bytes, Path], None]
_BODIES: Final = {
    AURORA: ("OdC Aurora S.r.l. (di fantasia)", "https://aurora.example"),
    BOREA: ("Borea Certificazioni S.p.A. (di fantasia)", "https://borea.example"),
    CIRRO: ("Cirro Verifiche S.r.l. (di fantasia)", "https://cirro.example"),
}
_ACCREDITATION: Final = {
    "number": "000X",
    "accreditation_body": "Ente Immaginario di Accreditamento",
    "standard": "ISO/IEC 17024:2012",
    "wording": "PRS n. 000X, dimostrazione",
}
_STEPS: Final = 6
# How many people the samples take: those of today, and those whose certifications began months ago.
_TODAYS: Final = 12
_PAST: Final = 13


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What was built: the folder, how many people were certified, the samples and the forgeries."""

    folder: Path
    people: int
    samples: Sequence[Sample]
    forgeries: Sequence[Forgery]


def build(
    folder: Path,
    people: int,
    address: str,
    name_check: NameCheck,
    write_document: WriteDocument,
    tell: Tell,
) -> Demonstration:
    """Build a demonstration in ``folder``.

    Args:
        folder: where; nothing may be there.
        people: how many made-up people to certify, beside the samples.
        address: the page's URL.
        name_check: makes the check of names for a body and an edition.
        write_document: writes the certificate of a number and a token to a path.
        tell: hears the step, how much is done, and of how much.

    Raises:
        SettingError: there is a registry already.
    """
    clock = DemonstrationClock(now)
    settings = initialise(folder, ORIGIN, address)
    tell("demonstration", 1, _STEPS)
    with open_registry(settings, clock) as attesto:
        quick, gapped = _register(attesto)
        tell("demonstration", 2, _STEPS)
        grants = read_people(
            AURORA, attesto.streams.edition(DEMO).edition, legal_day(now()), name_check(attesto, AURORA, DEMO)
        )
        chosen = _sample_people(grants)
        past = Past(attesto.registry, attesto.transfers, chosen[_TODAYS:], quick, clock).make()
        attesto.register.suspend_accreditation(CIRRO, quick.scheme, "attesto demo")
        wanted = list(many(grants, people))
        _hold_exams(attesto, wanted)
        granted = _grant(attesto, wanted, tell)
        tell("demonstration", 3, _STEPS)
        samples = [*Samples(attesto.registry, chosen[:_TODAYS], quick, gapped, legal_day(now())).make(), *past]
        attesto.publisher.publish(tell)
        attesto.write_trust_root()
        tell("demonstration", 4, _STEPS)
        forgeries = list(_forge(attesto, {sample.name: sample for sample in samples}))
        made = Demonstration(folder, granted, samples, forgeries)
        _write(attesto, made, write_document, tell)
    tell("demonstration", _STEPS, _STEPS)
    return made


def _register(attesto: Attesto) -> tuple[Edition, Edition]:
    """Publish the editions and register the bodies; the edition whose days come soon, and the one with gaps."""
    register = attesto.register
    register.publish_edition(scheme_file(DEMO))
    register.publish_edition(scheme_file(NEXT))
    gapped, _ = register.publish_edition(gapped_scheme_file())
    quick, _ = register.publish_edition(quick_scheme_file())
    for slug, (name, website) in _BODIES.items():
        for purpose in (Purpose.EVENT, Purpose.TOKEN, Purpose.RECOVERY):
            attesto.key_set.propose(slug, purpose, generate())
        register.register_body(slug, name, website)
    for slug in (AURORA, CIRRO):
        register.accredit(slug, quick.scheme, "attesto demo", _ACCREDITATION)
    return quick, gapped


def _hold_exams(attesto: Attesto, grants: Sequence[GrantCertification]) -> None:
    """Record the exam sessions that the grants name, as held today by the examiners of their cases."""
    edition, today = attesto.streams.edition(DEMO).edition, attesto.registry.moment().today
    parts = tuple(Part(form, today) for form in edition.exam_parts)
    for exam, examiners in {grant.exam: grant.case.examiners for grant in grants}.items():
        attesto.registry.exams.hold(ExamSession(AURORA, exam, DEMO, parts, examiners), edition, today)


def _grant(attesto: Attesto, grants: Sequence[GrantCertification], tell: Tell) -> int:
    outcomes = attesto.registry.decide_all(grants, lambda done: tell("certifications", done, len(grants)))
    for outcome in outcomes:
        if not isinstance(outcome, Recorded):
            raise outcome
    return len(outcomes)


def _sample_people(grants: Sequence[GrantCertification]) -> list[GrantCertification]:
    # From the second on: the first one's name has no letter that a forger could change for another of its length.
    chosen = enumerate(islice(grants, 1, 1 + _TODAYS + _PAST), start=1)
    return [
        replace(
            grant,
            profile="addetto",
            exam="CAMPIONE",
            person=replace(grant.person, reference=f"CAMPIONE-{place:02}"),
            basis=replace(grant.basis, idempotency_key=None),
        )
        for place, grant in chosen
    ]


def _forge(attesto: Attesto, samples: dict[str, Sample]) -> list[Forgery]:
    token_key = attesto.key_set.current(AURORA, Purpose.TOKEN)
    withdrawn = samples["09-withdrawn"]
    ended = withdrawn.number, _bundle(attesto, withdrawn)
    return list(forge(samples["01-in-force"], samples["08-suspended"], token_key, generate(), ended))


def _bundle(attesto: Attesto, sample: Sample) -> Bundle:
    public = FolderSource(attesto.settings.path(attesto.settings.public_folder))
    return replace(fetch_bundle(public, sample.number), token=sample.token)


def _write(attesto: Attesto, made: Demonstration, write_document: WriteDocument, tell: Tell) -> None:
    places = {name: made.folder / name for name in ("samples", "forgeries")}
    for place in places.values():
        place.mkdir()
    documents = [(places["samples"], s.name, s.number, s.token) for s in made.samples]
    documents += [(places["forgeries"], f.name, f.number, f.token) for f in made.forgeries if f.token]
    address = attesto.settings.address
    for done, (place, name, number, token) in enumerate(documents, start=1):
        write_document(attesto, number, token, place / f"{name}.pdf")
        (place / f"{name}.link.txt").write_text(certificate_link(address, number, token) + "\n", encoding="ascii")
        tell("documents", done, len(documents))
    for forgery in made.forgeries:
        if forgery.bundle:
            (places["forgeries"] / f"{forgery.name}.bundle.json").write_bytes(forgery.bundle)
    bundle = format_bundle(_bundle(attesto, made.samples[0]))
    (places["samples"] / f"{made.samples[0].name}.bundle.json").write_bytes(bundle)
    today = format_day(legal_day(now()))
    readme = format_readme(made.folder, address, made.people, made.samples, made.forgeries, today)
    (made.folder / LAST_FILE).write_text(readme, encoding="utf-8")
