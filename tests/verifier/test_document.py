"""The document against the record: real certificates agree with it, and every edit is told field by field."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from registry.documents.certificate import Accreditation, PrintedCertificate, format_pdf
from tests.registry.documents.test_certificate import NAMES
from tests.verifier.page.world import ACCREDITED, NOW, TODAY, World, build
from tests.verifier.printing import certificate_of, laid_over, lines_of
from verifier.document import Field, FieldOutcome, Reason, compare, differing, foreign
from verifier.errors import UnavailableError
from verifier.fetch import fetch_bundle
from verifier.number import group_number
from verifier.report import Question, Report, Verdict
from verifier.verify import verify

TITLES: Final = {
    "coordinatore": {"it": "Coordinatore di turno", "en": "Shift coordinator"},
    "team-leader": {"it": "Team leader", "en": "Team leader"},
}
SCHEME: Final = {
    "it": "Schema dimostrativo Sportello Aurora, edizione 2026",
    "en": "Aurora Help Desk demonstration scheme, 2026 edition",
}
PROFILE_LABEL: Final = "è persona certificata per il profilo / is a certified person for the profile"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def report(world: World) -> Report:
    return asked(world)


def asked(world: World, sample: str = "active", token: bytes | None = None) -> Report:
    """What comes of a sample's code."""
    number = world.samples[sample].number
    return verify(
        world.trust,
        Question(TODAY, NOW, NOW),
        lambda: fetch_bundle(world.source, number),
        number,
        token or world.samples[sample].tokens[-1],
    )


@pytest.fixture(scope="module")
def certificate(world: World) -> PrintedCertificate:
    """The sample's certificate as its body printed it."""
    return certificate_of(world, "active")


@pytest.fixture(scope="module")
def genuine(certificate: PrintedCertificate) -> tuple[str, ...]:
    """Its visible lines."""
    return lines_of(format_pdf(certificate))


def outcomes(fields: tuple[Field, ...]) -> Mapping[str, str]:
    """What is not the same, by field."""
    return {field.name: str(field.outcome) for field in fields if field.outcome is not FieldOutcome.SAME}


def test_a_certificate_as_it_was_printed_agrees_in_every_field(genuine: tuple[str, ...], report: Report) -> None:
    fields = compare(genuine, report, TITLES)

    assert outcomes(fields) == {}
    assert report.token is not None
    assert {field.name: field.recorded for field in fields} == {
        "name": "Giulia D’Àngelo-Ferrari",
        "number": group_number(report.token.number),
        "revision": "1",
        "profile": "Coordinatore di turno / Shift coordinator",
        "body": "Aurora Certificazioni S.r.l.",
        "edition": f"{SCHEME['it']} / {SCHEME['en']} / demo-2026",
        "granted_on": "2028-06-01",
        "decided_on": "2028-06-01",
        "cycle_starts_on": "2028-06-01",
        "valid_until": report.token.valid_until.isoformat(),
        "birth_year": "1987",
        "accreditation": f"n. 0042 C, {' '.join(list(ACCREDITED.values())[1:])}",
    }


EDITS: Final[Mapping[str, Mapping[str, object]]] = {
    "name": {"name": "Mario Bianchi"},
    "profile": {"profile": {"it": "Team leader", "en": "Team leader"}},
    "number": {"number": "7K3M9P2XQD4W5"},
    "revision": {"revision": 2},
    "body": {"body": "Cirro Verifiche"},
    "edition": {"scheme": {"it": "Schema altrui", "en": "Another scheme"}},
    "granted_on": {"granted_on": date(2022, 6, 1)},
    "decided_on": {"decided_on": date(2028, 6, 2)},
    "cycle_starts_on": {"cycle_starts_on": date(2028, 7, 1)},
    "valid_until": {"valid_until": date(2039, 5, 31)},
    "birth_year": {"birth_year": 1988},
    "accreditation": {"accreditation": Accreditation("9999 X", "Ente", "ISO/IEC 17024:2012", "Accreditato")},
}


@pytest.mark.parametrize(("field", "edit"), EDITS.items(), ids=EDITS)
def test_an_edit_is_told_in_its_own_field_alone(
    field: str, edit: Mapping[str, object], certificate: PrintedCertificate, report: Report
) -> None:
    lines = lines_of(format_pdf(replace(certificate, **edit)))

    fields = compare(lines, report, TITLES)

    assert outcomes(fields) == {field: "different"}


def test_a_genuine_code_on_another_persons_document_differs_in_name_number_and_days(
    world: World, certificate: PrintedCertificate
) -> None:
    pasted = asked(world, "renewed")

    fields = compare(lines_of(format_pdf(certificate)), pasted, TITLES)

    different = {name for name, outcome in outcomes(fields).items() if outcome == "different"}
    assert different >= {"name", "number", "valid_until", "granted_on"}
    assert next(field for field in fields if field.name == "name").recorded == "María José Núñez de la Peña"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("Coordinatore di turno", "Team leader", "profile"),
        ("Shift coordinator", "Team leader", "profile"),
        ("Shift coordinator", "Shift coordinator and team leader", "profile"),
        ("1 giugno 2028", "1 giugno 2020", "granted_on"),
        ("Giulia D’Àngelo-Ferrari", "Giulia D’Àngelo", "name"),
        ("Giulia D’Àngelo-Ferrari", "Giulia D’Angelo-Ferrari", "name"),
        ("Aurora Certificazioni S.r.l.", "Aurora Certificazioni S.p.A.", "body"),
    ],
)
def test_one_changed_line_is_a_difference(
    old: str, new: str, field: str, genuine: tuple[str, ...], report: Report
) -> None:
    place = genuine.index(old)

    fields = compare((*genuine[:place], new, *genuine[place + 1 :]), report, TITLES)

    assert outcomes(fields)[field] == "different"


@pytest.mark.parametrize(
    ("after", "added", "field"),
    [
        ("Shift coordinator", "Team leader", "profile"),
        ("Giulia D’Àngelo-Ferrari", "Mario Bianchi", "name"),
        ("L’organismo certifica che / The body certifies that", "Mario Bianchi", "name"),
        ("anno di nascita / year of birth 1987", "anno di nascita / year of birth 1990", "birth_year"),
        ("Shift coordinator", f"{PROFILE_LABEL}\nTeam leader", "profile"),
    ],
)  # fmt: skip
def test_a_second_value_beside_the_recorded_one_is_a_difference(
    after: str, added: str, field: str, genuine: tuple[str, ...], report: Report
) -> None:
    place = genuine.index(after) + 1

    fields = compare((*genuine[:place], *added.split("\n"), *genuine[place:]), report, TITLES)

    assert outcomes(fields) == {field: "different"}


def test_another_profiles_title_laid_over_the_page_is_a_difference(genuine: tuple[str, ...], report: Report) -> None:
    fields = compare((*genuine, "Team leader"), report, TITLES)

    assert outcomes(fields) == {"profile": "different"}
    assert next(field for field in fields if field.name == "profile").shown == "Team leader"


OVERLAYS: Final = {
    "name": ("Giulia D’Àngelo-Ferrari", "Mario Bianchi"),
    "profile": ("Coordinatore di turno", "Direttore generale"),
    "valid_until": ("31\u00a0maggio\u00a02031", "31 maggio 2041"),
    "birth_year": ("1987", "1990"),
}


@pytest.mark.parametrize("covered", [True, False], ids=["over a white patch", "over the words"])
@pytest.mark.parametrize(("field", "words"), OVERLAYS.items(), ids=OVERLAYS)
def test_words_laid_over_those_of_a_pdf_file_are_a_difference_in_their_field(
    field: str, words: tuple[str, str], covered: bool, certificate: PrintedCertificate, report: Report
) -> None:
    lines = lines_of(laid_over(format_pdf(certificate), *words, covered=covered))

    assert outcomes(compare(lines, report, TITLES)) == {field: "different"}


def test_words_laid_over_in_white_are_a_difference_as_far_as_they_are_seen(
    certificate: PrintedCertificate, report: Report
) -> None:
    white = laid_over(format_pdf(certificate), *OVERLAYS["name"], covered=False, colour=(255, 255, 255))

    assert outcomes(compare(lines_of(white), report, TITLES)) == {"name": "different"}


@pytest.mark.parametrize("moved", [(1.03, 0), (0, -1.6)], ids=["after it", "below it"])
def test_words_put_beside_those_of_a_pdf_file_are_a_difference_in_their_field(
    moved: tuple[float, float], certificate: PrintedCertificate, report: Report
) -> None:
    place = "Coordinatore di turno" if moved[0] else "Shift coordinator"
    added = laid_over(format_pdf(certificate), place, "e direttore", covered=False, moved=moved)

    assert outcomes(compare(lines_of(added), report, TITLES)) == {"profile": "different"}


def test_words_put_far_from_any_value_are_no_difference(certificate: PrintedCertificate, report: Report) -> None:
    stamp = laid_over(
        format_pdf(certificate), "https://aurora.example", "Prot. 12 / 2026", covered=False, moved=(2.5, 0)
    )

    assert "Prot. 12 / 2026" in lines_of(stamp)
    assert outcomes(compare(lines_of(stamp), report, TITLES)) == {}


def test_words_hidden_below_a_patch_are_not_found(certificate: PrintedCertificate, report: Report) -> None:
    hidden = laid_over(format_pdf(certificate), OVERLAYS["name"][0], " ")

    assert outcomes(compare(lines_of(hidden), report, TITLES)) == {"name": "not_found"}


def test_a_stamp_elsewhere_is_no_difference(genuine: tuple[str, ...], report: Report) -> None:
    stamped = (*genuine, "COMUNE DI FORLÌ", "Prot. 0012345 del 12 maggio 2026", "12/05/2026", "Firmato da Anna Verdi")

    assert outcomes(compare(stamped, report, TITLES)) == {}


@pytest.mark.parametrize(
    ("label", "field"),
    [("L’organismo certifica che", "name"), ("ultimo giorno valido", "valid_until"), ("è persona", "profile")],
)
def test_a_value_that_is_missing_is_not_found(label: str, field: str, genuine: tuple[str, ...], report: Report) -> None:
    place = next(place for place, line in enumerate(genuine) if line.startswith(label))
    labels = 2 if field == "valid_until" else 1
    values = 1 if field == "name" else 2

    fields = compare((*genuine[: place + labels], *genuine[place + labels + values :]), report, TITLES)

    assert outcomes(fields) == {field: "not_found"}


def test_broken_lines_and_second_spellings_are_no_difference(genuine: tuple[str, ...], report: Report) -> None:
    text = "\n".join(genuine)
    for old, new in (
        ("Giulia D’Àngelo-Ferrari", "Giulia D'A\u0300ngelo-\nFer\u00adrari"),
        ("certifica che /", "certi\ufb01ca\nche /"),
        ("Coordinatore di turno", "Coordina-\ntore di\u00a0turno"),
        ("1 giugno 2028", "1\u00a0giugno\n2028"),
        ("Aurora Certificazioni S.r.l.", "Aurora Certi\ufb01cazioni\nS.r.l."),
    ):
        assert old in text
        text = text.replace(old, new)

    assert outcomes(compare(text.split("\n"), report, TITLES)) == {}


@pytest.mark.parametrize(
    "lines",
    [
        ("Curriculum vitae", "Mario Bianchi", "accreditamento", "Team leader", "decisione"),
        ("Certificate of Completion", "This certifies that Mario Bianchi", "attended the course"),
    ],
)
def test_a_document_of_another_kind_has_nothing_to_compare(lines: tuple[str, ...], report: Report) -> None:
    fields = compare(lines, report, TITLES)

    assert {field.outcome for field in fields} == {FieldOutcome.NOT_FOUND}
    assert foreign(fields)
    assert not differing(fields)


@pytest.mark.parametrize("lines", [(), ("",), (" ", "\u00a0")])
def test_a_page_without_text_has_no_fields(lines: tuple[str, ...], report: Report) -> None:
    assert compare(lines, report, TITLES) == ()


def test_a_forged_code_is_held_against_nothing(world: World, genuine: tuple[str, ...]) -> None:
    forged = asked(world, token=world.token_over("active", "Mario Rossi"))

    assert forged.verdict is Verdict.FORGED
    assert compare(genuine, forged, TITLES) == ()


def test_two_certificates_on_one_page_are_not_told_apart(
    certificate: PrintedCertificate, genuine: tuple[str, ...], report: Report
) -> None:
    other = lines_of(format_pdf(replace(certificate, name="Mario Bianchi", number="7K3M9P2XQD4W5")))

    fields = compare((*genuine, *other), report, TITLES)

    assert {(field.outcome, field.reason) for field in fields} == {(FieldOutcome.NOT_COMPARABLE, Reason.SEVERAL)}


@pytest.mark.parametrize("family", ["Noto Serif Bengali", "Noto Serif Devanagari"])
def test_joined_letters_that_come_back_as_others_are_not_called_different(
    family: str, world: World, certificate: PrintedCertificate
) -> None:
    name = NAMES[family]
    read = lines_of(format_pdf(replace(certificate, name=name)))
    report = named(asked(world), name)

    found = compare(read, report, TITLES)[0]

    assert name not in read
    assert (found.outcome, found.reason) == (FieldOutcome.NOT_COMPARABLE, Reason.SCRIPT)
    assert outcomes(compare(lines_of(format_pdf(certificate)), report, TITLES)) == {"name": "different"}


@pytest.mark.parametrize("family", sorted(NAMES.keys() - {"Noto Serif Bengali", "Noto Serif Devanagari"}))
def test_a_name_of_another_script_is_read_back(family: str, world: World, certificate: PrintedCertificate) -> None:
    name = NAMES[family]
    lines = lines_of(format_pdf(replace(certificate, name=name)))

    assert outcomes(compare(lines, named(asked(world), name), TITLES)) == {}


def named(report: Report, name: str) -> Report:
    """The report on a certificate of that name."""
    assert report.token is not None
    return replace(report, token=replace(report.token, name=name))


def test_without_a_record_the_code_alone_is_held_against_the_page(world: World, genuine: tuple[str, ...]) -> None:
    def unavailable() -> None:
        raise UnavailableError("no registry is named")

    sample = world.samples["active"]
    signed = verify(world.trust, Question(TODAY, NOW, NOW), unavailable, sample.number, sample.tokens[-1])
    place = genuine.index("Giulia D’Àngelo-Ferrari")

    same = outcomes(compare(genuine, signed, {}))
    edited = outcomes(compare((*genuine[:place], "Mario Bianchi", *genuine[place + 1 :]), signed, {}))

    assert same == dict.fromkeys(
        ("profile", "body", "edition", "granted_on", "decided_on", "cycle_starts_on"), "not_comparable"
    )
    assert edited == same | {"name": "different"}


def test_day_and_place_of_birth_are_not_known_to_the_registrys_files(
    certificate: PrintedCertificate, report: Report
) -> None:
    born = replace(certificate, birth_year=None, birth_date=date(1987, 5, 4), birth_place="Forlì")

    known = compare(lines_of(format_pdf(born)), report, TITLES)
    other = compare(lines_of(format_pdf(replace(born, birth_date=date(1997, 5, 4)))), report, TITLES)

    assert outcomes(known) == {"birth_date": "not_comparable"}
    assert outcomes(other) == {"birth_date": "different"}


@pytest.mark.parametrize("sample", ["renewed", "renewed late", "late", "suspended", "withdrawn", "expired", "not yet"])
def test_an_older_document_is_held_against_its_own_cycle(sample: str, world: World) -> None:
    """The first document of a certification, whatever became of it later."""
    report = asked(world, sample, world.samples[sample].tokens[0])
    assert report.evidence is not None
    assert report.token is not None
    _, _, granted_on, _ = report.evidence.events[0]
    lines = (
        "certificato / certificate", "x", "primo rilascio", "first grant", day(granted_on),
        "inizio del ciclo", "cycle start", day(granted_on), "ultimo giorno valido", "last valid day",
        day(report.token.valid_until),
    )  # fmt: skip

    fields = {field.name: field.outcome for field in compare(lines, report, TITLES)}

    same = FieldOutcome.SAME
    assert (fields["granted_on"], fields["cycle_starts_on"], fields["valid_until"]) == (same, same, same)


def day(on: date) -> str:
    return on.strftime("%d/%m/%Y")
